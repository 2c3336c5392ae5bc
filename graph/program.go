package graph

import (
	"fmt"
	"slices"

	"adjoint/internal/team"

	"gorgonia.org/tensor"
)

// A Program is a formula made ready to run: a straight line of kernels over
// fixed buffers. Run allocates nothing. A Program serves one goroutine; a Clone
// is cheap and serves another.
//
// If an extent of the formula is Batch, the Program learns N from what is fed.
// It keeps the buffers of the last few N, so that a smaller last batch costs
// nothing after its first time.
type Program struct {
	code  *code
	fixed map[*Node]*feed // inputs without Batch, whatever N is
	plans []*plan         // most recently used first
	plan  *plan           // of the current N; nil until it is known
}

// maxPlans is the number of different N whose buffers a Program keeps.
const maxPlans = 4

// Clone returns a Program for the same outputs that shares the parameters and
// nothing else. Its inputs are not fed. No Clone may run while somebody changes
// a parameter.
func (p *Program) Clone() *Program {
	q := newProgram(p.code)
	if !p.code.usesBatch {
		_ = q.use(0) // as it did for p, when p was compiled
	}
	return q
}

// Feed copies v into the input x and settles N, if x has an extent Batch. v is a
// plain row-major tensor of the graph's float type and of x's shape. The error
// names both shapes and wraps ErrShape, ErrType, ErrLayout, ErrEmpty, ErrSize,
// ErrNotInput or ErrGraph. An input that the outputs do not read may be fed too.
func (p *Program) Feed(x *Node, v *tensor.Dense) error {
	if err := p.checkFeed(x, v, p.code.g.accepts); err != nil {
		return err
	}
	f, err := p.feedFor(x, batchOf(x.dims, v.Shape()))
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
	if err := fill(f.value); err != nil {
		f.fed = false
		for _, q := range p.plans {
			q.ready = false
		}
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
	case x.g != p.code.g:
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
	if !fits(x.dims, v.Shape()) {
		return fmt.Errorf("feed %s: tensor of shape %v, want %v: %w", x.label(), shapeOf(v), x.shape, ErrShape)
	}
	return nil
}

// fits reports whether a tensor of these extents is a value of an input, whose
// own may be Batch: then they are one number.
func fits(want, got []int) bool {
	if len(want) != len(got) {
		return false
	}
	n := batchOf(want, got)
	for i, d := range want {
		if d == Batch {
			d = n
		}
		if got[i] != d {
			return false
		}
	}
	return true
}

// batchOf returns the number that stands where want has Batch, or 0.
func batchOf(want, got []int) int {
	if i := slices.Index(want, Batch); i >= 0 && i < len(got) {
		return got[i]
	}
	return 0
}

// use makes n the current N. Inputs with an extent Batch that were fed for
// another N have to be fed again.
func (p *Program) use(n int) error {
	if p.plan != nil && p.plan.n == n {
		return nil
	}
	i := slices.IndexFunc(p.plans, func(q *plan) bool { return q.n == n })
	if i >= 0 {
		p.put(p.plans[i])
		p.plan.forget()
		return nil
	}
	q, err := p.code.plan(p.fixed, map[*Node]*feed{}, n)
	if err != nil {
		return err
	}
	p.put(q)
	return nil
}

// put makes q the current plan, and the only one for its N.
func (p *Program) put(q *plan) {
	p.plans = slices.DeleteFunc(p.plans, func(o *plan) bool { return o.n == q.n })
	p.plans = slices.Insert(p.plans, 0, q)
	if len(p.plans) > maxPlans {
		p.plans = slices.Delete(p.plans, maxPlans, len(p.plans))
	}
	p.plan = q
}

// Run computes the outputs. The error wraps ErrUnfed if an input that they need
// has not been fed, or not for this N; and ErrValue if an op refuses a value.
func (p *Program) Run() error {
	if p.plan == nil {
		return p.unfed()
	}
	if !p.plan.ready {
		if err := p.unfed(); err != nil {
			return err
		}
		p.plan.ready = true
	}
	p.plan.ran = false
	var t *team.Team
	if p.plan.shared {
		t = p.plan.gauge.Begin()
		defer p.plan.gauge.End()
	}
	for i := range p.plan.steps {
		if err := p.plan.steps[i].do(t); err != nil {
			return err
		}
	}
	p.plan.ran = true
	return nil
}

// unfed names the first input that has not been fed.
func (p *Program) unfed() error {
	for _, x := range p.code.leaves {
		f := p.feedOf(x)
		if x.kind == Input && (f == nil || !f.fed) {
			return fmt.Errorf("run: %s of shape %v: %w", x.label(), x.shape, ErrUnfed)
		}
	}
	if p.plan == nil {
		return fmt.Errorf("run: nothing was fed that says what N is: %w", ErrUnfed)
	}
	return nil
}

// feedOf returns the buffer of an input, or nil.
func (p *Program) feedOf(x *Node) *feed {
	if f := p.fixed[x]; f != nil || p.plan == nil {
		return f
	}
	return p.plan.feeds[x]
}

// Value returns the value of an output after Run, or that of a leaf. The tensor
// is the Program's own: it is overwritten by the next Run or Feed and must not be
// changed, except for a parameter, which may be. That of an input that was lent is
// the one that was lent. The error wraps ErrNotOutput or ErrNotRun.
func (p *Program) Value(n *Node) (*tensor.Dense, error) {
	if err := n.Err(); err != nil {
		return nil, err
	}
	switch {
	case n.g != p.code.g:
		return nil, fmt.Errorf("value of %s: %w", n.label(), ErrGraph)
	case n.value != nil:
		return n.value, nil
	}
	root, isOutput := p.code.computes[n]
	f := p.feedOf(n)
	switch {
	case f != nil && f.fed:
		return f.value, nil
	case f == nil && !isOutput:
		return nil, fmt.Errorf("value of %s: %w", n.label(), ErrNotOutput)
	case p.plan == nil || !p.plan.ran:
		return nil, fmt.Errorf("value of %s: %w", n.label(), ErrNotRun)
	}
	return p.plan.value[root.id], nil
}
