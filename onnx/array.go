package onnx

import (
	"fmt"
	"math"
	"slices"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

type integer interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}

// numbers returns entries as the leaf is fed: texts as their places among the names.
func (p Port) numbers(data any, dtype tensor.Dtype) ([]float64, error) {
	texts, ok := data.([]string)
	switch {
	case ok != (p.Names != nil):
		return nil, fmt.Errorf("%w: entries in a %T, want those of %s", graph.ErrType, data, p.Type)
	case !ok:
		return numbers(data, dtype)
	}
	places := make([]float64, len(texts))
	for i, s := range texts {
		places[i] = float64(len(p.Names))
		if at, found := slices.BinarySearch(p.Names, s); found {
			places[i] = float64(at)
		}
	}
	return places, nil
}

// numbers returns entries as numbers. The error of an integer that the float type has not
// exactly wraps graph.ErrValue.
func numbers(data any, dtype tensor.Dtype) ([]float64, error) {
	switch v := data.(type) {
	case []float64:
		return v, nil
	case []float32:
		return numbersOf(v), nil
	case []bool:
		list := make([]float64, len(v))
		for i, b := range v {
			if b {
				list[i] = 1
			}
		}
		return list, nil
	case []int8:
		return numbersOf(v), nil
	case []uint8:
		return numbersOf(v), nil
	case []int16:
		return numbersOf(v), nil
	case []uint16:
		return numbersOf(v), nil
	case []int32:
		return exact(v, dtype)
	case []uint32:
		return exact(v, dtype)
	case []int64:
		return exact(v, dtype)
	case []uint64:
		return exact(v, dtype)
	}
	return nil, fmt.Errorf("%w: entries in a %T", graph.ErrType, data)
}

func numbersOf[T float32 | integer](v []T) []float64 {
	list := make([]float64, len(v))
	for i, v := range v {
		list[i] = float64(v)
	}
	return list
}

// exact is numbersOf for integers that may be too large.
func exact[T integer](v []T, dtype tensor.Dtype) ([]float64, error) {
	most := math.Exp2(53)
	if dtype == tensor.Float32 {
		most = math.Exp2(24)
	}
	list := numbersOf(v)
	for i, f := range list {
		if math.Abs(f) > most {
			return nil, fmt.Errorf("%w: %d at position %d is beyond ±%.0f, where %v has no longer all integers", graph.ErrValue, v[i], i, most, dtype)
		}
	}
	return list, nil
}

// entriesAs returns numbers as a slice of a type of the file. Those of float16 and bfloat16 are
// float32.
func entriesAs(name string, values []float64) any {
	switch name {
	case "float64":
		return values
	case "bool":
		list := make([]bool, len(values))
		for i, v := range values {
			list[i] = v != 0
		}
		return list
	case "int8":
		return cast[int8](values)
	case "uint8":
		return cast[uint8](values)
	case "int16":
		return cast[int16](values)
	case "uint16":
		return cast[uint16](values)
	case "int32":
		return cast[int32](values)
	case "uint32":
		return cast[uint32](values)
	case "int64":
		return cast[int64](values)
	case "uint64":
		return cast[uint64](values)
	}
	return cast[float32](values)
}

func cast[T float32 | integer](values []float64) []T {
	list := make([]T, len(values))
	for i, v := range values {
		list[i] = T(v)
	}
	return list
}
