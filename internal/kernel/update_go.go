package kernel

import "math"

// Exponents of two, below which state and the gradients that are squared are 0.
const (
	state32, gradient32 = -100, -50
	state64, gradient64 = -996, -498
)

// state returns x, or 0 where it is little for state.
func state[T Float](x T) T {
	if sizeof[T]() == 4 {
		return T(atLeast32(state32, float32(x)))
	}
	return T(atLeast64(state64, float64(x)))
}

// square returns g², or 0 where g is little for that.
func square[T Float](g T) T {
	if sizeof[T]() == 4 {
		g = T(atLeast32(gradient32, float32(g)))
	} else {
		g = T(atLeast64(gradient64, float64(g)))
	}
	return g * g
}

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

func sgdGo[T Float](w, g []T, rate T) {
	w = w[:len(g)]
	for i, d := range g {
		w[i] -= rate * d
	}
}

func momentumGo[T Float](w, g, v []T, mu, rateG, rateV T) {
	w, v = w[:len(g)], v[:len(g)]
	for i, d := range g {
		moved := state(mu*v[i] + d)
		v[i] = moved
		w[i] -= rateG*d + rateV*moved
	}
}

func adaGradGo[T Float](w, g, s []T, rate, eps T) { rmsPropGo(w, g, s, 1, 1, rate, eps) }

func rmsPropGo[T Float](w, g, s []T, alpha, beta, rate, eps T) {
	w, s = w[:len(g)], s[:len(g)]
	for i, d := range g {
		mean := state(alpha*s[i] + beta*square(d))
		s[i] = mean
		w[i] -= rate * d / (T(math.Sqrt(float64(mean))) + eps)
	}
}

func adamGo[T Float](w, g, m, v []T, beta1, alpha1, beta2, alpha2, rate, eps, keep T) {
	w, m, v = w[:len(g)], m[:len(g)], v[:len(g)]
	for i, d := range g {
		first, second := state(beta1*m[i]+alpha1*d), state(beta2*v[i]+alpha2*square(d))
		m[i], v[i] = first, second
		w[i] = keep*w[i] - rate*first/(T(math.Sqrt(float64(second)))+eps)
	}
}
