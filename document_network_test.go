package adjoint_test

import (
	"fmt"
	"math"

	"adjoint/graph"
	"adjoint/ops"
)

// Section 2: a[2] = G[2](ψ[2](b[2], φ[2](w[2], G[1](ψ[1](b[1], φ[1](w[1], x)))))).
func forwardPropagation(p *page) {
	n := []int{3, 4, 2}
	x := p.point("x", n[0], 1)
	a := x
	want := p.eval(x)[0]
	g := []func(z float64) float64{nil, math.Tanh, func(z float64) float64 { return 1 / (1 + math.Exp(-z)) }}
	G := []func(*node) *node{nil, ops.Tanh, ops.Sigmoid}
	for l := 1; l <= 2; l++ {
		w, b := p.point(fmt.Sprintf("w[%d]", l), n[l], n[l-1]), p.point(fmt.Sprintf("b[%d]", l), n[l], 1)
		a = G[l](ops.Bias(b, ops.MatMul(w, a)))
		v := p.eval(w, b)
		next := make([]float64, n[l])
		for i := range next {
			z := v[1][i]
			for k, a := range want {
				z += v[0][i*n[l-1]+k] * a
			}
			next[i] = g[l](z)
		}
		want = next
	}
	p.entries("a[2]", a, want...)
	if s := "σ(ψ(b[2], φ(w[2], tanh(ψ(b[1], φ(w[1], x))))))"; a.String() != s {
		p.Errorf("a[2] is printed as %s, want %s", a, s)
	}
}

// Section 2.2, items 1 to 3: the derivatives of G, φ and ψ.
func derivativesOfTheParts(p *page) {
	const m, n = 3, 4
	x := p.point("x", n, 1)
	prime := sigmoidPrime(x)
	p.differential("dG(ξ) = G'(x)⊙ξ", ops.Sigmoid(x), x, func(ξ *node) *node { return ops.Mul(prime, ξ) })
	p.differential("dG(ξ) = diag(G'(x))·ξ", ops.Sigmoid(x), x, func(ξ *node) *node { return ops.MatMul(p.diag(prime), ξ) })
	p.reverse("rG(ζ) = G'(x)⊙ζ", ops.Sigmoid(x), x, func(ζ *node) *node { return ops.Mul(prime, ζ) })
	p.reverse("rG(ζ) = diag(G'(x))·ζ", ops.Sigmoid(x), x, func(ζ *node) *node { return ops.MatMul(p.diag(prime), ζ) })

	w := p.point("w", m, n)
	φ := ops.MatMul(w, x)
	p.differential("dφ = L_w", φ, x, func(ξ *node) *node { return ops.MatMul(w, ξ) })
	p.reverse("rφ = L_wᵀ", φ, x, func(ζ *node) *node { return ops.MatMul(ops.T(w), ζ) })
	p.differential("d₁φ = R_x", φ, w, func(η *node) *node { return ops.MatMul(η, x) })
	p.reverse("r₁φ = R_xᵀ", φ, w, func(ζ *node) *node { return ops.MatMul(ζ, ops.T(x)) })

	b, u := p.point("b", m, 1), p.point("u", m, 1)
	ψ := ops.Bias(b, u)
	identity := func(ξ *node) *node { return ξ }
	p.equal("ψ(b, u) = u + b", ψ, ops.Add(u, b))
	p.differential("dψ(ξ) = ξ", ψ, u, identity)
	p.reverse("rψ(ζ) = ζ", ψ, u, identity)
	p.differential("d₁ψ(η) = η", ψ, b, identity)
	p.reverse("r̄₁ψ(ζ) = ζ", ψ, b, identity)

	// For N examples at once b is added to every column, so that r̄₁ψ is a sum.
	many := p.point("u", m, 5)
	p.reverse("r̄₁ψ(ζ) = Σⱼζⱼ", ops.Bias(b, many), b, func(ζ *node) *node {
		var sum *node
		for j := range 5 {
			sum = plus(sum, column(ζ, j))
		}
		return sum
	})
}

// Proposition 2.3: r(h∘g∘f)_x(ζ) = rf_x∘rg_f(x)∘rh_g(f(x))(ζ).
func reverseOfAComposition(p *page) {
	const n, m, k, l = 4, 5, 5, 3
	A, C := p.point("A", m, n), p.point("C", l, k)
	x := p.point("x", n, 1)
	f := ops.Tanh(ops.MatMul(A, x))                     // f: ℝⁿ → ℝᵐ
	g := ops.Softmax(f, 0)                              // g: ℝᵐ → ℝᵏ
	F := ops.Sin(ops.MatMul(C, ops.Mul(g, ops.Exp(g)))) // h: ℝᵏ → ℝˡ
	rf := func(ζ *node) *node { return ops.MatMul(ops.T(A), ops.Mul(ops.OneMinus(ops.Square(f)), ζ)) }
	rg := func(ζ *node) *node { return ops.Mul(g, ops.Sub(ζ, ops.Dot(g, ζ))) }
	rh := func(ζ *node) *node {
		inner := ops.MatMul(ops.T(C), ops.Mul(ops.Cos(ops.MatMul(C, ops.Mul(g, ops.Exp(g)))), ζ))
		return ops.Mul(ops.Mul(ops.Exp(g), ops.Shift(g, 1)), inner)
	}
	p.reverse("rF = rf∘rg∘rh", F, x, func(ζ *node) *node { return rf(rg(rh(ζ))) })

	// The lines of the proof: ⟨rF(ζ), ξ⟩ = ⟨ζ, dF(ξ)⟩ = ⟨rh(ζ), dg∘df(ξ)⟩ = ….
	ζ, ξ := p.point("ζ", l, 1), p.point("ξ", n, 1)
	first := ops.Dot(graph.VJP(F, ζ, x)[0], ξ)
	df := p.jvp(f, x, ξ)
	for what, line := range map[string]*node{
		"⟨ζ, dF(ξ)⟩":         ops.Dot(ζ, p.jvp(F, x, ξ)),
		"⟨ζ, dh∘dg∘df(ξ)⟩":   ops.Dot(ζ, p.jvp(F, g, p.jvp(g, f, df))),
		"⟨rh(ζ), dg∘df(ξ)⟩":  ops.Dot(graph.VJP(F, ζ, g)[0], p.jvp(g, f, df)),
		"⟨rg∘rh(ζ), df(ξ)⟩":  ops.Dot(graph.VJP(g, graph.VJP(F, ζ, g)[0], f)[0], df),
		"⟨rf∘rg∘rh(ζ), ξ⟩":   ops.Dot(rf(rg(rh(ζ))), ξ),
		"⟨r(g∘f)∘rh(ζ), ξ⟩":  ops.Dot(graph.VJP(g, graph.VJP(F, ζ, g)[0], x)[0], ξ),
		"⟨rf∘r(h∘g)(ζ), ξ⟩":  ops.Dot(graph.VJP(f, graph.VJP(F, ζ, f)[0], x)[0], ξ),
		"⟨ζ, d(h∘g)∘df(ξ)⟩":  ops.Dot(ζ, p.jvp(F, f, df)),
		"⟨rh(ζ), d(g∘f)(ξ)⟩": ops.Dot(graph.VJP(F, ζ, g)[0], p.jvp(g, x, ξ)),
	} {
		p.equal("⟨rF(ζ), ξ⟩ = "+what, first, line)
	}
}

// Lemma 2.4: for f: ℝ²ˣ³ → ℝ⁴, R = rf_P has the components ∂fⁱ/∂X.
func reverseDerivativeAsATensor(p *page) {
	const n, m, k = 2, 3, 4
	X := p.point("X", n, m)
	u := ops.MatMul(ops.MatMul(p.point("A", k, n), X), p.point("c", m, 1))
	v := ops.MatMul(ops.MatMul(p.point("B", k, n), ops.Tanh(X)), p.point("d", m, 1))
	f := ops.Mul(ops.Sin(u), ops.Exp(ops.Scale(0.3, v)))

	R := p.eval(graph.Jacobian(f, X)...) // R[i] = r(∂/∂xⁱ), a 2×3 matrix
	if len(R) != k || len(R[0]) != n*m {
		p.Fatalf("R has %d matrices of %d entries, want %d of %d", len(R), len(R[0]), k, n*m)
	}
	E := p.Param("∂/∂X", matrix(n, m, make([]float64, n*m)...))
	for e := range n * m {
		clear(E.Value().Float64s())
		E.Value().Float64s()[e] = 1
		partial := make([]float64, k) // ∂fⁱ/∂X at entry e
		for i := range partial {
			partial[i] = R[i][e]
		}
		p.entries("Rᵢ = ⟨∂/∂xⁱ, df(∂/∂X)⟩", p.jvp(f, X, E), partial...)
		near(p.T, "Rᵢ = ∂fⁱ/∂X by differences", partial, p.differences(f, []*node{X}, []*node{E}), 1e-9)
	}
}
