package data

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// powers are the powers of ten that are floats exactly.
var powers = [...]float64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// parseShort reads a decimal of few digits without an exponent, and reports whether text is one. It is the quotient of two
// whole numbers that floats hold exactly, and so rounded as ParseFloat rounds it (W. Clinger, How to Read Floating Point
// Numbers Accurately, 1990).
func parseShort(text []byte) (v float64, ok bool) {
	if v, ok := parseWord(text); ok {
		return v, true
	}
	at := 0
	if len(text) > 0 && text[0] == '-' {
		at = 1
	}
	digits := len(text) - at
	if digits > 17 {
		return 0, false
	}
	var whole uint64
	for ; at < len(text) && text[at]-'0' <= 9; at++ {
		whole = 10*whole + uint64(text[at]-'0')
	}
	behind := 0 // digits behind the point
	if at < len(text) {
		if text[at] != '.' {
			return 0, false
		}
		digits--
		for at++; at < len(text) && text[at]-'0' <= 9; at++ {
			whole = 10*whole + uint64(text[at]-'0')
			behind++
		}
	}
	if at < len(text) || digits == 0 || whole > 1<<53 {
		return 0, false
	}
	v = float64(whole)
	if behind > 0 {
		v /= powers[behind]
	}
	if text[0] == '-' {
		v = -v
	}
	return v, true
}

// eight is a byte in each byte of a word.
func eight(b byte) uint64 { return 0x0101010101010101 * uint64(b) }

// parseWord is parseShort of a decimal of up to eight characters behind its sign, all at once. As a word, the first is the least
// significant byte.
func parseWord(text []byte) (v float64, ok bool) {
	if len(text) == 0 || cap(text) < 9 {
		return 0, false
	}
	negative := 0
	if text[0] == '-' {
		negative = 1
	}
	n := len(text) - negative
	if n == 0 || n > 8 {
		return 0, false
	}
	w := binary.LittleEndian.Uint64(text[negative:][:8]) // characters behind the text among them
	w = w<<(64-8*n) | eight('0')>>(8*n)                  // zeros in front, in their place
	behind := 0
	if point := bytesOf(w, '.'); point != 0 {
		at := bits.TrailingZeros64(point) &^ 7
		before := w & (1<<at - 1)
		w = w>>at>>8<<8<<at | before<<8 | '0' // one more zero in front, in the place of the point
		behind = 7 - at/8
		n--
	}
	const high = 0xf0f0f0f0f0f0f0f0
	if n == 0 || w&high != eight('0') || (w+eight(6))&high != eight('0') {
		return 0, false
	}
	w -= eight('0')
	w = 10*w + w>>8 // pairs, in the even bytes; then those of four, and of eight
	const of = 0x000000ff000000ff
	w = ((w&of)*(100+1000000<<32) + (w>>16&of)*(1+10000<<32)) >> 32
	v = float64(w) / powers[behind]
	return math.Float64frombits(math.Float64bits(v) | uint64(negative)<<63), true
}

// bytesOf returns a word whose high bits are set in the bytes of w that are b.
func bytesOf(w uint64, b byte) uint64 {
	const low = 0x7f7f7f7f7f7f7f7f
	x := w ^ eight(b)
	return ^(((x & low) + low) | x | low)
}
