package ops

import (
	"fmt"
	"math"
	"strings"

	"adjoint/graph"
	"adjoint/internal/kernel"
)

// Affine is x ↦ αx + β with numbers α and β, entry by entry. The slope 1 with
// intercept 0 is x itself. The error of an α or β that is NaN wraps ErrValue.
//
//	d(ξ) = αξ     r(ζ) = αζ
func Affine(x *Node, α, β float64) *Node {
	if α == 1 && β == 0 && x.Err() == nil {
		return x
	}
	return Entrywise(affine{α, β}, x)
}

// Scale is x ↦ cx with a number c, entry by entry.
//
//	d(ξ) = cξ     r(ζ) = cζ
func Scale(c float64, x *Node) *Node { return Affine(x, c, 0) }

// Shift is x ↦ x + c with a number c, entry by entry.
//
//	d(ξ) = ξ     r(ζ) = ζ
func Shift(x *Node, c float64) *Node { return Affine(x, 1, c) }

// Neg is x ↦ −x, entry by entry.
//
//	d(ξ) = −ξ     r(ζ) = −ζ
func Neg(x *Node) *Node { return Affine(x, -1, 0) }

// OneMinus is x ↦ 1 − x, entry by entry. Where x is a σ, a softmax, tanh or tanh², it is
// computed and differentiated as a complement that keeps its digits: see
// docs/stable-forms.md.
//
//	d(ξ) = −ξ     r(ζ) = −ζ
func OneMinus(x *Node) *Node { return Affine(x, -1, 1) }

type affine struct{ α, β float64 }

func (f affine) Pointwise() *Pointwise {
	return &Pointwise{
		Name:  f.name(),
		is:    named("Affine", f.α, f.β),
		Prime: func(z, _ *Node) *Node { return z.Graph().Const(f.α) },
		Fast:  graph.Kernel{F32: affineKernel[float32](f), F64: affineKernel[float64](f)},
		Err:   f.check(),

		stable: func(z *Node) *Node { return affineForm(z, f.α, f.β) },
	}
}

func (f affine) check() error {
	if math.IsNaN(f.α) || math.IsNaN(f.β) {
		return fmt.Errorf("%w: NaN", graph.ErrValue)
	}
	return nil
}

// name is what is printed before x: "2·", "−", "1−", "3+".
func (f affine) name() string {
	slope := fmt.Sprintf("%g·", f.α)
	switch f.α {
	case 1:
		slope = ""
	case -1:
		slope = "−"
	}
	switch {
	case f.β == 0:
		return slope
	case f.α < 0:
		return fmt.Sprintf("%g−%s", f.β, strings.TrimLeft(slope, "-−"))
	}
	return fmt.Sprintf("%g+%s", f.β, slope)
}

func affineKernel[T graph.Float](f affine) func(y []T, x ...[]T) {
	α, β := T(f.α), T(f.β)
	switch {
	case f.β == 0:
		return func(y []T, x ...[]T) { kernel.Scale(y, x[0], α) }
	case f.α == 1:
		return func(y []T, x ...[]T) { kernel.Shift(y, x[0], β) }
	}
	return func(y []T, x ...[]T) { kernel.Affine(y, x[0], α, β) }
}

// affineOf reads y as αx + β, through as many affine maps as there are.
func affineOf(y *Node) (x *Node, α, β float64) {
	α = 1
	for {
		m, _ := y.Op().(member)
		f, ok := m.Family.(affine)
		if !ok {
			return y, α, β
		}
		y, α, β = y.In(0), α*f.α, α*f.β+β
	}
}

// constantIn returns c and x if one of a and b is the constant c, of a shape that
// stretches to that of the other, x.
func constantIn(a, b *Node) (c float64, x *Node, ok bool) {
	if c, ok = constantFor(b, a); ok {
		return c, b, true
	}
	c, ok = constantFor(a, b)
	return c, a, ok
}

// constantFor returns c and true if a is the constant c, of a shape that
// stretches to that of x.
func constantFor(x, a *Node) (c float64, ok bool) {
	c, ok = graph.ConstOf(a)
	return c, ok && a.Graph() == x.Graph() && stretches(a.Shape(), x.Shape()) == nil
}
