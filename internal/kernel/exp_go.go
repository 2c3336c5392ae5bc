package kernel

import "math"

// Exponentials in plain Go.
//
// x = a + b + r, where a is a point near the multiple of 1/8 below x, b one near a multiple of
// 1/2048 from 0 to 1/8, and |r| ≤ 1/4096 or hardly more. exp(x) = s·(1+q), where s = exp(a)·exp(b) and
// q = exp(r) − 1 is the first terms of its series. The points are chosen so that their
// exponentials are short and s exact: what is rounded is the result, and little else.

const (
	// Added to a number, expGrid leaves the multiple of 1/2048 next to it in the low bits.
	expGrid     = 0x1.8p41
	expGridBits = 0x4288000000000000

	// Where expPlace is less than expPlaces, near may be asked.
	expPlaces = 2 * expEnd * expUps * expLows

	// With 0.83·R² of r² in place of r² in r⁴/24, for |r| ≤ R, what is left is below 2⁻⁵⁵.
	expSquare = 1./2 + 0.83/(24*4096*4096)
)

// expPlace is the number of the multiple of 1/2048 next to x, counted from −expEnd.
func expPlace(x float64) uint64 {
	return math.Float64bits(x+expGrid) - (expGridBits - expPlaces/2)
}

// near returns exp(x), where x lies at a place below expPlaces, with the accuracy of float32 or of
// float64.
func (p *expTables) near(short bool, x float64, place uint64) float64 {
	i := place % expLows
	n := place / expLows
	s, r := p.up[n]*p.low[i], x-p.upAt[n]-p.lowAt[i]
	if short {
		return s + s*r // r²/2 ≤ 2⁻²⁵
	}
	return s + s*(r+r*r*(expSquare+r*(1./6)))
}

// exps sets dst[i] = exp(x[i]), with the accuracy that T needs.
func exps[T, S Float](dst, x []S) {
	for dst = dst[:len(x)]; ; {
		n := expsNear[T](&expPoints, dst, x)
		if n == len(x) {
			return
		}
		dst[n] = S(expFar(float64(x[n])))
		dst, x = dst[n+1:], x[n+1:]
	}
}

// expsNear is exps up to the first number that is not near, and returns its index. The place of a
// number is found four numbers ahead, so that its exponential does not wait for it.
func expsNear[T, S Float](t *expTables, dst, x []S) int {
	short := sizeof[T]() == 4
	dst = dst[:len(x)]
	i := 0
	_ = *t // not nil: the loop need not ask
	if end := len(x) - 7; end > 0 {
		p0, p1, p2, p3 := expPlace(float64(x[0])), expPlace(float64(x[1])), expPlace(float64(x[2])), expPlace(float64(x[3]))
		for ; i < end; i += 4 {
			if p0 >= expPlaces || p1 >= expPlaces || p2 >= expPlaces || p3 >= expPlaces {
				break
			}
			dst[i], p0 = S(t.near(short, float64(x[i]), p0)), expPlace(float64(x[i+4]))
			dst[i+1], p1 = S(t.near(short, float64(x[i+1]), p1)), expPlace(float64(x[i+5]))
			dst[i+2], p2 = S(t.near(short, float64(x[i+2]), p2)), expPlace(float64(x[i+6]))
			dst[i+3], p3 = S(t.near(short, float64(x[i+3]), p3)), expPlace(float64(x[i+7]))
		}
	}
	for ; i < len(x); i++ {
		v := float64(x[i])
		p := expPlace(v)
		if p >= expPlaces {
			break
		}
		dst[i] = S(t.near(short, v, p))
	}
	return i
}

// expFar is exp of any number.
func expFar(x float64) float64 {
	switch {
	case x > 710:
		return math.Inf(1)
	case x < -746:
		return 0
	case x != x:
		return x
	}
	return expPair(x, 0)
}
