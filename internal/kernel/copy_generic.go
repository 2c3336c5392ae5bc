//go:build !amd64 || noasm

package kernel

// There is no assembly for copies.
func copyPiecesVector[T Float](_, _ []T, _ *Pieces) bool { return false }
