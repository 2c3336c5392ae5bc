package models

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"adjoint/data"
)

// A Card describes a model to its users.
type Card struct {
	Features []string // their names; nil before Fit, but of a Formula those that its inputs take
	Classes  []string // their names, of the first output; nil before Fit and for regression
	Outputs  []string // the names of the outputs; nil before Fit
	Notes    string   // what SetNotes gave it

	// Types are those of the features, of which there may be gaps, if the model has a preparer;
	// else nil, and all are numbers.
	Types []data.Type

	Sparse bool // the model was fitted on sparse rows
}

// Card returns the names of features and classes and the notes. They are of one
// fitted network, even if the model is fitted or loaded meanwhile. Features and
// Classes, called one after the other, may then be of two.
func (m *published) Card() Card {
	if f := m.current.Load(); f != nil {
		return f.card()
	}
	return Card{}
}

// SetNotes sets the notes of the model: any text in UTF-8, such as who made it, from
// which data and for what purpose. Save writes them and Load reads them. Fit removes
// them. The error wraps ErrNotFitted, or ErrNotSavable if the text is not UTF-8.
func (m *published) SetNotes(text string) error {
	f, err := m.get()
	if err != nil {
		return err
	}
	return f.setNotes(text)
}

func (f *fitted) setNotes(text string) error {
	if !utf8.ValidString(text) {
		return fmt.Errorf("%w: notes that are not UTF-8: %.60q", ErrNotSavable, text)
	}
	f.notes.Store(&text)
	return nil
}

func (f *fitted) card() Card {
	c := Card{Features: slices.Clone(f.features), Classes: slices.Clone(f.formula.Outputs[0].Classes)}
	if f.features == nil {
		c.Features = f.formula.features()
	}
	if f.preparer != nil {
		_, c.Types = f.preparer.Inputs()
	}
	c.Sparse = f.network != nil && f.network.spec.sparse
	for _, o := range f.formula.Outputs {
		c.Outputs = append(c.Outputs, o.Name)
	}
	if notes := f.notes.Load(); notes != nil {
		c.Notes = *notes
	}
	return c
}

// features are names of columns that feed the inputs: those of Columns, the own name of an input
// of one number, and numbered ones for an only input. They are nil if an input has none.
func (r *Roles) features() []string {
	var names []string
	for _, x := range r.Inputs {
		switch columns := r.Columns[x.Name()]; {
		case columns != nil:
			names = append(names, columns...)
		case width(x) == 1:
			names = append(names, x.Name())
		case len(r.Inputs) == 1:
			names = data.Names(width(x))
		default:
			return nil
		}
	}
	return names
}
