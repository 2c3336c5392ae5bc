package graph

import (
	"fmt"
	"math/bits"

	"adjoint/internal/team"

	"gorgonia.org/tensor"
)

// A plan is a Program at one N: every value has its memory, and every op its
// kernel.
type plan struct {
	code   *code
	n      int
	feeds  map[*Node]*feed // inputs with an extent Batch
	value  []*tensor.Dense // by id of the node
	once   []func() error  // what is done when the plan is made, and no more
	steps  []step
	shared bool       // some step has parts
	gauge  team.Gauge // whether threads pay for them
	ready  bool       // every input that is read has been fed
	ran    bool       // the outputs are those of the last feeds
}

// A feed is the buffer of an input, or what was lent for it.
type feed struct {
	value     *tensor.Dense
	fed, lent bool
}

// A step computes one value, or those of a group.
type step struct {
	work  team.Job
	valid func() error // nil unless the op is a Validator
}

func (s *step) do(t *team.Team) error {
	if s.valid != nil {
		if err := s.valid(); err != nil {
			return err
		}
	}
	t.Do(&s.work)
	return nil
}

func newProgram(c *code) *Program {
	p := &Program{code: c, fixed: map[*Node]*feed{}}
	var inputs denses
	for _, x := range c.leaves {
		if x.kind == Input && !x.shape.HasBatch() {
			p.fixed[x] = &feed{value: inputs.zero(c.g.dtype, x.dims...)}
		}
	}
	return p
}

// plan returns the plan for n examples, with what does not vary computed. fixed
// holds the inputs that are the same for every N, feeds those that have a value for
// this one; the plan adds the others.
func (c *code) plan(fixed, feeds map[*Node]*feed, n int) (*plan, error) {
	c = c.inBlocks(n)
	if err := c.fits(n); err != nil {
		return nil, err
	}
	p := bind(c, n, func(x *Node, made *denses) *tensor.Dense {
		switch {
		case x.kind == Input && fixed[x] != nil:
			return fixed[x].value
		case x.kind == Input:
			if feeds[x] == nil {
				feeds[x] = &feed{value: made.zero(c.g.dtype, x.shape.dimsAt(n, &few{})...)}
			}
			return feeds[x].value
		case x.kind == Examples:
			v := made.zero(c.g.dtype)
			fillOf(float64(n), Shape{}).Forward(v)
			return v
		}
		return x.value
	}).plan
	p.feeds = feeds
	for i := range p.steps {
		p.shared = p.shared || p.steps[i].work.Parts > 1
	}
	return p, p.doOnce()
}

// doOnce computes what does not vary.
func (p *plan) doOnce() error {
	for _, do := range p.once {
		if err := do(); err != nil {
			return err
		}
	}
	p.once = nil
	return nil
}

// fits reports whether the buffers for n examples fit into memory.
func (c *code) fits(n int) error {
	var total uint64
	add := func(v volume) error {
		size := uint64(v.count)
		for range v.power {
			hi, lo := bits.Mul64(size, uint64(n))
			if size = lo; hi != 0 {
				size = maxElements() + 1
				break
			}
		}
		if total += size; size > maxElements() || total > maxElements() {
			return fmt.Errorf("program for %d examples: %w", n, ErrSize)
		}
		return nil
	}
	for _, v := range c.slots {
		if err := add(v); err != nil {
			return err
		}
	}
	for _, x := range c.leaves {
		if err := add(volumeOf(x.shape)); err != nil {
			return err
		}
	}
	return nil
}

// forget marks the inputs with an extent Batch as not fed.
func (p *plan) forget() {
	p.ready, p.ran = false, false
	for _, f := range p.feeds {
		f.fed = false
	}
}
