package optim

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gorgonia.org/tensor"
)

// A Result describes the point where LBFGS or FISTA left the parameters, the best one
// that was found.
type Result struct {
	Converged    bool    // GradientNorm is below the tolerance
	Stopped      string  // why the search ended if it did not converge; "" if it did, or failed with an error
	Iterations   int     // points moved to
	Evaluations  int     // of J and ∇J
	Loss         float64 // what was minimised
	GradientNorm float64 // Euclidean, at most the largest float; of the gradient, or of the proximal gradient
}

// A point is a value of all parameters in one list, with J and ∇J there.
type point struct {
	x       []float64
	loss    float64 // J
	penalty float64 // what is minimised besides J
	grad    []float64
	norm    float64 // of what has to vanish at a minimum
}

func newPoint(n int) *point {
	return &point{x: make([]float64, n), grad: make([]float64, n)}
}

func (p *point) set(q *point) {
	copy(p.x, q.x)
	copy(p.grad, q.grad)
	p.loss, p.penalty, p.norm = q.loss, q.penalty, q.norm
}

func (p *point) total() float64 { return p.loss + p.penalty }

func (p *point) finite() bool {
	return isFinite(p.loss) && !slices.ContainsFunc(p.grad, func(g float64) bool { return !isFinite(g) })
}

// length returns the Euclidean norm, or the largest float where it is beyond that.
func length(v []float64) float64 { return min(floats.Norm(v, 2), math.MaxFloat64) }

// A descent is one run of LBFGS or FISTA: J and ∇J as functions of a list of
// numbers, the best point seen, and the reasons to stop.
type descent struct {
	ctx       context.Context
	objective *Objective
	frame     frame
	tolerance float64
	limit     int // of iterations

	best     *point
	mark     *point // a best point that was clearly better than the mark before
	since    int    // iterations since then
	overflow bool   // J or ∇J is not finite where the last search looked
	result   Result
}

// patience is the number of iterations without progress after which to stop.
const patience = 1000

// newDescent returns a descent and its starting point, where the parameters are.
func newDescent(ctx context.Context, o *Objective, s *Standardized, tolerance float64, limit int) (*descent, *point, error) {
	if err := positive("Tolerance", tolerance); err != nil {
		return nil, nil, err
	}
	if limit < 0 {
		return nil, nil, fmt.Errorf("MaxIterations = %d: %w", limit, ErrOption)
	}
	f, err := s.frame(o.params)
	if err != nil {
		return nil, nil, err
	}
	d := &descent{ctx: ctx, objective: o, frame: f, tolerance: tolerance, limit: cmp.Or(limit, 10_000)}
	start := newPoint(len(f.entries))
	d.each(start.x, func(w *tensor.Dense, x []float64) { fromTensor(x, w) })
	d.frame.enter(start.x)
	return d, start, nil
}

// each calls f for the part of a list that belongs to each parameter.
func (d *descent) each(x []float64, f func(w *tensor.Dense, x []float64)) {
	for _, w := range d.objective.params {
		size := w.Value().Size()
		f(w.Value(), x[:size])
		x = x[size:]
	}
}

// moveTo sets the parameters.
func (d *descent) moveTo(x []float64) { d.each(d.frame.leave(x), toTensor) }

// evaluate computes J and ∇J at p. It returns the error of the program, or the
// cause if the context is done.
func (d *descent) evaluate(p *point) error {
	d.moveTo(p.x)
	loss, gradient, err := d.objective.lossGradient(d.ctx)
	if err != nil {
		return err
	}
	d.result.Evaluations++
	p.loss = loss
	rest := p.grad
	for _, g := range gradient {
		fromTensor(rest[:g.Size()], g)
		rest = rest[g.Size():]
	}
	d.frame.pull(p.grad)
	return nil
}

// begin takes the starting point as the best so far.
func (d *descent) begin(p *point) error {
	if !p.finite() {
		return &DivergedError{Step: 1, Loss: p.loss, where: d.objective.badPart()}
	}
	d.best, d.mark = newPoint(len(p.x)), newPoint(len(p.x))
	d.best.set(p)
	d.mark.set(p)
	return nil
}

// arrive counts an iteration that ended at p, and reports whether p is the best point so
// far: its loss is less or, up to rounding, the same with a smaller gradient.
func (d *descent) arrive(p *point) bool {
	d.result.Iterations++
	d.since++
	excess, rounding := p.total()-d.best.total(), d.rounding(p.total())
	if p.norm >= d.tolerance && excess >= 0 && (excess > rounding || p.norm >= d.best.norm) {
		return false
	}
	d.best.set(p)
	if p.total() < d.mark.total()-rounding || p.norm < d.mark.norm/2 {
		d.mark.set(p)
		d.since = 0
	}
	return true
}

// rounding returns the rounding error to expect of a loss: ε^(2/3) of it, for the ε of
// the float type.
func (d *descent) rounding(loss float64) float64 {
	ε := 0x1p-52
	if d.objective.params[0].Graph().Dtype() == tensor.Float32 {
		ε = 0x1p-23
	}
	return math.Abs(loss) * math.Pow(ε, 2./3)
}

// done reports whether to stop.
func (d *descent) done() bool {
	return d.best.norm < d.tolerance || d.result.Iterations >= d.limit || d.since >= patience
}

// end leaves the parameters at the best point.
func (d *descent) end(err error) (Result, error) {
	if d.best == nil {
		return d.result, err
	}
	d.moveTo(d.best.x)
	d.result.Loss, d.result.GradientNorm = d.best.total(), d.best.norm
	d.result.Converged = err == nil && d.best.norm < d.tolerance
	if err == nil && !d.result.Converged {
		d.result.Stopped = d.stopped()
	}
	return d.result, err
}

// stopped says why a search ended short of its tolerance.
func (d *descent) stopped() string {
	why := "line search: no lower point within reach; rounding hides what is left to gain"
	switch {
	case d.result.Iterations >= d.limit:
		why = fmt.Sprintf("iterations: all %d are over", d.limit)
	case d.since >= patience:
		why = fmt.Sprintf("no progress in %d iterations", patience)
	case d.overflow:
		why = "overflow: J or its gradient is beyond the range of floats near the best point"
	}
	return fmt.Sprintf("%s; the gradient is %.3g, the tolerance %.3g", why, d.best.norm, d.tolerance)
}

func fromTensor(x []float64, v *tensor.Dense) {
	if v.Dtype() == tensor.Float32 {
		copyFloats(x, v.Float32s())
	} else {
		copy(x, v.Float64s())
	}
}

func toTensor(v *tensor.Dense, x []float64) {
	if v.Dtype() == tensor.Float32 {
		copyFloats(v.Float32s(), x)
	} else {
		copy(v.Float64s(), x)
	}
}
