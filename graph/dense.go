package graph

import (
	"unsafe"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// denses makes tensors that live as long as each other: tensor.New makes nine
// objects for each.
type denses struct {
	headers arena[tensor.Dense]
	extents arena[int]
	singles arena[float32]
	doubles arena[float64]
}

// oneDense makes one tensor, which lives as long as no other: a matrix but for its memory is one object.
func oneDense() *denses {
	one := &struct {
		denses
		header [1]tensor.Dense
		room   [4]int
	}{}
	one.headers.free, one.extents.free = one.header[:], one.room[:]
	return &one.denses
}

// The headers of tensors of one entry, of which others are copies with memory of their own. To
// make them by options of package tensor would take an interface for each, in memory of its own.
var oneSingle, oneDouble = headerOver([]float32{0}), headerOver([]float64{0})

func headerOver(data any) tensor.Dense {
	v := new(tensor.Dense)
	tensor.WithEngine(tensor.StdEng{})(v)
	tensor.WithBacking(data)(v)
	return *v
}

// header returns one of a float type, over these bytes.
func (m *denses) header(dtype tensor.Dtype, memory []byte) *tensor.Dense {
	v, one := &m.headers.take(1)[0], &oneDouble
	if dtype == tensor.Float32 {
		one = &oneSingle
	}
	*v = *one
	v.Raw = memory
	return v
}

// over returns a tensor whose memory is data, row by row.
func over[T compute.Float](m *denses, data []T, dims ...int) *tensor.Dense {
	var entry T
	size, dtype := int(unsafe.Sizeof(entry)), tensor.Float64
	if size == 4 {
		dtype = tensor.Float32
	}
	return m.inOrder(dtype, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), len(data)*size), dims)
}

// inOrder returns a tensor over these bytes, row by row.
func (m *denses) inOrder(dtype tensor.Dtype, memory []byte, dims []int) *tensor.Dense {
	v, k := m.header(dtype, memory), len(dims)
	extents := m.extents.take(2 * k)
	shape, strides := extents[:k:k], extents[k:]
	copy(shape, dims)
	for i, stride := k-1, 1; i >= 0; i-- {
		strides[i] = stride
		stride *= shape[i]
	}
	v.Init(shape, strides)
	return v
}

// strided returns a tensor that lies in another from an entry on, with entries by these strides.
func (m *denses) strided(of *tensor.Dense, from int, shape, strides []int) *tensor.Dense {
	v := m.header(of.Dtype(), of.Raw[from*int(of.Dtype().Size()):])
	v.Init(shape, strides)
	return v
}

// part returns a tensor that lies in another, row-major, from an entry on.
func (m *denses) part(of *tensor.Dense, from int, dims ...int) *tensor.Dense {
	dtype := of.Dtype()
	entry := int(dtype.Size())
	from, to := from*entry, (from+tensor.Shape(dims).TotalSize())*entry
	return m.inOrder(dtype, of.Raw[from:to:to], dims)
}

// zero returns a tensor with memory of its own.
func (m *denses) zero(dtype tensor.Dtype, dims ...int) *tensor.Dense {
	size := tensor.Shape(dims).TotalSize()
	if dtype == tensor.Float32 {
		return over(m, make([]float32, size), dims...)
	}
	return over(m, make([]float64, size), dims...)
}

// zeros returns a tensor whose memory is next to that of others.
func (m *denses) zeros(dtype tensor.Dtype, dims ...int) *tensor.Dense {
	size := tensor.Shape(dims).TotalSize()
	if dtype == tensor.Float32 {
		return over(m, linesOf(&m.singles, size), dims...)
	}
	return over(m, linesOf(&m.doubles, size), dims...)
}

// copyOf returns a copy of a plain row-major tensor.
func (m *denses) copyOf(v *tensor.Dense) *tensor.Dense {
	to := m.zeros(v.Dtype(), v.Shape()...)
	copy(to.Raw, v.Raw)
	return to
}

// linesOf returns zeros that begin with a cache line of their own.
func linesOf[T compute.Float](a *arena[T], size int) []T {
	return a.take((size + slotLine - 1) / slotLine * slotLine)[:size:size]
}
