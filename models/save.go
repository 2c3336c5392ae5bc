package models

import (
	"encoding/json"
	"fmt"
	"io"

	"adjoint/graph"
	"adjoint/internal/safetensors"

	"gorgonia.org/tensor"
)

// The entries of a file's metadata, and the version of what they mean.
const (
	versionKey  = "version"
	modelKey    = "model"
	trainingKey = "training"
	notesKey    = "notes"

	version = "1"
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
	if err := note(file, modelKey, d); err != nil {
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

// note adds a metadata entry: v as JSON.
func note(file *safetensors.File, key string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrNotSavable, key, err)
	}
	file.Metadata[key] = string(text)
	return nil
}

// fileTensor is a tensor as a file has it, with the numbers of v.
func fileTensor(name string, v *tensor.Dense) safetensors.Tensor {
	t := safetensors.Tensor{Name: name, Shape: v.Shape().Clone()}
	if v.Dtype() == tensor.Float32 {
		t.F32 = graph.Data[float32](v)
	} else {
		t.F64 = graph.Data[float64](v)
	}
	return t
}

// denseTensor is fileTensor the other way.
func denseTensor(t safetensors.Tensor) (*tensor.Dense, error) {
	if len(t.F32)+len(t.F64) == 0 {
		return nil, fmt.Errorf("%w: %s has shape %v", ErrCorrupt, t.Name, t.Shape)
	}
	var backing any = t.F64
	if t.F32 != nil {
		backing = t.F32
	}
	return tensor.New(tensor.WithShape(t.Shape...), tensor.WithBacking(backing)), nil
}
