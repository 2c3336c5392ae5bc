package main

import (
	"testing"

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
