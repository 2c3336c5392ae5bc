package models

import (
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"

	"adjoint/data"
	"adjoint/internal/random"

	"gorgonia.org/tensor"
)

// An Augmenter changes the examples of a training at random, anew at each step: data.Augment
// does so to pictures.
type Augmenter interface {
	// Check returns an error unless examples of d can be changed.
	Check(d *data.Dataset) error

	// Apply writes a changed copy of the features x of an example of d to dst, which has as many. uniform
	// returns numbers in [0, 1) that depend on the Seed, the step and the row, and on nothing else. Apply is called
	// from several goroutines.
	Apply(d *data.Dataset, dst, x []float64, uniform func() float64)
}

// An augmented feeds changed examples to the input of a training. While a step runs, those of
// the next are made ready.
type augmented struct {
	by     Augmenter
	train  *data.Dataset
	seed   uint64
	reader reader // of what is ready
	now    *changed
}

// changed are the examples of a batch.
type changed struct {
	k    int       // of the batch in its epoch
	rows []int     // of the training rows
	was  []float64 // their features
	x    []float64 // the changed ones
	errs []error   // of each goroutine
	done sync.WaitGroup
}

// augment prepares to change examples, as the options say.
func (t *Training) augment() error {
	by, input := t.options.Augment, &t.feeding.readers[0]
	if by == nil {
		return nil
	}
	if t.scorer.scaler != nil || t.scorer.preparer != nil {
		return fmt.Errorf("%w: Augment changes features as they are, and this model standardizes or prepares them; scale pixels where they are read", ErrOption)
	}
	if len(t.scorer.inputs) != 1 || input.label || input.at != nil || input.d != t.train {
		return fmt.Errorf("%w: Augment for a model that has not one input of all features", ErrOption)
	}
	if err := by.Check(t.train); err != nil {
		return err
	}
	a := &augmented{by: by, train: t.train, seed: t.scorer.formula.Seed, reader: *input}
	t.feeding.augmented = a
	return nil
}

// ahead yields what order yields, from step on, with a batch of changed examples that is ready, and
// has the next be made.
func (a *augmented) ahead(order iter.Seq2[int, []int], step uint64) iter.Seq2[int, []int] {
	return func(yield func(int, []int) bool) {
		var last, spare *changed
		pass := func(c *changed) bool {
			c.done.Wait()
			a.now = c
			return yield(c.k, c.rows)
		}
		for k, rows := range order {
			next := a.begin(spare, k, rows, step+uint64(k))
			if last != nil && !pass(last) {
				next.done.Wait()
				return
			}
			last, spare = next, last
		}
		if last != nil {
			pass(last)
		}
	}
}

// begin has goroutines change the examples of rows, in the memory of a batch that has been used, if it is not nil.
func (a *augmented) begin(c *changed, k int, rows []int, step uint64) *changed {
	if c == nil {
		c = new(changed)
	}
	n := len(a.train.Features)
	c.k, c.rows = k, append(c.rows[:0], rows...)
	c.was, c.x = slices.Grow(c.was[:0], n*len(rows))[:n*len(rows)], slices.Grow(c.x[:0], n*len(rows))[:n*len(rows)]
	workers := min(runtime.GOMAXPROCS(0), len(rows))
	c.errs = make([]error, workers)
	for w := range workers {
		c.done.Go(func() {
			from, to := cut(len(c.rows), w, workers)
			if c.errs[w] = a.train.GatherRows(c.was[from*n:to*n], c.rows[from:to]); c.errs[w] != nil {
				return
			}
			for i := from; i < to; i++ {
				s := random.Of(a.seed, random.ForAugment, step, uint64(c.rows[i]))
				a.by.Apply(a.train, c.x[i*n:(i+1)*n], c.was[i*n:(i+1)*n], s.Uniform)
			}
		})
	}
	return c
}

// fill writes the changed examples of rows, which are some of the batch one after another, into v.
func (a *augmented) fill(v *tensor.Dense, rows []int) error {
	if err := errors.Join(a.now.errs...); err != nil {
		return err
	}
	n := len(a.train.Features)
	from := slices.Index(a.now.rows, rows[0])
	a.reader.d = &data.Dataset{X: a.now.x[from*n : (from+len(rows))*n], Features: a.train.Features, Source: a.train.Source}
	return a.reader.fill(v, nil)
}
