package adjoint_test

import (
	"math"

	"adjoint/graph"
	"adjoint/ops"
)

// Section 1: the log-loss is −log ℙ(y|x), and the cost its mean over examples.
func logLossAndCost(p *page) {
	const n, N = 3, 6
	x, w, b := p.point("x", n, N), p.point("w", 1, n), p.point("b", 1, 1)
	y := p.Param("y", matrix(1, N, 1, 0, 0, 1, 1, 0))
	u := ops.MatMul(w, x)
	z := ops.Bias(b, u)
	a := ops.Sigmoid(z)
	l := ops.LogLoss(a, y)
	j := ops.Mean(l)

	// a = σ(wx + b), example by example.
	v := p.eval(x, w, b, y)
	prediction := func(j int) float64 {
		z := v[2][0]
		for i := range n {
			z += v[1][i] * v[0][i*N+j]
		}
		return 1 / (1 + math.Exp(-z))
	}
	var as, losses, expanded []float64
	cost := 0.0
	for j := range N {
		a, y := prediction(j), v[3][j]
		probability := math.Pow(a, y) * math.Pow(1-a, 1-y) // ℙ(y|x) = aʸ(1−a)¹⁻ʸ
		if corrected := map[float64]float64{1: a, 0: 1 - a}[y]; probability != corrected {
			p.Errorf("ℙ(y = %g|x) = %g, want %g", y, probability, corrected)
		}
		as = append(as, a)
		losses = append(losses, -math.Log(probability))
		expanded = append(expanded, -(y*math.Log(a) + (1-y)*math.Log(1-a)))
		cost += losses[j] / N
	}
	p.entries("a = σ(wx + b)", a, as...)
	p.entries("L(a, y) = −log ℙ(y|x)", l, losses...)
	p.entries("L(a, y) = −[y log a + (1−y) log(1−a)]", l, expanded...)
	p.entries("J(w, b) = (1/N) Σ L", j, cost)
}

// Section 1.1, items 1 to 4, for a single example; then the two gradients.
func gradientOfLogisticRegression(p *page) {
	w, x := p.point("w", 1, 4), p.point("x", 4, 1)
	u := ops.MatMul(w, x)
	p.differential("d₁φ(η) = ηx", u, w, func(η *node) *node { return ops.MatMul(η, x) })
	p.reverse("r₁φ = R_xᵀ", u, w, func(ζ *node) *node { return ops.MatMul(ζ, ops.T(x)) })

	b, v := p.point("b", 1, 1), p.point("u", 1, 1)
	identity := func(ξ *node) *node { return ξ }
	z := ops.Bias(b, v)
	p.differential("dψ = 𝟙", z, v, identity)
	p.differential("d̄₁ψ = 𝟙", z, b, identity)
	p.reverse("rψ = 𝟙", z, v, identity)
	p.reverse("r̄₁ψ = 𝟙", z, b, identity)

	s := p.point("z", 1, 1)
	a := ops.Sigmoid(s)
	p.reverse("rσ = a(1−a)", a, s, func(ζ *node) *node { return ops.Mul(ops.Mul(a, ops.OneMinus(a)), ζ) })

	c, y := p.probabilities("a", 1, 1), p.labels("y", 1, 1)
	p.reverse("rL = −y/a + (1−y)/(1−a)", ops.LogLoss(c, y), c, func(ζ *node) *node { return ops.Mul(reverseOfLogLoss(c, y), ζ) })

	gradientsOverExamples(p)
}

// reverseOfLogLoss is the document's rL = −y/a + (1−y)/(1−a).
func reverseOfLogLoss(a, y *node) *node {
	return ops.Add(ops.Neg(ops.Div(y, a)), ops.Div(ops.OneMinus(y), ops.OneMinus(a)))
}

// gradientsOverExamples asserts each line of ∂J/∂w and ∂J/∂b.
func gradientsOverExamples(p *page) {
	const n, N = 3, 5
	x, y := p.point("x", n, N), p.labels("y", 1, N)
	w, b := p.point("w", 1, n), p.point("b", 1, 1)
	a := ops.Sigmoid(ops.Bias(b, ops.MatMul(w, x)))
	j := ops.Mean(ops.LogLoss(a, y))
	for _, c := range []struct{ got, want string }{
		{graph.Composition(j, w), "r₁φ∘rψ∘rσ∘rL∘rmean"},
		{graph.Composition(j, b), "r₁ψ∘rσ∘rL∘rmean"},
	} {
		if c.got != c.want {
			p.Errorf("the composition is %s, the document has %s", c.got, c.want)
		}
	}

	var composed, difference, total *node // sums over j
	for j := range N {
		xj, yj, aj := column(x, j), column(y, j), column(a, j)
		chain := ops.Mul(reverseOfLogLoss(aj, yj), ops.Mul(aj, ops.OneMinus(aj)))
		composed = plus(composed, ops.MatMul(chain, ops.T(xj)))
		difference = plus(difference, ops.MatMul(ops.Sub(aj, yj), ops.T(xj)))
		total = plus(total, ops.Sub(aj, yj))
	}
	p.gradient("∂J/∂w = (1/N) Σ R_xᵀ∘[−y/a + (1−y)/(1−a)]·(a(1−a))", j, w, ops.Scale(1./N, composed))
	p.gradient("∂J/∂w = (1/N) Σ (aⱼ−yⱼ)xⱼᵀ", j, w, ops.Scale(1./N, difference))
	p.gradient("∂J/∂w = (1/N)(a−y)xᵀ", j, w, ops.Scale(1./N, ops.MatMul(ops.Sub(a, y), ops.T(x))))
	p.gradient("∂J/∂b = (1/N) Σ (aⱼ−yⱼ)", j, b, ops.Scale(1./N, total))
}

// column returns example j of x.
func column(x *node, j int) *node { return ops.Slice(x, 1, j, j+1) }

// plus is a + b, where a sum that has not begun is nil.
func plus(a, b *node) *node {
	if a == nil {
		return b
	}
	return ops.Add(a, b)
}

// Section 1.2: the lines of the listing that compute, and the penalties, which
// the listing adds to the cost but not to the gradient.
func listingOfLogisticRegression(p *page) {
	const n, N, λ = 4, 6, 0.7
	x, y := p.point("x", n, N), p.labels("y", 1, N)
	w, b := p.point("w", 1, n), p.point("b", 1, 1)
	a := ops.Sigmoid(ops.Bias(b, ops.MatMul(w, x)))
	j := ops.Mean(ops.LogLoss(a, y))

	p.equal("line 39: z = einsum('ij,jk', w, x) + b", ops.Bias(b, ops.MatMul(w, x)), ops.Add(ops.Einsum("ij,jk->ik", w, x), b))
	dz := ops.Scale(1./N, ops.Sub(a, y)) // line 172
	dw := ops.Einsum("ij,kj->ik", dz, x) // line 60
	db := ops.ExpandDims(ops.Sum(dz, 1), 1)
	p.gradient("line 60: dw", j, w, dw)
	p.gradient("line 57: db", j, b, db)

	norm1, norm2 := ops.Sum(ops.Abs(w)), ops.Sum(ops.Square(w))
	l1, l2 := ops.L1Penalty(λ, N, w), ops.L2Penalty(λ, N, w)
	p.equal("line 131: R = λ/(2N) Σ|w|", l1, ops.Scale(λ/(2*N), norm1))
	p.equal("line 131: R = λ/(2N) Σ|w|²", l2, ops.Scale(λ/(2*N), norm2))
	p.gradient("rR = λ/(2N) sign(w)", l1, w, ops.Scale(λ/(2*N), ops.Sign(w)))
	p.gradient("rR = λ/N w", l2, w, ops.Scale(λ/N, w))
	p.gradient("r(J + R), L¹", ops.Add(j, l1), w, ops.Add(dw, ops.Scale(λ/(2*N), ops.Sign(w))))
	p.gradient("r(J + R), L²", ops.Add(j, l2), w, ops.Add(dw, ops.Scale(λ/N, w)))
	p.gradient("r(J + R) in b", ops.Add(j, l2), b, db)
}
