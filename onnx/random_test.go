package onnx_test

import (
	"testing"

	"adjoint/onnx"
	"adjoint/onnx/internal/samples"

	"gorgonia.org/tensor"
	"pgregory.net/rapid"
)

// Random formulas and their gradients become well-formed files.
func TestRandomFormulas(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		dtype := rapid.SampledFrom([]tensor.Dtype{tensor.Float32, tensor.Float64}).Draw(r, "type")
		f := samples.Random(dtype, func(n int) int { return rapid.IntRange(0, n-1).Draw(r, "choice") })
		written(t, onnx.Options{Inputs: f.Inputs}, f.Outputs...)
	})
}
