package sequence_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/sequence"
)

// The encoding of Vaswani et al. at d = 4, from its formula: rows sin t, cos t, sin t/100, cos t/100.
func TestSinusoidal(t *testing.T) {
	g := graph.New()
	got := run(t, sequence.Sinusoidal(g.Const(2), 4, 3))[0]
	want := []float64{
		0.9092974268256817, 0.1411200080598672, -0.7568024953079282, // sin 2, sin 3, sin 4
		-0.4161468365471424, -0.9899924966004454, -0.6536436208636119, // cos 2, …
		0.01999866669333308, 0.02999550020249566, 0.03998933418663416, // sin 0.02, …
		0.9998000066665778, 0.9995500337489875, 0.9992001066609779, // cos 0.02, …
	}
	if d := apart(got, want); !(d < 1e-15) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A learned encoding is rows of its table from a time on, a column each; the gradient reaches those
// rows alone; a time that the table does not have is refused.
func TestLearned(t *testing.T) {
	g := graph.New()
	table, from := g.Param("table", graph.Tensor([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 5, 2)), g.Input("from")
	code := sequence.Learned(table, from, 3)
	ζ := g.Constant("ζ", graph.Tensor([]float64{1, 2, 3, 10, 20, 30}, 2, 3, 1))
	slope := graph.Gradient(ops.Sum(ops.Mul(ζ, code)), table)[0]
	p, err := graph.Compile(code, slope)
	if err != nil {
		t.Fatal(err)
	}
	at := func(time float64) error {
		if err := p.Feed(from, graph.Tensor([]float64{time})); err != nil {
			t.Fatal(err)
		}
		return p.Run()
	}
	if err := at(1); err != nil {
		t.Fatal(err)
	}
	for n, want := range map[*node][]float64{
		code:  {3, 5, 7, 4, 6, 8},
		slope: {0, 0, 1, 10, 2, 20, 3, 30, 0, 0},
	} {
		v, err := p.Value(n)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Float64s(); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
	if err := at(3); !errors.Is(err, graph.ErrValue) {
		t.Errorf("three times from 3 on of a table of five: error %v, want ErrValue", err)
	}
}

// Rotary turns the pairs of rows (i, i+e/2) by t/10000^(2i/e), by hand for e = 4: by t and by t/100. So
// scores depend on how far apart times are, and not on when they are.
func TestRotary(t *testing.T) {
	g := graph.New()
	x := []float64{0.5, -1, 2, 0.25} // the same at each time
	at := func(from float64) *node {
		v := make([]float64, 0, 12)
		for _, c := range x {
			v = append(v, c, c, c)
		}
		return sequence.Rotary(g.Const(from))(g.Constant("x", graph.Tensor(v, 1, 4, 3, 1)))
	}
	got := run(t, at(2))[0]
	for time := range 3 {
		for i, angle := range []float64{float64(2 + time), float64(2+time) / 100} {
			a, b := x[i], x[i+2]
			sin, cos := math.Sincos(angle)
			for row, want := range map[int]float64{i: a*cos - b*sin, i + 2: b*cos + a*sin} {
				if d := math.Abs(got[row*3+time] - want); !(d < 1e-15) {
					t.Errorf("row %d at time %d: %v, want %v", row, 2+time, got[row*3+time], want)
				}
			}
		}
	}
	scores := func(from float64) *node {
		y := ops.Reshape(at(from), 4, 3)
		return ops.MatMul(ops.T(y), y)
	}
	s := run(t, scores(0), scores(700))
	if d := apart(s[1], s[0]); !(d < 1e-12) {
		t.Errorf("scores 700 times later differ by %g", d)
	}
}

// Keras has the gates of a GRU in the order z, r, h, PyTorch in the order r, z, n.
func TestFromKeras(t *testing.T) {
	g := graph.New()
	keras := g.Constant("w", graph.Tensor([]float64{1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6}, 6, 2))
	want := []float64{3, 3, 4, 4, 1, 1, 2, 2, 5, 5, 6, 6}
	if got := run(t, sequence.FromKeras(keras))[0]; apart(got, want) != 0 {
		t.Errorf("%v, want %v", got, want)
	}
}

// Backpropagation that is truncated has the states of the whole sequence, and the gradient of the last
// window from a start that does not move: the same whether the start is fed or stopped.
func TestTruncated(t *testing.T) {
	g := graph.New()
	w, u, b := g.Param("w", sines(1, 4, 2)), g.Param("u", sines(2, 4, 4)), g.Param("b", sines(3, 4, 1))
	cell := sequence.RNN(w, u, b, ops.Tanh)
	x := g.Constant("x", sines(4, 2, 6, 3))
	whole := cell.Over(x, sequence.Options{})
	first := cell.Over(ops.Slice(x, 1, 0, 4), sequence.Options{})
	start := cell.Final(first, sequence.Options{})
	gradient := func(start *node) (last *node, du *node) {
		last = cell.Over(ops.Slice(x, 1, 4, 6), sequence.Options{Start: start})
		return last, graph.Gradient(ops.Sum(ops.Square(last)), u)[0]
	}
	stopped, du := gradient(ops.StopGradient(start))
	fed := graph.Tensor(run(t, start)[0], 4, 3)
	_, want := gradient(g.Constant("start", fed))
	_, full := gradient(start)
	v := run(t, ops.Slice(whole, 1, 4, 6), stopped, du, want, full)
	if d := apart(v[1], v[0]); !(d < 1e-15) {
		t.Errorf("the states differ by %g", d)
	}
	if d := apart(v[2], v[3]); !(d < 1e-14) {
		t.Errorf("the gradient of a stopped start differs by %g from that of a fed one", d)
	}
	if d := apart(v[2], v[4]); !(d > 1e-3) {
		t.Errorf("a stopped start has the gradient of the whole sequence, to %g", d)
	}
}
