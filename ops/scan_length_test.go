package ops_test

import (
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// However long a sequence is, a Scan and its gradient are as many nodes.
func TestScanDoesNotGrowWithTimes(t *testing.T) {
	count := func(times int) int {
		g := graph.New()
		c := cells[3]
		var p []*node
		for i, d := range c.params {
			p = append(p, g.Param("p", sines(float64(i+1), d[0], d[1])))
		}
		s := ops.Scan(c.step(p), g.Const(0, c.state, 2), g.Input("x", features, times, 2))
		graph.Gradient(ops.Sum(ops.Square(s)), p...)
		return g.Len()
	}
	if a, b := count(3), count(3000); a != b {
		t.Errorf("%d nodes for 3 times, %d for 3000", a, b)
	}
}
