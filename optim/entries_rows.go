package optim

import (
	"adjoint/compute"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// rows are those of a table that were read, and its gradient, which is zero but for them.
type rows[T compute.Float] struct {
	width    int // of a row
	read     []bool
	gradient *tensor.Dense // nil until there are cotangents of rows
}

// byRows deals out the entries of parameters that move as a whole, and makes the others tables.
func (e *entries[T]) byRows(params []int) {
	e.rows, e.spans, e.portions = nil, make([][]span, len(e.w)), nil
	if len(params) > 0 {
		e.rows = make([]*rows[T], len(e.w))
	}
	for _, i := range params {
		n := e.shapes[i][0]
		e.rows[i] = &rows[T]{width: len(e.w[i]) / n, read: make([]bool, n)}
	}
	for i, w := range e.w {
		if e.rows == nil || e.rows[i] == nil {
			e.spans[i] = []span{{0, len(w)}}
			e.deal(i)
		}
	}
	e.fixed = len(e.portions)
	e.dealt()
}

// dealRows adds portions of the rows that were read to those of a step.
func (e *entries[T]) dealRows() {
	e.portions = e.portions[:e.fixed]
	for i, r := range e.rows {
		if r != nil {
			e.deal(i)
		}
	}
	e.dealt()
}

// dealt makes the portions the work of a step.
func (e *entries[T]) dealt() {
	total := 0
	for _, p := range e.portions {
		total += p.to - p.from
	}
	e.work.Parts, e.large = len(e.portions), total >= large
}

// emptyRows makes the gradient of a table zero, and returns it.
func (e *entries[T]) emptyRows(param int) *tensor.Dense {
	r := e.rows[param]
	if r.gradient == nil {
		r.gradient = tensor.New(tensor.WithShape(e.shapes[param]...), tensor.WithBacking(make([]T, len(e.w[param]))))
	}
	for _, s := range e.spans[param] {
		clear(compute.Data[T](r.gradient)[s.lo:s.hi])
		clear(r.read[s.lo/r.width : s.hi/r.width])
	}
	e.spans[param] = e.spans[param][:0]
	return r.gradient
}

// addRows adds cotangents to the rows of a gradient that an index names. As in a ScatterAdd, those of a
// row are added to 0 in their order.
func (e *entries[T]) addRows(param int, ζ, index *tensor.Dense) {
	r := e.rows[param]
	from, to := compute.Data[T](ζ), compute.Data[T](r.gradient)
	for k, at := range compute.Data[T](index) {
		i := int(at)
		row := to[i*r.width:][:r.width]
		kernel.Add(row, row, from[k*r.width:][:r.width])
		if !r.read[i] {
			r.read[i] = true
			e.reads(param, i)
		}
	}
}

// rowsOf has the rows of a table move whose count is not 0.
func (e *entries[T]) rowsOf(param int, count *tensor.Dense) {
	e.spans[param] = e.spans[param][:0]
	for i, n := range compute.Data[T](count) {
		if n != 0 {
			e.reads(param, i)
		}
	}
}

// reads adds a row to the spans of a parameter.
func (e *entries[T]) reads(param, row int) {
	width, spans := e.rows[param].width, e.spans[param]
	if n := len(spans); n > 0 && spans[n-1].hi == row*width {
		spans[n-1].hi += width
		return
	}
	e.spans[param] = append(spans, span{row * width, (row + 1) * width})
}
