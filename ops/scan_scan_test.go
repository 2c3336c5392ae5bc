package ops_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// unroll is Scan, written out.
func unroll(f ops.Step, back bool, s *node, x ...*node) *node {
	T := x[0].Shape().Dim(1)
	states := make([]*node, T)
	for k := range T {
		t := k
		if back {
			t = T - 1 - k
		}
		at := make([]*node, len(x))
		for i, x := range x {
			at[i] = ops.Squeeze(ops.Slice(x, 1, t, t+1), 1)
		}
		s = f(s, at...)
		states[t] = s
	}
	return ops.Stack(1, states...)
}

func randomDense(rng *rand.Rand, scale float64, dims ...int) *tensor.Dense {
	v := make([]float64, tensor.Shape(dims).TotalSize())
	for i := range v {
		v[i] = scale * rng.NormFloat64()
	}
	return tensor.New(tensor.WithShape(dims...), tensor.WithBacking(v))
}

// outputs of a cost over a trajectory: value, gradient, differential, Hessian times vector.
func scanOutputs(rng *rand.Rand, s *node, wrt []*node) []*node {
	g := s.Graph()
	weights := g.Input("ω", s.Shape().Dims()...)
	j := ops.Sum(ops.Mul(weights, ops.Square(s)))
	out := []*node{s, j}
	out = append(out, graph.Gradient(j, wrt...)...)
	v := make([]*node, len(wrt))
	for i, x := range wrt {
		v[i] = g.Input(fmt.Sprintf("v%d", i), x.Shape().Dims()...)
	}
	out = append(out, graph.JVP(s, wrt, v))
	return append(out, graph.HVP(j, wrt, v)...)
}

func TestScanIsTheUnrolledLoop(t *testing.T) {
	for _, c := range cells {
		for _, T := range []int{1, 2, 5} {
			for _, N := range []int{1, 4} {
				for _, back := range []bool{false, true} {
					var want [][]float64
					for _, how := range []string{"unrolled", "scan", "symbols"} {
						got := runCell(t, c, how, T, N, back)
						if want == nil {
							want = got
							continue
						}
						for i := range want {
							if d := distance(got[i], want[i]); !(d < 1e-12) {
								t.Errorf("%s T=%d N=%d back=%v %s: output %d differs by %g", c.name, T, N, back, how, i, d)
							}
						}
					}
				}
			}
		}
	}
}

func distance(a, b []float64) float64 {
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

func runCell(t *testing.T, c cell, how string, T, N int, back bool) [][]float64 {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, uint64(T*100+N)))
	g := graph.New()
	dT, dN := T, N
	if how == "symbols" {
		dT, dN = graph.Extent("T"), graph.Batch
	}
	s0, x := g.Input("s0", c.state, dN), g.Input("x", features, dT, dN)
	var p []*node
	for i, d := range c.params {
		p = append(p, g.Param(fmt.Sprintf("p%d", i), randomDense(rng, 0.6, d[0], d[1])))
	}
	f := c.step(p)
	var s *node
	switch {
	case how == "unrolled":
		s = unroll(f, back, s0, x)
	case back:
		s = ops.ScanBack(f, s0, x)
	default:
		s = ops.Scan(f, s0, x)
	}
	out := scanOutputs(rng, s, append([]*node{s0, x}, p...))
	prog, err := graph.Compile(out...)
	if err != nil {
		t.Fatalf("%s %s: %v", c.name, how, err)
	}
	for _, n := range graph.Cone(out...) {
		if n.Kind() == graph.Input {
			feedCell(t, prog, n, T, N)
		}
	}
	if err := prog.Run(); err != nil {
		t.Fatal(err)
	}
	if allocs := testing.AllocsPerRun(3, func() { _ = prog.Run() }); allocs > 0 {
		t.Errorf("%s %s: %g allocations", c.name, how, allocs)
	}
	var values [][]float64
	for _, n := range out {
		v, err := prog.Value(n)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, append([]float64(nil), v.Float64s()...))
	}
	return values
}

// feedCell feeds an input what its name says.
func feedCell(t *testing.T, p *graph.Program, n *node, T, N int) {
	t.Helper()
	d := n.Shape().Dims()
	for i := range d {
		switch d[i] {
		case graph.Batch:
			d[i] = N
		case graph.Extent("T"):
			d[i] = T
		}
	}
	name := n.Name()
	r := rand.New(rand.NewPCG(3, uint64(strings.IndexByte("sxωv", name[0]))*10+uint64(name[len(name)-1])))
	if err := p.Feed(n, randomDense(r, 1, d...)); err != nil {
		t.Fatal(err)
	}
}

func TestScanRefuses(t *testing.T) {
	g := graph.New()
	s, x := g.Input("s", 2, graph.Batch), g.Input("x", 2, graph.Extent("T"), graph.Batch)
	y := g.Input("y", 2, graph.Batch)
	for name, f := range map[string]ops.Step{
		"mixes":    func(s *node, x ...*node) *node { return ops.Sub(s, ops.BroadcastTo(ops.Mean(x[0]), s.Shape())) },
		"captures": func(s *node, x ...*node) *node { return ops.Add(s, y) },
		"grows":    func(s *node, x ...*node) *node { return ops.Concat(0, s, x[0]) },
	} {
		n := ops.Scan(f, s, x)
		if err := n.Err(); !errors.Is(err, graph.ErrShape) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// sines is a tensor.
func sines(k float64, dims ...int) *tensor.Dense {
	v := make([]float64, tensor.Shape(dims).TotalSize())
	for i := range v {
		v[i] = 0.5 * math.Sin(1.3*float64(i)+k)
	}
	return tensor.New(tensor.WithShape(dims...), tensor.WithBacking(v))
}

// masked is a step that leaves the state of an example alone where the first input is 0.
func masked(f ops.Step) ops.Step {
	return func(s *node, x ...*node) *node {
		m := ops.BroadcastTo(x[0], s.Shape())
		return ops.Add(ops.Mul(m, f(s, x[1:]...)), ops.Mul(ops.OneMinus(m), s))
	}
}

// maskedCost returns the last state of cells[3] over the times where mask is 1, and the gradient of its square.
func maskedCost(t *testing.T, back bool, x, mask *tensor.Dense) (last, gradient []float64) {
	c, g := cells[3], graph.New()
	in, m := g.Input("x", features, graph.Extent("T"), graph.Batch), g.Input("mask", 1, graph.Extent("T"), graph.Batch)
	var p []*node
	for i, d := range c.params {
		p = append(p, g.Param("p", sines(float64(i+1), d[0], d[1])))
	}
	var s *node
	if back {
		s = ops.Index(ops.ScanBack(masked(c.step(p)), g.Const(0, c.state, graph.Batch), m, in), 1, 0)
	} else {
		s = ops.Index(ops.Scan(masked(c.step(p)), g.Const(0, c.state, graph.Batch), m, in), 1, -1)
	}
	dw := graph.Gradient(ops.Sum(ops.Square(s)), p[1])[0]
	prog, err := graph.Compile(s, dw)
	if err != nil {
		t.Fatal(err)
	}
	_ = prog.Feed(in, x)
	_ = prog.Feed(m, mask)
	if err := prog.Run(); err != nil {
		t.Fatal(err)
	}
	v, _ := prog.Value(s)
	d, _ := prog.Value(dw)
	return append([]float64{}, v.Float64s()...), append([]float64{}, d.Float64s()...)
}

// Sequences of lengths 1, 3 and 5 in one tensor are those by themselves, in either direction.
func TestScanOfMaskedSequences(t *testing.T) {
	const T, N = 5, 3
	lengths := []int{1, 3, 5}
	x := sines(5, features, T, N)
	mask := tensor.New(tensor.WithShape(1, T, N), tensor.Of(tensor.Float64))
	for i := range T {
		for j, l := range lengths {
			if i < l {
				mask.Float64s()[i*N+j] = 1
			}
		}
	}
	for _, back := range []bool{false, true} {
		last, gradient := maskedCost(t, back, x, mask)
		sum := make([]float64, len(gradient))
		for j, l := range lengths {
			one, ones := tensor.New(tensor.WithShape(features, l, 1), tensor.Of(tensor.Float64)), tensor.New(tensor.WithShape(1, l, 1), tensor.Of(tensor.Float64))
			for i := range features {
				for k := range l {
					one.Float64s()[i*l+k] = x.Float64s()[(i*T+k)*N+j]
					ones.Float64s()[k] = 1
				}
			}
			s, d := maskedCost(t, back, one, ones)
			for i := range s {
				if math.Abs(s[i]-last[i*N+j]) > 1e-13 {
					t.Errorf("back=%v example %d: %g, alone %g", back, j, last[i*N+j], s[i])
				}
			}
			for i := range d {
				sum[i] += d[i]
			}
		}
		if d := distance(gradient, sum); d > 1e-13 {
			t.Errorf("back=%v: gradients differ by %g", back, d)
		}
	}
}

// A trajectory in two pieces is the trajectory; a state that is fed is where gradients stop.
func TestScanInPieces(t *testing.T) {
	g := graph.New()
	c := cells[3]
	var p []*node
	for i, d := range c.params {
		p = append(p, g.Param("p", sines(float64(i+1), d[0], d[1])))
	}
	x := g.Constant("x", sines(5, features, 6, 4))
	zero := g.Const(0, c.state, 4)
	whole := ops.Scan(c.step(p), zero, x)
	first := ops.Scan(c.step(p), zero, ops.Slice(x, 1, 0, 2))
	second := ops.Scan(c.step(p), ops.Index(first, 1, -1), ops.Slice(x, 1, 2, 6))
	joined := ops.Concat(1, first, second)
	cost := func(s *node) *node { return ops.Sum(ops.Square(s)) }
	a, b := graph.Gradient(cost(whole), p...), graph.Gradient(cost(joined), p...)
	prog, err := graph.Compile(append(append([]*node{whole, joined}, a...), b...)...)
	if err != nil {
		t.Fatal(err)
	}
	if err := prog.Run(); err != nil {
		t.Fatal(err)
	}
	same := func(m, n *node) {
		t.Helper()
		v, _ := prog.Value(m)
		w, _ := prog.Value(n)
		if d := distance(v.Float64s(), w.Float64s()); d > 1e-13 {
			t.Errorf("%v: %g", m.Shape(), d)
		}
	}
	same(whole, joined)
	for i := range a {
		same(a[i], b[i])
	}
}

// A loop in a loop: words of letters, each word read by a Scan in the step of another.
func TestScanInScan(t *testing.T) {
	const words, letters, N = 3, 2, 2
	var want [][]float64
	for _, how := range []string{"unrolled", "scan"} {
		g := graph.New()
		loop := func(f ops.Step, s *node, x *node) *node {
			if how == "scan" {
				return ops.Scan(f, s, x)
			}
			return unroll(f, false, s, x)
		}
		u, v := g.Param("u", sines(1, 2, 2)), g.Param("v", sines(2, 2, 2))
		x := g.Constant("x", sines(3, 2*letters, words, N)) // a word is letters in the rows of an example
		zero := g.Const(0, 2, N)
		outer := func(s *node, x ...*node) *node {
			n := x[0].Shape().Dim(1)
			word := ops.Reshape(x[0], 2, letters, n)
			inner := func(h *node, x ...*node) *node { return ops.Tanh(ops.Add(ops.MatMul(u, h), x[0])) }
			return ops.Tanh(ops.Add(ops.MatMul(v, s), ops.Index(loop(inner, s, word), 1, -1)))
		}
		s := loop(outer, zero, x)
		j := ops.Sum(ops.Square(s))
		out := append([]*node{s}, graph.Gradient(j, u, v)...)
		out = append(out, graph.HVP(j, []*node{u}, []*node{v})...)
		prog, err := graph.Compile(out...)
		if err != nil {
			t.Fatal(err)
		}
		if err := prog.Run(); err != nil {
			t.Fatal(err)
		}
		var got [][]float64
		for _, n := range out {
			v, _ := prog.Value(n)
			got = append(got, append([]float64{}, v.Float64s()...))
		}
		if want == nil {
			want = got
		}
		for i := range want {
			if d := distance(got[i], want[i]); d > 1e-12 {
				t.Errorf("output %d: %g", i, d)
			}
		}
	}
}
