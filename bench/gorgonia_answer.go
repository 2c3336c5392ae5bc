package main

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A gorgoniaAnswer runs the network of W6.
type gorgoniaAnswer struct {
	*gorgoniaNet
	machine gorgonia.VM
	input   *tensor.Dense
	answer  gorgonia.Value
}

func newGorgoniaAnswer(dtype tensor.Dtype, nodes []int, weights []*tensor.Dense, x *tensor.Dense) (answerer, error) {
	n := newGorgoniaNet(dtype, nodes, weights, 1)
	s := &gorgoniaAnswer{gorgoniaNet: n, input: x}
	gorgonia.Read(n.output(), &s.answer)
	s.machine = gorgonia.NewTapeMachine(n.graph)
	return s, nil
}

func (s *gorgoniaAnswer) Steps(k int) error {
	for range k {
		s.machine.Reset()
		if err := gorgonia.Let(s.x, s.input); err != nil {
			return err
		}
		if err := s.machine.RunAll(); err != nil {
			return err
		}
	}
	return nil
}

func (s *gorgoniaAnswer) Answer() *tensor.Dense { return s.answer.(*tensor.Dense) }
func (s *gorgoniaAnswer) Close() error          { return s.machine.Close() }
