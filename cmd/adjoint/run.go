package main

import (
	"fmt"
	"reflect"
	"slices"

	"adjoint/graph"
	"adjoint/onnx"
)

// runModel computes the outputs of a model for inputs in files.
func runModel(c *call) error {
	c.loadFlags()
	out := c.flags.String("out", "", "the `file` to write, .npy, .npz, .csv or .json (default: JSON, to the standard output)")
	only := c.flags.String("output", "", "the `name` of the one output to write")
	batch := c.flags.Int("batch", 0, "how many examples at a time; 0 is all")
	if err := c.parse(1); err != nil {
		return err
	}
	f, err := c.model()
	if err != nil {
		return err
	}
	in, err := c.inputs(f, c.words[1:])
	if err != nil {
		return err
	}
	s, err := f.Session()
	if err != nil {
		return err
	}
	all, err := c.inBatches(f, s, in, *batch)
	if err != nil {
		return err
	}
	list, err := outputs(f, all, *only)
	if err != nil {
		return err
	}
	return c.save(*out, list)
}

// inBatches runs so many examples at a time, where each input and output begins with their
// number, and says on the way how many there have been.
func (c *call) inBatches(f *onnx.File, s *onnx.Session, in map[string]onnx.Array, size int) ([]onnx.Array, error) {
	if size <= 0 {
		return s.Run(in)
	}
	n := 0
	for _, p := range slices.Concat(f.Takes(), f.Outputs) {
		if len(p.Dims) == 0 || p.Dims[0] != graph.Batch {
			return nil, fmt.Errorf("%w: -batch: %s of shape %v does not begin with the number of examples", errUsage, p.Name, graph.ShapeOf(p.Dims...))
		}
		if a, ok := in[p.Name]; ok && len(a.Dims) > 0 {
			n = a.Dims[0]
		}
	}
	var all []onnx.Array
	for from := 0; from < n; from += size {
		if err := c.Err(); err != nil {
			return nil, err
		}
		to := min(from+size, n)
		part := map[string]onnx.Array{}
		for name, a := range in {
			if len(a.Dims) == 0 || a.Dims[0] != n {
				return nil, fmt.Errorf("%s has %v examples, others %d: %w", name, a.Dims, n, graph.ErrShape)
			}
			part[name] = rows(a, from, to)
		}
		out, err := s.Run(part)
		if err != nil {
			return nil, fmt.Errorf("examples %d to %d: %w", from, to-1, err)
		}
		if all == nil {
			all = out
		} else {
			for i := range all {
				all[i].Dims[0] += out[i].Dims[0]
				all[i].Data = reflect.AppendSlice(reflect.ValueOf(all[i].Data), reflect.ValueOf(out[i].Data)).Interface()
			}
		}
		fmt.Fprintf(c.log, "\r%d of %d examples", to, n)
	}
	fmt.Fprintln(c.log)
	return all, nil
}

// rows are the entries from ≤ i < to of the first axis.
func rows(a onnx.Array, from, to int) onnx.Array {
	data := reflect.ValueOf(a.Data)
	step := data.Len() / a.Dims[0]
	dims := slices.Clone(a.Dims)
	dims[0] = to - from
	return onnx.Array{Dims: dims, Data: data.Slice(from*step, to*step).Interface()}
}
