package graph

import (
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

// oneDense makes one tensor of k extents, which lives as long as no other.
func oneDense(k int) *denses {
	return &denses{headers: roomFor[tensor.Dense](1), extents: roomFor[int](2 * k)}
}

// over returns a tensor whose memory is data, row by row.
func (m *denses) over(data any, dims ...int) *tensor.Dense {
	k := len(dims)
	extents := m.extents.take(2 * k)
	shape, strides := extents[:k:k], extents[k:]
	copy(shape, dims)
	for i, stride := k-1, 1; i >= 0; i-- {
		strides[i] = stride
		stride *= shape[i]
	}
	return m.strided(data, shape, strides)
}

// strided returns a tensor whose memory is data, with entries by these strides.
func (m *denses) strided(data any, shape, strides []int) *tensor.Dense {
	v := &m.headers.take(1)[0]
	tensor.WithEngine(tensor.StdEng{})(v)
	tensor.WithBacking(data)(v)
	v.Init(shape, strides)
	return v
}

// part returns a tensor that lies in another, row-major, from an entry on.
func (m *denses) part(of *tensor.Dense, from int, dims ...int) *tensor.Dense {
	to := from + tensor.Shape(dims).TotalSize()
	if of.Dtype() == tensor.Float32 {
		return m.over(of.Float32s()[from:to:to], dims...)
	}
	return m.over(of.Float64s()[from:to:to], dims...)
}

// entriesOf returns the memory of a tensor, a slice also where it has one entry.
func entriesOf(v *tensor.Dense) any {
	if v.Dtype() == tensor.Float32 {
		return v.Float32s()
	}
	return v.Float64s()
}

// zero returns a tensor with memory of its own.
func (m *denses) zero(dtype tensor.Dtype, dims ...int) *tensor.Dense {
	size := tensor.Shape(dims).TotalSize()
	if dtype == tensor.Float32 {
		return m.over(make([]float32, size), dims...)
	}
	return m.over(make([]float64, size), dims...)
}

// copyOf returns a copy of a plain row-major tensor.
func (m *denses) copyOf(v *tensor.Dense) *tensor.Dense {
	if v.Dtype() == tensor.Float32 {
		return m.over(copyIn(&m.singles, v.Float32s()), v.Shape()...)
	}
	return m.over(copyIn(&m.doubles, v.Float64s()), v.Shape()...)
}

// copyIn returns a copy that begins with a cache line of its own.
func copyIn[T compute.Float](a *arena[T], entries []T) []T {
	size := len(entries)
	to := a.take((size + slotLine - 1) / slotLine * slotLine)[:size:size]
	copy(to, entries)
	return to
}
