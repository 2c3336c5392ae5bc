package models

import (
	"io"

	"adjoint/internal/safetensors"
)

// Save writes the model. Load makes one from it whose predictions have the same bits.
// The format is safetensors, which other programs read too: the tensors are the weights
// w1, b1, w2, …, and the metadata hold the rest of the model, except for the Init of its
// layers. The error wraps ErrNotFitted, or ErrNotSavable if a layer, an activation or a
// loss is not one of this package, or is the error of w.
func (m *published) Save(w io.Writer) error {
	f, err := m.get()
	if err != nil {
		return err
	}
	d, err := f.describe()
	if err != nil {
		return err
	}
	file := &safetensors.File{Metadata: map[string]string{versionKey: version}}
	if err := encode(file, modelKey, d); err != nil {
		return err
	}
	if notes := f.card().Notes; notes != "" {
		file.Metadata[notesKey] = notes
	}
	for _, p := range f.formula.Params {
		file.Tensors = append(file.Tensors, fileTensor(p.Name(), p.Value()))
	}
	return file.Write(w)
}
