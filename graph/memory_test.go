package graph_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/internal/memtest"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// tallSum is a program whose plan takes 24 000·N bytes and little more: x, tanh x and its
// softmax.
func tallSum(t *testing.T) (*graph.Program, *graph.Node) {
	g := graph.New()
	x := g.Input("x", 1000, graph.Batch)
	return compile(t, ops.Softmax(ops.Tanh(x), 0)), x
}

func feedAny(p *graph.Program, x *graph.Node, n int) error {
	return p.FeedBy(x, n, func(*tensor.Dense) error { return nil })
}

// The plans that are kept fit into memory together: the limit is that of all of them.
// The ones that were used last stay.
func TestKeptPlansFitIntoMemory(t *testing.T) {
	const each = 24_000 * 100 // a plan of 100 examples, more or less
	defer graph.SetMemoryLimit(3.5 * each)()
	p, x := tallSum(t)
	for i, want := range [][]int{{100}, {101, 100}, {102, 101, 100}, {103, 102, 101}, {104, 103, 102}} {
		if err := feedAny(p, x, 100+i); err != nil {
			t.Fatal(err)
		}
		n, bytes := graph.Kept(p)
		if !slices.Equal(n, want) || bytes > 3.5*each || bytes < uint64(len(want))*each {
			t.Errorf("after %d: plans for %v of %d bytes, should be %v", 100+i, n, bytes, want)
		}
	}
	if err := feedAny(p, x, 102); err != nil { // kept: it is the most recent now
		t.Fatal(err)
	}
	for _, c := range []struct {
		n    int
		want []int
	}{{150, []int{150, 102}}, {300, []int{300}}, {1, []int{1, 300}}, {2, []int{2, 1, 300}}, {3, []int{3, 2, 1, 300}}, {4, []int{4, 3, 2, 1}}} {
		if err := feedAny(p, x, c.n); err != nil {
			t.Fatal(err)
		}
		if n, _ := graph.Kept(p); !slices.Equal(n, c.want) {
			t.Errorf("after %d: plans for %v, should be %v", c.n, n, c.want)
		}
		if err := p.Run(); err != nil {
			t.Error(err)
		}
	}
}

// What does not fit even alone is an error that says what it takes and what there is,
// and nothing is lost by asking.
func TestPlanThatDoesNotFit(t *testing.T) {
	defer graph.SetMemoryLimit(1_500_000)()
	p, x := tallSum(t)
	if err := feedAny(p, x, 50); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{70, 1 << 20, math.MaxInt / 8} {
		if err := feedAny(p, x, n); !errors.Is(err, graph.ErrSize) || !containsAll(err.Error(), "feed x", fmt.Sprint(n, " examples"), "1.5 MB", "fewer") {
			t.Errorf("%d examples: %v", n, err)
		}
	}
	if n, _ := graph.Kept(p); !slices.Equal(n, []int{50}) {
		t.Errorf("plans for %v are kept", n)
	}
	if err := p.Run(); err != nil {
		t.Error(err)
	}
	g := graph.New()
	if _, err := graph.Compile(ops.Tanh(g.Input("c", 100_000))); !errors.Is(err, graph.ErrSize) || !containsAll(err.Error(), "program takes 1.6 MB") {
		t.Errorf("without Batch: %v", err)
	}
	lent := turned(t, dense([]int{1000, 70}, make([]float64, 70000)...))
	if err := p.Lend(x, lent); !errors.Is(err, graph.ErrSize) {
		t.Errorf("lent: %v", err)
	}
}

// Parameters, constants, inputs of one size, what is folded and what blocks need count.
func TestWhatTakesMemory(t *testing.T) {
	const entries = 10_000
	big := dense([]int{entries, 1}, make([]float64, entries)...)
	for name, leaf := range map[string]func(g *graph.Graph) *graph.Node{
		"parameter": func(g *graph.Graph) *graph.Node { return g.Param("w", big) },
		"constant":  func(g *graph.Graph) *graph.Node { return g.Constant("c", big) },
		"input":     func(g *graph.Graph) *graph.Node { return g.Input("c", entries, 1) },
		"folded":    func(g *graph.Graph) *graph.Node { return ops.Tanh(g.Const(2, entries, 1)) },
	} {
		g := graph.New()
		x := g.Input("x", graph.Batch)
		y := ops.Add(ops.Sum(leaf(g)), ops.Sum(x))
		for limit, want := range map[uint64]error{8 * entries: graph.ErrSize, 2*8*entries + 4000: nil} {
			restore := graph.SetMemoryLimit(limit)
			if err := feedAny(compile(t, y), x, 10); !errors.Is(err, want) {
				t.Errorf("%s, %d bytes: %v", name, limit, err)
			}
			restore()
		}
	}
}

// What is asked for blocks is what they allocate, of whole ones and of a smaller last one, but for what is
// no tensor and what Go rounds up, a sixth of values as small as these.
func TestBlocksTakeWhatTheyAskFor(t *testing.T) {
	for _, examples := range []int{6000, 8192, 20001} {
		n := newTall(tensor.Float64, 1)
		p := compile(t, n.outputs...)
		x := dense([]int{tallInputs, examples}, make([]float64, tallInputs*examples)...)
		allocated := memtest.Allocated(func() { feed(t, p, n.x, x) }) // y has a buffer, too, then
		_, asked := graph.Kept(p)
		if r := float64(allocated) / float64(asked); !inBlocks(p) || !(r >= 1 && r <= 1.17) {
			t.Errorf("%d examples, in blocks %v: asked for %d bytes, allocated %d, %.3f of it", examples, inBlocks(p), asked, allocated, r)
		}
	}
}

// A size that does not fit into 64 bits is no small number.
func TestSizesThatOverflow(t *testing.T) {
	const all = math.MaxUint64
	for _, c := range []struct {
		shape graph.Shape
		n     uint64
		want  uint64 // by hand, or all
	}{
		{graph.ShapeOf(3, graph.Batch), 5, 120},
		{graph.ShapeOf(graph.Batch, graph.Batch), 1 << 20, 1 << 43},
		{graph.ShapeOf(graph.Batch, graph.Batch), 1 << 31, all}, // 2⁶⁵
		{graph.ShapeOf(graph.Batch, graph.Batch), 1 << 32, all}, // 2⁶⁷: 0 in 64 bits
		{graph.ShapeOf(1<<20, graph.Batch, graph.Batch, graph.Batch), 1 << 20, all},
		{graph.ShapeOf(), 1 << 62, 8},
	} {
		if c.n > math.MaxInt {
			continue // no int of 32 bits
		}
		if got := graph.VolumeBytes(c.shape, int(c.n)); got != c.want {
			t.Errorf("%v at %d: %d, should be %d", c.shape, c.n, got, c.want)
		}
	}
	g := graph.New()
	x := g.Input("x", graph.Batch)
	p := compile(t, graph.Apply(spread{graph.ShapeOf(graph.Batch, graph.Batch, graph.Batch)}, sum(x)))
	if err := p.Feed(x, dense([]int{1 << 20}, make([]float64, 1<<20)...)); !errors.Is(err, graph.ErrSize) { // 2⁶³ bytes
		t.Errorf("2⁶³ bytes: %v", err)
	}
}

// What convolutions take to work in counts, before any of it is there, and those of a plan have the
// same: a frame of zeros around 3 channels of 40 rows, of 40 columns and 2, for one example.
func TestRoomOfConvolutions(t *testing.T) {
	const image, frame, y = 3 * 40 * 40, 3 * 40 * 42, 3 * 40 * 40 // whole cache lines
	g := graph.New()
	x, w := g.Input("x", 3, 40, 40, graph.Batch), g.Param("w", dense([]int{3, 3, 3, 3}, make([]float64, 81)...))
	once := ops.Conv(w, x, ops.Window{Same: true})
	twice := ops.Conv(w, once, ops.Window{Same: true})
	for _, c := range []struct {
		y    *graph.Node
		want uint64
	}{{once, 8 * (image + y + frame)}, {twice, 8 * (image + 2*y + frame)}} {
		p := compile(t, c.y)
		restore := graph.SetMemoryLimit(c.want + 8*81 - 1)
		if err := feedAny(p, x, 1); !errors.Is(err, graph.ErrSize) {
			t.Errorf("%v with one byte too few: %v", c.y, err)
		}
		restore()
		if err := feedAny(p, x, 1); err != nil {
			t.Fatal(err)
		}
		if _, bytes := graph.Kept(p); bytes != c.want {
			t.Errorf("%v: %d bytes, should be %d", c.y, bytes, c.want)
		}
	}

	// Many channels of a large image: what is asked for is what is there then.
	large := g.Input("large", 16, 200, 200, graph.Batch)
	v := g.Param("v", dense([]int{16, 16, 3, 3}, make([]float64, 16*16*9)...))
	p := compile(t, graph.Gradient(ops.Sum(ops.Square(ops.Conv(v, large, ops.Window{Same: true, Stride: [2]int{1, 2}}))), v)...)
	allocated := memtest.Allocated(func() {
		if err := feedAny(p, large, 1); err != nil {
			t.Error(err)
		}
	})
	if _, asked := graph.Kept(p); allocated < asked || float64(allocated) > 1.05*float64(asked) {
		t.Errorf("asked for %d bytes, allocated %d", asked, allocated)
	}
}
