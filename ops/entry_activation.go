package ops

import "math"

func init() {
	register("SiLU", 1, member{silu{}})
	register("SiLUPrime", 1, member{siluPrime{}})
	register("Mish", 1, member{mish{}})
	register("MishPrime", 1, member{mishPrime{}})
	register("Softsign", 1, member{softsign{}})
}

// SiLU is z·σ(z), entry by entry (Elfwing, Uchibe and Doya, 2017), also known as
// swish with β = 1.
//
//	SiLU'(z) = σ(z) + z·σ'(z)
func SiLU(z *Node) *Node { return Entrywise(silu{}, z) }

type silu struct{}

func (silu) Pointwise() *Pointwise { return theSilu }

var theSilu = &Pointwise{
	Name:  "SiLU",
	Is:    named("SiLU"),
	G:     func(z float64) float64 { return gated(z, logistic(z)) },
	Prime: func(z, _ *Node) *Node { return Entrywise(siluPrime{}, z) },
}

// siluPrime is SiLU'.
//
//	SiLU”(z) = σ'(z)(2 + z(1−2σ(z))) = σ'(z)(2 − z·tanh(z/2))
type siluPrime struct{}

func (siluPrime) Pointwise() *Pointwise { return theSiluPrime }

var theSiluPrime = &Pointwise{
	Name: "SiLU'",
	Is:   named("SiLUPrime"),
	G:    func(z float64) float64 { return logistic(z) + gated(z, logisticPrime(z)) },
	Prime: func(z, _ *Node) *Node {
		z = within(z, expFlat)
		return Mul(Entrywise(sigmoidPrime{}, z), Affine(Mul(z, Tanh(Scale(0.5, z))), -1, 2))
	},
}

// Mish is z·t(z), entry by entry, with t(z) = tanh(softplus(z)) (Misra, 2019).
//
//	mish'(z) = t(z) + z·t'(z)
func Mish(z *Node) *Node { return Entrywise(mish{}, z) }

type mish struct{}

func (mish) Pointwise() *Pointwise { return theMish }

var theMish = &Pointwise{
	Name:  "mish",
	Is:    named("Mish"),
	G:     func(z float64) float64 { return gated(z, tanhSoftplus(z)) },
	Prime: func(z, _ *Node) *Node { return Entrywise(mishPrime{}, z) },
}

// mishPrime is mish'.
//
//	t' = tanh'(softplus)·σ     t” = tanh'(softplus)·(σ' − 2tσ²)     mish”(z) = 2t'(z) + z·t”(z)
type mishPrime struct{}

func (mishPrime) Pointwise() *Pointwise { return theMishPrime }

var theMishPrime = &Pointwise{
	Name:  "mish'",
	Is:    named("MishPrime"),
	G:     func(z float64) float64 { return tanhSoftplus(z) + gated(z, tanhSoftplusPrime(z)) },
	Prime: mishSecond,
}

func mishSecond(z, _ *Node) *Node {
	z = within(z, expFlat)
	s, σ := Softplus(z), Sigmoid(z)
	t, p := Tanh(s), Entrywise(tanhPrime{}, s)
	bend := Sub(Entrywise(sigmoidPrime{}, z), Scale(2, Mul(t, Square(σ))))
	return Mul(p, Add(Scale(2, σ), Mul(z, bend)))
}

// Softsign is z/(1+|z|), entry by entry.
//
//	softsign'(z) = 1/(1+|z|)²
func Softsign(z *Node) *Node { return Entrywise(softsign{}, z) }

type softsign struct{}

func (softsign) Pointwise() *Pointwise { return theSoftsign }

var theSoftsign = &Pointwise{
	Name: "softsign",
	Is:   named("Softsign"),
	G: func(z float64) float64 {
		if math.IsInf(z, 0) {
			return math.Copysign(1, z)
		}
		return z / (1 + math.Abs(z))
	},
	Prime: func(z, _ *Node) *Node { return Square(Reciprocal(Shift(Abs(z), 1))) },
}

// Where |z| is more than expFlat, e^−|z| is 0; more than bellFlat, e^−z²/2.
const (
	expFlat  = 800
	bellFlat = 64
)

// within is z moved into [−flat, flat], for functions that are constant beyond: there
// their formulas are ∞·0, and those of their derivatives, which are 0.
func within(z *Node, flat float64) *Node { return Clip(z, -flat, flat) }

// logistic is σ(z), by the side of 0 that z is on.
func logistic(z float64) float64 {
	e := math.Exp(-math.Abs(z))
	if z < 0 {
		return e / (1 + e)
	}
	return 1 / (1 + e)
}

// logisticPrime is σ'(z).
func logisticPrime(z float64) float64 {
	e := math.Exp(-math.Abs(z))
	return e / ((1 + e) * (1 + e))
}

// tanhSoftplus is tanh(log(1+eᶻ)) = ((1+eᶻ)²−1)/((1+eᶻ)²+1), with the fraction
// reduced by e²ᶻ where z > 0.
func tanhSoftplus(z float64) float64 {
	e := math.Exp(-math.Abs(z))
	if z < 0 {
		return e * (e + 2) / (e*(e+2) + 2)
	}
	return (1 + 2*e) / (1 + 2*e*(1+e))
}

// tanhSoftplusPrime is the derivative 4eᶻ(1+eᶻ)/((1+eᶻ)²+1)² of tanhSoftplus,
// with the fraction reduced by e⁴ᶻ where z > 0.
func tanhSoftplusPrime(z float64) float64 {
	e := math.Exp(-math.Abs(z))
	if z < 0 {
		q := e*(e+2) + 2
		return 4 * e * (1 + e) / (q * q)
	}
	q := 1 + 2*e*(1+e)
	return 4 * e * e * (1 + e) / (q * q)
}

// gated is z·gate, and 0 where the gate is shut, also at z = ±∞.
func gated(z, gate float64) float64 {
	if gate == 0 {
		return 0
	}
	return z * gate
}
