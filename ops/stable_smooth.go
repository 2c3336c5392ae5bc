package ops

import (
	"cmp"
	"math"
	"slices"

	"adjoint/graph"
)

// Compositions that are smooth where their parts are not. |z| and ‖x‖ have kinks at 0,
// but |z|² = z² and ‖x‖² = Σx² have none: the chain rule multiplies 0, the derivative
// of a square there, by what a kink has none of, and loses the second derivative. So
// the formulas of this list are computed and differentiated as what they are:
//
//	square, product with itself, Dot with itself, L2Penalty, even powers
//	    of |z|, ‖x‖, and of multiples, products, quotients and moved entries of these
//	√Σx², √mean(x²), √x²    the norm ‖x‖, ‖x‖/√n, |x|
//	‖|x|‖, ‖‖x‖‖            the norm ‖x‖, over all axes
//	cos|z|                  cos z
//
// Others, such as cos‖x‖, have derivatives at 0 by the convention of their parts.

// squareOf returns z² as a formula that is smooth where z has a kink at 0, or nil.
func squareOf(z *Node) *Node {
	if u := withoutAbs(z); u != nil {
		return Square(u)
	}
	switch op := z.Op().(type) {
	case norm2:
		return Sum(Square(z.In(0)), op.axes.All()...)
	case member:
		if u, α, β := affineOf(z); β == 0 && u != z {
			return maybe(squareOf(u), func(s *Node) *Node { return Scale(α*α, s) })
		}
	case mul:
		return ofSquares(z, Mul)
	case div:
		return ofSquares(z, Div)
	case mover:
		return maybe(squareOf(z.In(0)), func(s *Node) *Node {
			return graph.Apply(op, append([]*Node{s}, z.Inputs()[1:]...)...)
		})
	}
	return nil
}

// ofSquares returns the square of a product or quotient f(a, b), if a or b has a kink: that of
// f(u, b) for a = |u|, else f(a², b²).
func ofSquares(z *Node, f func(a, b *Node) *Node) *Node {
	a, b := squareOf(z.In(0)), squareOf(z.In(1))
	u, v := withoutAbs(z.In(0)), withoutAbs(z.In(1))
	switch {
	case a == nil && b == nil:
		return nil
	case (u != nil || a == nil) && (v != nil || b == nil): // whose squares may leave the range
		return Square(f(cmp.Or(u, z.In(0)), cmp.Or(v, z.In(1))))
	case a == nil:
		a = Square(z.In(0))
	case b == nil:
		b = Square(z.In(1))
	}
	return f(a, b)
}

// withoutAbs returns αu if z is α|u|, else nil.
func withoutAbs(z *Node) *Node {
	u, α, β := affineOf(z)
	if m, _ := u.Op().(member); m.Family != (abs{}) || β != 0 {
		return nil
	}
	return Scale(α, u.In(0))
}

// productWithItself returns the square that a⊙b is, if one is a multiple of the other
// and has a kink.
func productWithItself(a, b *Node) *Node {
	x, α, β := affineOf(a)
	y, γ, δ := affineOf(b)
	if x != y || β != 0 || δ != 0 {
		return nil
	}
	return maybe(squareOf(x), func(s *Node) *Node { return Scale(α*γ, s) })
}

// rootOf returns v such that u = v² by its form, or nil.
func rootOf(u *Node) *Node {
	switch op := u.Op().(type) {
	case member:
		x, α, β := affineOf(u)
		p, isPower := op.Family.(pow)
		switch {
		case op.Family == (square{}) || isPower && p.p == 2:
			return u.In(0)
		case u != x && α > 0 && β == 0:
			return maybe(rootOf(x), func(v *Node) *Node { return Scale(math.Sqrt(α), v) })
		}
	case mul:
		if u.In(0) == u.In(1) {
			return u.In(0)
		}
	case div:
		if v := rootOf(u.In(0)); v != nil && fixed(u.In(1)) {
			return Div(v, Sqrt(u.In(1)))
		}
	case sum:
		return maybe(rootOf(u.In(0)), func(v *Node) *Node { return Norm2(v, op.axes.All()...) })
	case mean:
		return maybe(rootOf(u.In(0)), func(v *Node) *Node { return rms(v, op.axes.All()) })
	}
	return nil
}

// rms is √mean(v²) over axes.
func rms(v *Node, axes []int) *Node { return Div(Norm2(v, axes...), Sqrt(Count(v, axes...))) }

// fixed reports whether n is computed from constants, and from the number of examples.
func fixed(n *Node) bool {
	if n.Op() == nil {
		return n.Kind() == graph.Examples
	}
	return !slices.ContainsFunc(n.Inputs(), func(x *Node) bool { return !fixed(x) })
}

// sqrtOfSquare returns √u without a root of a square: |v| or ‖v‖, or nil.
func sqrtOfSquare(u *Node) *Node {
	return maybe(rootOf(u), func(v *Node) *Node {
		if isNorm(v) {
			return v
		}
		return Abs(v)
	})
}

// isNorm reports whether v is a norm, or one over or times a positive number.
func isNorm(v *Node) bool {
	switch v.Op().(type) {
	case norm2:
		return true
	case div:
		return isNorm(v.In(0)) && fixed(v.In(1))
	}
	u, α, β := affineOf(v)
	return u != v && α > 0 && β == 0 && isNorm(u)
}

// cosOfAbs returns cos z if z is ±|z|, else nil.
func cosOfAbs(z *Node) *Node { return maybe(withoutAbs(z), Cos) }

// evenPower returns zᵖ for an even p as a power of z², if z has a kink; z^½ as √z if
// that is the root of a square; else nil.
func evenPower(z *Node, p float64) *Node {
	switch {
	case p == 0.5:
		return sqrtOfSquare(z)
	case p > 0 && math.Mod(p, 2) == 0:
		return maybe(squareOf(z), func(s *Node) *Node { return power(s, p/2) })
	}
	return nil
}

func power(s *Node, p float64) *Node {
	if p == 1 {
		return s
	}
	return Pow(s, p)
}
