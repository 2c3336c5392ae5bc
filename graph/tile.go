package graph

import (
	"slices"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// tileBytes is how much of each operand a chain of pointwise kernels passes over
// before it goes on: what stays in the nearest cache.
const tileBytes = 8 << 10

// wide is the number of entries, added up over the kernels of a chain, from which
// it pays to share them among threads.
const wide = 1 << 15

// maxTileParts is the number of parts if each has memory of its own, for rows.
const maxTileParts = 16

// tiles is the work of a group of nodes with entrywise kernels.
func (b *binder) tiles(group []*Node) compute.Work {
	if b.code.g.dtype == tensor.Float32 {
		return bindTiles(b, group, func(e compute.Entries) func([]float32, ...[]float32) { return e.F32 })
	}
	return bindTiles(b, group, func(e compute.Entries) func([]float64, ...[]float64) { return e.F64 })
}

// A tileCall is one kernel on the entries of one tile. Or it reads rows to y, from an entry on.
type tileCall[T compute.Float] struct {
	kernel func(y []T, x ...[]T)
	y      []T
	x      [][]T
	rows   *rows[T]
	from   int
}

// A tiled is a group of nodes while it is bound.
type tiled[T compute.Float] struct {
	size    int
	nodes   []tileNode[T]
	views   []*rows[T] // that some of the nodes read
	inputs  []operand  // each is a view of this
	cuts    []int      // where tiles begin, and the end
	buffers [][]T      // of a part, for views
}

// A tileNode is a node of the group. What it reads is data, or a view if that is nil.
type tileNode[T compute.Float] struct {
	kernel func(y []T, x ...[]T)
	y      []T
	data   [][]T
	views  []int
}

func bindTiles[T compute.Float](b *binder, group []*Node, loop func(compute.Entries) func([]T, ...[]T)) compute.Work {
	t := &tiled[T]{size: len(compute.Data[T](b.plan.value[group[0].id]))}
	for _, n := range group {
		entries, _ := b.code.kernel(n).Entries()
		node := tileNode[T]{kernel: loop(entries), y: compute.Data[T](b.plan.value[n.id])}
		for _, x := range b.code.reads.get(n) {
			if x.byRows() {
				node.data, node.views = append(node.data, nil), append(node.views, t.view(b, x))
			} else {
				node.data, node.views = append(node.data, compute.Data[T](b.operand(x))), append(node.views, 0)
			}
		}
		t.nodes = append(t.nodes, node)
	}
	t.cut(tileBytes / int(b.code.g.dtype.Size()))
	parts, tiles := 1, len(t.cuts)-1
	if t.size*len(group) >= wide {
		parts = tiles
	}
	if len(t.views) > 0 {
		parts = min(parts, maxTileParts)
	}
	calls, begins := make([]tileCall[T], 0, tiles*(len(group)+len(t.views))), make([]int, parts+1)
	for part := range parts {
		t.buffers = make([][]T, len(t.views))
		for tile := part * tiles / parts; tile < (part+1)*tiles/parts; tile++ {
			calls = t.tile(calls, t.cuts[tile], t.cuts[tile+1])
		}
		begins[part+1] = len(calls)
	}
	return compute.Work{Parts: parts, Do: func(from, to int) {
		for i := range calls[begins[from]:begins[to]] {
			if c := &calls[begins[from]+i]; c.rows != nil {
				c.rows.read(c.y, c.from)
			} else {
				c.kernel(c.y, c.x...)
			}
		}
	}}
}

// view returns the number of a view of an operand.
func (t *tiled[T]) view(b *binder, x operand) int {
	if i := slices.Index(t.inputs, x); i >= 0 {
		return i
	}
	within := b.operand(x.within())
	dims := x.input.shape.dimsAt(b.plan.at, &few{})
	from, strides := x.input.op.Kernel().Rows(dims, within.Shape())
	t.inputs, t.views = append(t.inputs, x), append(t.views, newRows(compute.Data[T](within), from, dims, strides))
	return len(t.views) - 1
}

// cut cuts the entries into tiles of some length at most: where rows end, if they are long, so
// that each tile has one piece of a row.
func (t *tiled[T]) cut(length int) {
	row := t.size
	for _, v := range t.views {
		if v.run >= length/4 {
			row = min(row, v.run)
		}
	}
	pieces := (row + length - 1) / length
	for from := 0; from < t.size; from += row {
		for i := range pieces {
			t.cuts = append(t.cuts, from+min(i*length, row))
		}
	}
	t.cuts = append(t.cuts, t.size)
}

// tile appends the calls for the entries from ≤ i < to. A view of which they are no piece is
// read first.
func (t *tiled[T]) tile(calls []tileCall[T], from, to int) []tileCall[T] {
	pieces := make([][]T, len(t.views))
	for i, v := range t.views {
		if pieces[i] = v.piece(from, to); pieces[i] != nil {
			continue
		}
		if len(t.buffers[i]) < to-from {
			t.buffers[i] = make([]T, tileBytes/4)
		}
		pieces[i] = t.buffers[i][:to-from]
		calls = append(calls, tileCall[T]{rows: v, y: pieces[i], from: from})
	}
	for i := range t.nodes {
		n := &t.nodes[i]
		x := make([][]T, len(n.data))
		for k, data := range n.data {
			if data != nil {
				x[k] = data[from:to]
			} else {
				x[k] = pieces[n.views[k]]
			}
		}
		calls = append(calls, tileCall[T]{kernel: n.kernel, y: n.y[from:to], x: x})
	}
	return calls
}
