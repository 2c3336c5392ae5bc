package main

import (
	"fmt"
	"runtime"
	"time"

	"adjoint/bench/internal/record"
	"adjoint/cluster"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// W14 is W4 by batches of 512. Its blocks are short, and many: where a process has to wait for
// another one a single delay is one of all.
const (
	ranksBatch  = 512
	ranksBlocks = 12
	ranksSteps  = 20
)

// ranksMeasures are the ways to do W14: as a whole, and in parts, 512/8 for example, which is
// eight of a batch of 512. Other batches are for a model of the time.
func ranksMeasures() measures {
	all := measures{"adjoint": wholes}
	for _, batch := range []int{128, 256, ranksBatch, 1024} {
		for _, parts := range []int{2, 4, 8} {
			all[fmt.Sprintf("%d/%d", batch, parts)] = ranks(batch, parts)
		}
	}
	return all
}

// wholes measures W14 by one process, a batch a run.
func wholes(dtype tensor.Dtype) ([]record.Line, error) {
	t, err := newWideOf(dtype, ranksBatch)
	if err != nil {
		return nil, err
	}
	return oneLine(measure(ranksBlocks, ranksSteps, func() (stepper, error) { return newTraining(t) }))
}

// ranks measures W14 by batches that are cut into parts, by the processes that mpirun has
// started. Rank 0 has the line.
func ranks(batch, parts int) func(tensor.Dtype) ([]record.Line, error) {
	return func(dtype tensor.Dtype) ([]record.Line, error) {
		t, err := newWideOf(dtype, batch)
		if err != nil {
			return nil, err
		}
		batches, err := cut(t, batch, parts)
		if err != nil {
			return nil, err
		}
		g, err := cluster.Join()
		if err != nil {
			return nil, err
		}
		watch := &watched{Group: g}
		l, err := measure(ranksBlocks, ranksSteps, func() (stepper, error) { return newShared(t, batches, watch) })
		if err != nil {
			return nil, err
		}
		l.Ranks, l.Parts, l.WaitMs, l.ExchangeMs = g.Size(), parts, round(1e3*median(watch.waits)), round(1e3*median(watch.exchanges))
		if g.Rank() != 0 {
			return nil, g.Leave()
		}
		return oneLine(l, g.Leave())
	}
}

// A batchPart is the examples of a part of a batch, as columns.
type batchPart struct{ x, y *tensor.Dense }

// cut returns the parts of each batch.
func cut(t *task, size, parts int) (batches [][]batchPart, err error) {
	d := t.examples()
	for from := 0; from < d.Rows(); from += size {
		batch := make([]batchPart, parts)
		for p := range batch {
			rows := make([]int, size/parts)
			for i := range rows {
				rows[i] = from + p*len(rows) + i
			}
			if batch[p].x, batch[p].y, err = columns(t.dtype, d, rows); err != nil {
				return nil, err
			}
		}
		batches = append(batches, batch)
	}
	return batches, nil
}

// A shared is a training whose processes share the parts of each batch.
type shared struct {
	*training
	batches [][]batchPart
	group   *watched
}

func newShared(t *task, batches [][]batchPart, g *watched) (trainer, error) {
	s := &shared{&training{task: t, net: newNetwork(t.dtype, t.nodes, t.weights)}, batches, g}
	var err error
	if s.opt, err = optim.Minimize(s.net.j, t.rule, s.net.params...); err != nil {
		return nil, err
	}
	if err = s.opt.Split(optim.Parts{Count: len(batches[0]), Group: g, Feed: s.feedPart}, nil); err != nil {
		return nil, err
	}
	_, err = s.opt.Gradient()
	runtime.GC() // what the others wait for is no block's own
	return s, err
}

func (s *shared) feedPart(part int) (share float64, err error) {
	batch := s.batches[s.step%len(s.batches)]
	if err := s.opt.Feed(s.net.x, batch[part].x); err != nil {
		return 0, err
	}
	return 1 / float64(len(batch)), s.opt.Feed(s.net.y, batch[part].y)
}

func (s *shared) Steps(k int) error {
	for range k {
		s.group.begin()
		if err := s.opt.Step(); err != nil {
			return err
		}
		s.group.end()
		s.step++
	}
	return nil
}

// A watched Group takes the times of each step.
type watched struct {
	optim.Group
	wait, exchange   time.Duration
	waits, exchanges []float64 // in seconds, by step
}

func (w *watched) begin() { w.wait, w.exchange = 0, 0 }

func (w *watched) end() {
	w.waits = append(w.waits, w.wait.Seconds())
	w.exchanges = append(w.exchanges, w.exchange.Seconds())
}

// Agree is where a rank waits until all have their gradients.
func (w *watched) Agree(err error) error {
	begin := time.Now()
	defer func() { w.wait += time.Since(begin) }()
	return w.Group.Agree(err)
}

func (w *watched) Exchange(rank int, send, receive []byte) error {
	begin := time.Now()
	defer func() { w.exchange += time.Since(begin) }()
	return w.Group.Exchange(rank, send, receive)
}
