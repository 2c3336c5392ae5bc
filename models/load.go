package models

import (
	"context"
	"fmt"
	"io"
	"maps"
	"strings"

	"adjoint/data"

	"gorgonia.org/tensor"
)

// A Model is what Deep, Logistic and Formula have in common.
type Model interface {
	Fit(ctx context.Context, d *data.Dataset, o FitOptions) (*History, error)
	Predict(d *data.Dataset) ([]float64, error)
	PredictProba(d *data.Dataset) ([][]float64, error)
	Predictions(d *data.Dataset) (*Predictions, error)
	Evaluate(d *data.Dataset) (*Scores, error)
	Features() []string
	Classes() []string
	Card() Card
	SetNotes(text string) error
	Scaler() *data.Scaler
	Formula() (*Formula, error)
	Save(w io.Writer) error
	Load(r io.Reader) error
}

var (
	_ Model = (*Deep)(nil)
	_ Model = (*Logistic)(nil)
	_ Model = (*Formula)(nil)
)

// Load reads a model that Save wrote, or that a [Snapshot] holds: a *Deep or a
// *Logistic. It reads r to its end.
//
// A file holds data only: loading it executes nothing. Everything in it is checked
// before use, and the memory needed is in proportion to the size of the file. The
// error wraps ErrCorrupt if any bit of the file has changed since it was written. It
// wraps ErrFormat if the file is whole, but of another version, of an unknown kind, or
// a safetensors file of another program.
func Load(r io.Reader) (Model, error) {
	d, f, err := load(r)
	if err != nil {
		return nil, err
	}
	if d.Kind == "logistic" {
		m := new(Logistic)
		m.adopt(d, f)
		return m, nil
	}
	m := new(Deep)
	m.adopt(d, f)
	return m, nil
}

// Load sets the weights and the fields of m to those that Save wrote. If there is an
// error m stays unchanged. Predict and the like may run meanwhile, in other
// goroutines. Errors are those of the function [Load]; the file of a Logistic is
// ErrFormat.
func (m *Deep) Load(r io.Reader) error {
	d, f, err := load(r)
	if err == nil && d.Kind != "deep" {
		err = fmt.Errorf("%w: a %s model, want a deep one", ErrFormat, d.Kind)
	}
	if err == nil {
		m.adopt(d, f)
	}
	return err
}

// Load sets the weights and the fields of m to those that Save wrote, as [Deep.Load]
// does. The file of a Deep is ErrFormat.
func (m *Logistic) Load(r io.Reader) error {
	d, f, err := load(r)
	if err == nil && d.Kind != "logistic" {
		err = fmt.Errorf("%w: a %s model, want a logistic one", ErrFormat, d.Kind)
	}
	if err == nil {
		m.adopt(d, f)
	}
	return err
}

// Load sets the weights of f to those that Save wrote of the same formula, as [Deep.Load]
// does. Any other file is ErrFormat.
func (f *Formula) Load(r io.Reader) error {
	d, _, err := load(r)
	if err == nil {
		err = fmt.Errorf("%w: a %s model, want a formula", ErrFormat, d.Kind)
	}
	return err
}

func (m *Deep) adopt(_ description, f *fitted) {
	s := f.network.spec
	m.Layers, m.Loss, m.Penalty, m.Lambda = s.layers, f.network.loss, s.penalty, s.lambda
	m.Standardize, m.Float32, m.Seed = f.scaler != nil, s.dtype == tensor.Float32, s.seed
	m.NoScaleTarget = m.Standardize && f.network.targets == nil && f.network.scalable()
	m.current.Store(f)
}

func (m *Logistic) adopt(d description, f *fitted) {
	s := f.network.spec
	m.Penalty, m.Lambda = s.penalty, s.lambda
	m.Solver, m.Tolerance, m.MaxIterations = s.logistic.solver, s.logistic.tolerance, s.logistic.maxIterations
	m.Standardize, m.Float32, m.Seed, m.Init = f.scaler != nil, s.dtype == tensor.Float32, s.seed, nil
	m.current.Store(f)
}

// load reads a file and rebuilds the network that it describes.
func load(r io.Reader) (d description, f *fitted, err error) {
	file, err := readFile(r)
	if err != nil {
		return d, nil, err
	}
	if err := decode(file, modelKey, &d); err != nil {
		return d, nil, err
	}
	weights, err := tensorsOf(file)
	if err != nil {
		return d, nil, err
	}
	maps.DeleteFunc(weights, func(name string, _ *tensor.Dense) bool { return strings.Contains(name, ".") }) // of a training
	if f, err = d.rebuild(weights); err != nil {
		return d, nil, err
	}
	return d, f, f.setNotes(file.Metadata[notesKey])
}
