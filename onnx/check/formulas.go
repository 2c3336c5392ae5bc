package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"

	"adjoint/graph"
	"adjoint/onnx"
	"adjoint/onnx/internal/samples"

	"gorgonia.org/tensor"
)

// The numbers of examples that models and their gradients are run with, formulas of all
// ops, and ops at extremes.
var (
	batches        = []int{1, 7, 1000}
	smallBatches   = []int{1, 7, 20}
	extremeBatches = []int{1, 300}
)

// A standard is how the outputs of a formula are compared: see file.
type standard struct {
	tolerance float64
	entrywise bool
	floor     func(y *graph.Node) float64
}

// relative is the standard of outputs each of which is of one size.
func relative(tolerance, floor float64) standard {
	return standard{tolerance: tolerance, floor: func(*graph.Node) float64 { return floor }}
}

// entrywise is the standard of a formula whose entries are of every size. ONNX Runtime may
// take a subnormal number for 0, and two of them, each times as much as 745, the largest −log
// of a float64, may be what an entropy of three probabilities has: entries may differ by so
// much at the lower end of the type's range.
func entrywise(dtype tensor.Dtype, f *samples.Formula) standard {
	normal := 0x1p-1022
	if dtype == tensor.Float32 {
		normal = 0x1p-126
	}
	return standard{loose(dtype), true, func(y *graph.Node) float64 {
		if f.Cancels(y) {
			return 1
		}
		return 2 * 745 * normal / loose(dtype)
	}}
}

// writeOps writes, in each float type, files of all ops with their derivatives, of
// moderate, large and little numbers; of each op alone, of which ONNX Runtime may make
// other kernels, and at extremes; and of some random ones.
func writeOps(to folder) error {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		all, loose := samples.All(), loose(dtype)
		if dtype == tensor.Float64 {
			all = slices.DeleteFunc(all, func(s samples.Sample) bool { return s.Single })
		}
		if err := to.formula("ops-"+dtype.String(), smallBatches, relative(loose, 1), samples.Build(dtype, all)); err != nil {
			return err
		}
		for name, numbers := range map[string]samples.Domain{"large": samples.Large(dtype), "little": samples.Little(dtype)} {
			f := samples.Build(dtype, of(numbers, all...))
			if err := to.formula("ops-"+name+"-"+dtype.String(), smallBatches, relative(loose, 0), f); err != nil {
				return err
			}
		}
		for _, s := range all {
			name := dtype.String() + "-" + strings.ReplaceAll(s.Name, " ", "-")
			f := samples.Build(dtype, []samples.Sample{s})
			f.Outputs = f.Outputs[:1]
			if err := to.formula("alone-"+name, smallBatches, relative(loose, 0), f); err != nil {
				return err
			}
			if s.Sums {
				continue
			}
			f = samples.Build(dtype, of(samples.Extreme, s))
			if err := to.formula("extreme-"+name, extremeBatches, entrywise(dtype, f), f); err != nil {
				return err
			}
		}
		for seed := range uint64(60) {
			rng := rand.New(rand.NewPCG(seed, 1))
			f := samples.Random(dtype, rng.IntN)
			if err := to.formula(fmt.Sprintf("random-%v-%d", dtype, seed), smallBatches, relative(loose, 1), f); err != nil {
				return err
			}
		}
	}
	return nil
}

// of returns samples of other numbers.
func of(numbers samples.Domain, list ...samples.Sample) []samples.Sample {
	others := make([]samples.Sample, len(list))
	for i, s := range list {
		others[i] = s.Of(numbers)
	}
	return others
}

// formula writes the file of a formula, to be run with so many examples.
func (f folder) formula(name string, batches []int, how standard, y *samples.Formula) error {
	expected := file{Tolerance: how.tolerance, Entrywise: how.entrywise}
	p, err := graph.Compile(y.Outputs...)
	if err != nil {
		return err
	}
	for _, n := range batches {
		r, err := runOf(p, y, n, how.floor)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		expected.Runs = append(expected.Runs, r)
	}
	return f.write(name, expected, func(w io.Writer) error {
		return onnx.Write(w, onnx.Options{Name: name, Inputs: y.Inputs}, y.Outputs...)
	})
}

// runOf computes a formula.
func runOf(p *graph.Program, f *samples.Formula, n int, floor func(y *graph.Node) float64) (run, error) {
	r := run{map[string]array{}, map[string]output{}}
	for i, v := range f.Values(n, uint64(n)) {
		r.Inputs[f.Inputs[i].Name()] = arrayOf(v)
		if err := p.Feed(f.Inputs[i], v); err != nil {
			return r, err
		}
	}
	if err := p.Run(); err != nil {
		return r, err
	}
	for _, y := range f.Outputs {
		v, err := p.Value(y)
		if err != nil {
			return r, err
		}
		r.Outputs[y.Name()] = output{arrayOf(v), floor(y)}
	}
	return r, nil
}

// tolerance is by how much values in a float type may differ.
func tolerance(dtype tensor.Dtype) float64 {
	if dtype == tensor.Float32 {
		return 1e-6
	}
	return 1e-12
}

// loose is by how much sums that cancel may differ, and gradients through layers, which
// two orders of additions may round to either side.
func loose(dtype tensor.Dtype) float64 { return 5 * tolerance(dtype) }
