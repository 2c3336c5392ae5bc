package graph

import "gorgonia.org/tensor"

// tileBytes is how much of each operand a chain of pointwise kernels passes over
// before it goes on: what stays in the nearest cache.
const tileBytes = 8 << 10

// wide is the number of entries, added up over the kernels of a chain, from which
// it pays to share them among threads.
const wide = 1 << 15

// tile returns the nodes that a Run computes, in order, with neighbours that are
// pointwise and of one volume in groups. A group is computed a tile at a time: kernel
// after kernel on the first entries, then on the next. It changes no value, in
// whatever slots they are, since an entry of a value depends on the same entry of
// others.
func (c *code) tile() [][]*Node {
	var groups [][]*Node
	for i, n := range c.run {
		if i > 0 && tiles(c.by(c.run[i-1])) && tiles(c.by(n)) && volumeOf(c.run[i-1].shape) == volumeOf(n.shape) {
			last := &groups[len(groups)-1]
			*last = append(*last, n)
		} else {
			groups = append(groups, []*Node{n})
		}
	}
	return groups
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
