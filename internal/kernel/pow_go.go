package kernel

import "math"

// Pow returns xʸ, rounded from a value that is right to some 60 bits: within 0.52 units in
// the last place, or 1 where the result is subnormal. What it is of 0, ±∞ and NaN is what
// [math.Pow] says; it is NaN where x < 0 and y is no whole number.
func Pow(x, y float64) float64 {
	if !(x > 0 && x <= math.MaxFloat64 && math.Abs(y) <= math.MaxFloat64) {
		if x < 0 && x >= -math.MaxFloat64 && y == math.Trunc(y) && math.Abs(y) <= math.MaxFloat64 {
			return math.Copysign(Pow(-x, y), 1-2*math.Abs(math.Mod(y, 2)))
		}
		return math.Pow(x, y) // nothing is rounded
	}
	hi, lo := logPair(x)
	p := float64(y * hi)
	if p > 710 {
		return math.Inf(1)
	}
	if p < -746 {
		return 0
	}
	return expPair(p, math.FMA(y, hi, -p)+y*lo)
}

// logPair returns log x for 0 < x < ∞ as a float64 and what it lacks, together to some 70
// bits. The products whose rounding is made good are converted, lest the compiler fuse them.
func logPair(x float64) (hi, lo float64) {
	n := 0.0
	if x < 0x1p-1022 {
		x, n = x*0x1p54, -54
	}
	u := math.Float64bits(x)
	at := u - logFirst + 1<<(logBits-1)
	k := int64(at) >> 52
	z := math.Float64frombits(u - uint64(k)<<52)
	c := math.Float64frombits(logFirst + at&(1<<52-1<<logBits))
	i := at >> logBits % logSteps
	n += float64(k)

	// r and its rest are (z−c)/c.
	inverse := logTable[i].inverse
	r := float64((z - c) * inverse)
	rest := math.FMA(-r, c, z-c) * inverse

	// log(1+r) is r − r²/2 and a series, which needs no more than the digits of a float64.
	square := float64(r * r)
	series := square * r * (1./3 + r*(-1./4+r*(1./5+r*(-1./6+r*(1./7+r*(-1./8+r*(1./9)))))))
	hi, a := twoSum(n*ln2Hi, logTable[i].log)
	hi, b := twoSum(hi, r)
	hi, d := twoSum(hi, -0.5*square)
	lo = series - 0.5*math.FMA(r, r, -square) + rest*(1-r) + (n*ln2Lo + logRest[i]) + (a + b + d)
	return fastSum(hi, lo)
}

const (
	expScale = expSteps * math.Log2E
	stepHi   = ln2Hi / expSteps
	stepLo   = ln2Lo / expSteps

	// Added to a number, whole leaves it rounded in the low bits.
	whole     = 0x1.8p52
	wholeBits = 0x4338000000000000

	// Where x·expScale, rounded by that, is between these, exp is a normal number.
	expLeast = wholeBits - 1021*expSteps
	expMost  = wholeBits + 1023*expSteps
)

// expPair is e^(x+rest) for −746 ≤ x ≤ 710 and a rest that is little beside 1: x = n·(log 2)/256 + r
// with n whole and |r| ≤ (log 2)/512.
func expPair(x, rest float64) float64 {
	t := x*expScale + whole
	n := t - whole
	u := math.Float64bits(t)
	e := &expTable[u%expSteps]
	r := (x - n*stepHi) + (rest - n*stepLo)
	q := r + (e.rest + r*r*(1./2+r*(1./6+r*(1./24+r*(1./120)))))
	if u-expLeast <= expMost-expLeast {
		s := math.Float64frombits(e.bits + u/expSteps<<52)
		return s + s*q
	}
	s := math.Float64frombits(e.bits)
	return math.Ldexp(s+s*q, int(int64(u-wholeBits)>>8))
}

// twoSum returns a + b rounded, and what that lacks (Knuth).
func twoSum(a, b float64) (sum, rest float64) {
	sum = a + b
	part := sum - a
	return sum, (a - (sum - part)) + (b - part)
}

// fastSum is twoSum of numbers of which the first is the larger (Dekker).
func fastSum(a, b float64) (sum, rest float64) {
	sum = a + b
	return sum, b - (sum - a)
}
