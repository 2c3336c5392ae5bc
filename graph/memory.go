package graph

import (
	"fmt"
	"iter"
	"runtime/debug"
	"slices"
)

// memoryLimit returns how many bytes the tensors of a graph or a Program may have. More
// is refused, because Go cannot recover from asking for memory that is not there.
var memoryLimit = processLimit

// maxElements is the number of float64 above which a tensor is refused.
func maxElements() uint64 { return memoryLimit() / 8 }

// bytes returns the size of what a plan for these numbers allocates: what tensors are in, and what
// kernels take to work in, if they say so. Lent inputs count too: they are somebody's memory.
func (c *code) bytes(at sizes) uint64 {
	total := c.computedBytes(at)
	for _, x := range c.inputs {
		if x.shape.Symbolic() {
			total = sum(total, c.volumeBytes(x, at))
		}
	}
	return total
}

// volumeBytes returns the size of a value.
func (c *code) volumeBytes(x *Node, at sizes) uint64 {
	return volumeOf(x.shape).bytes(at, c.g.dtype.Size())
}

// computedBytes returns the size of what is computed, and of what that takes.
func (c *code) computedBytes(at sizes) uint64 {
	total := uint64(0)
	for _, size := range c.slotBytes(at) {
		total = sum(total, size)
	}
	for _, y := range c.loopsBound() {
		total = sum(total, c.loopOf.get(y).bytesAt(at))
	}
	if c.block != nil {
		total = sum(total, c.block.bytes(at))
	}
	if total > memoryLimit() {
		return total // extents are too large to reckon with, perhaps
	}
	return sum(total, uint64(c.roomAt(at))*uint64(c.g.dtype.Size()))
}

// slotBytes returns the size of each slot, of whole cache lines.
func (c *code) slotBytes(at sizes) []uint64 {
	line := slotLine * uint64(c.g.dtype.Size())
	volumes, slots := make([]uint64, len(c.volumes)), make([]uint64, len(c.slots))
	for i, v := range c.volumes {
		volumes[i] = sum(v.bytes(at, c.g.dtype.Size()), line-1) / line * line
	}
	for i, v := range c.slots {
		slots[i] = volumes[v]
	}
	return slots
}

// roomAt returns how many entries the kernels of a plan take to work in: as many as one of them does,
// since they run one after the other.
func (c *code) roomAt(at sizes) (entries int) {
	for group := range c.bound() {
		if !c.howOf(group[0]).takes {
			continue
		}
		extents := func(x *Node) []int { return x.shape.dimsAt(at, &few{}) }
		var x [][]int
		for _, o := range c.reads(group[0]) {
			x = append(x, extents(o.input))
		}
		for _, also := range group[1:] {
			x = append(x, extents(also))
		}
		entries = max(entries, c.kernelOf(group).Room(extents(group[0]), x...))
	}
	return entries
}

// bound returns the groups whose kernels are bound to the values of a plan.
func (c *code) bound() iter.Seq[[]*Node] {
	return func(yield func([]*Node) bool) {
		for i := range c.once {
			if !yield(c.once[i : i+1]) {
				return
			}
		}
		for _, group := range c.groups() {
			if !c.inBlock(group) && !yield(group) {
				return
			}
		}
	}
}

// loopsBound returns a value of each loop that a plan has, which may compute others beside it.
func (c *code) loopsBound() (loops []*Node) {
	if len(c.loops) == 0 {
		return nil
	}
	for group := range c.bound() {
		if last := group[len(group)-1]; c.loopOf.get(last) != nil {
			loops = append(loops, last)
		}
	}
	return loops
}

// bytes returns the size of the memory of all parts. Only the last may have a smaller block. An input that
// somebody lent by columns is read where it lies, and counts all the same.
func (b *blocked) bytes(at sizes) uint64 {
	size, each := b.size(at), uint64(0)
	for _, y := range b.sums {
		each = sum(each, b.inner.volumeBytes(y, at))
	}
	total := product(sum(each, b.blockBytes(at, size)), uint64(b.parts(at)))
	if rest := at.of(b.symbol) % size; rest > 0 {
		total = sum(total, b.blockBytes(at, rest))
	}
	return total
}

// blockBytes returns the size of a block of so many examples, with the copies of what it reads.
func (b *blocked) blockBytes(at sizes, width int) uint64 {
	at = at.with(b.symbol, width)
	total := b.inner.computedBytes(at)
	for _, x := range b.inner.leaves {
		if x.shape.Holds(b.symbol) && (b.inner.inOrder(x) || !b.inPlace) {
			total = sum(total, b.inner.volumeBytes(x, at))
		}
	}
	return total
}

// fixedBytes returns the size of what is there whatever symbols are: parameters, constants and
// inputs without a symbol.
func (c *code) fixedBytes() uint64 {
	total := uint64(0)
	for _, x := range c.leaves {
		if x.value != nil {
			total = sum(total, uint64(len(x.value.Raw)))
		} else if !x.shape.Symbolic() {
			total = sum(total, volumeOf(x.shape).bytes(nil, c.g.dtype.Size()))
		}
	}
	return total
}

// makeRoom sees to it that a plan that takes so many bytes fits into memory beside the
// plans that are kept. Those that were used least recently go first. If it does not fit
// even alone, none goes.
func (p *Program) makeRoom(at sizes, bytes uint64) error {
	limit, need := memoryLimit(), sum(p.code.fixedBytes(), bytes)
	if need > limit {
		program, cure := "program", ""
		switch n := at.of(Batch); {
		case len(at) == 1 && n > 0:
			program, cure = fmt.Sprintf("program for %d examples", n), "; feed fewer at a time"
		case len(at) > 0:
			program = fmt.Sprintf("program where %v", at)
		}
		return fmt.Errorf("%s takes %s, and this process may have %s%s: %w", program, inUnits(need), inUnits(limit), cure, ErrSize)
	}
	for len(p.plans) > 0 && sum(need, p.kept()) > limit {
		p.evict(len(p.plans) - 1)
	}
	if sum(need, sum(p.kept(), p.evicted)) > limit {
		debug.FreeOSMemory() // it would be asked for before the next collection
		p.evicted = 0
	}
	return nil
}

// kept returns the size of all plans.
func (p *Program) kept() uint64 {
	total := uint64(0)
	for _, q := range p.plans {
		total = sum(total, q.bytes)
	}
	return total
}

// evict forgets plan i, and the buffers of inputs that no other plan has.
func (p *Program) evict(i int) {
	gone := p.plans[i]
	p.evicted = sum(p.evicted, gone.bytes)
	if gone == p.plan {
		p.plan = nil
	}
	p.plans = slices.Delete(p.plans, i, i+1)
	for k, b := range gone.inputs {
		if !slices.ContainsFunc(p.plans, func(q *plan) bool { return q.inputs[k].value == b.value }) {
			p.in[k].drop(b.value)
		}
	}
}

// inUnits prints a size in megabytes or gigabytes.
func inUnits(bytes uint64) string {
	if bytes < 1e9 {
		return fmt.Sprintf("%.3g MB", float64(bytes)/1e6)
	}
	return fmt.Sprintf("%.3g GB", float64(bytes)/1e9)
}
