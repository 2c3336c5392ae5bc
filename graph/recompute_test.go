package graph_test

import (
	"math"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// layers is J of some layers tanh(wx + b), in segments of four, each by how.
func layers(segments int, how func(f func(x ...*graph.Node) *graph.Node, x ...*graph.Node) *graph.Node) (j *graph.Node, leaves []*graph.Node) {
	const m = 4
	g := graph.New()
	entries := func(n int, scale float64) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = scale * math.Sin(float64(i+1))
		}
		return v
	}
	w, b := g.Param("w", dense([]int{m, m}, entries(m*m, 0.7)...)), g.Param("b", dense([]int{m, 1}, entries(m, 0.3)...))
	x := g.Input("x", m, graph.Batch)
	y := x
	for range segments {
		y = how(func(x ...*graph.Node) *graph.Node {
			y := x[0]
			for range 4 {
				y = ops.Tanh(ops.Bias(b, ops.MatMul(w, y)))
			}
			return y
		}, y)
	}
	return ops.Mean(ops.Square(y)), []*graph.Node{w, b, x}
}

func feedAndRun(t *testing.T, p *graph.Program, x *graph.Node, v *tensor.Dense) {
	t.Helper()
	feed(t, p, x, v)
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
}

func direct(f func(x ...*graph.Node) *graph.Node, x ...*graph.Node) *graph.Node { return f(x...) }

// A segment that is computed again has the value and all derivatives of one that is kept.
func TestRecompute(t *testing.T) {
	const n = 5
	results := func(how func(f func(x ...*graph.Node) *graph.Node, x ...*graph.Node) *graph.Node) [][]float64 {
		j, leaves := layers(3, how)
		ones := make([]*graph.Node, len(leaves))
		for i, x := range leaves {
			ones[i] = j.Graph().Const(1, x.Shape().Dims()...)
		}
		nodes := append([]*graph.Node{j, graph.JVP(j, leaves, ones)}, graph.Gradient(j, leaves...)...)
		nodes = append(nodes, graph.HVP(j, leaves, ones)...)
		p := compile(t, nodes...)
		v := make([]float64, 4*n)
		for i := range v {
			v[i] = math.Cos(float64(i))
		}
		feedAndRun(t, p, leaves[2], dense([]int{4, n}, v...))
		var all [][]float64
		for _, y := range nodes {
			v, err := p.Value(y)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, v.Float64s())
		}
		return all
	}
	want := results(direct)
	for i, got := range results(graph.Recompute) {
		for k, v := range got {
			if math.Abs(v-want[i][k]) > 1e-13 {
				t.Errorf("result %d, entry %d: %v, kept %v", i, k, v, want[i][k])
			}
		}
	}
}

// Of 16 segments of 4 layers the values of one and those between them are in memory, not of all.
func TestRecomputeMemory(t *testing.T) {
	const n = 5000
	size := func(how func(f func(x ...*graph.Node) *graph.Node, x ...*graph.Node) *graph.Node) float64 {
		j, leaves := layers(16, how)
		p, err := graph.Options{NoFuse: true}.Compile(graph.Gradient(j, leaves[:2]...)...)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(p.String(), "= again(") {
			t.Errorf("a value that is its input is computed:\n%s", p)
		}
		feedAndRun(t, p, leaves[2], tensor.New(tensor.WithShape(4, n), tensor.Of(tensor.Float64)))
		_, bytes := graph.Kept(p)
		return float64(bytes) / (4 * n * 8)
	}
	kept, again := size(direct), size(graph.Recompute)
	t.Logf("kept %.1f values, again %.1f", kept, again)
	if kept < 64 || again > 32 {
		t.Errorf("kept: %.1f values of a layer; computed again: %.1f, want 32 at most", kept, again)
	}
}

// No form looks past what a segment reads, where its derivative would be lost: log σ(z) as a function
// of σ(z), whether it is given or captured.
func TestRecomputeOfForms(t *testing.T) {
	for name, f := range map[string]func(a *graph.Node) *graph.Node{
		"given": func(a *graph.Node) *graph.Node {
			return graph.Recompute(func(x ...*graph.Node) *graph.Node { return ops.Log(x[0]) }, a)
		},
		"captured": func(a *graph.Node) *graph.Node {
			one := a.Graph().Input("one", 1, 1)
			return ops.Neg(graph.Recompute(func(x ...*graph.Node) *graph.Node { return ops.LogLoss(a, x[0]) }, one))
		},
		"twice": func(a *graph.Node) *graph.Node {
			return ops.Scale(0.5, graph.Recompute(func(x ...*graph.Node) *graph.Node { return ops.Log(ops.Mul(x[0], x[1])) }, a, a))
		},
		"itself": func(a *graph.Node) *graph.Node {
			return ops.Log(graph.Recompute(func(x ...*graph.Node) *graph.Node { return x[0] }, a))
		},
	} {
		g := graph.New()
		z := g.Input("z", 1, 1)
		y := f(ops.Sigmoid(z))
		dz := graph.VJP(y, g.Const(1, 1, 1), z)[0]
		dd := graph.JVP(y, []*graph.Node{z}, []*graph.Node{g.Const(1, 1, 1)})
		p := compile(t, y, dz, dd)
		for _, x := range graph.Cone(y) {
			switch x.Name() {
			case "one":
				feed(t, p, x, dense([]int{1, 1}, 1))
			case "z":
				feed(t, p, x, dense([]int{1, 1}, 0.3))
			}
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		σ := 1 / (1 + math.Exp(-0.3))
		for i, want := range []float64{math.Log(σ), 1 - σ, 1 - σ} {
			v, err := p.Value([]*graph.Node{y, dz, dd}[i])
			if err != nil {
				t.Fatal(err)
			}
			if got := v.Float64s()[0]; math.Abs(got-want) > 1e-15 {
				t.Errorf("%s: result %d is %v, should be %v", name, i, got, want)
			}
		}
	}
}

// What is computed of a Recompute says whose r made it.
func TestRecomputeListsOrigins(t *testing.T) {
	g := graph.New()
	x := g.Param("x", dense([]int{1, 1}, 2))
	y := graph.Recompute(func(x ...*graph.Node) *graph.Node { return ops.Tanh(x[0]) }, x)
	if list := compile(t, graph.Gradient(ops.Sum(y), x)...).String(); !strings.Contains(list, "by rtanh of") {
		t.Errorf("no r of tanh in\n%s", list)
	}
}
