package models

import (
	"fmt"
	"maps"
	"slices"

	"adjoint/data"

	"gorgonia.org/tensor"
)

// rebuild makes the described network with the given weights, which have to be those
// that it needs and no others. So it takes no more memory than they do.
func (d description) rebuild(weights map[string]*tensor.Dense) (*fitted, error) {
	s, err := d.spec()
	if err != nil {
		return nil, err
	}
	ordered, err := s.take(weights, "")
	if err != nil {
		return nil, err
	}
	if err := noneLeft(weights); err != nil {
		return nil, err
	}
	net, err := s.build(true)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if net.targets != s.targets {
		return nil, fmt.Errorf("%w: targets are standardised, which this network cannot learn", ErrCorrupt)
	}
	if err := setWeights(net.params, ordered); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	scaler, err := d.Network.scaler()
	if err != nil {
		return nil, err
	}
	names := &data.Dataset{Features: d.Network.Features, Classes: d.Network.Classes}
	if err := names.CheckNames(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return net.fitted(scaler, names)
}

// spec returns what the network is built from.
func (d description) spec() (s spec, err error) {
	n := d.Network
	s = spec{features: len(n.Features), classes: len(n.Classes), lambda: n.Lambda, rows: n.Rows, seed: n.Seed}
	if s.rows < 1 {
		return s, fmt.Errorf("%w: %d training rows", ErrCorrupt, s.rows)
	}
	if s.dtype, err = n.dtype(); err != nil {
		return s, err
	}
	if s.penalty, err = n.penalty(); err != nil {
		return s, err
	}
	if t := n.Target; t != nil {
		if !(t.Scale > 0) {
			return s, fmt.Errorf("%w: targets are divided by %g", ErrCorrupt, t.Scale)
		}
		s.targets = &scaling{t.Mean, t.Scale}
	}
	if s.loss, err = n.Loss.loss(); err != nil {
		return s, err
	}
	for i, note := range n.Layers {
		l, err := note.layer()
		if err != nil {
			return s, fmt.Errorf("layer %d: %w", i+1, err)
		}
		s.layers = append(s.layers, l)
	}
	s.logistic, err = d.logisticOptions()
	return s, err
}

// logisticOptions returns those of a Logistic, and nil for a Deep.
func (d description) logisticOptions() (*logisticOptions, error) {
	switch d.Kind {
	case "deep":
		return nil, nil
	case "logistic":
		for solver, name := range solverNames {
			if name == d.Solver {
				return &logisticOptions{solver, d.Tolerance, d.MaxIterations}, nil
			}
		}
		return nil, fmt.Errorf("%w: solver %q", ErrFormat, d.Solver)
	}
	return nil, fmt.Errorf("%w: kind %q", ErrFormat, d.Kind)
}

// params calls yield for the parameters of the layers, in their order.
func (s spec) params(yield func(name string, m, n int)) {
	n, number := s.features, 0
	for _, l := range s.layers {
		if dense, ok := l.(Dense); ok {
			number++
			yield(fmt.Sprint("w", number), dense.Units, n)
			if !dense.NoBias {
				yield(fmt.Sprint("b", number), dense.Units, 1)
			}
			n = dense.Units
		}
	}
}

// paramNames returns the names of the parameters.
func (s spec) paramNames() (names []string) {
	s.params(func(name string, _, _ int) { names = append(names, name) })
	return names
}

// take removes a tensor for each parameter from tensors, and returns them. Their names
// are those of the parameters with a prefix.
func (s spec) take(tensors map[string]*tensor.Dense, prefix string) (taken values, err error) {
	s.params(func(name string, m, n int) {
		name = prefix + name
		w := tensors[name]
		switch {
		case err != nil:
		case w == nil:
			err = fmt.Errorf("%w: there is no %s", ErrCorrupt, name)
		case !slices.Equal(w.Shape(), []int{m, n}):
			err = fmt.Errorf("%w: %s has shape %v, want (%d, %d)", ErrCorrupt, name, w.Shape(), m, n)
		case w.Dtype() != s.dtype:
			err = fmt.Errorf("%w: %s is of %v, want %v", ErrCorrupt, name, w.Dtype(), s.dtype)
		}
		delete(tensors, name)
		taken = append(taken, w)
	})
	return taken, err
}

// noneLeft returns an error if there are tensors that belong to no parameter.
func noneLeft(tensors map[string]*tensor.Dense) error {
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		return fmt.Errorf("%w: tensor %q is of no parameter", ErrCorrupt, name)
	}
	return nil
}

// scaler returns the standardiser, or nil.
func (n networkJSON) scaler() (*data.Scaler, error) {
	if n.Scaler == nil {
		return nil, nil
	}
	s := &data.Scaler{Features: n.Features, Mean: n.Scaler.Mean, Scale: n.Scaler.Scale}
	if len(s.Mean) != len(s.Features) || len(s.Scale) != len(s.Features) {
		return nil, fmt.Errorf("%w: scaler of %d means and %d deviations for %d features", ErrCorrupt, len(s.Mean), len(s.Scale), len(s.Features))
	}
	for i, scale := range s.Scale {
		if !(scale > 0) {
			return nil, fmt.Errorf("%w: scaler divides %s by %g", ErrCorrupt, s.Features[i], scale)
		}
	}
	return s, nil
}
