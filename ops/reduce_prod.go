package ops

import (
	"fmt"
	"math/bits"
	"slices"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.Examplewise = prod{}
	_ graph.Describer   = prod{}
	_ graph.Examplewise = others{}
	_ graph.Describer   = others{}
)

func init() {
	graph.Register("Prod", 1, func(a *graph.Args) graph.Op { return prod{onlyAxis(a)} })
	graph.Register("ProdOfOthers", graph.Any, func(a *graph.Args) graph.Op { return others{a.Axis()} })
}

// Prod is the product of the entries of x over axes. Its derivatives are products
// too, never quotients, and so right where entries are 0.
//
//	r(ζ)ᵢ = (Πⱼ≠ᵢ xⱼ) ζ, along each axis in turn
func Prod(x *Node, axes ...int) *Node {
	list, err := resolve(x.Shape(), axes)
	if err != nil || x.Err() != nil {
		return refuse("Π", err, x)
	}
	for _, a := range slices.Backward(list) {
		x = graph.Apply(prod{a}, x)
	}
	return x
}

type prod struct{ axis int }

func (prod) String() string                 { return "Π" }
func (op prod) Describe() graph.Description { return named("Prod", []int{op.axis}) }

func (op prod) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, x[0], op.axis)
}

func (op prod) Shape(s ...Shape) (Shape, error) { return reduced(s[0], graph.IntsOf(op.axis)) }

func (op prod) Reverse(y, ζ *Node) []*Node {
	x := y.In(0)
	return []*Node{Mul(productOfOthers(op.axis, x), spread(ζ, x.Shape(), graph.IntsOf(op.axis)))}
}

func (op prod) Kernel() compute.Kernel {
	return compute.Bound(op, products[float32], products[float64])
}

func products[T compute.Float](op prod, y *tensor.Dense, x ...*tensor.Dense) func() {
	return bindReduce([]int{op.axis}, matrices(multiplyUp[T]), y, x[0])
}

// multiplyUp is the fold of products.
func multiplyUp[T compute.Float](y, x []T, m, n int) {
	copy(y, x)
	for i := 1; i < m; i++ {
		kernel.Mul(y, y, x[i*n:(i+1)*n])
	}
}

// productOfOthers is D(x)ᵢ = Πⱼ≠ᵢ xⱼ along an axis, the gradient of a product. With
// ξ₁, …, ξₖ of the shape of x it is the derivative of D in these directions,
//
//	D(x; ξ₁, …, ξₖ)ᵢ = Σ ξ₁[j₁]⋯ξₖ[jₖ] Π xⱼ
//
// summed over all j₁, …, jₖ that differ from each other and from i, the product
// over those j that are left. The derivatives of a product are symmetric, so those
// of D are D again:
//
//	r(ζ) = (D(x; ξ₁, …, ξₖ, ζ), D(x; ζ, ξ₂, …, ξₖ), …, D(x; ξ₁, …, ξₖ₋₁, ζ))
func productOfOthers(axis int, x *Node, ξ ...*Node) *Node {
	return graph.Apply(others{axis}, append([]*Node{x}, ξ...)...)
}

type others struct{ axis int }

func (others) String() string { return "Πⱼ≠ᵢ" }

// ProdOfOthers is, along an axis, the product of all entries but one, or its
// derivative in the directions that are further inputs.
func (op others) Describe() graph.Description { return named("ProdOfOthers", op.axis) }

func (op others) Shape(s ...Shape) (Shape, error) {
	if len(s) > mostDirections+1 {
		return Shape{}, fmt.Errorf("%w: a product differentiated more than %d times", graph.ErrSize, mostDirections)
	}
	if _, err := entrywise(len(s), s); err != nil {
		return Shape{}, err
	}
	return alongAxis(s, op.axis)
}

// mostDirections bounds the memory of ProdOfOthers, which doubles with every direction.
const mostDirections = 16

func (op others) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, x[0], op.axis)
}

func (op others) Reverse(y, ζ *Node) []*Node {
	x, ξ := y.In(0), y.Inputs()[1:]
	r := []*Node{productOfOthers(op.axis, x, append(ξ, ζ)...)}
	for i := range ξ {
		with := slices.Clone(ξ)
		with[i] = ζ
		r = append(r, productOfOthers(op.axis, x, with...))
	}
	return r
}

func (op others) Kernel() compute.Kernel {
	return compute.Bound(op, multiplyOthers[float32], multiplyOthers[float64])
}

// multiplyOthers multiplies the polynomials xⱼ + ξ₁ⱼt₁ + … + ξₖⱼtₖ of variables with
// tₛ² = 0, all but the i-th: the coefficient of t₁⋯tₖ is D(x; ξ₁, …, ξₖ)ᵢ. It does so
// for all i by what comes before i times what comes after it.
func multiplyOthers[T compute.Float](op others, y *tensor.Dense, x ...*tensor.Dense) func() {
	out, in := compute.Data[T](y), make([][]T, len(x))
	for i := range x {
		in[i] = compute.Data[T](x[i])
	}
	before, m, n := around(y, op.axis)
	left, right := make([]polynomial[T], m), newPolynomial[T](len(x)-1)
	for j := range left {
		left[j] = newPolynomial[T](len(x) - 1)
	}
	line := func(first int) {
		left[0].setOne()
		for j := 1; j < m; j++ {
			copy(left[j], left[j-1])
			left[j].multiply(in, first+(j-1)*n)
		}
		right.setOne()
		for j := m - 1; j >= 0; j-- {
			out[first+j*n] = left[j].last(right)
			right.multiply(in, first+j*n)
		}
	}
	return func() {
		for b := range before {
			for a := range n {
				line(b*m*n + a)
			}
		}
	}
}

// A polynomial in t₁, …, tₖ with tₛ² = 0 has a coefficient for each set of variables;
// the bits of its index are the set.
type polynomial[T compute.Float] []T

func newPolynomial[T compute.Float](k int) polynomial[T] { return make(polynomial[T], 1<<k) }

func (p polynomial[T]) setOne() {
	clear(p)
	p[0] = 1
}

// multiply multiplies p by x[0][at] + x[1][at]·t₁ + …, the largest sets first, so that
// the smaller ones are still those of p.
func (p polynomial[T]) multiply(x [][]T, at int) {
	for set := len(p) - 1; set >= 0; set-- {
		c := p[set] * x[0][at]
		for rest := set; rest != 0; rest &= rest - 1 {
			s := bits.TrailingZeros(uint(rest))
			c += p[set&^(1<<s)] * x[s+1][at]
		}
		p[set] = c
	}
}

// last is the coefficient of t₁⋯tₖ in the product of p and q.
func (p polynomial[T]) last(q polynomial[T]) T {
	var c T
	for set, a := range p {
		c += a * q[len(q)-1-set]
	}
	return c
}
