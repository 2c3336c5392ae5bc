package graph

import (
	"slices"

	"gorgonia.org/tensor"
)

// A value of all times (…, T, N) that only loops read and compute, a time after the other, lies time by time
// in memory: then what a step has of it is in one piece.

// byTime reports whether n lies time by time.
func (c *code) byTime(n *Node) bool {
	if c.block != nil || n.shape.Rank() < 3 || slices.Contains(c.roots, n) || !c.writesByTime(n) {
		return false
	}
	read := false
	for _, list := range [][]*Node{c.once, c.run} {
		for _, y := range list {
			for i, x := range c.reads(y) {
				if x.n != n {
					continue
				}
				if l := c.loopOf.get(y); l == nil || x.input != n || !l.readsByTime(i) {
					return false
				}
				read = true
			}
		}
	}
	return read
}

// writesByTime reports whether n is computed a time after the other, and nowhere else.
func (c *code) writesByTime(n *Node) bool {
	l := c.loopOf.get(n)
	switch {
	case l == nil || l.Value == 0: // the state after the last step has no times
		return false
	case l.Times == 0:
		return true
	}
	root := l.root(l.Value) // of which other values are copies
	others := slices.ContainsFunc(l.values, func(v int) bool { return v != l.Value && l.root(v) == root })
	return !others && l.inPlace(root)
}

// readsByTime reports whether input i of the loop is read a time after the other.
func (l *loopCode) readsByTime(i int) bool {
	for k, x := range l.Body.in {
		if l.place(k) != i || !l.timed(k) || k == 1 && l.Ahead {
			continue
		}
		if l.Times == 0 {
			return true
		}
		at, ok := l.inputAt[x]
		return ok && l.inPlace(l.inputs[at])
	}
	return false
}

// byTime returns a tensor over the memory of a row-major one (…, T, N), that lies time by time.
func (m *denses) byTime(v *tensor.Dense) *tensor.Dense {
	shape, strides := m.extents.take(v.Dims()), m.extents.take(v.Dims())
	copy(shape, v.Shape())
	last := len(shape) - 1
	strides[last] = 1
	stride := shape[last]
	for i := last - 2; i >= 0; i-- {
		strides[i] = stride
		stride *= shape[i]
	}
	strides[last-1] = stride
	return m.strided(v, 0, shape, strides)
}
