package main

import "math"

// The data of the works are given by formulas, so that every library can make
// them for itself. So that the bits depend on no C library, the logarithm and the
// cosine in them are correctly rounded: computed to some 80 bits and rounded once.

// uniform is entry i = 0, 1, … of the numbers of a seed: the 53 leading bits of
// splitmix64 (G. Steele, D. Lea, C. Flood 2014) at seed·2³² + (i+1)·γ, in [0, 1).
func uniform(seed uint64, i int) float64 {
	z := seed<<32 + uint64(i+1)*0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return float64((z^z>>31)>>11) * 0x1p-53
}

// normal is entry i of the normal numbers of a seed, √(−2 ln(1−u)) cos(2πv) for
// the uniform numbers u and v at 2i and 2i+1 (G. Box, M. Muller 1958).
func normal(seed uint64, i int) float64 {
	u, v := uniform(seed, 2*i), uniform(seed, 2*i+1)
	return math.Sqrt(-2*logarithm(1-u)) * cosine(2*math.Pi*v)
}

// logarithm is ln x = e·ln 2 + 2 artanh s for x = 2ᵉ·m, m about 1, s = (m−1)/(m+1).
func logarithm(x float64) float64 {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	s := quotient(sum(m, -1), sum(m, 1))
	artanh := s.times(series(s.times(s), artanhTerms))
	return ln2.times(pair{high: float64(e)}).plus(pair{2 * artanh.high, 2 * artanh.low}).high
}

// cosine is cos x for 0 ≤ x ≤ 2π, by the series at the distance r from the nearest
// multiple of π/2.
func cosine(x float64) float64 {
	quarter := math.RoundToEven(x / (math.Pi / 2))
	r := pair{high: x}.plus(halfPi.times(pair{high: -quarter}))
	square := r.times(r)
	switch int(quarter) % 4 {
	case 1:
		return -r.times(series(square, sinTerms)).high
	case 2:
		return -series(square, cosTerms).high
	case 3:
		return r.times(series(square, sinTerms)).high
	}
	return series(square, cosTerms).high
}

// The coefficients of artanh s/s, cos r and sin r/r as series in s² and r².
var (
	artanhTerms = terms(16, func(k float64) float64 { return 2*k + 1 })
	cosTerms    = terms(12, func(k float64) float64 { return alternating(k) * math.Gamma(2*k+1) })
	sinTerms    = terms(12, func(k float64) float64 { return alternating(k) * math.Gamma(2*k+2) })
)

func alternating(k float64) float64 { return 1 - 2*math.Mod(k, 2) }

// terms returns 1/d(0), …, 1/d(n−1).
func terms(n int, d func(k float64) float64) []pair {
	c := make([]pair, n)
	for k := range c {
		c[k] = quotient(pair{high: 1}, pair{high: d(float64(k))})
	}
	return c
}

// series is Σ cₖxᵏ. From k = 6 on the digits of a float64 are enough.
func series(x pair, c []pair) pair {
	tail := 0.0
	for k := len(c) - 1; k >= 6; k-- {
		tail = tail*x.high + c[k].high
	}
	s := pair{high: tail}
	for k := 5; k >= 0; k-- {
		s = s.times(x).plus(c[k])
	}
	return s
}

// A pair is the number high + low, |low| at most half a unit in the last place of
// high (T. Dekker 1971).
type pair struct{ high, low float64 }

var (
	ln2    = pair{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56}
	halfPi = pair{0x1.921fb54442d18p0, 0x1.1a62633145c07p-54}
)

// sum is a + b, exactly.
func sum(a, b float64) pair {
	s := a + b
	t := s - a
	return pair{s, (a - (s - t)) + (b - t)}
}

// joined is a + b, exactly, where |a| ≥ |b|.
func joined(a, b float64) pair {
	s := a + b
	return pair{s, b - (s - a)}
}

func (a pair) plus(b pair) pair {
	s := sum(a.high, b.high)
	return joined(s.high, s.low+(a.low+b.low))
}

func (a pair) times(b pair) pair {
	p := a.high * b.high
	return joined(p, math.FMA(a.high, b.high, -p)+(a.high*b.low+a.low*b.high))
}

func quotient(a, b pair) pair {
	q := a.high / b.high
	rest := a.plus(b.times(pair{high: -q}))
	return joined(q, rest.high/b.high)
}
