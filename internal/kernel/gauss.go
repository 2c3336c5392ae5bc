package kernel

// The normal distribution Φ, with its density φ, entry by entry. Every kernel is as accurate
// in the tails as elsewhere: it begins with Φ(−t) for t ≥ 0, not with 1 − Φ(t).

// GELU sets dst[i] = z[i]·Φ(z[i]). It is within 4.5 units in the last place, in float32
// within 3.
func GELU[T Float](dst, z []T) {
	need("GELU", len(dst), len(z))
	tableOf[T]().gelu(dst, z)
}

// GELUPrime sets dst[i] = Φ(z[i]) + z[i]·φ(z[i]), the derivative of [GELU]. Around its zero, at
// z = −0.7518, it is as accurate as Φ(z) is.
func GELUPrime[T Float](dst, z []T) {
	need("GELUPrime", len(dst), len(z))
	tableOf[T]().geluPrime(dst, z)
}

// Erf sets dst[i] = erf(z[i]) = (2/√π)·∫₀ᶻe^−t²dt.
func Erf[T Float](dst, z []T) {
	need("Erf", len(dst), len(z))
	tableOf[T]().erf(dst, z)
}

// Bell sets dst[i] = h·exp(−c·z[i]²), c ≥ ½: with h = 1/√(2π) and c = ½ it is φ, with 2/√π and
// 1 it is erf'. Of c·z² it takes into account what rounding leaves out.
func Bell[T Float](dst, z []T, h, c T) {
	need("Bell", len(dst), len(z))
	tableOf[T]().bell(dst, z, h, c)
}
