package optim

import (
	"fmt"
	"math"

	"adjoint/compute"
	"adjoint/internal/kernel"
)

// A Clip bounds gradients before a rule sees them: first by Value, then by Norm.
// A bound of 0 is no bound.
type Clip struct {
	// Value bounds every entry to [−Value, Value] (PyTorch's clip_grad_value_).
	Value float64

	// Norm bounds the norm ‖g‖ = √Σg² over the entries of all parameters.
	// With c = Norm/(‖g‖ + 1e-6), gradients are multiplied by c if c < 1
	// (PyTorch's clip_grad_norm_).
	Norm float64
}

func (c Clip) check() error {
	for _, bound := range []float64{c.Value, c.Norm} {
		if !(bound >= 0) {
			return fmt.Errorf("clip to %g: %w", bound, ErrOption)
		}
	}
	return nil
}

// clamp sets dst[i] to the number nearest to src[i] in [−bound, bound].
func clamp[T compute.Float](dst, src []T, bound T) {
	for i, v := range src {
		dst[i] = max(-bound, min(bound, v))
	}
}

// norm returns the Euclidean norm of all entries of x.
func norm[T compute.Float](x [][]T) float64 {
	var squares float64
	for _, v := range x {
		squares += float64(kernel.Dot(v, v))
	}
	if isFinite(squares) {
		return math.Sqrt(squares)
	}
	return largeNorm(x)
}

// largeNorm is norm where squares overflow: it squares the entries divided by the
// largest.
func largeNorm[T compute.Float](x [][]T) float64 {
	var largest, squares float64
	for _, v := range x {
		for _, a := range v {
			largest = max(largest, math.Abs(float64(a)))
		}
	}
	for _, v := range x {
		for _, a := range v {
			b := float64(a) / largest
			squares += b * b
		}
	}
	return largest * math.Sqrt(squares)
}
