package optim

import (
	"fmt"
	"slices"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// An Objective is a scalar J as a function of its parameters. It evaluates J,
// its gradient, or both, for the inputs that were fed last and the parameters as
// they are. It serves one goroutine.
//
// Each of the three is a program of its own, compiled when it is first asked
// for: asking for the gradient does not evaluate J. They share what is fed.
type Objective struct {
	params []*graph.Node
	moves  map[*tensor.Dense]bool // the values of params
	inputs *graph.Inputs

	j, gradient, both formula
	last              []*tensor.Dense // the gradient that was evaluated last
}

// NewObjective returns J as a function of parameters; of all parameters that J
// depends on, graph.Params(j), if none are given. Nodes for the gradient are
// appended to the graph. The error is that of graph.Gradient, wraps
// graph.ErrNotScalar or graph.ErrGraph, or wraps ErrParams if there are no
// parameters, or one is not a parameter or is given twice. What graph.Compile
// refuses is an error of the first evaluation.
func NewObjective(j *graph.Node, params ...*graph.Node) (*Objective, error) {
	if err := j.Err(); err != nil {
		return nil, fmt.Errorf("minimise: %w", err)
	}
	if len(params) == 0 {
		params = graph.Params(j)
	}
	moves, err := valuesOf(params, j)
	if err != nil {
		return nil, err
	}
	grads := graph.Gradient(j, params...)
	for _, n := range grads {
		if err := n.Err(); err != nil {
			return nil, fmt.Errorf("minimise %s: %w", j.Label(), err)
		}
	}
	inputs, err := graph.NewInputs(j)
	if err != nil {
		return nil, err
	}
	return &Objective{
		params: slices.Clone(params), moves: moves, inputs: inputs,
		j: formula{outputs: []*graph.Node{j}}, gradient: formula{outputs: grads}, both: formula{outputs: append([]*graph.Node{j}, grads...)},
	}, nil
}

// valuesOf returns the set of the parameters' tensors, each its parameter's own, or
// why j cannot be minimised over them.
func valuesOf(params []*graph.Node, j *graph.Node) (map[*tensor.Dense]bool, error) {
	if len(params) == 0 {
		return nil, fmt.Errorf("minimise %s: it depends on no parameter: %w", j.Label(), ErrParams)
	}
	values := make(map[*tensor.Dense]bool, len(params))
	for _, w := range params {
		if err := w.Err(); err != nil {
			return nil, fmt.Errorf("minimise %s: %w", j.Label(), err)
		}
		switch {
		case w.Graph() != j.Graph():
			return nil, fmt.Errorf("minimise %s over %s: %w", j.Label(), w.Label(), graph.ErrGraph)
		case w.Kind() != graph.Param:
			return nil, fmt.Errorf("minimise %s over %s, which no Graph.Param made: %w", j.Label(), w.Label(), ErrParams)
		case values[w.Value()]:
			return nil, fmt.Errorf("minimise %s over %s, given twice: %w", j.Label(), w.Label(), ErrParams)
		}
		values[w.Value()] = true
	}
	return values, nil
}

// Params returns the parameters.
func (o *Objective) Params() []*graph.Node { return slices.Clone(o.params) }

// Feed copies v into the input x, as graph.Program.Feed does, with its errors. Memory that
// evaluation lacks is an error of that.
func (o *Objective) Feed(x *graph.Node, v *tensor.Dense) error { return o.inputs.Feed(x, v) }

// Lend makes v the value of the input x without a copy, as graph.Program.Lend does,
// with its errors.
func (o *Objective) Lend(x *graph.Node, v *tensor.Dense) error { return o.inputs.Lend(x, v) }

// FeedBy has fill write the input x for n examples, as graph.Program.FeedBy does,
// with its errors.
func (o *Objective) FeedBy(x *graph.Node, n int, fill func(v *tensor.Dense) error) error {
	return o.inputs.FeedBy(x, n, fill)
}

// FeedShape has fill write the input x, as graph.Program.FeedShape does, with its errors.
func (o *Objective) FeedShape(x *graph.Node, shape graph.Shape, fill func(v *tensor.Dense) error) error {
	return o.inputs.FeedShape(x, shape, fill)
}

// Loss evaluates J. The error is that of graph.Program.Run.
func (o *Objective) Loss() (float64, error) {
	v, err := o.j.run(o.inputs, o.moves)
	if err != nil {
		return 0, err
	}
	return number(v[0]), nil
}

// Gradient evaluates ∇J: one tensor for each parameter, in their order and of
// their shapes. The tensors are the Objective's own: they are overwritten by the
// next evaluation, are not to be changed, and share no memory with a parameter. J
// itself is not evaluated.
func (o *Objective) Gradient() ([]*tensor.Dense, error) {
	v, err := o.gradient.run(o.inputs, o.moves)
	if err == nil {
		o.last = v
	}
	return v, err
}

// LossGradient evaluates J and ∇J at once, which costs hardly more than ∇J. See
// Loss and Gradient.
func (o *Objective) LossGradient() (float64, []*tensor.Dense, error) {
	v, err := o.both.run(o.inputs, o.moves)
	if err != nil {
		return 0, nil, err
	}
	o.last = v[1:]
	return number(v[0]), o.last, nil
}

// LastGradient returns the gradient that was evaluated last, be it by Gradient,
// LossGradient or a step of an Optimizer, and nil if none was.
func (o *Objective) LastGradient() []*tensor.Dense { return o.last }
