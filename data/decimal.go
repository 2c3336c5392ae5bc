package data

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

// A decimal is a number with all digits of its text, ±0.digits·10^point. Equal numbers are equal decimals.
type decimal struct {
	sign   int // −1, 0 or 1
	point  int
	digits string // without zeros at its ends
}

// newDecimal reads a finite number in the syntax of parse. A number too small for a float is 0, as there.
func newDecimal(text string) (d decimal, ok bool) {
	v, err := parse([]byte(text))
	if err != nil || !isFinite(v) {
		return decimal{}, false
	}
	mantissa, exponent := text, "0"
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa, exponent = text[:i], text[i+1:]
	}
	whole, fraction, _ := strings.Cut(strings.TrimLeft(mantissa, "+-"), ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	power, err := strconv.Atoi(exponent)
	if err != nil || digits == "" {
		return decimal{}, true
	}
	d = decimal{1, power + len(digits) - len(fraction), strings.TrimRight(digits, "0")}
	if math.Signbit(v) {
		d.sign = -1
	}
	return d, true
}

// compare returns −1, 0 or 1 as d is less than, equal to or greater than e.
func (d decimal) compare(e decimal) int {
	magnitude := cmp.Or(cmp.Compare(d.point, e.point), strings.Compare(d.digits, e.digits))
	return cmp.Or(cmp.Compare(d.sign, e.sign), d.sign*magnitude)
}
