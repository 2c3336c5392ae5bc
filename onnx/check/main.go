// Command check writes ONNX files, with values for their inputs and the outputs that
// the engine computes from them, to a folder. The script check.sh beside this folder
// runs it, and compares with what onnx.checker and ONNX Runtime say.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"adjoint/graph"
	"adjoint/onnx"
	"adjoint/onnx/internal/samples"

	"gorgonia.org/tensor"
)

// The numbers of examples that models and their gradients are run with, and formulas
// of all ops.
var (
	batches      = []int{1, 7, 1000}
	smallBatches = []int{1, 7, 20}
)

// A file is an ONNX file and what it should compute, which is in a file beside it.
type file struct {
	Tolerance float64 // of outputs, relative to the largest entry or to Floor
	Floor     float64
	Runs      []run
}

// A run is a number of examples: inputs and outputs by name.
type run struct{ Inputs, Outputs map[string]array }

// An array is a tensor; its entries are written in little-endian order, as base64.
type array struct {
	Type string
	Dims []int
	Data []byte
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: check folder")
	}
	for _, write := range []func(folder) error{writeOps, writeModels} {
		if err := write(folder(os.Args[1])); err != nil {
			log.Fatal(err)
		}
	}
}

// A folder is where files are written.
type folder string

// write writes an ONNX file, and beside it what it should compute.
func (f folder) write(name string, expected file, write func(w io.Writer) error) error {
	path := filepath.Join(string(f), name)
	w, err := os.Create(path + ".onnx")
	if err != nil {
		return err
	}
	if err := write(w); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := w.Close(); err != nil {
		return err
	}
	text, err := json.Marshal(expected)
	if err != nil {
		return err
	}
	return os.WriteFile(path+".json", text, 0o666)
}

// writeOps writes, in each float type, a file of all ops with their derivatives, one of
// each op alone, of which ONNX Runtime may make other kernels, and some random ones.
func writeOps(to folder) error {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		all, loose := samples.All(), loose(dtype)
		if dtype == tensor.Float64 {
			all = slices.DeleteFunc(all, func(s samples.Sample) bool { return s.Single })
		}
		if err := to.formula("ops-"+dtype.String(), smallBatches, loose, 1, samples.Build(dtype, all)); err != nil {
			return err
		}
		for _, s := range all {
			f := samples.Build(dtype, []samples.Sample{s})
			f.Outputs = f.Outputs[:1]
			name := "alone-" + dtype.String() + "-" + strings.ReplaceAll(s.Name, " ", "-")
			if err := to.formula(name, smallBatches, loose, 0, f); err != nil {
				return err
			}
		}
		for seed := range uint64(60) {
			rng := rand.New(rand.NewPCG(seed, 1))
			f := samples.Random(dtype, rng.IntN)
			if err := to.formula(fmt.Sprintf("random-%v-%d", dtype, seed), smallBatches, loose, 1, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// formula writes the file of a formula, to be run with so many examples.
func (f folder) formula(name string, batches []int, tolerance, floor float64, y *samples.Formula) error {
	expected := file{Tolerance: tolerance, Floor: floor}
	p, err := graph.Compile(y.Outputs...)
	if err != nil {
		return err
	}
	for _, n := range batches {
		r, err := runOf(p, y, n)
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
func runOf(p *graph.Program, f *samples.Formula, n int) (run, error) {
	r := run{map[string]array{}, map[string]array{}}
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
		r.Outputs[y.Name()] = arrayOf(v)
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
