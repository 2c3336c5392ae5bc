package safetensors

import (
	"fmt"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// Of returns a plain row-major tensor as a file has it. It shares the numbers of v.
func Of(name string, v *tensor.Dense) Tensor {
	t := Tensor{Name: name, Shape: v.Shape().Clone()}
	if v.Dtype() == tensor.Float32 {
		t.F32 = compute.Data[float32](v)
	} else {
		t.F64 = compute.Data[float64](v)
	}
	return t
}

// Dense returns the tensor that Of was given. It shares the numbers of t. The error of a
// tensor without entries, which a Dense cannot be, wraps ErrCorrupt.
func (t Tensor) Dense() (*tensor.Dense, error) {
	if len(t.F32)+len(t.F64) == 0 {
		return nil, fmt.Errorf("%w: %.80s has shape %v", ErrCorrupt, t.Name, t.Shape)
	}
	var backing any = t.F64
	if t.F32 != nil {
		backing = t.F32
	}
	return tensor.New(tensor.WithShape(t.Shape...), tensor.WithBacking(backing)), nil
}

// Dense returns the tensors of a file by name.
func (f *File) Dense() (map[string]*tensor.Dense, error) {
	tensors := make(map[string]*tensor.Dense, len(f.Tensors))
	for _, t := range f.Tensors {
		v, err := t.Dense()
		if err != nil {
			return nil, err
		}
		tensors[t.Name] = v
	}
	return tensors, nil
}
