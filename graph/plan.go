package graph

import (
	"slices"

	"adjoint/internal/team"

	"gorgonia.org/tensor"
)

// A plan is a Program where its symbols are certain numbers and its leaves are certain
// tensors: every value has its memory, and every op its kernel.
type plan struct {
	code   *code
	at     sizes           // of the code's symbols
	bytes  uint64          // of its buffers
	inputs []binding       // by input
	value  []*tensor.Dense // by id of the node
	output []*tensor.Dense // by output
	once   []func() error  // what is done when the plan is made or, of a loop, when that begins
	steps  []step
	dead   [][]any // by step: buffers that nobody reads after it, if they are poisoned

	matrices []location // those tensors that others may change, and
	others   []binding  // those of them that are no matrices

	shared bool       // some step has parts
	gauge  team.Gauge // whether threads pay for them
	ready  uint64     // the version of Inputs for which it is the plan, and which has all that is read
	ran    uint64     // the version of Inputs that the outputs are of
}

// A step computes one value, or those of a group.
type step struct {
	work team.Job
	more *moreWork // nil for most
}

// moreWork is what a step does besides its work.
type moreWork struct {
	valid func() error // before; nil unless the op is a Validator
	fixed bool         // valid looks at nothing but what is fed, and constants
	loop  loopRunner   // in place of work, if it is a loop
	then  []team.Job   // one after the other

	refused func() error // after; nil unless the kernel may refuse values
}

// shared reports whether threads may share it.
func (s *step) shared() bool {
	several := func(j team.Job) bool { return j.Parts > 1 }
	m := s.more
	return several(s.work) || m != nil && (slices.ContainsFunc(m.then, several) || m.loop != nil && m.loop.shared())
}

// do computes a step. fed says that something was fed since it was computed last.
func (s *step) do(t *team.Team, fed bool) error {
	m := s.more
	if m == nil && t == nil {
		s.work.Do(0, s.work.Parts)
		return nil
	}
	if m == nil {
		t.Do(&s.work)
		return nil
	}
	if m.valid != nil && (fed || !m.fixed) {
		if err := m.valid(); err != nil {
			return err
		}
	}
	if m.loop != nil {
		return m.loop.run(t)
	}
	t.Do(&s.work)
	for i := range m.then {
		t.Do(&m.then[i])
	}
	if m.refused != nil {
		return m.refused()
	}
	return nil
}

// until returns the number of steps that come before a value and compute it, 0 if none does.
func (p *plan) until(y *Node) int {
	n := 0
	for _, group := range p.code.groups() {
		if n++; p.code.inBlock(group) {
			n++ // the blocks, and adding them up
		}
		if slices.Contains(group, y) {
			return n
		}
	}
	return 0
}

// newPlan returns the plan where symbols are these numbers and inputs are bound so, with what
// does not vary computed.
func (c *code) newPlan(at sizes, inputs []binding) (*plan, error) {
	rest := inputs
	b := bind(c, at, &home{leaf: func(x *Node, made *denses) *tensor.Dense {
		switch x.kind {
		case Input, Random:
			v := rest[0].value
			rest = rest[1:]
			return v
		case Examples:
			return x.size(at, made)
		}
		return x.value
	}})
	p := b.plan
	p.inputs = inputs
	p.output = make([]*tensor.Dense, 0, len(c.roots))
	for _, y := range c.roots {
		p.output = append(p.output, p.value[y.id])
	}
	for i := range p.steps {
		p.shared = p.shared || p.steps[i].shared()
	}
	p.matrices = make([]location, 0, len(c.leaves))
	for _, b := range inputs {
		p.watch(b)
	}
	for _, x := range c.leaves {
		if v := x.value; v != nil {
			p.watch(binding{v, v.Shape(), v.Strides(), v.Raw, x})
		}
	}
	err := p.doOnce()
	p.once = nil
	return p, err
}

// size returns the value of a leaf of the kind Examples.
func (n *Node) size(at sizes, made *denses) *tensor.Dense {
	v := made.zero(n.g.Dtype())
	fillOf(float64(at.number(n.extent)), Shape{}).Kernel().Run(v)
	return v
}

// doOnce computes what does not vary.
func (p *plan) doOnce() error {
	for _, do := range p.once {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}
