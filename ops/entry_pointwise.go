package ops

import (
	"cmp"
	"fmt"

	"adjoint/compute"
	"adjoint/graph"
)

var (
	_ graph.Differentialer = (*Pointwise)(nil)
	_ graph.Stabler        = (*Pointwise)(nil)
	_ graph.Describer      = (*Pointwise)(nil)
	_ logger               = (*Pointwise)(nil)
	_ graph.Differentialer = member{}
	_ graph.Stabler        = member{}
	_ graph.Describer      = member{}
	_ graph.Pairer         = member{}
	_ complementer         = member{}
	_ logger               = member{}
)

// A Pointwise is the broadcast G of a scalar function g: ℝ → ℝ to tensors of any
// shape, G(z) = [g(zⁱ)] (Definition 2.1). Its derivatives are Lemma 2.2:
//
//	dG_z(ξ) = G'(z)⊙ξ     rG_z(ζ) = G'(z)⊙ζ
//
// An activation of your own is one variable:
//
//	var Gaussian = (&ops.Pointwise{
//		Name:  "gaussian",
//		G:     func(z float64) float64 { return math.Exp(-z * z) },
//		Prime: func(z, a *ops.Node) *ops.Node { return ops.Scale(-2, ops.Mul(z, a)) },
//	}).Of
//
// So that formulas with it can be written to files and read, give it the field Is, such as
// graph.Description{Name: "example.com/gaussian"}, and register it by that name:
//
//	func init() {
//		graph.Register("example.com/gaussian", 1, func(*graph.Args) graph.Op { return gaussian })
//	}
//
// A Pointwise is a map by its address: make it once, as above. For a function
// with parameters see Family.
type Pointwise struct {
	// Name is how G is printed.
	Name string

	// G is the scalar function g. In a graph of float32 it is computed in float64
	// and rounded.
	G func(z float64) float64

	// Prime builds G'(z) from z and a = G(z). A nil node is zero. If Prime itself
	// is nil, G has no derivative, and asking for it is ErrNoDerivative.
	Prime func(z, a *Node) *Node

	// Fast, where it is set, computes G on slices in place of the function G.
	Fast compute.Kernel

	// Err, where it is set, is why there is no such function, such as a parameter
	// out of range. It wraps graph.ErrValue, and nodes of G carry it.
	Err error

	// Is, where it is set, says by which name and parameters files know G. It is what
	// Describe returns, and graph.Register makes known by it.
	Is graph.Description

	// log builds log(αG(z)+β) in a form that keeps its accuracy, or returns nil.
	log func(z *Node, α, β float64) *Node

	// power is the p for which G(z) is zᵖ, 0 for another function.
	power float64

	// oneMinus builds 1−G(z) in such a form, or returns nil.
	oneMinus func(z *Node) *Node

	// stable builds G(z) in such a form, or returns nil.
	stable func(z *Node) *Node

	// both, where it is set, computes G beside G'.
	both inOnePass
}

// inOnePass computes a = G(z) and G'(z), which is the function prime; either may lie where z does.
type inOnePass struct {
	prime Family
	f32   func(a, prime, z []float32)
	f64   func(a, prime, z []float64)
}

// Of returns the node G(z), of z's shape.
func (p *Pointwise) Of(z *Node) *Node { return graph.Apply(p, z) }

func (p *Pointwise) String() string { return p.Name }

// Shape returns the shape of z.
func (p *Pointwise) Shape(z ...Shape) (Shape, error) {
	switch {
	case p.Err != nil:
		return Shape{}, p.Err
	case p.G == nil && p.Fast.IsZero():
		return Shape{}, fmt.Errorf("%w: ops.Pointwise without G", graph.ErrValue)
	}
	return entrywise(1, z)
}

// Kernel returns Fast, and a loop over G where that is not set.
func (p *Pointwise) Kernel() compute.Kernel {
	if !p.Fast.IsZero() {
		return p.Fast
	}
	return compute.Entrywise(
		func(a []float32, z ...[]float32) { each(p.G, a, z[0]) },
		func(a []float64, z ...[]float64) { each(p.G, a, z[0]) })
}

// Reverse returns rG_z(ζ) = G'(z)⊙ζ.
func (p *Pointwise) Reverse(a, ζ *Node) []*Node {
	if p.Prime == nil {
		return graph.NoDerivative(a)
	}
	return []*Node{p.times(a, ζ)}
}

// Differential returns dG_z(ξ) = G'(z)⊙ξ.
func (p *Pointwise) Differential(a *Node, ξ ...*Node) *Node {
	if p.Prime == nil {
		return graph.NoDerivative(a)[0]
	}
	return p.times(a, ξ[0])
}

// times returns G'(z)⊙v.
func (p *Pointwise) times(a, v *Node) *Node {
	return maybe(p.Prime(a.In(0), a), func(prime *Node) *Node { return Mul(prime, v) })
}

// Stable returns G(z) in a form that keeps its accuracy, or nil.
func (p *Pointwise) Stable(a *Node) *Node {
	if p.stable == nil {
		return nil
	}
	return p.stable(a.In(0))
}

// Describe returns Is. For the functions of this package it is the call that makes G.
func (p *Pointwise) Describe() graph.Description { return p.Is }

func (p *Pointwise) complement(a *Node) *Node {
	if p.oneMinus == nil {
		return nil
	}
	return p.oneMinus(a.In(0))
}

func (p *Pointwise) logOf(a *Node, α, β float64) *Node {
	if p.log == nil {
		return nil
	}
	return p.log(a.In(0), α, β)
}

// A Family is a Pointwise that depends on parameters, such as the slope β of
// leaky ReLU. It is a comparable struct of them, and equal ones are one map:
//
//	type swish struct{ β float64 }
//
//	func (s swish) Pointwise() *ops.Pointwise { return &ops.Pointwise{…} }
//
//	func Swish(z *ops.Node, β float64) *ops.Node { return ops.Entrywise(swish{β}, z) }
//
// The functions of this package are written so too, those without parameters as
// a struct{} whose Pointwise is made once.
type Family interface {
	// Pointwise returns the function with these parameters.
	Pointwise() *Pointwise
}

// Entrywise returns the node G(z), of z's shape, where G is a member of a Family.
func Entrywise(f Family, z *Node) *Node { return graph.Apply(member{f}, z) }

// Member returns the op that Entrywise applies, for graph.Register.
func Member(f Family) graph.Op { return member{f} }

// A member is the op of a Family with given parameters: what its Pointwise does,
// but equal to the other members with these parameters.
type member struct{ Family }

func (m member) String() string                         { return m.Pointwise().String() }
func (m member) Shape(z ...Shape) (Shape, error)        { return m.Pointwise().Shape(z...) }
func (m member) Kernel() compute.Kernel                 { return m.Pointwise().Kernel() }
func (m member) Reverse(a, ζ *Node) []*Node             { return m.Pointwise().Reverse(a, ζ) }
func (m member) Differential(a *Node, ξ ...*Node) *Node { return m.Pointwise().Differential(a, ξ...) }
func (m member) Describe() graph.Description            { return m.Pointwise().Describe() }
func (m member) Stable(a *Node) *Node                   { return m.Pointwise().Stable(a) }
func (m member) oneMinus(a *Node) *Node                 { return m.Pointwise().complement(a) }
func (m member) logOf(a *Node, α, β float64) *Node      { return m.Pointwise().logOf(a, α, β) }

// PairedKernel knows the derivative.
func (m member) PairedKernel(g graph.Op) compute.Kernel {
	p := m.Pointwise()
	if o, _ := g.(member); p.both.prime == nil || o.Family != p.both.prime {
		return compute.Kernel{}
	}
	return compute.Entrywise(
		func(a []float32, x ...[]float32) { p.both.f32(a, x[1], x[0]) },
		func(a []float64, x ...[]float64) { p.both.f64(a, x[1], x[0]) })
}

// entrywise is the shape rule of an op that acts entry by entry on n tensors.
func entrywise(n int, x []Shape) (Shape, error) {
	if len(x) != n {
		return Shape{}, fmt.Errorf("%w: %d operands, want %d", graph.ErrShape, len(x), n)
	}
	for _, s := range x[1:] {
		if s != x[0] {
			_, err := graph.BroadcastShapes(x[0], s)
			return Shape{}, cmp.Or(err, fmt.Errorf("%w: %v and %v", graph.ErrShape, x[0], s))
		}
	}
	return x[0], nil
}

// named returns the Description of a call.
func named(name string, args ...any) graph.Description {
	return graph.Description{Name: name, Args: args}
}

// each sets a[i] = g(z[i]).
func each[T compute.Float](g func(float64) float64, a, z []T) {
	for i, z := range z {
		a[i] = T(g(float64(z)))
	}
}

// unary returns the kernel of two loops over one operand.
func unary(f32 func(a, z []float32), f64 func(a, z []float64)) compute.Kernel {
	return compute.Entrywise(
		func(a []float32, z ...[]float32) { f32(a, z[0]) },
		func(a []float64, z ...[]float64) { f64(a, z[0]) })
}

// binary returns the kernel of two loops over two operands.
func binary(f32 func(y, a, b []float32), f64 func(y, a, b []float64)) compute.Kernel {
	return compute.Entrywise(
		func(y []float32, x ...[]float32) { f32(y, x[0], x[1]) },
		func(y []float64, x ...[]float64) { f64(y, x[0], x[1]) })
}
