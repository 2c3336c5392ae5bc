package models

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"adjoint/graphio"
	"adjoint/internal/safetensors"

	"gorgonia.org/tensor"
)

// The entries of a file's metadata, and the version of what they mean.
const (
	versionKey  = "version"
	formulaKey  = "formula"
	modelKey    = "model"
	trainingKey = "training"
	notesKey    = "notes"

	version = "2"
)

// trainingPrefix begins the names of tensors that are of a training.
const trainingPrefix = "training."

// A content is what a file says of a model: a formula, with the tensors of its leaves, and
// what its nodes are to the model.
type content struct {
	record  record
	formula []byte
	tensors map[string]*tensor.Dense
}

// content returns what a file of f holds. The error wraps ErrNotSavable. The tensors are
// those of the graph.
func (f *fitted) content() (c content, err error) {
	record, roles := f.record()
	c.record = record
	if c.formula, c.tensors, err = graphio.Encode(roles); err != nil {
		return c, fmt.Errorf("%w: %w", ErrNotSavable, err)
	}
	for name := range c.tensors {
		if strings.HasPrefix(name, trainingPrefix) {
			return c, fmt.Errorf("%w: a parameter or state called %q: %q begins the names of others in a checkpoint", ErrNotSavable, name, trainingPrefix)
		}
	}
	return c, nil
}

// file returns the content as a file.
func (c *content) file() (*safetensors.File, error) {
	f := &safetensors.File{Metadata: map[string]string{versionKey: version, formulaKey: string(c.formula)}}
	for name, v := range c.tensors {
		f.Tensors = append(f.Tensors, safetensors.Of(name, v))
	}
	return f, encode(f, modelKey, c.record)
}

// contentOf returns what a file holds. Tensors of a training are apart.
func contentOf(file *safetensors.File) (c content, training map[string]*tensor.Dense, err error) {
	text, ok := file.Metadata[formulaKey]
	if !ok {
		return c, nil, fmt.Errorf("%w: there is no %s in it", ErrFormat, formulaKey)
	}
	c.formula = []byte(text)
	if err := decode(file, modelKey, &c.record); err != nil {
		return c, nil, err
	}
	if c.tensors, err = file.Dense(); err != nil {
		return c, nil, err
	}
	training = map[string]*tensor.Dense{}
	for name, v := range c.tensors {
		if strings.HasPrefix(name, trainingPrefix) {
			training[name] = v
			delete(c.tensors, name)
		}
	}
	return c, training, nil
}

// readFile reads a sealed file, and returns its version.
func readFile(r io.Reader) (file *safetensors.File, of string, err error) {
	file, err = safetensors.Read(r)
	if errors.Is(err, safetensors.ErrDtype) {
		return nil, "", fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if err != nil {
		return nil, "", err
	}
	if !file.Sealed {
		keys := 0 // of ours: a flipped bit takes one away at most
		for _, key := range []string{versionKey, modelKey, safetensors.DigestKey} {
			if _, ok := file.Metadata[key]; ok {
				keys++
			}
		}
		if keys >= 2 {
			return nil, "", fmt.Errorf("%w: it has no digest, or a wrong one", ErrCorrupt)
		}
		return nil, "", fmt.Errorf("%w: a safetensors file that no model was saved to", ErrFormat)
	}
	if of = file.Metadata[versionKey]; of != version && of != version1 {
		return nil, "", fmt.Errorf("%w: version %.20q, want %q", ErrFormat, of, version)
	}
	return file, of, nil
}

// corrupt returns the error of a file that contradicts itself, unless it is of another format.
func corrupt(err error) error {
	if errors.Is(err, ErrFormat) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, err)
}

// decode reads a metadata entry, which is JSON, into v.
func decode(file *safetensors.File, key string, v any) error {
	text, ok := file.Metadata[key]
	if !ok {
		return fmt.Errorf("%w: there is no %s in it", ErrFormat, key)
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrFormat, key, err)
	}
	if decoder.InputOffset() != int64(len(text)) {
		return fmt.Errorf("%w: something follows %s", ErrFormat, key)
	}
	return nil
}

// encode adds a metadata entry: v as JSON.
func encode(file *safetensors.File, key string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrNotSavable, key, err)
	}
	file.Metadata[key] = string(text)
	return nil
}
