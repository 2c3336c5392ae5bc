package ops

import (
	"fmt"
	"math"
	"strings"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"
)

func init() {
	graph.Register("Affine", 1, func(a *graph.Args) graph.Op { return member{affineBy(a.Float(), a.Float())} })
}

// Affine is x ↦ αx + β with numbers α and β, entry by entry. The slope 1 with
// intercept 0 is x itself. The error of an α or β that is NaN wraps ErrValue.
//
//	d(ξ) = αξ     r(ζ) = αζ
func Affine(x *Node, α, β float64) *Node {
	if α == 1 && β == 0 && x.Err() == nil {
		return x
	}
	return Entrywise(affineBy(α, β), x)
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

type affine struct{ slope, intercept number }

func affineBy(α, β float64) affine { return affine{numberOf(α), numberOf(β)} }

func (f affine) Pointwise() *Pointwise {
	α, β := f.slope.float(), f.intercept.float()
	p := &Pointwise{
		Name:  affineName(α, β),
		Is:    named("Affine", α, β),
		Prime: func(z, _ *Node) *Node { return z.Graph().Const(α) },
		Fast:  compute.Entrywise(affineKernel[float32](α, β), affineKernel[float64](α, β)),

		stable: func(z *Node) *Node { return affineForm(z, α, β) },
	}
	if math.IsNaN(α) || math.IsNaN(β) {
		p.Err = fmt.Errorf("%w: NaN", graph.ErrValue)
	}
	return p
}

// affineName is what is printed before x: "2·", "−", "1−", "3+".
func affineName(α, β float64) string {
	slope := fmt.Sprintf("%g·", α)
	switch α {
	case 1:
		slope = ""
	case -1:
		slope = "−"
	}
	switch {
	case β == 0:
		return slope
	case α < 0:
		return fmt.Sprintf("%g−%s", β, strings.TrimLeft(slope, "-−"))
	}
	return fmt.Sprintf("%g+%s", β, slope)
}

func affineKernel[T compute.Float](slope, intercept float64) func(y []T, x ...[]T) {
	α, β := T(slope), T(intercept)
	switch {
	case intercept == 0:
		return func(y []T, x ...[]T) { kernel.Scale(y, x[0], α) }
	case slope == 1:
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
		y, α, β = y.In(0), α*f.slope.float(), α*f.intercept.float()+β
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
