package kernel

import "math"

// Exponentials in plain Go, over slices of float64: those of float32 are as many
// multiplications shorter.
//
// x = n·(log 2)/256 + r with n whole and |r| ≤ (log 2)/512. exp(x) = s·(1+q), where s =
// 2^(n/256) comes from a table and q = exp(r) − 1 from the first terms of its series.

const (
	expScale = expSteps * math.Log2E
	stepHi   = ln2Hi / expSteps
	stepLo   = ln2Lo / expSteps

	// Added to a number, whole leaves it rounded in the low bits.
	whole     = 0x1.8p52
	wholeBits = 0x4338000000000000

	// Where u of expReduced is between these, exp is a normal number.
	expLeast = wholeBits - 1021*expSteps
	expMost  = wholeBits + 1023*expSteps
)

// expReduced returns n in the low bits of u, and q.
func expReduced(x float64) (u uint64, q float64) {
	t := x*expScale + whole
	n := t - whole
	r := x - n*stepHi - n*stepLo
	return math.Float64bits(t), r + r*r*(1./2+r*(1./6+r*(1./24+r*(1./120))))
}

// expPower returns s, where 2^(n/256) is a normal number.
func expPower(u uint64) float64 {
	return math.Float64frombits(expTable[u%expSteps].bits + u/expSteps<<52)
}

// exps replaces every entry of x by its exponential.
func exps[T Float](x []float64) {
	if sizeof[T]() == 4 {
		for i, v := range x {
			if v < -200 { // exp rounds to 0, also if it is multiplied by a little
				v = -200
			} else if v > 100 { // to infinity
				v = 100
			}
			t := v*expScale + whole
			r := v - (t-whole)*(math.Ln2/expSteps)
			s := expPower(math.Float64bits(t))
			x[i] = s + s*(r+r*r*(1./2)) // r³/6 < 2⁻³¹
		}
		return
	}
	for i, v := range x {
		u, q := expReduced(v)
		if u-expLeast > expMost-expLeast {
			x[i] = expFar(v)
			continue
		}
		s := expPower(u)
		x[i] = s + s*q
	}
}

// expFar is exp where the result may be subnormal, infinite or NaN.
func expFar(x float64) float64 {
	switch {
	case x > 710:
		return math.Inf(1)
	case x < -746:
		return 0
	case x != x:
		return x
	}
	u, q := expReduced(x)
	n := int64(u - wholeBits)
	y := math.Float64frombits(expTable[u%expSteps].bits)
	return math.Ldexp(y+y*q, int(n>>8))
}
