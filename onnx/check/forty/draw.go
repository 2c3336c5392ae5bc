package main

import (
	"math/rand/v2"
	"strings"

	"adjoint/graph"
	"adjoint/onnx"

	"gorgonia.org/tensor"
)

// options are what some networks need to be told.
func options(name string) onnx.ReadOptions {
	switch name {
	case "silero-vad":
		return onnx.ReadOptions{
			Dims:  map[string]int{"sequence": 512},
			Fixed: map[string]*tensor.Dense{"sr": tensor.New(tensor.FromScalar(16000.0))},
		}
	case "ocr-detect": // it adds what was halved five times and doubled again to what was not
		return onnx.ReadOptions{Dims: map[string]int{"p2o.DynamicDimension.1": 64, "p2o.DynamicDimension.2": 96}}
	case "melspectrogram":
		return onnx.ReadOptions{Dims: map[string]int{"samples": 1760}}
	}
	return onnx.ReadOptions{}
}

// draw returns random entries: of integers, small ones.
func draw(rng *rand.Rand, p onnx.Port, name string, n int) onnx.Array {
	a := onnx.Array{}
	size := 1
	for _, d := range p.Dims {
		switch {
		case d == graph.Batch:
			d = n
		case graph.Symbolic(d):
			d = length(name)
		}
		a.Dims = append(a.Dims, d)
		size *= d
	}
	if a.Dims == nil {
		a.Dims = []int{}
	}
	switch p.Type {
	case "float32":
		v := make([]float32, size)
		for i := range v {
			if v[i] = float32(rng.NormFloat64()); strings.HasPrefix(name, "ocr") { // which takes images
				v[i] = 2*rng.Float32() - 1
			}
		}
		a.Data = v
	case "float64":
		v := make([]float64, size)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		a.Data = v
	default:
		v := make([]int64, size)
		for i := range v {
			v[i] = rng.Int64N(40)
		}
		a.Data = v
	}
	return a
}

// length is what extents are that are no number of examples.
func length(name string) int {
	if strings.HasPrefix(name, "ocr") {
		return 64
	}
	return 9
}
