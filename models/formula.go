package models

import (
	"context"
	"fmt"
	"slices"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/prepare"
)

// Roles say what the nodes of a graph are to a model. All of them are of one graph.
type Roles struct {
	// Inputs are leaves that are fed for predictions. Their last extent is graph.Batch. One of
	// the others may be a symbol, such as T of (n, T, N): the leaf takes sequences, of the
	// length that the data set says which feeds it, by its number of columns. Columns are in
	// the order of the entries of a row: of (n, T, N), the T numbers of the first of n first.
	// So one model has training rows, validation rows and rows to predict of other lengths,
	// if all columns of a data set feed the leaf, or one beside it.
	Inputs []*graph.Node

	// Targets are leaves that the loss needs besides.
	Targets []*graph.Node

	// Outputs are what the model predicts.
	Outputs []Output

	// Loss is the loss of each example, (1, N). It is nil for a formula that only predicts,
	// or if there is a Cost.
	Loss *graph.Node

	// Penalty is a scalar that is added to the mean of the losses, such as ops.L2Penalty.
	// nil is none.
	Penalty *graph.Node

	// Cost is the scalar that a training minimises. nil is the mean of Loss, and the
	// Penalty. Another one cannot be weighted by example. Without a Loss it is what
	// Evaluate calls the loss.
	Cost *graph.Node

	// Params are what a training moves. nil is all parameters that the cost depends on in
	// training. Those that are left out are frozen.
	Params []*graph.Node

	// Columns name the columns of a data set that feed an input or a target, by the name of
	// that: features, or the label. A leaf that is not in it is fed by the data set of its
	// name, see data.Dataset.Beside, or by the column of its name; the only target by the
	// label; and the only input that nothing feeds yet by all features that no other leaf
	// takes.
	Columns map[string][]string

	// Standardized standardises the numbers of the features in float64, before they are fed. It has been fitted:
	// a Fit leaves it as it is. nil is none.
	Standardized *data.Scaler
}

// An Output is a value that a model predicts.
type Output struct {
	Name   string
	P      *graph.Node // the prediction, (k, N): probabilities or numbers; (k, T, N): these at each place of sequences
	Kind   Kind        // what it is
	Target *graph.Node // what it is compared with by Evaluate; nil is none, or the only target if there are no other outputs

	// Classes are the names of classes or, of Multilabel, of the labels. nil is those of the
	// data set for its label, and else their numbers.
	Classes []string

	// Loss is its own part of the loss, (1, N), for the Scores; nil is none, or all of the
	// loss if there are no other outputs.
	Loss *graph.Node
}

// A Kind is what an output of a model is.
type Kind int

// The kinds of outputs.
const (
	Inferred    Kind = iota // Binary or Categorical if the target is the label of a data set with classes, else Numbers
	Numbers                 // numbers, each compared with a number of the target
	Binary                  // one probability, that of the second of two classes; the target is 0 or 1
	Categorical             // a probability of each class; the target is one-hot, or the position of a class
	Multilabel              // a probability of each label, any number of which apply; the target is 0 or 1 for each
)

// String returns the name of the kind in lower case.
func (k Kind) String() string {
	if k < Inferred || k > Multilabel {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return [...]string{"inferred", "numbers", "binary", "categorical", "multilabel"}[k]
}

// A Formula is a model made of any graph. Make one by [New]. Deep and Logistic build one of
// layers: [Deep.Formula] returns it.
//
// Predict, Evaluate and the like use the weights that the graph had, and those of a Fit once
// that has ended. They may be called from any number of goroutines, also while Fit runs.
// The graph itself does not change.
type Formula struct {
	Roles

	// States are the states that the model depends on, oldest first: see graph.State.
	States []*graph.Node

	// Prepare says how columns of text and gaps are prepared; nil is a table of numbers. Roles.Columns then name
	// prepared columns. One that is one-hot is a column of positions, as ops.Gather and ops.OneHot take them.
	Prepare *prepare.Columns

	Seed uint64 // of the batches, and of random leaves such as those of ops.Dropout

	published
}

// New returns the model of a graph with parameters and the like. It completes r: the Cost,
// the Params and what is not set of Outputs have their defaults. The error is that of the
// first node that has one; it wraps ErrRoles if a node cannot have its role, two leaves or
// two outputs have one name, or the outputs or the loss depend on a leaf that is none of the
// inputs and targets.
func New(r Roles) (*Formula, error) {
	f := &Formula{Roles: r}
	if err := f.complete(); err != nil {
		return nil, err
	}
	own, err := f.clone()
	if err != nil {
		return nil, err
	}
	fitted, err := newFitted(own, nil, nil)
	if err != nil {
		return nil, err
	}
	fitted.scaler = r.Standardized
	f.current.Store(fitted)
	return f, nil
}

// Formula returns the model as a formula in a graph of its own, with copies of the weights.
// Building on it, fitting it or writing to its parameters does not change the model.
func (m *published) Formula() (*Formula, error) {
	f, err := m.get()
	if err != nil {
		return nil, err
	}
	own, err := f.formula.clone()
	if err != nil {
		return nil, err
	}
	c := f.of(own)
	c.choosePrograms()
	own.current.Store(c)
	return own, nil
}

// Formula returns a copy, see [Deep.Formula], with the Seed that f has now.
func (f *Formula) Formula() (*Formula, error) {
	own, err := f.published.Formula()
	if err != nil {
		return nil, err
	}
	own.Seed = f.Seed
	return own, nil
}

// Fit trains a copy of the formula on the rows of d, which must not change meanwhile, from
// the weights that the model has. The model changes when the training has ended, as
// [Deep.Fit] says.
func (f *Formula) Fit(ctx context.Context, d *data.Dataset, o FitOptions) (*History, error) {
	now, err := f.get()
	if err != nil {
		return nil, together(o.Group, err)
	}
	t, err := ready(ctx, d, o, f.Outputs[0].P.Graph().Dtype(), f.Prepare, func(d *data.Dataset, _ FitOptions) (*fitted, error) {
		own, err := now.formula.clone()
		if err != nil {
			return nil, err
		}
		own.Seed = f.Seed
		for i, o := range f.Outputs { // what was inferred of other data is inferred anew
			own.Outputs[i].Kind, own.Outputs[i].Classes = o.Kind, o.Classes
		}
		sources, err := sourcesOf(&own.Roles, d)
		if err != nil {
			return nil, err
		}
		made, err := newFitted(own, sources, d)
		if err == nil {
			err = made.keep(now.scaler)
		}
		return made, err
	})
	if err != nil {
		return nil, err
	}
	return t.history, f.publish(t, t.run(ctx))
}

// clone returns the formula in a graph of its own, not yet able to predict.
func (f *Formula) clone() (*Formula, error) {
	_, of, err := graph.Clone(f.nodes()...)
	if err != nil {
		return nil, err
	}
	c := &Formula{Roles: f.Roles, States: each(f.States, of), Prepare: f.Prepare, Seed: f.Seed}
	c.Inputs, c.Targets, c.Params = each(f.Inputs, of), each(f.Targets, of), each(f.Params, of)
	c.Loss, c.Penalty, c.Cost = of(f.Loss), of(f.Penalty), of(f.Cost)
	c.Outputs = slices.Clone(f.Outputs)
	for i, o := range c.Outputs {
		c.Outputs[i].P, c.Outputs[i].Target, c.Outputs[i].Loss = of(o.P), of(o.Target), of(o.Loss)
	}
	return c, nil
}

// each returns what of makes of each node.
func each(nodes []*graph.Node, of func(*graph.Node) *graph.Node) []*graph.Node {
	if nodes == nil {
		return nil
	}
	made := make([]*graph.Node, len(nodes))
	for i, n := range nodes {
		made[i] = of(n)
	}
	return made
}

// nodes returns all nodes that have a role.
func (r *Roles) nodes() []*graph.Node {
	nodes := slices.Concat(r.Inputs, r.Targets, r.Params, []*graph.Node{r.Loss, r.Penalty, r.Cost})
	for _, o := range r.Outputs {
		nodes = append(nodes, o.P, o.Target, o.Loss)
	}
	return slices.DeleteFunc(nodes, func(n *graph.Node) bool { return n == nil })
}

// complete fills in what follows from the rest, and checks everything.
func (f *Formula) complete() error {
	r := &f.Roles
	if len(r.Outputs) == 0 {
		return fmt.Errorf("%w: a model without outputs", ErrRoles)
	}
	r.Outputs = slices.Clone(r.Outputs)
	for _, n := range r.nodes() {
		if err := n.Err(); err != nil {
			return err
		}
	}
	if err := r.checkStandardized(); err != nil {
		return err
	}
	if err := r.checkOutputs(); err != nil {
		return err
	}
	if err := r.addCost(); err != nil {
		return err
	}
	nodes := r.nodes()
	for _, n := range nodes {
		if p := r.Outputs[0].P; n.Graph() != p.Graph() {
			return fmt.Errorf("%w: %v and %v: %w", ErrRoles, p, n, graph.ErrGraph)
		}
	}
	cone := graph.Cone(nodes...)
	if err := r.checkLeaves(cone); err != nil {
		return err
	}
	var err error
	if f.States, err = graph.States(nodes...); err != nil {
		return err
	}
	return f.checkNames(cone)
}

// addCost makes the cost of the loss and the penalty, and takes its parameters.
func (r *Roles) addCost() error {
	switch {
	case r.Loss != nil && r.Loss.Shape() != graph.ShapeOf(1, graph.Batch):
		return fmt.Errorf("%w: the loss has shape %v, want (1, N): a number for each example", ErrRoles, r.Loss.Shape())
	case r.Penalty != nil && (r.Loss == nil || r.Cost != nil):
		return fmt.Errorf("%w: a penalty goes with a loss; add it to a Cost", ErrRoles)
	case r.Penalty != nil && r.Penalty.Shape() != (graph.Shape{}):
		return fmt.Errorf("%w: the penalty has shape %v, want a scalar", ErrRoles, r.Penalty.Shape())
	case r.Cost == nil && r.Loss != nil:
		r.Cost = r.costOf(nil, byGradient)
	}
	if r.Cost == nil {
		return nil
	}
	if r.Cost.Shape() != (graph.Shape{}) {
		return fmt.Errorf("%w: the cost has shape %v, want a scalar", ErrRoles, r.Cost.Shape())
	}
	if r.Params == nil {
		r.Params = graph.Params(graph.InTraining(r.Cost)...)
	}
	return r.Cost.Err()
}
