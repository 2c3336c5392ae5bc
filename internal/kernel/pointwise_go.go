package kernel

import "math"

// The pointwise kernels in plain Go: the reference for the assembly, and what runs
// where there is none.

// exp is math.Exp, which on some processors is +Inf a little too early.
func exp(x float64) float64 {
	if x > 709 && x < 710 {
		return math.E * math.Exp(x-1)
	}
	return math.Exp(x)
}

// log is math.Log, which on some processors fails for subnormal numbers.
func log(x float64) float64 {
	if x > 0 && x < 0x1p-1022 {
		return math.Log(x*0x1p54) - 54*math.Ln2
	}
	return math.Log(x)
}

// bell is e/(1+e)² for 0 ≤ e ≤ 1.
func bell(e float64) float64 { return e / (1 + e*(2+e)) }

func expGo[T Float](dst, x []T) {
	for i, v := range x {
		dst[i] = T(exp(float64(v)))
	}
}

func logGo[T Float](dst, x []T) {
	for i, v := range x {
		dst[i] = T(log(float64(v)))
	}
}

func sigmoidGo[T Float](dst, z []T) {
	for i, v := range z {
		e := exp(-math.Abs(float64(v)))
		if v < 0 {
			dst[i] = T(e / (1 + e))
		} else {
			dst[i] = T(1 / (1 + e))
		}
	}
}

func sigmoidPrimeGo[T Float](dst, z []T) {
	for i, v := range z {
		e := exp(-math.Abs(float64(v)))
		dst[i] = T(bell(e))
	}
}

func sigmoidReverseGo[T Float](dst, a, zeta []T) {
	for i, v := range a {
		dst[i] = zeta[i] * (v * (1 - v))
	}
}

func tanhGo[T Float](dst, z []T) {
	for i, v := range z {
		dst[i] = T(math.Tanh(float64(v)))
	}
}

func tanhPrimeGo[T Float](dst, z []T) {
	for i, v := range z {
		e := exp(-2 * math.Abs(float64(v)))
		dst[i] = T(4 * bell(e))
	}
}

func tanhReverseGo[T Float](dst, a, zeta []T) {
	for i, v := range a {
		dst[i] = zeta[i] * (1 - v*v)
	}
}

func reluGo[T Float](dst, z []T) {
	for i, v := range z {
		if v < 0 {
			v = 0
		}
		dst[i] = v
	}
}

func reluReverseGo[T Float](dst, z, zeta []T) {
	for i, v := range z {
		s := T(1)
		if v < 0 {
			s = 0
		} else if v != v {
			s = v
		}
		dst[i] = s * zeta[i]
	}
}

func softplusGo[T Float](dst, z []T) {
	for i, v := range z {
		x := float64(v)
		dst[i] = T(max(x, 0) + math.Log1p(exp(-math.Abs(x))))
	}
}

func logLossGo[T Float](dst, z, y []T) {
	for i, z := range z {
		p := y[i]
		if !math.Signbit(float64(z)) {
			p = 1 - p
		}
		a := math.Abs(float64(z))
		l := math.Log1p(exp(-a))
		if p != 0 {
			l += float64(p) * a
		}
		dst[i] = T(l)
	}
}

func sqrtGo[T Float](dst, x []T) {
	for i, v := range x {
		dst[i] = T(math.Sqrt(float64(v)))
	}
}

func absGo[T Float](dst, x []T) {
	for i, v := range x {
		dst[i] = T(math.Abs(float64(v)))
	}
}
