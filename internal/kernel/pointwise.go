package kernel

// Exp sets dst[i] = exp(x[i]).
func Exp[T Float](dst, x []T) {
	need("Exp", len(dst), len(x))
	tableOf[T]().exp(dst, x)
}

// Log sets dst[i] = log(x[i]): −Inf at zero, NaN below it.
func Log[T Float](dst, x []T) {
	need("Log", len(dst), len(x))
	tableOf[T]().log(dst, x)
}

// Sigmoid sets dst[i] = σ(z[i]) = 1/(1+exp(−z[i])), in the form whose exponential
// cannot overflow: σ(z) = e/(1+e) with e = exp(z) where z < 0.
func Sigmoid[T Float](dst, z []T) {
	need("Sigmoid", len(dst), len(z))
	tableOf[T]().sigmoid(dst, z)
}

// SigmoidPrime sets dst[i] = σ'(z[i]) = e/(1+e)² with e = exp(−|z[i]|), which is
// as accurate in the tails as elsewhere.
func SigmoidPrime[T Float](dst, z []T) {
	need("SigmoidPrime", len(dst), len(z))
	tableOf[T]().sigmoidPrime(dst, z)
}

// SigmoidAndPrime is Sigmoid and SigmoidPrime, with their bits, in one pass. dst or prime may be z.
func SigmoidAndPrime[T Float](dst, prime, z []T) {
	both("SigmoidAndPrime", tableOf[T]().sigmoidAndPrime, Sigmoid[T], SigmoidPrime[T], dst, prime, z)
}

// TanhAndPrime is Tanh and TanhPrime, with their bits, in one pass. dst or prime may be z.
func TanhAndPrime[T Float](dst, prime, z []T) {
	both("TanhAndPrime", tableOf[T]().tanhAndPrime, Tanh[T], TanhPrime[T], dst, prime, z)
}

// both computes f and f' at once, or one after the other where nothing does: what takes the place of
// z comes last.
func both[T Float](kernel string, atOnce func(dst, prime, z []T), f, fPrime func(dst, z []T), dst, prime, z []T) {
	need(kernel, len(dst), len(z))
	need(kernel, len(prime), len(z))
	switch {
	case len(z) == 0:
	case atOnce != nil:
		atOnce(dst, prime, z)
	case &prime[0] == &z[0]:
		f(dst, z)
		fPrime(prime, z)
	default:
		fPrime(prime, z)
		f(dst, z)
	}
}

// SigmoidReverse sets dst[i] = ζ[i]·a[i]·(1−a[i]), the reverse derivative of σ at a
// z with σ(z) = a. It is exact to rounding in a, not in z: where 1−a has lost its
// digits, so has the result.
func SigmoidReverse[T Float](dst, a, zeta []T) {
	need("SigmoidReverse", len(dst), len(a))
	need("SigmoidReverse", len(dst), len(zeta))
	tableOf[T]().sigmoidReverse(dst, a, zeta)
}

// Tanh sets dst[i] = tanh(z[i]).
func Tanh[T Float](dst, z []T) {
	need("Tanh", len(dst), len(z))
	tableOf[T]().tanh(dst, z)
}

// TanhPrime sets dst[i] = tanh'(z[i]) = 4e/(1+e)² with e = exp(−2|z[i]|), which is
// as accurate in the tails as elsewhere.
func TanhPrime[T Float](dst, z []T) {
	need("TanhPrime", len(dst), len(z))
	tableOf[T]().tanhPrime(dst, z)
}

// TanhReverse sets dst[i] = ζ[i]·(1−a[i]²), the reverse derivative of tanh at a z
// with tanh(z) = a. What is said of [SigmoidReverse] holds here too.
func TanhReverse[T Float](dst, a, zeta []T) {
	need("TanhReverse", len(dst), len(a))
	need("TanhReverse", len(dst), len(zeta))
	tableOf[T]().tanhReverse(dst, a, zeta)
}

// Relu sets dst[i] to z[i], or to 0 where z[i] < 0.
func Relu[T Float](dst, z []T) {
	need("Relu", len(dst), len(z))
	tableOf[T]().relu(dst, z)
}

// ReluReverse sets dst[i] = s·ζ[i] with s = 0 where z[i] < 0 and s = 1 where
// z[i] ≥ 0: the reverse derivative of [Relu] with derivative 1 at 0. Where z[i] is
// NaN so is the result.
func ReluReverse[T Float](dst, z, zeta []T) {
	need("ReluReverse", len(dst), len(z))
	need("ReluReverse", len(dst), len(zeta))
	tableOf[T]().reluReverse(dst, z, zeta)
}

// Softplus sets dst[i] = log(1+exp(z[i])) = max(z[i], 0) + log1p(exp(−|z[i]|)).
func Softplus[T Float](dst, z []T) {
	need("Softplus", len(dst), len(z))
	tableOf[T]().softplus(dst, z)
}

// LogLoss sets dst[i] to the log-loss of the probability σ(z[i]) and the label y[i],
// max(z, 0) − yz + log1p(exp(−|z|)). The first two are taken together, as (1−y)|z| or
// y|z|, with 0·∞ = 0.
func LogLoss[T Float](dst, z, y []T) {
	need("LogLoss", len(dst), len(z))
	need("LogLoss", len(dst), len(y))
	tableOf[T]().logLoss(dst, z, y)
}

// Sqrt sets dst[i] = √x[i], NaN below zero.
func Sqrt[T Float](dst, x []T) {
	need("Sqrt", len(dst), len(x))
	tableOf[T]().sqrt(dst, x)
}

// Abs sets dst[i] = |x[i]|.
func Abs[T Float](dst, x []T) {
	need("Abs", len(dst), len(x))
	tableOf[T]().abs(dst, x)
}
