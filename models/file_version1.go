package models

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"adjoint/data"
	"adjoint/internal/safetensors"

	"gorgonia.org/tensor"
)

// Files of version 1 say by names of this package what a model is. They are read, and not
// written any more.
const version1 = "1"

type version1JSON struct {
	Kind          string  `json:"kind"`
	Solver        string  `json:"solver"` // what follows is of logistic
	Tolerance     float64 `json:"tolerance"`
	MaxIterations int     `json:"max_iterations"`
	Network       struct {
		Float    string        `json:"float"`
		Features []string      `json:"features"`
		Classes  []string      `json:"classes"` // null for regression
		Scaler   *scaler1JSON  `json:"scaler"`
		Target   *targetJSON   `json:"target"`
		Layers   []layer1JSON  `json:"layers"`
		Loss     function1JSON `json:"loss"`
		Penalty  string        `json:"penalty"`
		Lambda   float64       `json:"lambda"`
		Rows     int           `json:"rows"`
		Seed     uint64        `json:"seed"`
	} `json:"network"`
}

type scaler1JSON struct {
	Mean  []float64 `json:"mean"`
	Scale []float64 `json:"scale"`
}

type layer1JSON struct {
	Kind       string         `json:"kind"` // "dense" or "dropout"
	Units      int            `json:"units"`
	Activation *function1JSON `json:"activation"`
	NoBias     bool           `json:"no_bias"`
	Rate       float64        `json:"rate"`
}

// A function1JSON names an activation or a loss. Parameter is its β, α or δ, if it has one.
type function1JSON struct {
	Name      string  `json:"name"`
	Parameter float64 `json:"parameter"`
}

// losses1 are the names of losses in files of version 1, in which activations have those of
// activationNamed.
var losses1 = map[string]Loss{
	"log_loss": LogLoss, "log_loss_from_logits": LogLossFromLogits, "cross_entropy": CrossEntropy,
	"cross_entropy_from_logits": CrossEntropyFromLogits, "squared_error": SquaredError,
	"absolute_error": AbsoluteError, "hinge": HingeLoss,
}

func (n function1JSON) loss() (Loss, error) {
	if n.Name == "huber" {
		return HuberLoss(n.Parameter), nil
	}
	if l, ok := losses1[n.Name]; ok {
		return l, nil
	}
	return Loss{}, fmt.Errorf("%w: loss %q", ErrFormat, n.Name)
}

func (n function1JSON) activation() (Activation, error) {
	switch n.Name {
	case "leaky_relu":
		return LeakyReLU(n.Parameter), nil
	case "elu":
		return ELU(n.Parameter), nil
	}
	if a, ok := activationNamed(n.Name); ok && n.Name != "" {
		return a, nil
	}
	return Activation{}, fmt.Errorf("%w: activation %q", ErrFormat, n.Name)
}

func (n layer1JSON) layer() (Layer, error) {
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

// loadVersion1 returns the model of a file of version 1, and its kind. The weights have to
// be those that the layers need and no others, so that it takes no more memory than they do.
func loadVersion1(file *safetensors.File) (kind string, f *fitted, err error) {
	var d version1JSON
	if err := decode(file, modelKey, &d); err != nil {
		return "", nil, err
	}
	weights, err := file.Dense()
	if err != nil {
		return "", nil, err
	}
	maps.DeleteFunc(weights, func(name string, _ *tensor.Dense) bool { return strings.Contains(name, ".") }) // of a training
	s, err := d.spec()
	if err != nil {
		return "", nil, corrupt(err)
	}
	ordered, err := s.take1(weights)
	if err != nil {
		return "", nil, err
	}
	if f, err = d.fitted(s, ordered); err != nil {
		return "", nil, corrupt(err)
	}
	return d.Kind, f, noneLeft(weights)
}

// fitted builds the network with the weights.
func (d *version1JSON) fitted(s spec, weights []*tensor.Dense) (*fitted, error) {
	net, err := s.build(true)
	if err != nil {
		return nil, err
	}
	if net.targets != s.targets {
		return nil, fmt.Errorf("targets are standardised, which this network cannot learn")
	}
	if err := setWeights(net.formula.Params, weights); err != nil {
		return nil, err
	}
	var scaler *data.Scaler
	if n := d.Network.Scaler; n != nil {
		if scaler, err = (&scalerJSON{d.Network.Features, n.Mean, n.Scale}).scaler(); err != nil {
			return nil, err
		}
	}
	names := &data.Dataset{Features: d.Network.Features, Classes: d.Network.Classes}
	if err := names.CheckNames(); err != nil {
		return nil, err
	}
	return net.fitted(scaler, names)
}

// spec returns what the network is built from.
func (d *version1JSON) spec() (s spec, err error) {
	n := &d.Network
	of := &networkJSON{Penalty: n.Penalty, Lambda: n.Lambda, Rows: n.Rows, Target: n.Target}
	switch {
	case d.Kind == logisticKind && d.Solver != "":
		of.Solver, of.Tolerance, of.MaxIterations = d.Solver, d.Tolerance, d.MaxIterations
	case d.Kind != deepKind:
		return s, fmt.Errorf("%w: kind %q, solver %q", ErrFormat, d.Kind, d.Solver)
	}
	dtypes := []tensor.Dtype{tensor.Float32, tensor.Float64}
	at := slices.IndexFunc(dtypes, func(t tensor.Dtype) bool { return t.String() == n.Float })
	if at < 0 {
		return s, fmt.Errorf("%w: float type %q", ErrFormat, n.Float)
	}
	if s, err = of.spec(dtypes[at]); err != nil {
		return s, err
	}
	s.features, s.classes, s.seed = len(n.Features), len(n.Classes), n.Seed
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
	return s, nil
}

// take1 takes the weights w1, b1, w2, … of the layers away from tensors.
func (s *spec) take1(tensors map[string]*tensor.Dense) (taken []*tensor.Dense, err error) {
	take := func(name string, m, n int) {
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
	}
	n, number := s.features, 0
	for _, l := range s.layers {
		if dense, ok := l.(Dense); ok {
			number++
			take(fmt.Sprint("w", number), dense.Units, n)
			if !dense.NoBias {
				take(fmt.Sprint("b", number), dense.Units, 1)
			}
			n = dense.Units
		}
	}
	return taken, err
}
