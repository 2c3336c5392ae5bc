package ops

import (
	"adjoint/compute"
	"adjoint/graph"
)

var (
	_ graph.Expander       = steps{}
	_ graph.Differentialer = steps{}
)

// steps is a value of a loop that takes one step after the other, as a scan does within a stretch:
// the state after the last step, or value−1 of the step at all times.
type steps struct {
	body  *graph.Body
	back  bool
	value int
}

func (op steps) String() string {
	if op.value == 0 {
		return scan{back: op.back}.String() + "[end]"
	}
	return scan{op.body, op.back, op.value - 1}.String()
}

func (op steps) Kernel() compute.Kernel {
	return graph.Loop{Body: op.body, Back: op.back, Value: op.value}.Kernel()
}

func (op steps) Shape(s ...Shape) (Shape, error) {
	t, err := scan{body: op.body, value: max(0, op.value-1)}.timing(s)
	if err != nil || op.value == 0 {
		return s[0], err
	}
	return t.of(op.body.Outputs()[op.value-1]), nil
}

// Expand is the value, of a scan.
func (op steps) Expand(in ...*Node) *Node { return inScans(op.body, op.back, in)[op.value] }

func (op steps) Reverse(y, ζ *Node) []*Node             { return graph.Through(op, y, ζ) }
func (op steps) Differential(y *Node, ξ ...*Node) *Node { return graph.ThroughForward(op, y, ξ...) }
