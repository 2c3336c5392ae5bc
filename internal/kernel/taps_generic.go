//go:build (!amd64 && !arm64) || noasm

package kernel

// There is no assembly that adds up taps, or transposes.

type tapVectors struct{}

func (q *BoundTaps[T]) prepare() {}

func (q *BoundTaps[T]) doVectors(_, _ int) bool { return false }

func transposeVectors[T Float](_, _ []T, _, _, _ int) bool { return false }
