package graph

import "testing"

// Arrays of any length, and from any entry on, may be large.
func TestLarge(t *testing.T) {
	array := make([]float32, 3*hugePage/4+1000)
	for _, from := range []int{0, 1, 999} {
		for _, n := range []int{0, 1, hugeFrom/4 - 1, hugeFrom / 4, len(array) - from} {
			large(array[from:][:n])
		}
	}
}
