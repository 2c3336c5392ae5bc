package main

import (
	"adjoint/bench/internal/record"

	"gorgonia.org/tensor"
)

const leNetCalls = 2000

// leNetAnswers measures the answer of W8's network, before any training, to one image, fed, run and
// read again and again.
func leNetAnswers(dtype tensor.Dtype) ([]record.Line, error) {
	net := newLeNet(dtype)
	x, _ := leNetData(dtype, 0, 1)
	s, err := answerOf(net.a, net.x, x)
	if err != nil {
		return nil, err
	}
	l, err := measure(5, leNetCalls, func() (stepper, error) { return s, s.Steps(10) })
	if err != nil {
		return nil, err
	}
	l.UsPerCall, l.Output = round(1e3*l.MsPerStep), new(entries(s.Answer())[0])
	return []record.Line{l}, nil
}
