package ops

import (
	"math"

	"adjoint/compute"
)

// In float32 the normal distribution is computed by
//
//	Φ(−t) = e^(−t²/2)·u·P(u), u = 1/(1 + 0.3t)     for t ≥ 0
//
// in float64, with a polynomial P of degree 9 that was fitted to within 3.5·10⁻⁹ of the value for
// t ≤ 14, beyond which Φ(−t) is 0 in float32. (The form is that of Hastings 1955.)

const normalScale = 0.3

var normalTerms = [...]float64{
	0.1196866344968888, 0.11957283326840834, 0.11022739021663164, 0.07842526956768484, 0.09605872683263779,
	-0.07924901010079559, 0.19158369836745837, -0.22806901142475772, 0.1123764126917145, -0.02061294563973811,
}

// gaussKernel returns the kernel of g, a function of z, of Φ(z) and of e^(−z²/2), which in float64 is
// computed as exact.
func gaussKernel(g func(z, normal, bell float64) float64, exact func(z float64) float64) compute.Kernel {
	return unary(func(a, z []float32) {
		for i, z := range z {
			z := float64(z)
			bell := expBelow(-0.5 * z * z)
			a[i] = float32(g(z, normalBy(z, bell), bell))
		}
	}, func(a, z []float64) { each(exact, a, z) })
}

// normalBy is Φ(z) by e^(−z²/2).
func normalBy(z, bell float64) float64 {
	c := &normalTerms
	u := 1 / (1 + normalScale*math.Abs(z))
	v := u * u
	even := c[0] + v*(c[2]+v*(c[4]+v*(c[6]+v*c[8])))
	odd := c[1] + v*(c[3]+v*(c[5]+v*(c[7]+v*c[9])))
	tail := bell * u * (even + u*odd)
	positive := float64(1 - math.Float64bits(z)>>63) // or 0: a branch would be guessed wrong half the time
	return positive + (1-2*positive)*tail
}

// expBelow is eˣ for x ≤ 0 to within 10⁻⁹ of the value: 2ᵏ·eʳ with |r| ≤ ½ ln 2 and the series of eʳ
// to its ninth term. NaN stays what it is.
func expBelow(x float64) float64 {
	if x < -700 {
		return 0
	}
	const integers = 1<<52 + 1<<51 // numbers of this size have no fraction, and k in their last bits
	k := x*math.Log2E + integers
	r := x - (k-integers)*math.Ln2
	v := r * r
	even := 1 + v*(1./2+v*(1./24+v*(1./720+v*(1./40320))))
	odd := 1 + v*(1./6+v*(1./120+v*(1./5040)))
	return (even + r*odd) * math.Float64frombits((math.Float64bits(k)+1023)<<52)
}
