package main

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A scene is what cameras see of points: each observation, a column, is of the eleven parameters
// of a camera, of a point, with a weight, and where the camera saw it.
type scene struct{ cameras, points, weights, seen *tensor.Dense }

// newScene is that of W13, of as many observations as ADBench's BA1: a camera has a rotation r,
// its centre c, focal length, principal point and two of radial distortion.
func newScene(dtype tensor.Dtype) scene {
	const observations = 31843
	return scene{
		normals(dtype, 11, observations, 95, 1), normals(dtype, 3, observations, 96, 1),
		normals(dtype, 1, observations, 97, 1), normals(dtype, 2, observations, 98, 1),
	}
}

// A bundle is the errors of observations, and the Jacobian of each in its own parameters, as
// ADBench has them (F. Srajer, Z. Kukelova, A. Fitzgibbon 2018, BA).
type bundle struct {
	of, seen *graph.Node // the parameters (15, N): a camera's, a point, a weight; where it was seen
	err, jac *graph.Node // (2, N) and (2, 15, N)
	weight   *graph.Node // the error of the weight, 1 − w²
	slope    *graph.Node // and its derivative
}

func newBundle(dtype tensor.Dtype) bundle {
	g := graph.NewOf(dtype)
	b := bundle{of: g.Input("of", 15, graph.Batch), seen: g.Input("seen", 2, graph.Batch)}
	part := func(from, to int) *graph.Node { return ops.Slice(b.of, 0, from, to) }
	r, c, focus, centre, bend, x, w := part(0, 3), part(3, 6), part(6, 7), part(7, 9), part(9, 11), part(11, 14), part(14, 15)

	p := rotated(r, ops.Sub(x, c))
	p = ops.Div(ops.Slice(p, 0, 0, 2), ops.Slice(p, 0, 2, 3))
	square := ops.Keep(ops.Sum, ops.Square(p), 0)
	far := ops.Shift(ops.Mul(square, ops.Add(ops.Slice(bend, 0, 0, 1), ops.Mul(ops.Slice(bend, 0, 1, 2), square))), 1)
	p = ops.Add(ops.Mul(ops.Mul(p, far), focus), centre)
	b.err = ops.Mul(w, ops.Sub(p, b.seen))
	b.jac = ops.Jacobian(b.err, b.of)
	b.weight = ops.OneMinus(ops.Square(w))
	b.slope = graph.Gradient(ops.Sum(b.weight), w)[0]
	return b
}

// rotated is x turned by |r| about r, of columns (3, N): O. Rodrigues's formula.
func rotated(r, x *graph.Node) *graph.Node {
	sum := func(x *graph.Node) *graph.Node { return ops.Keep(ops.Sum, x, 0) }
	angle := ops.Sqrt(sum(ops.Square(r)))
	axis := ops.Div(r, angle)
	cos := ops.Cos(angle)
	along := ops.Mul(sum(ops.Mul(axis, x)), ops.OneMinus(cos))
	return ops.Add(ops.Add(ops.Mul(x, cos), ops.Mul(cross(axis, x), ops.Sin(angle))), ops.Mul(axis, along))
}

// cross is the vector product of columns (3, N).
func cross(a, b *graph.Node) *graph.Node {
	turned := func(x *graph.Node) *graph.Node {
		return ops.Concat(0, ops.Slice(x, 0, 1, 3), ops.Slice(x, 0, 0, 1))
	}
	return turned(ops.Sub(ops.Mul(a, turned(b)), ops.Mul(turned(a), b)))
}

// newBA is W13: the errors of 31 843 observations, and their Jacobian.
func newBA(dtype tensor.Dtype) (trainer, error) {
	s, b := newScene(dtype), newBundle(dtype)
	p, err := graph.Compile(b.err, b.jac, b.weight, b.slope)
	if err != nil {
		return nil, err
	}
	of, err := tensor.Concat(0, s.cameras, s.points, s.weights)
	if err != nil {
		return nil, fmt.Errorf("columns of the observations: %w", err)
	}
	if err := p.Feed(b.of, of.(*tensor.Dense)); err != nil {
		return nil, err
	}
	return &program{p, b.err}, p.Feed(b.seen, s.seen)
}
