package interop

import (
	"fmt"

	"adjoint/graph"
	"adjoint/optim"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// ValueGrads returns the parameters of o, in their order, with their gradients, as
// gorgonia's solvers take them:
//
//	model, solver := interop.ValueGrads(o), gorgonia.NewAdamSolver()
//	for range steps {
//		if _, err := o.Gradient(); err != nil { … }
//		if err := solver.Step(model); err != nil { … }
//	}
//
// A solver moves the parameters themselves. Their gradients are those that o has
// evaluated last, each time a copy, for solvers compute in them; the error of Grad
// wraps graph.ErrNotRun if there are none.
//
// VanillaSolver, Momentum and AdamSolver compute what SGD and Adam of package optim
// do. RMSPropSolver and AdaGradSolver have ε under the root, not beside it, and
// AdaGradSolver always has the rate 0.001. AdamW takes nodes of gorgonia's only: it
// panics here, and moves nothing there.
func ValueGrads(o *optim.Objective) []gorgonia.ValueGrad {
	var model []gorgonia.ValueGrad
	for i, w := range o.Params() {
		model = append(model, &parameter{
			name:  w.Label(),
			value: sharing(w.Value()),
			gradient: func() *tensor.Dense {
				if d := o.LastGradient(); d != nil {
					return d[i]
				}
				return nil
			},
		})
	}
	return model
}

// A parameter is a parameter of ours with its gradient.
type parameter struct {
	name     string
	value    *tensor.Dense
	gradient func() *tensor.Dense // nil if there is none
}

// Value returns a tensor over the memory of the parameter.
func (p *parameter) Value() gorgonia.Value { return p.value }

// Grad returns a copy of the gradient.
func (p *parameter) Grad() (gorgonia.Value, error) {
	d := p.gradient()
	if d == nil {
		return nil, fmt.Errorf("gradient of %s: %w", p.name, graph.ErrNotRun)
	}
	return sharing(d.Clone().(*tensor.Dense)), nil
}

// Name is what gorgonia's errors call the parameter.
func (p *parameter) Name() string { return p.name }

// sharing returns a tensor over the memory of v. Where v has the shape (), its has
// the shape (1): gorgonia's solvers know no scalar tensors.
func sharing(v *tensor.Dense) *tensor.Dense {
	shape := v.Shape().Clone()
	if len(shape) == 0 {
		shape = tensor.Shape{1}
	}
	if v.Dtype() == tensor.Float32 {
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(v.Float32s()))
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(v.Float64s()))
}
