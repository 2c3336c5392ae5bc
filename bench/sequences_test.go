package main

import (
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/sequence"

	"gorgonia.org/tensor"
)

// The costs are those of PyTorch 1.13.0 in float64, and so is that of the graph that is as long as the
// sequence:
//
//	python3 bench/peers.py -work W9 -peer torch -dtype float64
func TestSequenceLosses(t *testing.T) {
	for work, want := range map[string]float64{"W9": 1.7227576644919782, "W10": 9.94368025885182} {
		for _, unrolled := range []bool{false, true} {
			if unrolled && work == "W10" {
				continue
			}
			s := must(newLSTM(tensor.Float64, lstmSizes[work], unrolled))(t)
			near(t, work, must(s.Loss())(t), want, 1e-11)
		}
	}
	near(t, "W11", must(must(newBlock(tensor.Float64))(t).Loss())(t), 1.4939251172025934, 1e-11)
}

func BenchmarkW9(b *testing.B)  { benchmarkLSTM(b, "W9", false) }
func BenchmarkW10(b *testing.B) { benchmarkLSTM(b, "W10", false) }

// BenchmarkW9Unrolled times the graph that is as long as the sequence.
func BenchmarkW9Unrolled(b *testing.B) { benchmarkLSTM(b, "W9", true) }

func benchmarkLSTM(b *testing.B, work string, unrolled bool) {
	s := must(newLSTM(tensor.Float32, lstmSizes[work], unrolled))(b)
	benchmarkSteps(b, s)
}

func BenchmarkW11(b *testing.B) { benchmarkSteps(b, must(newBlock(tensor.Float32))(b)) }

// BenchmarkShortCell times Σh² and its gradient of a cell h := tanh(wx + uh + b) of 8 units that reads 4
// numbers at each of 1023 times of one example, where a time is no more than a few hundred products.
func BenchmarkShortCell(b *testing.B) {
	const units, features, times = 8, 4, 1023
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		b.Run(dtype.String(), func(b *testing.B) {
			g := graph.NewOf(dtype)
			param := func(rows, columns int, seed uint64) *graph.Node {
				return g.Param("p", normals(dtype, rows, columns, seed, 0.3))
			}
			wrt := []*graph.Node{param(units, features, 111), param(units, units, 112), param(units, 1, 113)}
			x := g.Input("x", features, times, 1)
			states := sequence.RNN(wrt[0], wrt[1], wrt[2], ops.Tanh).Over(x, sequence.Options{})
			benchmarkSteps(b, must(newSequenceWork(ops.Sum(ops.Square(states)), x, wrt, features, times, 1, 114, false))(b))
		})
	}
}
