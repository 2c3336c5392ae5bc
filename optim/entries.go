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

	byRows(params []int)                       // of all, those that move by rows from now on
	emptyRows(param int) *tensor.Dense         // the gradient of one, which is 0 then
	addRows(param int, ζ, index *tensor.Dense) // to that gradient
	rowsOf(param int, count *tensor.Dense)     // a gradient that was read has rows where count is not 0
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
	taken   [][]byte // the memory of the gradient that g was taken from
	shapes  []tensor.Shape
	slot    [][][]T    // slot[i][k] is slot k of parameter i
	spans   [][]span   // of the entries that move: all of them, or rows of a table
	rows    []*rows[T] // nil for a parameter that moves as a whole
	clipped [][]T      // gradients after clipping; nil until some are clipped
	pieces  [][]T      // of the gradient, by span
	mover   func(s Step, w, g []T, slots ...[]T)
	begin   func(Step) Step

	step     Step
	portions []portion[T]
	fixed    int        // how many of them are no rows
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
	e := &entries[T]{g: make([][]T, len(params)), taken: make([][]byte, len(params))}
	largest := 0
	for _, p := range params {
		w := compute.Data[T](p.Value())
		slot := make([][]T, rule.Slots())
		for k := range slot {
			slot[k] = make([]T, len(w))
		}
		e.w, e.slot, largest = append(e.w, w), append(e.slot, slot), max(largest, len(w))
		e.shapes = append(e.shapes, p.Value().Shape())
	}
	e.mover = moverOf[T](rule, largest)
	if rule, ok := rule.(entrywise); ok {
		e.begin = rule.begin()
	}
	e.work.Do = func(from, to int) {
		for _, p := range e.portions[from:to] {
			e.mover(e.step, e.w[p.param][p.from:p.to], e.g[p.param][p.from:p.to], p.slots...)
		}
	}
	e.byRows(nil)
	return e
}

// deal appends the portions of a parameter's spans.
func (e *entries[T]) deal(param int) {
	for _, s := range e.spans[param] {
		for from := s.lo; from < s.hi; from += portionSize {
			p := portion[T]{param: param, from: from, to: min(from+portionSize, s.hi)}
			if n := len(e.portions); n < cap(e.portions) {
				p.slots = e.portions[:n+1][n].slots[:0] // the memory of a step before
			}
			for _, slot := range e.slot[param] {
				p.slots = append(p.slots, slot[p.from:p.to])
			}
			e.portions = append(e.portions, p)
		}
	}
}

// read takes the entries of tensors as the gradient. Mostly they lie where they did.
func (e *entries[T]) read(gradient []*tensor.Dense) {
	for i, g := range gradient {
		if last := e.taken[i]; len(last) != len(g.Raw) || &last[0] != &g.Raw[0] {
			e.g[i], e.taken[i] = compute.Data[T](g), g.Raw
		}
	}
}

// finite reports whether no entry of the gradient is NaN or infinite. It asks the
// sum of the entries, which is not finite if one of them is not.
func (e *entries[T]) finite() bool {
	for i, g := range e.g {
		for _, s := range e.spans[i] {
			if sum := float64(kernel.Sum(g[s.lo:s.hi])); !isFinite(sum) {
				return false
			}
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
		e.clipBy(func(dst, g []T) { clamp(dst, g, T(c.Value)) })
	}
	if c.Norm == 0 {
		return
	}
	e.pieces = e.pieces[:0]
	for i, g := range e.g {
		for _, s := range e.spans[i] {
			e.pieces = append(e.pieces, g[s.lo:s.hi])
		}
	}
	if scale := c.Norm / (norm(e.pieces) + 1e-6); scale < 1 {
		e.clipBy(func(dst, g []T) { kernel.Scale(dst, g, T(scale)) })
	}
}

// clipBy puts what f writes to dst in place of the gradients.
func (e *entries[T]) clipBy(f func(dst, g []T)) {
	for i, g := range e.g {
		for _, s := range e.spans[i] {
			f(e.clipped[i][s.lo:s.hi], g[s.lo:s.hi])
		}
		e.g[i], e.taken[i] = e.clipped[i], nil
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
	if e.rows != nil {
		e.dealRows()
	}
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
