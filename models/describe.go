package models

import (
	"fmt"

	"gorgonia.org/tensor"
)

// A description is the part of a file, in JSON, that says what a model is, except for
// its weights. It holds names of layers, activations and losses of this package, and
// numbers.
type description struct {
	Kind          string      `json:"kind"`             // "deep" or "logistic"
	Solver        string      `json:"solver,omitempty"` // what follows is of logistic
	Tolerance     float64     `json:"tolerance,omitempty"`
	MaxIterations int         `json:"max_iterations,omitempty"`
	Network       networkJSON `json:"network"`
}

type networkJSON struct {
	Float    string       `json:"float"`            // "float32" or "float64"
	Features []string     `json:"features"`         // their names
	Classes  []string     `json:"classes"`          // their names; null for regression
	Scaler   *scalerJSON  `json:"scaler"`           // null if features are taken as they are
	Target   *targetJSON  `json:"target,omitempty"` // if the targets of a regression are standardised
	Layers   []layerJSON  `json:"layers"`
	Loss     functionJSON `json:"loss"`
	Penalty  string       `json:"penalty"` // "none", "L1" or "L2"
	Lambda   float64      `json:"lambda"`
	Rows     int          `json:"rows"` // N of the penalty
	Seed     uint64       `json:"seed"`
}

type scalerJSON struct {
	Mean  []float64 `json:"mean"`
	Scale []float64 `json:"scale"`
}

type targetJSON struct {
	Mean  float64 `json:"mean"`
	Scale float64 `json:"scale"`
}

type layerJSON struct {
	Kind       string        `json:"kind"` // "dense" or "dropout"
	Units      int           `json:"units,omitempty"`
	Activation *functionJSON `json:"activation,omitempty"`
	NoBias     bool          `json:"no_bias,omitempty"`
	Rate       float64       `json:"rate,omitempty"`
}

// A functionJSON names an activation or a loss. Parameter is its β, α or δ, if it has
// one.
type functionJSON struct {
	Name      string  `json:"name"`
	Parameter float64 `json:"parameter,omitempty"`
}

var solverNames = map[Solver]string{LBFGS: "lbfgs", Descent: "descent"}

// describe returns the description of a network. The error wraps ErrNotSavable
// and names what cannot be described.
func (f *fitted) describe() (d description, err error) {
	if f.network == nil {
		return d, fmt.Errorf("%w: a formula that was not made of layers", ErrNotSavable)
	}
	s := f.network.spec
	d = description{Kind: "deep", Network: networkJSON{
		Float: s.dtype.String(), Features: f.features, Classes: f.formula.Outputs[0].Classes,
		Penalty: s.penalty.String(), Lambda: s.lambda, Rows: s.rows, Seed: s.seed,
	}}
	if s.logistic != nil {
		d.Kind, d.Solver = "logistic", solverNames[s.logistic.solver]
		d.Tolerance, d.MaxIterations = s.logistic.tolerance, s.logistic.maxIterations
	}
	if f.scaler != nil {
		d.Network.Scaler = &scalerJSON{f.scaler.Mean, f.scaler.Scale}
	}
	if t := f.network.targets; t != nil {
		d.Network.Target = &targetJSON{t.mean, t.scale}
	}
	for i, l := range s.layers {
		note, ok := encodeLayer(l)
		if !ok {
			return d, fmt.Errorf("%w: layer %d, %s, is not made of this package's activations", ErrNotSavable, i+1, l)
		}
		d.Network.Layers = append(d.Network.Layers, note)
	}
	var ok bool
	if d.Network.Loss, ok = encodeLoss(f.network.loss, features(f.network.a)); !ok {
		return d, fmt.Errorf("%w: loss %q is not one of this package", ErrNotSavable, f.network.loss.Name)
	}
	return d, nil
}

func encodeLayer(l Layer) (note layerJSON, ok bool) {
	switch l := l.(type) {
	case Dense:
		activation, ok := encodeActivation(l.Activation, l.Units)
		return layerJSON{Kind: "dense", Units: l.Units, Activation: &activation, NoBias: l.NoBias}, ok
	case Dropout:
		return layerJSON{Kind: "dropout", Rate: l.Rate}, true
	}
	return layerJSON{}, false
}

// layer returns the layer that a note describes.
func (n layerJSON) layer() (Layer, error) {
	switch n.Kind {
	case "dense":
		if n.Activation == nil {
			return nil, fmt.Errorf("%w: a dense layer without activation", ErrCorrupt)
		}
		a, err := n.Activation.activation()
		return Dense{Units: n.Units, Activation: a, NoBias: n.NoBias}, err
	case "dropout":
		return Dropout{Rate: n.Rate}, nil
	}
	return nil, fmt.Errorf("%w: layer %q", ErrFormat, n.Kind)
}

// dtype returns the float type that a note names.
func (n networkJSON) dtype() (tensor.Dtype, error) {
	for _, t := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		if t.String() == n.Float {
			return t, nil
		}
	}
	return tensor.Dtype{}, fmt.Errorf("%w: float type %q", ErrFormat, n.Float)
}

// penalty returns the penalty that a note names.
func (n networkJSON) penalty() (Penalty, error) {
	for _, p := range []Penalty{NoPenalty, L1, L2} {
		if p.String() == n.Penalty {
			if err := p.check(n.Lambda); err != nil {
				return p, fmt.Errorf("%w: %w", ErrCorrupt, err)
			}
			return p, nil
		}
	}
	return 0, fmt.Errorf("%w: penalty %q", ErrFormat, n.Penalty)
}
