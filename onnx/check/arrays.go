package main

import (
	"encoding/binary"

	"gorgonia.org/tensor"
)

// arrayOf returns a copy of a plain tensor.
func arrayOf(v *tensor.Dense) array {
	dims := append([]int{}, v.Shape()...)
	if v.Dtype() == tensor.Float32 {
		return raw("float32", dims, v.Float32s())
	}
	return raw("float64", dims, v.Float64s())
}

// floats returns numbers in a float type.
func floats(dtype tensor.Dtype, dims []int, entries []float64) array {
	if dtype == tensor.Float64 {
		return raw("float64", dims, entries)
	}
	single := make([]float32, len(entries))
	for i, v := range entries {
		single[i] = float32(v)
	}
	return raw("float32", dims, single)
}

// integers returns labels as ONNX has them.
func integers(labels []float64) array {
	v := make([]int64, len(labels))
	for i := range v {
		v[i] = int64(labels[i])
	}
	return raw("int64", []int{len(v)}, v)
}

func raw[T float32 | float64 | int64](kind string, dims []int, entries []T) array {
	data, _ := binary.Append(nil, binary.LittleEndian, entries) // of numbers never fails
	return array{kind, dims, data}
}
