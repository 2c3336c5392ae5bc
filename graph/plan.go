package graph

import (
	"adjoint/internal/team"

	"gorgonia.org/tensor"
)

// A plan is a Program at one N: every value has its memory, and every op its
// kernel.
type plan struct {
	code   *code
	n      int
	bytes  uint64          // of its buffers
	feeds  []*feed         // by input: those with an extent Batch
	value  []*tensor.Dense // by id of the node
	once   []func() error  // what is done when the plan is made, and no more
	steps  []step
	leaves []binding  // the tensors that others may have changed
	dead   [][]any    // by step: buffers that nobody reads after it, if they are poisoned
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

// newPlan returns the plan for n examples, with what does not vary computed. fixed
// holds the inputs that are the same for every N, feeds those that have a value for
// this one; the plan adds the others.
func (c *code) newPlan(fixed, feeds []*feed, n int) (*plan, error) {
	input := 0
	p := bind(c, n, func(x *Node, made *denses) *tensor.Dense {
		switch x.kind {
		case Input:
			f := fixed[input]
			if f == nil && feeds[input] == nil {
				feeds[input] = &feed{value: made.zero(c.g.dtype, x.shape.dimsAt(n, &few{})...)}
			}
			if f == nil {
				f = feeds[input]
			}
			input++
			return f.value
		case Examples:
			v := made.zero(c.g.dtype)
			fillOf(float64(n), Shape{}).Kernel().Run(v)
			return v
		}
		return x.value
	}).plan
	p.feeds, p.bytes = feeds, c.bytes(n)
	for i := range p.steps {
		p.shared = p.shared || p.steps[i].work.Parts > 1
	}
	for _, x := range c.leaves {
		if x.kind != Examples {
			p.leaves = append(p.leaves, bindingOf(x, p.value[x.id]))
		}
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

// forget marks the inputs with an extent Batch as not fed.
func (p *plan) forget() {
	p.ready, p.ran = false, false
	for _, f := range p.feeds {
		if f != nil {
			f.fed = false
		}
	}
}
