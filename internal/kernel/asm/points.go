package main

import (
	"bytes"
	"fmt"
	"go/format"
	"math"
	"math/big"
)

// Steps of the tables of points: expUps to the unit and expLows to each of these, for exponentials of
// |x| < expEnd; tanhSteps to the unit for |x| < tanhEnd.
const (
	expUps  = 8
	expLows = 256
	expEnd  = 128

	tanhSteps = 128
	tanhEnd   = 8
)

// A point is a number near one of a grid, and the value of a function there. The number is chosen
// so that both are float64s, or nearly.
type point struct{ at, value float64 }

// points returns the tables of points that exp and tanh of plain Go start from.
func points() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "// %s\n\npackage kernel\n", config.GeneratedWarning())
	fmt.Fprintf(&b, "\nconst (\nexpUps = %d\nexpLows = %d\nexpEnd = %d\n\ntanhSteps = %d\ntanhEnd = %d\n)\n",
		expUps, expLows, expEnd, tanhSteps, tanhEnd)
	var ups, lows, tanhs []point
	for n := -expEnd * expUps; n < expEnd*expUps; n++ {
		ups = append(ups, expPoint(n, expUps, 27, 0x1p-58))
	}
	for i := range expLows {
		lows = append(lows, expPoint(i, expUps*expLows, 26, 0x1p-57))
	}
	for i := 1 - tanhEnd*tanhSteps; i < tanhEnd*tanhSteps; i++ {
		tanhs = append(tanhs, tanhPoint(i))
	}
	fmt.Fprintf(&b, "\ntype expTables struct {\nup, upAt [2 * expEnd * expUps]float64\nlow, lowAt [expLows]float64\n}\n")
	fmt.Fprintf(&b, "\n// expPoints holds numbers near the multiples of 1/%d and of 1/%d, with their exponentials, which have\n// 27 bits and 26.\n",
		expUps, expUps*expLows)
	fmt.Fprintf(&b, "var expPoints = expTables{\n")
	list4(&b, "up", ups, func(p point) float64 { return p.value })
	list4(&b, "upAt", ups, func(p point) float64 { return p.at })
	list4(&b, "low", lows, func(p point) float64 { return p.value })
	list4(&b, "lowAt", lows, func(p point) float64 { return p.at })
	fmt.Fprintf(&b, "}\n\n// tanhPoints holds numbers near the multiples of 1/%d, and their tanh.\n", tanhSteps)
	fmt.Fprintf(&b, "var tanhPoints = [2*tanhEnd*tanhSteps - 1]struct{ at, tanh float64 }{\n")
	for _, p := range tanhs {
		fmt.Fprintf(&b, "{%x, %x},\n", p.at, p.value)
	}
	b.WriteString("}\n")
	return format.Source(b.Bytes())
}

// list4 writes one number of each point, four to a line.
func list4(b *bytes.Buffer, name string, points []point, of func(point) float64) {
	fmt.Fprintf(b, "%s: [...]float64{", name)
	for i, p := range points {
		if i%4 == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(b, "%x, ", of(p))
	}
	b.WriteString("\n},\n")
}

// expPoint returns a number near n/d whose exponential has so many bits, and off which its float64
// is at most by the tolerance.
func expPoint(n, d int, bits uint, tolerance float64) point {
	exact := exp(n, d)
	scale := exact.MantExp(nil) - int(bits)
	first := new(big.Float).SetPrec(bits).Set(exact)
	log := logOf(first)
	place := math.Abs(rounded(log))
	place = math.Nextafter(place, math.Inf(1)) - place
	rest := rounded(sub(log, newFloat(rounded(log))))
	for k := 0; ; k = next(k) {
		step := math.Ldexp(float64(k), scale)
		value := rounded(first) + step
		// A float64 tells which numbers are worth a logarithm of many bits.
		if s := (rest + math.Log1p(step/rounded(first))) / place; math.Abs(s-math.Round(s))*place > 1.01*tolerance {
			continue
		}
		if newFloat(value).MinPrec() > bits {
			continue
		}
		if at := logOf(newFloat(value)); off(at) <= tolerance {
			return point{rounded(at), value}
		}
	}
}

// tanhPoint returns a number near i/tanhSteps, off whose tanh a float64 is by at most 1/256 of its
// last place.
func tanhPoint(i int) point {
	if i <= 0 {
		if i == 0 {
			return point{}
		}
		p := tanhPoint(-i)
		return point{-p.at, -p.value}
	}
	e := exp(2*i, tanhSteps)
	t := div(sub(e, newFloat(1)), add(e, newFloat(1)))
	slope := sub(newFloat(1), mul(t, t))
	first := rounded(t)
	ulp := math.Nextafter(first, 1) - first
	for k := 0; ; k = next(k) {
		value := first + float64(k)*ulp
		at := add(newFloat(float64(i)/tanhSteps), div(sub(newFloat(value), t), slope))
		if off(at)*rounded(slope) <= ulp/256 {
			return point{rounded(at), value}
		}
	}
}

// next goes through 0, 1, −1, 2, −2, …
func next(k int) int {
	if k > 0 {
		return -k
	}
	return 1 - k
}

// off is the distance of x from its float64.
func off(x *big.Float) float64 { return math.Abs(rounded(sub(x, newFloat(rounded(x))))) }

// logOf returns log x.
func logOf(x *big.Float) *big.Float {
	m := newFloat(0)
	k := x.MantExp(m) // ½ ≤ m < 1
	z := sub(m, newFloat(1))
	return add(mul(newFloat(float64(k)), log1pOver(newFloat(1))), mul(log1pOver(z), z))
}
