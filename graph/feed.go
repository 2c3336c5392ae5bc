package graph

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"
)

// Feed copies v into the input x and settles what the symbols of x's shape are. v is a plain
// row-major tensor of the graph's float type and of x's shape. The error names both shapes
// and wraps ErrShape, ErrType, ErrLayout, ErrEmpty, ErrSize, ErrNotInput or ErrGraph. An
// input that the outputs do not read may be fed too.
func (p *Program) Feed(x *Node, v *tensor.Dense) error { return p.inputs.feed(x, v, p.planFor) }

// FeedBy has fill write the input x for n examples straight into its buffer: a Feed
// without a copy. fill is given a tensor of x's shape, with n for Batch and any
// entries; it sets them all and does not keep it. If it returns an error, FeedBy
// does, and x is not fed. fill is not called for an input that the outputs do not
// read, and n says nothing of an x without an extent Batch. Other symbols of x are what
// other inputs have said; ErrUnfed says that they have not. Else the errors are those of
// Feed.
func (p *Program) FeedBy(x *Node, n int, fill func(v *tensor.Dense) error) error {
	return p.inputs.feedBy(x, n, fill, p.planFor)
}

// FeedShape is FeedBy for a tensor of this shape, whatever symbols x has.
func (p *Program) FeedShape(x *Node, shape Shape, fill func(v *tensor.Dense) error) error {
	return p.inputs.feedShape(x, shape.Dims(), fill, p.planFor)
}

// Lend makes v the value of the input x, as Feed does, but without a copy: Run reads v
// itself, which must not change until x is fed or lent again. It is for much data that
// stay, since kernels are bound to v. v may be the lazy transpose of a matrix, as
// gorgonia's T makes it, so that examples may lie in rows; products then add in
// another order. A transpose that an op other than a product reads is copied when kernels
// are bound to it. The errors are those of Feed.
func (p *Program) Lend(x *Node, v *tensor.Dense) error { return p.inputs.lend(x, v, p.planFor) }

// Feed is Program.Feed for all Programs that read in. Memory that they lack is an error of
// their Run.
func (in *Inputs) Feed(x *Node, v *tensor.Dense) error { return in.feed(x, v, roomForAll) }

// FeedBy is Program.FeedBy for all Programs that read in.
func (in *Inputs) FeedBy(x *Node, n int, fill func(v *tensor.Dense) error) error {
	return in.feedBy(x, n, fill, roomForAll)
}

// FeedShape is Program.FeedShape for all Programs that read in.
func (in *Inputs) FeedShape(x *Node, shape Shape, fill func(v *tensor.Dense) error) error {
	return in.feedShape(x, shape.Dims(), fill, roomForAll)
}

// Lend is Program.Lend for all Programs that read in.
func (in *Inputs) Lend(x *Node, v *tensor.Dense) error { return in.lend(x, v, roomForAll) }

func roomForAll(sizes) error { return nil }

// feed is Feed, where room is that of begin.
func (in *Inputs) feed(x *Node, v *tensor.Dense, room func(at sizes) error) error {
	f, err := in.accept(x, v, in.g.accepts)
	if err == nil {
		err = in.begin(f, v.Shape(), nil, room)
	}
	if err != nil {
		return feedError(x, err)
	}
	if f.kept {
		copyTo(f.value, v)
	}
	f.filled = true
	return nil
}

func (in *Inputs) feedBy(x *Node, n int, fill func(v *tensor.Dense) error, room func(at sizes) error) error {
	if err := in.check(x); err != nil {
		return feedError(x, err)
	}
	if n < 1 && x.shape.HasBatch() {
		return fmt.Errorf("feed %s: %d examples: %w", x.Label(), n, ErrEmpty)
	}
	dims := x.shape.dims(&few{})
	for i, d := range dims {
		switch at := in.at; {
		case d == Batch:
			dims[i] = n
		case d >= 0:
		case !at.knows(replaced(d, Batch, max(n, 1))):
			return fmt.Errorf("feed %s of shape %v: nothing was fed that says what %s is: %w", x.Label(), x.shape, ExtentString(d), ErrUnfed)
		default:
			dims[i] = at.number(replaced(d, Batch, max(n, 1)))
		}
	}
	return in.fill(x, dims, fill, room)
}

func (in *Inputs) feedShape(x *Node, dims []int, fill func(v *tensor.Dense) error, room func(at sizes) error) error {
	if err := in.check(x); err != nil {
		return feedError(x, err)
	}
	return in.fill(x, dims, fill, room)
}

// fill is feedShape of an input of the graph.
func (in *Inputs) fill(x *Node, dims []int, fill func(v *tensor.Dense) error, room func(at sizes) error) error {
	f := in.entry(x)
	if slices.Min(append(dims, 1)) < 1 {
		return fmt.Errorf("feed %s of shape %v: %w", x.Label(), ShapeOf(dims...), ErrEmpty)
	}
	if err := in.begin(f, dims, nil, room); err != nil {
		return feedError(x, err)
	}
	if f.kept {
		if err := fill(f.value); err != nil {
			return feedError(x, err)
		}
	}
	f.filled = true
	return nil
}

func (in *Inputs) lend(x *Node, v *tensor.Dense, room func(at sizes) error) error {
	f, err := in.accept(x, v, in.g.acceptsLent)
	if err == nil {
		err = in.begin(f, v.Shape(), v, room)
	}
	if err != nil {
		return feedError(x, err)
	}
	f.filled = true
	return nil
}

// accept returns what x was fed, if v can be its value.
func (in *Inputs) accept(x *Node, v *tensor.Dense, accepts func(*tensor.Dense) error) (*fed, error) {
	if err := in.check(x); err != nil {
		return nil, err
	}
	if err := accepts(v); err != nil {
		return nil, err
	}
	return in.entry(x), nil
}

func feedError(x *Node, err error) error {
	if x.Err() != nil {
		return err
	}
	return fmt.Errorf("feed %s: %w", x.Label(), err)
}
