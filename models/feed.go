package models

import (
	"adjoint/data"
	"adjoint/graph"
	"adjoint/internal/random"

	"gorgonia.org/tensor"
)

// A batch holds the inputs of a network for so many examples, as columns.
type batch struct {
	x, y, weight *tensor.Dense // weight may be nil
	masks        []*tensor.Dense

	inputs []*graph.Node // what they are fed to
	values []*tensor.Dense
}

// feeds keeps the batches of a training, by size: there are two at most, the full
// one and the last.
type feeds map[int]*batch

func (f feeds) of(n int, net *network) *batch {
	if b := f[n]; b != nil {
		return b
	}
	b := new(batch)
	input := func(node *graph.Node) *tensor.Dense {
		v := empty(node, n)
		b.inputs, b.values = append(b.inputs, node), append(b.values, v)
		return v
	}
	b.x, b.y = input(net.X), input(net.Y)
	if net.weight != nil {
		b.weight = input(net.weight)
	}
	for _, m := range net.masks {
		b.masks = append(b.masks, input(m.input))
	}
	f[n] = b
	return b
}

// gatherX writes the features of rows into x, an example a column.
func gatherX(x *tensor.Dense, d *data.Dataset, rows []int) error {
	if x.Dtype() == tensor.Float32 {
		return d.Gather32(x.Float32s(), rows)
	}
	return d.Gather(x.Float64s(), rows)
}

// gatherY writes the targets of rows into y, as t has them.
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

// fillMasks draws 1/(1−rate), or 0 with probability rate, for every entry of the
// masks of a step. They depend on the seed, the step and the mask only.
func (b *batch) fillMasks(masks []mask, seed uint64, step int) {
	for i, m := range masks {
		draws := random.New(seed, random.ForDropout, uint64(step*len(masks)+i))
		set(b.masks[i], func(int) float64 {
			if draws.Uniform() < m.rate {
				return 0
			}
			return 1 / (1 - m.rate)
		})
	}
}

// feed gathers the rows of a batch into the inputs of the network. If there is
// but one batch, and no mask that changes from step to step, once is enough.
func (t *Training) feed(rows []int) error {
	if t.batches.Len() == 1 && len(t.feeds) > 0 && len(t.net.masks) == 0 {
		return nil
	}
	b := t.feeds.of(len(rows), t.net)
	if err := gatherX(b.x, t.train, rows); err != nil {
		return err
	}
	if err := gatherY(b.y, t.train, rows, t.net.target); err != nil {
		return err
	}
	if b.weight != nil {
		set(b.weight, func(i int) float64 { return t.weights[rows[i]] })
	}
	b.fillMasks(t.net.masks, t.seed, t.history.Steps)
	for i, input := range b.inputs {
		if err := t.opt.Feed(input, b.values[i]); err != nil {
			return err
		}
	}
	return nil
}
