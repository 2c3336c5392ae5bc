package main

import (
	"adjoint/bench/internal/record"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

const leNetCalls = 2000

// A leNetAnswer is W8's network, fed one image, run and read, again and again.
type leNetAnswer struct {
	net     *leNet
	program *graph.Program
	x, a    *tensor.Dense
}

func newLeNetAnswer(dtype tensor.Dtype) (*leNetAnswer, error) {
	net := newLeNet(dtype)
	p, err := graph.Compile(net.a)
	x, _ := leNetData(dtype, 0, 1)
	return &leNetAnswer{net: net, program: p, x: x}, err
}

func (s *leNetAnswer) Steps(k int) (err error) {
	for range k {
		if err := s.program.Feed(s.net.x, s.x); err != nil {
			return err
		}
		if err := s.program.Run(); err != nil {
			return err
		}
		if s.a, err = s.program.Value(s.net.a); err != nil {
			return err
		}
	}
	return nil
}

func (s *leNetAnswer) Close() error { return nil }

// leNetAnswers measures the answer of W8's network, before any training, to one image.
func leNetAnswers(dtype tensor.Dtype) ([]record.Line, error) {
	s, err := newLeNetAnswer(dtype)
	if err != nil {
		return nil, err
	}
	l, err := measure(5, leNetCalls, func() (stepper, error) { return s, s.Steps(10) })
	if err != nil {
		return nil, err
	}
	l.UsPerCall, l.Output = round(1e3*l.MsPerStep), new(entries(s.a)[0])
	return []record.Line{l}, nil
}
