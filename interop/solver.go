package interop

import (
	"errors"
	"fmt"
	"math"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A Solver drives gorgonia's nodes, or anything that has a value and a gradient
// there, by a Rule of package optim. It is a gorgonia.Solver:
//
//	solver := &interop.Solver{Rule: optim.Adam{Rate: 1e-3}}
//	err := solver.Step(gorgonia.NodesToValueGrads(nodes))
//
// Like gorgonia's own it is given the same model at every step, remembers what the
// rule does by position, and sets the gradients to zero when it has used them.
type Solver struct {
	Rule     optim.Rule
	Schedule optim.Schedule // the factor of the rate at each step; nil is 1
	Clip     optim.Clip     // of the gradients

	optimizer *optim.Optimizer
	gradient  []*graph.Node // an input for the gradient of each parameter
}

var _ gorgonia.Solver = (*Solver)(nil)

// Step moves the values of a model along their gradients. If there is an error
// they have not moved: it is that of optim.Minimize or of Optimizer.Step, where a
// *optim.DivergedError has no Loss, which nobody knows here; or it wraps
// graph.ErrType for a value of another type than float32 and float64, or of two
// types in one model, graph.ErrLayout for a view, graph.ErrShape for a model that
// is not that of the step before, or is the Grad of the model.
func (s *Solver) Step(model []gorgonia.ValueGrad) error {
	weights, gradients, err := read(model)
	if err != nil {
		return err
	}
	if s.optimizer == nil {
		if err := s.start(weights); err != nil {
			return err
		}
	}
	if err := s.load(weights, gradients); err != nil {
		return err
	}
	s.optimizer.Schedule, s.optimizer.Clip = s.Schedule, s.Clip
	if err := s.optimizer.Step(); err != nil {
		if d := (*optim.DivergedError)(nil); errors.As(err, &d) {
			d.Loss = math.NaN()
		}
		return err
	}
	for i, w := range s.optimizer.Params() {
		write(model[i].Value(), w.Value())
		if d, err := model[i].Grad(); err == nil {
			zero(d)
		}
	}
	return nil
}

// start makes an optimizer of J = Σ⟨ζ, w⟩, whose gradient by w is ζ.
func (s *Solver) start(weights []*tensor.Dense) error {
	if len(weights) == 0 {
		return fmt.Errorf("solver: empty model: %w", optim.ErrParams)
	}
	g := graph.NewOf(weights[0].Dtype())
	j := g.Const(0)
	var gradient []*graph.Node
	for i, v := range weights {
		w, ζ := g.Param(fmt.Sprintf("value %d", i), v), g.Input(fmt.Sprintf("gradient %d", i), v.Shape()...)
		gradient = append(gradient, ζ)
		j = ops.Add(j, ops.Dot(ζ, w))
	}
	optimizer, err := optim.Minimize(j, s.Rule)
	if err != nil {
		return err
	}
	s.optimizer, s.gradient = optimizer, gradient
	return nil
}

// load copies weights and gradients into the optimizer.
func (s *Solver) load(weights, gradients []*tensor.Dense) error {
	params := s.optimizer.Params()
	if len(weights) != len(params) {
		return fmt.Errorf("solver: %d values after %d: %w", len(weights), len(params), graph.ErrShape)
	}
	for i, w := range params {
		if !weights[i].Shape().Eq(w.Value().Shape()) {
			return fmt.Errorf("solver: value %d has %d entries after %d: %w", i, weights[i].Size(), w.Value().Size(), graph.ErrShape)
		}
		if err := s.optimizer.Feed(s.gradient[i], gradients[i]); err != nil {
			return err
		}
	}
	for i, w := range params {
		compute.Copy(w.Value(), weights[i])
	}
	return nil
}

// read returns copies of the values and gradients of a model, as vectors.
func read(model []gorgonia.ValueGrad) (weights, gradients []*tensor.Dense, err error) {
	for i, m := range model {
		d, err := m.Grad()
		if err != nil {
			return nil, nil, err
		}
		w, err := vector(m.Value())
		if v, ok := m.Value().(*tensor.Dense); ok && err == nil {
			err = plain(v) // it is written to
		}
		if err != nil {
			return nil, nil, fmt.Errorf("solver: value %d: %w", i, err)
		}
		ζ, err := vector(d)
		if err != nil {
			return nil, nil, fmt.Errorf("solver: gradient %d: %w", i, err)
		}
		weights, gradients = append(weights, w), append(gradients, ζ)
	}
	return weights, gradients, nil
}
