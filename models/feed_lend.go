package models

import (
	"slices"
	"sync"

	"gorgonia.org/tensor"
)

// lendFrom is the number of features, over all rows, from which a search reads rows in
// place. To turn so many into columns takes longer than columns save.
const lendFrom = 1 << 18

// columnsTaken is memory for the columns of all rows, which is most of what a small search takes.
var columnsTaken = sync.Pool{New: func() any { return new([]float64) }}

// feedAll feeds all rows once. In float64 it lends what one input takes of them all, which may lie in the memory of
// columns until the training has ended, and labels that are fed as they are.
func (t *Training) feedAll() (err error) {
	f := &t.feeding
	leaves := f.leaves()
	if t.scorer.dtype() == tensor.Float64 {
		f.columns = columnsTaken.Get().(*[]float64)
		for i := range f.readers {
			if leaves[i].lent, err = f.readers[i].lent(f.columns); err != nil {
				return err
			}
		}
	}
	if f.rows == nil && slices.ContainsFunc(leaves, func(l fedLeaf) bool { return l.lent == nil }) {
		f.rows = t.all()
	}
	return f.to(t.opt)
}

// end gives the memory of columns back, which nothing reads any more.
func (f *feeding) end() {
	if f.columns != nil {
		columnsTaken.Put(f.columns)
		f.columns = nil
	}
}

// lent returns the value of the leaf for all rows, to be lent: rows as they are if they are many, else their columns, in
// this memory. It is nil for a leaf that is fed otherwise.
func (r *reader) lent(columns *[]float64) (v *tensor.Dense, err error) {
	n, rows := len(r.d.Features), r.d.Rows()
	switch {
	case r.label && r.classes == 0:
		return tensor.New(tensor.WithShape(1, rows), tensor.WithBacking(r.d.Y)), nil
	case r.label || !r.all || r.d.Sparse != nil || r.dims != nil:
		return nil, nil
	case len(r.d.X) >= lendFrom:
		v = tensor.New(tensor.WithShape(rows, n), tensor.WithBacking(r.d.X))
		return v, v.T()
	}
	*columns = slices.Grow((*columns)[:0], n*rows)[:n*rows]
	return tensor.New(tensor.WithShape(n, rows), tensor.WithBacking(*columns)), r.d.Gather(*columns, nil)
}

// all returns the numbers of the training rows.
func (t *Training) all() []int {
	rows := make([]int, t.train.Rows())
	for i := range rows {
		rows[i] = i
	}
	return rows
}
