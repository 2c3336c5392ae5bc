package adjoint_test

import (
	"errors"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// What a formula of the document does not show of the engine, but a user's may
// need.

// The differential is additive: two tangents at one node are their sum.
func TestTangentsAtOneNodeAdd(t *testing.T) {
	p := newPage(t)
	x, ξ, η := p.point("x", 2, 3), p.point("ξ", 2, 3), p.point("η", 2, 3)
	y := ops.Mul(ops.Tanh(x), x)
	both := graph.JVP(y, []*node{x, x}, []*node{ξ, η})
	p.equal("dy(ξ, η) = dy(ξ+η)", both, p.jvp(y, x, ops.Add(ξ, η)))
	p.differential("dy(ξ)", y, x, func(ξ *node) *node { return ops.Mul(ops.Add(ops.Tanh(x), ops.Mul(tanhPrime(x), x)), ξ) })
}

// likelihood is z ↦ log σ(z), which says what it is only in a form that is not
// stable itself.
type likelihood struct{}

func (likelihood) String() string                              { return "likelihood" }
func (likelihood) Shape(s ...graph.Shape) (graph.Shape, error) { return s[0], nil }
func (likelihood) Kernel() compute.Kernel                      { return compute.Kernel{} }
func (likelihood) Reverse(y, _ *node) []*node                  { return graph.NoDerivative(y) }
func (likelihood) Stable(y *node) *node                        { return ops.Log(ops.Sigmoid(y.In(0))) }

// A stable form is itself put into stable form.
func TestStableFormOfAStableForm(t *testing.T) {
	g := graph.New()
	z := g.Param("z", matrix(1, 3, -1000, 0, 1000))
	y := graph.Apply(likelihood{}, z)
	v := evaluate(t, y, graph.Gradient(ops.Sum(y), z)[0])
	near(t, "log σ(z)", v[0], []float64{-1000, -0.6931471805599453, 0}, exact)
	near(t, "its gradient", v[1], []float64{1, 0.5, 0}, exact)
}

// Inputs that were fed for another N have to be fed again, also where a Program
// still has the buffers of the N it comes back to.
func TestReturnToAnotherN(t *testing.T) {
	g := graph.New()
	x, y := g.Input("x", 1, graph.Batch), g.Input("y", 1, graph.Batch)
	j := ops.Sum(ops.Mul(x, y))
	p, err := graph.Compile(j)
	check(err)
	for _, v := range []*tensor.Dense{matrix(1, 2, 3, 4), matrix(1, 1, 5), matrix(1, 2, 6, 7)} {
		check(p.Feed(x, v))
		if err := p.Run(); !errors.Is(err, graph.ErrUnfed) {
			t.Errorf("N = %d: y is not fed, but Run returns %v", v.Shape()[1], err)
		}
		check(p.Feed(y, v))
		check(p.Run())
		near(t, "x·y", read(p, j), []float64{inner(v.Float64s(), v.Float64s())}, exact)
	}
}
