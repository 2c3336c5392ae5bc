package models

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"
)

// MaxPool2D is the largest entry of a window at each of its places: see ops.MaxPool.
type MaxPool2D struct {
	Size    [2]int // 0 is 2
	Strides [2]int // 0 is Size
	Same    bool   // every entry is in some window, of which some are past the edge
}

// Apply returns the pool of a.
func (l MaxPool2D) Apply(_ *Builder, a *graph.Node) *graph.Node {
	return ops.MaxPool(a, poolWindow(l.Size, l.Strides, l.Same))
}

// String names the layer.
func (l MaxPool2D) String() string { return "MaxPool2D" }

// AvgPool2D is the mean of a window at each of its places: see ops.AvgPool.
type AvgPool2D struct {
	Size    [2]int // 0 is 2
	Strides [2]int // 0 is Size
	Same    bool   // as for MaxPool2D
}

// Apply returns the pool of a.
func (l AvgPool2D) Apply(_ *Builder, a *graph.Node) *graph.Node {
	return ops.AvgPool(a, poolWindow(l.Size, l.Strides, l.Same))
}

// String names the layer.
func (l AvgPool2D) String() string { return "AvgPool2D" }

func poolWindow(size, stride [2]int, same bool) ops.Window {
	for a := range 2 {
		if size[a] == 0 {
			size[a] = 2
		}
	}
	return ops.Window{Size: size, Stride: stride, Same: same}
}

// GlobalAvgPool is the mean of each channel: (C, N) of (C, H, W, N) or of (C, T, N).
type GlobalAvgPool struct{}

// Apply returns the means of a.
func (GlobalAvgPool) Apply(b *Builder, a *graph.Node) *graph.Node {
	rank := a.Shape().Rank()
	if a.Err() == nil && rank < 3 {
		return b.fail(fmt.Errorf("%w: GlobalAvgPool on values of shape %v, want (channels, …, N)", ErrOption, a.Shape()))
	}
	return ops.Mean(a, between(1, rank-1)...)
}

// String names the layer.
func (GlobalAvgPool) String() string { return "GlobalAvgPool" }

// between lists from, …, to − 1.
func between(from, to int) []int {
	var list []int
	for i := from; i < to; i++ {
		list = append(list, i)
	}
	return list
}
