package graphio

import (
	"errors"
	"fmt"
	"io"

	"adjoint/graph"
	"adjoint/internal/safetensors"
)

// formulaKey is the entry of the metadata that has the text.
const formulaKey = "formula"

// Write writes a formula, whose nodes have roles, as a file. The error is that of Encode or of
// w. The same formula has the same bytes.
func Write(w io.Writer, roles map[string][]*graph.Node) error {
	text, tensors, err := Encode(roles)
	if err != nil {
		return err
	}
	f := &safetensors.File{Metadata: map[string]string{formulaKey: string(text)}}
	for name, v := range tensors {
		f.Tensors = append(f.Tensors, safetensors.Of(name, v))
	}
	return f.Write(w)
}

// Read reads a file of a formula, in a graph of its own, and returns its nodes by role. The
// error is that of Decode or of r; ErrCorrupt for a file that was damaged, and ErrFormat for
// one without a formula.
func Read(r io.Reader) (map[string][]*graph.Node, error) {
	f, err := safetensors.Read(r)
	switch {
	case errors.Is(err, safetensors.ErrDtype):
		return nil, fmt.Errorf("graphio: %w: %w", ErrFormat, err)
	case err != nil:
		return nil, err
	}
	text, ok := f.Metadata[formulaKey]
	switch {
	case !ok:
		return nil, fmt.Errorf("graphio: %w: a safetensors file without a formula", ErrFormat)
	case !f.Sealed:
		return nil, fmt.Errorf("graphio: %w: it has no digest, or a wrong one", ErrCorrupt)
	}
	tensors, err := f.Dense()
	if err != nil {
		return nil, err
	}
	roles, err := Decode([]byte(text), tensors)
	if err != nil {
		return nil, err
	}
	for name := range tensors {
		return nil, fmt.Errorf("graphio: %w: tensor %.80q is of no leaf", ErrCorrupt, name)
	}
	return roles, nil
}
