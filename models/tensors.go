package models

import (
	"fmt"
	"math"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// set fills a tensor of either float type.
func set(t *tensor.Dense, f func(i int) float64) {
	if t.Dtype() == tensor.Float32 {
		for i := range t.Float32s() {
			t.Float32s()[i] = float32(f(i))
		}
		return
	}
	for i := range t.Float64s() {
		t.Float64s()[i] = f(i)
	}
}

// weightsOf returns copies of parameters.
func weightsOf(params []*graph.Node) []*tensor.Dense {
	w := make([]*tensor.Dense, len(params))
	for i, p := range params {
		w[i] = p.Value().Clone().(*tensor.Dense)
	}
	return w
}

// setWeights sets parameters to copies of w, or returns an error and leaves them as they
// are.
func setWeights(params []*graph.Node, w []*tensor.Dense) error {
	if len(w) != len(params) {
		return fmt.Errorf("%w: %d tensors for %d parameters", ErrWeights, len(w), len(params))
	}
	for i, p := range params {
		if c := graph.NewOf(p.Graph().Dtype()).Constant(p.Name(), w[i]); c.Err() != nil {
			return fmt.Errorf("%w: %w", ErrWeights, c.Err())
		} else if c.Shape() != p.Shape() {
			return fmt.Errorf("%w: %s has shape %v, not %v", ErrWeights, p.Name(), p.Shape(), c.Shape())
		}
		if !finite(w[i]) {
			return fmt.Errorf("%w: NaN or infinity in %s", ErrWeights, p.Name())
		}
	}
	copyWeights(params, w)
	return nil
}

// copyWeights sets parameters to copies of w, which have their shapes.
func copyWeights(params []*graph.Node, w []*tensor.Dense) {
	for i, p := range params {
		compute.Copy(p.Value(), w[i])
	}
}

// allFinite reports whether parameters hold no NaN and no infinity.
func allFinite(params []*graph.Node) bool {
	for _, p := range params {
		if !finite(p.Value()) {
			return false
		}
	}
	return true
}

func finite(t *tensor.Dense) bool {
	if t.Dtype() == tensor.Float32 {
		return finiteEntries(t.Float32s())
	}
	return finiteEntries(t.Float64s())
}

func finiteEntries[T compute.Float](v []T) bool {
	for _, x := range v {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return false
		}
	}
	return true
}
