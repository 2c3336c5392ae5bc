package models

import (
	"fmt"
	"slices"

	"adjoint/data"
	"adjoint/graph"
)

// A source says what of a data set feeds an input or a target.
type source struct {
	leaf    *graph.Node
	from    string   // the data set beside that it is, or "": see data.Dataset.Beside
	columns []string // names of features
	all     bool     // these are all features, so that their names may be left out
	label   bool     // the label in place of columns
	classes int      // of the label, one-hot; 0 if it is taken as it is

	sparse sparsePart // of sparse rows
}

// sourcesOf finds out what feeds the inputs and the targets, as Roles.Columns says. d may be
// nil where all is said there, or where one input takes all features.
func sourcesOf(r *Roles, d *data.Dataset) ([]source, error) {
	if d == nil {
		d = &data.Dataset{Features: data.Names(width(r.Inputs[0]))}
	}
	var list []source
	for _, x := range r.Inputs {
		list = append(list, sourceOf(r, x, d))
	}
	for _, y := range r.Targets {
		s := sourceOf(r, y, d)
		if len(r.Targets) == 1 && r.Columns[y.Name()] == nil && d.Y != nil {
			s = source{leaf: y, label: true}
		}
		list = append(list, s)
	}
	taken := map[string]bool{}
	for _, s := range list {
		if s.from != "" {
			continue
		}
		for _, c := range s.columns {
			taken[c] = true
		}
	}
	for i := range list {
		s := &list[i]
		if !s.label && s.columns == nil && i < len(r.Inputs) {
			s.all = len(taken) == 0
			s.columns = slices.DeleteFunc(slices.Clone(d.Features), func(name string) bool { return taken[name] })
			for _, c := range s.columns {
				taken[c] = true
			}
		}
		if err := s.check(d); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// sourceOf finds out what feeds a leaf by its own name.
func sourceOf(r *Roles, x *graph.Node, d *data.Dataset) source {
	s, name := source{leaf: x, columns: r.Columns[x.Name()]}, x.Name()
	has := func(column string) bool { return slices.Contains(d.Features, column) }
	switch {
	case s.columns != nil:
		s.label = len(s.columns) == 1 && s.columns[0] == d.Target && !has(d.Target)
	case d.Beside[name] != nil:
		s.from, s.columns = name, d.Beside[name].Features
	case len(r.Inputs) == 1 && x == r.Inputs[0] && takes(x, len(d.Features)): // all of them
	case has(name):
		s.columns = []string{name}
	default:
		s.label = name == d.Target
	}
	if s.label {
		s.columns = nil
	}
	return s
}

// takes reports whether so many columns feed a leaf: as many as it has entries for each example,
// and of sequences a whole number of places.
func takes(x *graph.Node, columns int) bool {
	k := width(x)
	return columns == k || length(x) != 0 && columns > 0 && columns%k == 0
}

// check compares what feeds a leaf with its shape.
func (s *source) check(d *data.Dataset) error {
	k := width(s.leaf)
	switch {
	case s.label && length(s.leaf) != 0:
		return fmt.Errorf("%w: a label for %s of shape %v, which takes sequences; name their columns in Columns", data.ErrLabel, s.leaf.Name(), s.leaf.Shape())
	case s.label && k == 1:
		return nil
	case s.label && d.Classes == nil:
		return fmt.Errorf("%w: %d outputs for one number; if it stands for classes, read it with Task: data.Classification", ErrOutputs, k)
	case s.label && k != len(d.Classes):
		return fmt.Errorf("%w: %s takes %d numbers for each example, and the label has %d classes, want 1 number for the position of a class, or one for each; if these are numbers to predict, read them with Task: data.Regression",
			ErrOutputs, s.leaf.Name(), k, len(d.Classes))
	case s.label:
		s.classes = k
		return nil
	case !takes(s.leaf, len(s.columns)):
		return fmt.Errorf("%w: %d columns for %s of shape %v; name them in Columns", data.ErrFeatures, len(s.columns), s.leaf.Name(), s.leaf.Shape())
	}
	_, err := s.reader(d)
	return err
}

// featuresOf returns the names of all columns that inputs are fed by.
func featuresOf(inputs []source) []string {
	size := 0
	for _, s := range inputs {
		size += len(s.columns)
	}
	seen, names := make(map[string]bool, size), make([]string, 0, size)
	for _, s := range inputs {
		for _, c := range s.columns {
			if !seen[c] {
				seen[c], names = true, append(names, c)
			}
		}
	}
	return names
}
