package kernel

import "math"

// What would lose its digits, or be NaN, if it were formed from rounded values: a
// complement where σ(z) is near 1, a residual where it is near its label, a product
// with the logarithm of 0.

// SigmoidComplement sets dst[i] = 1 − σ(z[i]) = σ(−z[i]).
func SigmoidComplement[T Float](dst, z []T) {
	need("SigmoidComplement", len(dst), len(z))
	tableOf[T]().sigmoidComplement(dst, z)
}

// SigmoidResidual sets dst[i] = σ(z[i]) − y[i], as (1−y)σ(z) − yσ(−z).
func SigmoidResidual[T Float](dst, z, y []T) {
	need("SigmoidResidual", len(dst), len(z))
	need("SigmoidResidual", len(dst), len(y))
	tableOf[T]().sigmoidResidual(dst, z, y)
}

// Weigh sets dst[i] = p[i]·x[i], where 0·∞ is 0.
func Weigh[T Float](dst, p, x []T) {
	need("Weigh", len(dst), len(p))
	need("Weigh", len(dst), len(x))
	tableOf[T]().weigh(dst, p, x)
}

func sigmoidComplementGo[T Float](dst, z []T) {
	for i, v := range z {
		e := exp(-math.Abs(float64(v)))
		if v < 0 {
			dst[i] = T(1 / (1 + e))
		} else {
			dst[i] = T(e / (1 + e))
		}
	}
}

func sigmoidResidualGo[T Float](dst, z, y []T) {
	for i, v := range z {
		e := exp(-math.Abs(float64(v)))
		a, b := 1.0, e
		if v < 0 {
			a, b = e, 1
		}
		y := float64(y[i])
		dst[i] = T(((1-y)*a - y*b) / (1 + e))
	}
}

func weighGo[T Float](dst, p, x []T) {
	for i, v := range x {
		if p[i] == 0 && math.IsInf(float64(v), 0) {
			dst[i] = 0
		} else {
			dst[i] = p[i] * v
		}
	}
}
