package graph

import (
	"math"
	"math/bits"
	"slices"
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

// learn takes in that an extent is a number, and reports whether that can be. It adds the one
// symbol of the extent that is not known, if there is one and it can be told.
func (at *sizes) learn(d, number int) bool {
	if d >= 0 {
		return d == number
	}
	row, ok := extents.row(d)
	switch {
	case !ok:
		return false
	case row.name != "":
		if known := at.of(d); known != 0 {
			return known == number
		}
		if number > 0 {
			*at = append(*at, assigned{d, number})
		}
		return number > 0
	case at.knows(d):
		return at.number(d) == number
	case row.of != 0:
		return row.c == 1 && (number-row.b)%row.a == 0 && at.learn(row.of, (number-row.b)/row.a)
	}
	return at.learnFactor(row.factors.All(), number)
}

// learnFactor takes in that a product is a number where one of its factors is not known.
func (at *sizes) learnFactor(factors []int, number int) bool {
	unknown := slices.DeleteFunc(slices.Clone(factors), at.knows)
	known := Times(slices.DeleteFunc(slices.Clone(factors), func(f int) bool { return !at.knows(f) })...)
	rest := at.number(known)
	return len(unknown) == 1 && rest > 0 && number%rest == 0 && at.learn(unknown[0], number/rest)
}

// knows reports whether all symbols of an extent are known.
func (at *sizes) knows(d int) bool {
	for _, s := range symbolsOf(nil, d) {
		if at.of(s) == 0 {
			return false
		}
	}
	return true
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
