package main

import (
	"testing"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

func dense(rows, columns int, v ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(rows, columns), tensor.WithBacking(v))
}

// The test of ADBench: its data/gmm/test.txt, and the values of its
// test/cpp/modules/common/GmmTests.cpp.
func TestGMMOfADBench(t *testing.T) {
	m := mixture{3, 2,
		dense(3, 1, -0.649014, 1.181166, -0.758453),
		dense(3, 2, 0.092339, 0.186260, 0.345561, 0.396767, 0.538817, 0.419195),
		dense(3, 3, 0.586443, -0.851887, 0.800321, -1.509405, 0.875874, -0.242790, 0.166813, -1.965419, -1.270071)}
	x, j, params := m.likelihood(wishart{1, 0})
	outputs := append(graph.Gradient(j, params...), j)
	p := must(graph.Compile(outputs...))(t)
	if err := p.Feed(x, dense(2, 1, 1.175171, 2.029160)); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	var got []float64
	for _, y := range outputs {
		got = append(got, must(p.Value(y))(t).Float64s()...)
	}
	for i, want := range []float64{
		1.08662855508652456e-01, -7.41270039523898472e-01, 6.32607184015246071e-01,
		1.11692576532787013e+00, 1.63333013551455269e-01, -2.19989824071193142e-02, 2.27778292254236098e-01, 1.20963025612832187e+00, -6.06375920733956339e-02,
		2.58529994051162237e+00, 1.12632694524213789e-01, 3.85744309849611777e-01, 7.35180573182305508e-02, 5.41836362715595232e+00, -3.21494409677446469e-01, 1.71892309775004937e+00, 8.60091090790866875e-01, -9.94640930466322848e-01,
		8.07380408004975791e+00,
	} {
		near(t, "value", got[i], want, 1e-12)
	}
}

func BenchmarkW12(b *testing.B) { benchmarkPrograms(b, newGMM) }

func benchmarkPrograms(b *testing.B, start func(tensor.Dtype) (trainer, error)) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		b.Run(dtype.String(), func(b *testing.B) { benchmarkSteps(b, must(start(dtype))(b)) })
	}
}
