package graph

import (
	"slices"

	"gorgonia.org/tensor"
)

// tileBytes is how much of each operand a chain of pointwise kernels passes over
// before it goes on: what stays in the nearest cache.
const tileBytes = 8 << 10

// wide is the number of entries, added up over the kernels of a chain, from which
// it pays to share them among threads.
const wide = 1 << 15

// lookBack is how many nodes a pointwise node may be moved forward.
const lookBack = 8

// together returns nodes in the order of run, but for pointwise ones, which come next
// to others of their volume if those were computed just before: so that L(σ(z), y)
// and (σ(z) − y)⊙ζ are one group, although the mean of L is older than the latter.
func (c *code) together(run []*Node) []*Node {
	order := make([]*Node, 0, len(run))
	for _, n := range run {
		at := len(order)
		for i := at - 1; i >= max(0, len(order)-lookBack) && tiles(c.by(n)); i-- {
			if c.tileWith(order[i], n) {
				at = i + 1
				break
			}
			if c.readsFrom(n, order[i]) {
				break
			}
		}
		order = slices.Insert(order, at, n)
	}
	return order
}

// readsFrom reports whether the kernel of n reads the value of m.
func (c *code) readsFrom(n, m *Node) bool {
	return slices.ContainsFunc(c.reads.get(n), func(x operand) bool { return x.n == m })
}

// tile returns nodes that a Run computes, in order, with neighbours that are
// pointwise and of one volume in groups. A group is computed a tile at a time: kernel
// after kernel on the first entries, then on the next. It changes no value, in
// whatever slots they are, since an entry of a value depends on the same entry of
// others.
func (c *code) tile(run []*Node) [][]*Node {
	var groups [][]*Node
	for i, n := range run {
		if i > 0 && c.tileWith(run[i-1], n) {
			last := &groups[len(groups)-1]
			*last = append(*last, n)
		} else {
			groups = append(groups, []*Node{n})
		}
	}
	return groups
}

// tileWith reports whether n and m can be computed a tile at a time, together.
func (c *code) tileWith(n, m *Node) bool {
	return tiles(c.by(n)) && tiles(c.by(m)) && volumeOf(n.shape) == volumeOf(m.shape)
}

// tiles reports whether n can be computed a tile at a time.
func tiles(n *Node) bool {
	_, pointwise := n.op.(Pointwiser)
	_, refuses := n.op.(Validator)
	_, bound := n.op.(Binder)
	return pointwise && !refuses && !bound
}

// pointwise is the work of a group of nodes.
func (c *code) pointwise(p *plan, group []*Node) Work {
	if p.value[group[0].id].Dtype() == tensor.Float32 {
		return bindTiles(c, p, group, func(k Kernel) func([]float32, ...[]float32) { return k.F32 })
	}
	return bindTiles(c, p, group, func(k Kernel) func([]float64, ...[]float64) { return k.F64 })
}

// A tileCall is one kernel on the entries of one tile.
type tileCall[T Float] struct {
	kernel func(y []T, x ...[]T)
	y      []T
	x      [][]T
}

func bindTiles[T Float](c *code, p *plan, group []*Node, kernel func(Kernel) func([]T, ...[]T)) Work {
	first := p.value[group[0].id]
	size, length := len(Data[T](first)), tileBytes/int(first.Dtype().Size())
	var calls []tileCall[T]
	tiles := 0
	for from := 0; from < size; from += length {
		to := min(from+length, size)
		for _, n := range group {
			by := c.by(n)
			call := tileCall[T]{kernel: kernel(by.op.(Pointwiser).Kernel()), y: Data[T](p.value[n.id])[from:to]}
			for _, x := range by.in {
				call.x = append(call.x, Data[T](p.value[x.id])[from:to])
			}
			calls = append(calls, call)
		}
		tiles++
	}
	parts := 1
	if size*len(group) >= wide {
		parts = tiles
	}
	each := len(calls) / parts
	return Work{Parts: parts, Do: func(from, to int) {
		for _, call := range calls[from*each : to*each] {
			call.kernel(call.y, call.x...)
		}
	}}
}
