package graph

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"
)

// A sizes says what numbers symbols stand for, 0 where that is not known. It is short: most
// formulas have one symbol or two.
type sizes []assigned

// An assigned is a symbol and its number.
type assigned struct{ symbol, number int }

// of returns the number of a symbol, or 0.
func (at sizes) of(symbol int) int {
	for _, b := range at {
		if b.symbol == symbol {
			return b.number
		}
	}
	return 0
}

// number returns the number of an extent: 0 if a symbol of it is not known, or if there is none;
// math.MaxInt if it is larger than that.
func (at sizes) number(d int) int {
	if d >= 0 {
		return d
	}
	row, ok := extents.row(d)
	switch {
	case !ok:
		return 0
	case row.name != "":
		return at.of(d)
	case row.of != 0:
		s := at.number(row.of)
		if s == 0 || s > (math.MaxInt-abs(row.b))/row.a {
			return s
		}
		return max(0, floorDiv(row.a*s+row.b, row.c))
	}
	n := 1
	for _, f := range row.factors.appendTo(make([]int, 0, maxFactors)) {
		hi, lo := bits.Mul64(uint64(n), uint64(at.number(f)))
		if n = int(lo); hi != 0 || lo > math.MaxInt {
			n = math.MaxInt
		}
	}
	return n
}

// learn takes in that an extent is a number, and reports false if it cannot be. It adds the
// one symbol of the extent that is not known, if there is one and it can be told: not from a
// quotient with a remainder, nor from a product with another symbol that is not known.
func (at *sizes) learn(d, number int) bool {
	if d >= 0 {
		return d == number
	}
	row, ok := extents.row(d)
	switch {
	case !ok || number < 0:
		return false
	case at.knows(d):
		return at.number(d) == number
	case row.name != "":
		if number > 0 {
			*at = append(*at, assigned{d, number})
		}
		return number > 0
	case row.c > 1:
		return true
	case row.of != 0:
		return (number-row.b)%row.a == 0 && at.learn(row.of, (number-row.b)/row.a)
	}
	return at.learnFactor(row.factors.appendTo(make([]int, 0, maxFactors)), number)
}

// learnFactor is learn for a product of which some factor is not known.
func (at *sizes) learnFactor(factors []int, number int) bool {
	unknown, count := 0, 0
	for _, f := range factors {
		switch n := at.number(f); {
		case !at.knows(f):
			unknown, count = f, count+1
		case n == 0 || number%n != 0:
			return false
		default:
			number /= n
		}
	}
	return number > 0 && (count > 1 || at.learn(unknown, number))
}

// learnAll takes in that extents are numbers, single symbols first, and reports false if they
// cannot all be.
func (at *sizes) learnAll(extents, numbers []int) bool {
	for known := -1; known != len(*at); {
		known = len(*at)
		for i, d := range extents {
			if !at.learn(d, numbers[i]) {
				return false
			}
		}
	}
	return true
}

// knows reports whether all symbols of an extent are known.
func (at sizes) knows(d int) bool {
	row, ok := extents.row(d)
	switch {
	case !ok:
		return d >= 0
	case row.name != "":
		return at.of(d) != 0
	case row.of != 0:
		return at.knows(row.of)
	}
	for _, f := range row.factors.appendTo(make([]int, 0, maxFactors)) {
		if !at.knows(f) {
			return false
		}
	}
	return true
}

// with returns the numbers with another for a symbol.
func (at sizes) with(symbol, number int) sizes {
	other := slices.Clone(at)
	for i := range other {
		if other[i].symbol == symbol {
			other[i].number = number
			return other
		}
	}
	return append(other, assigned{symbol, number})
}

// agree reports whether symbols are known and the same numbers in both.
func (at sizes) agree(other sizes, symbols []int) bool {
	for _, s := range symbols {
		if n := at.of(s); n == 0 || n != other.of(s) {
			return false
		}
	}
	return true
}

// only returns those of some symbols, in their order.
func (at sizes) only(symbols []int) sizes {
	list := make(sizes, 0, len(symbols))
	for _, s := range symbols {
		list = append(list, assigned{s, at.of(s)})
	}
	return list
}

// String prints the numbers as "T = 7, N = 5".
func (at sizes) String() string {
	var text []string
	for _, b := range at {
		text = append(text, fmt.Sprintf("%s = %d", ExtentString(b.symbol), b.number))
	}
	return strings.Join(text, ", ")
}

// symbolsOf appends the symbols of an extent that a list does not have yet.
func symbolsOf(list []int, d int) []int {
	row, ok := extents.row(d)
	switch {
	case !ok:
	case row.of != 0:
		return symbolsOf(list, row.of)
	case row.name == "":
		for _, f := range row.factors.All() {
			list = symbolsOf(list, f)
		}
	case !slices.Contains(list, d):
		return append(list, d)
	}
	return list
}

// replaced returns an extent with another in place of a symbol, also where that is a factor.
func replaced(d, symbol, by int) int {
	row, ok := extents.row(d)
	switch {
	case !ok:
		return d
	case d == symbol:
		return by
	case row.of != 0:
		return Quotient(replaced(row.of, symbol, by), row.a, row.b, row.c)
	case row.name != "":
		return d
	}
	factors := row.factors.All()
	for i, f := range factors {
		factors[i] = replaced(f, symbol, by)
	}
	return Times(factors...)
}
