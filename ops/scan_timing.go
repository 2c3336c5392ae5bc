package ops

import (
	"fmt"
	"slices"

	"adjoint/graph"
)

// A timing is the extents T and N of a scan.
type timing struct{ t, n int }

// columns is the number of examples of all times.
func (t timing) columns() int { return graph.Times(t.t, t.n) }

// of is the shape at all times of what a body has at one.
func (t timing) of(x *Node) Shape {
	d := x.Shape().Dims()
	return graph.ShapeOf(append(d[:len(d)-1], t.t, t.n)...)
}

// stretch is the number of times of a stretch, in the map of one.
var stretch = graph.Extent("times")

// timed returns the shapes in a stretch of what a body has at one time.
func timed(nodes []*Node) []Shape {
	shapes := make([]Shape, len(nodes))
	for i, n := range nodes {
		if shapes[i] = n.Shape(); shapes[i].HasBatch() {
			shapes[i] = timing{stretch, graph.Batch}.of(n)
		}
	}
	return shapes
}

// flat is x (…, T, N) as (…, T·N); fold is the inverse.
func (t timing) flat(x *Node) *Node {
	d := x.Shape().Dims()
	return Reshape(x, append(d[:len(d)-2], t.columns())...)
}

func (t timing) fold(x *Node) *Node {
	d := x.Shape().Dims()
	to := append(d[:len(d)-1], t.t, t.n)
	if _, flat := x.Op().(reshape); flat && x.In(0).Shape() == graph.ShapeOf(to...) {
		return x.In(0)
	}
	return Reshape(x, to...)
}

// lifted returns what the inputs of a body are for all times. A state of one time stays as it is.
func (t timing) lifted(in []*Node, body *graph.Body) []*Node {
	y := slices.Clone(in)
	for i, x := range body.Inputs() {
		if s := x.Shape(); s.HasBatch() && in[i].Shape().Rank() > s.Rank() {
			y[i] = t.flat(in[i])
		}
	}
	return y
}

func shapesOf(x []*Node) []Shape {
	s := make([]Shape, len(x))
	for i, n := range x {
		s[i] = n.Shape()
	}
	return s
}

// timesOf finds T and N, and checks that the inputs agree.
func timesOf(s []Shape, body *graph.Body) (t timing, err error) {
	inputs := body.Inputs()
	if len(s) != len(inputs) || s[0].Rank() == 0 {
		return t, fmt.Errorf("%w: %d inputs of a scan whose step has %d", graph.ErrShape, len(s), len(inputs))
	}
	t.n = s[0].Dim(s[0].Rank() - 1)
	for i, x := range inputs {
		want := x.Shape()
		k := want.Rank() - 1
		switch d := want.Dims(); {
		case !want.HasBatch():
		case i == 0:
			want = graph.ShapeOf(append(d[:k], t.n)...)
		default:
			if t.t == 0 && s[i].Rank() == k+2 {
				t.t = s[i].Dim(k)
			}
			want = graph.ShapeOf(append(d[:k], t.t, t.n)...)
		}
		if s[i] != want {
			return t, fmt.Errorf("%w: input %d of a scan has shape %v, want %v", graph.ErrShape, i, s[i], want)
		}
	}
	if t.t == 0 {
		return t, fmt.Errorf("%w: no input of a scan has times", graph.ErrShape)
	}
	return t, nil
}
