package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// BenchmarkW1 and the others time one step.
func BenchmarkW1(b *testing.B) { benchmarkTraining(b, newLogistic) }
func BenchmarkW2(b *testing.B) { benchmarkTraining(b, newFullBatch) }
func BenchmarkW3(b *testing.B) { benchmarkTraining(b, newMiniBatch) }
func BenchmarkW4(b *testing.B) { benchmarkTraining(b, newWide) }

func benchmarkTraining(b *testing.B, newTask func(tensor.Dtype) (*task, error)) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		b.Run(dtype.String(), func(b *testing.B) {
			benchmarkSteps(b, must(newTraining(must(newTask(dtype))(b)))(b))
		})
	}
}

func benchmarkSteps(b *testing.B, s stepper) {
	if err := s.Steps(1); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Steps(1); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkW5 times the gradient of a chain, BenchmarkW5Build all that comes until
// the first one has been computed, and BenchmarkW5Compile what of that comes before N
// and so the size of the buffers is known.
func BenchmarkW5(b *testing.B) {
	forChains(b, func(b *testing.B, d *chainData) { benchmarkSteps(b, must(newChain(d))(b)) })
}

func BenchmarkW5Build(b *testing.B) {
	forChains(b, func(b *testing.B, d *chainData) {
		b.ReportAllocs()
		for b.Loop() {
			if err := must(newChain(d))(b).Steps(1); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkW5Compile(b *testing.B) {
	forChains(b, func(b *testing.B, d *chainData) {
		b.ReportAllocs()
		for b.Loop() {
			_, j := chainCost(d)
			must(graph.Compile(graph.Gradient(j, graph.Params(j)...)...))(b)
		}
	})
}

func forChains(b *testing.B, run func(*testing.B, *chainData)) {
	for _, layers := range []int{10, 100, 1000} {
		b.Run(strconv.Itoa(layers), func(b *testing.B) { run(b, newChainData(tensor.Float32, layers)) })
	}
}

// BenchmarkW6 times one answer.
func BenchmarkW6(b *testing.B) {
	for _, c := range []struct {
		name  string
		nodes []int
		seed  uint64
	}{{"10-32-8-1", small, smallSeed}, {"784-512-256-10", wide, wideSeed}} {
		b.Run(c.name, func(b *testing.B) {
			x := normals(tensor.Float32, c.nodes[0], 1, 51, 1)
			benchmarkSteps(b, must(newAnswer(tensor.Float32, c.nodes, heNormal(tensor.Float32, c.nodes, c.seed), x))(b))
		})
	}
}

// BenchmarkW8 times a step of LeNet.
func BenchmarkW8(b *testing.B) { benchmarkSteps(b, must(newLeNetTraining(tensor.Float32))(b)) }

// BenchmarkConvolution times the convolutions and their reverses, in GFLOP/s of the products
// with what is past the edge: -bench 'Convolution/depthwise/N=1$' those of one.
func BenchmarkConvolution(b *testing.B) {
	for _, c := range convolutions {
		for _, n := range convolutionBatches {
			for _, part := range convolutionParts {
				name := strings.NewReplacer(",", "", "3×3 depthwise", "depthwise").Replace(c.name)
				b.Run(fmt.Sprintf("%s/N=%d/%s", name, n, part), func(b *testing.B) {
					benchmarkSteps(b, must(c.program(tensor.Float32, n, part))(b))
					b.ReportMetric(c.flop(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
				})
			}
		}
	}
}
