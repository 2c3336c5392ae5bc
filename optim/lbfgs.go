package optim

import (
	"cmp"
	"context"
	"errors"
	"math"

	"gonum.org/v1/gonum/optimize"
)

// LBFGS minimises J by the limited-memory method of Broyden, Fletcher, Goldfarb
// and Shanno (J. Nocedal 1980), with gonum's line search. It looks at the whole
// batch, and is what scikit-learn fits logistic regression with.
type LBFGS struct {
	// Tolerance bounds ‖∇J‖, the Euclidean norm, in the coordinates of the
	// search: Converged says that it is smaller. (scikit-learn bounds the largest entry, which is no larger.) 0
	// means 1e-8.
	Tolerance float64

	// MaxIterations is the number of line searches after which to give up. 0
	// means 10 000.
	MaxIterations int

	// Memory is the number of recent steps that tell the curvature. 0 means 10.
	Memory int

	// Standardized, if it is not nil, says in which coordinates to search.
	Standardized *Standardized
}

// Minimize moves the parameters of o to a minimum of J, for the inputs that have
// been fed. They are left at the best point found, even if there is an error. The
// error is that of graph.Program.Run, the cause of ctx if it is done, or a
// *DivergedError if J or ∇J is NaN or infinite at the start, or it wraps ErrOption. It
// is not an error if the search does not converge.
func (m LBFGS) Minimize(ctx context.Context, o *Objective) (Result, error) {
	if m.Memory < 0 {
		return Result{}, firstOf("LBFGS", positive("Memory", float64(m.Memory)))
	}
	d, p, err := newDescent(ctx, o, m.Standardized, cmp.Or(m.Tolerance, 1e-8), m.MaxIterations)
	if err != nil {
		return Result{}, firstOf("LBFGS", err)
	}
	if err := evaluateNorm(d, p); err != nil {
		return d.end(err)
	}
	if err := d.begin(p); err != nil {
		return d.end(err)
	}
	// A line search fails where rounding hides what is left to gain, or where
	// what is remembered of the curvature misleads. Then the search starts
	// afresh from the best point, until that does not help.
	for improved := true; improved && !d.done(); {
		if improved, err = m.search(d, p); err != nil {
			break
		}
	}
	return d.end(err)
}

// evaluateNorm evaluates J at p, and the norm of ∇J.
func evaluateNorm(d *descent, p *point) error {
	err := d.evaluate(p)
	p.norm = length(p.grad)
	return err
}

// search goes from the best point until d is done or a line search fails, and
// reports whether it found a better one. It drives gonum's method directly,
// rather than by optimize.Minimize: no goroutines, one evaluation for J and ∇J,
// and none of the criteria that stop too early.
func (m LBFGS) search(d *descent, p *point) (improved bool, err error) {
	p.set(d.best)
	at := &optimize.Location{X: p.x, F: p.loss, Gradient: p.grad}
	line := &lineSearch{rounding: d.rounding(p.loss)}
	defer func() { d.overflow = line.overflow }()
	method := &optimize.LinesearchMethod{
		NextDirectioner: &directions{most: cmp.Or(m.Memory, 10)},
		Linesearcher:    line,
	}
	op, failure := method.Init(at)
	for failure == nil {
		if op == optimize.MajorIteration {
			improved = d.arrive(p) || improved
			if d.done() {
				return improved, nil
			}
		} else {
			if err := evaluateNorm(d, p); err != nil {
				return improved, err
			}
			at.F = p.loss
		}
		op, failure = method.Iterate(at)
	}
	return improved, nil
}

// A lineSearch is that of Moré and Thuente with three additions. If rounding hides a
// decrease of J, it uses the slope, which is more accurate there (the approximate
// Wolfe conditions of W. Hager and H. Zhang, 2005). It steps back from points where J
// is NaN or infinite. And it ends, however J is rounded.
type lineSearch struct {
	optimize.MoreThuente
	rounding float64 // an error that J may have

	f0, slope0 float64 // at the start
	step       float64 // that is being tried
	trials     int
	overflow   bool // on the way down, J or the slope is not finite at the step tried last
}

const (
	evaluateBoth = optimize.FuncEvaluation | optimize.GradEvaluation
	maxTrials    = 60 // of one line search: it stretches a step by 4, or cuts it to a tenth
)

// Init begins a search.
func (s *lineSearch) Init(f, slope, step float64) optimize.Operation {
	s.f0, s.slope0, s.trials, s.overflow = f, slope, 0, math.IsInf(slope, 0)
	s.start(step, math.MaxFloat64)
	return evaluateBoth
}

// start begins with a step and goes no further than to bound.
func (s *lineSearch) start(step, bound float64) {
	s.step = step
	s.MoreThuente = optimize.MoreThuente{DecreaseFactor: 1e-4, CurvatureFactor: 0.9, MaximumStep: bound}
	if s.sound() {
		s.MoreThuente.Init(s.f0, s.slope0, step)
	}
}

// sound reports whether there is a way down. Moré and Thuente's panics if not.
func (s *lineSearch) sound() bool { return s.step > 0 && s.slope0 < 0 }

// Iterate decides what comes after the step that has been tried.
func (s *lineSearch) Iterate(f, slope float64) (optimize.Operation, float64, error) {
	s.trials++
	s.overflow = s.sound() && !(isFinite(f) && isFinite(slope))
	switch {
	case !s.sound():
		return optimize.NoOperation, s.step, optimize.ErrLinesearcherFailure
	case s.trials > maxTrials && isFinite(f) && f <= s.f0+1e-4*s.step*s.slope0:
		return optimize.MajorIteration, s.step, nil // J falls and falls
	case s.trials > maxTrials:
		return optimize.NoOperation, s.step, optimize.ErrLinesearcherFailure
	case s.overflow:
		s.start(s.step/10, s.step)
		return evaluateBoth, s.step, nil
	case f <= s.f0+s.rounding && slope >= 0.9*s.slope0 && slope <= -0.8*s.slope0:
		return optimize.MajorIteration, s.step, nil
	}
	op, step, err := s.MoreThuente.Iterate(f, slope)
	if errors.Is(err, optimize.ErrLinesearcherBound) {
		return optimize.MajorIteration, s.step, nil // the decrease suffices
	}
	s.step = step
	return op, step, err
}
