package models

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"adjoint/data"
	"adjoint/internal/safetensors"
	"adjoint/prepare"

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
	Preparer() *prepare.Preparer
	Formula() (*Formula, error)
	Save(w io.Writer) error
	Load(r io.Reader) error
}

var (
	_ Model = (*Deep)(nil)
	_ Model = (*Logistic)(nil)
	_ Model = (*Formula)(nil)
)

// Load reads a model that Save wrote, or that a [Snapshot] holds: a *Deep, a *Logistic or a
// *Formula. It reads r to its end.
//
// The layers of a Deep that was loaded are those of its file: they have the names, and make
// the formulas, of those that it was made with, for the same shapes. So it can be fitted
// again.
//
// A file holds data only: loading it executes nothing. Everything in it is checked
// before use, and the memory needed is in proportion to the size of the file. The
// error wraps ErrCorrupt if any bit of the file has changed since it was written. It
// wraps ErrFormat if the file is whole, but of another version, of an unknown kind, has an op
// that no package of the program has registered, or is a safetensors file of another program.
func Load(r io.Reader) (Model, error) {
	kind, f, err := load(r)
	if err != nil {
		return nil, err
	}
	switch kind {
	case deepKind:
		m := new(Deep)
		m.adopt(f)
		return m, nil
	case logisticKind:
		m := new(Logistic)
		m.adopt(f)
		return m, nil
	}
	return f.model()
}

// Load sets the weights and the fields of m to those that Save wrote. If there is an
// error m stays unchanged. Predict and the like may run meanwhile, in other
// goroutines. Errors are those of the function [Load]; the file of a Logistic or a Formula is
// ErrFormat.
func (m *Deep) Load(r io.Reader) error {
	f, err := loadKind(r, deepKind)
	if err == nil {
		m.adopt(f)
	}
	return err
}

// Load sets the weights and the fields of m to those that Save wrote, as [Deep.Load]
// does. The file of a Deep or a Formula is ErrFormat.
func (m *Logistic) Load(r io.Reader) error {
	f, err := loadKind(r, logisticKind)
	if err == nil {
		m.adopt(f)
	}
	return err
}

// Load sets the weights of f to those that Save wrote of the same formula, as [Deep.Load]
// does. Any other file is ErrFormat. The zero Formula becomes that of the file.
func (f *Formula) Load(r io.Reader) error {
	read, err := loadKind(r, formulaKind)
	if err != nil {
		return err
	}
	if len(f.Outputs) == 0 {
		m, err := read.model()
		if err == nil {
			f.Roles, f.States, f.Prepare, f.Seed = m.Roles, m.States, m.Prepare, m.Seed
			f.current.Store(read)
		}
		return err
	}
	now, err := f.get()
	if err != nil {
		return err
	}
	is, err := now.content()
	if err != nil {
		return err
	}
	was, err := read.content()
	if err != nil {
		return err
	}
	if err := sameFormula(was.formula, is.formula); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	f.current.Store(read)
	return nil
}

// model returns a Formula that predicts as f does, with a graph of its own.
func (f *fitted) model() (*Formula, error) {
	own, err := f.formula.clone()
	if err != nil {
		return nil, err
	}
	own.Prepare, own.Standardized = f.columns(), f.scaler
	own.current.Store(f)
	return own, nil
}

func (m *Deep) adopt(f *fitted) {
	s := f.network.spec
	m.Layers, m.Loss, m.Penalty, m.Lambda = s.layers, f.network.loss, s.penalty, s.lambda
	m.Prepare, m.Standardize, m.Float32, m.Seed = f.columns(), f.scaler != nil, s.dtype == tensor.Float32, s.seed
	m.NoScaleTarget = m.Standardize && f.network.targets == nil && f.network.scalable()
	m.current.Store(f)
}

func (m *Logistic) adopt(f *fitted) {
	s := f.network.spec
	m.Penalty, m.Lambda = s.penalty, s.lambda
	m.Solver, m.Tolerance, m.MaxIterations = s.logistic.solver, s.logistic.tolerance, s.logistic.maxIterations
	m.Prepare, m.Standardize, m.Float32, m.Seed, m.Init = f.columns(), f.scaler != nil, s.dtype == tensor.Float32, s.seed, nil
	m.current.Store(f)
}

// loadKind is load of a model of one kind.
func loadKind(r io.Reader, want string) (*fitted, error) {
	kind, f, err := load(r)
	if err == nil && kind != want {
		err = fmt.Errorf("%w: a %s model, want a %s one", ErrFormat, kind, want)
	}
	return f, err
}

// load reads the model of a file, and its kind.
func load(r io.Reader) (kind string, f *fitted, err error) {
	file, of, err := readFile(r)
	if err != nil {
		return "", nil, err
	}
	if of == version1 {
		kind, f, err = loadVersion1(file)
	} else {
		kind, f, err = loadContent(file)
	}
	if err != nil {
		return "", nil, err
	}
	return kind, f, f.setNotes(file.Metadata[notesKey])
}

func loadContent(file *safetensors.File) (kind string, f *fitted, err error) {
	c, _, err := contentOf(file)
	if err != nil {
		return "", nil, err
	}
	if f, err = c.fitted(); err != nil {
		return "", nil, err
	}
	return c.record.Kind, f, noneLeft(c.tensors)
}

// noneLeft returns an error if there are tensors that belong to nothing.
func noneLeft(tensors map[string]*tensor.Dense) error {
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		return fmt.Errorf("%w: tensor %.80q is of no parameter", ErrCorrupt, name)
	}
	return nil
}
