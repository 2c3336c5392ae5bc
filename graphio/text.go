package graphio

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"adjoint/graph"
	"adjoint/internal/safetensors"
)

// The errors of this package wrap one of these, or one of package graph, such as
// graph.ErrUnregistered.
var (
	ErrCorrupt = safetensors.ErrCorrupt // a file that was damaged, or contradicts itself
	ErrFormat  = errors.New("not a formula that this version reads")
	ErrName    = errors.New("a file cannot hold the name")
	ErrOp      = errors.New("a file cannot hold the op")
)

// version is that of the text.
const version = 1

// maxLine bounds a line, so that what one is decoded into is small.
const maxLine = 1 << 20

// The lines of the text. Fields that a line does not have are left out.
type (
	header struct {
		Formula int    `json:"formula"` // the version
		Float   string `json:"float"`
		Literal bool   `json:"literal,omitempty"` // see graph.NoStable
		Bodies  int    `json:"bodies,omitempty"`  // formulas that are arguments of ops
		Nodes   int    `json:"nodes"`
	}

	body struct {
		Body    int    `json:"body"` // its number
		Nodes   int    `json:"nodes"`
		Inputs  []int  `json:"inputs"`
		Outputs []*int `json:"outputs"` // null is zero
	}

	node struct {
		Kind    string `json:"kind,omitempty"` // of a leaf
		Op      string `json:"op,omitempty"`   // or the name of an op
		Args    []any  `json:"args,omitempty"`
		In      []int  `json:"in,omitempty"`
		Extent  any    `json:"extent,omitempty"` // of a leaf that is a number of entries
		Shape   []any  `json:"shape"`
		Name    string `json:"name,omitempty"`
		By      *int   `json:"by,omitempty"`      // the node whose r made it
		Becomes *int   `json:"becomes,omitempty"` // what a state moves to
	}

	ending struct {
		Roles map[string][]int `json:"roles"`
	}
)

// kinds are the names of leaves.
var kinds = map[graph.Kind]string{
	graph.Input: "input", graph.Param: "param", graph.Const: "constant", graph.Examples: "extent",
	graph.State: "state", graph.Random: "random", graph.Argument: "argument",
}

// hasTensor reports whether leaves of a kind have values that a file holds.
func hasTensor(k graph.Kind) bool { return k == graph.Param || k == graph.Const || k == graph.State }

// tensorName is the name of the tensor of a leaf: its own or, because constants need none and
// share theirs, the place of the leaf.
func tensorName(k graph.Kind, name, prefix string, at int) string {
	if k == graph.Const {
		return fmt.Sprintf("%sconstant.%d", prefix, at)
	}
	return prefix + name
}

// bodyPrefix begins the names of the tensors of a formula that is an argument.
func bodyPrefix(number int) string { return fmt.Sprintf("body.%d.", number) }

// appendLine adds a line to a text.
func appendLine(text []byte, v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b) // which ends the line
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	if b.Len() > maxLine {
		return nil, fmt.Errorf("%w: a line of %d bytes, at most %d", ErrOp, b.Len(), maxLine)
	}
	return append(text, b.Bytes()...), nil
}

// lines are what is left of a text, and the number of lines that were taken.
type lines struct {
	rest  []byte
	taken int
}

// next decodes the next line into v.
func (l *lines) next(v any) error {
	line, rest, ended := bytes.Cut(l.rest, []byte{'\n'})
	l.rest, l.taken = rest, l.taken+1
	if !ended || len(line) > maxLine {
		return fmt.Errorf("%w: it ends here, or the line is longer than %d bytes", ErrCorrupt, maxLine)
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if d.InputOffset() != int64(len(line)) {
		return fmt.Errorf("%w: something follows the value of a line", ErrCorrupt)
	}
	return nil
}
