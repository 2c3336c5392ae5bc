package optim

import (
	"fmt"
	"math"

	"adjoint/compute"
	"adjoint/internal/kernel"
)

// A Rule says how a parameter moves, given its gradient. It is applied to every
// parameter at every step, and holds no state itself: what it remembers of each
// entry, such as a momentum, is kept for it in slots.
//
// A Rule may also have a method Valid() error that checks its fields. Minimize calls it
// and returns its error.
type Rule interface {
	// LearningRate returns the rate before any Schedule, a positive number.
	LearningRate() float64

	// Slots returns how many numbers the rule remembers for each entry.
	Slots() int

	// Move changes the entries w of a parameter whose gradient is g. Each of
	// the slots is as long as w; it is zero at the first step and left as it
	// is between steps. Move changes no entry of g and keeps no slice.
	Move(s Step, w, g []float64, slots ...[]float64)
}

// A Rule32 is a Rule that computes in float32 too. Without Move32, the entries
// of a float32 graph are widened for Move, and the results rounded.
type Rule32 interface {
	Rule
	Move32(s Step, w, g []float32, slots ...[]float32)
}

// A Step is what changes from one call of Rule.Move to the next.
type Step struct {
	T    int     // the number of the step, 1, 2, …
	Rate float64 // the learning rate times the Schedule

	ready *kernel.AdamStep // what Adam computes once for all parameters; nil for a Step of others
}

// An entrywise rule moves each entry independently of the others. So it can move the
// portions of a large parameter at the same time. All rules of this package are
// entrywise.
type entrywise interface {
	// begin returns what computes, of each step, what is the same for all entries.
	begin() func(Step) Step
}

// asGiven is of a rule that computes nothing beforehand.
func asGiven(s Step) Step { return s }

// Zero stands for the number 0 in fields whose zero value means a default, as in
// Adam{Rate: 1e-3, Beta1: optim.Zero}. It is the smallest positive float64, which acts
// like 0 in sums and products with ordinary numbers.
const Zero = math.SmallestNonzeroFloat64

// fraction returns an error unless 0 ≤ x < 1.
func fraction(name string, x float64) error {
	if !(0 <= x && x < 1) {
		return fmt.Errorf("%s = %g is not in [0, 1): %w", name, x, ErrOption)
	}
	return nil
}

// positive returns an error unless x is a positive number.
func positive(name string, x float64) error {
	if !(0 < x && x <= math.MaxFloat64) {
		return fmt.Errorf("%s = %g is not a positive number: %w", name, x, ErrOption)
	}
	return nil
}

// firstOf returns the first error that is not nil, with the name of its rule.
func firstOf(rule string, errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("%s: %w", rule, err)
		}
	}
	return nil
}

// moverOf returns the Move of a rule for a float type. size is the number of
// entries of the largest parameter.
func moverOf[T compute.Float](rule Rule, size int) func(s Step, w, g []T, slots ...[]T) {
	switch rule.(type) {
	case Adam, AdamW, LazyAdam:
		return readyAdam[T]
	}
	var move any = rule.Move
	if isFloat32[T]() {
		if rule32, ok := rule.(Rule32); ok {
			move = rule32.Move32
		} else {
			move = widened(rule, size)
		}
	}
	return move.(func(s Step, w, g []T, slots ...[]T))
}

func isFloat32[T compute.Float]() bool {
	var zero T
	_, ok := any(zero).(float32)
	return ok
}

// widened is a Rule's Move on float32.
func widened(rule Rule, size int) func(s Step, w, g []float32, slots ...[]float32) {
	buffers := make([][]float64, 2+rule.Slots())
	for i := range buffers {
		buffers[i] = make([]float64, size)
	}
	wide := make([][]float64, len(buffers))
	return func(s Step, w, g []float32, slots ...[]float32) {
		for i := range wide {
			wide[i] = buffers[i][:len(w)]
		}
		copyFloats(wide[0], w)
		copyFloats(wide[1], g)
		for i, slot := range slots {
			copyFloats(wide[2+i], slot)
		}
		rule.Move(s, wide[0], wide[1], wide[2:]...)
		copyFloats(w, wide[0])
		for i, slot := range slots {
			copyFloats(slot, wide[2+i])
		}
	}
}

// copyFloats copies numbers of one float type to another.
func copyFloats[D, S compute.Float](dst []D, src []S) {
	for i, v := range src {
		dst[i] = D(v)
	}
}
