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
// It keeps the buffers of the last few N, as far as memory allows, so that a smaller
// last batch costs nothing after its first time.
type Program struct {
	code    *code
	fixed   []*feed // by input: those without Batch, whatever N is
	plans   []*plan // most recently used first
	plan    *plan   // of the current N; nil until it is known
	evicted uint64  // bytes of plans that have gone since memory was last freed
}

// maxPlans is the number of different N whose buffers a Program keeps.
const maxPlans = 4

func newProgram(c *code) *Program {
	p := &Program{code: c, fixed: make([]*feed, len(c.inputs))}
	var made denses
	for i, x := range c.inputs {
		if !x.shape.HasBatch() {
			p.fixed[i] = &feed{value: made.zero(c.g.dtype, x.shape.dims(&few{})...)}
		}
	}
	return p
}

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

// use makes n the current N. Inputs with an extent Batch that were fed for
// another N have to be fed again.
func (p *Program) use(n int) error {
	if p.plan != nil && p.plan.n == n {
		return nil
	}
	if i := slices.IndexFunc(p.plans, func(q *plan) bool { return q.n == n }); i >= 0 {
		p.put(p.plans[i])
		p.plan.forget()
		return nil
	}
	return p.makePlan(n, make([]*feed, len(p.code.inputs)))
}

// makePlan makes a plan for n examples with these feeds, and puts it in place of what there
// was for n.
func (p *Program) makePlan(n int, feeds []*feed) error {
	c := p.code.inBlocks(n)
	if err := p.makeRoom(n, c.bytes(n)); err != nil {
		return err
	}
	q, err := c.newPlan(p.fixed, feeds, n)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(p.plans, func(o *plan) bool { return o.n == n }); i >= 0 {
		p.evict(i)
	}
	p.put(q)
	return nil
}

// put makes q the current plan.
func (p *Program) put(q *plan) {
	p.plans = slices.DeleteFunc(p.plans, func(o *plan) bool { return o == q })
	p.plans = slices.Insert(p.plans, 0, q)
	if len(p.plans) > maxPlans {
		p.evict(maxPlans)
	}
	p.plan = q
}

// Run computes the outputs. The error wraps ErrUnfed if an input that they need
// has not been fed, or not for this N; ErrValue if an op refuses a value; and ErrShape,
// ErrType or ErrLayout if the tensor of a parameter or of an input was reshaped, turned
// or given other memory.
func (p *Program) Run() error {
	q := p.plan
	if q == nil || !q.ready {
		if err := p.unfed(); err != nil {
			return err
		}
		q.ready = true
	}
	q.ran = false
	for i := range q.leaves {
		if !q.leaves[i].same() {
			return q.leaves[i].changed()
		}
	}
	var t *team.Team
	if q.shared {
		t = q.gauge.Begin()
		defer q.gauge.End()
	}
	for i := range q.steps {
		if err := q.steps[i].do(t); err != nil {
			return err
		}
		if invariants {
			q.poison(i)
		}
	}
	q.ran = true
	return nil
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
	case n.g != p.code.from():
		return nil, fmt.Errorf("value of %s: %w", n.label(), ErrGraph)
	case n.value != nil:
		return n.value, nil
	}
	ran := p.plan != nil && p.plan.ran
	root, isOutput := p.code.computes[n]
	if isOutput && ran {
		return p.plan.value[root.id], nil
	}
	switch f := p.feedOf(n); {
	case f != nil && f.fed:
		return f.value, nil
	case f == nil && !isOutput:
		return nil, fmt.Errorf("value of %s: %w", n.label(), ErrNotOutput)
	}
	return nil, fmt.Errorf("value of %s: %w", n.label(), ErrNotRun)
}
