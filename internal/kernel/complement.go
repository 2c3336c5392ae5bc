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

// SigmoidResidual sets dst[i] = σ(z[i]) − y[i], as 1−y − σ(−z) for z ≥ 0. In float32 σ(−z) is 0
// for z > 69, where it is less than 10⁻³⁰: a network that is sure of its labels would else be
// trained with subnormal numbers, by which products take several times as long.
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
	var buf run
	for len(z) > 0 {
		r := buf.next(len(z))
		minusAbs(r, z, 1)
		exps[T](r, r)
		to := dst[:len(r)]
		for i, v := range z[:len(r)] {
			e := r[i]
			to[i] = T(ifNegative(float64(v), 1, e) / (1 + e))
		}
		dst, z = dst[len(r):], z[len(r):]
	}
}

func sigmoidResidualGo[T Float](dst, z, y []T) {
	var buf run
	for len(z) > 0 {
		r := buf.next(len(z))
		minusAbs(r, z, 1)
		exps[T](r, r)
		to, labels := dst[:len(r)], y[:len(r)]
		for i, v := range z[:len(r)] {
			e, y := r[i], float64(labels[i])
			if sizeof[T]() == 4 && (v > 69 || v < -69) {
				e = 0
			}
			t := e / (1 + e)
			to[i] = T(ifNegative(float64(v), t-y, 1-y-t))
		}
		dst, z, y = dst[len(r):], z[len(r):], y[len(r):]
	}
}

func weighGo[T Float](dst, p, x []T) {
	dst, p = dst[:len(x)], p[:len(x)]
	for i, v := range x {
		if p[i] == 0 && math.IsInf(float64(v), 0) {
			dst[i] = 0
		} else {
			dst[i] = p[i] * v
		}
	}
}
