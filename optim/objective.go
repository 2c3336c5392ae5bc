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
// for: asking for the gradient does not evaluate J. The gradient that was asked for
// last, with or without J, is the one whose program is fed.
type Objective struct {
	params []*graph.Node
	moves  map[*tensor.Dense]bool // the values of params
	inputs []*graph.Node          // those that J reads

	j, gradient, both formula
	home              *formula // gradient or both, the one that is fed: the last in use
	recent            *formula // the last to have given a gradient

	n    int                 // what Batch is, 0 while nothing says
	axis map[*graph.Node]int // of an input, the axis that is Batch, or −1
	lent map[*graph.Node]bool
}

// NewObjective returns J as a function of parameters; of all parameters that J
// depends on, graph.Params(j), if none are given. Nodes for the gradient are
// appended to the graph. The error is that of graph.Gradient, wraps
// graph.ErrNotScalar or graph.ErrGraph, or wraps ErrParams if there are no
// parameters, or one is not a parameter or is given twice. What graph.Compile
// refuses is an error of the first Feed or evaluation.
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
			return nil, fmt.Errorf("minimise %s: %w", nameOf(j), err)
		}
	}
	o := &Objective{params: slices.Clone(params), moves: moves, inputs: inputsOf(j), axis: map[*graph.Node]int{}, lent: map[*graph.Node]bool{}}
	// The inputs are outputs too. So the program that is fed holds all that J
	// needs, and the others take it from there.
	o.j.outputs = []*graph.Node{j}
	o.gradient.outputs = slices.Concat(grads, o.inputs)
	o.both.outputs = slices.Concat([]*graph.Node{j}, grads, o.inputs)
	o.home = &o.gradient
	return o, nil
}

// WithLoss says that J will be asked for with its gradient, by LossGradient or by
// Optimizer.StepLoss. It changes nothing but the memory and the time that the first
// evaluation takes, and that only before the first Feed: what is fed goes to the
// program that is expected to use it.
func (o *Objective) WithLoss() {
	if o.home.program == nil {
		o.home = &o.both
	}
}

// valuesOf returns the set of the parameters' tensors, each its parameter's own, or
// why j cannot be minimised over them.
func valuesOf(params []*graph.Node, j *graph.Node) (map[*tensor.Dense]bool, error) {
	if len(params) == 0 {
		return nil, fmt.Errorf("minimise %s: it depends on no parameter: %w", nameOf(j), ErrParams)
	}
	values := make(map[*tensor.Dense]bool, len(params))
	for _, w := range params {
		if err := w.Err(); err != nil {
			return nil, fmt.Errorf("minimise %s: %w", nameOf(j), err)
		}
		switch {
		case w.Graph() != j.Graph():
			return nil, fmt.Errorf("minimise %s over %s: %w", nameOf(j), nameOf(w), graph.ErrGraph)
		case w.Kind() != graph.Param:
			return nil, fmt.Errorf("minimise %s over %s, which no Graph.Param made: %w", nameOf(j), nameOf(w), ErrParams)
		case values[w.Value()]:
			return nil, fmt.Errorf("minimise %s over %s, given twice: %w", nameOf(j), nameOf(w), ErrParams)
		}
		values[w.Value()] = true
	}
	return values, nil
}

// inputsOf returns the inputs from which j is computed.
func inputsOf(j *graph.Node) []*graph.Node {
	return slices.DeleteFunc(graph.Cone(j), func(n *graph.Node) bool { return n.Kind() != graph.Input })
}

// nameOf is what an error calls a node: its name, its op, or its number.
func nameOf(n *graph.Node) string {
	switch {
	case n.Name() != "":
		return n.Name()
	case n.Op() != nil:
		return n.Op().String()
	}
	return n.String()
}

// Params returns the parameters.
func (o *Objective) Params() []*graph.Node { return slices.Clone(o.params) }

// Feed copies v into the input x, as graph.Program.Feed does, with its errors.
func (o *Objective) Feed(x *graph.Node, v *tensor.Dense) error {
	return o.feed(x, v, (*graph.Program).Feed)
}

// Lend makes v the value of the input x without a copy, as graph.Program.Lend does,
// with its errors.
func (o *Objective) Lend(x *graph.Node, v *tensor.Dense) error {
	if err := o.feed(x, v, (*graph.Program).Lend); err != nil {
		return err
	}
	o.lent[x] = true
	o.unbind()
	return nil
}

// feed feeds v by a method of the program that is fed.
func (o *Objective) feed(x *graph.Node, v *tensor.Dense, by func(*graph.Program, *graph.Node, *tensor.Dense) error) error {
	if err := o.home.ready(); err != nil {
		return err
	}
	if err := by(o.home.program, x, v); err != nil {
		return err
	}
	n := 0
	if axis := o.batchAxis(x); axis >= 0 {
		n = v.Shape()[axis]
	}
	o.fed(x, n)
	return nil
}

// FeedBy has fill write the input x for n examples, as graph.Program.FeedBy does,
// with its errors.
func (o *Objective) FeedBy(x *graph.Node, n int, fill func(v *tensor.Dense) error) error {
	if err := o.home.ready(); err != nil {
		return err
	}
	if err := o.home.program.FeedBy(x, n, fill); err != nil {
		return err
	}
	if o.batchAxis(x) < 0 {
		n = 0
	}
	o.fed(x, n)
	return nil
}

// fed notes that the input x was fed, for n examples unless n is 0.
func (o *Objective) fed(x *graph.Node, n int) {
	o.j.fed, o.gradient.fed, o.both.fed = false, false, false
	if n != 0 && n != o.n || o.lent[x] {
		o.unbind()
	}
	if n != 0 {
		o.n = n
	}
	delete(o.lent, x)
}

// unbind notes that outputs will have other tensors than before.
func (o *Objective) unbind() { o.j.bound, o.gradient.bound, o.both.bound = false, false, false }

// batchAxis returns which axis of x is Batch, or −1.
func (o *Objective) batchAxis(x *graph.Node) int {
	axis, known := o.axis[x]
	if !known {
		axis = slices.Index(x.Shape().Dims(), graph.Batch)
		o.axis[x] = axis
	}
	return axis
}

// Loss evaluates J. The error is that of graph.Program.Run.
func (o *Objective) Loss() (float64, error) {
	v, err := o.run(&o.j)
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
	if _, err := o.run(&o.gradient); err != nil {
		return nil, err
	}
	o.recent = &o.gradient
	return o.gradientOf(&o.gradient), nil
}

// LossGradient evaluates J and ∇J at once, which costs hardly more than ∇J. See
// Loss and Gradient.
func (o *Objective) LossGradient() (float64, []*tensor.Dense, error) {
	v, err := o.run(&o.both)
	if err != nil {
		return 0, nil, err
	}
	o.recent = &o.both
	return number(v[0]), o.gradientOf(&o.both), nil
}

// LastGradient returns the gradient that was evaluated last, be it by Gradient,
// LossGradient or a step of an Optimizer, and nil if none was.
func (o *Objective) LastGradient() []*tensor.Dense {
	if o.recent == nil {
		return nil
	}
	return o.gradientOf(o.recent)
}

// gradientOf returns the gradient among the values of a formula.
func (o *Objective) gradientOf(f *formula) []*tensor.Dense {
	first := 0
	if f == &o.both {
		first = 1
	}
	return f.values[first : first+len(o.params) : first+len(o.params)]
}

// run evaluates a formula.
func (o *Objective) run(f *formula) ([]*tensor.Dense, error) {
	if err := f.ready(); err != nil {
		return nil, err
	}
	if f != o.home && !f.fed && o.home.program != nil {
		if err := f.feedFrom(o.home.program, o.inputs, o.lent); err != nil {
			return nil, err
		}
	}
	if f != &o.j && f != o.home {
		o.home.fed, o.home = true, f
	}
	if err := f.program.Run(); err != nil {
		return nil, err
	}
	if !f.bound {
		if err := f.bind(o.moves); err != nil {
			return nil, err
		}
	}
	for _, c := range f.copies {
		copyTensor(c[0], c[1])
	}
	return f.values, nil
}
