package sequence_test

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// The LSTM of ADBench (Microsoft, MIT licence): two layers whose gates are entry by entry, over 1024
// characters of 14 bits. Its J is 0.66666518.
const (
	bits  = 14
	chars = 1024
)

// adbench reads the numbers of the smallest data set: weights and biases by layer (4·14 each), three
// vectors for what comes in and goes out, the states by layer, and the characters.
func adbench(t *testing.T) (layers, ends, states, text []float64) {
	t.Helper()
	file, err := os.ReadFile("testdata/adbench_lstm.txt")
	if err != nil {
		t.Fatal(err)
	}
	var v []float64
	for _, word := range strings.Fields(string(file))[3:] {
		x, err := strconv.ParseFloat(word, 64)
		if err != nil {
			t.Fatal(err)
		}
		v = append(v, x)
	}
	take := func(n int) (part []float64) {
		part, v = v[:n], v[n:]
		return part
	}
	return take(4 * 4 * bits), take(3 * bits), take(4 * bits), take(chars * bits)
}

func column(g *graph.Graph, v []float64) *node {
	return g.Param("p", tensor.New(tensor.WithShape(len(v), 1), tensor.WithBacking(v)))
}

// adbenchCost is J of parameters by 14 rows, and what it reads. x and y are (14, T, 1).
func adbenchCost(x, y, start *node, layers, ends []*node) *node {
	at := func(s *node, i int) *node { return ops.Slice(s, 0, i*bits, (i+1)*bits) }
	s := ops.Scan(func(s *node, x ...*node) *node {
		in := ops.Mul(x[0], ends[0])
		var next []*node
		for k := range 2 {
			w, b, h, c := layers[2*k], layers[2*k+1], at(s, 2*k), at(s, 2*k+1)
			gate := func(i int, of *node) *node { return ops.Add(ops.Mul(of, at(w, i)), at(b, i)) }
			c = ops.Add(ops.Mul(c, ops.Sigmoid(gate(0, in))), ops.Mul(ops.Sigmoid(gate(1, h)), ops.Tanh(gate(3, h))))
			in = ops.Mul(ops.Sigmoid(gate(2, in)), ops.Tanh(c))
			next = append(next, in, c)
		}
		return ops.Concat(0, next...)
	}, start, x)
	out := func(p *node) *node { return ops.ExpandDims(p, 2) }
	scores := ops.Add(ops.Mul(at(s, 2), out(ends[1])), out(ends[2]))
	norm := ops.Log(ops.Shift(ops.Keep(ops.Sum, ops.Exp(scores), 0), 2))
	return ops.Neg(ops.Mean(ops.Mul(y, ops.Sub(scores, norm))))
}

func TestADBench(t *testing.T) {
	layers, ends, states, text := adbench(t)
	g := graph.New()
	T := graph.Extent("T")
	x, y := g.Input("x", bits, T, 1), g.Input("y", bits, T, 1)
	var w, e []*node
	for k := range 4 {
		w = append(w, column(g, layers[k*4*bits:(k+1)*4*bits]))
	}
	for k := range 3 {
		e = append(e, column(g, ends[k*bits:(k+1)*bits]))
	}
	j := adbenchCost(x, y, column(g, states), w, e)
	wrt := append(append([]*node{}, w...), e...)
	out := append([]*node{j}, graph.Gradient(j, wrt...)...)
	p, err := graph.Compile(out...)
	if err != nil {
		t.Fatal(err)
	}
	for n, from := range map[*node]int{x: 0, y: 1} {
		v := tensor.New(tensor.WithShape(bits, chars-1, 1), tensor.Of(tensor.Float64))
		for i := range v.Float64s() {
			v.Float64s()[i] = text[(i%(chars-1)+from)*bits+i/(chars-1)]
		}
		if err := p.Feed(n, v); err != nil {
			t.Fatal(err)
		}
	}
	cost := func() float64 {
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		v, err := p.Value(j)
		if err != nil {
			t.Fatal(err)
		}
		return v.Float64s()[0]
	}
	if got := cost(); math.Abs(got-0.66666518) > 5e-9 {
		t.Errorf("J = %.10f, published 0.66666518", got)
	}
	for k, n := range wrt {
		cost() // where no parameter has moved
		v, err := p.Value(out[k+1])
		if err != nil {
			t.Fatal(err)
		}
		gradient := append([]float64{}, v.Float64s()...)
		for i := 0; i < len(gradient); i += 5 { // by differences
			const h = 1e-5
			at := &n.Value().Float64s()[i]
			was := *at
			*at = was + h
			above := cost()
			*at = was - h
			below := cost()
			*at = was
			if d := (above - below) / (2 * h); math.Abs(d-gradient[i]) > 1e-9 {
				t.Errorf("parameter %d, entry %d: %g, by differences %g", k, i, gradient[i], d)
			}
		}
	}
}
