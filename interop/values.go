package interop

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// gorgonia's values are tensors and, where the shape is (), numbers: *F64 and *F32.

// valueOf returns a copy of v as gorgonia holds it.
func valueOf(v *tensor.Dense) gorgonia.Value {
	switch {
	case v.Dims() > 0:
		return v.Clone().(*tensor.Dense)
	case v.Dtype() == tensor.Float32:
		return gorgonia.NewF32(v.Float32s()[0])
	}
	return gorgonia.NewF64(v.Float64s()[0])
}

// vector returns the entries of v, row by row, as a tensor of rank 1. The data of a
// view or a transpose are not in that order, so it is copied out first.
func vector(v gorgonia.Value) (*tensor.Dense, error) {
	switch v := v.(type) {
	case *gorgonia.F64:
		return tensor.New(tensor.WithBacking([]float64{float64(*v)})), nil
	case *gorgonia.F32:
		return tensor.New(tensor.WithBacking([]float32{float32(*v)})), nil
	case *tensor.Dense:
		if v.RequiresIterator() || v.IsView() {
			v, _ = v.Materialize().(*tensor.Dense)
		}
		if err := plain(v); err != nil {
			return nil, err
		}
		if v.Dtype() == tensor.Float32 {
			return tensor.New(tensor.WithBacking(slices.Clone(v.Float32s()))), nil
		}
		return tensor.New(tensor.WithBacking(slices.Clone(v.Float64s()))), nil
	}
	return nil, fmt.Errorf("%T: %w", v, graph.ErrType)
}

// plain reports why v is no plain tensor of a float type, or nil.
func plain(v *tensor.Dense) error {
	if v == nil {
		return graph.ErrLayout
	}
	return graph.NewOf(v.Dtype()).Constant("value", v).Err()
}

// write sets the entries of v, of the size of src.
func write(v gorgonia.Value, src *tensor.Dense) {
	switch v := v.(type) {
	case *gorgonia.F64:
		*v = gorgonia.F64(src.Float64s()[0])
	case *gorgonia.F32:
		*v = gorgonia.F32(src.Float32s()[0])
	case *tensor.Dense:
		compute.Copy(v, src)
	}
}

// zero sets the entries of v to 0.
func zero(v gorgonia.Value) {
	switch v := v.(type) {
	case *gorgonia.F64:
		*v = 0
	case *gorgonia.F32:
		*v = 0
	case *tensor.Dense:
		v.Zero()
	}
}

// entries returns the entries of a value as float64.
func entries(v gorgonia.Value) ([]float64, error) {
	d, err := vector(v)
	if err != nil {
		return nil, err
	}
	if d.Dtype() == tensor.Float64 {
		return d.Float64s(), nil
	}
	wide := make([]float64, d.Size())
	for i, e := range d.Float32s() {
		wide[i] = float64(e)
	}
	return wide, nil
}
