package kernel

import (
	"math"
	"unsafe"
)

// BitsWithin reports whether every bit that is set in some entry of x is set in m. It
// reads eight bytes at a time: for numbers that are 0 or 1, and m = 1, it takes less
// than to compare them.
func BitsWithin[T Float](x []T, m T) bool {
	mask, apart := math.Float64bits(float64(m)), 1
	if sizeof[T]() == 4 {
		half := uint64(math.Float32bits(float32(m)))
		mask, apart = half<<32|half, 2
	}
	var rest uint64
	for len(x) > 0 && (len(x) < apart || uintptr(unsafe.Pointer(&x[0]))%8 != 0) {
		rest |= uint64(math.Float32bits(float32(x[0]))) // of float32 only
		x = x[1:]
	}
	if len(x) == 0 {
		return rest&^mask == 0
	}
	words := unsafe.Slice((*uint64)(unsafe.Pointer(&x[0])), len(x)/apart)
	if len(x)%apart != 0 {
		rest |= uint64(math.Float32bits(float32(x[len(x)-1])))
	}
	var a, b, c, d uint64
	for ; len(words) >= 8; words = words[8:] {
		a, b = a|words[0]|words[4], b|words[1]|words[5]
		c, d = c|words[2]|words[6], d|words[3]|words[7]
	}
	for _, w := range words {
		a |= w
	}
	return (a|b|c|d|rest)&^mask == 0
}
