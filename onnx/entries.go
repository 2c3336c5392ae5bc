package onnx

import (
	"encoding/binary"
	"math"

	"adjoint/onnx/internal/proto"

	"gorgonia.org/tensor"
)

// entriesOf returns numbers as the raw data of a tensor.
func entriesOf[T float64 | int](element proto.Element, v ...T) []byte {
	var raw []byte
	for _, v := range v {
		switch element {
		case proto.Float32:
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(float32(v)))
		case proto.Float64:
			raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(float64(v)))
		default:
			raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
		}
	}
	return raw
}

// rawOf returns the entries of a plain tensor as raw data.
func rawOf(v *tensor.Dense) []byte {
	if v.Dtype() == tensor.Float32 {
		entries := v.Float32s()
		raw := make([]byte, 0, 4*len(entries))
		for _, e := range entries {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(e))
		}
		return raw
	}
	entries := v.Float64s()
	raw := make([]byte, 0, 8*len(entries))
	for _, e := range entries {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(e))
	}
	return raw
}
