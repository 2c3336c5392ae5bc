package graph

import (
	"fmt"
	"math"
	"slices"
)

// What the passes promise. With the build tag invariants, Compile checks it after every
// pass, and so does a plan that is cut into blocks.

// verify checks what is known so far.
func (c *code) verify() error {
	if c.live != nil {
		if err := c.verifyShapes(); err != nil {
			return err
		}
	}
	if c.run == nil {
		return nil
	}
	if err := c.verifyOrder(); err != nil {
		return err
	}
	if c.slots == nil {
		return nil
	}
	if err := c.verifySlots(); err != nil {
		return err
	}
	if c.block != nil {
		return c.block.inner.verify()
	}
	return nil
}

// verifyShapes checks that the shape of every value follows from what its kernel reads,
// and that a fusion has the shape of the node that it computes.
func (l *lowered) verifyShapes() error {
	for _, n := range l.live {
		by := l.by(n)
		if n.op == nil {
			continue
		}
		shapes := make([]Shape, len(by.in))
		for i, x := range by.in {
			shapes[i] = x.shape
		}
		if shape, err := by.op.Shape(shapes...); err != nil || shape != n.shape {
			return fmt.Errorf("%s by %v has shape %v, should have %v (%v)", n.Label(), by.op, n.shape, shape, err)
		}
	}
	return nil
}

// verifyOrder checks that every value comes after what it is computed from, and that the
// groups are what each Run computes, in order.
func (s *scheduled) verifyOrder() error {
	var there perNode[bool]
	for _, n := range s.leaves {
		*there.at(n) = true
	}
	for _, list := range [][]*Node{s.once, s.run} {
		for _, n := range list {
			for _, x := range s.reads(n) {
				if !there.get(x.n) {
					return fmt.Errorf("%s comes before %s, which it reads", n.Label(), x.n.Label())
				}
			}
			*there.at(n) = true
		}
	}
	for _, n := range s.roots {
		if !there.get(n) {
			return fmt.Errorf("output %s is not computed", n.Label())
		}
	}
	if ends := append([]int32{0}, s.ends...); s.ends != nil && (!slices.IsSorted(ends) || int(ends[len(s.ends)]) != len(s.run)) {
		return fmt.Errorf("groups are not what is run")
	}
	return nil
}

// verifySlots checks that a value is in its slot when it is read, that it has the size
// of that, that only a pointwise op overwrites what it reads, and that outputs are there
// in the end.
func (p *placed) verifySlots() error {
	owner := make([]*Node, len(p.slots))
	holds := func(n *Node) bool { return slices.Contains(p.leaves, n) || owner[p.slotOf.get(n)] == n }
	for _, list := range [][]*Node{p.once, p.run} {
		for _, n := range list {
			slot := p.slotOf.get(n)
			inPlace := p.entrywise(n)
			for _, x := range p.reads(n) {
				switch {
				case !holds(x.n):
					return fmt.Errorf("%s reads %s, whose slot %d has been used again", n.Label(), x.n.Label(), p.slotOf.get(x.n))
				case !inPlace && owner[slot] == x.n:
					return fmt.Errorf("%s overwrites %s, which it reads", n.Label(), x.n.Label())
				}
			}
			if v, of := volumeOf(n.shape), p.volumes[p.slots[slot]]; v.symbols != of.symbols || v.count > of.count {
				return fmt.Errorf("%s of shape %v is in slot %d, which is smaller", n.Label(), n.shape, slot)
			}
			owner[slot] = n
		}
	}
	for _, n := range p.roots {
		if !holds(n) {
			return fmt.Errorf("the slot of output %s has been used again", n.Label())
		}
	}
	return nil
}

// deadBuffers returns, for each step, the memory of values that nobody reads after it, and the room. There
// is a step more than groups: the blocks are two, and a step of a loop ends with its copies.
func (b *binder) deadBuffers() [][]any {
	last, dead, step := map[*Node]int{}, make([][]any, len(b.code.ends)+1), -1
	for i, group := range b.code.groups() {
		for _, n := range group {
			last[n] = i
			for _, x := range b.code.reads(n) {
				last[x.n] = i
			}
		}
	}
	for _, n := range slices.Concat(b.code.roots, b.code.once, b.code.leaves) {
		delete(last, n)
	}
	owner := map[int32]*Node{}
	for i, group := range b.code.groups() {
		if step++; b.code.inBlock(group) {
			step++ // the blocks, and adding them up
		}
		for _, n := range group {
			owner[b.code.slotOf.get(n)] = n
		}
		for slot, n := range owner {
			if until, dies := last[n]; dies && until <= i {
				dead[step] = append(dead[step], b.plan.value[n.id].Data())
				delete(owner, slot)
			}
		}
	}
	if b.room.Shape()[0] > 0 {
		for i := range dead {
			dead[i] = append(dead[i], b.room.Data())
		}
	}
	return dead
}

// poison overwrites the buffers that nobody reads after step i.
func (p *plan) poison(i int) {
	for _, buffer := range p.dead[i] {
		switch buffer := buffer.(type) {
		case []float32:
			for k := range buffer {
				buffer[k] = float32(math.NaN())
			}
		case []float64:
			for k := range buffer {
				buffer[k] = math.NaN()
			}
		}
	}
}
