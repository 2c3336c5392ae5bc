package ops

import (
	"fmt"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// Upsample repeats every row of an image (C, H, W, N) and every column so many times, and
// every entry of a signal (C, T, N) as often as it has columns: nearest neighbours, as in
// PyTorch and Keras. The error of another shape, and of a number below 1, wraps
// graph.ErrShape.
//
//	d(ξ) = Upsample(ξ)     r(ζ) = the sums over the repetitions
func Upsample(x *Node, rows, columns int) *Node {
	if x.Err() != nil {
		return x
	}
	s := x.Shape()
	if r := s.Rank(); r < 3 || r > 4 || min(rows, columns) < 1 || r == 3 && rows != 1 {
		return refuse("upsample", fmt.Errorf("%w: want an image (C, H, W, N), or a signal (C, T, N) and rows = 1, and no number below 1", graph.ErrShape), x)
	}
	times := []int{rows, columns}[4-s.Rank():]
	apart, wide, y := []int{s.Dim(0)}, []int{s.Dim(0)}, s.Dims()
	for i, k := range times {
		n := y[i+1]
		apart, wide = append(apart, n, 1), append(wide, n, k)
		y[i+1] = graph.Times(n, k)
	}
	last := s.Dim(s.Rank() - 1)
	x = BroadcastTo(Reshape(x, append(apart, last)...), graph.ShapeOf(append(wide, last)...))
	return Reshape(x, y...)
}

// UpsampleBilinear is an image (C, H, W, N) of so many times as many rows and columns, between
// whose entries those of x are interpolated linearly: entry i of a row lies at (i+½)/k − ½ of
// x, as in PyTorch with align_corners=False and in Keras; past the edge it is that of the edge. The error of
// another shape, of rows or columns that are no number, and of a number below 1 wraps
// graph.ErrShape.
//
//	d(ξ) = UpsampleBilinear(ξ)     r(ζ) = AᵀζB for y = AxBᵀ
func UpsampleBilinear(x *Node, rows, columns int) *Node {
	if x.Err() != nil {
		return x
	}
	s := x.Shape()
	if s.Rank() != 4 || min(rows, columns) < 1 || graph.Symbolic(s.Dim(1)) || graph.Symbolic(s.Dim(2)) || s.Dim(1) > mostPad/rows || s.Dim(2) > mostPad/columns {
		return refuse("bilinear", fmt.Errorf("%w: want an image (C, H, W, N) of numbers of rows and columns, and no number below 1", graph.ErrShape), x)
	}
	a, b := between(x.Graph(), s.Dim(1), rows), between(x.Graph(), s.Dim(2), columns)
	return Einsum("yh,chvn,xv->cyxn", a, x, b)
}

// between returns the matrix (n·k, n) that interpolates linearly between n entries.
func between(g *graph.Graph, n, k int) *Node {
	v := make([]float64, n*k*n)
	for i := range n * k {
		at := min(max((float64(i)+0.5)/float64(k)-0.5, 0), float64(n-1))
		low := min(int(at), max(0, n-2))
		v[i*n+low] += 1 - (at - float64(low))
		if n > 1 {
			v[i*n+low+1] += at - float64(low)
		}
	}
	return g.Constant("", tensorOf(g.Dtype(), v, n*k, n))
}

// tensorOf returns the tensor of a float type with these entries.
func tensorOf(dtype tensor.Dtype, v []float64, dims ...int) *tensor.Dense {
	if dtype == tensor.Float64 {
		return tensor.New(tensor.WithShape(dims...), tensor.WithBacking(v))
	}
	single := make([]float32, len(v))
	for i, x := range v {
		single[i] = float32(x)
	}
	return tensor.New(tensor.WithShape(dims...), tensor.WithBacking(single))
}
