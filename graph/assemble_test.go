package graph_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// The sum of values among zeros is what NumPy's x[from:to] += v comes to, for parts that are
// next to each other, apart, over each other, and beside a whole.
func TestSumsAmongZeros(t *testing.T) {
	const N = 3
	for _, c := range []struct {
		parts [][2]int
		whole bool
		want  [5]float64 // in units of the columns
	}{
		{[][2]int{{0, 2}, {2, 5}}, false, [5]float64{1, 1, 2, 2, 2}},
		{[][2]int{{3, 5}, {0, 3}}, false, [5]float64{2, 2, 2, 1, 1}},
		{[][2]int{{1, 2}, {3, 4}}, false, [5]float64{0, 1, 0, 2, 0}},
		{[][2]int{{0, 1}, {4, 5}, {2, 3}}, false, [5]float64{1, 0, 3, 0, 2}},
		{[][2]int{{0, 3}, {1, 4}}, false, [5]float64{1, 3, 3, 2, 0}},
		{[][2]int{{1, 3}, {1, 3}, {1, 2}}, false, [5]float64{0, 6, 3, 0, 0}},
		{[][2]int{{0, 2}, {3, 4}}, true, [5]float64{11, 11, 10, 12, 10}},
		{[][2]int{{1, 5}}, true, [5]float64{10, 11, 11, 11, 11}},
	} {
		for axis := range 2 {
			g := graph.New()
			dims := []int{5, graph.Batch}
			if axis == 1 {
				dims = []int{graph.Batch, 5}
			}
			x := g.Input("x", dims...)
			j := g.Const(0)
			for i, p := range c.parts {
				j = ops.Add(j, ops.Scale(float64(i+1), ops.Sum(ops.Mul(ops.Slice(x, axis, p[0], p[1]), ops.Slice(x, axis, p[0], p[1])))))
			}
			if c.whole {
				j = ops.Add(j, ops.Scale(10, ops.Sum(ops.Square(x))))
			}
			d := graph.Gradient(j, x)[0] // 2x in these units
			p := compile(t, d)
			entries := make([]float64, 5*N)
			for i := range entries {
				entries[i] = float64(i%7) + 1
			}
			feed(t, p, x, dense(slices.Replace(slices.Clone(dims), 1-axis, 2-axis, N), entries...))
			values(t, p, d)
			v, err := p.Value(d)
			if err != nil {
				t.Fatal(err)
			}
			for i := range v.Float64s() { // so that an entry that is not written again is seen
				v.Float64s()[i] = math.NaN()
			}
			for i, v := range values(t, p, d)[0] {
				unit := c.want[i/N]
				if axis == 1 {
					unit = c.want[i%5]
				}
				if want := 2 * unit * entries[i]; v != want {
					t.Errorf("parts %v, whole %v, axis %d: entry %d is %v, want %v", c.parts, c.whole, axis, i, v, want)
				}
			}
			if text := p.String(); strings.Count(text, "Σpad") != 1 || strings.Contains(text, "= pad(") {
				t.Errorf("parts %v, whole %v: not assembled at once:\n%s", c.parts, c.whole, text)
			}
		}
	}
}

// A long sum is one op.
func TestLongSumsAmongZeros(t *testing.T) {
	for _, parts := range []int{100, 200} {
		g := graph.New()
		x := g.Input("x", parts, graph.Batch)
		j := g.Const(0)
		for i := range parts {
			j = ops.Add(j, ops.Sum(ops.Sin(ops.Slice(x, 0, i, i+1))))
		}
		p := compile(t, graph.Gradient(j, x)[0])
		if text := p.String(); strings.Count(text, "Σpad") != 1 {
			t.Errorf("%d sums among zeros of %d parts", strings.Count(text, "Σpad"), parts)
		}
	}
}
