package compute

import (
	"fmt"
	"unsafe"

	"gorgonia.org/tensor"
)

// Float is a float type that a graph may have.
type Float interface{ float32 | float64 }

// Data returns the entries of t, row by row, for reading and writing. T is the float type
// of t, or Data panics; and t is row-major, as the tensors that kernels get are.
func Data[T Float](t *tensor.Dense) []T {
	var entry T
	size := unsafe.Sizeof(entry)
	if d := t.Dtype(); d == tensor.Float32 && size == 4 || d == tensor.Float64 && size == 8 {
		return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(t.Raw))), uintptr(len(t.Raw))/size)
	}
	panic(fmt.Sprintf("compute: Data[%T] of a tensor of %v: a kernel asks for the type that it was bound to; graph.Values converts", entry, t.Dtype()))
}

// Copy copies the entries of a row-major tensor to another of its float type and size, whose
// shape may differ.
func Copy(dst, src *tensor.Dense) {
	if dst.Dtype() == tensor.Float32 {
		copy(Data[float32](dst), Data[float32](src))
		return
	}
	copy(Data[float64](dst), Data[float64](src))
}

// A View is a tensor read by other strides than its own: the memory of Dense, with entry
// (i, j, …) at i·Strides[0] + j·Strides[1] + ….
type View struct {
	Dense   *tensor.Dense
	Dims    []int
	Strides []int
}

// RowMajor returns v with its own strides.
func RowMajor(v *tensor.Dense) View { return View{v, v.Shape(), v.Strides()} }
