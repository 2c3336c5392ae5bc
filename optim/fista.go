package optim

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"adjoint/graph"

	"gonum.org/v1/gonum/floats"
)

// FISTA minimises J + λ‖w‖₁, where J is smooth and ‖w‖₁ = Σ|wᵢ| over the entries
// of some parameters. It sets entries to exactly 0. It is the fast iterative
// shrinkage-thresholding algorithm of A. Beck and M. Teboulle (2009), restarted
// whenever its momentum points uphill (B. O'Donoghue, E. Candès 2015).
//
// An iteration is a step along −∇J and the proximal map of the rest, the soft
// threshold S(w, c) = sign(w)·max(|w| − c, 0):
//
//	wₖ₊₁ = S(y − ∇J(y)/L, λ/L)     y = wₖ + momentum·(wₖ − wₖ₋₁)
//
// where L, a bound of the curvature of J, is found by trial. It may fall again
// from one iteration to the next (K. Scheinberg, D. Goldfarb, X. Bai 2014).
type FISTA struct {
	// L1 is λ, at least 0.
	L1 float64

	// On lists the parameters in ‖w‖₁; nil means all of the Objective. J may
	// have others, such as a bias, which are free.
	On []*graph.Node

	// Tolerance bounds the norm of the proximal gradient, the Euclidean norm
	// of w − S(w − ∇J(w), λ), which is 0 exactly at a minimum and ‖∇J‖ where
	// λ is 0: Converged says that it is smaller. 0 means 1e-8.
	Tolerance float64

	// MaxIterations is the number of iterations after which to give up. 0
	// means 10 000.
	MaxIterations int

	// Standardized, if it is not nil, says in which coordinates to search. The
	// penalty stays that of the parameters.
	Standardized *Standardized
}

// Minimize moves the parameters of o to a minimum of J + λ‖w‖₁, which is the Loss
// of the Result, for the inputs that have been fed. They are left at the best point
// found, even if there is an error. The error is that of graph.Program.Run, the cause
// of ctx if it is done, or a *DivergedError if J or ∇J is NaN or infinite at the
// start, or it wraps ErrOption or ErrParams. It is not an error if the search does not
// converge.
func (m FISTA) Minimize(ctx context.Context, o *Objective) (Result, error) {
	λ, err := m.penalties(o)
	if err != nil {
		return Result{}, err
	}
	d, x, err := newDescent(ctx, o, m.Standardized, cmp.Or(m.Tolerance, 1e-8), m.MaxIterations)
	if err != nil {
		return Result{}, firstOf("FISTA", err)
	}
	n := len(x.x)
	d.frame.penalties(λ)
	p := &proximal{descent: d, λ: λ, x: x, old: newPoint(n), y: newPoint(n), next: newPoint(n), rest: make([]float64, n)}
	return d.end(p.run())
}

// penalties returns λ for each entry of the parameters, 0 where it is free.
func (m FISTA) penalties(o *Objective) ([]float64, error) {
	if !(m.L1 >= 0 && isFinite(m.L1)) {
		return nil, fmt.Errorf("FISTA: L1 = %g is not a number ≥ 0: %w", m.L1, ErrOption)
	}
	for _, w := range m.On {
		if !slices.Contains(o.params, w) {
			return nil, fmt.Errorf("FISTA: On has %v, over which J is not minimised: %w", w, ErrParams)
		}
	}
	var λ []float64
	for _, w := range o.params {
		c := m.L1
		if m.On != nil && !slices.Contains(m.On, w) {
			c = 0
		}
		λ = append(λ, slices.Repeat([]float64{c}, w.Value().Size())...)
	}
	return λ, nil
}

// proximal is a run of FISTA.
type proximal struct {
	*descent
	λ         []float64
	x, old    *point    // wₖ and wₖ₋₁
	y, next   *point    // where the next step is taken from, and where it leads
	curvature float64   // L
	t         float64   // gives the momentum
	rest      []float64 // the proximal gradient
}

func (p *proximal) run() error {
	if err := p.evaluate(p.x); err != nil {
		return err
	}
	if err := p.begin(p.x); err != nil {
		return err
	}
	if p.done() {
		return nil
	}
	if err := p.guessCurvature(); err != nil {
		return err
	}
	p.t = 1
	for !p.done() {
		if ok, err := p.step(); !ok || err != nil {
			return err
		}
		p.arrive(p.next)
		p.old, p.x, p.next = p.x, p.next, p.old
		if p.uphill() {
			p.t = 1 // no momentum
		}
	}
	return nil
}

// evaluate computes J, ∇J, the penalty and the norm of the proximal gradient.
func (p *proximal) evaluate(q *point) error {
	if err := p.descent.evaluate(q); err != nil {
		return err
	}
	q.penalty = 0
	for i, w := range q.x {
		q.penalty += p.λ[i] * math.Abs(w)
		p.rest[i] = proximalGradient(w, q.grad[i], p.λ[i])
	}
	q.norm = length(p.rest)
	return nil
}

// softThreshold is the proximal map of c|w|.
func softThreshold(w, c float64) float64 {
	switch {
	case w > c:
		return w - c
	case w < -c:
		return w + c
	}
	return 0
}

// proximalGradient is w − S(w − g, c), without cancellation.
func proximalGradient(w, g, c float64) float64 {
	switch {
	case w-g > c:
		return g + c
	case w-g < -c:
		return g - c
	}
	return w
}

// guessCurvature sets L to the curvature of J along its gradient. It is too small
// rather than too large, which backtracking mends.
func (p *proximal) guessCurvature() error {
	p.curvature = 1
	norm := length(p.x.grad)
	if norm == 0 {
		return nil
	}
	h := 1e-3 * max(1, length(p.x.x))
	floats.AddScaledTo(p.next.x, p.x.x, -h/norm, p.x.grad)
	if err := p.evaluate(p.next); err != nil {
		return err
	}
	if c := (norm - floats.Dot(p.next.grad, p.x.grad)/norm) / h; c > 0 && isFinite(c) {
		p.curvature = c
	}
	return nil
}

// step goes from x to next with an L that is large enough, and reports whether
// there is one.
func (p *proximal) step() (ok bool, err error) {
	const fall, rise, maxTrials = 0.9, 2, 200
	before, t := p.curvature, p.t
	p.curvature *= fall
	for range maxTrials {
		p.t = (1 + math.Sqrt(1+4*p.curvature/before*t*t)) / 2
		if err := p.extrapolate((t - 1) / p.t); err != nil {
			return false, err
		}
		for i, y := range p.y.x {
			p.next.x[i] = softThreshold(y-p.y.grad[i]/p.curvature, p.λ[i]/p.curvature)
		}
		if err := p.evaluate(p.next); err != nil {
			return false, err
		}
		if p.bounded() {
			return true, nil
		}
		p.curvature *= rise
	}
	return false, nil
}

// extrapolate sets y to x + momentum·(x − old).
func (p *proximal) extrapolate(momentum float64) error {
	if momentum == 0 {
		p.y.set(p.x)
		return nil
	}
	for i, x := range p.x.x {
		p.y.x[i] = x + momentum*(x-p.old.x[i])
	}
	return p.evaluate(p.y)
}

// bounded reports whether, from y to next, J stays below the parabola of
// curvature L. Where rounding hides the difference it asks the gradients, which
// have the digits that J has not (as S. Becker, E. Candès and M. Grant do, 2011).
func (p *proximal) bounded() bool {
	if p.overflow = !p.next.finite(); p.overflow {
		return false
	}
	var squares, slope, bend float64
	for i, g := range p.y.grad {
		δ := p.next.x[i] - p.y.x[i]
		squares += δ * δ
		slope += g * δ
		bend += (p.next.grad[i] - g) * δ
	}
	change := p.next.loss - p.y.loss
	if math.Abs(change) > p.rounding(p.y.loss) {
		return change <= slope+p.curvature/2*squares
	}
	return bend <= p.curvature*squares
}

// uphill reports whether the last step was against the momentum.
func (p *proximal) uphill() bool {
	var product float64
	for i, x := range p.x.x {
		product += (p.y.x[i] - x) * (x - p.old.x[i])
	}
	return product > 0
}
