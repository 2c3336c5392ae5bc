package ops

import (
	"math"

	"adjoint/internal/kernel"
)

func init() {
	register("Sigmoid", 1, member{sigmoid{}})
	register("SigmoidPrime", 1, member{sigmoidPrime{}})
	register("SigmoidComplement", 1, member{sigmoidComplement{}})
	register("Tanh", 1, member{tanh{}})
	register("TanhPrime", 1, member{tanhPrime{}})
	register("Softplus", 1, member{softplus{}})
}

// Sigmoid is σ(z) = 1/(1+e⁻ᶻ), entry by entry (2.1.1). It is computed as
// e/(1+e), e = eᶻ, where z < 0, so that no exponential overflows.
//
//	σ'(z) = σ(z)(1−σ(z)) = σ(z)σ(−z)
func Sigmoid(z *Node) *Node { return Entrywise(sigmoid{}, z) }

type sigmoid struct{}

func (sigmoid) Pointwise() *Pointwise { return theSigmoid }

var theSigmoid = &Pointwise{
	Name:  "σ",
	Is:    named("Sigmoid"),
	Prime: func(z, _ *Node) *Node { return Entrywise(sigmoidPrime{}, z) },
	Fast:  unary(kernel.Sigmoid[float32], kernel.Sigmoid[float64]),
	log:   logOfSigmoid,
	both:  inOnePass{sigmoidPrime{}, kernel.SigmoidAndPrime[float32], kernel.SigmoidAndPrime[float64]},

	oneMinus: func(z *Node) *Node { return Entrywise(sigmoidComplement{}, z) },
}

// sigmoidPrime is σ'(z) = e/(1+e)² with e = e^−|z|, which keeps its relative
// accuracy where a(1−a) loses it. Its derivative keeps it too:
//
//	σ”(z) = σ'(z)(1−2σ(z)) = −σ'(z)·tanh(z/2)
type sigmoidPrime struct{}

func (sigmoidPrime) Pointwise() *Pointwise { return theSigmoidPrime }

var theSigmoidPrime = &Pointwise{
	Name:  "σ'",
	Is:    named("SigmoidPrime"),
	Prime: func(z, a *Node) *Node { return Neg(Mul(a, Tanh(Scale(0.5, z)))) },
	Fast:  unary(kernel.SigmoidPrime[float32], kernel.SigmoidPrime[float64]),
	log:   logOfSigmoidPrime,
}

// sigmoidComplement is 1 − σ(z) = σ(−z), computed as e/(1+e), e = e⁻ᶻ, where z > 0.
//
//	(1−σ)' = −σ'
type sigmoidComplement struct{}

func (sigmoidComplement) Pointwise() *Pointwise { return theSigmoidComplement }

var theSigmoidComplement = &Pointwise{
	Name:     "1−σ",
	Is:       named("SigmoidComplement"),
	Prime:    func(z, _ *Node) *Node { return Neg(Entrywise(sigmoidPrime{}, z)) },
	Fast:     unary(kernel.SigmoidComplement[float32], kernel.SigmoidComplement[float64]),
	log:      func(z *Node, α, β float64) *Node { return logOfSigmoid(opposite(z), α, β) },
	oneMinus: Sigmoid,
}

// Tanh is tanh(z), entry by entry (2.1.2).
//
//	tanh'(z) = 1 − tanh²(z) = 4e/(1+e)², e = e^−2|z|
func Tanh(z *Node) *Node { return Entrywise(tanh{}, z) }

type tanh struct{}

func (tanh) Pointwise() *Pointwise { return theTanh }

var theTanh = &Pointwise{
	Name:  "tanh",
	Is:    named("Tanh"),
	G:     math.Tanh,
	Prime: func(z, _ *Node) *Node { return Entrywise(tanhPrime{}, z) },
	Fast:  unary(kernel.Tanh[float32], kernel.Tanh[float64]),
	both:  inOnePass{tanhPrime{}, kernel.TanhAndPrime[float32], kernel.TanhAndPrime[float64]},
}

// tanhPrime is tanh'(z) = 4e/(1+e)² with e = e^−2|z|, which keeps its relative
// accuracy where 1−a² loses it. Its derivative keeps it too:
//
//	tanh”(z) = −2·tanh(z)·tanh'(z)
type tanhPrime struct{}

func (tanhPrime) Pointwise() *Pointwise { return theTanhPrime }

var theTanhPrime = &Pointwise{
	Name:  "tanh'",
	Is:    named("TanhPrime"),
	Prime: func(z, a *Node) *Node { return Scale(-2, Mul(Tanh(z), a)) },
	Fast:  unary(kernel.TanhPrime[float32], kernel.TanhPrime[float64]),
	log:   logOfTanhPrime,
}

// Softplus is log(1+eᶻ) = max(z, 0) + log1p(e^−|z|), entry by entry.
//
//	softplus' = σ
func Softplus(z *Node) *Node { return Entrywise(softplus{}, z) }

type softplus struct{}

func (softplus) Pointwise() *Pointwise { return theSoftplus }

var theSoftplus = &Pointwise{
	Name:  "softplus",
	Is:    named("Softplus"),
	Prime: func(z, _ *Node) *Node { return Sigmoid(z) },
	Fast:  unary(kernel.Softplus[float32], kernel.Softplus[float64]),
}
