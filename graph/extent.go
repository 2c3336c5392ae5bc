package graph

import (
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An extent is an int. One that is not negative is a number. A negative one is a row of a
// table that belongs to the process, so that equal extents are equal ints and a Shape stays a
// comparable value. A row is a symbol, such as N; an ordered product of numbers, symbols and
// quotients, such as 12·N or T·N, which is not N·T; or the quotient ⌊(a·S+b)/c⌋ of another
// extent, as windows and strides need. A quotient is opaque in products.
//
// The product of the extents of a shape, read left to right, says how its entries lie: that of
// (m, T, N) and of (m, T·N) is m·T·N, that of (m, N, T) is not. Reshape keeps it.

// Batch is the extent N, the number of examples. It is a symbol: equal to itself, unequal to
// every number, and never read as one. A Program learns what N is when an input is fed.
const Batch = -1

// noExtent is what a product or a quotient is that no tensor can have, because it overflows,
// is negative or not written in a form that Extent and Times allow. A shape that has it is
// ErrShape.
const noExtent = math.MinInt

// firstRow less the number of a row is its extent, but for that of Batch. So a small negative
// number, which somebody wrote by mistake, is no extent.
const firstRow = -1 << 20

// Bounds on what the table holds, so that a hostile file cannot fill memory with it.
const (
	maxExtents = 1 << 16
	maxFactors = 32
	maxName    = 64 // bytes
)

// Extent returns the symbol of this name: a number that a Program learns when an input that
// has it is fed. Extent("N") is Batch. A name is at most 64 bytes of letters, digits and
// underscores that begin with a letter; the shape that has any other extent is ErrShape.
func Extent(name string) int {
	if !validSymbol(name) {
		return noExtent
	}
	return extents.add(extentRow{name: name})
}

func validSymbol(name string) bool {
	if len(name) > maxName || !utf8.ValidString(name) {
		return false
	}
	for i, r := range name {
		if !unicode.IsLetter(r) && (i == 0 || r != '_' && !unicode.IsDigit(r)) {
			return false
		}
	}
	return name != ""
}

// Times returns the product of extents in this order: Times(2, 6, Batch) is 12·N, and neither
// Times(Batch, 12) nor Times(T, Batch) is Times(Batch, T).
func Times(list ...int) int {
	var room [maxFactors]int
	word := room[:0]
	for _, d := range list {
		if !knownExtent(d) {
			return noExtent
		}
		var factors [maxFactors]int
		for _, f := range factorsOf(d, factors[:0]) {
			word = appendFactor(word, f)
		}
	}
	return wordOf(word)
}

// factorsOf appends the factors of an extent: numbers, symbols and quotients.
func factorsOf(d int, list []int) []int {
	if row, ok := extents.row(d); ok && row.factors != "" {
		return row.factors.appendTo(list)
	}
	return append(list, d)
}

// appendFactor adds a number, a symbol or a quotient to a word, in which no two numbers are
// neighbours and none is 1.
func appendFactor(word []int, d int) []int {
	k := len(word) - 1
	switch {
	case d == 1:
		return word
	case d < 0 || k < 0 || word[k] < 0:
		return append(word, d)
	}
	hi, lo := bits.Mul64(uint64(word[k]), uint64(d))
	if hi != 0 || lo > math.MaxInt {
		return append(word, noExtent)
	}
	word[k] = int(lo)
	return word
}

// wordOf returns the extent of a word.
func wordOf(word []int) int {
	switch {
	case slices.Contains(word, noExtent) || len(word) > maxFactors:
		return noExtent
	case slices.Contains(word, 0):
		return 0
	case len(word) == 0:
		return 1
	case len(word) == 1:
		return word[0]
	}
	return extents.add(extentRow{factors: IntsOf(word...)})
}

// Quotient returns ⌊(a·s+b)/c⌋ for an extent s, a ≥ 1 and c ≥ 1: the number of windows of
// stride c that fit into s, for one; s+b with c = 1. Equal quotients are one extent, also if
// one is a quotient of another. A quotient of a number that is negative, or where a, b or c is
// beyond 2³⁰, or 2¹⁴ where an int has 32 bits, is no extent.
func Quotient(s, a, b, c int) int {
	const most, mostNumber = 1 << (bits.UintSize/2 - 2), 1 << (bits.UintSize / 2) // so that no product of two overflows
	if a < 1 || c < 1 || max(a, abs(b), c) > most || s > mostNumber || !knownExtent(s) {
		return noExtent
	}
	a, b, c = lowestTerms(a, b, c)
	for row, _ := extents.row(s); ; row, _ = extents.row(s) {
		factors := row.factors.All()
		switch {
		case b == 0 && c == 1:
			return Times(a, s)
		case len(factors) > 0 && factors[0] > 0: // of k·x
			s, a = Times(factors[1:]...), a*min(factors[0], most+1)
		case row.c == 1: // a(a'x+b')+b
			s, a, b = row.of, a*row.a, a*row.b+b
		case row.c > 1 && a == 1: // ⌊(⌊x/c'⌋+b)/c⌋ = ⌊(x+bc')/(cc')⌋
			s, a, b, c = row.of, row.a, row.b+b*row.c, c*row.c
		default:
			return quotientOf(s, a, b, c)
		}
		if a, b, c = lowestTerms(a, b, c); max(a, abs(b), c) > most {
			return noExtent
		}
	}
}

// quotientOf is Quotient in lowest terms, of what it cannot be composed with.
func quotientOf(s, a, b, c int) int {
	switch n := floorDiv(a*s+b, c); {
	case s >= 0 && n < 0:
		return noExtent
	case s >= 0:
		return n
	}
	return extents.add(extentRow{of: s, a: a, b: b, c: c})
}

// lowestTerms returns the same quotient in lowest terms: b counts in steps of the common divisor
// of a and c only.
func lowestTerms(a, b, c int) (int, int, int) {
	g := gcd(a, c)
	return a / g, floorDiv(b, g), c / g
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func abs(a int) int { return max(a, -a) }

// floorDiv is ⌊a/c⌋ for c > 0.
func floorDiv(a, c int) int {
	q := a / c
	if a%c < 0 {
		q--
	}
	return q
}

// Holds reports whether a symbol is in an extent, as T is in T, T·N and ⌊(T+1)/2⌋.
func Holds(extent, symbol int) bool {
	row, ok := extents.row(extent)
	switch {
	case !ok:
		return false
	case row.of != 0:
		return Holds(row.of, symbol)
	case row.name != "":
		return extent == symbol
	}
	for _, f := range row.factors.appendTo(make([]int, 0, maxFactors)) {
		if Holds(f, symbol) {
			return true
		}
	}
	return false
}

// Symbolic reports whether an extent is no number.
func Symbolic(extent int) bool { return extent < 0 }

// knownExtent reports whether d is a number or a row of the table.
func knownExtent(d int) bool {
	_, ok := extents.row(d)
	return ok || d >= 0
}

// ExtentString prints an extent: "3", "N", "12·N", "T·N", "⌊(T+2)/3⌋".
func ExtentString(d int) string {
	row, ok := extents.row(d)
	switch {
	case d == noExtent:
		return "?"
	case !ok:
		return strconv.Itoa(d)
	case row.name != "":
		return row.name
	case row.of != 0:
		return row.quotientString()
	}
	var text []string
	for _, f := range row.factors.All() {
		s := ExtentString(f)
		if q, ok := extents.row(f); ok && q.of != 0 && q.c == 1 {
			s = "(" + s + ")"
		}
		text = append(text, s)
	}
	return strings.Join(text, "·")
}

func (q extentRow) quotientString() string {
	s := ExtentString(q.of)
	if q.a != 1 {
		s = strconv.Itoa(q.a) + "·" + s
	}
	switch {
	case q.b > 0:
		s += "+" + strconv.Itoa(q.b)
	case q.b < 0:
		s += "−" + strconv.Itoa(-q.b)
	}
	switch {
	case q.c == 1:
		return s
	case q.b != 0:
		s = "(" + s + ")"
	}
	return "⌊" + s + "/" + strconv.Itoa(q.c) + "⌋"
}

// End stands for the extent of an axis where ops.Slice asks up to which index.
const End = math.MaxInt

// Shift returns the extent d+by, such as T−1: Quotient(d, 1, by, 1).
func Shift(d, by int) int { return Quotient(d, 1, by, 1) }

// Difference returns a−b and true if that is the same number whatever symbols are: that of
// T+3 and T is 3, that of T and N is none.
func Difference(a, b int) (int, bool) {
	a, m := unshifted(a)
	b, n := unshifted(b)
	if a >= 0 && b >= 0 {
		return a - b, true
	}
	return m - n, a == b && a != noExtent
}

// unshifted returns s and b of an extent s+b; a number is s itself.
func unshifted(d int) (s, b int) {
	if row, ok := extents.row(d); ok && row.of != 0 && row.a == 1 && row.c == 1 {
		return row.of, row.b
	}
	return d, 0
}

// Factors returns the numbers, symbols and quotients whose product, in this order, an extent
// is.
func Factors(extent int) []int { return factorsOf(extent, nil) }

// QuotientOf returns the parts of an extent ⌊(a·s+b)/c⌋, and false if it is none.
func QuotientOf(extent int) (s, a, b, c int, ok bool) {
	row, _ := extents.row(extent)
	return row.of, row.a, row.b, row.c, row.of != 0
}
