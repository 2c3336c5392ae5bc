package graph_test

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"adjoint/compute"
	"adjoint/graph"

	"github.com/google/go-cmp/cmp"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"
)

// One graph and its gradient serve any number of examples.
func TestBatch(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2, graph.Batch)
	w := g.Param("w", scalar(3))
	wide := graph.Apply(spread{x.Shape()}, w)
	j := sum(mul(wide, x))
	grad := graph.Gradient(j, w, x)
	p := compile(t, j, grad[0], grad[1], g.BatchSize())
	for _, n := range []int{1, 7, 32, 1000, 7, 1} {
		v, total := make([]float64, 2*n), 0.0
		for i := range v {
			v[i] = float64(i%5) - 1
			total += v[i]
		}
		feed(t, p, x, dense([]int{2, n}, v...))
		got := values(t, p, j, grad[0], g.BatchSize())
		if want := [][]float64{{3 * total}, {total}, {float64(n)}}; cmp.Diff(want, got) != "" {
			t.Errorf("N = %d: %v, want %v", n, got, want)
		}
		if dx, _ := p.Value(grad[1]); len(dx.Float64s()) != 2*n {
			t.Errorf("N = %d: gradient in x has shape %v", n, dx.Shape())
		}
	}
}

// A gradient may need N although it reads no input: feeding one settles it.
func TestBatchSizeOfAnInputThatIsNotRead(t *testing.T) {
	g := graph.New()
	x := g.Input("x", graph.Batch)
	w := g.Param("w", scalar(3))
	grad := graph.Gradient(sum(graph.Add(x, graph.Apply(spread{x.Shape()}, w))), w)[0] // N
	p := compile(t, grad)
	if err := p.Run(); !errors.Is(err, graph.ErrUnfed) {
		t.Errorf("without N: %v", err)
	}
	feed(t, p, x, dense([]int{5}, 1, 2, 3, 4, 5))
	if v := values(t, p, grad)[0][0]; v != 5 {
		t.Errorf("gradient %g, want 5", v)
	}
}

func TestFloat32(t *testing.T) {
	g := graph.NewOf(tensor.Float32)
	x := g.Param("x", tensor.New(tensor.WithShape(2), tensor.WithBacking([]float32{0.5, -2})))
	j := sum(tanh(mul(x, g.Const(3, 2))))
	dx := graph.Gradient(j, x)[0]
	p := compile(t, dx)
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	v, _ := p.Value(dx)
	for i, x := range []float64{0.5, -2} {
		th := math.Tanh(3 * x)
		if want := 3 * (1 - th*th); math.Abs(float64(v.Float32s()[i])-want) > 1e-6 {
			t.Errorf("dx[%d] = %g, want %g", i, v.Float32s()[i], want)
		}
	}
}

func TestFeedErrors(t *testing.T) {
	g := graph.New()
	x, y := g.Input("x", 2, graph.Batch), g.Input("y", 2, graph.Batch)
	c, w := g.Input("c"), g.Param("w", scalar(1))
	z := sum(mul(x, y))
	p := compile(t, z, mul(c, w))
	good := dense([]int{2, 3}, 1, 2, 3, 4, 5, 6)
	turned := good.Clone().(*tensor.Dense)
	if err := turned.T(); err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprint(good, turned)
	for _, bad := range []struct {
		x   *graph.Node
		v   *tensor.Dense
		err error
		in  string
	}{
		{x, dense([]int{3, 2}, 1, 2, 3, 4, 5, 6), graph.ErrShape, "feed x: tensor of shape (3, 2), want (2, N)"},
		{x, dense([]int{2}, 1, 2), graph.ErrShape, "(2), want (2, N)"},
		{x, dense([]int{2, 3, 1}, 1, 2, 3, 4, 5, 6), graph.ErrShape, "(2, 3, 1)"},
		{x, scalar(1), graph.ErrShape, "()"},
		{x, turned, graph.ErrLayout, "(3, 2)"},
		{x, nil, graph.ErrLayout, "nil"},
		{x, tensor.New(tensor.WithShape(2, 3), tensor.Of(tensor.Float32)), graph.ErrType, "float32"},
		{x, tensor.New(tensor.WithShape(2, 3), tensor.Of(tensor.Int)), graph.ErrType, "int in a graph of float64; graph.Tensor"},
		{x, tensor.New(tensor.WithShape(2, 0), tensor.Of(tensor.Float64)), graph.ErrEmpty, "(2, 0)"},
		{w, scalar(1), graph.ErrNotInput, "a parameter is changed by writing to its Value"},
		{z, scalar(1), graph.ErrNotInput, "total"},
		{nil, good, graph.ErrGraph, "nil"},
		{graph.New().Input("x", 2, 3), good, graph.ErrGraph, "x"},
	} {
		if err := p.Feed(bad.x, bad.v); !errors.Is(err, bad.err) || !containsAll(fmt.Sprint(err), bad.in) {
			t.Errorf("Feed(%v): %v, want %v with %q", bad.x, err, bad.err, bad.in)
		}
	}
	expectUnfed := func(name string) {
		t.Helper()
		if err := p.Run(); !errors.Is(err, graph.ErrUnfed) || !containsAll(err.Error(), name+" of shape") {
			t.Errorf("run: %v, want %s not fed", err, name)
		}
	}
	expectUnfed("x")
	feed(t, p, x, good)
	expectUnfed("y")
	feed(t, p, y, good)
	expectUnfed("c")
	feed(t, p, c, scalar(4))
	if _, err := p.Value(z); !errors.Is(err, graph.ErrNotRun) {
		t.Errorf("value before the first run: %v", err)
	}
	if v := values(t, p, z)[0][0]; v != 91 {
		t.Errorf("x·y = %g, want 91", v)
	}
	feed(t, p, y, dense([]int{2, 1}, 1, 2)) // another N: x is of the old one
	if err := p.Run(); !errors.Is(err, graph.ErrUnfed) || !errors.Is(err, graph.ErrShape) || !containsAll(err.Error(), "x says N = 3, y says N = 1") {
		t.Errorf("run: %v", err)
	}
	if _, err := p.Value(z); !errors.Is(err, graph.ErrNotRun) {
		t.Errorf("value after a feed for another N: %v", err)
	}
	feed(t, p, x, dense([]int{2, 1}, 3, 4))
	if v := values(t, p, z)[0][0]; v != 11 {
		t.Errorf("x·y = %g, want 11", v)
	}
	for _, n := range []*graph.Node{mul(x, y), g.Input("u", 1)} {
		if _, err := p.Value(n); !errors.Is(err, graph.ErrNotOutput) || !strings.Contains(err.Error(), "which Compile was not given") {
			t.Errorf("value of %v: %v", n, err)
		}
	}
	if _, err := p.Value(nil); !errors.Is(err, graph.ErrGraph) {
		t.Errorf("value of nil: %v", err)
	}
	if after := fmt.Sprint(good, turned); after != before {
		t.Errorf("the tensors fed have changed:\n%s\n%s", before, after)
	}
}

// again is the identity, whose kernel runs a Program as another goroutine might.
type again struct {
	pointwise
	run *func()
}

func (again) String() string { return "again" }
func (a again) Kernel() compute.Kernel {
	return compute.Loop(nil, func(y *tensor.Dense, x ...*tensor.Dense) {
		copy(y.Float64s(), x[0].Float64s())
		(*a.run)()
	})
}
func (again) Reverse(_, ζ *graph.Node) []*graph.Node { return []*graph.Node{ζ} }

// A Program that is running says so to whom runs it again, and runs when it is done, well or not.
func TestOneRunAtATime(t *testing.T) {
	g := graph.New()
	var run func()
	p := compile(t, graph.Apply(again{run: &run}, g.Param("w", dense([]int{2}, 1, 2))))
	var err error
	run = func() {
		run = func() {}
		err = p.Run()
	}
	if e := p.Run(); e != nil || !errors.Is(err, graph.ErrRunning) || !containsAll(fmt.Sprint(err), "Clone") {
		t.Errorf("a Run in a Run: %v and %v, want ErrRunning of the inner one only", e, err)
	}
	run = func() { panic("kernel") }
	func() {
		defer func() { recover() }()
		_ = p.Run()
	}()
	run = func() {}
	if err := p.Run(); err != nil {
		t.Errorf("a Run after one that panicked: %v", err)
	}
}

// picky refuses negative values.
type picky struct{ pointwise }

func (picky) String() string { return "picky" }
func (picky) Kernel() compute.Kernel {
	return compute.Loop(nil, func(y *tensor.Dense, x ...*tensor.Dense) { copy(y.Float64s(), x[0].Float64s()) })
}

func (picky) Reverse(_, ζ *graph.Node) []*graph.Node { return []*graph.Node{ζ} }
func (picky) Judges() []int                          { return []int{0} }

func (picky) Valid(x ...*tensor.Dense) error {
	for _, v := range x[0].Float64s() {
		if v < 0 {
			return fmt.Errorf("%g: %w", v, graph.ErrValue)
		}
	}
	return nil
}

func TestValidator(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2)
	y := graph.Apply(picky{}, x)
	p := compile(t, y)
	feed(t, p, x, dense([]int{2}, 1, -3))
	if err := p.Run(); !errors.Is(err, graph.ErrValue) || !containsAll(err.Error(), "picky", "x (2)", "-3") {
		t.Errorf("run: %v", err)
	}
	if _, err := p.Value(y); !errors.Is(err, graph.ErrNotRun) {
		t.Errorf("value after a failed run: %v", err)
	}
	feed(t, p, x, dense([]int{2}, 1, 3))
	values(t, p, y)
	feed(t, p, x, dense([]int{2}, -1, 3))
	if err := p.Run(); !errors.Is(err, graph.ErrValue) {
		t.Errorf("what was fed after a run is not judged: %v", err)
	}
	if err := p.Run(); !errors.Is(err, graph.ErrValue) {
		t.Errorf("what was refused is not judged again: %v", err)
	}
	w := g.Param("w", dense([]int{2}, 1, 2))
	p = compile(t, graph.Apply(picky{}, w))
	values(t, p, graph.Apply(picky{}, w))
	w.Value().Float64s()[1] = -2
	if err := p.Run(); !errors.Is(err, graph.ErrValue) {
		t.Errorf("a parameter that was moved is not judged: %v", err)
	}
	if _, err := graph.Compile(graph.Apply(picky{}, g.Const(-1, 2))); !errors.Is(err, graph.ErrValue) {
		t.Errorf("a constant that is refused: %v", err)
	}
}

// Whatever buffers are shared, every output is what it is when computed alone,
// for random formulas, over several runs.
func TestBuffersAreSharedSafely(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graph.New()
		x := g.Input("x", 3)
		nodes := []*graph.Node{x, g.Param("w", dense([]int{3}, 0.5, -1, 2)), g.Const(0.5, 3), g.Param("s", scalar(0.3))}
		pick := func() *graph.Node { return rapid.SampledFrom(nodes).Draw(t, "node") }
		vector := func(n *graph.Node) *graph.Node {
			if n.Shape().Rank() == 0 {
				return graph.Apply(spread{graph.ShapeOf(3)}, n)
			}
			return n
		}
		for range rapid.IntRange(1, 25).Draw(t, "ops") {
			switch rapid.IntRange(0, 4).Draw(t, "op") {
			case 0:
				nodes = append(nodes, graph.Add(vector(pick()), vector(pick())))
			case 1:
				nodes = append(nodes, mul(vector(pick()), vector(pick())))
			case 2:
				nodes = append(nodes, tanh(pick()))
			case 3:
				nodes = append(nodes, sum(pick()))
			case 4:
				wrt := pick()
				if _, constant := graph.ConstOf(wrt); constant {
					wrt = x
				}
				nodes = append(nodes, graph.Gradient(sum(tanh(pick())), wrt)[0])
			}
		}
		outputs := rapid.SliceOfN(rapid.SampledFrom(nodes), 1, 5).Draw(t, "outputs")
		together, err := graph.Compile(outputs...)
		if err != nil {
			t.Fatal(err)
		}
		for round := range 2 {
			v := dense([]int{3}, 0.1, -0.2, float64(round))
			if err := together.Feed(x, v); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := together.Run(); err != nil {
					t.Fatal(err)
				}
			}
			for _, n := range outputs {
				got, err := together.Value(n)
				if err != nil {
					t.Fatal(err)
				}
				want := reference(n, map[*graph.Node][]float64{x: v.Float64s()})
				for i, w := range want {
					if got := got.Float64s()[i]; got != w && !(math.IsNaN(got) && math.IsNaN(w)) {
						t.Fatalf("%v[%d] = %g, want %g in\n%v", n, i, got, w, together)
					}
				}
			}
		}
	})
}

// reference evaluates a node by itself, with a fresh tensor for every value.
func reference(n *graph.Node, known map[*graph.Node][]float64) []float64 {
	if v, ok := known[n]; ok {
		return v
	}
	var v []float64
	if n.Op() == nil {
		v = n.Value().Float64s()
	} else {
		y := tensor.New(tensor.WithShape(n.Shape().Dims()...), tensor.Of(tensor.Float64))
		var x []*tensor.Dense
		for _, in := range n.Inputs() {
			x = append(x, dense(in.Shape().Dims(), reference(in, known)...))
		}
		n.Op().Kernel().Run(y, x...)
		v = y.Float64s()
	}
	known[n] = v
	return v
}

func TestRunAllocatesNothing(t *testing.T) {
	_, x, j := chain(50, nil)
	p := compile(t, j, graph.Gradient(j, x)[0])
	if n := testing.AllocsPerRun(100, func() { _ = p.Run() }); n != 0 {
		t.Errorf("%g allocations a run", n)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 1000 {
		_ = p.Run()
	}
	runtime.ReadMemStats(&after)
	if n := after.Mallocs - before.Mallocs; n > 100 {
		t.Errorf("%d allocations in 1000 runs", n)
	}
}

// Clones share the parameters and nothing else: 64 goroutines run at once, and
// each gets its own answer.
func TestClones(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2, graph.Batch)
	w := g.Param("w", scalar(3))
	y := mul(graph.Apply(spread{x.Shape()}, w), tanh(x))
	p := compile(t, y)
	static := compile(t, tanh(w))
	var wg sync.WaitGroup
	for i := range 64 {
		q, s := p.Clone(), static.Clone()
		wg.Go(func() {
			n := 1 + i%5
			v := make([]float64, 2*n)
			for k := range v {
				v[k] = float64(i) / 10
			}
			for range 20 {
				if err := q.Feed(x, dense([]int{2, n}, v...)); err != nil {
					t.Error(err)
				}
				if err := errors.Join(q.Run(), s.Run()); err != nil {
					t.Error(err)
				}
				got, _ := q.Value(y)
				for _, v := range got.Float64s() {
					if want := 3 * math.Tanh(float64(i)/10); v != want {
						t.Errorf("clone %d: %g, want %g", i, v, want)
					}
				}
			}
		})
	}
	wg.Wait()
	if err := p.Clone().Run(); !errors.Is(err, graph.ErrUnfed) {
		t.Errorf("a clone of a program has inputs that are fed: %v", err)
	}
}

// A parameter is a copy of what it was made from, and programs read it afresh.
func TestParam(t *testing.T) {
	g := graph.New()
	v := scalar(2)
	w := g.Param("w", v)
	v.Float64s()[0] = 5
	y := mul(w, w)
	p := compile(t, y)
	if got := values(t, p, y)[0][0]; got != 4 {
		t.Errorf("w² = %g, want 4", got)
	}
	w.Value().Float64s()[0] = 3
	if got := values(t, p, y)[0][0]; got != 9 {
		t.Errorf("w² = %g, want 9", got)
	}
}

// What depends on constants only is computed once.
func TestConstantsAreFolded(t *testing.T) {
	g := graph.New()
	w := g.Param("w", scalar(2))
	y := mul(w, tanh(mul(g.Const(2), g.Const(3))))
	p := compile(t, y)
	if got := p.String(); !containsAll(got, "once", "run") || len(fmt.Sprint(got)) == 0 {
		t.Error(got)
	}
	if got := values(t, p, y)[0][0]; got != 2*math.Tanh(6) {
		t.Errorf("y = %g", got)
	}
}

// The buffers of a program of a size that no machine has are refused.
func TestTooManyExamples(t *testing.T) {
	g := graph.New()
	x := g.Input("x", graph.Batch)
	gram := graph.Apply(spread{graph.ShapeOf(graph.Batch, graph.Batch, 1<<20)}, sum(x))
	p := compile(t, gram)
	if err := p.Feed(x, dense([]int{1 << 20}, make([]float64, 1<<20)...)); !errors.Is(err, graph.ErrSize) {
		t.Errorf("feed: %v", err)
	}
}

// Feeding a batch of a size that was seen before allocates nothing.
func TestFeedAllocatesNothing(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2, graph.Batch)
	p := compile(t, tanh(x))
	small, large := dense([]int{2, 1}, 1, 2), dense([]int{2, 2}, 1, 2, 3, 4)
	n := testing.AllocsPerRun(100, func() {
		if p.Feed(x, small) != nil || p.Run() != nil || p.Feed(x, large) != nil || p.Run() != nil {
			t.Error("feed or run fails")
		}
	})
	if n != 0 {
		t.Errorf("%g allocations", n)
	}
}

// Addition, constants and the sums of blocks have the bits of plain loops, for lengths
// that fill no whole vectors, in both types.
func TestVectorsOfTheEngine(t *testing.T) {
	for _, n := range []int{1, 7, 8, 1023, 4097} {
		a, b := make([]float64, n), make([]float64, n)
		want, want32 := make([]float64, n), make([]float32, n)
		for i := range a {
			a[i], b[i] = math.Sin(float64(i)), math.Exp(float64(i%40))
			want[i], want32[i] = a[i]+b[i]+0.1, float32(a[i])+float32(b[i])+float32(0.1)
		}
		for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			g := graph.NewOf(dtype)
			x, y := dense([]int{n}, a...), dense([]int{n}, b...)
			if dtype == tensor.Float32 {
				x = tensor.New(tensor.WithShape(n), tensor.WithBacking(graph.Values[float32](x)))
				y = tensor.New(tensor.WithShape(n), tensor.WithBacking(graph.Values[float32](y)))
			}
			z := graph.Add(graph.Add(g.Param("x", x), g.Param("y", y)), g.Const(0.1, n))
			p := compile(t, z)
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			v, err := p.Value(z)
			if err != nil {
				t.Fatal(err)
			}
			if dtype == tensor.Float32 && !slices.Equal(graph.Values[float32](v), want32) || dtype == tensor.Float64 && !slices.Equal(graph.Values[float64](v), want) {
				t.Errorf("%v, %d entries: another sum", dtype, n)
			}
		}
	}
}
