package sequence_test

import (
	"errors"
	"math"
	"runtime"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/sequence"

	"gorgonia.org/tensor"
)

// An LSTM whose steps are computed once more has the states and the gradient of one that keeps all, in
// both directions, with padding, and where T is a symbol.
func TestRecompute(t *testing.T) {
	const times, n = 11, 3
	for _, o := range []sequence.Options{{}, {Back: true}} {
		var want [][]float64
		for _, how := range []string{"kept", "again", "again, T a symbol"} {
			g := graph.New()
			waves := func(dims ...int) *tensor.Dense {
				v := make([]float64, tensor.Shape(dims).TotalSize())
				for i := range v {
					v[i] = math.Sin(float64(i*i + 1))
				}
				return graph.Tensor(v, dims...)
			}
			w, u, b := g.Param("w", waves(8, 2)), g.Param("u", waves(8, 2)), g.Param("b", waves(8, 1))
			of, mask := times, waves(1, times, n)
			if how == "again, T a symbol" {
				of = graph.Extent("T")
			}
			for i, v := range mask.Float64s() {
				mask.Float64s()[i] = math.Round(math.Abs(v))
			}
			x, m := g.Input("x", 2, of, n), g.Input("mask", 1, of, n)
			o.Recompute, o.Mask = how != "kept", m
			cell := sequence.LSTM(w, u, b)
			states := cell.Over(x, o)
			j := ops.Add(ops.Sum(ops.Square(states)), ops.Sum(cell.Final(states, o)))
			nodes := append([]*graph.Node{states}, graph.Gradient(j, w, u, b, x)...)
			p, err := graph.Compile(nodes...)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(p.Feed(x, waves(2, times, n)), p.Feed(m, mask), p.Run()); err != nil {
				t.Fatal(err)
			}
			for i, y := range nodes {
				v, err := p.Value(y)
				if err != nil {
					t.Fatal(err)
				}
				if how == "kept" {
					want = append(want, append([]float64(nil), v.Float64s()...))
					continue
				}
				for k, got := range v.Float64s() {
					if math.Abs(got-want[i][k]) > 1e-12 {
						t.Fatalf("back %v, %s: result %d, entry %d: %v, want %v", o.Back, how, i, k, got, want[i][k])
					}
				}
			}
		}
	}
}

// Attention in stretches has the value, the gradient and the Hessian's products of Attend, whatever is
// masked.
func TestAttendInStretches(t *testing.T) {
	const times, n = 7, 2
	for name, masks := range map[string]func(g *graph.Graph) sequence.Masks{
		"none":   func(*graph.Graph) sequence.Masks { return sequence.Masks{} },
		"causal": func(*graph.Graph) sequence.Masks { return sequence.Masks{Causal: true} },
		"from":   func(g *graph.Graph) sequence.Masks { return sequence.Masks{Causal: true, From: g.Const(1)} },
		"from a value": func(g *graph.Graph) sequence.Masks {
			return sequence.Masks{Causal: true, From: g.Constant("from", graph.Tensor([]float64{2}))}
		},
		"padding": func(g *graph.Graph) sequence.Masks {
			return sequence.Masks{Causal: true, Padding: g.Constant("seen", graph.Tensor([]float64{1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0}, 1, times, n))}
		},
	} {
		var want [][]float64
		for _, count := range []int{0, 1, 2, 3, times, 20} {
			g := graph.New()
			x := make([]*node, 3)
			for i := range x {
				x[i] = g.Param("x", sines(i+1, 2, 3, times, n))
			}
			y := sequence.Attend(x[0], x[1], x[2], masks(g))
			if count > 0 {
				y = sequence.AttendInStretches(x[0], x[1], x[2], masks(g), count)
			}
			j := ops.Sum(ops.Mul(ops.Add(g.Constant("ω", sines(9, 2, 3, times, n)), y), y))
			v := []*node{g.Constant("v", sines(20, 2, 3, times, n)), g.Constant("v", sines(21, 2, 3, times, n)), g.Constant("v", sines(22, 2, 3, times, n))}
			out := append(append([]*node{y}, graph.Gradient(j, x...)...), graph.HVP(j, x, v)...)
			values := run(t, out...)
			if count == 0 {
				want = values
				continue
			}
			for i, got := range values {
				if d := apart(got, want[i]); !(d < 1e-13) {
					t.Errorf("%s, %d stretches: result %d differs by %.2g", name, count, i, d)
				}
			}
		}
	}
}

// Queries from a time on that no key comes after, or that is no number, see all keys.
func TestAttendInStretchesFromLate(t *testing.T) {
	for _, from := range []float64{1e300, math.Inf(1), math.NaN()} {
		g := graph.New()
		x, m := g.Constant("x", sines(1, 2, 3, 8, 2)), sequence.Masks{Causal: true, From: g.Const(from)}
		v := run(t, sequence.Attend(x, x, x, m), sequence.AttendInStretches(x, x, x, m, 4))
		if d := apart(v[1], v[0]); !(d < 1e-13) {
			t.Errorf("from %g: differs by %.2g", from, d)
		}
	}
}

// No runs, and runs of a T that is a symbol, are errors.
func TestAttendInStretchesRefuses(t *testing.T) {
	g := graph.New()
	for _, c := range []struct{ times, count int }{{8, 0}, {8, -1}, {graph.Extent("T"), 2}} {
		x := g.Input("x", 2, 3, c.times, 2)
		if err := sequence.AttendInStretches(x, x, x, sequence.Masks{}, c.count).Err(); !errors.Is(err, graph.ErrShape) {
			t.Errorf("%d runs of %s times: %v, want ErrShape", c.count, graph.ExtentString(c.times), err)
		}
	}
}

// run returns the values of nodes.
func run(t *testing.T, nodes ...*node) [][]float64 {
	t.Helper()
	p := compiled(t, nodes...)
	values := make([][]float64, len(nodes))
	for i, n := range nodes {
		v, err := p.Value(n)
		if err != nil {
			t.Fatal(err)
		}
		values[i] = append([]float64(nil), v.Float64s()...)
	}
	return values
}

// compiled returns a program that has run.
func compiled(t *testing.T, nodes ...*node) *graph.Program {
	t.Helper()
	p, err := graph.Compile(nodes...)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	return p
}

// Heads in stretches, of many times, are those of PyTorch as before, and their gradient needs a small
// part of T² numbers for each head.
func TestAttendInStretchesMemory(t *testing.T) {
	const times = 1024
	live := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	kept := func(count int) (bytes float64, gradient []float64) {
		g := graph.New()
		x := g.Param("x", sines(1, model, times, 1))
		var p []*node
		for i, s := range attention {
			p = append(p, g.Constant("p", sines(i+2, s[0], s[1])))
		}
		h := headsOf(p)
		h.Stretches = count
		dx := graph.Gradient(ops.Sum(ops.Square(h.Self(x, sequence.Masks{Causal: true}, nil))), x)[0]
		before := live()
		program := compiled(t, dx)
		v, err := program.Value(dx)
		if err != nil {
			t.Fatal(err)
		}
		return (live() - before) / (times * times * heads * 8), v.Float64s()
	}
	all, want := kept(0)
	parts, got := kept(32)
	if d := apart(got, want); !(d < 1e-13) {
		t.Errorf("the gradient differs by %.2g", d)
	}
	if all < 2 || parts > 0.5 {
		t.Errorf("%.2f T² numbers for each head, in stretches %.2f, want 0.5 at most", all, parts)
	}
}
