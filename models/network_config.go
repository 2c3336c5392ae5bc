package models

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"adjoint/data"
	"adjoint/optim"
)

// Config is the config of the document's listing 3.2. Its defaults are the settings
// of the fits in 1.2 and 3.2: rate 0.1, λ = 0.01, 10 000 iterations over the full
// batch, seed 1, b = 0.
//
//	net, history, err := models.Config{Nodes: []int{10, 32, 8, 1}, LpReg: 2, Output: os.Stdout}.Fit(ctx, train)
//
// Nodes {n, 1} without Activators is the logistic regression of 1.2, with
// w ~ 0.01·N(0, 1).
//
// Where the listing has a mistake, Config does what is meant. The penalty acts on the
// gradient too, because it is part of the cost. The weights of all layers come from
// one stream, by He's or Glorot's initialisation: three layers of 0.01·N(0, 1) with
// the same seed do not learn. And rL is composed with rG for any output activation.
type Config struct {
	Nodes      []int     // the number of features, then the units of each layer
	Activators []string  // of each layer; nil is relu, …, relu, sigmoid
	NoBias     []bool    // of each layer; nil is a bias everywhere
	LpReg      int       // p of the penalty λ/(2N)·Σ|w|ᵖ: 0, 1 or 2
	Lambda     float64   // 0 is 0.01; LpReg 0 is no penalty
	Rate       float64   // 0 is 0.1
	Iterations int       // 0 is 10 000
	Seed       uint64    // 0 is 1
	Output     io.Writer // where the cost is printed every 1000 iterations; nil prints nothing
}

// Network returns the model with the layers of the config. Activators and NoBias may
// have one more entry, the first, which is ignored: in the listing it stands for x.
func (c Config) Network() (*Deep, error) {
	layers := len(c.Nodes) - 1
	if layers < 1 {
		return nil, fmt.Errorf("%w: nodes %v, want the number of features and at least one layer", ErrOption, c.Nodes)
	}
	activators, err := perLayer("activators", c.Activators, layers)
	if err != nil {
		return nil, err
	}
	noBias, err := perLayer("biases", c.NoBias, layers)
	if err != nil {
		return nil, err
	}
	if c.LpReg < 0 || c.LpReg > 2 {
		return nil, fmt.Errorf("%w: penalty |w|^%d, want 0, 1 or 2", ErrOption, c.LpReg)
	}
	m := &Deep{
		Penalty: [...]Penalty{NoPenalty, L1, L2}[c.LpReg],
		Lambda:  cmp.Or(c.Lambda, 0.01), Seed: cmp.Or(c.Seed, 1),
	}
	for i := range layers {
		layer := Dense{Units: c.Nodes[i+1], Activation: ReLU}
		if i == layers-1 {
			layer.Activation = Sigmoid
		}
		if len(activators) > 0 {
			var known bool
			if layer.Activation, known = activationNamed(activators[i]); !known {
				return nil, fmt.Errorf("%w: activator %q of layer %d", ErrOption, activators[i], i+1)
			}
		}
		layer.NoBias = len(noBias) > 0 && noBias[i]
		if layers == 1 {
			layer.Init = Normal(0.01)
		}
		m.Layers = append(m.Layers, layer)
	}
	return m, nil
}

// perLayer returns a list of the config with one entry for each layer.
func perLayer[T any](what string, list []T, layers int) ([]T, error) {
	switch len(list) {
	case 0, layers:
		return list, nil
	case layers + 1:
		return list[1:], nil
	}
	return nil, fmt.Errorf("%w: %d %s for %d layers", ErrOption, len(list), what, layers)
}

// Fit makes the network and trains it on d as the listing's fit does. The Costs of
// the History are the costs before each iteration. [Deep.Fit] says what happens on an
// error. The model is nil exactly if the History is.
func (c Config) Fit(ctx context.Context, d *data.Dataset) (*Deep, *History, error) {
	m, err := c.Network()
	if err != nil {
		return nil, nil, err
	}
	if d != nil && len(d.Features) != c.Nodes[0] {
		return nil, nil, fmt.Errorf("%w: %d features, nodes say %d", data.ErrFeatures, len(d.Features), c.Nodes[0])
	}
	var costs []float64
	note := func(_ *Training, e Epoch) error {
		if c.Output != nil && (e.Number-1)%1000 == 0 {
			fmt.Fprintf(c.Output, "Cost after iteration %d: %v\n", e.Number-1, e.Loss)
		}
		costs = append(costs, e.Loss)
		return nil
	}
	h, err := m.Fit(ctx, d, FitOptions{
		Epochs: cmp.Or(c.Iterations, 10000), FullBatch: true, Rule: optim.SGD{Rate: cmp.Or(c.Rate, 0.1)},
		Callbacks: []Callback{EachEpoch(note)},
	})
	if h == nil {
		return nil, nil, err
	}
	h.Costs = costs
	return m, h, err
}
