package adjoint_test

import (
	"fmt"
	"math"
	"slices"

	"adjoint/graph"
	"adjoint/interop"
	"adjoint/ops"
)

// An activation is g with its derivative, derived by hand, as the map that takes
// the rows δᵀ, one for each example, to δᵀ·dg_z.
type activation struct {
	name string
	g    func(z *node) *node
	dg   func(rows, z *node) *node
}

// diagonal is an activation that is a broadcast, whose dg is diag(G'(z)) (2.2).
func diagonal(name string, g, prime func(z *node) *node) activation {
	return activation{name, g, func(rows, z *node) *node { return ops.Mul(rows, ops.T(prime(z))) }}
}

var (
	tanhs     = diagonal("tanh", ops.Tanh, tanhPrime)
	sigmoids  = diagonal("σ", ops.Sigmoid, sigmoidPrime)
	relus     = diagonal("ReLU", ops.ReLU, func(z *node) *node { return reluPrime(z, 0) })
	leakies   = diagonal("leaky ReLU", func(z *node) *node { return ops.LeakyReLU(z, 0.1) }, func(z *node) *node { return reluPrime(z, 0.1) })
	softplus  = diagonal("softplus", ops.Softplus, ops.Sigmoid)
	softmaxes = activation{"softmax", func(z *node) *node { return ops.Softmax(z, 0) }, timesSoftmax}
)

// timesSoftmax is δᵀ·dS with dS = [Sⁱ(δⁱⱼ − Sʲ)] (2.1.4).
func timesSoftmax(rows, z *node) *node {
	s := ops.T(ops.Softmax(z, 0))
	return ops.Mul(s, ops.Sub(rows, ops.ExpandDims(ops.Sum(ops.Mul(rows, s), 1), 1)))
}

// A loss is L with its derivative in a.
type loss struct {
	name string
	l    func(a, y *node) *node
	da   func(a, y *node) *node
}

var (
	logLoss      = loss{"log-loss", ops.LogLoss, reverseOfLogLoss}
	squares      = loss{"SquaredError", ops.SquaredError, func(a, y *node) *node { return ops.Scale(2, ops.Sub(a, y)) }}
	crossEntropy = loss{"cross-entropy", ops.CrossEntropy, func(a, y *node) *node { return ops.Neg(ops.Div(y, a)) }}
)

// A network has L layers, numbered from 1; a[0] is x.
type network struct {
	w, b, z, a []*node
	y, j       *node
	g          []activation
	loss       loss
}

// network returns a network of layers of n[ℓ] nodes with activation g[ℓ] for N
// examples, at a random point.
func (p *page) network(n []int, N int, l loss, g ...activation) *network {
	x := p.point("x", n[0], N)
	net := &network{w: []*node{nil}, b: []*node{nil}, z: []*node{nil}, a: []*node{x}, g: append([]activation{{}}, g...), loss: l}
	for l := 1; l < len(n); l++ {
		scale := math.Sqrt(2 / float64(n[l-1]))
		w := p.draw(fmt.Sprintf("W[%d]", l), func() float64 { return scale * p.rng.NormFloat64() }, n[l], n[l-1])
		b := p.point(fmt.Sprintf("b[%d]", l), n[l], 1)
		z := ops.Bias(b, ops.MatMul(w, net.a[l-1]))
		net.w, net.b, net.z, net.a = append(net.w, w), append(net.b, b), append(net.z, z), append(net.a, net.g[l].g(z))
	}
	net.y = p.labels("y", n[len(n)-1], N)
	net.j = ops.Mean(l.l(net.a[len(n)-1], net.y))
	return net
}

// Section 2.2: the parameters move by w := w − r₁J(α), with the learning rate as
// the cotangent; rJ = (1/N) Σ rFⱼ.
func descentStep(p *page) {
	const N, rate = 5, 0.3
	net := p.network([]int{3, 4, 1}, N, logLoss, tanhs, sigmoids)
	params := []*node{net.w[1], net.b[1], net.w[2], net.b[2]}
	α := p.Const(rate)
	steps := graph.VJP(net.j, α, params...)
	gradient := graph.Gradient(net.j, params...)
	descent := p.Const(0)
	for i, w := range params {
		p.equal("rJ(α) = α·rJ(1)", steps[i], ops.Scale(rate, gradient[i]))
		descent = ops.Sub(descent, ops.Sum(ops.Square(gradient[i])))
		var sum *node
		for j := range N {
			F := ops.Sum(column(net.loss.l(net.a[2], net.y), j))
			sum = plus(sum, graph.Gradient(F, w)[0])
		}
		p.equal("rJ = (1/N) Σ rFⱼ", gradient[i], ops.Scale(1./N, sum))
	}

	// A small step lowers J at the rate ‖∇J‖².
	const small = 1e-6
	v := p.eval(append(graph.VJP(net.j, p.Const(small), params...), net.j, descent)...)
	before, slope := v[len(params)][0], v[len(params)+1][0]
	for i, w := range params {
		for e, step := range v[i] {
			w.Value().Float64s()[e] -= step
		}
	}
	if got := (p.eval(net.j)[0][0] - before) / small; math.Abs(got-slope) > 1e-4*math.Abs(slope) {
		p.Errorf("(J(w − rJ(α)) − J(w))/α = %g, want −‖∇J‖² = %g", got, slope)
	}
}

// Section 2.2: the four gradients of a network with one hidden layer, as sums
// over the examples.
func gradientsOfOneHiddenLayer(p *page) {
	const N = 4
	for _, c := range []struct {
		activation
		prime func(z *node) *node
	}{
		{tanhs, tanhPrime},
		{sigmoids, sigmoidPrime},
		{relus, func(z *node) *node { return reluPrime(z, 0) }},
	} {
		net := p.network([]int{3, 4, 1}, N, logLoss, c.activation, sigmoids)
		x, a1, a2, z1, z2 := net.a[0], net.a[1], net.a[2], net.z[1], net.z[2]
		var b2, w2, b1, w1 *node
		for j := range N {
			rL := reverseOfLogLoss(column(a2, j), column(net.y, j))
			rG2L := ops.Mul(sigmoidPrime(column(z2, j)), rL)
			rG1 := c.prime(column(z1, j))
			hidden := ops.Mul(rG1, ops.MatMul(ops.T(net.w[2]), rG2L))
			b2 = plus(b2, rG2L)
			w2 = plus(w2, ops.MatMul(rG2L, ops.T(column(a1, j))))
			b1 = plus(b1, hidden)
			w1 = plus(w1, ops.MatMul(hidden, ops.T(column(x, j))))
		}
		p.gradient(c.name+": r̄₂J = (1/N) Σ rG[2]·rL", net.j, net.b[2], ops.Scale(1./N, b2))
		p.gradient(c.name+": r₂J = (1/N) Σ rG[2]·rL·a[1]ᵀ", net.j, net.w[2], ops.Scale(1./N, w2))
		p.gradient(c.name+": r̄₁J = (1/N) Σ rG[1]·w[2]ᵀ·rG[2]·rL", net.j, net.b[1], ops.Scale(1./N, b1))
		p.gradient(c.name+": r₁J = (1/N) Σ rG[1]·w[2]ᵀ·rG[2]·rL·xᵀ", net.j, net.w[1], ops.Scale(1./N, w1))
	}
}

// delta returns δ[1], …, δ[L] by the recursion of 3.1, and nothing at 0.
func (n *network) delta() []*node {
	L := len(n.w) - 1
	δ := make([]*node, L+1)
	δT := n.g[L].dg(ops.T(n.loss.da(n.a[L], n.y)), n.z[L]) // δ[L]ᵀ = dL·dg[L]
	δ[L] = ops.T(δT)
	for l := L - 1; l >= 1; l-- {
		δT = n.g[l].dg(ops.MatMul(δT, n.w[l+1]), n.z[l]) // δ[ℓ]ᵀ = δ[ℓ+1]ᵀW[ℓ+1]·dg[ℓ]
		δ[l] = ops.T(δT)
	}
	return δ
}

// Section 3.1: the δ recursion for networks of 1 to 8 layers.
func deltaRecursion(p *page) {
	const N = 3
	for _, hidden := range []activation{relus, leakies, tanhs, sigmoids, softplus} {
		for L := 1; L <= 8; L++ {
			for _, c := range []struct {
				loss
				output activation
				nodes  int
			}{{logLoss, sigmoids, 1}, {squares, hidden, 2}, {crossEntropy, softmaxes, 3}} {
				p := newPage(p.T)
				n, g := []int{3}, []activation{}
				for range L - 1 {
					n, g = append(n, 3), append(g, hidden)
				}
				net := p.network(append(n, c.nodes), N, c.loss, append(g, c.output)...)
				p.second = together(net.j, slices.Concat(net.w[1:], net.b[1:]))
				δ := net.delta()
				for l := 1; l <= L; l++ {
					at := fmt.Sprintf("%s, %s, layer %d of %d: ", hidden.name, c.loss.name, l, L)
					p.equal(at+"∂J/∂z = δ/n", graph.Gradient(net.j, net.z[l])[0], ops.Scale(1./N, δ[l]))
					p.gradient(at+"∂J/∂W = (1/n) δ a[ℓ−1]ᵀ", net.j, net.w[l], ops.Scale(1./N, ops.MatMul(δ[l], ops.T(net.a[l-1]))))
					p.gradient(at+"∂J/∂b = (1/n) Σⱼδⱼ", net.j, net.b[l], ops.Scale(1./N, ops.ExpandDims(ops.Sum(δ[l], 1), 1)))
				}
			}
		}
	}
}

// together asks gorgonia for the gradients of j in all of w at once.
func together(j *node, w []*node) func(j, w *node) ([]float64, error) {
	gradients, err := interop.Gradient(nil, j, w...)
	return func(_, x *node) ([]float64, error) {
		if err != nil {
			return nil, err
		}
		return gradients[slices.Index(w, x)], nil
	}
}

// Section 3.2: the backward lines of the listing, as they are meant, which have
// 1/n inside δ; and the penalties over all W, which the listing leaves out of
// the gradient.
func listingOfADeepNetwork(p *page) {
	const N, λ = 4, 0.7
	net := p.network([]int{3, 4, 3, 1}, N, logLoss, relus, relus, sigmoids)
	l1, l2 := ops.L1Penalty(λ, N, net.w[1:]...), ops.L2Penalty(λ, N, net.w[1:]...)
	var norm1, norm2 *node
	for _, w := range net.w[1:] {
		norm1, norm2 = plus(norm1, ops.Sum(ops.Abs(w))), plus(norm2, ops.Sum(ops.Square(w)))
	}
	p.equal("line 83: R = λ/(2N) Σ|w|", l1, ops.Scale(λ/(2*N), norm1))
	p.equal("line 83: R = λ/(2N) Σ|w|²", l2, ops.Scale(λ/(2*N), norm2))

	δ := ops.Scale(1./N, ops.Sub(net.a[3], net.y)) // line 117
	for l := 3; l >= 1; l-- {
		at := fmt.Sprintf("layer %d: ", l)
		dw := ops.Einsum("ij,kj->ik", δ, net.a[l-1])
		p.gradient(at+"dw", net.j, net.w[l], dw)
		p.gradient(at+"db", net.j, net.b[l], ops.ExpandDims(ops.Sum(δ, 1), 1))
		p.gradient(at+"r(J + R), L¹", ops.Add(net.j, l1), net.w[l], ops.Add(dw, ops.Scale(λ/(2*N), ops.Sign(net.w[l]))))
		p.gradient(at+"r(J + R), L²", ops.Add(net.j, l2), net.w[l], ops.Add(dw, ops.Scale(λ/N, net.w[l])))
		if l > 1 {
			dg := reluPrime(net.z[l-1], 0)
			δ = ops.Mul(dg, ops.MatMul(ops.T(net.w[l]), δ)) // line 120
		}
	}
}
