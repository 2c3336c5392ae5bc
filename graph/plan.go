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

// A feed is the buffer of an input.
type feed struct {
	value *tensor.Dense
	fed   bool
}

// A step computes one value, or those of a group of pointwise ops.
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
	c = c.inBlocks(n)
	if err := c.fits(n); err != nil {
		return nil, err
	}
	feeds := map[*Node]*feed{}
	p := c.bind(n, func(x *Node) *tensor.Dense {
		switch {
		case x.kind == Input && fixed[x] != nil:
			return fixed[x].value
		case x.kind == Input:
			feeds[x] = &feed{value: newDense(c.g.dtype, x.shape.At(n))}
			return feeds[x].value
		case x.kind == Examples:
			v := newDense(c.g.dtype, x.shape)
			fill{c: float64(n)}.Forward(v)
			return v
		}
		return x.value
	})
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

// bind allocates the slots for n examples and binds the kernels to them. leaf returns
// the value of a leaf.
func (c *code) bind(n int, leaf func(x *Node) *tensor.Dense) *plan {
	p := &plan{code: c, n: n, value: make([]*tensor.Dense, c.top+1)}
	for _, x := range c.leaves {
		p.value[x.id] = leaf(x)
	}
	slots := make([]any, len(c.slots))
	for i, v := range c.slots {
		slots[i] = makeSlot(c.g.dtype, v, n)
	}
	place := func(group ...*Node) {
		for _, y := range group {
			p.value[y.id] = denseOver(y.shape.At(n), slots[c.slotOf.get(y)])
		}
	}
	for _, y := range c.once {
		place(y)
		s := p.step(c, []*Node{y})
		p.once = append(p.once, func() error { return s.do(nil) })
	}
	p.steps = make([]step, 0, len(c.groups)+1)
	for _, group := range c.groups {
		place(group...)
		if c.inBlock(group) {
			p.bindBlocks()
		} else {
			p.steps = append(p.steps, p.step(c, group))
		}
	}
	return p
}

// bindBlocks appends the steps of what is computed in blocks.
func (p *plan) bindBlocks() {
	bind := bindBlocks[float64]
	if p.code.g.dtype == tensor.Float32 {
		bind = bindBlocks[float32]
	}
	blocks, add, once := bind(p.code.block, p)
	p.once = append(p.once, once)
	p.steps = append(p.steps, step{work: team.Job(blocks)}, step{work: team.Job(add)})
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

// step binds the kernel of a node, or those of a group, to what they read.
func (p *plan) step(c *code, group []*Node) step {
	n, by := group[0], c.by(group[0])
	if tiles(by) {
		return step{work: team.Job(c.pointwise(p, group))}
	}
	reads := c.reads.get(n)
	y, x := p.value[n.id], make([]*tensor.Dense, len(reads))
	for i := range reads {
		x[i] = p.value[reads[i].n.id]
	}
	s := step{work: team.Job(whole(by.op, y, x, reads))}
	if op, ok := by.op.(Validator); ok {
		s.valid = func() error {
			if err := op.Valid(x...); err != nil {
				return fmt.Errorf("%s: %w", describe(by.op, by.in), err)
			}
			return nil
		}
	}
	return s
}

// whole is the work of one op that is not computed in tiles.
func whole(op Op, y *tensor.Dense, x []*tensor.Dense, reads []operand) Work {
	run := func() { op.Forward(y, x...) }
	switch op := op.(type) {
	case Strider:
		views := make([]Strided, len(reads))
		for i, r := range reads {
			views[i] = r.strided(x[i])
		}
		return op.BindStrided(y, views...)
	case Binder:
		run = op.Bind(y, x...)
	case Pointwiser:
		run = bindPointwise(op.Kernel(), y, x...)
	}
	return Work{1, func(int, int) { run() }}
}

// forget marks the inputs with an extent Batch as not fed.
func (p *plan) forget() {
	p.ready, p.ran = false, false
	for _, f := range p.feeds {
		f.fed = false
	}
}
