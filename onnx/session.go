package onnx

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// An Array is a tensor as a file has it, with axes in the file's order. Data is a slice of
// bool, float32, float64, one of the types of integers of fixed size, or string; entries lie row by
// row.
type Array struct {
	Dims []int
	Data any
}

// A Session runs the outputs of a file. It serves one goroutine; see Clone.
type Session struct {
	file    *File
	program *graph.Program
	front   *Session // that of the file's Front, or nil
}

// Session compiles the outputs of a file.
func (f *File) Session() (*Session, error) {
	y := make([]*graph.Node, len(f.Outputs))
	for i, p := range f.Outputs {
		y[i] = p.Node
	}
	p, err := graph.Compile(y...)
	if err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	s := &Session{f, p, nil}
	if f.Front != nil {
		if s.front, err = f.Front.Session(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Clone returns a Session for another goroutine, of the same parameters.
func (s *Session) Clone() *Session {
	c := &Session{s.file, s.program.Clone(), nil}
	if s.front != nil {
		c.front = s.front.Clone()
	}
	return c
}

// Run computes the outputs, in the file's order, from what the file takes, by name: see File.Takes. The error of an
// input that is missing, unknown or of another shape, of an integer that the formula's type
// has not, or of another that Program.Run has, names the input or the node.
func (s *Session) Run(in map[string]Array) ([]Array, error) {
	for name := range in {
		if !slices.ContainsFunc(s.file.Takes(), func(p Port) bool { return p.Name == name }) {
			return nil, fmt.Errorf("onnx: there is no input %q: %w", name, graph.ErrNotInput)
		}
	}
	if s.front != nil {
		made, err := s.front.Run(in)
		if err != nil {
			return nil, err
		}
		in = maps.Clone(in)
		for i, p := range s.front.file.Outputs {
			in[p.Name] = made[i]
		}
	}
	for _, p := range s.file.Inputs {
		a, ok := in[p.Name]
		if !ok {
			return nil, fmt.Errorf("onnx: input %q: %w", p.Name, graph.ErrUnfed)
		}
		if err := p.Feed(s.program, a); err != nil {
			return nil, err
		}
	}
	if err := s.program.Run(); err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	out := make([]Array, len(s.file.Outputs))
	for i, p := range s.file.Outputs {
		t, err := s.program.Value(p.Node)
		if err != nil {
			return nil, fmt.Errorf("onnx: output %q: %w", p.Name, err)
		}
		out[i] = p.array(t)
	}
	return out, nil
}

// tensor returns an array as a leaf is fed: in the formula's type, with its axes in the leaf's
// order.
func (p Port) tensor(a Array, dtype tensor.Dtype) (*tensor.Dense, error) {
	values, err := p.numbers(a.Data, dtype)
	if err != nil {
		return nil, err
	}
	if len(a.Dims) != len(p.Dims) || product(a.Dims) != len(values) {
		return nil, fmt.Errorf("%w: %d entries of shape %v, want %v", graph.ErrShape, len(values), a.Dims, graph.ShapeOf(p.Dims...))
	}
	dims, values := permuted(a.Dims, p.Axes, p.standardized(a.Dims, values))
	if dtype == tensor.Float32 {
		single := make([]float32, len(values))
		for i, v := range values {
			single[i] = float32(v)
		}
		return dense(dims, single), nil
	}
	return dense(dims, values), nil
}

// standardized returns values of an array of these extents as Scaler says.
func (p Port) standardized(dims []int, values []float64) []float64 {
	if p.Scaler == nil || product(dims) != dims[p.examples]*len(p.Scaler.Mean) { // a shape that the node refuses
		return values
	}
	z := make([]float64, len(values))
	after := product(dims[p.examples+1:])
	for i, v := range values {
		j := i/(after*dims[p.examples])*after + i%after // of the entry in an example
		z[i] = (v - p.Scaler.Mean[j]) / p.Scaler.Scale[j]
	}
	return z
}

func dense[T float32 | float64](dims []int, values []T) *tensor.Dense {
	if len(dims) == 0 {
		return tensor.New(tensor.FromScalar(values[0]))
	}
	return tensor.New(tensor.WithShape(dims...), tensor.WithBacking(values))
}

// array returns a value of the formula as the file has it.
func (p Port) array(t *tensor.Dense) Array {
	var values []float64
	if t.Dtype() == tensor.Float32 {
		for _, v := range graph.Values[float32](t) {
			values = append(values, float64(v))
		}
	} else {
		values = append(values, graph.Values[float64](t)...)
	}
	dims, values := permuted(t.Shape(), inverse(p.Axes), values)
	if p.Names != nil {
		names := make([]string, len(values))
		for i, v := range values {
			names[i] = p.Names[int(v)]
		}
		return Array{dims, names}
	}
	return Array{dims, entriesAs(p.Type, values)}
}

// permuted puts axis i of an array in the place to[i].
func permuted(dims, to []int, values []float64) ([]int, []float64) {
	if slices.IsSorted(to) {
		return slices.Clone(dims), values
	}
	out, step := make([]int, len(dims)), make([]int, len(dims))
	for i, a := range to {
		out[a] = dims[i]
	}
	stride := 1
	strides := make([]int, len(dims))
	for a := len(out) - 1; a >= 0; a-- {
		strides[a], stride = stride, stride*out[a]
	}
	for i, a := range to {
		step[i] = strides[a]
	}
	moved, at, index := make([]float64, len(values)), 0, make([]int, len(dims))
	for _, v := range values {
		moved[at] = v
		for i := len(dims) - 1; i >= 0; i-- {
			if index[i]++; index[i] < dims[i] {
				at += step[i]
				break
			}
			at -= step[i] * (dims[i] - 1)
			index[i] = 0
		}
	}
	return out, moved
}

func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// isUnread reports that a program does not read what it is fed.
func isUnread(err error) bool { return errors.Is(err, graph.ErrNotInput) }
