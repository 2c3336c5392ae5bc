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

// values are copies of the tensors of some parameters and states.
type values []*tensor.Dense

func valuesOf(nodes []*graph.Node) values {
	w := make(values, len(nodes))
	for i, p := range nodes {
		if v := p.Value(); v.Dtype() == tensor.Float32 {
			w[i] = graph.Tensor(compute.Data[float32](v), v.Shape()...)
		} else {
			w[i] = graph.Tensor(compute.Data[float64](v), v.Shape()...)
		}
	}
	return w
}

// take sets the values to those of the nodes, and restore the nodes to the values.
func (v values) take(nodes []*graph.Node) {
	for i, p := range nodes {
		compute.Copy(v[i], p.Value())
	}
}

func (v values) restore(nodes []*graph.Node) {
	for i, p := range nodes {
		compute.Copy(p.Value(), v[i])
	}
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
	values(w).restore(params)
	return nil
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
