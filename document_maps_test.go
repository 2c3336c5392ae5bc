package adjoint_test

import (
	"math"
	"slices"

	"adjoint/graph"
	"adjoint/ops"
)

// wave is a g: ℝ → ℝ that no library has.
var wave = (&ops.Pointwise{
	Name:  "wave",
	G:     func(z float64) float64 { return z * math.Sin(z*z) },
	Prime: func(z, _ *node) *node { return wavePrime(z) },
}).Of

// wavePrime is g'(z) = sin z² + 2z² cos z².
func wavePrime(z *node) *node {
	z2 := ops.Square(z)
	return ops.Add(ops.Sin(z2), ops.Scale(2, ops.Mul(z2, ops.Cos(z2))))
}

// Definition 2.1: G(v) = g(vⁱ)eᵢ.
func broadcastOfAFunction(p *page) {
	v := p.point("v", 5, 1)
	g := func(z float64) float64 { return z * math.Sin(z*z) }
	p.function("G(v)ⁱ = g(vⁱ)", wave(v), v, g)

	var sum *node
	for i, vi := range p.eval(v)[0] {
		sum = plus(sum, ops.Scale(g(vi), column(p.identity(5), i)))
	}
	p.equal("G(v) = g(vⁱ)eᵢ", wave(v), sum)
	matrix := p.point("v", 3, 4)
	p.function("G of a matrix", wave(matrix), matrix, g)
}

// diag is the matrix with v, a column, on its diagonal and zeros elsewhere.
func (p *page) diag(v *node) *node { return ops.Mul(p.identity(v.Shape().Dim(0)), v) }

// Lemma 2.2: dG_z(ξ) = G'(z)⊙ξ, rG_z(ζ) = G'(z)⊙ζ, and the matrix of both is
// diagonal.
func differentialOfABroadcast(p *page) {
	for _, c := range []struct {
		name     string
		g, prime func(z *node) *node
	}{
		{"wave", wave, wavePrime},
		{"σ", ops.Sigmoid, sigmoidPrime},
		{"tanh", ops.Tanh, tanhPrime},
		{"sin", ops.Sin, ops.Cos},
		{"z²", ops.Square, func(z *node) *node { return ops.Scale(2, z) }},
	} {
		z := p.point("z", 4, 1)
		a, prime := c.g(z), c.prime(z)
		p.differential(c.name+": dG(ξ) = G'⊙ξ", a, z, func(ξ *node) *node { return ops.Mul(prime, ξ) })
		p.differential(c.name+": dG(ξ) = diag(G')·ξ", a, z, func(ξ *node) *node { return ops.MatMul(p.diag(prime), ξ) })
		p.reverse(c.name+": rG(ζ) = G'⊙ζ", a, z, func(ζ *node) *node { return ops.Mul(prime, ζ) })
		for i, row := range graph.Jacobian(a, z) {
			p.equal(c.name+": [dG]ⁱⱼ = δⁱⱼ g'(zⁱ)", row, column(ops.T(p.diag(prime)), i))
			p.equal(c.name+": dG(eⱼ) = g'(zʲ)eⱼ", p.jvp(a, z, column(p.identity(4), i)), column(p.diag(prime), i))
		}
	}
}

// Section 2.1.1: the forms of σ and of σ'.
func sigmoid(p *page) {
	z := p.point("z", 2, 5)
	a := ops.Sigmoid(z)
	p.function("σ = 1/(1+e⁻ᶻ)", a, z, func(z float64) float64 { return 1 / (1 + math.Exp(-z)) })
	p.function("1−σ = 1 − 1/(1+e⁻ᶻ)", ops.OneMinus(a), z, func(z float64) float64 { return 1 - 1/(1+math.Exp(-z)) })
	p.function("1−σ = e⁻ᶻ/(1+e⁻ᶻ)", ops.OneMinus(a), z, func(z float64) float64 { return math.Exp(-z) / (1 + math.Exp(-z)) })

	e := ops.Exp(ops.Neg(z))
	q := ops.Shift(e, 1) // 1 + e⁻ᶻ
	for what, prime := range map[string]*node{
		"σ' = e⁻ᶻ/(1+e⁻ᶻ)²":          ops.Div(e, ops.Square(q)),
		"σ' = 1/(1+e⁻ᶻ)·e⁻ᶻ/(1+e⁻ᶻ)": ops.Mul(ops.Reciprocal(q), ops.Div(e, q)),
		"σ' = σ(1−σ)":                sigmoidPrime(z),
	} {
		p.reverse(what, a, z, func(ζ *node) *node { return ops.Mul(prime, ζ) })
	}
	p.reverse("σ' written out", ops.Div(p.Const(1), q), z, func(ζ *node) *node { return ops.Mul(sigmoidPrime(z), ζ) })
}

// sigmoidPrime is σ(z)(1−σ(z)).
func sigmoidPrime(z *node) *node {
	a := ops.Sigmoid(z)
	return ops.Mul(a, ops.OneMinus(a))
}

// Section 2.1.2: the forms of tanh and of tanh', and σ by tanh.
func hyperbolicTangent(p *page) {
	z := p.point("z", 2, 5)
	a := ops.Tanh(z)
	p.function("tanh = (eᶻ−e⁻ᶻ)/(eᶻ+e⁻ᶻ)", a, z, func(z float64) float64 {
		return (math.Exp(z) - math.Exp(-z)) / (math.Exp(z) + math.Exp(-z))
	})
	up, down := ops.Exp(z), ops.Exp(ops.Neg(z))
	sum2, difference2 := ops.Square(ops.Add(up, down)), ops.Square(ops.Sub(up, down))
	for what, prime := range map[string]*node{
		"tanh' = ((eᶻ+e⁻ᶻ)² − (eᶻ−e⁻ᶻ)²)/(eᶻ+e⁻ᶻ)²": ops.Div(ops.Sub(sum2, difference2), sum2),
		"tanh' = 1 − (eᶻ−e⁻ᶻ)²/(eᶻ+e⁻ᶻ)²":           ops.OneMinus(ops.Div(difference2, sum2)),
		"tanh' = 1 − tanh²": tanhPrime(z),
	} {
		p.reverse(what, a, z, func(ζ *node) *node { return ops.Mul(prime, ζ) })
	}
	half := ops.Scale(0.5, ops.Shift(ops.Tanh(ops.Scale(0.5, z)), 1))
	p.equal("½(tanh(z/2)+1) = σ(z)", half, ops.Sigmoid(z))
	p.equal("1 + tanh(z/2) = 2/(1+e⁻ᶻ)", ops.Scale(2, half), ops.Scale(2, ops.Reciprocal(ops.Shift(down, 1))))
	p.reverse("r of ½(tanh(z/2)+1)", half, z, func(ζ *node) *node { return ops.Mul(sigmoidPrime(z), ζ) })
}

// tanhPrime is 1 − tanh²(z).
func tanhPrime(z *node) *node { return ops.OneMinus(ops.Square(ops.Tanh(z))) }

// Section 2.1.3: ReLU(z; β) = max{βz, z}, and its derivative, which is 1 at 0.
func rectifiedLinearUnit(p *page) {
	z := p.draw("z", func() float64 { return math.Copysign(0.3+p.rng.Float64(), p.rng.NormFloat64()) }, 2, 5)
	kinks := p.Param("z", matrix(1, 4, 0, math.Copysign(0, -1), -1, 1))
	one := p.Const(1, 1, 4)
	for _, β := range []float64{0, 0.01, 0.3, 1} {
		relu := func(z *node) *node { return ops.LeakyReLU(z, β) }
		maximum := func(z *node) *node { return ops.Maximum(ops.Scale(β, z), z) }
		p.function("ReLU(z; β)", relu(z), z, func(z float64) float64 { return math.Max(β*z, z) })
		for name, f := range map[string]func(*node) *node{"ReLU(z; β)": relu, "max{βz, z}": maximum} {
			p.reverse("r of "+name, f(z), z, func(ζ *node) *node { return ops.Mul(reluPrime(z, β), ζ) })
			p.differential("d of "+name, f(z), z, func(ξ *node) *node { return ops.Mul(reluPrime(z, β), ξ) })
			p.entries("derivative at 0, −0, −1, 1 of "+name, graph.VJP(f(kinks), one, kinks)[0], 1, 1, β, 1)
			if d, err := p.second(ops.Sum(f(kinks)), kinks); err != nil || !slices.Equal(d, []float64{1, 1, β, 1}) {
				p.Errorf("gorgonia's derivative at 0, −0, −1, 1 of %s: %v, %v", name, d, err)
			}
		}
		p.entries("βχ_(−∞,0) + χ_[0,∞)", reluPrime(kinks, β), 1, 1, β, 1)
	}
	p.equal("ReLU(z) = ReLU(z; 0)", ops.ReLU(z), ops.LeakyReLU(z, 0))
	p.equal("ReLU(z) = max{0, z}", ops.ReLU(z), ops.Maximum(p.Const(0), z))
}

// reluPrime is βχ_(−∞,0)(z) + χ_[0,∞)(z).
func reluPrime(z *node, β float64) *node {
	zero := z.Graph().Const(0)
	return ops.Add(ops.Scale(β, ops.Less(z, zero)), ops.GreaterEqual(z, zero))
}

// Section 2.1.4: softmax, and its derivative [Sⁱ(δⁱⱼ − Sʲ)], which is symmetric.
func softmax(p *page) {
	const m = 5
	z := p.point("z", m, 1)
	s := ops.Softmax(z, 0)
	e := ops.Exp(z)
	p.equal("softmax(z) = eᶻ/Σⱼe^zʲ", s, ops.Div(e, ops.Sum(e)))

	dS := ops.Mul(s, ops.Sub(p.identity(m), ops.T(s))) // [Sⁱ(δⁱⱼ − Sʲ)]
	for i, row := range graph.Jacobian(s, z) {
		p.equal("∂Sⁱ/∂zʲ = Sⁱ(δⁱⱼ − Sʲ)", row, column(ops.T(dS), i))
	}
	sum := ops.Sum(e)
	p.equal("∂Sⁱ/∂zʲ = −(Σe^zᵏ)⁻²e^zʲe^zⁱ + Sⁱδⁱⱼ", dS,
		ops.Add(ops.Neg(ops.Div(ops.MatMul(e, ops.T(e)), ops.Square(sum))), p.diag(s)))
	p.equal("dS is symmetric", dS, ops.T(dS))
	p.differential("dS(ξ)", s, z, func(ξ *node) *node { return ops.MatMul(dS, ξ) })
	p.reverse("rS(ζ)", s, z, func(ζ *node) *node { return ops.MatMul(dS, ζ) })
	ξ := p.point("ξ", m, 1)
	p.equal("dS = rS", p.jvp(s, z, ξ), graph.VJP(s, ξ, z)[0])
}
