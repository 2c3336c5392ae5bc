package main

import (
	"adjoint/bench/internal/record"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// A shape is that of a product C = A·B of matrices stored row by row, or of their
// transposes.
type shape struct {
	name           string // what it is in the training of W4
	m, n, k        int
	transA, transB bool
}

var shapes = []shape{
	{"", 32, 32, 32, false, false},
	{"", 64, 64, 64, false, false},
	{"", 128, 128, 128, false, false},
	{"", 256, 256, 256, false, false},
	{"", 512, 512, 512, false, false},
	{"", 1024, 1024, 1024, false, false},
	{"", 2048, 2048, 2048, false, false},
	{"w[1]x", 512, 128, 784, false, false},
	{"w[2]a", 256, 128, 512, false, false},
	{"w[3]a", 10, 128, 256, false, false},
	{"w[2]'δ", 512, 128, 256, true, false},
	{"δx'", 512, 784, 128, false, true},
	{"δa'", 256, 512, 128, false, true},
}

// products measures W7.
func products(dtype tensor.Dtype) ([]record.Line, error) {
	if dtype == tensor.Float32 {
		return productsOf[float32]()
	}
	return productsOf[float64]()
}

func productsOf[T kernel.Float]() (lines []record.Line, err error) {
	for _, s := range shapes {
		flop := 2 * float64(s.m) * float64(s.n) * float64(s.k)
		steps := max(2, int(2.5e9/flop))
		l, err := measure(5, steps, func() (stepper, error) {
			p := newProduct[T](s)
			return p, p.Steps(2)
		})
		if err != nil {
			return nil, err
		}
		l.Product, l.M, l.N, l.K = s.name, s.m, s.n, s.k
		l.GFLOPS = round(flop * l.StepsPerS / 1e9)
		lines = append(lines, l)
	}
	return lines, nil
}

// A product is C = A·B, again and again.
type product[T kernel.Float] struct {
	kernel.Product
	c, a, b []T
}

func newProduct[T kernel.Float](s shape) *product[T] {
	p := &product[T]{
		Product: kernel.Product{M: s.m, N: s.n, K: s.k, A: kernel.RowMajor(s.k), B: kernel.RowMajor(s.n), LDC: s.n},
		c:       make([]T, s.m*s.n), a: make([]T, s.m*s.k), b: make([]T, s.k*s.n),
	}
	if s.transA {
		p.A = kernel.Transposed(s.m)
	}
	if s.transB {
		p.B = kernel.Transposed(s.k)
	}
	for i := range p.a {
		p.a[i] = T(uniform(61, i) - 0.5)
	}
	for i := range p.b {
		p.b[i] = T(uniform(62, i) - 0.5)
	}
	return p
}

func (p *product[T]) Steps(k int) error {
	for range k {
		kernel.Gemm(&p.Product, p.c, nil, p.a, p.b)
	}
	return nil
}

func (p *product[T]) Close() error { return nil }
