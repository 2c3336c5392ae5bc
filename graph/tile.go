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

// closeUp returns nodes in the order of run, but for pointwise ones, which come next
// to others of their volume if those were computed just before: so that L(σ(z), y)
// and (σ(z) − y)⊙ζ are one group, although the mean of L is older than the latter.
func (c *code) closeUp(run []*Node) []*Node {
	order := make([]*Node, 0, len(run))
	for _, n := range run {
		at := len(order)
		for i := at - 1; i >= max(0, len(order)-lookBack) && tiles(c.by(n)); i-- {
			if c.together(order[i], n) {
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

// tile returns nodes that a Run computes, in order, with neighbours in groups that one
// kernel computes, or that are pointwise and of one volume. The latter are computed a
// tile at a time: kernel after kernel on the first entries, then on the next. It changes
// no value, in whatever slots they are, since an entry of a value depends on the same
// entry of others.
func (c *code) tile(run []*Node) [][]*Node {
	groups := make([][]*Node, 0, len(run))
	for from, to := 0, 1; from < len(run); from, to = to, to+1 {
		for to < len(run) && c.together(run[to-1], run[to]) {
			to++
		}
		groups = append(groups, run[from:to])
	}
	return groups
}

// together reports whether neighbours can be in one group.
func (c *code) together(a, b *Node) bool {
	if tiles(c.by(a)) {
		return tiles(c.by(b)) && volumeOf(a.shape) == volumeOf(b.shape)
	}
	return c.beside(a, b) != nil
}

// tiles reports whether n can be computed a tile at a time.
func tiles(n *Node) bool {
	_, pointwise := n.op.(Pointwiser)
	_, refuses := n.op.(Validator)
	_, bound := n.op.(Binder)
	return pointwise && !refuses && !bound
}

// pointwise is the work of a group of nodes.
func (b *binder) pointwise(group []*Node) Work {
	if b.code.g.dtype == tensor.Float32 {
		return bindTiles(b, group, func(k Kernel) func([]float32, ...[]float32) { return k.F32 })
	}
	return bindTiles(b, group, func(k Kernel) func([]float64, ...[]float64) { return k.F64 })
}

// A tileCall is one kernel on the entries of one tile.
type tileCall[T Float] struct {
	kernel func(y []T, x ...[]T)
	y      []T
	x      [][]T
}

func bindTiles[T Float](b *binder, group []*Node, kernel func(Kernel) func([]T, ...[]T)) Work {
	first := b.plan.value[group[0].id]
	size, length := len(Data[T](first)), tileBytes/int(first.Dtype().Size())
	tiles, arity := (size+length-1)/length, 0
	for _, n := range group {
		arity += len(b.code.by(n).in)
	}
	calls, operands := make([]tileCall[T], tiles*len(group)), make([][]T, 0, tiles*arity)
	for k, n := range group {
		by := b.code.by(n)
		run, y := kernel(by.op.(Pointwiser).Kernel()), Data[T](b.plan.value[n.id])
		for tile := range tiles {
			from, to := tile*length, min((tile+1)*length, size)
			first := len(operands)
			for _, x := range by.in {
				operands = append(operands, Data[T](b.plan.value[x.id])[from:to])
			}
			calls[tile*len(group)+k] = tileCall[T]{run, y[from:to], operands[first:len(operands):len(operands)]}
		}
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
