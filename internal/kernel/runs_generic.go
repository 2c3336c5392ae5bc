//go:build (!amd64 && !arm64) || noasm

package kernel

// There is no assembly for rows in pieces.

type dotVectors struct{}

func (q *BoundDots[T]) prepare() dotVectors { return dotVectors{} }

func (q *BoundDots[T]) doVectors(_, _, _ int) bool { return false }
