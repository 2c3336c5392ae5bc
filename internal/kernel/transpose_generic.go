//go:build !amd64 || noasm

package kernel

// There is no assembly that transposes.

func transposeVectors[T Float](_, _ []T, _, _, _, _ int) bool { return false }
