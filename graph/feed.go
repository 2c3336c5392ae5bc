package graph

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"
)

// Feed copies v into the input x and settles N, if x has an extent Batch. v is a
// plain row-major tensor of the graph's float type and of x's shape. The error
// names both shapes and wraps ErrShape, ErrType, ErrLayout, ErrEmpty, ErrSize,
// ErrNotInput or ErrGraph. An input that the outputs do not read may be fed too.
func (p *Program) Feed(x *Node, v *tensor.Dense) error {
	if err := p.checkFeed(x, v, p.code.from().accepts); err != nil {
		return err
	}
	f, err := p.feedFor(x, batchOf(x.shape, v.Shape()))
	if f == nil || err != nil {
		return err
	}
	copyTo(f.value, v)
	f.fed = true
	return nil
}

// FeedBy has fill write the input x for n examples straight into its buffer: a Feed
// without a copy. fill is given a tensor of x's shape, with n for Batch and any
// entries; it sets them all and does not keep it. If it returns an error, FeedBy
// does, and x is not fed. fill is not called for an input that the outputs do not
// read, and n says nothing of an x without an extent Batch. The errors are those of
// Feed.
func (p *Program) FeedBy(x *Node, n int, fill func(v *tensor.Dense) error) error {
	if err := p.checkInput(x); err != nil {
		return err
	}
	if !x.shape.HasBatch() {
		n = 0
	} else if n < 1 {
		return fmt.Errorf("feed %s: %d examples: %w", x.label(), n, ErrEmpty)
	}
	f, err := p.feedFor(x, n)
	if f == nil || err != nil {
		return err
	}
	f.fed = false // also if fill panics
	for _, q := range p.plans {
		q.ready = false
	}
	if err := fill(f.value); err != nil {
		return fmt.Errorf("feed %s: %w", x.label(), err)
	}
	f.fed = true
	return nil
}

// feedFor returns the buffer of an input that is about to be fed for n examples, 0 if
// it has no extent Batch, and nil if no output reads it. What was computed before
// counts no more.
func (p *Program) feedFor(x *Node, n int) (*feed, error) {
	if n > 0 && p.code.usesBatch {
		if err := p.use(n); err != nil {
			return nil, fmt.Errorf("feed %s: %w", x.label(), err)
		}
	}
	f := p.feedOf(x)
	if f != nil && f.lent {
		if err := p.rebind(x, n, nil); err != nil {
			return nil, err
		}
		f = p.feedOf(x)
	}
	if f != nil && p.plan != nil {
		p.plan.ran = false
	}
	return f, nil
}

func (p *Program) checkInput(x *Node) error {
	if err := x.Err(); err != nil {
		return err
	}
	switch {
	case x.g != p.code.from():
		return fmt.Errorf("feed %s: %w", x.label(), ErrGraph)
	case x.kind != Input:
		return fmt.Errorf("feed %s: %w", x.label(), ErrNotInput)
	}
	return nil
}

func (p *Program) checkFeed(x *Node, v *tensor.Dense, accepts func(*tensor.Dense) error) error {
	if err := p.checkInput(x); err != nil {
		return err
	}
	if err := accepts(v); err != nil {
		return fmt.Errorf("feed %s: %w", x.label(), err)
	}
	if !x.shape.fits(v.Shape()) {
		return fmt.Errorf("feed %s: tensor of shape %v, want %v: %w", x.label(), shapeOf(v), x.shape, ErrShape)
	}
	return nil
}

// fits reports whether a tensor of these extents is a value of an input of shape s,
// where Batch may be any one number.
func (s Shape) fits(dims []int) bool {
	n, want := 0, s.dims(&few{})
	if len(want) != len(dims) {
		return false
	}
	for i, d := range want {
		if d == Batch && n == 0 {
			n = dims[i]
		}
		if d == Batch {
			d = n
		}
		if dims[i] != d {
			return false
		}
	}
	return true
}

// batchOf returns the number that stands where s has Batch, or 0.
func batchOf(s Shape, dims []int) int {
	if i := slices.Index(s.dims(&few{}), Batch); i >= 0 && i < len(dims) {
		return dims[i]
	}
	return 0
}

// unfed names the first input that has not been fed.
func (p *Program) unfed() error {
	for i, x := range p.code.inputs {
		if f := p.feedAt(i); f == nil || !f.fed {
			if err := p.fedForOthers(i); err != nil {
				return err
			}
			return fmt.Errorf("run: %s of shape %v: %w", x.label(), x.shape, ErrUnfed)
		}
	}
	if p.plan == nil {
		return fmt.Errorf("run: nothing was fed that says what N is: %w", ErrUnfed)
	}
	return nil
}

// fedForOthers returns an error if input i was fed for another number of examples than
// some other input.
func (p *Program) fedForOthers(i int) error {
	for _, q := range p.plans {
		if f := q.feeds[i]; p.plan == nil || f == nil || !f.fed {
			continue
		}
		for k, other := range p.plan.feeds {
			if other != nil && other.fed {
				return fmt.Errorf("run: %s of shape %v was fed for N = %d, %s for N = %d: %w", p.code.inputs[i].label(), p.code.inputs[i].shape, q.n, p.code.inputs[k].label(), p.plan.n, ErrUnfed)
			}
		}
	}
	return nil
}

// feedOf returns the buffer of an input of the user's graph, or nil.
func (p *Program) feedOf(x *Node) *feed {
	if i, ok := p.code.inputAt[x]; ok {
		return p.feedAt(i)
	}
	return nil
}

// feedAt returns the buffer of input i, or nil.
func (p *Program) feedAt(i int) *feed {
	if f := p.fixed[i]; f != nil || p.plan == nil {
		return f
	}
	return p.plan.feeds[i]
}
