package adjoint_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/interop"
	"adjoint/ops"
	"adjoint/optest"

	"gorgonia.org/tensor"
)

type node = graph.Node

// The document Neural Networks as a test file: the subtests are its sections, and
// assert its formulas in the order in which it prints them. What was derived by
// hand is built from ops as it is printed, and never by the engine's derivatives.
func TestDocument(t *testing.T) {
	for _, section := range []struct {
		name   string
		assert func(*page)
	}{
		{"1", logLossAndCost},
		{"1.1", gradientOfLogisticRegression},
		{"1.2", listingOfLogisticRegression},
		{"Definition 2.1", broadcastOfAFunction},
		{"Lemma 2.2", differentialOfABroadcast},
		{"2", forwardPropagation},
		{"2.1.1", sigmoid},
		{"2.1.2", hyperbolicTangent},
		{"2.1.3", rectifiedLinearUnit},
		{"2.1.4", softmax},
		{"2.2", derivativesOfTheParts},
		{"Proposition 2.3", reverseOfAComposition},
		{"Lemma 2.4", reverseDerivativeAsATensor},
		{"2.2 descent", descentStep},
		{"2.2 gradients", gradientsOfOneHiddenLayer},
		{"3.1", deltaRecursion},
		{"3.2", listingOfADeepNetwork},
	} {
		t.Run(section.name, func(t *testing.T) { section.assert(newPage(t)) })
	}
}

// A page is what a section is worked out on: a graph, points at random, and
// gorgonia for a second opinion.
type page struct {
	*testing.T
	*graph.Graph
	rng    *rand.Rand
	second func(j, w *node) ([]float64, error)
}

func newPage(t *testing.T) *page {
	return &page{t, graph.New(), rand.New(rand.NewPCG(1, 2)), interop.SecondOpinion(nil)}
}

// point returns a parameter whose entries are drawn from the normal distribution.
func (p *page) point(name string, dims ...int) *node {
	return p.draw(name, p.rng.NormFloat64, dims...)
}

// probabilities returns a parameter with entries between 0.1 and 0.9.
func (p *page) probabilities(name string, dims ...int) *node {
	return p.draw(name, func() float64 { return 0.1 + 0.8*p.rng.Float64() }, dims...)
}

// labels returns a parameter with entries 0 and 1.
func (p *page) labels(name string, dims ...int) *node {
	return p.draw(name, func() float64 { return float64(p.rng.IntN(2)) }, dims...)
}

func (p *page) draw(name string, entry func() float64, dims ...int) *node {
	v := tensor.New(tensor.WithShape(dims...), tensor.Of(tensor.Float64))
	for i := range v.Float64s() {
		v.Float64s()[i] = entry()
	}
	return p.Param(name, v)
}

// identity returns the n×n matrix 𝟙.
func (p *page) identity(n int) *node {
	v := matrix(n, n, make([]float64, n*n)...)
	for i := range n {
		v.Float64s()[i*n+i] = 1
	}
	return p.Constant("𝟙", v)
}

// eval returns the entries of nodes.
func (p *page) eval(nodes ...*node) [][]float64 {
	p.Helper()
	return evaluate(p.T, nodes...)
}

func evaluate(t *testing.T, nodes ...*node) [][]float64 {
	t.Helper()
	prog, err := graph.Compile(nodes...)
	if err != nil {
		t.Fatal(err)
	}
	if err := prog.Run(); err != nil {
		t.Fatal(err)
	}
	v := make([][]float64, len(nodes))
	for i, n := range nodes {
		v[i] = numbers(t, prog, n)
	}
	return v
}

// numbers returns the entries of an output, as float64 whatever its type.
func numbers(t *testing.T, p *graph.Program, n *node) []float64 {
	t.Helper()
	v, err := p.Value(n)
	if err != nil {
		t.Fatal(err)
	}
	if v.Dtype() == tensor.Float64 {
		return slices.Clone(v.Float64s())
	}
	wide := make([]float64, 0, v.Size())
	for _, v := range v.Float32s() {
		wide = append(wide, float64(v))
	}
	return wide
}

// exact is how close two forms of one formula are, relative to their size.
const exact = 1e-12

// equal asserts that two formulas have one value, entry by entry.
func (p *page) equal(what string, got, want *node) {
	p.Helper()
	v := p.eval(got, want)
	if got.Shape() != want.Shape() {
		p.Errorf("%s: shape %v, want %v", what, got.Shape(), want.Shape())
	}
	near(p.T, what, v[0], v[1], exact)
}

// entries asserts the entries of a value.
func (p *page) entries(what string, got *node, want ...float64) {
	p.Helper()
	near(p.T, what, p.eval(got)[0], want, exact)
}

// function asserts that every entry of y is f of the same entry of z.
func (p *page) function(what string, y, z *node, f func(z float64) float64) {
	p.Helper()
	want := p.eval(z)[0]
	for i, z := range want {
		want[i] = f(z)
	}
	p.entries(what, y, want...)
}

// near asserts that two lists of numbers are equal but for a tolerance relative
// to the largest of them.
func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	within(t, what, got, want, tolerance*largest(want))
}

// within asserts that two lists of numbers are no further apart than is allowed.
func within(t *testing.T, what string, got, want []float64, allowed float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d entries, want %d", what, len(got), len(want))
		return
	}
	for i, v := range got {
		if !(math.Abs(v-want[i]) <= allowed) {
			t.Errorf("%s: entry %d is %.17g, want %.17g", what, i, v, want[i])
			return
		}
	}
}

// largest is the maximum norm.
func largest(v []float64) (size float64) {
	for _, v := range v {
		size = max(size, math.Abs(v))
	}
	return size
}

// differential asserts dy_x(ξ) for a ξ at random: by hand, by the engine, and by
// differences of y along ξ.
func (p *page) differential(what string, y, x *node, hand func(ξ *node) *node) {
	p.Helper()
	ξ := p.point("ξ", x.Shape().Dims()...)
	d := p.jvp(y, x, ξ)
	p.equal(what, hand(ξ), d)
	near(p.T, what+" by differences", p.eval(d)[0], p.differences(y, []*node{x}, []*node{ξ}), 1e-8)
}

// jvp is dy_x(ξ) by the engine.
func (p *page) jvp(y, x, ξ *node) *node { return graph.JVP(y, []*node{x}, []*node{ξ}) }

// differences returns the derivative of y along ξ, as a function of the
// parameters x, by central differences of fourth order.
func (p *page) differences(y *node, x, ξ []*node) []float64 {
	p.Helper()
	const h = 1e-3
	move := func(step float64) {
		for i, x := range x {
			for e, direction := range ξ[i].Value().Float64s() {
				x.Value().Float64s()[e] += step * h * direction
			}
		}
	}
	var d []float64
	for _, s := range []struct{ step, weight float64 }{{1, 8}, {-1, -8}, {2, -1}, {-2, 1}} {
		move(s.step)
		v := p.eval(y)[0]
		move(-s.step)
		if d == nil {
			d = make([]float64, len(v))
		}
		for i := range v {
			d[i] += s.weight * v[i] / (12 * h)
		}
	}
	return d
}

// reverse asserts ry_x(ζ) for a ζ at random, by the definition of r: it is the
// gradient of ⟨ζ, y⟩ in x.
func (p *page) reverse(what string, y, x *node, hand func(ζ *node) *node) {
	p.Helper()
	ζ := p.point("ζ", y.Shape().Dims()...)
	p.equal(what, graph.VJP(y, ζ, x)[0], hand(ζ))
	p.gradient(what, ops.Dot(ζ, y), x, hand(ζ))
}

// gradient asserts the gradient of the scalar j in x, in four columns: by hand,
// by the engine, by gorgonia and by finite differences.
func (p *page) gradient(what string, j, x, hand *node) {
	p.Helper()
	optest.Gradient(titled{p.T, what}, j, x, hand, optest.GradientOptions{
		Second: p.second, SecondName: "gorgonia", SecondWrong: gorgoniaIsWrong[what],
	})
}

// A titled test prints what it is about before its messages.
type titled struct {
	*testing.T
	title string
}

func (t titled) Errorf(format string, args ...any) {
	t.Helper()
	t.T.Errorf(t.title+": "+format, args...)
}

// gorgoniaIsWrong says, by what is asserted, why gorgonia is wrong or refuses.
var gorgoniaIsWrong = map[string]string{
	"wave: rG(ζ) = G'⊙ζ":       "it has no such op",
	"saturated L":              "it has NaN and infinity for 0·∞",
	"saturated L, written out": "it has NaN and infinity for 0·∞",
	"saturated cross-entropy":  "it has NaN for 0·∞",
}
