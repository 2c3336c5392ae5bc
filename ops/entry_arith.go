package ops

import (
	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"
)

var (
	_ graph.Differentialer = sub{}
	_ graph.Stabler        = sub{}
	_ graph.Describer      = sub{}
	_ graph.Differentialer = mul{}
	_ graph.Stabler        = mul{}
	_ graph.Fuser          = mul{}
	_ graph.Describer      = mul{}
	_ complementer         = mul{}
	_ graph.Differentialer = div{}
	_ graph.Describer      = div{}
)

func init() {
	register("Sub", 2, sub{})
	register("Mul", 2, mul{})
	register("Div", 2, div{})
}

// The kernels are made once.
var (
	theSub = binary(kernel.Sub[float32], kernel.Sub[float64])
	theMul = binary(kernel.Mul[float32], kernel.Mul[float64])
	theDiv = binary(kernel.Div[float32], kernel.Div[float64])
)

// The arithmetic of two tensors, entry by entry. Their shapes broadcast as in
// NumPy; the error of two that do not wraps ErrShape. The reverse of broadcasting
// is that of BroadcastTo, so the rules below are those of equal shapes. An
// operand that is a Const is taken as a number, as by Scale and Shift.

// Add is a + b.
//
//	d(ξ, η) = ξ + η     r(ζ) = (ζ, ζ)
func Add(a, b *Node) *Node {
	if c, x, ok := constantIn(a, b); ok {
		return Shift(x, c)
	}
	return graph.Add(broadcastPair(a, b))
}

// Sub is a − b. Where a or b is a σ or a softmax, it is computed and differentiated as a
// residual that keeps its digits: see docs/stable-forms.md.
//
//	d(ξ, η) = ξ − η     r(ζ) = (ζ, −ζ)
func Sub(a, b *Node) *Node {
	if c, ok := constantFor(b, a); ok {
		return Affine(b, -1, c)
	}
	if c, ok := constantFor(a, b); ok {
		return Shift(a, -c)
	}
	return pair(sub{}, a, b)
}

type sub struct{}

func (sub) String() string                         { return "−" }
func (sub) Describe() graph.Description            { return named("Sub") }
func (sub) Shape(x ...Shape) (Shape, error)        { return entrywise(2, x) }
func (sub) Kernel() compute.Kernel                 { return theSub }
func (sub) Reverse(_, ζ *Node) []*Node             { return []*Node{ζ, Neg(ζ)} }
func (sub) Differential(_ *Node, ξ ...*Node) *Node { return minus(ξ[0], ξ[1]) }

// Stable takes differences for what keeps its accuracy: residuals of σ and of a softmax,
// what is centred by a softmax, and logarithms of ratios of probabilities.
func (sub) Stable(r *Node) *Node {
	a, b := r.In(0), r.In(1)
	if isLogProbability(a) && isLogProbability(b) {
		return logRatio(a, b)
	}
	if s := centredForm(a, b); s != nil {
		return s
	}
	if s := residualForm(a, b); s != nil {
		return s
	}
	return maybe(residualForm(b, a), Neg)
}

// Mul is the Hadamard product a⊙b.
//
//	d(ξ, η) = b⊙ξ + a⊙η     r(ζ) = (b⊙ζ, a⊙ζ)
func Mul(a, b *Node) *Node {
	if c, x, ok := constantIn(a, b); ok {
		return Scale(c, x)
	}
	return pair(mul{}, a, b)
}

type mul struct{}

func (mul) String() string                  { return "⊙" }
func (mul) Describe() graph.Description     { return named("Mul") }
func (mul) Shape(x ...Shape) (Shape, error) { return entrywise(2, x) }
func (mul) Kernel() compute.Kernel          { return theMul }

func (mul) Reverse(y, ζ *Node) []*Node {
	a, b := y.In(0), y.In(1)
	return []*Node{Mul(b, ζ), Mul(a, ζ)}
}

func (mul) Differential(y *Node, ξ ...*Node) *Node {
	a, b := y.In(0), y.In(1)
	return plus(times(b, ξ[0]), times(a, ξ[1]))
}

// Stable takes a product of what has a kink with itself for a square, a(1−a) of a = σ(z)
// for σ'(z), and a product with the logarithm of a probability for one in which 0·∞ is 0.
func (mul) Stable(y *Node) *Node {
	if s := productWithItself(y.In(0), y.In(1)); s != nil {
		return s
	}
	for i := range 2 {
		a, b := y.In(i), y.In(1-i)
		m, _ := a.Op().(member)
		n, _ := b.Op().(member)
		if m.Family == (sigmoid{}) && n.Family == (sigmoidComplement{}) && a.In(0) == b.In(0) {
			return Entrywise(sigmoidPrime{}, a.In(0))
		}
	}
	return weighedForm(y.In(0), y.In(1))
}

func (mul) oneMinus(y *Node) *Node {
	if y.In(0) == y.In(1) {
		return oneMinusSquare(y.In(0))
	}
	return nil
}

// Fuse makes one op of a step function and the product with it, and of ReLU' and a max pool.
func (mul) Fuse(y *Node, alone func(*Node) bool) *Node {
	for i := range 2 {
		v := y.In(i)
		m, ok := v.Op().(member)
		if !ok || !alone(v) {
			continue
		}
		if step, ok := m.Family.(slope); ok {
			if step == (slope{0, 1}) {
				if f := throughReLU(v.In(0), y.In(1-i), alone); f != nil {
					return f
				}
			}
			return graph.Apply(gate{step}, v.In(0), y.In(1-i))
		}
	}
	return nil
}

// Div is the quotient a⊘b.
//
//	y = a⊘b     d(ξ, η) = (ξ − y⊙η)⊘b     r(ζ) = (ζ⊘b, −y⊙(ζ⊘b))
func Div(a, b *Node) *Node {
	if c, ok := constantFor(b, a); ok && c == 1 {
		return Reciprocal(b)
	}
	return pair(div{}, a, b)
}

type div struct{}

func (div) String() string                  { return "⊘" }
func (div) Describe() graph.Description     { return named("Div") }
func (div) Shape(x ...Shape) (Shape, error) { return entrywise(2, x) }
func (div) Kernel() compute.Kernel          { return theDiv }

func (div) Reverse(y, ζ *Node) []*Node {
	r := Div(ζ, y.In(1))
	return []*Node{r, Neg(Mul(y, r))}
}

func (div) Differential(y *Node, ξ ...*Node) *Node {
	return Div(minus(ξ[0], times(y, ξ[1])), y.In(1))
}

// pair applies an op of two tensors of one shape to a and b, broadcast.
func pair(op graph.Op, a, b *Node) *Node {
	a, b = broadcastPair(a, b)
	return graph.Apply(op, a, b)
}

// times is c⊙ξ, where a tangent that is nil is zero.
func times(c, ξ *Node) *Node {
	return maybe(ξ, func(ξ *Node) *Node { return Mul(c, ξ) })
}

// minus is ξ − η, where a tangent that is nil is zero.
func minus(ξ, η *Node) *Node {
	if ξ != nil && η != nil {
		return Sub(ξ, η)
	}
	return plus(ξ, maybe(η, Neg))
}
