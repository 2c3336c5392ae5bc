package models

import (
	"context"

	"adjoint/graph"
	"adjoint/internal/mem"
	"adjoint/optim"
)

// A sharing says how rows are shared out that are evaluated: in so many parts, of which each
// process of a group takes as many as the others do. As the parts do not depend on the
// processes, what is computed has the same bits on any number of them.
type sharing struct {
	parts int
	group optim.Group // nil for this process alone
}

// compute evaluates all rows of e.
func (s sharing) compute(ctx context.Context, e *evaluation) error {
	rank, size, rows := 0, 1, e.d.Rows()
	if s.group != nil && e.width() > 0 {
		rank, size = s.group.Rank(), s.group.Size()
	}
	first, last := cut(s.parts, rank, size)
	err := e.use(func(p *graph.Program) error {
		for part := first; part < last; part++ {
			from, to := cut(rows, part, s.parts)
			if err := forEachChunk(ctx, from, to, func(rows []int) error { return e.scoreRows(p, rows) }); err != nil {
				return err
			}
		}
		return nil
	})
	if err := together(s.group, err); err != nil || size == 1 {
		return err
	}
	all, err := s.collect(e, rows)
	if err == nil {
		e.unpack(all, rows)
	}
	return err
}

// collect returns what all processes have computed, as pack has it. Each meets each other
// process once.
func (s sharing) collect(e *evaluation, rows int) ([]float64, error) {
	width, rank, size := e.width(), s.group.Rank(), s.group.Size()
	all := make([]float64, rows*width)
	of := func(rank int) []float64 {
		first, last := cut(s.parts, rank, size)
		from, _ := cut(rows, first, s.parts)
		to, _ := cut(rows, last, s.parts)
		return all[from*width : to*width]
	}
	e.pack(of(rank))
	for round := range size {
		other := (round - rank + size) % size
		if other == rank {
			continue
		}
		if err := s.group.Exchange(other, mem.Bytes(of(rank)), mem.Bytes(of(other))); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// width returns how many numbers there are for a row: the predictions of each output, the own
// losses of those that have one, and the loss. It is 0 if that is not known before.
func (e *evaluation) width() int {
	n := 1
	for i, o := range e.outputs {
		k := width(e.predictionNodes[i])
		if k == 0 {
			return 0
		}
		n += k
		if o.Loss != nil {
			n++
		}
	}
	return n
}

// pack writes the numbers of each row that was evaluated, one row after the other.
func (e *evaluation) pack(to []float64) {
	for j, l := range e.losses {
		to[0] = l
		to = to[1:]
		for i, o := range e.outputs {
			to = to[copy(to, e.values[i].row(j)):]
			if o.Loss != nil {
				to[0] = e.own[i][j]
				to = to[1:]
			}
		}
	}
}

// unpack makes so many rows those that were evaluated.
func (e *evaluation) unpack(from []float64, rows int) {
	e.losses = make([]float64, rows)
	for i, o := range e.outputs {
		k := width(e.predictionNodes[i])
		e.values[i] = rowsOfNumbers{make([]float64, rows*k), k}
		if o.Loss != nil {
			e.own[i] = make([]float64, rows)
		}
	}
	for j := range rows {
		e.losses[j] = from[0]
		from = from[1:]
		for i, o := range e.outputs {
			from = from[copy(e.values[i].row(j), from):]
			if o.Loss != nil {
				e.own[i][j] = from[0]
				from = from[1:]
			}
		}
	}
}
