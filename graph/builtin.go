package graph

import (
	"cmp"
	"fmt"
	"math"

	"adjoint/compute"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

func init() {
	Register("Add", 2, func(*Args) Op { return add{} })
	Register("Const", 0, func(a *Args) Op { return fillOf(a.Float(), a.Shape()) })
	Register("Basis", 0, func(a *Args) Op { return basis{a.Int(), a.Shape()} })
}

// The engine knows three maps itself: addition, which is what fan-out needs;
// the constant; and the basis vector, which is what a Jacobian needs.

// Add is (a, b) ↦ a + b for a and b of one shape: the reverse of fan-out. Formulas are
// written with ops.Add, which broadcasts and ends up here.
//
//	d(ξ, η) = ξ + η     r(ζ) = (ζ, ζ)
func Add(a, b *Node) *Node { return Apply(add{}, a, b) }

type add struct{}

var (
	_ Differentialer = add{}
	_ Describer      = add{}
	_ Describer      = fill{}
	_ Describer      = basis{}
)

func (add) String() string { return "+" }

func (add) Shape(x ...Shape) (Shape, error) {
	if x[0] != x[1] {
		_, err := BroadcastShapes(x[0], x[1])
		return Shape{}, cmp.Or(err, ErrShape)
	}
	return x[0], nil
}

func (add) Reverse(_, ζ *Node) []*Node             { return []*Node{ζ, ζ} }
func (add) Differential(_ *Node, ξ ...*Node) *Node { return plus(ξ[0], ξ[1]) }
func (add) Kernel() compute.Kernel                 { return compute.Entrywise(addOf[float32], addOf[float64]) }
func (add) Describe() Description                  { return Description{Name: "Add"} }

func addOf[T compute.Float](y []T, x ...[]T) { kernel.Add(y, x[0], x[1]) }

// plus is a + b where nil is zero.
func plus(a, b *Node) *Node {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return Add(a, b)
}

// fill is the constant tensor of entries c. It has no inputs. It holds the bits of c:
// so 0 and −0 are two constants, and NaN is one.
type fill struct {
	bits  uint64
	shape Shape
}

func fillOf(c float64, s Shape) fill { return fill{math.Float64bits(c), s} }

func (f fill) c() float64 { return math.Float64frombits(f.bits) }

func (f fill) String() string                { return fmt.Sprint(f.c()) }
func (f fill) Shape(...Shape) (Shape, error) { return f.shape, nil }
func (f fill) Reverse(_, _ *Node) []*Node    { return nil }
func (f fill) Describe() Description         { return Description{"Const", []any{f.c(), f.shape}} }

func (f fill) Kernel() compute.Kernel { return compute.Bound(f, filled[float32], filled[float64]) }

func filled[T compute.Float](f fill, y *tensor.Dense, _ ...*tensor.Dense) func() {
	out := compute.Data[T](y)
	return func() { kernel.Fill(out, T(f.c())) }
}

// ConstOf returns c and true if every entry of n is the constant c, made by
// Const.
func ConstOf(n *Node) (c float64, ok bool) {
	f, ok := n.Op().(fill)
	if !ok {
		return 0, false
	}
	return f.c(), true
}

// basis is eᵢ, the tensor whose entry i, row by row, is 1 and whose others are
// 0. It has no inputs.
type basis struct {
	i     int
	shape Shape
}

func (e basis) String() string             { return fmt.Sprintf("e%d", e.i) }
func (e basis) Reverse(_, _ *Node) []*Node { return nil }
func (e basis) Describe() Description      { return Description{"Basis", []any{e.i, e.shape}} }

func (e basis) Shape(...Shape) (Shape, error) {
	if err := e.shape.check(); err != nil {
		return Shape{}, err
	}
	if e.shape.Symbolic() || e.i < 0 || e.i >= e.shape.size() {
		return Shape{}, fmt.Errorf("%w: entry %d of shape %v", ErrShape, e.i, e.shape)
	}
	return e.shape, nil
}

func (e basis) Kernel() compute.Kernel { return compute.Bound(e, basisOf[float32], basisOf[float64]) }

func basisOf[T compute.Float](e basis, y *tensor.Dense, _ ...*tensor.Dense) func() {
	out := compute.Data[T](y)
	return func() {
		clear(out)
		out[e.i] = 1
	}
}
