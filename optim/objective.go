package optim

import (
	"context"
	"fmt"
	"slices"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// An Objective is a scalar J as a function of its parameters. It evaluates J,
// its gradient, or both, for the inputs that were fed last and the parameters as
// they are. It serves one goroutine.
//
// J is taken as it is in training, see [graph.Phase]. So its leaves of the kind
// graph.Random are inputs, which are fed.
//
// Each of the three is a program of its own, compiled when it is first asked
// for: asking for the gradient does not evaluate J. They share what is fed.
type Objective struct {
	params []*graph.Node
	moves  map[*tensor.Dense]bool // the values of params
	inputs *graph.Inputs
	states states
	random []*graph.Node

	formulas [5]formula      // by evaluation
	split    *split          // nil for an evaluation as a whole
	last     []*tensor.Dense // the gradient that was evaluated last
}

// An evaluation is what is asked of an Objective.
type evaluation int

const (
	ofLoss evaluation = iota
	ofGradient
	ofBoth // J, then its gradient

	// Those of an Optimizer with parameters that move by rows. What they are in place of is as far before.
	ofStep     // what a step needs of the gradient
	ofStepLoss // J, then the same
)

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
	states, err := statesOf(j)
	if err != nil {
		return nil, fmt.Errorf("minimise %s: %w", j.Label(), err)
	}
	trained := graph.InTraining(append([]*graph.Node{j}, states.next...)...)
	j, states.next = trained[0], trained[1:]
	if len(params) == 0 {
		params = graph.Params(j)
	}
	moves, err := valuesOf(params, j)
	if err != nil {
		return nil, err
	}
	for _, s := range states.nodes {
		moves[s.Value()] = true
	}
	j = graph.StableForm(j) // the gradient and the programs are of that: it is found once
	grads := graph.Gradient(j, params...)
	for _, n := range grads {
		if err := n.Err(); err != nil {
			return nil, fmt.Errorf("minimise %s: %w", j.Label(), err)
		}
	}
	inputs, err := graph.NewInputs(trained...)
	if err != nil {
		return nil, err
	}
	random := slices.DeleteFunc(graph.Cone(trained...), func(n *graph.Node) bool { return n.Kind() != graph.Random })
	move := slices.Concat(grads, states.next)
	return &Objective{
		params: slices.Clone(params), moves: moves, inputs: inputs, states: states, random: random,
		formulas: [5]formula{ofLoss: {outputs: []*graph.Node{j}}, ofGradient: {outputs: move}, ofBoth: {outputs: append([]*graph.Node{j}, move...)}},
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

// States returns the states that J depends on, in training or in prediction. A step of an
// Optimizer moves them, and nothing else does.
func (o *Objective) States() []*graph.Node { return slices.Clone(o.states.nodes) }

// Random returns the leaves of the kind graph.Random that J depends on, oldest first.
func (o *Objective) Random() []*graph.Node { return slices.Clone(o.random) }

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
	v, err := o.evaluate(context.Background(), ofLoss)
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
	v, err := o.evaluate(context.Background(), ofGradient)
	if err != nil {
		return nil, err
	}
	o.take(v)
	return o.last, nil
}

// take keeps the gradient, and where the states move, of an evaluation.
func (o *Objective) take(v []*tensor.Dense) {
	o.last, o.states.values = v[:len(o.params):len(o.params)], v[len(o.params):]
}

// LossGradient evaluates J and ∇J at once, which costs hardly more than ∇J. See
// Loss and Gradient.
func (o *Objective) LossGradient() (float64, []*tensor.Dense, error) {
	return o.lossGradient(context.Background())
}

// lossGradient is LossGradient until ctx is done. The error is its cause then.
func (o *Objective) lossGradient(ctx context.Context) (float64, []*tensor.Dense, error) {
	v, err := o.evaluate(ctx, ofBoth)
	if err != nil {
		return 0, nil, err
	}
	o.take(v[1:])
	return number(v[0]), o.last, nil
}

// ForwardLoss returns the J of LossGradient or StepLoss without its gradient, by as much of
// their program as comes before it: after a step nothing is compiled. The J of an Objective
// that is split is that of LossGradient. The errors are those of Loss.
func (o *Objective) ForwardLoss() (float64, error) {
	if o.split != nil {
		loss, _, err := o.LossGradient()
		return loss, err
	}
	o.last = nil // other values are where it was
	f := &o.formulas[ofBoth]
	if f.program == nil && o.formulas[ofStepLoss].program != nil {
		f = &o.formulas[ofStepLoss]
	}
	if err := f.compile(o.inputs); err != nil {
		return 0, err
	}
	v, err := f.program.RunFirst()
	if err != nil {
		return 0, err
	}
	return number(v), nil
}

// LastGradient returns the gradient that was evaluated last, be it by Gradient,
// LossGradient or a step of an Optimizer, and nil if none was.
func (o *Objective) LastGradient() []*tensor.Dense { return o.last }
