package optest_test

import (
	"fmt"
	"math/rand/v2"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A net has layers ℓ = 1, …, L, as in section 3.1, with a[0] = x; N is 5.
type net struct {
	g          *graph.Graph
	y, j       *node
	w, b, z, a []*node
	feeds      map[*node]*tensor.Dense
}

// newNet returns a net of layers of n[ℓ] nodes, at a random point: the activation g
// within, σ on the last layer.
func newNet(dtype tensor.Dtype, n []int, g func(z *node) *node, loss func(a, y *node) *node) *net {
	const N = 5
	rng := rand.New(rand.NewPCG(3, 4))
	random := func(rows, cols int) *tensor.Dense {
		v := make([]float64, rows*cols)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		return matrix(dtype, rows, cols, v...)
	}
	m := &net{g: graph.NewOf(dtype)}
	x := m.g.Input("x", n[0], graph.Batch)
	m.w, m.b, m.z, m.a = []*node{nil}, []*node{nil}, []*node{nil}, []*node{x}
	L := len(n) - 1
	for l := 1; l <= L; l++ {
		w, b := m.g.Param(fmt.Sprintf("w%d", l), random(n[l], n[l-1])), m.g.Param(fmt.Sprintf("b%d", l), random(n[l], 1))
		z := ops.Bias(b, ops.MatMul(w, m.a[l-1]))
		a := ops.Sigmoid(z)
		if l < L {
			a = g(z)
		}
		m.w, m.b, m.z, m.a = append(m.w, w), append(m.b, b), append(m.z, z), append(m.a, a)
	}
	m.y = m.g.Input("y", n[L], graph.Batch)
	m.j = ops.Mean(loss(m.a[L], m.y))
	labels := make([]float64, n[L]*N)
	for i := range labels {
		labels[i] = float64(i % 2)
	}
	m.feeds = map[*node]*tensor.Dense{x: random(n[0], N), m.y: matrix(dtype, n[L], N, labels...)}
	return m
}

// The nets of the document: section 1, 2 and 3.
func logisticNet(dtype tensor.Dtype) *net {
	return newNet(dtype, []int{3, 1}, nil, ops.LogLoss)
}

func hiddenNet(dtype tensor.Dtype) *net {
	return newNet(dtype, []int{3, 3, 1}, ops.Tanh, ops.LogLoss)
}

func deepNet(dtype tensor.Dtype) *net {
	return newNet(dtype, []int{2, 4, 4, 3, 1}, ops.Sigmoid, ops.LogLoss)
}

// squareNet has layers of one size, so that nearly every slip fits.
func squareNet(dtype tensor.Dtype) *net {
	return newNet(dtype, []int{4, 4, 4, 1}, ops.Sigmoid, ops.LogLoss)
}

func squaresNet(dtype tensor.Dtype) *net {
	return newNet(dtype, []int{3, 3, 1}, ops.Tanh, ops.SquaredError)
}

// residual is (1/N)(a − y), the node that is in the engine's gradient too.
func (m *net) residual() *node {
	return ops.Div(ops.Sub(m.a[len(m.a)-1], m.y), m.g.BatchSize())
}

func sigmoidPrime(a *node) *node { return ops.Mul(a, ops.OneMinus(a)) }
func tanhPrime(a *node) *node    { return ops.OneMinus(ops.Square(a)) }

// deltas are δ[1], …, δ[L] of a net of log-loss, with prime for the derivative of
// layer ℓ < L, and times for W[ℓ+1]ᵀδ.
func (m *net) deltas(prime func(l int) *node, times func(l int, w, δ *node) *node) []*node {
	L := len(m.w) - 1
	δ := make([]*node, L+1)
	δ[L] = m.residual()
	for l := L - 1; l >= 1; l-- {
		δ[l] = ops.Mul(times(l, m.w[l+1], δ[l+1]), prime(l))
	}
	return δ
}

func transposeTimes(_ int, w, δ *node) *node { return ops.MatMul(ops.T(w), δ) }

func (m *net) sigmoidPrimes(l int) *node { return sigmoidPrime(m.a[l]) }
