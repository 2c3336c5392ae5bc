package kernel

import "math"

func root[T Float](x T) T { return T(math.Sqrt(float64(x))) }

// faded returns x, or 0 where |x| is so small that what it fades to is subnormal.
func faded[T Float](x T) T {
	if sizeof[T]() == 4 {
		return atLeast(0x1p-100, x)
	}
	return atLeast(0x1p-996, x)
}

// squared returns g², or 0 where a state of that size would be.
func squared[T Float](g T) T {
	if sizeof[T]() == 4 {
		g = atLeast(0x1p-50, g)
	} else {
		g = atLeast(0x1p-498, g)
	}
	return g * g
}

// atLeast returns x, or 0 where |x| is less than some number.
func atLeast[T Float](least float64, x T) T {
	if math.Abs(float64(x)) < least {
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
		u := faded(mu*v[i] + d)
		v[i] = u
		w[i] -= rateG*d + rateV*u
	}
}

func adaGradGo[T Float](w, g, s []T, rate, eps T) {
	w, s = w[:len(g)], s[:len(g)]
	for i, d := range g {
		s[i] += squared(d)
		w[i] -= rate * d / (root(s[i]) + eps)
	}
}

func rmsPropGo[T Float](w, g, s []T, alpha, beta, rate, eps T) {
	w, s = w[:len(g)], s[:len(g)]
	for i, d := range g {
		s[i] = faded(alpha*s[i] + beta*squared(d))
		w[i] -= rate * d / (root(s[i]) + eps)
	}
}

func adamGo[T Float](w, g, m, v []T, beta1, alpha1, beta2, alpha2, rate, eps, keep T) {
	w, m, v = w[:len(g)], m[:len(g)], v[:len(g)]
	for i, d := range g {
		m[i] = faded(beta1*m[i] + alpha1*d)
		v[i] = faded(beta2*v[i] + alpha2*squared(d))
		w[i] = keep*w[i] - rate*m[i]/(root(v[i])+eps)
	}
}
