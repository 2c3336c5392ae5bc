package adjoint_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Gradients are graphs, so that they have gradients. Here they are held against
// formulas derived by hand and against differences of gradients.

// derivatives returns the n-th derivatives of y in the scalar x, by every mix of
// forward and reverse mode, by name.
func derivatives(y, x *node, n int) map[string]*node {
	one := x.Graph().Const(1)
	all := map[string]*node{"": y}
	for range n {
		next := map[string]*node{}
		for modes, d := range all {
			next[modes+"r"] = graph.Gradient(d, x)[0]
			next[modes+"d"] = graph.JVP(d, []*node{x}, []*node{one})
		}
		all = next
	}
	return all
}

// Functions of one number, with their derivatives by hand.
func TestHigherDerivatives(t *testing.T) {
	for _, c := range []struct {
		name string
		at   float64
		f    func(x *node) *node
		want func(x float64) []float64
	}{
		{"x³ at 2", 2, func(x *node) *node { return ops.Pow(x, 3) }, func(float64) []float64 { return []float64{8, 12, 12, 6, 0} }},
		{"x·x² at 2", 2, func(x *node) *node { return ops.Mul(x, ops.Square(x)) }, func(float64) []float64 { return []float64{8, 12, 12, 6, 0} }},
		{"tanh", 0.7, ops.Tanh, func(x float64) []float64 {
			a := math.Tanh(x)
			prime := 1 - a*a
			return []float64{a, prime, -2 * a * prime, prime * (6*a*a - 2)}
		}},
		{"σ", -0.4, ops.Sigmoid, func(x float64) []float64 {
			a := 1 / (1 + math.Exp(-x))
			prime := a * (1 - a)
			return []float64{a, prime, prime * (1 - 2*a), prime * (1 - 6*a + 6*a*a)}
		}},
		{"softplus", 0.9, ops.Softplus, func(x float64) []float64 {
			a := 1 / (1 + math.Exp(-x))
			return []float64{math.Log1p(math.Exp(x)), a, a * (1 - a), a * (1 - a) * (1 - 2*a)}
		}},
		{"1/x", 1.6, ops.Reciprocal, func(x float64) []float64 {
			return []float64{1 / x, -1 / (x * x), 2 / (x * x * x), -6 / (x * x * x * x)}
		}},
		{"x·sin x", 1.1, func(x *node) *node { return ops.Mul(x, ops.Sin(x)) }, func(x float64) []float64 {
			s, c := math.Sincos(x)
			return []float64{x * s, s + x*c, 2*c - x*s, -3*s - x*c}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := graph.New()
			x := g.Input("x")
			for order, want := range c.want(c.at) {
				for modes, d := range derivatives(c.f(x), x, order) {
					near(t, fmt.Sprintf("derivative %d by %q", order, modes), evaluateAt(t, x, c.at, d), []float64{want}, exact)
				}
			}
		})
	}
}

// evaluateAt returns the value of y where the scalar input x is at.
func evaluateAt(t *testing.T, x *node, at float64, y *node) []float64 {
	t.Helper()
	p, err := graph.Compile(y)
	check(err)
	check(p.Feed(x, scalar(at)))
	check(p.Run())
	return read(p, y)
}

func scalar(v float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(), tensor.WithBacking([]float64{v}))
}

// The Hessian of ⟨c, softmax(z)⟩ is Σᵢ cⁱ∂²Sⁱ/∂zʲ∂zᵏ, from
// ∂Sⁱ/∂zʲ = Sⁱ(δⁱⱼ − Sʲ) of 2.1.4, once more by the product rule.
func TestHessianOfSoftmax(t *testing.T) {
	const m = 4
	p := newPage(t)
	z, c := p.point("z", m, 1), p.point("c", m, 1)
	s := ops.Softmax(z, 0)
	got := p.hessian(ops.Dot(c, s), z)
	v := p.eval(s, c)
	S, δ := v[0], func(i, j int) float64 {
		if i == j {
			return 1
		}
		return 0
	}
	dS := func(i, j int) float64 { return S[i] * (δ(i, j) - S[j]) }
	for j := range m {
		want := make([]float64, m)
		for k := range want {
			for i, c := range v[1] {
				want[k] += c * (dS(i, k)*(δ(i, j)-S[j]) - S[i]*dS(j, k))
			}
		}
		near(t, fmt.Sprintf("column %d", j), got[j], want, exact)
	}
}

// The Hessian of the cross-entropy of a softmax is diag(S) − SSᵀ, where the
// labels add up to 1.
func TestHessianOfCrossEntropy(t *testing.T) {
	p := newPage(t)
	z := p.point("z", 3, 1)
	y := p.Constant("y", matrix(3, 1, 0.2, 0.5, 0.3))
	s := ops.Softmax(z, 0)
	dS := p.eval(ops.Sub(p.diag(s), ops.MatMul(s, ops.T(s))))[0]
	for j, column := range p.hessian(ops.Sum(ops.CrossEntropy(s, y)), z) {
		near(t, fmt.Sprintf("column %d", j), column, dS[3*j:3*j+3], exact)
	}
}

// The log-loss has ∂²L/∂a² = y/a² + (1−y)/(1−a)² in a, and the cost of logistic
// regression the Hessian v ↦ (1/N) (a(1−a)⊙(vx)) xᵀ in w.
func TestHessianOfLogLoss(t *testing.T) {
	const n, N = 3, 5
	p := newPage(t)
	a, y := p.probabilities("a", 1, N), p.labels("y", 1, N)
	v := p.point("v", 1, N)
	second := ops.Add(ops.Div(y, ops.Square(a)), ops.Div(ops.OneMinus(y), ops.Square(ops.OneMinus(a))))
	l := ops.Sum(ops.LogLoss(a, y))
	p.equal("in a", graph.HVP(l, []*node{a}, []*node{v})[0], ops.Mul(second, v))

	w, x, b := p.point("w", 1, n), p.point("x", n, N), p.point("b", 1, 1)
	η := p.point("v", 1, n)
	σ := ops.Sigmoid(ops.Bias(b, ops.MatMul(w, x)))
	j := ops.Mean(ops.LogLoss(σ, y))
	curvature := ops.Mul(ops.Mul(σ, ops.OneMinus(σ)), ops.MatMul(η, x))
	p.equal("in w", graph.HVP(j, []*node{w}, []*node{η})[0], ops.Scale(1./N, ops.MatMul(curvature, ops.T(x))))
	p.equal("in b after w", graph.JVP(graph.Gradient(j, b)[0], []*node{w}, []*node{η}), ops.Reshape(ops.Mean(curvature), 1, 1))
}

// Hessian·v of a network of three layers is the difference of gradients along v,
// the same by three orders of the modes, and symmetric.
func TestHessianOfANetwork(t *testing.T) {
	for _, hidden := range []activation{tanhs, sigmoids, softplus, relus, leakies} {
		for _, c := range []struct {
			loss
			output activation
		}{{logLoss, sigmoids}, {squares, hidden}, {crossEntropy, softmaxes}} {
			t.Run(hidden.name+" "+c.name, func(t *testing.T) {
				p := newPage(t)
				net := p.network([]int{2, 3, 2, 2}, 4, c.loss, hidden, hidden, c.output)
				w := slices.Concat(net.w[1:], net.b[1:])
				v, u := p.like("v", w), p.like("u", w)
				gradient, hv := graph.Gradient(net.j, w...), graph.HVP(net.j, w, v)
				inner := p.dots(gradient, v)
				for i := range w {
					near(t, w[i].Name()+" by differences", p.eval(hv[i])[0], p.differences(gradient[i], w, v), 1e-6)
					p.equal(w[i].Name()+": r⟨rJ(1), v⟩", graph.Gradient(inner, w[i])[0], hv[i])
					p.equal(w[i].Name()+": r(dJ(v))", graph.Gradient(graph.JVP(net.j, w, v), w[i])[0], hv[i])
				}
				p.equal("⟨u, Hv⟩ = ⟨v, Hu⟩", p.dots(u, hv), p.dots(v, graph.HVP(net.j, w, u)))
				h := p.hessian(net.j, w...)
				for i := range h {
					for k := range i {
						near(t, fmt.Sprintf("∂²J(%d, %d) = ∂²J(%d, %d)", i, k, k, i), h[i][k:k+1], h[k][i:i+1], exact)
					}
				}
			})
		}
	}
}

// like returns a random point for each of the nodes, of its shape.
func (p *page) like(name string, nodes []*node) []*node {
	points := make([]*node, len(nodes))
	for i, n := range nodes {
		points[i] = p.point(name, n.Shape().Dims()...)
	}
	return points
}

// dots is ⟨a, b⟩ of two lists of nodes.
func (p *page) dots(a, b []*node) *node {
	var sum *node
	for i := range a {
		sum = plus(sum, ops.Dot(a[i], b[i]))
	}
	return sum
}

// hessian returns the second derivatives of j in the entries of w, one list for
// each direction eᵢ.
func (p *page) hessian(j *node, w ...*node) [][]float64 {
	p.Helper()
	v := p.like("v", w)
	for _, v := range v {
		clear(v.Value().Float64s())
	}
	hv := graph.HVP(j, w, v)
	var columns [][]float64
	for _, v := range v {
		for e := range v.Value().Float64s() {
			v.Value().Float64s()[e] = 1
			columns = append(columns, slices.Concat(p.eval(hv...)...))
			v.Value().Float64s()[e] = 0
		}
	}
	return columns
}
