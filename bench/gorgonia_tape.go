package main

import (
	"errors"
	"fmt"

	"adjoint/optim"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A tape is a gorgonia network that a TapeMachine differentiates and runs.
type tape struct {
	*gorgoniaNet
	machine gorgonia.VM
	model   []gorgonia.ValueGrad
}

func newTape(n *gorgoniaNet) (*tape, error) {
	if _, err := gorgonia.Grad(n.j, n.params...); err != nil {
		return nil, err
	}
	machine := gorgonia.NewTapeMachine(n.graph, gorgonia.BindDualValues(n.params...))
	return &tape{n, machine, gorgonia.NodesToValueGrads(n.params)}, nil
}

// run computes the gradients.
func (t *tape) run(x, y *tensor.Dense) error {
	t.machine.Reset()
	if err := gorgonia.Let(t.x, x); err != nil {
		return err
	}
	if y != nil {
		if err := gorgonia.Let(t.y, y); err != nil {
			return err
		}
	}
	return t.machine.RunAll()
}

// forget sets the gradients to zero, as a solver does when it has used them: the
// next run adds to them.
func (t *tape) forget() error {
	for _, p := range t.model {
		d, err := p.Grad()
		if err != nil {
			return err
		}
		d.(*tensor.Dense).Zero()
	}
	return nil
}

// A gorgoniaTraining does a task by gorgonia, with a tape for each size of a batch.
type gorgoniaTraining struct {
	task    *task
	weights []*tensor.Dense
	tapes   map[int]*tape
	solver  gorgonia.Solver
	step    int
}

func newGorgoniaTraining(t *task) (trainer, error) {
	s := &gorgoniaTraining{task: t, tapes: map[int]*tape{}}
	for _, w := range t.weights {
		s.weights = append(s.weights, w.Clone().(*tensor.Dense))
	}
	switch r := t.rule.(type) {
	case optim.SGD:
		s.solver = gorgonia.NewVanillaSolver(gorgonia.WithLearnRate(r.Rate))
	case optim.Adam:
		s.solver = gorgonia.NewAdamSolver(gorgonia.WithLearnRate(r.Rate), gorgonia.WithEps(r.Eps))
	default:
		return nil, fmt.Errorf("no solver is the rule %T", r)
	}
	for _, step := range t.warm {
		x, y, err := t.batch(step)
		if err != nil {
			return nil, err
		}
		n := x.Shape()[1]
		net := newGorgoniaNet(t.dtype, t.nodes, s.weights, n)
		net.addCost()
		if s.tapes[n], err = newTape(net); err != nil {
			return nil, err
		}
		if err := errors.Join(s.tapes[n].run(x, y), s.tapes[n].forget()); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *gorgoniaTraining) Steps(k int) error {
	for range k {
		x, y, err := s.task.batch(s.step)
		if err != nil {
			return err
		}
		t := s.tapes[x.Shape()[1]]
		if err := t.run(x, y); err != nil {
			return err
		}
		if err := s.solver.Step(t.model); err != nil {
			return err
		}
		s.step++
	}
	return nil
}

func (s *gorgoniaTraining) Loss() (float64, error) {
	return loss(s.task.nodes, s.weights, s.task.examples())
}

func (s *gorgoniaTraining) Close() error {
	for _, t := range s.tapes {
		if err := t.machine.Close(); err != nil {
			return err
		}
	}
	return nil
}
