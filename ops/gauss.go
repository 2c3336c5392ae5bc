package ops

import (
	"fmt"
	"math"
)

// Erf is the error function (2/√π)∫₀ᶻe^−t²dt, entry by entry.
//
//	erf'(z) = (2/√π)·e^−z²
func Erf(z *Node) *Node { return Entrywise(erf{}, z) }

type erf struct{}

func (erf) Pointwise() *Pointwise {
	return &Pointwise{
		Name:  "erf",
		is:    named("Erf"),
		G:     math.Erf,
		Prime: func(z, _ *Node) *Node { return Scale(2/math.SqrtPi, Entrywise(bell{1}, z)) },
	}
}

// GELU is z·Φ(z), entry by entry, with Φ(z) = ½(1+erf(z/√2)), the distribution
// function of the standard normal law (Hendrycks and Gimpel, 2016).
//
//	GELU'(z) = Φ(z) + z·Φ'(z)
func GELU(z *Node) *Node { return Entrywise(gelu{}, z) }

type gelu struct{}

func (gelu) Pointwise() *Pointwise {
	return &Pointwise{
		Name: "GELU",
		is:   named("GELU"),
		G:    func(z float64) float64 { return gated(z, normal(z)) },
		Prime: func(z, _ *Node) *Node {
			return Add(Entrywise(normalCDF{}, z), Mul(z, normalDensity(z)))
		},
	}
}

// GELUTanh is the approximation ½z(1+tanh(u)) of GELU(z) with u = √(2/π)·(z +
// 0.044715z³), entry by entry: PyTorch's approximate='tanh'. As σ(2u) is
// ½(1+tanh(u)) (2.1.2), that is z·σ(2u), which keeps its accuracy for z < 0.
//
//	GELUTanh'(z) = σ(2u) + z·σ'(2u)·2u'
func GELUTanh(z *Node) *Node { return Entrywise(geluTanh{}, z) }

// The coefficients of 2u = geluLinear·z + geluCubic·z³.
const (
	geluLinear = 2 * math.Sqrt2 / math.SqrtPi
	geluCubic  = geluLinear * 0.044715
)

type geluTanh struct{}

func (geluTanh) Pointwise() *Pointwise {
	return &Pointwise{
		Name: "GELUtanh",
		is:   named("GELUTanh"),
		G: func(z float64) float64 {
			return gated(z, logistic(z*(geluLinear+geluCubic*z*z)))
		},
		Prime: func(z, _ *Node) *Node {
			z = Clip(z, -64, 64) // where σ is 0 or 1 and z² does not overflow
			z2 := Square(z)
			v := Mul(z, Affine(z2, geluCubic, geluLinear))
			return Add(Sigmoid(v), Mul(z, Mul(Entrywise(sigmoidPrime{}, v), Affine(z2, 3*geluCubic, geluLinear))))
		},
	}
}

// normalCDF is Φ(z) = ½·erfc(−z/√2), which keeps its accuracy for z < 0.
//
//	Φ'(z) = e^(−z²/2)/√(2π)
type normalCDF struct{}

func (normalCDF) Pointwise() *Pointwise {
	return &Pointwise{
		Name:  "Φ",
		is:    named("NormalCDF"),
		G:     normal,
		Prime: func(z, _ *Node) *Node { return normalDensity(z) },
	}
}

func normal(z float64) float64 { return 0.5 * math.Erfc(-z/math.Sqrt2) }

func normalDensity(z *Node) *Node {
	return Scale(1/(math.Sqrt2*math.SqrtPi), Entrywise(bell{0.5}, z))
}

// bell is e^−cz².
//
//	bell'(z) = −2cz·e^−cz²
type bell struct{ c float64 }

func (f bell) Pointwise() *Pointwise {
	return &Pointwise{
		Name:  fmt.Sprintf("exp(−%g·z²)", f.c),
		is:    named("Bell", f.c),
		G:     f.value,
		Prime: func(z, a *Node) *Node { return Scale(-2*f.c, Mul(z, a)) },
	}
}

// value corrects e^−cz² for the rounding of z², which a large z² would magnify.
func (f bell) value(z float64) float64 {
	z2 := z * z
	y := math.Exp(-f.c * z2)
	if y == 0 {
		return 0
	}
	return y * (1 - f.c*math.FMA(z, z, -z2))
}
