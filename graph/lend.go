package graph

import (
	"fmt"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// Lend makes v the value of the input x, as Feed does, but without a copy: Run reads v
// itself, which must not change until x is fed or lent again. It is for much data that
// stay, since kernels are bound to v here. v may be the lazy transpose of a matrix, as
// gorgonia's T makes it, so that examples may lie in rows; products then add in
// another order. What cannot be read where it lies is copied: a transpose that an op
// other than a product reads, and an input without an extent Batch. The errors are
// those of Feed.
func (p *Program) Lend(x *Node, v *tensor.Dense) error {
	if err := p.checkFeed(x, v, p.code.from().acceptsLent); err != nil {
		return err
	}
	n := batchOf(x.shape, v.Shape())
	if i, read := p.code.inputAt[x]; n > 0 && read && (rowMajor(v) || !p.code.inOrder.get(p.code.inputs[i])) {
		return p.rebind(x, n, &feed{value: v, fed: true, lent: true})
	}
	return p.FeedBy(x, n, func(own *tensor.Dense) error {
		if rowMajor(v) {
			copyTo(own, v)
		} else {
			compute.Loop(copyColumns[float32], copyColumns[float64]).Run(own, v)
		}
		return nil
	})
}

// rebind makes the plan for n examples anew, with f as the feed of x, or with a buffer
// of its own if f is nil. Other inputs that are fed for n stay so.
func (p *Program) rebind(x *Node, n int, f *feed) error {
	feeds := make([]*feed, len(p.code.inputs))
	if p.plan != nil && p.plan.n == n {
		copy(feeds, p.plan.feeds)
	}
	feeds[p.code.inputAt[x]] = f
	if err := p.makePlan(n, feeds); err != nil {
		return fmt.Errorf("feed %s: %w", x.label(), err)
	}
	return nil
}
