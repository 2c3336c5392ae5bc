package main

import (
	"math"
	"math/big"
	"testing"
)

// TestApproximations holds that what a polynomial leaves out is a small part of a
// unit in the last place of the function that it serves.
func TestApproximations(t *testing.T) {
	square := func(x float64) float64 { return x * x }
	for _, a := range []struct {
		name string
		approximation
		weight func(x float64) float64 // of the polynomial in the result
	}{
		{"exp", expSeries, func(x float64) float64 { return square(x) / math.Exp(x) }},
		{"exp−1", expSeries, func(x float64) float64 { return square(x) / math.Abs(math.Expm1(x)) }},
		{"log", logSeries, func(x float64) float64 { return square(x) / math.Abs(math.Log1p(x)) }},
		{"log1p", log1pSeries, func(t float64) float64 { return square(t+0.5) / math.Log1p(t+0.5) }},
		{"Mills", millsSeries, func(q float64) float64 {
			f, _ := millsTail(newFloat(q)).Float64()
			return 1 / f
		}},
		{"erf", erfSeries, func(s float64) float64 { return math.Sqrt(s) / math.Erf(math.Sqrt(s)) }},
	} {
		for _, f64 := range []bool{false, true} {
			coefs, unit := a.coefficients(f64), 0x1p-52
			if !f64 {
				unit = 0x1p-23
				for i, c := range coefs {
					coefs[i] = float64(float32(c))
				}
			}
			worst := 0.0
			const n = 500
			for i := range n {
				x := a.lo + (a.hi-a.lo)*(float64(i)+0.5)/n
				p := newFloat(0)
				for j := len(coefs) - 1; j >= 0; j-- {
					p = add(mul(p, newFloat(x)), newFloat(coefs[j]))
				}
				d, _ := sub(p, a.f(newFloat(x))).Float64()
				worst = max(worst, math.Abs(d)*a.weight(x)/unit)
			}
			t.Logf("%s, float64 %v: %.3f ulps", a.name, f64, worst)
			if worst > 0.25 {
				t.Errorf("%s, float64 %v: off by %.3f ulps", a.name, f64, worst)
			}
		}
	}
}

// TestLn2 holds the two parts of log 2 to its digits, as published in OEIS A002162.
func TestLn2(t *testing.T) {
	want, _, err := big.ParseFloat("0.693147180559945309417232121458176568075500134360255254120680009", 10, precision, big.ToNearestEven)
	if err != nil {
		t.Fatal(err)
	}
	for _, bits := range []uint{24, 53} {
		hi, lo := ln2(bits)
		d, _ := sub(want, add(newFloat(hi), newFloat(lo))).Float64()
		if math.Abs(d) > math.Ldexp(1, -int(bits)-52) {
			t.Errorf("%d bits: hi + lo is off by %g", bits, d)
		}
	}
}
