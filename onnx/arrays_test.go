package onnx_test

import (
	"adjoint/onnx"
	"adjoint/onnx/internal/proto"

	"gorgonia.org/tensor"
)

// arrayOf has the entries of a tensor of a file, in the types that Array knows.
func arrayOf(t *proto.Tensor) onnx.Array {
	list, _ := t.Floats()
	switch {
	case t.Element == proto.String:
		return onnx.Array{Dims: t.Dims, Data: t.Strings}
	case t.Element == proto.Float64:
		return onnx.Array{Dims: t.Dims, Data: list}
	case t.Element.Float():
		return onnx.Array{Dims: t.Dims, Data: cast32(list)}
	}
	whole, _ := t.Ints()
	ints := make([]int64, len(whole))
	for i, v := range whole {
		ints[i] = int64(v)
	}
	return onnx.Array{Dims: t.Dims, Data: ints}
}

func cast32(v []float64) []float32 {
	list := make([]float32, len(v))
	for i, v := range v {
		list[i] = float32(v)
	}
	return list
}

// floatsOf are the entries of an array.
func floatsOf(a onnx.Array) []float64 {
	var list []float64
	switch v := a.Data.(type) {
	case []float64:
		return v
	case []float32:
		return all(v)
	case []bool:
		for _, b := range v {
			if b {
				list = append(list, 1)
			} else {
				list = append(list, 0)
			}
		}
		return list
	case []int8:
		return all(v)
	case []uint8:
		return all(v)
	case []int16:
		return all(v)
	case []uint16:
		return all(v)
	case []int32:
		return all(v)
	case []uint32:
		return all(v)
	case []int64:
		return all(v)
	case []uint64:
		return all(v)
	}
	return nil
}

func all[T float32 | int8 | uint8 | int16 | uint16 | int32 | uint32 | int64 | uint64](v []T) []float64 {
	list := make([]float64, len(v))
	for i, v := range v {
		list[i] = float64(v)
	}
	return list
}

// fixed are inputs of the first data set, by their numbers.
func (c *nodeCase) fixed(which func(i int) bool) map[string]*tensor.Dense {
	fixed := map[string]*tensor.Dense{}
	for i, name := range c.inputs() {
		if i >= len(c.sets[0].in) || !which(i) {
			continue
		}
		t := c.sets[0].in[i]
		switch list, _ := t.Floats(); {
		case len(list) == 0:
		case len(t.Dims) == 0:
			fixed[name] = tensor.New(tensor.FromScalar(list[0]))
		default:
			fixed[name] = tensor.New(tensor.WithShape(t.Dims...), tensor.WithBacking(list))
		}
	}
	return fixed
}
