package kernel

import "math"

// The normal distribution in plain Go, by the formulas of the generated kernels: with Mills'
// ratio M(t), Φ(−t) = e^(−t²/2)·M(t).

// density is φ(0). Where |z| is more than gaussFlat, Φ(−|z|) and |z|·φ(z) are 0, and where it is more
// than bellFlat so is e^(−z²/2).
const (
	density   = 1 / (math.Sqrt2 * math.SqrtPi)
	gaussFlat = 39
	bellFlat  = 64
)

// Below −fallingFrom, exp is fallingThen times that of a number larger by fallingFrom. That is so near
// to a float64 that its own rounding does not matter.
const (
	fallingFrom = 535
	fallingThen = 0x1.1da8da821ddadp-772
)

// millsOf is M(t) = P(q)/(t+k), q = (t−k)/(t+k) for t ≥ 0. What q has lost by rounding is
// (t − k(q+1) − qt)/(t+k).
func millsOf[T Float](t float64) float64 {
	u := 1 / (t + millsScale)
	q := 1 - 2*millsScale*u
	terms := millsTerms32[:]
	if sizeof[T]() == 8 {
		q += math.FMA(-q, t, math.FMA(-millsScale, q+1, t)) * u
		terms = millsTerms[:]
	}
	p := 0.0
	for i := len(terms) - 1; i >= 0; i-- {
		p = p*q + terms[i]
	}
	return p * u
}

// falling sets dst[i] = end(z, f(t)·exp(−ct²)) with t = |z|, at most flat. What the rounding of ct² loses
// is added, so ct² must be rounded: the conversions keep the compiler from fusing the products. A
// subnormal number is rounded once, as the exponential is of a number that is no less than about
// −fallingFrom.
func falling[T Float](dst, z []T, flat, c float64, f func(t float64) float64, end func(z, y float64) float64) {
	var tees, buf run
	for len(z) > 0 {
		t, e := tees.next(len(z)), buf.next(len(z))
		for i, v := range z[:len(t)] {
			t[i] = min(math.Abs(float64(v)), flat)
			w := float64(t[i] * t[i])
			if e[i] = -float64(c * w); e[i] < -fallingFrom {
				e[i] += fallingFrom
			}
		}
		exps[T](e, e)
		to := dst[:len(t)]
		for i, v := range z[:len(t)] {
			y := e[i]
			if y != 0 {
				w := float64(t[i] * t[i])
				x := float64(c * w)
				y *= f(t[i])
				if sizeof[T]() == 8 {
					y -= y * (c*math.FMA(t[i], t[i], -w) + math.FMA(c, w, -x))
				}
				if x > fallingFrom {
					y *= fallingThen
				}
			}
			to[i] = T(end(float64(v), y))
		}
		dst, z = dst[len(t):], z[len(t):]
	}
}

func geluGo[T Float](dst, z []T) {
	falling(dst, z, gaussFlat, 0.5, func(t float64) float64 { return t * millsOf[T](t) },
		func(z, y float64) float64 { return ifNegative(z, -y, z-y) })
}

func geluPrimeGo[T Float](dst, z []T) {
	falling(dst, z, gaussFlat, 0.5, func(t float64) float64 { return millsOf[T](t) - t*density },
		func(z, d float64) float64 { return ifNegative(z, d, 1-d) })
}

func erfGo[T Float](dst, z []T) {
	dst = dst[:len(z)]
	for i, v := range z {
		dst[i] = T(math.Erf(float64(v)))
	}
}

func bellGo[T Float](dst, z []T, h, c T) {
	falling(dst, z, bellFlat, float64(c), func(float64) float64 { return float64(h) },
		func(_, y float64) float64 { return y })
}
