//go:build !linux

package graph

// maxElements is the number of float64 above which a tensor is refused,
// because Go cannot recover from asking for more memory than there is.
func maxElements() uint64 { return 1 << 33 }
