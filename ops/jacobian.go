package ops

import (
	"fmt"
	"slices"

	"adjoint/graph"
)

// Jacobian is the derivative of every entry of y with respect to x as one node, of shape
// (m, x…): row i is that of entry i of y, row by row, as graph.Jacobian has them (Lemma 2.4).
//
// Where y is (m, N), x has N as its last axis, and examples are kept apart on the way, it is
// that of each example by itself: entry (i, …, j) of (m, x…) is the derivative of entry i of
// example j with respect to its own x. Else the error of a y with a symbol wraps
// graph.ErrShape.
func Jacobian(y, x *Node) *Node {
	if y.Err() != nil || x.Err() != nil || !y.Shape().Symbolic() {
		return Stack(0, graph.Jacobian(y, x)...)
	}
	s := y.Shape()
	if s.Rank() != 2 || s.Dim(1) != graph.Batch || graph.Symbolic(s.Dim(0)) || x.Shape().Rank() == 0 || x.Shape().Dim(x.Shape().Rank()-1) != graph.Batch {
		return refuse("jacobian", fmt.Errorf("%w: of %v with respect to %v: want (m, N) and (…, N), or numbers", graph.ErrShape, s, x.Shape()), y, x)
	}
	if err := graph.ExamplesApart(y); err != nil {
		return refuse("jacobian", err, y, x)
	}
	rows, one := make([]*Node, s.Dim(0)), y.Graph().Const(1, 1, graph.Batch)
	for i := range rows {
		rows[i] = graph.VJP(y, pad(one, 0, i, false, s.Dim(0)), x)[0]
	}
	return Stack(0, rows...)
}

// Hessian is the second derivative of the scalar j with respect to x as one node, of shape
// (m, x…) where x has m entries: the Jacobian of its gradient. It has no symbols.
func Hessian(j, x *Node) *Node { return Jacobian(graph.Gradient(j, x)[0], x) }

// PerExample is the gradient of a scalar j, a sum or a mean over examples, taken apart: one
// node for each parameter w, of shape (w…, N). Its column j is what example j adds to the
// gradient, so that their sum over N is graph.Gradient. It is made from that by leaving out
// its sums over examples. Where those are no sums of what each example gives, or more is done
// with them than adding, transposing and reshaping, as a penalty or a norm of the batch does,
// the error wraps graph.ErrShape.
func PerExample(j *Node, w ...*Node) []*Node {
	d := graph.Gradient(j, w...)
	for i := range d {
		d[i] = terms(d[i])
	}
	return d
}

// A summer adds up over examples in some of its values.
type summer interface {
	// terms returns what y is the sum of over examples, with N as an axis more, the last one,
	// and the inputs that have to keep examples apart for that; or nil.
	terms(y *Node) (parts *Node, of []*Node)
}

// terms is what d is the sum of over examples.
func terms(d *Node) *Node {
	if d.Err() != nil {
		return d
	}
	switch op := d.Op().(type) {
	case summer:
		y, of := op.terms(d)
		for _, x := range of {
			if err := graph.ExamplesApart(x); err != nil {
				return refuse("per example", err, d)
			}
		}
		if y != nil {
			return y
		}
	case transpose:
		perm := op.perm.All()
		return Transpose(terms(d.In(0)), append(perm, len(perm))...)
	case reshape:
		return Reshape(terms(d.In(0)), append(op.to.Dims(), graph.Batch)...)
	case graph.Describer:
		if op.Describe().Name == "Add" {
			return graph.Add(terms(d.In(0)), terms(d.In(1)))
		}
	}
	return refuse("per example", fmt.Errorf("%w: %s is no sum over examples", graph.ErrShape, d), d)
}

func (op matMul) terms(y *Node) (*Node, []*Node) {
	ζ, x := y.In(0), y.In(1)
	if y.Shape().Rank() != 2 || x.Shape().Dim(0) != graph.Batch {
		return nil, nil
	}
	return Einsum("ij,jk->ikj", ζ, x), []*Node{ζ, x}
}

func (op sum) terms(y *Node) (*Node, []*Node) {
	x, axes := y.In(0), op.axes.All()
	at := slices.Index(x.Shape().Dims(), graph.Batch)
	others := slices.DeleteFunc(axes, func(a int) bool { return a == at })
	if len(others) == len(axes) {
		return nil, nil
	}
	if len(others) == 0 {
		return examplesToLast(x), []*Node{x}
	}
	return examplesToLast(Sum(x, others...)), []*Node{x}
}

func (op sumTo) terms(y *Node) (*Node, []*Node) {
	x := y.In(0)
	if op.to.Symbolic() {
		return nil, nil
	}
	to := op.to.Dims()
	dims := x.Shape().Dims()
	for i := range dims {
		dims[i] = 1
		if k := i - (len(dims) - len(to)); k >= 0 {
			dims[i] = to[k]
		}
	}
	at := slices.Index(x.Shape().Dims(), graph.Batch)
	if at < 0 {
		return nil, nil
	}
	dims[at] = graph.Batch
	return Reshape(examplesToLast(SumTo(x, graph.ShapeOf(dims...))), append(to, graph.Batch)...), []*Node{x}
}

// examplesToLast returns x with its axis N after the others.
func examplesToLast(x *Node) *Node {
	perm := identity(x.Shape().Rank())
	at := slices.Index(x.Shape().Dims(), graph.Batch)
	return Transpose(x, append(slices.Delete(perm, at, at+1), at)...)
}
