package kernel

import "unsafe"

// ReLU and its reverse in plain Go, by the bits of the numbers, which the processor compares and
// selects without a branch. As whole numbers the bits of what is not negative come first, then those
// of its NaNs, then −0, what is negative, and the rest of the NaNs.

// A word holds the bits of a number.
type word interface{ uint32 | uint64 }

// Bits of float32 and float64.
const (
	minus32, infinite32, one32 = 1 << 31, 0xff << 23, 127 << 23
	minus64, infinite64, one64 = 1 << 63, 0x7ff << 52, 1023 << 52
)

// words returns the bits of x, in the same memory.
func words[W word, T Float](x []T) []W {
	return unsafe.Slice((*W)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}

func reluGo[T Float](dst, z []T) {
	if sizeof[T]() == 4 {
		rectify[uint32](words[uint32](dst), words[uint32](z), minus32, infinite32)
	} else {
		rectify[uint64](words[uint64](dst), words[uint64](z), minus64, infinite64)
	}
}

// rectify sets dst[i] = z[i], or 0 where it is from −0 to −∞.
func rectify[W word](dst, z []W, minus, infinite W) {
	dst = dst[:len(z)]
	for i, v := range z {
		if v+minus <= infinite { // v − minus is the same
			v = 0
		}
		dst[i] = v
	}
}

func reluReverseGo[T Float](dst, z, zeta []T) {
	if sizeof[T]() == 4 {
		rectifyReverse(dst, words[uint32](z), zeta, minus32, infinite32, one32)
	} else {
		rectifyReverse(dst, words[uint64](z), zeta, minus64, infinite64, one64)
	}
}

// rectifyReverse sets dst[i] = s·zeta[i], where s is 0 where z[i] < 0, z[i] where that is NaN, and else 1.
func rectifyReverse[W word, T Float](dst []T, z []W, zeta []T, minus, infinite, one W) {
	dst, zeta = dst[:len(z)], zeta[:len(z)]
	for i, v := range z {
		s := one
		if v > minus {
			s = 0
		}
		if v+v > infinite+infinite {
			s = v
		}
		dst[i] = *(*T)(unsafe.Pointer(&s)) * zeta[i]
	}
}
