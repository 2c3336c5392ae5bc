package models

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"adjoint/internal/safetensors"
)

// The entries of a file's metadata, and the version of what they mean.
const (
	versionKey  = "version"
	modelKey    = "model"
	trainingKey = "training"
	notesKey    = "notes"

	version = "1"
)

// readFile reads a sealed file of this version.
func readFile(r io.Reader) (*safetensors.File, error) {
	file, err := safetensors.Read(r)
	if errors.Is(err, safetensors.ErrDtype) {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if err != nil {
		return nil, err
	}
	if !file.Sealed {
		keys := 0 // of ours: a flipped bit takes one away at most
		for _, key := range []string{versionKey, modelKey, safetensors.DigestKey} {
			if _, ok := file.Metadata[key]; ok {
				keys++
			}
		}
		if keys >= 2 {
			return nil, fmt.Errorf("%w: it has no digest, or a wrong one", ErrCorrupt)
		}
		return nil, fmt.Errorf("%w: a safetensors file that no model was saved to", ErrFormat)
	}
	if v := file.Metadata[versionKey]; v != version {
		return nil, fmt.Errorf("%w: version %.20q, want %q", ErrFormat, v, version)
	}
	return file, nil
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
