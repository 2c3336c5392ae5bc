package main

import (
	"fmt"
	"strings"

	"adjoint/bench/internal/record"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// An answerer gives the answer of a network to one example, again and again.
type answerer interface {
	stepper
	Answer() *tensor.Dense // the last
}

// An answerMaker makes one for the input x.
type answerMaker func(dtype tensor.Dtype, nodes []int, weights []*tensor.Dense, x *tensor.Dense) (answerer, error)

// answersOf measures W6.
func answersOf(newAnswer answerMaker) func(tensor.Dtype) ([]record.Line, error) {
	return func(dtype tensor.Dtype) (lines []record.Line, err error) {
		for _, net := range []struct {
			nodes []int
			seed  uint64
			calls int
		}{{small, smallSeed, 20000}, {wide, wideSeed, 2000}} {
			weights := heNormal(dtype, net.nodes, net.seed)
			x := normals(dtype, net.nodes[0], 1, 51, 1)
			var a answerer
			l, err := measure(5, net.calls, func() (stepper, error) {
				if a, err = newAnswer(dtype, net.nodes, weights, x); err != nil {
					return nil, err
				}
				return a, a.Steps(10)
			})
			if err != nil {
				return nil, err
			}
			l.Net = strings.Trim(strings.ReplaceAll(fmt.Sprint(net.nodes), " ", "-"), "[]")
			l.UsPerCall, l.Output = round(1e3*l.MsPerStep), new(entries(a.Answer())[0])
			lines = append(lines, l)
		}
		return lines, nil
	}
}

// An answer is a program of a network that is fed, run and read.
type answer struct {
	program   *graph.Program
	in, out   *graph.Node
	x, answer *tensor.Dense
}

func newAnswer(dtype tensor.Dtype, nodes []int, weights []*tensor.Dense, x *tensor.Dense) (answerer, error) {
	net := newNetwork(dtype, nodes, weights)
	return answerOf(net.a, net.x, x)
}

// answerOf gives the answer of a network to x.
func answerOf(out, in *graph.Node, x *tensor.Dense) (*answer, error) {
	p, err := graph.Compile(out)
	return &answer{program: p, in: in, out: out, x: x}, err
}

func (s *answer) Steps(k int) (err error) {
	for range k {
		if err := s.program.Feed(s.in, s.x); err != nil {
			return err
		}
		if err := s.program.Run(); err != nil {
			return err
		}
		if s.answer, err = s.program.Value(s.out); err != nil {
			return err
		}
	}
	return nil
}

func (s *answer) Answer() *tensor.Dense { return s.answer }
func (s *answer) Close() error          { return nil }
