package ops

import "math"

// SiLU is z·σ(z), entry by entry (Elfwing, Uchibe and Doya, 2017), also known as
// swish with β = 1.
//
//	SiLU'(z) = σ(z) + z·σ'(z)
func SiLU(z *Node) *Node { return Entrywise(silu{}, z) }

type silu struct{}

func (silu) Pointwise() *Pointwise {
	return &Pointwise{
		Name: "SiLU",
		is:   named("SiLU"),
		G:    func(z float64) float64 { return gated(z, logistic(z)) },
		Prime: func(z, _ *Node) *Node {
			return Add(Sigmoid(z), Mul(z, Entrywise(sigmoidPrime{}, z)))
		},
	}
}

// Mish is z·tanh(softplus(z)), entry by entry (Misra, 2019).
//
//	s = softplus(z)     mish'(z) = tanh(s) + z·tanh'(s)·σ(z)
func Mish(z *Node) *Node { return Entrywise(mish{}, z) }

type mish struct{}

func (mish) Pointwise() *Pointwise {
	return &Pointwise{
		Name: "mish",
		is:   named("Mish"),
		G:    func(z float64) float64 { return gated(z, tanhSoftplus(z)) },
		Prime: func(z, _ *Node) *Node {
			s := Softplus(z)
			return Add(Tanh(s), Mul(z, Mul(Entrywise(tanhPrime{}, s), Sigmoid(z))))
		},
	}
}

// Softsign is z/(1+|z|), entry by entry.
//
//	softsign'(z) = 1/(1+|z|)²
func Softsign(z *Node) *Node { return Entrywise(softsign{}, z) }

type softsign struct{}

func (softsign) Pointwise() *Pointwise {
	return &Pointwise{
		Name: "softsign",
		is:   named("Softsign"),
		G: func(z float64) float64 {
			if math.IsInf(z, 0) {
				return math.Copysign(1, z)
			}
			return z / (1 + math.Abs(z))
		},
		Prime: func(z, _ *Node) *Node { return Square(Reciprocal(Shift(Abs(z), 1))) },
	}
}

// logistic is σ(z), by the side of 0 that z is on.
func logistic(z float64) float64 {
	e := math.Exp(-math.Abs(z))
	if z < 0 {
		return e / (1 + e)
	}
	return 1 / (1 + e)
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

// gated is z·gate, and 0 where the gate is shut, also at z = −∞.
func gated(z, gate float64) float64 {
	if gate == 0 {
		return 0
	}
	return z * gate
}
