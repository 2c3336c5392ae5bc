package main

import (
	"fmt"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A network is the formula of a task.
type network struct {
	x, y, a, j *graph.Node
	params     []*graph.Node
}

// newNetwork builds the formula with copies of the weights.
func newNetwork(dtype tensor.Dtype, nodes []int, weights []*tensor.Dense) *network {
	g := graph.NewOf(dtype)
	last := len(nodes) - 1
	n := &network{x: g.Input("x", nodes[0], graph.Batch), y: g.Input("y", nodes[last], graph.Batch)}
	n.a = n.x
	for l := 1; l <= last; l++ {
		w := g.Param(fmt.Sprintf("w[%d]", l), weights[2*l-2])
		b := g.Param(fmt.Sprintf("b[%d]", l), weights[2*l-1])
		n.params = append(n.params, w, b)
		n.a = ops.Bias(b, ops.MatMul(w, n.a))
		if l < last {
			n.a = ops.ReLU(n.a)
		}
	}
	if nodes[last] == 1 {
		n.a = ops.Sigmoid(n.a)
		n.j = ops.Mean(ops.LogLoss(n.a, n.y))
	} else {
		n.a = ops.Softmax(n.a, 0)
		n.j = ops.Mean(ops.CrossEntropy(n.a, n.y))
	}
	return n
}

// A training does a task.
type training struct {
	task *task
	net  *network
	opt  *optim.Optimizer
	step int // the next
}

// newTraining readies a training: its first step is as fast as any.
func newTraining(t *task) (trainer, error) {
	s := &training{task: t, net: newNetwork(t.dtype, t.nodes, t.weights)}
	var err error
	if s.opt, err = optim.Minimize(s.net.j, t.rule, s.net.params...); err != nil {
		return nil, err
	}
	for _, step := range t.warm {
		if err := s.feed(step); err != nil {
			return nil, err
		}
		if _, err := s.opt.Gradient(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *training) feed(step int) error {
	x, y, err := s.task.batch(step)
	if err != nil {
		return err
	}
	if err := s.opt.Feed(s.net.x, x); err != nil {
		return err
	}
	return s.opt.Feed(s.net.y, y)
}

func (s *training) Steps(k int) error {
	for range k {
		if !s.task.once {
			if err := s.feed(s.step); err != nil {
				return err
			}
		}
		if err := s.opt.Step(); err != nil {
			return err
		}
		s.step++
	}
	return nil
}

func (s *training) Close() error { return nil }

func (s *training) Loss() (float64, error) {
	var weights []*tensor.Dense
	for _, p := range s.net.params {
		weights = append(weights, p.Value())
	}
	return loss(s.task.nodes, weights, s.task.examples())
}

// loss is the mean loss of all examples, in float64 whatever the weights are.
func loss(nodes []int, weights []*tensor.Dense, d *data.Dataset) (float64, error) {
	exact := make([]*tensor.Dense, len(weights))
	for i, w := range weights {
		v := entries(w)
		exact[i] = filled(tensor.Float64, w.Shape()[0], w.Shape()[1], func(i int) float64 { return v[i] })
	}
	n := newNetwork(tensor.Float64, nodes, exact)
	p, err := graph.Compile(n.j)
	if err != nil {
		return 0, err
	}
	x, y, err := columns(tensor.Float64, d, nil)
	if err != nil {
		return 0, err
	}
	if err := p.Feed(n.x, x); err != nil {
		return 0, err
	}
	if err := p.Feed(n.y, y); err != nil {
		return 0, err
	}
	if err := p.Run(); err != nil {
		return 0, err
	}
	j, err := p.Value(n.j)
	if err != nil {
		return 0, err
	}
	return j.Float64s()[0], nil
}
