package kernel

import "math"

// Exponents of two, below which state and the gradients that are squared are 0.
const (
	state32, gradient32 = -100, -50
	state64, gradient64 = -996, -498
)

// atLeast32 returns x, or 0 where |x| is less than this power of two.
func atLeast32(exponent int, x float32) float32 {
	if math.Float32bits(x)<<1 < uint32(127+exponent)<<24 {
		return 0
	}
	return x
}

// atLeast64 is atLeast32 of float64.
func atLeast64(exponent int, x float64) float64 {
	if math.Float64bits(x)<<1 < uint64(1023+exponent)<<53 {
		return 0
	}
	return x
}

// fade sets s[i] = a·s[i] + b·g[i], or 0 where that is little.
func fade[T Float](s, g []T, a, b T) {
	s = s[:len(g)]
	short := sizeof[T]() == 4
	for i, d := range g {
		v := a*s[i] + b*d
		if short {
			s[i] = T(atLeast32(state32, float32(v)))
		} else {
			s[i] = T(atLeast64(state64, float64(v)))
		}
	}
}

// fadeSquares is fade by g[i]², which is 0 where it is little.
func fadeSquares[T Float](s, g []T, a, b T) {
	s = s[:len(g)]
	short := sizeof[T]() == 4
	for i, d := range g {
		if short {
			d = T(atLeast32(gradient32, float32(d)))
			s[i] = T(atLeast32(state32, float32(a*s[i]+b*(d*d))))
		} else {
			d = T(atLeast64(gradient64, float64(d)))
			s[i] = T(atLeast64(state64, float64(a*s[i]+b*(d*d))))
		}
	}
}

// A divisor holds √s[i] + ε of entries that follow one another.
type divisor[T Float] [64]T

// next computes as many as are left of s and fit, four side by side: on amd64 a root waits
// for what its register had before.
func (d *divisor[T]) next(s []T, eps T) []T {
	n := min(len(s), len(d))
	to, s := d[:n], s[:n]
	i := 0
	for ; i+4 <= n; i += 4 {
		x, y := (*[4]T)(s[i:]), (*[4]T)(to[i:])
		y[0] = T(math.Sqrt(float64(x[0]))) + eps
		y[1] = T(math.Sqrt(float64(x[1]))) + eps
		y[2] = T(math.Sqrt(float64(x[2]))) + eps
		y[3] = T(math.Sqrt(float64(x[3]))) + eps
	}
	for ; i < n; i++ {
		to[i] = T(math.Sqrt(float64(s[i]))) + eps
	}
	return to
}

// divide sets w[i] = keep·w[i] − rate·x[i]/(√s[i] + ε).
func divide[T Float](w, x, s []T, rate, eps, keep T) {
	for buf := new(divisor[T]); len(s) > 0; {
		by := buf.next(s, eps)
		n := len(by)
		w0, x0 := w[:n], x[:n]
		for i, r := range by {
			w0[i] = keep*w0[i] - rate*x0[i]/r
		}
		w, x, s = w[n:], x[n:], s[n:]
	}
}

func sgdGo[T Float](w, g []T, rate T) {
	w = w[:len(g)]
	for i, d := range g {
		w[i] -= rate * d
	}
}

func momentumGo[T Float](w, g, v []T, mu, rateG, rateV T) {
	w, v = w[:len(g)], v[:len(g)]
	fade(v, g, mu, 1)
	for i, d := range g {
		w[i] -= rateG*d + rateV*v[i]
	}
}

func adaGradGo[T Float](w, g, s []T, rate, eps T) {
	fadeSquares(s, g, 1, 1)
	divide(w, g, s, rate, eps, 1)
}

func rmsPropGo[T Float](w, g, s []T, alpha, beta, rate, eps T) {
	fadeSquares(s, g, alpha, beta)
	divide(w, g, s, rate, eps, 1)
}

func adamGo[T Float](w, g, m, v []T, beta1, alpha1, beta2, alpha2, rate, eps, keep T) {
	fade(m, g, beta1, alpha1)
	fadeSquares(v, g, beta2, alpha2)
	divide(w, m, v, rate, eps, keep)
}
