package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Validator = whole{}
	_ graph.Describer = whole{}
)

func init() {
	graph.Register("Whole", 1, func(a *graph.Args) graph.Op { return whole{numberOf(a.Float()), numberOf(a.Float())} })
}

// Whole is x, whose entries are whole numbers from lo to hi. Any other entry is an error of
// Run that wraps graph.ErrValue. So a formula holds integers, or 0 and 1 for false and true. They
// do not move: it has no derivative, r is nil.
func Whole(x *Node, lo, hi float64) *Node {
	return graph.Apply(whole{numberOf(lo), numberOf(hi)}, x)
}

type whole struct{ lo, hi number }

func (op whole) String() string              { return fmt.Sprintf("whole[%g, %g]", op.lo.float(), op.hi.float()) }
func (op whole) Describe() graph.Description { return named("Whole", op.lo.float(), op.hi.float()) }
func (whole) Reverse(_, _ *Node) []*Node     { return []*Node{nil} }
func (whole) Kernel() compute.Kernel         { return unary(copies[float32], copies[float64]) }
func (whole) Judges() []int                  { return []int{0} }
func (op whole) Valid(x ...*tensor.Dense) error {
	return judge(x[0], op, validWhole[float32], validWhole[float64])
}

func (op whole) Shape(x ...Shape) (Shape, error) {
	if !(op.lo.float() <= op.hi.float()) {
		return Shape{}, fmt.Errorf("%w: whole numbers from %g to %g", graph.ErrValue, op.lo.float(), op.hi.float())
	}
	return entrywise(1, x)
}

func validWhole[T compute.Float](x []T, op whole) error {
	lo, hi := op.lo.float(), op.hi.float()
	for at, v := range x {
		if v := float64(v); !(v >= lo && v <= hi) || v != float64(int(v)) { // also NaN
			return fmt.Errorf("%w: %g at position %d is no whole number from %.0f to %.0f", graph.ErrValue, v, at, lo, hi)
		}
	}
	return nil
}
