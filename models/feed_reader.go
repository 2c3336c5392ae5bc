package models

import (
	"cmp"
	"fmt"
	"slices"

	"adjoint/data"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A reader takes what a source says out of a data set.
type reader struct {
	*source
	d  *data.Dataset
	at []int // the positions of the columns; nil for all, in order

	dims []int // of the leaf, if it takes sequences: the length is that of d; the last is the number of rows
}

// reader finds the columns in d. The error wraps data.ErrFeatures or data.ErrLabel.
func (s *source) reader(d *data.Dataset) (reader, error) {
	if s.label {
		if d.Y == nil {
			return reader{}, fmt.Errorf("%w: no targets", data.ErrLabel)
		}
		return reader{source: s, d: d}, nil
	}
	if s.sparse != noSparsePart {
		if s.columns == nil {
			return reader{source: s, d: d}, nil
		}
		return reader{source: s, d: d}, data.CheckFeatures(s.columns, d.Features)
	}
	b := d.Beside[s.from]
	if b == nil && s.all {
		b = d
	}
	switch {
	case b != nil && length(s.leaf) != 0:
		return s.sequences(b)
	case b != nil:
		return reader{source: s, d: b}, data.CheckFeatures(s.columns, b.Features)
	}
	r := reader{source: s, d: d, dims: s.dims(len(s.columns))}
	for _, name := range s.columns {
		i := slices.Index(d.Features, name)
		if i < 0 {
			return r, fmt.Errorf("%w: no column %q, which feeds %s%s", data.ErrFeatures, name, s.leaf.Name(), s.orBeside())
		}
		r.at = append(r.at, i)
	}
	return r, nil
}

// orBeside says what might feed the leaf in the place of columns, if anything might.
func (s *source) orBeside() string {
	if s.from == "" {
		return ""
	}
	return fmt.Sprintf(", and no data set %q beside", s.from)
}

// sequences returns the reader of all of b, in which sequences may have another length than in
// what a model was fitted on, and columns other names.
func (s *source) sequences(b *data.Dataset) (reader, error) {
	if !takes(s.leaf, len(b.Features)) {
		return reader{}, fmt.Errorf("%w: %d columns for %s of shape %v, want a multiple of %d", data.ErrFeatures, len(b.Features), s.leaf.Name(), s.leaf.Shape(), width(s.leaf))
	}
	return reader{source: s, d: b, dims: s.dims(len(b.Features))}, nil
}

// dims returns the extents of the leaf where so many columns feed it; nil if it takes no
// sequences.
func (s *source) dims(columns int) []int {
	if length(s.leaf) == 0 {
		return nil
	}
	dims := s.leaf.Shape().Dims()
	for i, d := range dims {
		if d < 0 {
			dims[i] = columns / width(s.leaf)
		}
	}
	return dims
}

// feed feeds rows to the leaf.
func (r *reader) feed(f feeder, rows []int, write func(v *tensor.Dense) error) error {
	switch {
	case isEntries(r.leaf):
		return f.FeedShape(r.leaf, graph.ShapeOf(entriesRoom(r.d.Entries(rows))), write)
	case r.dims == nil:
		return f.FeedBy(r.leaf, len(rows), write)
	}
	r.dims[len(r.dims)-1] = len(rows)
	return f.FeedShape(r.leaf, graph.ShapeOf(r.dims...), write)
}

// readersOf returns the readers of sources for a data set.
func readersOf(sources []source, d *data.Dataset) ([]reader, error) {
	list := make([]reader, len(sources))
	var err error
	for i := range sources {
		if list[i], err = sources[i].reader(d); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// fill writes rows into v, an example a column.
func (r *reader) fill(v *tensor.Dense, rows []int) error {
	single := v.Dtype() == tensor.Float32
	switch {
	case r.sparse != noSparsePart:
		return r.fillSparse(v, rows)
	case r.label && r.classes > 0 && single:
		return r.d.GatherOneHot32(v.Float32s(), rows)
	case r.label && r.classes > 0:
		return r.d.GatherOneHot(v.Float64s(), rows)
	case r.label && single:
		return r.d.GatherY32(v.Float32s(), rows)
	case r.label:
		return r.d.GatherY(v.Float64s(), rows)
	case r.at != nil && single:
		return r.d.GatherColumns32(v.Float32s(), r.at, rows)
	case r.at != nil:
		return r.d.GatherColumns(v.Float64s(), r.at, rows)
	case single:
		return r.d.Gather32(v.Float32s(), rows)
	}
	return r.d.Gather(v.Float64s(), rows)
}

// row returns the numbers of row i: the label, if it is that, even where fill makes it
// one-hot.
func (r *reader) row(i int) []float64 {
	switch {
	case r.label:
		return r.d.Y[i : i+1]
	case r.at == nil:
		return r.d.Row(i)
	}
	all, row := r.d.Row(i), make([]float64, len(r.at))
	for k, j := range r.at {
		row[k] = all[j]
	}
	return row
}

// rows returns the numbers of all rows, of which it makes no copy if they are all that there is.
func (r *reader) rows() rowsOfNumbers {
	switch {
	case r.label:
		return rowsOfNumbers{r.d.Y, 1}
	case r.at == nil && r.d.Sparse == nil:
		return rowsOfNumbers{r.d.X, len(r.d.Features)}
	}
	list := rowsOfNumbers{width: cmp.Or(len(r.at), len(r.d.Features))}
	list.v = make([]float64, 0, r.d.Rows()*list.width)
	for i := range r.d.Rows() {
		list.v = append(list.v, r.row(i)...)
	}
	return list
}

// A feeder is a graph.Program, an Objective or an Optimizer.
type feeder interface {
	FeedBy(x *graph.Node, n int, write func(v *tensor.Dense) error) error
	FeedShape(x *graph.Node, shape graph.Shape, write func(v *tensor.Dense) error) error
	Lend(x *graph.Node, v *tensor.Dense) error
}

// feed feeds rows to the leaf of each reader.
func feed(f feeder, readers []reader, rows []int) error {
	for i := range readers {
		r := &readers[i]
		if err := r.feed(f, rows, func(v *tensor.Dense) error { return r.fill(v, rows) }); err != nil {
			return err
		}
	}
	return nil
}
