package ops

import (
	"fmt"
	"math"

	"adjoint/graph"
	"adjoint/internal/kernel"
)

func init() {
	register("Erf", 1, member{erf{}})
	register("GELU", 1, member{gelu{}})
	register("GELUPrime", 1, member{geluPrime{}})
	graph.Register("Bell", 1, func(a *graph.Args) graph.Op { return member{bell{a.Float(), a.Float()}} })
	register("GELUTanh", 1, member{geluTanh{}})
	register("GELUTanhPrime", 1, member{geluTanhPrime{}})
}

// Erf is the error function (2/√π)∫₀ᶻe^−t²dt, entry by entry.
//
//	erf'(z) = (2/√π)·e^−z²
func Erf(z *Node) *Node { return Entrywise(erf{}, z) }

type erf struct{}

func (erf) Pointwise() *Pointwise { return theErf }

var theErf = &Pointwise{
	Name:  "erf",
	Is:    named("Erf"),
	G:     math.Erf,
	Fast:  unary(kernel.Erf[float32], kernel.Erf[float64]),
	Prime: func(z, _ *Node) *Node { return Entrywise(bell{2 / math.SqrtPi, 1}, z) },
}

// GELU is z·Φ(z), entry by entry, with Φ(z) = ½(1+erf(z/√2)), the distribution
// function of the standard normal law, and φ = Φ' (Hendrycks and Gimpel, 2016).
//
//	GELU'(z) = Φ(z) + z·φ(z)
func GELU(z *Node) *Node { return Entrywise(gelu{}, z) }

type gelu struct{}

func (gelu) Pointwise() *Pointwise { return theGelu }

var theGelu = &Pointwise{
	Name:  "GELU",
	Is:    named("GELU"),
	G:     func(z float64) float64 { return gated(z, normal(z)) },
	Fast:  unary(kernel.GELU[float32], kernel.GELU[float64]),
	Prime: func(z, _ *Node) *Node { return Entrywise(geluPrime{}, z) },
}

// geluPrime is GELU'.
//
//	GELU”(z) = (2 − z²)·φ(z)
type geluPrime struct{}

func (geluPrime) Pointwise() *Pointwise { return theGeluPrime }

var theGeluPrime = &Pointwise{
	Name: "GELU'",
	Is:   named("GELUPrime"),
	G:    func(z float64) float64 { return normal(z) + gated(z, density.at(z)) },
	Fast: unary(kernel.GELUPrime[float32], kernel.GELUPrime[float64]),
	Prime: func(z, _ *Node) *Node {
		z = within(z, bellFlat)
		return Mul(Affine(Square(z), -1, 2), Entrywise(density, z))
	},
}

// normal is Φ(z) = ½·erfc(−z/√2), which keeps its accuracy for z < 0.
func normal(z float64) float64 { return 0.5 * math.Erfc(-z/math.Sqrt2) }

// density is φ(z) = e^(−z²/2)/√(2π).
var density = bell{1 / (math.Sqrt2 * math.SqrtPi), 0.5}

// bell is h·e^−cz², c ≥ ½.
//
//	bell'(z) = −2cz·bell(z)
type bell struct{ h, c float64 }

func (f bell) Pointwise() *Pointwise {
	return &Pointwise{
		Name: fmt.Sprintf("%.4g·exp(−%g·z²)", f.h, f.c),
		Is:   named("Bell", f.h, f.c),
		G:    f.at,
		Fast: unary(
			func(a, z []float32) { kernel.Bell(a, z, float32(f.h), float32(f.c)) },
			func(a, z []float64) { kernel.Bell(a, z, f.h, f.c) }),
		Prime: func(z, a *Node) *Node { return Scale(-2*f.c, Mul(within(z, bellFlat), a)) },
	}
}

// at corrects e^−cz² for the rounding of z², which a large z² would magnify.
func (f bell) at(z float64) float64 {
	z2 := float64(z * z)
	y := f.h * math.Exp(-f.c*z2)
	if y == 0 {
		return 0
	}
	return y * (1 - f.c*math.FMA(z, z, -z2))
}

// GELUTanh is the approximation ½z(1+tanh(v/2)) of GELU(z) with v = 2√(2/π)·(z +
// 0.044715z³), entry by entry: PyTorch's approximate='tanh'. As ½(1+tanh(v/2)) is
// σ(v) (2.1.2), that is z·σ(v), which keeps its accuracy for z < 0.
//
//	GELUTanh'(z) = σ(v) + z·σ'(v)·v'
func GELUTanh(z *Node) *Node { return Entrywise(geluTanh{}, z) }

// The coefficients of v = geluLinear·z + geluCubic·z³.
const (
	geluLinear = 2 * math.Sqrt2 / math.SqrtPi
	geluCubic  = geluLinear * 0.044715
)

type geluTanh struct{}

func (geluTanh) Pointwise() *Pointwise { return theGeluTanh }

var theGeluTanh = &Pointwise{
	Name:  "GELUtanh",
	Is:    named("GELUTanh"),
	G:     func(z float64) float64 { return gated(z, logistic(z*(geluLinear+geluCubic*z*z))) },
	Prime: func(z, _ *Node) *Node { return Entrywise(geluTanhPrime{}, z) },
}

// geluTanhPrime is GELUTanh'.
//
//	GELUTanh”(z) = σ'(v)·(2v' + z(v” − tanh(v/2)·v'²))
type geluTanhPrime struct{}

func (geluTanhPrime) Pointwise() *Pointwise { return theGeluTanhPrime }

var theGeluTanhPrime = &Pointwise{
	Name: "GELUtanh'",
	Is:   named("GELUTanhPrime"),
	G: func(z float64) float64 {
		z = min(max(z, -bellFlat), bellFlat)
		v := z * (geluLinear + geluCubic*z*z)
		return logistic(v) + z*logisticPrime(v)*(geluLinear+3*geluCubic*z*z)
	},
	Prime: geluTanhSecond,
}

func geluTanhSecond(z, _ *Node) *Node {
	z = within(z, bellFlat)
	v := Mul(z, Affine(Square(z), geluCubic, geluLinear))
	v1 := Affine(Square(z), 3*geluCubic, geluLinear)
	v2 := Scale(6*geluCubic, z)
	bend := Sub(v2, Mul(Tanh(Scale(0.5, v)), Square(v1)))
	return Mul(Entrywise(sigmoidPrime{}, v), Add(Scale(2, v1), Mul(z, bend)))
}
