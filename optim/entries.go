package optim

import (
	"math"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"
	"adjoint/internal/team"

	"gorgonia.org/tensor"
)

// A store holds the entries of parameters, gradients and slots. There is one
// type of it for each float type, chosen once, so that a step does not look at
// types.
type store interface {
	read(gradient []*tensor.Dense)
	finite() bool
	clip(Clip)
	move(Step)
	shrink(λ []float64, c gain)
	slots() [][][]float64
	setSlots([][][]float64)
}

func newStore(params []*graph.Node, rule Rule) store {
	if params[0].Graph().Dtype() == tensor.Float32 {
		return newEntries[float32](params, rule)
	}
	return newEntries[float64](params, rule)
}

// entries is a store of T. Its lists are by parameter.
type entries[T compute.Float] struct {
	w, g    [][]T
	slot    [][][]T // slot[i][k] is slot k of parameter i
	clipped [][]T   // gradients after clipping; nil until some are clipped
	mover   func(s Step, w, g []T, slots ...[]T)
	begin   func(Step) Step

	step     Step
	portions []portion[T]
	work     team.Job   // does the step, for portions
	large    bool       // they are enough to share
	gauge    team.Gauge // whether threads pay for it
}

// A portion is a run of entries of one parameter.
type portion[T compute.Float] struct {
	param, from, to int
	slots           [][]T
}

const (
	// portionSize is the most entries of a portion.
	portionSize = 1 << 14

	// large is the number of entries from which it may pay to share them among threads.
	large = 1 << 16
)

func newEntries[T compute.Float](params []*graph.Node, rule Rule) *entries[T] {
	e := &entries[T]{g: make([][]T, len(params))}
	largest, total := 0, 0
	for _, p := range params {
		w := compute.Data[T](p.Value())
		slot := make([][]T, rule.Slots())
		for k := range slot {
			slot[k] = make([]T, len(w))
		}
		e.w, e.slot, largest, total = append(e.w, w), append(e.slot, slot), max(largest, len(w)), total+len(w)
	}
	e.mover = moverOf[T](rule, largest)
	if rule, ok := rule.(entrywise); ok {
		e.begin, e.large = rule.begin, total >= large
		e.cut()
	}
	return e
}

// cut deals out the entries.
func (e *entries[T]) cut() {
	for i, w := range e.w {
		for from := 0; from < len(w); from += portionSize {
			p := portion[T]{param: i, from: from, to: min(from+portionSize, len(w))}
			for _, slot := range e.slot[i] {
				p.slots = append(p.slots, slot[p.from:p.to])
			}
			e.portions = append(e.portions, p)
		}
	}
	e.work = team.Job{Parts: len(e.portions), Do: func(from, to int) {
		for _, p := range e.portions[from:to] {
			e.mover(e.step, e.w[p.param][p.from:p.to], e.g[p.param][p.from:p.to], p.slots...)
		}
	}}
}

// read takes the entries of tensors as the gradient.
func (e *entries[T]) read(gradient []*tensor.Dense) {
	for i, g := range gradient {
		e.g[i] = compute.Data[T](g)
	}
}

// finite reports whether no entry of the gradient is NaN or infinite. It asks the
// sum of the entries, which is not finite if one of them is not.
func (e *entries[T]) finite() bool {
	for _, g := range e.g {
		if sum := float64(kernel.Sum(g)); !isFinite(sum) {
			return false
		}
	}
	return true
}

func isFinite(x float64) bool { return math.Abs(x) <= math.MaxFloat64 }

// clip puts clipped copies in place of the gradients: those are not ours.
func (e *entries[T]) clip(c Clip) {
	if e.clipped == nil {
		for _, g := range e.g {
			e.clipped = append(e.clipped, make([]T, len(g)))
		}
	}
	if c.Value > 0 {
		for i, g := range e.g {
			clamp(e.clipped[i], g, T(c.Value))
			e.g[i] = e.clipped[i]
		}
	}
	if c.Norm == 0 {
		return
	}
	if scale := c.Norm / (norm(e.g) + 1e-6); scale < 1 {
		for i, g := range e.g {
			kernel.Scale(e.clipped[i], g, T(scale))
			e.g[i] = e.clipped[i]
		}
	}
}

// move applies the rule to every parameter.
func (e *entries[T]) move(s Step) {
	if e.begin == nil {
		for i, w := range e.w {
			e.mover(s, w, e.g[i], e.slot[i]...)
		}
		return
	}
	e.step = e.begin(s)
	var t *team.Team
	if e.large {
		t = e.gauge.Begin()
		defer e.gauge.End()
	}
	t.Do(&e.work)
}

// slots returns a copy of the slots. A float64 holds a T exactly.
func (e *entries[T]) slots() [][][]float64 {
	copies := make([][][]float64, len(e.slot))
	for i, slots := range e.slot {
		copies[i] = make([][]float64, len(slots))
		for k, slot := range slots {
			copies[i][k] = make([]float64, len(slot))
			copyFloats(copies[i][k], slot)
		}
	}
	return copies
}

// setSlots sets the slots to numbers of the same shape.
func (e *entries[T]) setSlots(numbers [][][]float64) {
	for i, slots := range e.slot {
		for k, slot := range slots {
			copyFloats(slot, numbers[i][k])
		}
	}
}
