package models

import (
	"io"

	"adjoint/internal/safetensors"
)

// Save writes the model, so that Load makes one that predicts bit for bit the
// same: its weights w1, b1, w2, … in the safetensors layout, which other programs
// read too, and what else there is to know of it as metadata. The error wraps
// ErrNotFitted, or ErrNotSavable if a layer, an activation or a loss is not this
// package's own, or is that of w. How a layer's Init made the first weights is
// not saved.
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
	for _, p := range f.net.Params {
		file.Tensors = append(file.Tensors, fileTensor(p.Name(), p.Value()))
	}
	return file.Write(w)
}
