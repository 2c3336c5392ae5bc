package graph

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/internal/team"

	"gorgonia.org/tensor"
)

// A binder makes a plan: it gives every value its memory and every op its kernel.
type binder struct {
	code *code
	plan *plan
	home *home
	made denses
	rows arena[*tensor.Dense] // what kernels read
	seen []compute.View       // what the last one reads by strides
	room *tensor.Dense        // what they take to work in, one after the other

	tiler tiler // nil while no group was bound to tiles

	parts []*tensor.Dense // by id: values that lie in others; nil if there are none
}

// A home says where values are that have no slot.
type home struct {
	leaf   func(x *Node, made *denses) *tensor.Dense // of a leaf
	value  func(y *Node, made *denses) *tensor.Dense // of a value that is computed, nil in its slot; nil if all are
	among  []*tensor.Dense                           // what of that lies among more times
	origin int                                       // the time that is its first
}

// bind makes the plan where symbols are these numbers.
func bind(c *code, at sizes, h *home) *binder {
	b := bindOnce(c, at, h)
	b.plan.steps = make([]step, 0, len(c.ends)+1)
	for _, group := range c.groups() {
		if c.inBlock(group) {
			b.blocks()
		} else {
			b.plan.steps = append(b.plan.steps, b.step(group))
		}
	}
	return b
}

// bindOnce makes the plan without its steps: where values are, and what is computed once.
func bindOnce(c *code, at sizes, h *home) *binder {
	p := &plan{code: c, at: at, value: make([]*tensor.Dense, c.top+1)}
	b := &binder{code: c, plan: p, home: h}
	size := 2 + len(c.slots) + len(c.symbols) // tensors, most of them matrices
	b.made.headers, b.made.extents = roomFor[tensor.Dense](size), roomFor[int](4*(size+len(c.leaves)))
	for _, x := range c.leaves {
		p.value[x.id] = h.leaf(x, &b.made)
	}
	b.values()
	for i := range c.once {
		s := b.step(c.once[i : i+1])
		p.once = append(p.once, func() error { return s.do(nil, true) })
	}
	if invariants {
		p.dead = b.deadBuffers()
	}
	return b
}

// blocks appends the steps of what is computed in blocks.
func (b *binder) blocks() {
	of := bindBlocks[float64]
	if b.code.g.dtype == tensor.Float32 {
		of = bindBlocks[float32]
	}
	blocks, add, once := of(b.code.block, b.plan)
	b.plan.once = append(b.plan.once, once)
	b.plan.steps = append(b.plan.steps, blocks, add)
}

// values lays the values that are computed over their slots. Those of one shape in a
// slot are one tensor.
func (b *binder) values() {
	memory, begin := b.memory()
	last := make([]*tensor.Dense, len(begin))
	for _, list := range [][]*Node{b.code.once, b.code.run} {
		for _, y := range list {
			slot, dims := b.code.slotOf.get(y), y.shape.dimsAt(b.plan.at, &few{})
			if v := last[slot]; v == nil || !slices.Equal(v.Shape(), dims) {
				last[slot] = b.made.part(memory, begin[slot], dims...)
			}
			b.plan.value[y.id] = last[slot]
			if len(b.code.loops) > 0 && b.code.byTime(y) {
				b.plan.value[y.id] = b.made.byTime(last[slot])
			}
			if b.home.value != nil {
				if v := b.home.value(y, &b.made); v != nil {
					b.plan.value[y.id] = v
				}
			}
		}
	}
}

// slotLine is a number of entries, of either type, that fills a cache line or two.
const slotLine = 16

// memory returns that of all slots, and at which entry each begins, with a cache line of its own.
// After them is the room.
func (b *binder) memory() (all *tensor.Dense, begin []int) {
	total, at, entry := 0, b.plan.at, b.code.g.dtype.Size()
	begin = make([]int, len(b.code.slots))
	for i, size := range b.code.slotBytes(at) {
		begin[i] = total
		total += int(size) / int(entry)
	}
	room := b.code.roomAt(at)
	all = b.made.zero(b.code.g.dtype, total+room)
	large(all.Raw)
	b.room = b.made.part(all, total, room)
	return all, begin
}

// step binds the kernel of a node, or those of a group, to what they read.
func (b *binder) step(group []*Node) step {
	valid, fixed := b.validOf(group)
	if l := b.code.loopOf.get(group[len(group)-1]); l != nil {
		return step{more: &moreWork{valid: valid, fixed: fixed, loop: l.bind(b, group)}}
	}
	w := b.work(group)
	s := step{work: team.Job{Parts: w.Parts, Do: w.Do}}
	var then []team.Job
	for w.Then != nil {
		w = *w.Then
		then = append(then, team.Job{Parts: w.Parts, Do: w.Do})
	}
	refused := b.refusedOf(group, w.Refused)
	if valid != nil || then != nil || refused != nil {
		s.more = &moreWork{valid: valid, fixed: fixed, then: then, refused: refused}
	}
	return s
}

// refusedOf returns what asks the kernel of a group whether it refused the values, nil for nil.
func (b *binder) refusedOf(group []*Node, ask func() error) func() error {
	if ask == nil {
		return nil
	}
	by := b.code.by(group[0])
	return func() error {
		if err := ask(); err != nil {
			return fmt.Errorf("%s: %w", describe(by.op, by.in), err)
		}
		return nil
	}
}

// work is what the kernels of a group do.
func (b *binder) work(group []*Node) compute.Work {
	n, value := group[0], b.plan.value
	if b.code.entrywise(n) {
		return b.tiles(group)
	}
	k := b.code.kernelOf(group).In(b.room)
	if k.IsStrided() {
		b.seen = b.seen[:0]
		for _, r := range b.code.reads(n) {
			b.seen = append(b.seen, b.view(r))
		}
		for _, also := range group[1:] {
			b.seen = append(b.seen, compute.RowMajor(value[also.id]))
		}
		return k.BindViews(value[n.id], b.seen...)
	}
	arity := b.code.arity(n)
	x := b.rows.take(arity + len(group) - 1)
	for i, r := range b.code.reads(n) {
		x[i] = b.operand(r)
	}
	for i, also := range group[1:] {
		x[arity+i] = value[also.id]
	}
	return k.Bind(value[n.id], x...)
}

// validOf returns what asks the Validators of a group, in order, or nil if there are none,
// and whether they look at nothing but what is fed, and constants.
func (b *binder) validOf(group []*Node) (ask func() error, fixed bool) {
	fixed = true
	if b.code.judgements == nil {
		return nil, fixed
	}
	for _, n := range slices.Backward(group) {
		for _, x := range b.code.judged(n) {
			fixed = fixed && (x.n.isFed() || x.n.kind == Const)
		}
		for _, j := range slices.Backward(b.code.judgements[n]) {
			x, later := b.operandsOf(j), ask
			ask = func() error {
				if err := j.op.Valid(x...); err != nil {
					return fmt.Errorf("%s: %w", describe(j.of.op, j.of.in), err)
				}
				if later == nil {
					return nil
				}
				return later()
			}
		}
	}
	return ask, fixed
}

// operandsOf returns the values of the inputs of an op that judges. Those that it does not
// look at have their shape, and entries that belong to another.
func (b *binder) operandsOf(j judgement) []*tensor.Dense {
	x := b.rows.take(len(j.in))
	for _, i := range j.op.Judges() {
		x[i] = b.operand(j.in[i])
	}
	for i, n := range j.of.in {
		if x[i] == nil {
			dims := n.shape.dimsAt(b.plan.at, &few{})
			shape, still := b.made.extents.take(len(dims)), b.made.extents.take(len(dims))
			copy(shape, dims)
			x[i] = b.made.strided(x[j.op.Judges()[0]], 0, shape, still)
		}
	}
	return x
}
