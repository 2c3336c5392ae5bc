package play

import (
	"fmt"
	"math"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// differences32 compares ∂J/∂w[1] by (J(w+h) − J(w))/h in float32 with the reverse
// derivative, for steps h from 0.1 down.
func differences32(s *Session) ([]Fact, error) {
	right, err := s.gradient(s.config)
	if err != nil {
		return nil, err
	}
	cost, err := s.cost32()
	if err != nil {
		return nil, err
	}
	var facts []Fact
	for _, h := range []float32{1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7} {
		worst := 0.0
		for i := range min(8, len(right[0])) {
			d, err := cost.difference(i, h)
			if err != nil {
				return nil, err
			}
			worst = max(worst, math.Abs(float64(d)-right[0][i]))
		}
		worst /= largest(right[:1])
		facts = append(facts, Fact{fmt.Sprintf("h = %g: error of ∂J/∂w[1]", h), fmt.Sprintf("%.2g %%", 100*worst), worst > 0.01})
	}
	return facts, nil
}

// A cost32 is J in float32, as a function of the entries of w[1].
type cost32 struct {
	program *graph.Program
	w, j    *graph.Node
}

// cost32 builds it, by the formula of the network with float32 in place of float64.
func (s *Session) cost32() (*cost32, error) {
	values := s.weights()
	net := newNetworkOf(tensor.Float32, s.config, len(s.examples.X), len(s.examples.X[0]), len(s.examples.Classes), values)
	p, err := graph.Compile(net.j)
	if err != nil {
		return nil, err
	}
	if err := p.Feed(net.x, narrow(net.features(s.examples, s.all()))); err != nil {
		return nil, err
	}
	if err := p.Feed(net.y, narrow(net.targets(s.examples, s.all()))); err != nil {
		return nil, err
	}
	return &cost32{p, net.params[0], net.j}, nil
}

// at runs the formula.
func (c *cost32) at() (float32, error) {
	if err := c.program.Run(); err != nil {
		return 0, err
	}
	v, err := c.program.Value(c.j)
	if err != nil {
		return 0, err
	}
	return v.Float32s()[0], nil
}

// difference is (J(w+h) − J(w))/h for entry i of w.
func (c *cost32) difference(i int, h float32) (float32, error) {
	w := c.w.Value().Float32s()
	before, err := c.at()
	if err != nil {
		return 0, err
	}
	old := w[i]
	w[i] += h
	after, err := c.at()
	w[i] = old
	return (after - before) / h, err
}

// narrow rounds the entries to float32.
func narrow(v *tensor.Dense) *tensor.Dense {
	return tensor.New(tensor.WithShape(v.Shape()...), tensor.WithBacking(graph.Values[float32](v)))
}
