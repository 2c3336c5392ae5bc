package graph

import (
	"adjoint/compute"
	"adjoint/internal/kernel"
)

// rows are a view by rows, each of which lies in one piece, or repeats one entry.
type rows[T compute.Float] struct {
	in      []T
	run     int // entries of a row
	repeats bool
	outer   []rowAxis // what the rows are counted by, the last one first
}

// A rowAxis has an extent in the view, and a stride in what it is a view of.
type rowAxis struct{ extent, stride int }

// newRows returns the view of extents dims by strides, from an entry on, with rows as long as
// they can be.
func newRows[T compute.Float](in []T, from int, dims, strides []int) *rows[T] {
	r, unit := &rows[T]{in: in[from:], run: 1}, -1
	for i := len(dims) - 1; i >= 0; i-- {
		d, s := dims[i], strides[i]
		last := len(r.outer) - 1
		switch {
		case d == 1:
		case last < 0 && (unit < 0 && s <= 1 || unit >= 0 && s == unit*r.run):
			unit = min(s, 1)
			r.run, r.repeats = r.run*d, unit == 0
		case last >= 0 && s == r.outer[last].extent*r.outer[last].stride:
			r.outer[last].extent *= d
		default:
			unit = max(unit, 0)
			r.outer = append(r.outer, rowAxis{d, s})
		}
	}
	return r
}

// begins returns where a row begins.
func (r *rows[T]) begins(row int) int {
	at := 0
	for _, a := range r.outer {
		at += row % a.extent * a.stride
		row /= a.extent
	}
	return at
}

// piece returns the entries from ≤ i < to where they lie, or nil if they do not in one piece.
func (r *rows[T]) piece(from, to int) []T {
	row := from / r.run
	if r.repeats || (to-1)/r.run != row {
		return nil
	}
	at := r.begins(row) + from%r.run
	return r.in[at : at+to-from]
}

// read copies the entries from an index on, as many as out has.
func (r *rows[T]) read(out []T, from int) {
	row, skip := from/r.run, from%r.run
	for len(out) > 0 {
		n, at := min(r.run-skip, len(out)), r.begins(row)
		if r.repeats {
			kernel.Fill(out[:n], r.in[at])
		} else {
			copy(out[:n], r.in[at+skip:])
		}
		out, row, skip = out[n:], row+1, 0
	}
}
