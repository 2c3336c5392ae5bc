package graph

import "testing"

// Arrays of any length, and from any entry on, may be large.
func TestLarge(t *testing.T) {
	array := make([]byte, 3*hugePage+4000)
	for _, from := range []int{0, 1, 3999} {
		for _, n := range []int{0, 1, hugeFrom - 1, hugeFrom, len(array) - from} {
			large(array[from:][:n])
		}
	}
}
