package graph

import (
	"fmt"
	"math/bits"

	"gorgonia.org/tensor"
)

// A plan is a Program at one N: every value has its memory, and every op its
// kernel.
type plan struct {
	n     int
	feeds map[*Node]*feed // inputs with an extent Batch
	value []*tensor.Dense // by id of the node
	steps []step
	ready bool // every input that is read has been fed
	ran   bool // the outputs are those of the last feeds
}

// A feed is the buffer of an input.
type feed struct {
	value *tensor.Dense
	fed   bool
}

// A step computes one value.
type step struct {
	run   func()
	valid func() error // nil unless the op is a Validator
}

func (s *step) do() error {
	if s.valid != nil {
		if err := s.valid(); err != nil {
			return err
		}
	}
	s.run()
	return nil
}

func newProgram(c *code) *Program {
	p := &Program{code: c, fixed: map[*Node]*feed{}}
	for _, x := range c.leaves {
		if x.kind == Input && !x.shape.HasBatch() {
			p.fixed[x] = &feed{value: newDense(c.g.dtype, x.shape)}
		}
	}
	return p
}

// plan returns the plan for n examples, with what does not vary computed. fixed
// holds the inputs that are the same for every N.
func (c *code) plan(fixed map[*Node]*feed, n int) (*plan, error) {
	if err := c.fits(n); err != nil {
		return nil, err
	}
	p := c.bind(fixed, n)
	for i := range c.once {
		if err := p.steps[i].do(); err != nil {
			return nil, err
		}
	}
	p.steps = p.steps[len(c.once):]
	return p, nil
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

// bind allocates the slots for n examples and binds the kernels to them, those
// of once first.
func (c *code) bind(fixed map[*Node]*feed, n int) *plan {
	p := &plan{n: n, feeds: map[*Node]*feed{}, value: make([]*tensor.Dense, c.top+1)}
	for _, x := range c.leaves {
		switch {
		case x.kind == Input && fixed[x] != nil:
			p.value[x.id] = fixed[x].value
		case x.kind == Input:
			p.feeds[x] = &feed{value: newDense(c.g.dtype, x.shape.At(n))}
			p.value[x.id] = p.feeds[x].value
		case x.kind == Examples:
			p.value[x.id] = newDense(c.g.dtype, x.shape)
			fill{c: float64(n)}.Forward(p.value[x.id])
		default:
			p.value[x.id] = x.value
		}
	}
	slots := make([]any, len(c.slots))
	for i, v := range c.slots {
		slots[i] = makeSlot(c.g.dtype, v, n)
	}
	p.steps = make([]step, 0, len(c.once)+len(c.run))
	for _, nodes := range [][]*Node{c.once, c.run} {
		for _, y := range nodes {
			p.value[y.id] = denseOver(y.shape.At(n), slots[c.slotOf.byID[y.id]])
			p.steps = append(p.steps, p.step(y, c.reads.byID[y.id]))
		}
	}
	return p
}

func makeSlot(dtype tensor.Dtype, v volume, n int) any {
	size := v.count
	for range v.power {
		size *= n
	}
	if dtype == tensor.Float32 {
		return make([]float32, size)
	}
	return make([]float64, size)
}

// step binds the kernel of one node to what it reads.
func (p *plan) step(n *Node, reads []operand) step {
	y, x := p.value[n.id], make([]*tensor.Dense, len(reads))
	for i := range reads {
		x[i] = p.value[reads[i].n.id]
	}
	var s step
	switch op := n.op.(type) {
	case Strider:
		views := make([]Strided, len(reads))
		for i, r := range reads {
			views[i] = r.strided(x[i])
		}
		s.run = op.BindStrided(y, views...)
	case Binder:
		s.run = op.Bind(y, x...)
	case Pointwiser:
		s.run = bindPointwise(op.Kernel(), y, x...)
	default:
		s.run = func() { op.Forward(y, x...) }
	}
	if op, ok := n.op.(Validator); ok {
		s.valid = func() error {
			if err := op.Valid(x...); err != nil {
				return fmt.Errorf("%s: %w", describe(n.op, n.in), err)
			}
			return nil
		}
	}
	return s
}

// forget marks the inputs with an extent Batch as not fed.
func (p *plan) forget() {
	p.ready, p.ran = false, false
	for _, f := range p.feeds {
		f.fed = false
	}
}
