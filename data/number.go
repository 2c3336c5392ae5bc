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
	if v, ok := parseWord(text, 0, len(text)); ok {
		return v, true
	}
	return parseDigits(text)
}

// parseDigits is parseShort, a digit after the other.
func parseDigits(text []byte) (v float64, ok bool) {
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

// parseWord is parseShort of a part of a line that has up to eight characters behind its sign, all at once.
func parseWord(line []byte, begin, end int) (v float64, ok bool) {
	if begin >= end || cap(line) < 8 {
		return 0, false
	}
	negative := (uint64(line[begin]^'-') - 1) >> 63
	free := 64 - 8*(end-begin-int(negative)) // bits of no character
	if free < 0 || free == 64 {
		return 0, false
	}
	w := wordBefore(line, end) ^ eight('0')
	w = w >> (free & 63) << (free & 63)                         // zeros in front
	other := (w&eight(0x7f) + eight(0x80-10) | w) & eight(0x80) // than a digit
	behind := 0
	if other != 0 {
		if other&(other-1) != 0 || w&(other>>7*0xff) != other>>7*('.'^'0') || free == 56 {
			return 0, false // two of them, not a point, or nothing else
		}
		behind = bits.LeadingZeros64(other) / 8
		w = w&(other>>7-1)<<8 | w&^(other<<1-1) // a zero in front, in the place of the point
	}
	w = 10*w + w>>8 // pairs, in the even bytes; then those of four, and of eight
	const of = 0x000000ff000000ff
	w = ((w&of)*(100+1000000<<32) + (w>>16&of)*(1+10000<<32)) >> 32
	v = float64(int64(w)) / powers[behind]
	return math.Float64frombits(math.Float64bits(v) | negative<<63), true
}

// wordBefore returns the eight bytes of a line before its end, the last as the most significant; where there are fewer, zeros
// are before them. The line has a capacity of eight.
func wordBefore(line []byte, end int) uint64 {
	if end >= 8 {
		return binary.LittleEndian.Uint64(line[end-8 : end])
	}
	return binary.LittleEndian.Uint64(line[:8]) << (64 - 8*end)
}

// bytesOf returns a word whose high bits are set in the bytes of w that are b.
func bytesOf(w uint64, b byte) uint64 {
	const low = 0x7f7f7f7f7f7f7f7f
	x := w ^ eight(b)
	return ^(((x & low) + low) | x | low)
}
