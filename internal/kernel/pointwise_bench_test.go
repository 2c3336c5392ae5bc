package kernel

import (
	"math"
	"testing"
)

// BenchmarkPointwise reports the time for an entry, in the first cache.
func BenchmarkPointwise(b *testing.B) {
	b.Run("float32", benchmarkPointwise[float32])
	b.Run("float64", benchmarkPointwise[float64])
}

func benchmarkPointwise[T Float](b *testing.B) {
	const n = 1000
	x, y, dst, g := normal[T](n), normal[T](n), make([]T, n), normal[T](n)
	Abs(y, y)
	step := AdamOptions{Rate: 1e-3, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Correction1: 0.1, Correction2: 0.001}.Step()
	for _, k := range []struct {
		name string
		run  func()
	}{
		{"Exp", func() { Exp(dst, x) }},
		{"mathExp", func() { mathExp(dst, x) }},
		{"Log", func() { Log(dst, y) }},
		{"Sigmoid", func() { Sigmoid(dst, x) }},
		{"SigmoidResidual", func() { SigmoidResidual(dst, x, y) }},
		{"SigmoidPrime", func() { SigmoidPrime(dst, x) }},
		{"SigmoidReverse", func() { SigmoidReverse(dst, x, g) }},
		{"Tanh", func() { Tanh(dst, x) }},
		{"mathTanh", func() { mathTanh(dst, x) }},
		{"SigmoidAndPrime", func() { SigmoidAndPrime(dst, y, x) }},
		{"TanhAndPrime", func() { TanhAndPrime(dst, y, x) }},
		{"TanhPrime", func() { TanhPrime(dst, x) }},
		{"Softplus", func() { Softplus(dst, x) }},
		{"LogLoss", func() { LogLoss(dst, x, y) }},
		{"GELU", func() { GELU(dst, x) }},
		{"Relu", func() { Relu(dst, x) }},
		{"ReluReverse", func() { ReluReverse(dst, x, g) }},
		{"Add", func() { Add(dst, x, g) }},
		{"Mul", func() { Mul(dst, x, g) }},
		{"Axpy", func() { Axpy(dst, x, 0.5) }},
		{"Sum", func() { Sum(x) }},
		{"Dot", func() { Dot(x, g) }},
		{"Max", func() { Max(x) }},
		{"RowSums", func() { RowSums(dst[:10], x, 10, 100, 100) }},
		{"ColSums", func() { ColSums(dst[:100], x, 10, 100, 100) }},
		{"SGD", func() { SGD(dst, g, 1e-3) }},
		{"Adam", func() { Adam(dst, g, x, y, &step) }},
	} {
		b.Run(k.name, func(b *testing.B) {
			for b.Loop() {
				k.run()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/entry")
		})
	}
}

func mathExp[T Float](dst, x []T) {
	for i, v := range x {
		dst[i] = T(math.Exp(float64(v)))
	}
}

func mathTanh[T Float](dst, x []T) {
	for i, v := range x {
		dst[i] = T(math.Tanh(float64(v)))
	}
}
