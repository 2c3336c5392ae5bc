package graph

import (
	"fmt"

	"adjoint/internal/team"

	"gorgonia.org/tensor"
)

// A binder makes a plan: it gives every value its memory and every op its kernel.
type binder struct {
	code *code
	plan *plan
	made denses
	rows room[*tensor.Dense] // what kernels read
	seen room[Strided]       // what they read by strides
}

// bind makes the plan for n examples, with the steps of once first. fixed holds
// the inputs that are the same for every N.
func bind(c *code, fixed map[*Node]*feed, n int) *plan {
	p := &plan{n: n, feeds: map[*Node]*feed{}, value: make([]*tensor.Dense, c.top+1)}
	b := &binder{code: c, plan: p}
	b.leaves(fixed)
	b.values()
	p.steps = make([]step, 0, len(c.once)+len(c.groups))
	for i := range c.once {
		p.steps = append(p.steps, b.step(c.once[i:i+1]))
	}
	for _, group := range c.groups {
		p.steps = append(p.steps, b.step(group))
	}
	return p
}

func (b *binder) leaves(fixed map[*Node]*feed) {
	p, dtype := b.plan, b.code.g.dtype
	for _, x := range b.code.leaves {
		switch {
		case x.kind == Input && fixed[x] != nil:
			p.value[x.id] = fixed[x].value
		case x.kind == Input:
			p.feeds[x] = &feed{value: b.made.zero(dtype, x.shape.dimsAt(p.n, &few{})...)}
			p.value[x.id] = p.feeds[x].value
		case x.kind == Examples:
			p.value[x.id] = b.made.zero(dtype)
			fill{c: float64(p.n)}.Forward(p.value[x.id])
		default:
			p.value[x.id] = x.value
		}
	}
}

// values lays the values that are computed over their slots.
func (b *binder) values() {
	memory := memoryOf[float64]
	if b.code.g.dtype == tensor.Float32 {
		memory = memoryOf[float32]
	}
	slots := memory(b.code.slots, b.plan.n)
	for _, list := range [][]*Node{b.code.once, b.code.run} {
		for _, y := range list {
			b.plan.value[y.id] = b.made.over(slots[b.code.slotOf.get(y)], y.shape.dimsAt(b.plan.n, &few{})...)
		}
	}
}

// memoryOf returns the memory of slots for n examples: pieces of one array, each
// of which begins with a cache line of its own.
func memoryOf[T Float](slots []volume, n int) []any {
	const line = 16 // entries, of either type
	total := 0
	for _, v := range slots {
		total += v.at(n) + line
	}
	array, pieces := make([]T, total), make([]any, len(slots))
	for i, v := range slots {
		size := v.at(n)
		pieces[i] = array[:size:size]
		array = array[(size+line-1)/line*line:]
	}
	return pieces
}

// step binds the kernel of a node, or those of a group, to what they read.
func (b *binder) step(group []*Node) step {
	n, by := group[0], b.code.by(group[0])
	if tiles(by) {
		return step{work: team.Job(b.pointwise(group))}
	}
	reads := b.code.reads.get(n)
	y, x := b.plan.value[n.id], b.rows.take(len(reads))
	for i, r := range reads {
		x[i] = b.plan.value[r.n.id]
	}
	s := step{work: team.Job(b.whole(by.op, y, x, reads))}
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
func (b *binder) whole(op Op, y *tensor.Dense, x []*tensor.Dense, reads []operand) Work {
	switch op := op.(type) {
	case Strider:
		views := b.seen.take(len(reads))
		for i, r := range reads {
			views[i] = r.strided(x[i], &b.made.extents)
		}
		return op.BindStrided(y, views...)
	case Binder:
		return inOnePart(op.Bind(y, x...))
	case Pointwiser:
		return inOnePart(bindPointwise(op.Kernel(), y, x...))
	}
	return inOnePart(func() { op.Forward(y, x...) })
}

func inOnePart(run func()) Work { return Work{1, func(int, int) { run() }} }
