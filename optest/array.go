package optest

import "fmt"

// An Array is a tensor as plain references see it: extents, and entries row by
// row.
type Array struct {
	Dims []int
	Data []float64
}

// ArrayOf returns the array of the given extents whose entry at index i is
// entry(i). The index is valid during the call only.
func ArrayOf(dims []int, entry func(i []int) float64) Array {
	a := Array{Dims: dims, Data: make([]float64, size(dims))}
	index := make([]int, len(dims))
	for k := range a.Data {
		rest := k
		for axis := len(dims) - 1; axis >= 0; axis-- {
			index[axis] = rest % dims[axis]
			rest /= dims[axis]
		}
		a.Data[k] = entry(index)
	}
	return a
}

// Scalar returns the array of shape () with the entry v.
func Scalar(v float64) Array { return Array{Data: []float64{v}} }

// At returns the entry at an index, one integer for each axis.
func (a Array) At(index ...int) float64 {
	if len(index) != len(a.Dims) {
		panic(fmt.Sprintf("optest: index %v in an array of extents %v", index, a.Dims))
	}
	k := 0
	for axis, i := range index {
		k = k*a.Dims[axis] + i
	}
	return a.Data[k]
}

// Broadcast returns the entry that a has at an index of a larger array, by
// NumPy's rule: axes are matched from the last to the first, and an extent of 1
// is repeated.
func (a Array) Broadcast(index []int) float64 {
	k, skip := 0, len(index)-len(a.Dims)
	for axis, extent := range a.Dims {
		k *= extent
		if extent > 1 {
			k += index[axis+skip]
		}
	}
	return a.Data[k]
}

// broadcastDims returns the extents that arrays have in common.
func broadcastDims(x []Array) []int {
	var dims []int
	for _, a := range x {
		for len(dims) < len(a.Dims) {
			dims = append([]int{1}, dims...)
		}
		skip := len(dims) - len(a.Dims)
		for axis, extent := range a.Dims {
			dims[axis+skip] = max(dims[axis+skip], extent)
		}
	}
	return dims
}

func size(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// transposedArray returns the transpose of a matrix.
func transposedArray(a Array) Array {
	return ArrayOf([]int{a.Dims[1], a.Dims[0]}, func(i []int) float64 { return a.At(i[1], i[0]) })
}

// matrixProduct returns the product of two matrices.
func matrixProduct(a, b Array) Array {
	return ArrayOf([]int{a.Dims[0], b.Dims[1]}, func(i []int) (sum float64) {
		for k := range a.Dims[1] {
			sum += a.At(i[0], k) * b.At(k, i[1])
		}
		return sum
	})
}

// rowSums returns the sum of each row of a matrix.
func rowSums(a Array) []float64 {
	sums := make([]float64, a.Dims[0])
	for k, v := range a.Data {
		sums[k/a.Dims[1]] += v
	}
	return sums
}
