package models

import (
	"adjoint/data"
	"adjoint/graph"
	"adjoint/internal/random"

	"gorgonia.org/tensor"
)

// A batch holds the inputs of a network for so many examples, as columns.
type batch struct {
	x, y, weight *tensor.Dense
	masks        []*tensor.Dense
}

// feeds keeps the batches of a training, by size: there are two at most, the full
// one and the last.
type feeds map[int]*batch

func (f feeds) of(n int, net *network) *batch {
	b := f[n]
	if b == nil {
		b = &batch{x: empty(net.X, n), y: empty(net.Y, n)}
		if net.weight != nil {
			b.weight = empty(net.weight, n)
		}
		for _, m := range net.masks {
			b.masks = append(b.masks, empty(m.input, n))
		}
		f[n] = b
	}
	return b
}

// empty returns a tensor of the shape of an input for n examples.
func empty(input *graph.Node, n int) *tensor.Dense {
	return tensor.New(tensor.WithShape(input.Shape().At(n).Dims()...), tensor.Of(input.Graph().Dtype()))
}

// gather writes the features and the targets of the rows into the batch.
func (b *batch) gather(d *data.Dataset, rows []int, t target) error {
	if err := gatherX(b.x, d, rows); err != nil {
		return err
	}
	switch {
	case t == classes && b.y.Dtype() == tensor.Float32:
		return d.GatherOneHot32(b.y.Float32s(), rows)
	case t == classes:
		return d.GatherOneHot(b.y.Float64s(), rows)
	case b.y.Dtype() == tensor.Float32:
		return d.GatherY32(b.y.Float32s(), rows)
	default:
		return d.GatherY(b.y.Float64s(), rows)
	}
}

func gatherX(x *tensor.Dense, d *data.Dataset, rows []int) error {
	if x.Dtype() == tensor.Float32 {
		return d.Gather32(x.Float32s(), rows)
	}
	return d.Gather(x.Float64s(), rows)
}

// fillMask draws mask i for a step: 1/(1−rate), or 0 with probability rate. It
// depends on the seed, the step and i only.
func (b *batch) fillMask(i int, rate float64, seed uint64, step int) {
	draws := random.New(seed, random.ForDropout, uint64(step)<<8+uint64(i))
	set(b.masks[i], func(int) float64 {
		if draws.Uniform() < rate {
			return 0
		}
		return 1 / (1 - rate)
	})
}

func (b *batch) fillWeights(w []float64, rows []int) {
	set(b.weight, func(i int) float64 { return w[rows[i]] })
}

// set fills a tensor of either float type.
func set(t *tensor.Dense, f func(i int) float64) {
	if t.Dtype() == tensor.Float32 {
		for i := range t.Float32s() {
			t.Float32s()[i] = float32(f(i))
		}
		return
	}
	for i := range t.Float64s() {
		t.Float64s()[i] = f(i)
	}
}

// feed hands the batch to a program. An input that the cost does not read is fed
// too, and passed over there.
func (b *batch) feed(feed func(*graph.Node, *tensor.Dense) error, net *network) error {
	if err := feed(net.X, b.x); err != nil {
		return err
	}
	if err := feed(net.Y, b.y); err != nil {
		return err
	}
	if net.weight != nil {
		if err := feed(net.weight, b.weight); err != nil {
			return err
		}
	}
	for i, m := range net.masks {
		if err := feed(m.input, b.masks[i]); err != nil {
			return err
		}
	}
	return nil
}
