package models

import (
	"errors"
	"fmt"
	"slices"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/graphio"
	"adjoint/prepare"
)

// A record is the part of a file, in JSON, that says what the nodes of its formula are to
// the model, and what feeds them.
type record struct {
	Kind     string              `json:"kind"` // deepKind, logisticKind or formulaKind
	Seed     uint64              `json:"seed"`
	Inputs   []sourceJSON        `json:"inputs"`  // null if the data set will say it
	Targets  []sourceJSON        `json:"targets"` // the same
	Outputs  []outputJSON        `json:"outputs"`
	Columns  map[string][]string `json:"columns,omitempty"`
	Preparer *prepare.Preparer   `json:"preparer,omitempty"` // of raw rows, before the scaler
	Scaler   *scalerJSON         `json:"scaler,omitempty"`   // if features are not taken as they are
	Network  *networkJSON        `json:"network,omitempty"`  // of a formula that Deep or Logistic made
}

// The kinds of models.
const (
	deepKind     = "deep"
	logisticKind = "logistic"
	formulaKind  = "formula"
)

type sourceJSON struct {
	From    string   `json:"from,omitempty"`
	Columns []string `json:"columns,omitempty"`
	All     bool     `json:"all,omitempty"`
	Label   bool     `json:"label,omitempty"`
	Classes int      `json:"classes,omitempty"`

	Sparse sparsePart `json:"sparse,omitempty"`
}

type outputJSON struct {
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`
	Classes []string `json:"classes,omitempty"`
	Target  *int     `json:"target,omitempty"` // its place among the targets
	Loss    bool     `json:"loss,omitempty"`   // it has one of its own
}

type scalerJSON struct {
	Features []string  `json:"features"`
	Mean     []float64 `json:"mean"`
	Scale    []float64 `json:"scale"`
}

// The roles of nodes in the formula of a file.
const (
	inputsRole  = "inputs"
	targetsRole = "targets"
	outputsRole = "outputs"
	lossesRole  = "losses" // those of outputs that have one of their own
	lossRole    = "loss"
	penaltyRole = "penalty"
	costRole    = "cost"
	paramsRole  = "params"
)

var roleNames = []string{inputsRole, targetsRole, outputsRole, lossesRole, lossRole, penaltyRole, costRole, paramsRole, layersRole, scaledRole}

// named returns the nodes of the roles by name.
func (r *Roles) named() map[string][]*graph.Node {
	all := map[string][]*graph.Node{inputsRole: r.Inputs, targetsRole: r.Targets, paramsRole: r.Params}
	for _, o := range r.Outputs {
		all[outputsRole] = append(all[outputsRole], o.P)
		if o.Loss != nil {
			all[lossesRole] = append(all[lossesRole], o.Loss)
		}
	}
	for role, n := range map[string]*graph.Node{lossRole: r.Loss, penaltyRole: r.Penalty, costRole: r.Cost} {
		if n != nil && (role != costRole || r.Penalty == nil) { // else it is that of both
			all[role] = []*graph.Node{n}
		}
	}
	return all
}

// record returns what a file says of f besides its formula, and the nodes that have roles.
func (f *fitted) record() (record, map[string][]*graph.Node) {
	roles := f.formula.named()
	r := record{Kind: formulaKind, Seed: f.formula.Seed, Columns: f.formula.Columns}
	for _, s := range f.inputs {
		r.Inputs = append(r.Inputs, s.json())
	}
	for _, s := range f.targets {
		r.Targets = append(r.Targets, s.json())
	}
	for _, o := range f.formula.Outputs {
		note := outputJSON{Name: o.Name, Kind: o.Kind.String(), Classes: o.Classes, Loss: o.Loss != nil}
		if at := slices.Index(f.formula.Targets, o.Target); at >= 0 {
			note.Target = &at
		}
		r.Outputs = append(r.Outputs, note)
	}
	r.Preparer = f.preparer
	if s := f.scaler; s != nil {
		r.Scaler = &scalerJSON{s.Features, s.Mean, s.Scale}
	}
	if n := f.network; n != nil && n.formula == f.formula {
		n.record(&r, roles)
	}
	return r, roles
}

func (s *source) json() sourceJSON {
	return sourceJSON{s.from, s.columns, s.all, s.label, s.classes, s.sparse}
}

// fitted returns the model. It takes away the tensors that are of the formula.
func (c *content) fitted() (*fitted, error) {
	r := &c.record
	switch made := r.Network != nil; {
	case r.Kind != deepKind && r.Kind != logisticKind && r.Kind != formulaKind:
		return nil, fmt.Errorf("%w: kind %.20q", ErrFormat, r.Kind)
	case made != (r.Kind != formulaKind) || made && (r.Network.Solver != "") != (r.Kind == logisticKind):
		return nil, fmt.Errorf("%w: a %s model without its layers or its solver, or with them", ErrCorrupt, r.Kind)
	}
	nodes, err := graphio.Decode(c.formula, c.tensors)
	switch {
	case errors.Is(err, graph.ErrUnregistered) || errors.Is(err, graphio.ErrFormat):
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	case err != nil:
		return nil, err
	}
	own, err := r.formula(nodes)
	if err != nil {
		return nil, corrupt(err)
	}
	f := &fitted{formula: own}
	if r.Network != nil {
		if f.network, err = r.network(own, nodes); err != nil {
			return nil, corrupt(err)
		}
	}
	if f.inputs, err = sourcesFrom(r.Inputs, own.Inputs); err == nil {
		f.targets, err = sourcesFrom(r.Targets, own.Targets)
	}
	if err == nil {
		f.scaler, err = r.Scaler.scaler()
	}
	if err == nil && f.inputs != nil && f.scaler != nil && !slices.Equal(f.scaler.Features, featuresOf(f.inputs)) {
		err = fmt.Errorf("a scaler of other features than those of the inputs")
	}
	if n := f.network; err == nil && n != nil && n.spec.sparse && len(featuresOf(f.inputs)) != n.spec.features {
		err = fmt.Errorf("%d columns of sparse rows, of which there are %d", len(featuresOf(f.inputs)), n.spec.features)
	}
	if err == nil {
		err = f.checkPreparer(r.Preparer)
	}
	if err == nil && !allFinite(slices.Concat(own.Params, own.States)) {
		err = fmt.Errorf("NaN or infinity in a parameter or a state")
	}
	if err == nil {
		f.features = featuresOf(f.inputs)
		f.takes(r.Preparer)
		f.choosePrograms()
		err = f.predictPrograms.compile() // so that Load has the error of a hostile file, and not Predict
	}
	if err != nil {
		return nil, corrupt(err)
	}
	return f, nil
}

// formula returns the formula whose nodes have these roles.
func (r *record) formula(nodes map[string][]*graph.Node) (*Formula, error) {
	for role := range nodes {
		if !slices.Contains(roleNames, role) {
			return nil, fmt.Errorf("%w: nodes of the role %.20q", ErrFormat, role)
		}
	}
	f := &Formula{Seed: r.Seed}
	f.Inputs, f.Targets, f.Params, f.Columns = nodes[inputsRole], nodes[targetsRole], nodes[paramsRole], r.Columns
	for role, n := range map[string]**graph.Node{lossRole: &f.Loss, penaltyRole: &f.Penalty, costRole: &f.Cost} {
		switch list := nodes[role]; {
		case len(list) == 1:
			*n = list[0]
		case len(list) > 1:
			return nil, fmt.Errorf("%d nodes for the %s", len(list), role)
		}
	}
	outputs, losses := nodes[outputsRole], nodes[lossesRole]
	if len(outputs) != len(r.Outputs) {
		return nil, fmt.Errorf("%d outputs, %d nodes for them", len(r.Outputs), len(outputs))
	}
	for i, note := range r.Outputs {
		o := Output{Name: note.Name, P: outputs[i], Classes: note.Classes}
		err := (&data.Dataset{Classes: o.Classes}).CheckNames()
		if err != nil {
			return nil, err
		}
		if o.Kind, err = kindNamed(note.Kind); err != nil {
			return nil, err
		}
		if at := note.Target; at != nil && uint(*at) < uint(len(f.Targets)) {
			o.Target = f.Targets[*at]
		} else if at != nil {
			return nil, fmt.Errorf("output %d has target %d, of %d", i, *at, len(f.Targets))
		}
		if note.Loss && len(losses) > 0 {
			o.Loss, losses = losses[0], losses[1:]
		} else if note.Loss {
			return nil, fmt.Errorf("output %d has no loss", i)
		}
		f.Outputs = append(f.Outputs, o)
	}
	return f, f.complete()
}

func kindNamed(name string) (Kind, error) {
	for k := Inferred; k <= Multilabel; k++ {
		if k.String() == name {
			return k, nil
		}
	}
	return 0, fmt.Errorf("%w: an output of the kind %q", ErrFormat, name)
}

// sourcesFrom returns the sources of leaves; nil for none.
func sourcesFrom(notes []sourceJSON, leaves []*graph.Node) ([]source, error) {
	if notes == nil {
		return nil, nil
	}
	if len(notes) != len(leaves) {
		return nil, fmt.Errorf("%d leaves are fed, there are %d", len(notes), len(leaves))
	}
	list := make([]source, len(notes))
	for i, n := range notes {
		s := source{leaf: leaves[i], from: n.From, columns: n.Columns, all: n.All, label: n.Label, classes: n.Classes, sparse: n.Sparse}
		k := width(s.leaf)
		if s.sparse != noSparsePart && (!slices.Contains(sparseParts, s.sparse) || s.leaf.Shape() != s.sparse.shape() || s.label || s.from != "") {
			return nil, fmt.Errorf("the part %.20q of sparse rows for %s of shape %v", s.sparse, s.leaf.Name(), s.leaf.Shape())
		}
		if s.sparse == noSparsePart && (s.label && (length(s.leaf) != 0 || len(s.columns) > 0 || s.classes != 0 && s.classes != k || s.classes == 0 && k != 1) || !s.label && !takes(s.leaf, len(s.columns))) {
			return nil, fmt.Errorf("%d columns, or %d classes, for %s of shape %v", len(s.columns), s.classes, s.leaf.Name(), s.leaf.Shape())
		}
		if err := (&data.Dataset{Features: s.columns}).CheckNames(); err != nil {
			return nil, err
		}
		list[i] = s
	}
	return list, nil
}

// scaler returns the standardiser, or nil.
func (n *scalerJSON) scaler() (*data.Scaler, error) {
	if n == nil {
		return nil, nil
	}
	r := Roles{Standardized: &data.Scaler{Features: n.Features, Mean: n.Mean, Scale: n.Scale}}
	return r.Standardized, r.checkStandardized()
}
