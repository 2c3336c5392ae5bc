package models

import (
	"context"
	"fmt"
	"io"

	"adjoint/data"
	"adjoint/optim"
)

// Config is the config of the document's listing 3.2, with the settings of its
// fit (1.2 and 3.2): rate 0.1, λ = 0.01, 10 000 iterations over the full batch,
// seed 1, b = 0.
//
//	net, err := models.Config{Nodes: []int{10, 32, 8, 1}, LpReg: 2}.Network()
//
// Where the listing slips, this does what it means: the penalty acts on the
// gradient too, because it is part of the cost; each layer has its own weights
// from one stream, He's or Glorot's, since three layers of 0.01·N(0, 1) do not
// learn; and rL is composed with rG for any output activation.
type Config struct {
	Nodes      []int     // the number of features, then the units of each layer
	Activators []string  // of each layer; one more, for x, comes first in the listing and is dropped; nil is relu, …, sigmoid
	NoBias     []bool    // of each layer; nil is a bias everywhere
	LpReg      int       // p of the penalty λ/(2N)·Σ|w|ᵖ: 0, 1 or 2
	Lambda     float64   // 0 is 0.01
	Rate       float64   // 0 is 0.1
	Iterations int       // 0 is 10 000
	Seed       uint64    // 0 is 1
	Output     io.Writer // gets the cost every 1000 iterations; nil is silence
}

// Network returns the model with the layers of the config.
func (c Config) Network() (*Deep, error) {
	layers := len(c.Nodes) - 1
	if layers < 1 {
		return nil, fmt.Errorf("%w: nodes %v: want the number of features and at least one layer", ErrOption, c.Nodes)
	}
	names := c.Activators
	if names == nil {
		for range layers - 1 {
			names = append(names, ReLU.Name)
		}
		names = append(names, Sigmoid.Name)
	}
	if len(names) == layers+1 {
		names = names[1:]
	}
	if len(names) != layers || c.NoBias != nil && len(c.NoBias) != layers {
		return nil, fmt.Errorf("%w: %d activators and %d biases for %d layers", ErrOption, len(c.Activators), len(c.NoBias), layers)
	}
	penalty, ok := map[int]Penalty{0: NoPenalty, 1: L1, 2: L2}[c.LpReg]
	if !ok {
		return nil, fmt.Errorf("%w: penalty |w|^%d, want 0, 1 or 2", ErrOption, c.LpReg)
	}
	m := &Deep{Penalty: penalty, Lambda: or(c.Lambda, 0.01), Seed: or(c.Seed, 1)}
	for i, name := range names {
		a, ok := activations[name]
		if !ok {
			return nil, fmt.Errorf("%w: activator %q", ErrOption, name)
		}
		m.Layers = append(m.Layers, Dense{Units: c.Nodes[i+1], Activation: a, NoBias: c.NoBias != nil && c.NoBias[i]})
	}
	return m, nil
}

// Fit makes the network and trains it on d as the listing's fit does. The History
// has the cost before each iteration.
func (c Config) Fit(ctx context.Context, d *data.Dataset) (*Deep, *History, error) {
	m, err := c.Network()
	if err != nil {
		return nil, nil, err
	}
	if d != nil && len(d.Features) != c.Nodes[0] {
		return nil, nil, fmt.Errorf("%w: %d features, nodes say %d", data.ErrFeatures, len(d.Features), c.Nodes[0])
	}
	var costs []float64
	h, err := m.Fit(ctx, d, FitOptions{
		Epochs: or(c.Iterations, 10000), FullBatch: true, Rule: optim.SGD{Rate: or(c.Rate, 0.1)},
		Callbacks: []Callback{EachEpoch(func(_ *Training, e Epoch) error {
			if c.Output != nil && (e.Number-1)%1000 == 0 {
				fmt.Fprintf(c.Output, "Cost after iteration %d: %v\n", e.Number-1, e.Loss)
			}
			costs = append(costs, e.Loss)
			return nil
		})},
	})
	if h != nil {
		h.Costs = costs
	}
	return m, h, err
}

// or returns v, or other if v is zero.
func or[T comparable](v, other T) T {
	var zero T
	if v == zero {
		return other
	}
	return v
}
