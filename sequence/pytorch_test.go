package sequence_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/sequence"

	"gorgonia.org/tensor"
)

type node = graph.Node

// A published case is what testdata/pytorch.py writes.
type published struct {
	Value     []float64
	Grad, HVP [][]float64
}

func pytorch(t *testing.T, name string) published {
	t.Helper()
	text, err := os.ReadFile("testdata/pytorch.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases map[string]published
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	c, ok := cases[name]
	if !ok {
		t.Fatalf("no case %q", name)
	}
	return c
}

// sines is a tensor that PyTorch was given too.
func sines(k int, dims ...int) *tensor.Dense {
	v := make([]float64, tensor.Shape(dims).TotalSize())
	for i := range v {
		v[i] = 0.5 * math.Sin(1.3*float64(i)+float64(k))
	}
	return tensor.New(tensor.WithShape(dims...), tensor.WithBacking(v))
}

const (
	features, units    = 2, 3
	model, heads, wide = 4, 2, 6
	times, examples    = 4, 3
)

// A net is a layer of weights of these shapes, in PyTorch's order.
type net struct {
	name   string
	inputs int // rows of x
	shapes [][2]int
	extra  []float64 // (1, T, N): the last of p, if there is one
	f      func(x *node, p []*node) *node
}

// agree compares value, gradient and Hessian times v of J = Σ(ω + y)⊙y with PyTorch's. T and N
// are symbols.
func agree(t *testing.T, c net) {
	t.Helper()
	want := pytorch(t, c.name)
	g := graph.New()
	x := g.Input("x", c.inputs, graph.Extent("T"), graph.Batch)
	var wrt []*node
	for i, s := range c.shapes {
		wrt = append(wrt, g.Param(fmt.Sprintf("p%d", i), sines(i+1, s[0], s[1])))
	}
	extra := g.Input("extra", 1, graph.Extent("T"), graph.Batch)
	y := c.f(x, append(wrt[:len(wrt):len(wrt)], extra))
	wrt = append(wrt, x)
	ω := g.Input("ω", y.Shape().Dims()...)
	j := ops.Sum(ops.Mul(ops.Add(ω, y), y))
	v := make([]*node, len(wrt))
	for i, w := range wrt {
		v[i] = g.Input(fmt.Sprintf("v%d", i), w.Shape().Dims()...)
	}
	grad, hvp := graph.Gradient(j, wrt...), graph.HVP(j, wrt, v)
	out := append(append([]*node{y}, grad...), hvp...)
	p, err := graph.Compile(out...)
	if err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	if c.extra != nil {
		if err := p.Feed(extra, tensor.New(tensor.WithShape(1, times, examples), tensor.WithBacking(c.extra))); err != nil {
			t.Fatal(err)
		}
	}
	feedSines(t, p, x, 50)
	feedSines(t, p, ω, 9)
	for i := range v {
		feedSines(t, p, v[i], 20+i)
	}
	if err := p.Run(); err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	compare := func(what string, n *node, want []float64) {
		t.Helper()
		got, err := p.Value(n)
		if err != nil {
			t.Fatal(err)
		}
		if d := apart(got.Float64s(), want); !(d < 1e-11) {
			t.Errorf("%s: %s differs by %.2g", c.name, what, d)
		}
	}
	compare("value", y, want.Value)
	for i := range wrt {
		compare(fmt.Sprintf("gradient %d", i), grad[i], want.Grad[i])
		compare(fmt.Sprintf("Hessian·v %d", i), hvp[i], want.HVP[i])
	}
}

// feedSines feeds an input the k-th sines, for the times and examples of the figures.
func feedSines(t *testing.T, p *graph.Program, n *node, k int) {
	t.Helper()
	d := n.Shape().Dims()
	for i := range d {
		switch d[i] {
		case graph.Extent("T"):
			d[i] = times
		case graph.Batch:
			d[i] = examples
		}
	}
	if err := p.Feed(n, sines(k, d...)); err != nil {
		t.Fatal(err)
	}
}

// apart is the largest difference, relative to the largest number if that is more than 1.
func apart(a, b []float64) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	d, scale := 0.0, 1.0
	for i := range a {
		d, scale = max(d, math.Abs(a[i]-b[i])), max(scale, math.Abs(b[i]))
		if math.IsNaN(a[i]) {
			return math.NaN()
		}
	}
	return d / scale
}

// recurrent returns the shapes of PyTorch's weights of a cell with so many gates.
func recurrent(gates, inputs int) [][2]int {
	m := gates * units
	return [][2]int{{m, inputs}, {m, units}, {m, 1}, {m, 1}}
}

func lstm(p []*node) sequence.Cell { return sequence.LSTM(p[0], p[1], ops.Add(p[2], p[3])) }
func gru(p []*node) sequence.Cell  { return sequence.GRU(p[0], p[1], p[2], p[3]) }
func rnn(p []*node) sequence.Cell  { return sequence.RNN(p[0], p[1], ops.Add(p[2], p[3]), ops.Tanh) }
func relu(p []*node) sequence.Cell { return sequence.RNN(p[0], p[1], ops.Add(p[2], p[3]), ops.ReLU) }

func TestCellsArePyTorch(t *testing.T) {
	for _, c := range []struct {
		name  string
		gates int
		cell  func(p []*node) sequence.Cell
	}{{"lstm", 4, lstm}, {"gru", 3, gru}, {"rnn", 1, rnn}, {"relu", 1, relu}} {
		agree(t, net{c.name, features, recurrent(c.gates, features), nil, func(x *node, p []*node) *node {
			cell := c.cell(p)
			return cell.Hidden(cell.Over(x, sequence.Options{}))
		}})
		if c.name == "relu" {
			continue
		}
		twice := append(recurrent(c.gates, features), recurrent(c.gates, features)...)
		agree(t, net{c.name + " both", features, twice, nil, func(x *node, p []*node) *node {
			return sequence.Both(c.cell(p[:4]), c.cell(p[4:]), x, nil)
		}})
		two := append(recurrent(c.gates, features), recurrent(c.gates, units)...)
		agree(t, net{c.name + " two", features, two, nil, func(x *node, p []*node) *node {
			return sequence.Stack(x, nil, c.cell(p[:4]), c.cell(p[4:]))
		}})
	}
}

// attention are the shapes of PyTorch's MultiheadAttention.
var attention = [][2]int{{3 * model, model}, {3 * model, 1}, {model, model}, {model, 1}}

func headsOf(p []*node) sequence.Heads {
	return sequence.Heads{Count: heads, In: p[0], InBias: p[1], Out: p[2], OutBias: p[3]}
}

func TestAttentionIsPyTorch(t *testing.T) {
	for _, c := range []struct {
		name  string
		seen  []float64
		masks func(seen *node) sequence.Masks
	}{
		{"attention", nil, func(*node) sequence.Masks { return sequence.Masks{} }},
		{"attention causal", nil, func(*node) sequence.Masks { return sequence.Masks{Causal: true} }},
		{"attention padding", []float64{1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 1, 0}, func(seen *node) sequence.Masks { return sequence.Masks{Padding: seen} }},
	} {
		agree(t, net{c.name, model, attention, c.seen, func(x *node, p []*node) *node {
			return headsOf(p).Self(x, c.masks(p[4]), nil)
		}})
	}
}

func TestBlockIsPyTorch(t *testing.T) {
	shapes := append(attention[:4:4], [][2]int{{wide, model}, {wide, 1}, {model, wide}, {model, 1}, {model, 1}, {model, 1}, {model, 1}, {model, 1}}...)
	for _, last := range []bool{false, true} {
		name := "block"
		if last {
			name = "block after"
		}
		agree(t, net{name, model, shapes, nil, func(x *node, p []*node) *node {
			b := sequence.Block{
				Attention: headsOf(p), W: p[4], WBias: p[5], V: p[6], VBias: p[7],
				Before: sequence.Norm{Gain: p[8], Bias: p[9]}, After: sequence.Norm{Gain: p[10], Bias: p[11]},
				Activation: ops.GELU, NormLast: last,
			}
			return b.Of(x, sequence.Masks{Causal: true}, nil)
		}})
	}
}

func TestEmbedIsPyTorch(t *testing.T) {
	index := []float64{0, 2, 1, 4, 0, 1, 4, 4, 1, 1, 3, 1}
	agree(t, net{"embedding", features, [][2]int{{5, features}}, index, func(x *node, p []*node) *node {
		return ops.Mul(sequence.Embed(p[0], p[1]), x)
	}})
}

func TestCrossEntropyIsPyTorch(t *testing.T) {
	labels := []float64{0, 1, 2, 2, -100, 1, 1, 1, -100, 0, 0, -100}
	agree(t, net{"entropy", 3, nil, labels, func(x *node, p []*node) *node {
		return ops.Reshape(sequence.CrossEntropy(x, p[0]), 1)
	}})
}
