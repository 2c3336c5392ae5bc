package models

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// A Card says what a model is for those who use it.
type Card struct {
	Features []string // their names; nil before Fit
	Classes  []string // their names; nil before Fit and for regression
	Notes    string   // what SetNotes gave it
}

// Card returns the names of features and classes and the notes, all of one fit:
// also while the model is fitted or loaded anew, when Features and Classes may be
// of two.
func (m *published) Card() Card {
	if f := m.current.Load(); f != nil {
		return f.card()
	}
	return Card{}
}

// SetNotes gives the model notes: any text in UTF-8, such as who made it, from
// which data and what it is for. Save writes them, Load reads them, and Fit makes
// a model without any. The error wraps ErrNotFitted or ErrNotSavable.
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
	c := Card{Features: slices.Clone(f.features), Classes: slices.Clone(f.classes)}
	if notes := f.notes.Load(); notes != nil {
		c.Notes = *notes
	}
	return c
}
