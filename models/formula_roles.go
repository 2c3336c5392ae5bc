package models

import (
	"cmp"
	"fmt"
	"slices"

	"adjoint/graph"
)

// checkOutputs checks what is predicted, and fills in what an only output has.
func (r *Roles) checkOutputs() error {
	names := map[string]bool{}
	for i := range r.Outputs {
		o := &r.Outputs[i]
		switch {
		case o.P == nil:
			return fmt.Errorf("%w: output %q without a node", ErrRoles, o.Name)
		case o.Name == "":
			if o.Name = o.P.Name(); o.Name == "" {
				return fmt.Errorf("%w: output %d without a name", ErrRoles, i+1)
			}
		}
		if names[o.Name] {
			return fmt.Errorf("%w: two outputs are called %q", ErrRoles, o.Name)
		}
		names[o.Name] = true
		if len(r.Outputs) == 1 {
			o.Loss = cmp.Or(o.Loss, r.Loss)
			if len(r.Targets) == 1 {
				o.Target = cmp.Or(o.Target, r.Targets[0])
			}
		}
		if err := r.checkOutput(o); err != nil {
			return fmt.Errorf("output %q: %w", o.Name, err)
		}
	}
	return nil
}

// checkStandardized checks that a scaler has finite means, and deviations that features can be divided by.
func (r *Roles) checkStandardized() error {
	s := r.Standardized
	if s == nil {
		return nil
	}
	if len(s.Mean) != len(s.Features) || len(s.Scale) != len(s.Features) {
		return fmt.Errorf("%w: a scaler of %d means and %d deviations for %d features", ErrRoles, len(s.Mean), len(s.Scale), len(s.Features))
	}
	for i, scale := range s.Scale {
		if !(scale > 0) || !finiteEntries([]float64{s.Mean[i], scale}) {
			return fmt.Errorf("%w: a scaler takes %g from %s and divides it by %g", ErrRoles, s.Mean[i], s.Features[i], scale)
		}
	}
	return nil
}

func (r *Roles) checkOutput(o *Output) error {
	k := width(o.P)
	switch {
	case k == 0:
		return fmt.Errorf("%w: it has shape %v, want (k, N)", ErrOutputs, o.P.Shape())
	case length(o.P) != 0 && (o.Kind == Multilabel || o.Kind.named() && o.P.Shape() != graph.ShapeOf(k, length(o.P), graph.Batch)):
		return fmt.Errorf("%w: %v at each place of %v, want (k, T, N) of one of k classes", ErrOutputs, o.Kind, o.P.Shape())
	case o.Kind < Inferred || o.Kind > Multilabel:
		return fmt.Errorf("%w: %v", ErrRoles, o.Kind)
	case o.Kind == Binary && k != 1 || o.Kind == Categorical && k == 1:
		return fmt.Errorf("%w: %v, with %d numbers for each example", ErrOutputs, o.Kind, k)
	case o.Target != nil && !slices.Contains(r.Targets, o.Target):
		return fmt.Errorf("%w: %v is not among the Targets", ErrRoles, o.Target)
	case o.Loss != nil && o.Loss.Shape() != graph.ShapeOf(1, graph.Batch):
		return fmt.Errorf("%w: its loss has shape %v, want (1, N)", ErrRoles, o.Loss.Shape())
	case o.Classes != nil && o.Kind != Inferred && len(o.Classes) != max(k, o.classes(k)):
		return fmt.Errorf("%w: %d names of classes, want %d", ErrOutputs, len(o.Classes), o.classes(k))
	}
	return nil
}

// classes returns the number of classes, or of labels, of k numbers for each example.
func (o *Output) classes(k int) int {
	switch o.Kind {
	case Binary:
		return 2
	case Categorical, Multilabel:
		return k
	}
	return 0
}

// width returns the number of entries for each example of a value whose last extent is the
// number of examples, and 0 for any other. Of sequences it is that of each place.
func width(n *graph.Node) int {
	dims := n.Shape().Dims()
	last := len(dims) - 1
	if last < 0 || dims[last] != graph.Batch {
		return 0
	}
	k, length := 1, 0
	for _, d := range dims[:last] {
		switch {
		case d > 0:
			k *= d
		case length != 0:
			return 0
		default:
			length = d
		}
	}
	return k
}

// length returns the extent of a value that is no number, besides the last: of sequences that
// of their places. It is 0 if there is none.
func length(n *graph.Node) int {
	for _, d := range n.Shape().Dims() {
		if d < 0 && d != graph.Batch {
			return d
		}
	}
	return 0
}

// checkLeaves checks that the leaves that need a value have a role, in the cone of all nodes that have one.
func (r *Roles) checkLeaves(cone []*graph.Node) error {
	for _, x := range slices.Concat(r.Inputs, r.Targets) {
		switch {
		case x.Kind() != graph.Input:
			return fmt.Errorf("%w: %v is no input of the graph", ErrRoles, x)
		case width(x) == 0 && !isEntries(x):
			return fmt.Errorf("%w: %s of shape %v: the last extent has to be graph.Batch, the others numbers, or one of them a symbol", ErrRoles, x.Name(), x.Shape())
		}
	}
	for _, p := range r.Params {
		if p.Kind() != graph.Param {
			return fmt.Errorf("%w: %v is no parameter", ErrRoles, p)
		}
	}
	predictions := make([]*graph.Node, len(r.Outputs))
	for i, o := range r.Outputs {
		predictions[i] = o.P
	}
	if err := fedBy(graph.Cone(graph.InPrediction(predictions...)...), r.Inputs, "Inputs"); err != nil {
		return err
	}
	return fedBy(cone, slices.Concat(r.Inputs, r.Targets), "Inputs and Targets")
}

// fedBy returns an error if there is an input of the graph among nodes that is not among leaves.
func fedBy(nodes, leaves []*graph.Node, role string) error {
	for _, n := range nodes {
		if n.Kind() == graph.Input && !slices.Contains(leaves, n) {
			return fmt.Errorf("%w: %s of shape %v is not among the %s", ErrRoles, n.Name(), n.Shape(), role)
		}
	}
	return nil
}

// checkNames checks that the leaves that are fed, and those that have tensors, have names of
// their own: files and data sets know them by these.
func (f *Formula) checkNames(cone []*graph.Node) error {
	fed, kept := slices.Concat(f.Inputs, f.Targets), slices.Clone(f.States)
	for _, n := range cone {
		if n.Kind() == graph.Param {
			kept = append(kept, n)
		}
	}
	for _, list := range [][]*graph.Node{fed, kept} {
		names := map[string]bool{}
		for _, n := range list {
			if n.Name() == "" || names[n.Name()] {
				return fmt.Errorf("%w: %v %q of shape %v has no name of its own", ErrRoles, n.Kind(), n.Name(), n.Shape())
			}
			names[n.Name()] = true
		}
	}
	for name := range f.Columns {
		if !slices.ContainsFunc(fed, func(n *graph.Node) bool { return n.Name() == name }) {
			return fmt.Errorf("%w: Columns of %q, which is neither an input nor a target", ErrRoles, name)
		}
	}
	return nil
}
