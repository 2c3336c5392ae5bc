package models

import "io"

// Save writes the model. Load makes one from it whose predictions have the same bits.
// The format is safetensors, which other programs read too: the tensors are the parameters
// and states by their names, w1, b1, w2, … of layers; the metadata hold the formula, as
// package graphio writes it, and what its nodes are to the model. So layers, activations and
// losses of one's own are kept, if their ops have names: see graph.Register. Not kept are an
// Init of one's own, metrics and callbacks. The error wraps ErrNotFitted, or ErrNotSavable
// if an op has no name that is registered, or is the error of w.
func (m *published) Save(w io.Writer) error {
	f, err := m.get()
	if err != nil {
		return err
	}
	return f.save(w, f.formula.Seed)
}

// Save writes the model, see [Deep.Save], with the Seed that f has now.
func (f *Formula) Save(w io.Writer) error {
	now, err := f.get()
	if err != nil {
		return err
	}
	return now.save(w, f.Seed)
}

func (f *fitted) save(w io.Writer, seed uint64) error {
	c, err := f.content()
	if err != nil {
		return err
	}
	c.record.Seed = seed
	file, err := c.file()
	if err != nil {
		return err
	}
	if notes := f.card().Notes; notes != "" {
		file.Metadata[notesKey] = notes
	}
	return file.Write(w)
}
