package models

import (
	"fmt"
	"slices"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A networkJSON is what a file says of a formula that Deep or Logistic made of layers: which
// parts of it these are, and the fields that it was made with.
type networkJSON struct {
	Layers        []layerJSON        `json:"layers"`
	Inits         []string           `json:"inits"`            // by parameter: how it was drawn, "" if by an Init of one's own
	Weights       []int              `json:"weights"`          // the parameters that a penalty acts on
	States        map[string]float64 `json:"states,omitempty"` // what all entries of a state begin as, by name
	Loss          string             `json:"loss"`             // its name
	Penalty       string             `json:"penalty"`          // "none", "L1" or "L2"
	Lambda        float64            `json:"lambda"`
	Levels        []int              `json:"levels,omitempty"`   // of the last features, which are one-hot
	Features      int                `json:"features,omitempty"` // how many sparse rows have, if they are that
	Rows          int                `json:"rows"`               // N of the penalty
	Target        *targetJSON        `json:"target,omitempty"`   // if the target of a regression is standardised
	Targets       []targetJSON       `json:"targets,omitempty"`  // the same of several targets
	Solver        string             `json:"solver,omitempty"`   // what follows is of logistic
	Tolerance     float64            `json:"tolerance,omitempty"`
	MaxIterations int                `json:"max_iterations,omitempty"`
}

type layerJSON struct {
	Name   string `json:"name"`
	Params int    `json:"params"` // how many it has made
}

type targetJSON struct {
	Mean  float64 `json:"mean"`
	Scale float64 `json:"scale"`
}

// The roles of nodes that only formulas made of layers have.
const (
	layersRole = "layers" // their values
	scaledRole = "scaled" // the targets as the loss takes them, if they are scaled
)

var solverNames = map[Solver]string{LBFGS: "lbfgs", Descent: "descent"}

// The names of inits in files.
var knownInits = []struct {
	name string
	init Init
}{{"he_normal", HeNormal}, {"glorot_normal", GlorotNormal}, {"glorot_uniform", GlorotUniform}, {"zeros", Zeros}}

// initName names an init by what it draws; "" if it is none of this package.
func initName(init Init) string {
	drawn := func(init Init) []float64 {
		w := make([]float64, 12)
		init(w, 3, 4, newDraw(1))
		return w
	}
	for _, known := range knownInits {
		if init != nil && slices.Equal(drawn(known.init), drawn(init)) {
			return known.name
		}
	}
	return ""
}

func initNamed(name string) (Init, error) {
	for _, known := range knownInits {
		if known.name == name {
			return known.init, nil
		}
	}
	if name != "" {
		return nil, fmt.Errorf("%w: init %q", ErrFormat, name)
	}
	return nil, nil
}

// record adds to r and to the roles what a file says of the network.
func (n *network) record(r *record, roles map[string][]*graph.Node) {
	s := n.spec
	r.Kind = deepKind
	note := &networkJSON{Loss: n.loss.Name, Penalty: s.penalty.String(), Lambda: s.lambda, Rows: s.rows, Levels: s.levels, States: n.starts}
	if s.sparse {
		note.Features = s.features
	}
	if l := s.logistic; l != nil {
		r.Kind = logisticKind
		note.Solver, note.Tolerance, note.MaxIterations = solverNames[l.solver], l.tolerance, l.maxIterations
	}
	if t := n.targets; t != nil {
		for k := range t.mean {
			note.Targets = append(note.Targets, targetJSON{t.mean[k], t.scale[k]})
		}
		if len(t.mean) == 1 {
			note.Target, note.Targets = &note.Targets[0], nil
		}
		roles[scaledRole] = []*graph.Node{n.scaled}
	}
	for _, l := range n.layers {
		note.Layers = append(note.Layers, layerJSON{l.name, len(l.params)})
		roles[layersRole] = append(roles[layersRole], l.value)
	}
	for _, init := range n.inits {
		note.Inits = append(note.Inits, initName(init))
	}
	for _, w := range n.weights {
		note.Weights = append(note.Weights, slices.Index(n.params, w))
	}
	r.Network = note
}

// network returns the network that r describes, of a formula that was read.
func (r *record) network(f *Formula, nodes map[string][]*graph.Node) (*network, error) {
	note, values := r.Network, nodes[layersRole]
	if len(values) != len(note.Layers) || len(values) == 0 || len(f.Inputs) != note.inputs() || len(f.Targets) != 1 || len(f.Outputs) != 1 || f.Loss == nil || len(note.Inits) != len(f.Params) {
		return nil, fmt.Errorf("%d layers with values of %d, %d inputs, %d targets", len(note.Layers), len(values), len(f.Inputs), len(f.Targets))
	}
	s, err := note.spec(f.Outputs[0].P.Graph().Dtype())
	if err != nil {
		return nil, err
	}
	stack := &stack{g: f.Inputs[0].Graph(), x: f.Inputs[0], inputs: f.Inputs, a: values[len(values)-1], params: f.Params, starts: note.States}
	for _, name := range note.Inits {
		init, err := initNamed(name)
		if err != nil {
			return nil, err
		}
		stack.inits = append(stack.inits, init)
	}
	for _, i := range note.Weights {
		if i < 0 || i >= len(f.Params) {
			return nil, fmt.Errorf("a penalty on parameter %d, of %d", i, len(f.Params))
		}
		stack.weights = append(stack.weights, f.Params[i])
	}
	if s.sparse {
		stack.x = stack.g.Input("x", s.features, graph.Batch)
	}
	before, params, inits := f.Inputs, f.Params, stack.inits
	for i, l := range note.Layers {
		if l.Params < 0 || l.Params > len(params) {
			return nil, fmt.Errorf("layer %d has %d parameters, %d are left", i+1, l.Params, len(params))
		}
		kept := keptLayer{l.Name, segment{before, values[i]}, params[:l.Params], inits[:l.Params], stack.weights, stack.starts, nil}
		if i == 0 {
			kept.levels = note.Levels
		}
		s.layers = append(s.layers, kept)
		stack.layers = append(stack.layers, layerSummary{l.Name, values[i], kept.params})
		before, params, inits = values[i:i+1], params[l.Params:], inits[l.Params:]
	}
	n := &network{spec: s, stack: stack, kind: f.Outputs[0].Kind, targets: s.targets, y: f.Targets[0], scaled: f.Targets[0], formula: f}
	if n.targets != nil && len(n.targets.mean) != width(n.y) {
		return nil, fmt.Errorf("%d targets are scaled, of %d", len(n.targets.mean), width(n.y))
	}
	if scaled := nodes[scaledRole]; n.targets != nil && len(scaled) == 1 {
		n.scaled = scaled[0]
	} else if n.targets != nil || len(scaled) > 0 {
		return nil, fmt.Errorf("%d nodes of scaled targets", len(scaled))
	}
	n.loss = keptLoss(note.Loss, f, n)
	n.spec.loss, n.spec.features, n.spec.seed = n.loss, width(n.x), r.Seed
	if n.kind != Multilabel {
		n.spec.classes = f.Outputs[0].classes(width(f.Outputs[0].P))
	}
	return n, nil
}

// inputs returns how many inputs the formula has.
func (n *networkJSON) inputs() int {
	if n.Features > 0 {
		return len(sparseParts)
	}
	return 1
}

// spec returns the fields of the model.
func (n *networkJSON) spec(dtype tensor.Dtype) (s spec, err error) {
	s = spec{lambda: n.Lambda, rows: n.Rows, rowKind: rowKind{n.Features, n.Levels, n.Features > 0}, dtype: dtype}
	if s.rows < 1 {
		return s, fmt.Errorf("%d training rows", s.rows)
	}
	if s.penalty, err = penaltyNamed(n.Penalty, n.Lambda); err != nil {
		return s, err
	}
	all := n.Targets
	if n.Target != nil {
		all = append(all, *n.Target)
	}
	for _, t := range all {
		if !(t.Scale > 0) {
			return s, fmt.Errorf("targets are divided by %g", t.Scale)
		}
		if s.targets == nil {
			s.targets = &scaling{}
		}
		s.targets.mean, s.targets.scale = append(s.targets.mean, t.Mean), append(s.targets.scale, t.Scale)
	}
	if n.Solver == "" {
		return s, nil
	}
	for solver, name := range solverNames {
		if name == n.Solver {
			s.logistic = &logisticOptions{solver, n.Tolerance, n.MaxIterations}
			return s, nil
		}
	}
	return s, fmt.Errorf("%w: solver %q", ErrFormat, n.Solver)
}

// penaltyNamed returns the penalty of a name.
func penaltyNamed(name string, lambda float64) (Penalty, error) {
	for _, p := range []Penalty{NoPenalty, L1, L2} {
		if p.String() == name {
			return p, p.check(lambda)
		}
	}
	return 0, fmt.Errorf("%w: penalty %q", ErrFormat, name)
}

// A keptLayer is a layer that was read from a file: it applies what the layer made of its
// input, with new parameters.
type keptLayer struct {
	name    string
	part    segment
	params  []*graph.Node // of the file
	inits   []Init
	weights []*graph.Node // those that a penalty acts on
	starts  map[string]float64
	levels  []int // of the first layer: those that it was made for
}

func (l keptLayer) Apply(b *Builder, a *graph.Node) *graph.Node {
	from := []*graph.Node{a}
	if l.sparse() {
		from = b.expanded[a].entries
	}
	return l.part.at(from, func(n *graph.Node) *graph.Node {
		at := slices.Index(l.params, n)
		switch {
		case n.Kind() == graph.State:
			return b.State(n.Name(), l.starts[n.Name()], n.Shape().Dims()...)
		case at < 0:
			return b.fail(fmt.Errorf("%w: layer %s depends on %s, which is none of its parameters", ErrOption, l.name, n.Name()))
		}
		return b.param(n.Name(), l.inits[at], slices.Contains(l.weights, n), n.Shape().Dims()...)
	})
}

// sparse reports whether the layer takes sparse rows.
func (l keptLayer) sparse() bool { return isEntries(l.part.from[0]) }

func (l keptLayer) String() string { return l.name }

// keptLoss returns the loss of a network that was read from a file.
func keptLoss(name string, f *Formula, n *network) Loss {
	none := func(x *graph.Node) *graph.Node {
		return graph.Fail(x.Graph(), fmt.Errorf("%w: a loss that depends on %s", ErrOption, x.Name()))
	}
	l := Loss{Name: name, Of: func(a, y *graph.Node) *graph.Node {
		return segment{[]*graph.Node{n.a, n.scaled}, f.Loss}.at([]*graph.Node{a, y}, none)
	}}
	if p := f.Outputs[0].P; p != n.a && n.targets == nil {
		l.Proba = func(a *graph.Node) *graph.Node {
			return segment{[]*graph.Node{n.a}, p}.at([]*graph.Node{a}, none)
		}
	}
	return l
}
