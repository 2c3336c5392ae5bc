package ops_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// lstmOutputs are a trajectory of an LSTM and its gradient, of T times and N examples.
func lstmOutputs(g *graph.Graph) (x *node, outputs []*node) {
	c := cells[3]
	x = g.Input("x", features, graph.Extent("T"), graph.Batch)
	var p []*node
	for i, d := range c.params {
		p = append(p, g.Param("p", sines(float64(i+1), d[0], d[1])))
	}
	s := ops.Scan(c.step(p), g.Const(0, c.state, graph.Batch), x)
	return x, append([]*node{s}, graph.Gradient(ops.Sum(ops.Square(s)), p...)...)
}

// Of an LSTM and its gradient there are two loops, each over stretches of times in which another
// takes the steps: the forward one, beside which values are emitted for the adjoint, and that. What
// does not need the state is computed for all times of a stretch. No loop has more lines, or less
// code, for more times.
func TestLoopsOfAnLSTM(t *testing.T) {
	want := []string{
		"run scan", "scan[1]", // s, and what the adjoint reads
		"times φ",                            // Wx + b
		"times scan[end]", "scan", "scan[1]", // steps
		"step +∘φ",                    // Wx + b + Us
		"run rscan", "rscan", "rscan", // by W, b and U
		"times scan←[end]", "scan←[1]", "step φ", // μ, δ and Uᵀδ
		"times φ", "times φ", // δhᵀ, δxᵀ
	}
	var before string
	for _, times := range []int{8, 8192} {
		x, out := lstmOutputs(graph.New())
		p, err := graph.Compile(out...)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Feed(x, sines(5, features, times, 2)); err != nil {
			t.Fatal(err)
		}
		text := p.String()
		if before != "" && text != before {
			t.Errorf("of %d times\n%s\nof fewer\n%s", times, text, before)
		}
		before = text
		var kinds []string
		for _, line := range strings.Split(text, "\n") {
			when, formula, _ := strings.Cut(line, " = ")
			if op, _, found := strings.Cut(formula, "("); found && (strings.Contains(op, "scan") || strings.HasSuffix(op, "φ")) {
				kind, _, _ := strings.Cut(strings.Trim(strings.Split(when, "%")[0], "⎡⎢⎣ "), "⎡")
				kinds = append(kinds, strings.TrimSpace(strings.TrimSpace(kind)+" "+strings.TrimPrefix(op, "ψ∘")))
			}
		}
		if !slices.Equal(kinds, want) {
			t.Errorf("%q, want %q\n%s", kinds, want, text)
		}
	}
}

// Without fusions, and with threads or none, values are the same.
func TestLoopsByOptions(t *testing.T) {
	var want [][]float64
	for _, o := range []graph.Options{{}, {NoFuse: true}, {NoStable: true}} {
		x, out := lstmOutputs(graph.New())
		p, err := o.Compile(out...)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Feed(x, sines(5, features, 6, 4)); err != nil {
			t.Fatal(err)
		}
		for _, threads := range []int{1, 0} {
			graph.SetThreads(threads)
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			var got [][]float64
			for _, n := range out {
				v, err := p.Value(n)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, slices.Clone(v.Float64s()))
			}
			if want == nil {
				want = got
			}
			for i := range want {
				if d := distance(got[i], want[i]); !(d < 1e-12) {
					t.Errorf("%+v, %d threads: output %d differs by %g", o, threads, i, d)
				}
			}
		}
	}
}

// What a step computes of weights alone is computed in each Run, of the weights as they are then.
func TestLoopReadsWeightsAsTheyAre(t *testing.T) {
	for _, o := range []graph.Options{{}, {NoFuse: true}} {
		g := graph.New()
		w := g.Param("w", sines(1, 2, 1))
		s := ops.Scan(func(s *node, x ...*node) *node {
			return ops.Add(ops.Mul(ops.BroadcastTo(w, s.Shape()), s), x[0])
		}, g.Const(1, 2, 3), g.Constant("x", sines(2, 2, 4, 3)))
		out := append([]*node{s}, graph.Gradient(ops.Sum(ops.Square(s)), w)...)
		p, err := o.Compile(out...)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			fresh, err := o.Compile(out...)
			if err := errors.Join(err, p.Run(), fresh.Run()); err != nil {
				t.Fatal(err)
			}
			got, _ := p.Values()
			want, _ := fresh.Values()
			for i, v := range want {
				if d := distance(got[i].Float64s(), v.Float64s()); d != 0 {
					t.Errorf("%+v: output %d differs by %g", o, i, d)
				}
			}
			w.Value().Float64s()[0] += 0.5
		}
	}
}

// A step may refuse a value: Run says at what time.
func TestLoopRefusesAValue(t *testing.T) {
	for _, back := range []bool{false, true} {
		scan, at := ops.Scan, "at time 20"
		if back {
			scan, at = ops.ScanBack, "at time 30"
		}
		g := graph.New()
		table := g.Param("table", sines(1, 2, 4))
		labels := g.Input("labels", 1, graph.Extent("T"), graph.Batch)
		s := scan(func(s *node, x ...*node) *node {
			row := ops.Reshape(ops.Gather(table, 1, x[0]), 2, x[0].Shape().Dim(1))
			return ops.Tanh(ops.Add(s, row))
		}, g.Const(0, 2, graph.Batch), labels)
		p, err := graph.Compile(s)
		if err != nil {
			t.Fatal(err)
		}
		const N = 4096 // so that there are several stretches
		v := make([]float64, 40*N)
		v[20*N], v[30*N] = 4, 4
		if err := p.Feed(labels, tensor.New(tensor.WithShape(1, 40, N), tensor.WithBacking(v))); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(); !errors.Is(err, graph.ErrValue) || !strings.Contains(err.Error(), at) {
			t.Errorf("%v, want ErrValue %s", err, at)
		}
	}
}

// A state that does not depend on the state, or is an input, or is the same in all steps.
func TestLoopsOfPlainSteps(t *testing.T) {
	for name, f := range map[string]ops.Step{
		"state": func(s *node, x ...*node) *node { return s },
		"input": func(s *node, x ...*node) *node { return x[0] },
		"fixed": func(s *node, x ...*node) *node { return s.Graph().Const(3, s.Shape().Dims()...) },
		"sum":   func(s *node, x ...*node) *node { return ops.Add(s, x[0]) },
	} {
		g := graph.New()
		s, x := g.Input("s", 2, graph.Batch), g.Input("x", 2, graph.Extent("T"), graph.Batch)
		for _, back := range []bool{false, true} {
			scan := ops.Scan
			if back {
				scan = ops.ScanBack
			}
			const T, N = 35, 2
			y := scan(f, s, x)
			c := g.Const(0, 2, T, N)
			p, err := graph.Compile(append([]*node{y}, graph.Gradient(ops.Sum(ops.Square(y)), s, x)...)...)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			q, err := graph.Compile(unroll(f, back, g.Constant("s", sines(1, 2, N)), ops.Add(c, g.Constant("x", sines(2, 2, T, N)))))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			_, _ = p.Feed(s, sines(1, 2, N)), p.Feed(x, sines(2, 2, T, N))
			if err := errors.Join(p.Run(), q.Run()); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got, _ := p.Values()
			want, _ := q.Values()
			if d := distance(got[0].Float64s(), want[0].Float64s()); !(d < 1e-13) {
				t.Errorf("%s, back %v: differs by %g", name, back, d)
			}
		}
	}
}

// The steps of an adjoint read parts, and parts of parts, of what the scan emitted for it, where that lies:
// the gradient is that of the unrolled loop.
func TestLoopReadsPartsOfParts(t *testing.T) {
	const T, N = 5, 2
	var want []*tensor.Dense
	for _, scan := range []func(f ops.Step, s, x *node) *node{
		func(f ops.Step, s, x *node) *node { return unroll(f, false, s, x) },
		func(f ops.Step, s, x *node) *node { return ops.Scan(f, s, x) },
	} {
		g := graph.New()
		w, s, x := g.Param("w", sines(3, 4, 2)), g.Param("s", sines(1, 2, N)), g.Param("x", sines(2, 4, T, N))
		y := scan(func(h *node, x ...*node) *node {
			z := ops.Add(ops.MatMul(w, h), x[0])
			rest := ops.Slice(z, 0, 1, 4)
			return ops.Mul(ops.Sigmoid(ops.Slice(z, 0, 0, 2)), ops.Tanh(ops.Slice(rest, 0, 1, 3)))
		}, s, x)
		p, err := graph.Compile(append([]*node{y}, graph.Gradient(ops.Sum(ops.Square(y)), w, s, x)...)...)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		got, err := p.Values()
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range want {
			if d := distance(got[i].Float64s(), v.Float64s()); !(d < 1e-14) {
				t.Errorf("output %d differs by %g", i, d)
			}
		}
		want = got
	}
}
