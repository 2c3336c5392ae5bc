package main

import (
	"bytes"
	"fmt"
	"go/format"
	"math"
	"math/big"
	"strings"
)

// Steps of the tables of plain Go: of 2^x between 0 and 1, and of log x between logFirst and
// twice that.
const (
	expSteps = 256
	logSteps = 128
	logFirst = 0.6875
)

// values returns the tables that the functions of plain Go look up.
func values() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "// %s\n\npackage kernel\n", config.GeneratedWarning())
	hi, lo := ln2(34)
	fmt.Fprintf(&b, "\n// log 2, the first part with 34 bits.\nconst (\nln2Hi = %x\nln2Lo = %x\n)\n", hi, lo)
	fmt.Fprintf(&b, "\nconst (\nexpSteps = %d\nlogSteps = %d\n)\n", expSteps, logSteps)
	fmt.Fprintf(&b, "\n// expTable holds y, the bits of 2^(i/%d), and by how much of y they are too small.\n", expSteps)
	fmt.Fprintf(&b, "var expTable = [expSteps]struct {\nbits uint64\nrest float64\n}{\n")
	l := log1pOver(newFloat(1))
	for i := range expSteps {
		x := mul(l, newFloat(float64(i)/expSteps))
		exact := add(newFloat(1), add(x, mul(mul(x, x), expTail(x))))
		y, _ := exact.Float64()
		rest, _ := div(sub(exact, newFloat(y)), newFloat(y)).Float64()
		fmt.Fprintf(&b, "{%#x, %x},\n", math.Float64bits(y), rest)
	}
	fmt.Fprintf(&b, "}\n\n// logFirst is the first c of logTable, in bits.\nconst logFirst = %#x // %v\n", math.Float64bits(logFirst), logFirst)
	fmt.Fprintf(&b, "\n// logTable holds 1/c and log c. Those of 1 are exact.\n")
	fmt.Fprintf(&b, "var logTable = [logSteps]struct{ inverse, log float64 }{\n")
	var rests bytes.Buffer
	for i := range uint64(logSteps) {
		c := math.Float64frombits(math.Float64bits(logFirst) + i*(1<<52/logSteps))
		exact := mul(log1pOver(newFloat(c-1)), newFloat(c-1))
		log, _ := exact.Float64()
		rest, _ := sub(exact, newFloat(log)).Float64()
		fmt.Fprintf(&b, "{%x, %x},\n", 1/c, log)
		fmt.Fprintf(&rests, "%x,\n", rest)
	}
	fmt.Fprintf(&b, "}\n\n// logRest is by how much log c is more than logTable has.\nvar logRest = [logSteps]float64{\n%s}\n", &rests)
	fmt.Fprintf(&b, "\n// The terms of P, see millsOf, for float32 and for float64.\n")
	fmt.Fprintf(&b, "const millsScale = %d\nvar millsTerms32 = [...]float64{%s}\nvar millsTerms = [...]float64{%s}\n",
		millsScale, list(millsSeries.coefficients(false)), list(millsSeries.coefficients(true)))
	return format.Source(b.Bytes())
}

func list(x []float64) string {
	var b strings.Builder
	for _, v := range x {
		fmt.Fprintf(&b, "%x,\n", v)
	}
	return "\n" + b.String()
}

// exp returns e^(n/d).
func exp(n, d int) *big.Float {
	if n < 0 {
		return div(newFloat(1), exp(-n, d))
	}
	e := newFloat(1)
	for range n / d {
		e = mul(e, euler)
	}
	x := div(newFloat(float64(n%d)), newFloat(float64(d)))
	return mul(e, add(newFloat(1), add(x, mul(mul(x, x), expTail(x)))))
}

// euler is e.
var euler = add(newFloat(2), expTail(newFloat(1)))

func rounded(x *big.Float) float64 {
	v, _ := x.Float64()
	return v
}
