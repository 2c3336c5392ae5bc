package ops_test

import (
	"math"

	"adjoint/graph"
	"adjoint/ops"
)

var rowsScan = scanRows()

func scanRows() []row {
	var rows []row
	for _, c := range cells {
		rows = append(rows, c.row("Scan", ops.Scan, false), c.row("ScanBack", ops.ScanBack, true))
	}
	rows = append(rows, row{
		Name: "Sin(x)·y, recomputed",
		F: func(x ...*node) *node {
			return graph.Recompute(func(z ...*node) *node { return ops.Mul(ops.Sin(z[0]), x[1]) }, x[0])
		},
		Shapes: [][][]int{{{3, batch}, {3, batch}}, {{2}, {2}}},
		Entry:  func(x ...float64) float64 { return math.Sin(x[0]) * x[1] },
	})
	return rows
}

func (c cell) row(name string, scan func(ops.Step, *node, ...*node) *node, back bool) row {
	dims := [][]int{{c.state, batch}, {features, 3, batch}}
	for _, d := range c.params {
		dims = append(dims, d[:])
	}
	return row{
		Name:    name + "(" + c.name + ")",
		F:       func(x ...*node) *node { return scan(c.step(x[2:]), x[0], x[1]) },
		Shapes:  [][][]int{dims},
		Domains: domains{between(-0.2, 1)}, // few values cancel: the laws allow for one op, not for three steps
		Value:   func(x ...array) array { return c.plain(back, x) },
	}
}

// A cell is a recurrent map, and how large its weights and state are.
type cell struct {
	name   string
	state  int
	params [][2]int
	step   func(p []*node) ops.Step
	next   func(h, x []float64, p []array) []float64 // of one example, in plain Go
}

const hidden, features = 3, 2

// The cells are those of PyTorch, with weights of x and of h side by side, or each its own.
var cells = []cell{
	{"tanh", hidden, [][2]int{{hidden, features}, {hidden, hidden}, {hidden, 1}}, func(p []*node) ops.Step {
		return func(s *node, x ...*node) *node {
			return ops.Tanh(ops.Add(ops.Bias(p[2], ops.MatMul(p[0], x[0])), ops.MatMul(p[1], s)))
		}
	}, nextTanh},
	{"joined", hidden, [][2]int{{hidden, hidden + features}, {hidden, 1}}, func(p []*node) ops.Step {
		return func(s *node, x ...*node) *node {
			return ops.Tanh(ops.Add(ops.MatMul(p[0], ops.Concat(0, s, x[0])), p[1]))
		}
	}, nextJoined},
	{"gru", hidden, [][2]int{{3 * hidden, features}, {3 * hidden, hidden}, {3 * hidden, 1}, {3 * hidden, 1}}, func(p []*node) ops.Step {
		return func(h *node, x ...*node) *node {
			u, v := ops.Bias(p[2], ops.MatMul(p[0], x[0])), ops.Bias(p[3], ops.MatMul(p[1], h))
			part := func(z *node, i int) *node { return ops.Slice(z, 0, i*hidden, (i+1)*hidden) }
			r := ops.Sigmoid(ops.Add(part(u, 0), part(v, 0)))
			z := ops.Sigmoid(ops.Add(part(u, 1), part(v, 1)))
			n := ops.Tanh(ops.Add(part(u, 2), ops.Mul(r, part(v, 2))))
			return ops.Add(ops.Mul(ops.OneMinus(z), n), ops.Mul(z, h))
		}
	}, nextGRU},
	{"lstm", 2 * hidden, [][2]int{{4 * hidden, features}, {4 * hidden, hidden}, {4 * hidden, 1}}, func(p []*node) ops.Step {
		return func(s *node, x ...*node) *node { return lstm(hidden, p, s, x[0]) }
	}, nextLSTM},
}

// lstm is one step of the state (h, c), with gates in the order of PyTorch.
func lstm(hidden int, p []*node, s, x *node) *node {
	h, c := ops.Slice(s, 0, 0, hidden), ops.Slice(s, 0, hidden, 2*hidden)
	z := ops.Add(ops.Bias(p[2], ops.MatMul(p[0], x)), ops.MatMul(p[1], h))
	part := func(i int) *node { return ops.Slice(z, 0, i*hidden, (i+1)*hidden) }
	i, f, g, o := ops.Sigmoid(part(0)), ops.Sigmoid(part(1)), ops.Tanh(part(2)), ops.Sigmoid(part(3))
	c = ops.Add(ops.Mul(f, c), ops.Mul(i, g))
	return ops.Concat(0, ops.Mul(o, ops.Tanh(c)), c)
}

// plain is Scan of a cell, example by example.
func (c cell) plain(back bool, x []array) array {
	T, N := x[1].Dims[1], x[1].Dims[2]
	y := array{Dims: []int{c.state, T, N}, Data: make([]float64, c.state*T*N)}
	for j := range N {
		s := make([]float64, c.state)
		for i := range s {
			s[i] = x[0].At(i, j)
		}
		for k := range T {
			t := k
			if back {
				t = T - 1 - k
			}
			in := []float64{x[1].At(0, t, j), x[1].At(1, t, j)}
			s = c.next(s, in, x[2:])
			for i, v := range s {
				y.Data[(i*T+t)*N+j] = v
			}
		}
	}
	return y
}

// row is (wx)ᵢ, from column from on.
func product(w array, i, from int, x []float64) (sum float64) {
	for k, v := range x {
		sum += w.At(i, from+k) * v
	}
	return sum
}

func sigm(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

func nextTanh(h, x []float64, p []array) []float64 {
	y := make([]float64, hidden)
	for i := range y {
		y[i] = math.Tanh(product(p[0], i, 0, x) + p[2].At(i, 0) + product(p[1], i, 0, h))
	}
	return y
}

func nextJoined(h, x []float64, p []array) []float64 {
	y := make([]float64, hidden)
	for i := range y {
		y[i] = math.Tanh(product(p[0], i, 0, h) + product(p[0], i, hidden, x) + p[1].At(i, 0))
	}
	return y
}

func nextGRU(h, x []float64, p []array) []float64 {
	y := make([]float64, hidden)
	for i := range y {
		u := func(k int) float64 { return product(p[0], k*hidden+i, 0, x) + p[2].At(k*hidden+i, 0) }
		v := func(k int) float64 { return product(p[1], k*hidden+i, 0, h) + p[3].At(k*hidden+i, 0) }
		z := sigm(u(1) + v(1))
		y[i] = (1-z)*math.Tanh(u(2)+sigm(u(0)+v(0))*v(2)) + z*h[i]
	}
	return y
}

func nextLSTM(s, x []float64, p []array) []float64 {
	y := make([]float64, 2*hidden)
	for i := range hidden {
		z := func(k int) float64 {
			k = k*hidden + i
			return product(p[0], k, 0, x) + p[2].At(k, 0) + product(p[1], k, 0, s[:hidden])
		}
		c := sigm(z(1))*s[hidden+i] + sigm(z(0))*math.Tanh(z(2))
		y[i], y[hidden+i] = sigm(z(3))*math.Tanh(c), c
	}
	return y
}
