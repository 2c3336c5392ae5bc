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
func (b *binder) tiles(group []*Node) compute.Work { return b.tiling().bind(b, group) }

// tiling returns the tiler, which is made for the first that asks.
func (b *binder) tiling() tiler {
	switch {
	case b.tiler != nil:
	case b.code.g.dtype == tensor.Float32:
		b.tiler = &tilerOf[float32]{loop: func(e compute.Entries) func([]float32, ...[]float32) { return e.F32 }}
	default:
		b.tiler = &tilerOf[float64]{loop: func(e compute.Entries) func([]float64, ...[]float64) { return e.F64 }}
	}
	return b.tiler
}

// A tiler makes the work of groups, whose calls live as long as each other.
type tiler interface {
	bind(b *binder, group []*Node) compute.Work
}

type tilerOf[T compute.Float] struct {
	loop     func(compute.Entries) func([]T, ...[]T)
	calls    arena[tileCall[T]]
	operands arena[[]T]
	chain    []link[T]                               // of the last group
	reads    func(x operand, entries *[]T, from int) // is told of entries, from one on, that a call reads where they lie; or nil
}

// A tileCall is one kernel on the entries of one tile. Or it reads rows to y, from an entry on.
type tileCall[T compute.Float] struct {
	kernel func(y []T, x ...[]T)
	y      []T
	x      [][]T
	rows   *rows[T]
	from   int
}

// A source is what a kernel of a group reads: the entries of a value, or rows.
type source[T compute.Float] struct {
	entries []T     // of rows, those that are read in a tile
	of      operand // whose these are
	rows    *rowSource[T]
}

// A rowSource is rows that are read.
type rowSource[T compute.Float] struct {
	*rows[T]
	buffer []T // of a part, for rows that do not lie in one piece
}

// A link of a chain is the kernel of a node, with what it computes.
type link[T compute.Float] struct {
	of      *Node
	kernel  func(y []T, x ...[]T)
	y, also []T // also is the value that is computed beside y, nil if there is none
	reads   int
}

// links returns the kernels of a group.
func (t *tilerOf[T]) links(b *binder, group []*Node) []link[T] {
	links := t.chain[:0]
	for i := 0; i < len(group); i++ {
		n := group[i]
		l := link[T]{of: n, y: compute.Data[T](b.plan.value[n.id]), reads: b.code.arity(n)}
		k := b.code.kernel(n)
		if i+1 < len(group) && b.code.beside(n, group[i+1]) {
			i++
			k, l.also = b.code.pairedKernel(n, group[i]), compute.Data[T](b.plan.value[group[i].id])
		}
		entries, _ := k.Entries()
		l.kernel = t.loop(entries)
		links = append(links, l)
	}
	t.chain = links
	return links
}

func (t *tilerOf[T]) bind(b *binder, group []*Node) compute.Work {
	var room [16]source[T]
	sources, views, links := room[:0], 0, t.links(b, group)
	for _, l := range links {
		for _, x := range b.code.reads(l.of) {
			if !x.byRows() {
				sources = append(sources, source[T]{entries: compute.Data[T](b.operand(x)), of: x})
				continue
			}
			views++
			sources = append(sources, source[T]{of: x, rows: &rowSource[T]{rows: rowsOf(b, sources, x)}})
		}
	}
	cuts := newCuts(len(compute.Data[T](b.plan.value[group[0].id])), tileBytes/int(b.code.g.dtype.Size()), sources)
	tiles, parts := cuts.tiles(), 1
	if cuts.size*len(group) >= wide {
		parts = tiles
	}
	if views > 0 {
		parts = min(parts, maxTileParts)
	}
	beside := len(group) - len(links)
	calls, operands := t.calls.take(tiles * (len(links) + views))[:0], t.operands.take(tiles * (len(sources) + beside))[:0]
	var ends []int // of all parts but the last, among calls
	for part := range parts {
		for _, s := range sources {
			if s.rows != nil {
				s.rows.buffer = nil
			}
		}
		for tile := part * tiles / parts; tile < (part+1)*tiles/parts; tile++ {
			from, to := cuts.begin(tile), cuts.begin(tile+1)
			calls = readTile(calls, sources, from, to)
			rest := sources
			for _, l := range links {
				first := len(operands)
				for _, s := range rest[:l.reads] {
					if s.rows == nil {
						s.entries = s.entries[from:to]
					}
					operands = append(operands, s.entries)
					if s.rows == nil && t.reads != nil {
						t.reads(s.of, &operands[len(operands)-1], from)
					}
				}
				rest = rest[l.reads:]
				if l.also != nil {
					operands = append(operands, l.also[from:to])
				}
				calls = append(calls, tileCall[T]{kernel: l.kernel, y: l.y[from:to], x: operands[first:len(operands):len(operands)]})
			}
		}
		if part < parts-1 {
			ends = append(ends, len(calls))
		}
	}
	return compute.Work{Parts: parts, Do: func(from, to int) {
		first, last := 0, len(calls)
		if from > 0 {
			first = ends[from-1]
		}
		if to < parts {
			last = ends[to-1]
		}
		for i := first; i < last; i++ {
			if c := &calls[i]; c.rows != nil {
				c.rows.read(c.y, c.from)
			} else {
				c.kernel(c.y, c.x...)
			}
		}
	}}
}

// rowsOf returns the rows of an operand: those that another source has, if one reads the same.
func rowsOf[T compute.Float](b *binder, sources []source[T], x operand) *rows[T] {
	for _, s := range sources {
		if s.rows != nil && s.of == x {
			return s.rows.rows
		}
	}
	within := b.operand(x.within())
	dims := x.input.shape.dimsAt(b.plan.at, &few{})
	from, strides := x.input.op.Kernel().Rows(dims, within.Shape())
	return newRows(compute.Data[T](within), from, dims, strides)
}

// readTile finds the entries from ≤ i < to of what is read by rows. What does not lie in one
// piece is read first, once for all that read it.
func readTile[T compute.Float](calls []tileCall[T], sources []source[T], from, to int) []tileCall[T] {
	for i := range sources {
		s := &sources[i]
		if s.rows == nil {
			continue
		}
		if k := slices.IndexFunc(sources[:i], func(o source[T]) bool { return o.rows != nil && o.rows.rows == s.rows.rows }); k >= 0 {
			s.entries = sources[k].entries
			continue
		}
		if s.entries = s.rows.piece(from, to); s.entries != nil {
			continue
		}
		if len(s.rows.buffer) < to-from {
			s.rows.buffer = make([]T, to-from)
		}
		s.entries = s.rows.buffer[:to-from]
		calls = append(calls, tileCall[T]{rows: s.rows.rows, y: s.entries, from: from})
	}
	return calls
}

// cuts are where entries are cut into tiles of some length at most: where rows end, if these
// are long, so that each tile has one piece of a row.
type cuts struct{ size, row, length int }

func newCuts[T compute.Float](size, length int, sources []source[T]) cuts {
	c := cuts{size, size, length}
	for _, s := range sources {
		if s.rows != nil && s.rows.run >= length/4 {
			c.row = min(c.row, s.rows.run)
		}
	}
	return c
}

// pieces returns how many tiles a row has.
func (c cuts) pieces() int { return (c.row + c.length - 1) / c.length }

// tiles returns how many tiles there are.
func (c cuts) tiles() int { return c.size / c.row * c.pieces() }

// begin returns where a tile begins, or the one before it ends.
func (c cuts) begin(tile int) int {
	return tile/c.pieces()*c.row + tile%c.pieces()*c.length
}
