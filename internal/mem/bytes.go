// Package mem looks at the memory of numbers, and of this process.
package mem

import "unsafe"

// Bytes returns the memory of v, which it shares.
func Bytes[T float32 | float64](v []T) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(v[0])))
}
