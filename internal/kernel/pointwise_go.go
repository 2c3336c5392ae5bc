package kernel

import "math"

// The pointwise kernels in plain Go: the reference for the assembly, and what runs
// where there is none.

func expGo[T Float](dst, x []T) {
	for i, v := range x {
		dst[i] = T(math.Exp(float64(v)))
	}
}

func logGo[T Float](dst, x []T) {
	for i, v := range x {
		dst[i] = T(math.Log(float64(v)))
	}
}

func sigmoidGo[T Float](dst, z []T) {
	for i, v := range z {
		e := math.Exp(-math.Abs(float64(v)))
		if v < 0 {
			dst[i] = T(e / (1 + e))
		} else {
			dst[i] = T(1 / (1 + e))
		}
	}
}

func sigmoidPrimeGo[T Float](dst, z []T) {
	for i, v := range z {
		e := math.Exp(-math.Abs(float64(v)))
		dst[i] = T(e / ((1 + e) * (1 + e)))
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
		e := math.Exp(-2 * math.Abs(float64(v)))
		dst[i] = T(4 * e / ((1 + e) * (1 + e)))
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
		dst[i] = T(max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))))
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
