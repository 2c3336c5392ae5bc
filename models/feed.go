package models

import (
	"adjoint/data"
	"adjoint/graph"
	"adjoint/internal/random"

	"gorgonia.org/tensor"
)

// A batchInput is an input of the network, with the function that writes the rows of a
// batch into it, as columns.
type batchInput struct {
	input *graph.Node
	write func(v *tensor.Dense) error
}

// batchInputs returns the inputs of the training's network. They write t.rows.
func (t *Training) batchInputs() []batchInput {
	all := []batchInput{
		{t.net.X, func(x *tensor.Dense) error { return gatherX(x, t.train, t.rows) }},
		{t.net.Y, func(y *tensor.Dense) error { return gatherY(y, t.train, t.rows, t.net.target) }},
	}
	if t.net.weight != nil {
		all = append(all, batchInput{t.net.weight, func(v *tensor.Dense) error {
			set(v, func(i int) float64 { return t.weights[t.rows[i]] })
			return nil
		}})
	}
	for i, m := range t.net.masks {
		all = append(all, batchInput{m.input, func(v *tensor.Dense) error {
			m.draw(v, random.New(t.seed, random.ForDropout, uint64(t.history.Steps*len(t.net.masks)+i)))
			return nil
		}})
	}
	return all
}

// A feeder is a graph.Program, an Objective or an Optimizer.
type feeder interface {
	FeedBy(x *graph.Node, n int, write func(v *tensor.Dense) error) error
	Lend(x *graph.Node, v *tensor.Dense) error
}

// feed gathers the rows of a batch into the inputs of the network. If there is only
// one batch, and no dropout mask changes from step to step, once is enough.
func (t *Training) feed(rows []int) error {
	if t.batches.Len() == 1 && t.rows != nil && len(t.net.masks) == 0 {
		return nil
	}
	t.rows = rows
	return t.feedTo(t.opt)
}

// feedTo feeds the rows that were fed last to a program of the same graph.
func (t *Training) feedTo(f feeder) error {
	for _, in := range t.inputs {
		var err error
		if in.input == t.net.X && t.inPlace != nil {
			err = f.Lend(in.input, t.inPlace)
		} else {
			err = f.FeedBy(in.input, len(t.rows), in.write)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lendFrom is the number of features, over all rows, from which a search reads rows in
// place. To turn so many into columns takes longer than columns save.
const lendFrom = 1 << 18

// feedAll feeds all rows. It lends their features if they are many.
func (t *Training) feedAll() error {
	t.rows = make([]int, t.train.Rows())
	for i := range t.rows {
		t.rows[i] = i
	}
	if x := t.train.X; len(x) >= lendFrom && t.net.g.Dtype() == tensor.Float64 {
		t.inPlace = tensor.New(tensor.WithShape(t.train.Rows(), len(t.train.Features)), tensor.WithBacking(x))
		if err := t.inPlace.T(); err != nil {
			return err
		}
	}
	return t.feedTo(t.opt)
}

// gatherX writes the features of rows into x, an example a column.
func gatherX(x *tensor.Dense, d *data.Dataset, rows []int) error {
	if x.Dtype() == tensor.Float32 {
		return d.Gather32(x.Float32s(), rows)
	}
	return d.Gather(x.Float64s(), rows)
}

// gatherY writes the targets of rows into y: one-hot, or a row of numbers, by t.
func gatherY(y *tensor.Dense, d *data.Dataset, rows []int, t target) error {
	single := y.Dtype() == tensor.Float32
	switch {
	case t == perClass && single:
		return d.GatherOneHot32(y.Float32s(), rows)
	case t == perClass:
		return d.GatherOneHot(y.Float64s(), rows)
	case single:
		return d.GatherY32(y.Float32s(), rows)
	}
	return d.GatherY(y.Float64s(), rows)
}

// draw sets every entry to 0 with probability rate, and else to 1/(1−rate).
func (m mask) draw(v *tensor.Dense, draws *random.Stream) {
	set(v, func(int) float64 {
		if draws.Uniform() < m.rate {
			return 0
		}
		return 1 / (1 - m.rate)
	})
}
