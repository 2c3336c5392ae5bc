package data

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// A short decimal has the bits that ParseFloat gives it, and what is none is left to ParseFloat.
func TestShortDecimals(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const symbols = "0123456789012345678901234567890123456789..-e+_ x"
	short := 0
	for range 200000 {
		text := make([]byte, rng.IntN(19), 30) // which lies in a line: what follows is no part of it
		for i := range text[:cap(text)] {
			text[:cap(text)][i] = symbols[rng.IntN(len(symbols))]
		}
		for i := range text {
			text[i] = symbols[rng.IntN(len(symbols)-8*min(1, rng.IntN(4)))]
		}
		got, ok := parseShort(text)
		line := slices.Concat(text[:rng.IntN(len(text)+1)], text, []byte("0.5")) // in which it is a part
		begin := len(line) - 3 - len(text)
		if part, word := parseWord(line, begin, begin+len(text)); word && (!ok || math.Float64bits(part) != math.Float64bits(got)) {
			t.Fatalf("%q in %q is %v", text, line, part)
		}
		if !ok {
			continue
		}
		short++
		want, err := strconv.ParseFloat(string(text), 64)
		if err != nil || math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("%q is %v, ParseFloat says %v, %v", text, got, want, err)
		}
	}
	if short < 10000 {
		t.Errorf("only %d were short decimals", short)
	}
	for text, want := range map[string]float64{"-0": math.Copysign(0, -1), "9007199254740992": 1 << 53, "0.1": 0.1, "1.": 1, ".5": 0.5, "00012": 12} {
		if got, ok := parseShort([]byte(text + ",  5, .12345")[:len(text)]); !ok || math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%s is %v, %t", text, got, ok)
		}
	}
	for _, text := range []string{"", "-", ".", "-.", "9007199254740993", "1e3", "0x1", "1_0", "+1", "1.2.3", "--1"} {
		if v, ok := parseShort([]byte(text + "1.234567890")[:len(text)]); ok {
			t.Errorf("%q is %v", text, v)
		}
	}
}
