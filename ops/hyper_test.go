package ops_test

import (
	"math"
	"math/big"
)

// Second derivatives by math/big: a hyper is a number that moves along two directions, v +
// xε + yδ + xyεδ with ε² = δ² = 0, to some 250 digits. So f of it is f(v) + f'(v)(xε + yδ) +
// (f'(v)xy + f”(v)x·y)εδ, exactly.
type hyper struct{ v, x, y, xy real }

// few is the precision of hypers, in bits: 1−tanh²(100) is 2⁻²⁸⁶.
const few = 720

func short(x real) real { return new(big.Float).SetPrec(few).Set(x) }

func constant(c float64) hyper {
	return hyper{short(num(c)), short(num(0)), short(num(0)), short(num(0))}
}

// of returns f of h by f, f' and f” there.
func (h hyper) of(f, f1, f2 real) hyper {
	f, f1, f2 = short(f), short(f1), short(f2)
	bend := mulShort(f2, mulShort(h.x, h.y))
	return hyper{f, mulShort(f1, h.x), mulShort(f1, h.y), bend.Add(bend, mulShort(f1, h.xy))}
}

func mulShort(a, b real) real { return new(big.Float).SetPrec(few).Mul(a, b) }
func addShort(a, b real) real { return new(big.Float).SetPrec(few).Add(a, b) }

func (h hyper) plus(g hyper) hyper {
	return hyper{addShort(h.v, g.v), addShort(h.x, g.x), addShort(h.y, g.y), addShort(h.xy, g.xy)}
}

func (h hyper) times(g hyper) hyper {
	cross := addShort(mulShort(h.x, g.y), mulShort(h.y, g.x))
	ends := addShort(mulShort(h.v, g.xy), mulShort(h.xy, g.v))
	return hyper{
		mulShort(h.v, g.v),
		addShort(mulShort(h.v, g.x), mulShort(h.x, g.v)), addShort(mulShort(h.v, g.y), mulShort(h.y, g.v)),
		addShort(cross, ends),
	}
}

func (h hyper) scaled(c float64) hyper { return h.times(constant(c)) }
func (h hyper) minus(g hyper) hyper    { return h.plus(g.scaled(-1)) }
func (h hyper) oneMinus() hyper        { return constant(1).minus(h) }

func (h hyper) inverse() hyper {
	r := new(big.Float).SetPrec(few).Quo(num(1), h.v)
	r2 := mulShort(r, r)
	return h.of(r, neg(r2), mul(num(2), mulShort(r2, r)))
}

func (h hyper) exp() hyper {
	e := expShort(h.v)
	return h.of(e, e, e)
}

func (h hyper) log() hyper {
	r := new(big.Float).SetPrec(few).Quo(num(1), h.v)
	return h.of(logShort(h.v), r, neg(mulShort(r, r)))
}

func (h hyper) pow(p float64) hyper { return h.log().scaled(p).exp() }

func (h hyper) sigmoid() hyper { return h.scaled(-1).exp().plus(constant(1)).inverse() }

// tanh is 2σ(2z) − 1.
func (h hyper) tanh() hyper { return h.scaled(2).sigmoid().scaled(2).minus(constant(1)) }

// expShort is eˣ, by the series at x/2ᵏ, squared k times.
func expShort(x real) real {
	const k = 24
	small := new(big.Float).SetPrec(few).SetMantExp(x, -k)
	sum, term := short(num(1)), short(num(1))
	for n := int64(1); term.Sign() != 0 && term.MantExp(nil) > -few; n++ {
		term.Mul(term, small)
		term.Quo(term, new(big.Float).SetInt64(n))
		sum.Add(sum, term)
	}
	for range k {
		sum.Mul(sum, sum)
	}
	return sum
}

// logShort is log x, by Halley's iteration on exp.
func logShort(x real) real {
	mantissa := num(0)
	exponent := x.MantExp(mantissa)
	f, _ := mantissa.Float64()
	y := short(num(math.Log(f) + float64(exponent)*math.Ln2))
	for range 3 {
		e := expShort(y)
		d := new(big.Float).SetPrec(few).Sub(x, e)
		y.Add(y, d.Quo(d.Mul(d, num(2)), e.Add(e, x)))
	}
	return y
}
