package main

import (
	"math"

	"adjoint/bench/internal/record"
	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A mixture is K normal distributions of d dimensions, by the logarithms α (K, 1) of their
// weights, before these are made to add up to 1; their means μ (K, d); and factors Q of their
// inverse covariances QᵀQ, lower triangles: row k of q (K, d(d+1)/2) has the logarithms of the
// diagonal and then what is below it, column by column.
type mixture struct {
	k, d    int
	α, μ, q *tensor.Dense
}

// A wishart is a prior of Q: by γ and the degrees of freedom beyond d+1.
type wishart struct {
	γ float64
	m int
}

// newMixture is that of W12: 50 in 32 dimensions.
func newMixture(dtype tensor.Dtype) mixture {
	const k, d = 50, 32
	return mixture{k, d, normals(dtype, k, 1, 91, 1), normals(dtype, k, d, 92, 1), normals(dtype, k, d*(d+1)/2, 93, 0.1)}
}

// likelihood is log p(x | α, μ, Q) of the columns of x, with the prior, as ADBench has it
// (F. Srajer, Z. Kukelova, A. Fitzgibbon 2018, GMM):
//
//	−Nd/2·log 2π + Σⱼ log Σₖ exp(αₖ + Σ log diag Qₖ − ½‖Qₖ(xⱼ−μₖ)‖²) − N·log Σₖ exp αₖ + log prior(Q)
func (m mixture) likelihood(prior wishart) (x, j *graph.Node, params []*graph.Node) {
	g := graph.NewOf(m.α.Dtype())
	x = g.Input("x", m.d, graph.Batch)
	α, μ, q := g.Param("α", m.α), g.Param("μ", m.μ), g.Param("q", m.q)
	logs, below := ops.Slice(q, 1, 0, m.d), ops.Slice(q, 1, m.d, graph.End)
	diagonal := ops.Exp(logs)
	Q := ops.Gather(ops.Concat(1, diagonal, below, g.Const(0, m.k, 1)), 1, g.Constant("triangle", m.triangle()))
	squares := ops.Sum(ops.Square(ops.MatMul(Q, ops.Sub(x, ops.ExpandDims(μ, 2)))), 1)
	terms := ops.Sub(ops.Add(α, ops.Keep(ops.Sum, logs, 1)), ops.Scale(0.5, squares))
	likelihood := ops.Sub(ops.Sum(ops.LogSumExp(terms, 0)), ops.Mul(g.BatchSize(), ops.Sum(ops.Shift(ops.LogSumExp(α, 0), float64(m.d)/2*math.Log(2*math.Pi)))))
	return x, ops.Add(likelihood, prior.log(m, diagonal, below, logs)), []*graph.Node{α, μ, q}
}

// triangle says where the entries of Q are in (its diagonal, what is below it column by column, 0).
func (m mixture) triangle() *tensor.Dense {
	at := m.d
	index := filled(m.α.Dtype(), m.d, m.d, func(int) float64 { return float64(m.d * (m.d + 1) / 2) })
	for j := range m.d {
		for i := j; i < m.d; i++ {
			place := j
			if i > j {
				place, at = at, at+1
			}
			if err := index.SetAt(entry(m.α.Dtype(), float64(place)), i, j); err != nil {
				panic(err)
			}
		}
	}
	return index
}

func entry(dtype tensor.Dtype, v float64) any {
	if dtype == tensor.Float32 {
		return float32(v)
	}
	return v
}

// log is the logarithm of the prior.
func (w wishart) log(m mixture, diagonal, below, logs *graph.Node) *graph.Node {
	n, d := float64(m.d+w.m+1), float64(m.d)
	c := n*d*(math.Log(w.γ)-math.Log(2)/2) - d*(d-1)/4*math.Log(math.Pi)
	for i := range m.d {
		l, _ := math.Lgamma((n - float64(i)) / 2)
		c -= l
	}
	squares := ops.Add(ops.Sum(ops.Square(diagonal)), ops.Sum(ops.Square(below)))
	return ops.Shift(ops.Sub(ops.Scale(w.γ*w.γ/2, squares), ops.Scale(float64(w.m), ops.Sum(logs))), -float64(m.k)*c)
}

// newGMM is W12: J and its gradient for 1000 points.
func newGMM(dtype tensor.Dtype) (trainer, error) {
	m := newMixture(dtype)
	x, j, params := m.likelihood(wishart{1, 0})
	p, err := graph.Compile(append(graph.Gradient(j, params...), j)...)
	if err != nil {
		return nil, err
	}
	return &program{p, j}, p.Feed(x, normals(dtype, m.d, 1000, 94, 1))
}

// programs measures runs of a program.
func programs(steps int, start func(tensor.Dtype) (trainer, error)) measures {
	return measures{"adjoint": func(dtype tensor.Dtype) ([]record.Line, error) {
		return oneLine(measure(5, steps, func() (stepper, error) {
			p, err := start(dtype)
			if err != nil {
				return nil, err
			}
			return p, p.Steps(2)
		}))
	}}
}
