package graph

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Extents print as they are said, with numbers that are neighbours multiplied.
func TestExtentString(t *testing.T) {
	T, H := Extent("T"), Extent("H")
	for _, c := range []struct {
		extent int
		want   string
	}{
		{7, "7"}, {Batch, "N"}, {Extent("N"), "N"}, {T, "T"},
		{Times(), "1"}, {Times(3, 4), "12"}, {Times(T, 0, Batch), "0"}, {Times(1, T, 1), "T"},
		{Times(2, 6, Batch), "12·N"}, {Times(Batch, 12), "N·12"}, {Times(T, Batch), "T·N"}, {Times(Batch, T), "N·T"},
		{Times(3, Times(4, T), Times(5, Batch)), "12·T·5·N"}, {Times(Times(T, 2), Times(3, T)), "T·6·T"},
		{Quotient(T, 1, 2, 3), "⌊(T+2)/3⌋"}, {Quotient(T, 2, 0, 3), "⌊2·T/3⌋"}, {Quotient(T, 1, -4, 1), "T−4"},
		{Quotient(T, 1, 0, 1), "T"}, {Quotient(T, 6, 0, 3), "2·T"}, {Quotient(T, 2, 5, 2), "T+2"}, {Quotient(10, 1, 2, 5), "2"},
		{Quotient(Quotient(H, 1, 1, 2), 1, 1, 2), "⌊(H+3)/4⌋"}, {Quotient(Quotient(H, 1, -4, 1), 1, 0, 2), "⌊(H−4)/2⌋"},
		{Times(6, Quotient(H, 1, -4, 1), Batch), "6·(H−4)·N"}, {Times(Quotient(H, 1, 0, 2), Quotient(H, 1, 0, 2)), "⌊H/2⌋·⌊H/2⌋"},
	} {
		if got := ExtentString(c.extent); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
	if got := ShapeOf(3, Times(T, Batch)).String(); got != "(3, T·N)" {
		t.Errorf("shape prints as %s", got)
	}
}

// What is no extent stays so in products and quotients, and no shape has it.
func TestNoExtent(t *testing.T) {
	T := Extent("T")
	for name, d := range map[string]int{
		"no name": Extent(""), "a number for a name": Extent("3"), "a product for a name": Extent("T·N"),
		"a long name": Extent(strings.Repeat("a", 65)), "bytes that are no text": Extent("a\xff"), "a space": Extent("a b"),
		"an overflow": Times(1<<30, 1<<30, 1<<30, T), "an overflow across": Times(Times(1<<30, 1<<30), 1<<30, T),
		"a row that is not there": Times(T, math.MinInt), "a long product": Times(slices.Repeat([]int{T, Batch}, 17)...),
		"a quotient by 0": Quotient(T, 1, 0, 0), "a negative number of windows": Quotient(3, 1, -5, 1),
		"a negative slope": Quotient(T, -1, 9, 1), "a large quotient": Quotient(T, math.MaxInt, 1, 2),
		"a quotient of none":  Quotient(math.MinInt, 1, 1, 1),
		"quotients that grow": Quotient(Quotient(T, 1, 0, 1<<20+1), 1, 0, 1<<20+1),
	} {
		if d != noExtent {
			t.Errorf("%s is %s", name, ExtentString(d))
		}
	}
	if err := ShapeOf(3, noExtent).check(); err == nil {
		t.Error("a shape has no extent")
	}
}

// The table is bounded: a hostile file makes it refuse, and what was there stays.
func TestExtentsAreBounded(t *testing.T) {
	old := extents
	defer func() { extents = old }()
	extents = newExtentTable()
	for i := range maxExtents - 1 {
		if Extent(fmt.Sprint("s", i)) == noExtent {
			t.Fatalf("symbol %d is refused", i)
		}
	}
	if Extent("T") != noExtent || Times(2, Batch) != noExtent || Quotient(Batch, 1, 1, 2) != noExtent {
		t.Error("a full table takes more")
	}
	if Extent("s7") == noExtent || Extent("N") != Batch {
		t.Error("a full table forgets")
	}
}

// randomExtent returns an extent of symbols, and what it is where they are the numbers of at.
func randomExtent(r *rand.Rand, at sizes, depth int) (extent, number int) {
	switch kind := r.IntN(4); {
	case depth == 0 && kind < 2:
		n := 1 + r.IntN(4)
		return n, n
	case depth == 0:
		b := at[r.IntN(len(at))]
		return b.symbol, b.number
	case kind < 2:
		a, m := randomExtent(r, at, depth-1)
		b, n := randomExtent(r, at, depth-1)
		return Times(a, b), m * n
	case kind == 2:
		s, n := randomExtent(r, at, depth-1)
		a, b, c := 1+r.IntN(3), r.IntN(4), 1+r.IntN(4)
		return Quotient(s, a, b, c), (a*n + b) / c
	}
	return randomExtent(r, at, depth-1)
}

// An extent of any form is the number that its parts make, and teaches a symbol that is not
// known, where it can.
func TestExtentNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	all := sizes{{Batch, 5}, {Extent("T"), 7}, {Extent("H"), 11}}
	learnt := 0
	for range 20000 {
		d, want := randomExtent(r, all, r.IntN(4))
		if got := all.number(d); got != want {
			t.Fatalf("%s is %d, want %d", ExtentString(d), got, want)
		}
		left := slices.Clone(all)
		left = slices.Delete(left, 1, 2)
		if left.learn(d, want) && left.knows(d) && Symbolic(d) {
			learnt++
			if got := left.number(d); got != want {
				t.Fatalf("%s = %d teaches %v", ExtentString(d), want, left)
			}
		}
		if all.learn(d, want+1) {
			t.Fatalf("%s may be %d, which is %d", ExtentString(d), want+1, want)
		}
	}
	if learnt == 0 {
		t.Error("nothing was learnt")
	}
}

// A product of symbols and numbers is the same extent exactly if it is the same word.
func TestExtentsAreWords(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	letters := []int{1, 2, 3, 6, Batch, Extent("T")}
	word := func() (extent int, text string) {
		list := make([]int, 1+r.IntN(4))
		for i := range list {
			list[i] = letters[r.IntN(len(letters))]
		}
		var run []string // numbers that are neighbours, multiplied
		n := 1
		flush := func() {
			if n > 1 {
				run = append(run, fmt.Sprint(n))
			}
			n = 1
		}
		for _, d := range list {
			if d > 0 {
				n *= d
				continue
			}
			flush()
			run = append(run, ExtentString(d))
		}
		flush()
		return Times(list...), strings.Join(run, " ")
	}
	for range 20000 {
		a, textA := word()
		b, textB := word()
		if (a == b) != (textA == textB) {
			t.Fatalf("%s and %s: %s and %s", textA, textB, ExtentString(a), ExtentString(b))
		}
	}
}

// An extent with another in place of a symbol is the number that it makes.
func TestExtentReplaced(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	T, at := Extent("T"), sizes{{Batch, 5}, {Extent("H"), 3}}
	for range 5000 {
		by := []int{4, Batch, Times(2, Extent("H")), Times(Extent("H"), Batch), Quotient(Batch, 1, 1, 2)}[r.IntN(5)]
		d, want := randomExtent(r, sizes{{Batch, 5}, {T, at.number(by)}}, 3)
		if got := replaced(d, T, by); at.number(got) != want {
			t.Fatalf("%s with %s for T is %s = %d, want %d", ExtentString(d), ExtentString(by), ExtentString(got), at.number(got), want)
		}
	}
}
