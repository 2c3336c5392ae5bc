package graph

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/internal/team"

	"gorgonia.org/tensor"
)

// A loopRunner is a loop bound to its tensors.
type loopRunner interface {
	run(t *team.Team) error
	shared() bool
}

// bindLoop binds a loop to its inputs and to where its values go, where symbols of the Body are
// these numbers. Inputs and values of all times may lie in others, as home says.
func bindLoop[T compute.Float](l *loopCode, at sizes, x []*tensor.Dense, results []result, h *home) loopRunner {
	q := &boundLoop[T]{start: compute.Data[T](x[0])}
	for _, r := range results {
		if r.value == 0 {
			q.final = append(q.final, compute.Data[T](r.y))
		}
	}
	if l.Times == 0 {
		q.portions = bindSteps[T](l, at, x, results, h)
	} else {
		q.portions = bindStretches[T](l, at, x, results)
	}
	return q
}

// A boundLoop is a loop bound to its tensors: a loop over stretches, each of which begins where the one
// before ended, or over rounds of steps.
type boundLoop[T compute.Float] struct {
	portions[T]
	start []T   // what is carried into the first
	final [][]T // where it goes after the last
}

// shared reports whether threads may share some work.
func (q *boundLoop[T]) shared() bool {
	return slices.ContainsFunc(q.full.lists[0], func(s step) bool { return s.shared() })
}

// run computes the results, or returns why an op refuses a value.
func (q *boundLoop[T]) run(t *team.Team) error {
	if err := q.once(); err != nil {
		return err
	}
	copy(q.full.state, q.start)
	if err := q.portions.run(t); err != nil {
		return err
	}
	for _, y := range q.final {
		copy(y, q.full.state)
	}
	return nil
}

// fixed returns the value of a leaf that is the same at all times, or nil.
func (l *loopCode) fixed(leaf *Node, at sizes, x []*tensor.Dense, made *denses) *tensor.Dense {
	switch leaf.kind {
	case Examples:
		return leaf.size(at, made)
	case Const:
		return leaf.value
	}
	if i := l.input(leaf); i > 0 && !l.timed(i) {
		return x[l.place(i)]
	}
	return nil
}

// A stepError is that of a step of a loop.
type stepError struct {
	time int
	err  error
}

func (e *stepError) Error() string { return fmt.Sprintf("at time %d: %v", e.time, e.err) }
func (e *stepError) Unwrap() error { return e.err }
