package graph_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

var length = graph.Extent("T")

// A step of a random formula appends a node that is computed from those that are there. at
// turns extents that have symbols into those of the graph.
type formulaStep func(nodes []*graph.Node, at func(dims ...int) []int) *graph.Node

// A randomFormula is a formula of inputs x (3, T, N) and y (3, T·N), with symbols or with
// numbers for them.
type randomFormula struct {
	steps []formulaStep
	dtype tensor.Dtype
}

// build returns the inputs of the formula, J and its derivatives, where shapes are turned.
func (f *randomFormula) build(at func(dims ...int) []int) (inputs, outputs []*graph.Node) {
	g := graph.NewOf(f.dtype)
	r := rand.New(rand.NewPCG(1, 2))
	x, y := g.Input("x", at(3, length, graph.Batch)...), g.Input("y", at(3, graph.Times(length, graph.Batch))...)
	w := g.Param("w", normals(r, f.dtype, 3, 3))
	nodes := []*graph.Node{x, y, w}
	for _, s := range f.steps {
		nodes = append(nodes, s(nodes, at))
	}
	j := ops.Mean(ops.Square(nodes[3]))
	for _, n := range nodes[4:] {
		j = ops.Add(j, ops.Mean(ops.Square(n)))
	}
	outputs = append([]*graph.Node{j, nodes[len(nodes)-1]}, graph.Gradient(j, x, y, w)...)
	return []*graph.Node{x, y}, append(outputs, graph.HVP(j, []*graph.Node{w}, []*graph.Node{g.Constant("v", normals(r, f.dtype, 3, 3))})...)
}

// newRandomFormula draws a formula. Its choices are made on shapes with symbols.
func newRandomFormula(r *rand.Rand, dtype tensor.Dtype) *randomFormula {
	f := &randomFormula{dtype: dtype}
	g := graph.New()
	T, N := length, graph.Batch
	nodes := []*graph.Node{g.Input("x", 3, T, N), g.Input("y", 3, graph.Times(T, N)), g.Input("w", 3, 3)}
	same := func(dims ...int) []int { return dims }
	for len(f.steps) < 8 {
		s := randomStep(r, nodes)
		if n := s(nodes, same); n.Err() == nil && n.Shape().Rank() < 5 && n.Shape().Symbolic() {
			f.steps, nodes = append(f.steps, s), append(nodes, n)
		}
	}
	return f
}

func randomStep(r *rand.Rand, nodes []*graph.Node) formulaStep {
	i, k := r.IntN(len(nodes)), r.IntN(len(nodes))
	if r.IntN(2) == 0 {
		i = len(nodes) - 1
	}
	d := nodes[i].Shape().Dims()
	axis := r.IntN(len(d) + 1)
	unary := func(f func(x *graph.Node) *graph.Node) formulaStep {
		return func(x []*graph.Node, _ func(...int) []int) *graph.Node { return f(x[i]) }
	}
	switch kind := r.IntN(10); {
	case kind == 0:
		return unary([]func(*graph.Node) *graph.Node{ops.Tanh, ops.Sigmoid, ops.Neg}[r.IntN(3)])
	case kind == 1:
		return func(x []*graph.Node, _ func(...int) []int) *graph.Node { return ops.Add(x[i], x[k]) }
	case kind == 2:
		return func(x []*graph.Node, _ func(...int) []int) *graph.Node { return ops.Mul(x[i], ops.Sin(x[k])) }
	case kind == 3 && axis < len(d):
		reduce := []func(*graph.Node, ...int) *graph.Node{ops.Sum, ops.Mean, ops.Max, ops.LogSumExp}[r.IntN(4)]
		if r.IntN(2) == 0 {
			return unary(func(x *graph.Node) *graph.Node { return ops.Keep(reduce, x, axis) })
		}
		return unary(func(x *graph.Node) *graph.Node { return reduce(x, axis) })
	case kind == 4:
		perm := r.Perm(len(d))
		return unary(func(x *graph.Node) *graph.Node { return ops.Transpose(x, perm...) })
	case kind == 5 && axis < len(d): // neighbouring axes as one
		merged := slices.Clone(d)
		if axis+1 < len(d) {
			merged = slices.Replace(merged, axis, axis+2, graph.Times(d[axis], d[axis+1]))
		}
		return func(x []*graph.Node, at func(...int) []int) *graph.Node { return ops.Reshape(x[i], at(merged...)...) }
	case kind == 6 && axis < len(d): // one axis as its factors
		split := slices.Replace(slices.Clone(d), axis, axis+1, graph.Factors(d[axis])...)
		return func(x []*graph.Node, at func(...int) []int) *graph.Node { return ops.Reshape(x[i], at(split...)...) }
	case kind == 7 && axis < len(d):
		return unary(func(x *graph.Node) *graph.Node {
			return []func() *graph.Node{
				func() *graph.Node { return ops.Slice(x, axis, 0, 1) },
				func() *graph.Node { return ops.Index(x, axis, -1) },
				func() *graph.Node { return ops.Concat(axis, x, ops.Slice(ops.Square(x), axis, 0, 1)) },
				func() *graph.Node { // one step late
					late := ops.Concat(axis, ops.Slice(x, axis, 0, 1), x)
					return ops.Slice(late, axis, 0, x.Shape().Dim(axis))
				},
				func() *graph.Node { // one step early
					return ops.Slice(ops.Concat(axis, x, ops.Slice(x, axis, 0, 1)), axis, 1, graph.End)
				},
			}[k%5]()
		})
	}
	return func(x []*graph.Node, _ func(...int) []int) *graph.Node { return ops.MatMul(x[2], x[i]) }
}

// numbersFor turns extents into their numbers.
func numbersFor(t, n int) func(dims ...int) []int {
	return func(dims ...int) []int {
		return graph.ShapeOf(dims...).Replace(length, t).Replace(graph.Batch, n).Dims()
	}
}

// One Program serves every T and N, with the bits of the graph that is built for those
// numbers; without fusion it has its values, to rounding.
func TestOneProgramServesAllNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for k := range 60 {
		dtype, tolerance := tensor.Float64, 1e-11
		if k%3 == 0 {
			dtype, tolerance = tensor.Float32, 2e-3
		}
		f := newRandomFormula(r, dtype)
		inputs, outputs := f.build(func(dims ...int) []int { return dims })
		p := compile(t, outputs...)
		plain, err := graph.Options{NoFuse: true}.Compile(outputs...)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range [][2]int{{1, 1}, {7, 5}, {128, 1}, {1, 64}, {7, 64}, {128, 5}, {7, 5}} {
			numbered, want := f.build(numbersFor(c[0], c[1]))
			q := compile(t, want...)
			for i, x := range numbered {
				v := normals(rand.New(rand.NewPCG(uint64(c[0]), uint64(i))), dtype, x.Shape().Dims()...)
				feed(t, q, x, v)
				feed(t, p, inputs[i], v)
				feed(t, plain, inputs[i], v)
			}
			right, got, rough := valuesOf(t, q, want), valuesOf(t, p, outputs), valuesOf(t, plain, outputs)
			for i := range right {
				for e, w := range right[i] {
					if math.Float64bits(got[i][e]) != math.Float64bits(w) || len(got[i]) != len(right[i]) {
						t.Fatalf("formula %d, T = %d, N = %d: output %d[%d] is %g, the graph with numbers has %g\n%v", k, c[0], c[1], i, e, got[i][e], w, outputs[0])
					}
					if !(math.Abs(rough[i][e]-w) <= tolerance*(1+math.Abs(w))) {
						t.Fatalf("formula %d, T = %d, N = %d: output %d[%d] is %g, without fusion %g", k, c[0], c[1], i, e, w, rough[i][e])
					}
				}
			}
		}
	}
}

// What is fed last prevails, in whatever order; those who disagree are named.
func TestUnification(t *testing.T) {
	T, H, N := length, graph.Extent("H"), graph.Batch
	g := graph.New()
	x, y, z := g.Input("x", T, N), g.Input("y", graph.Times(T, N)), g.Input("z", N)
	s, q := g.Input("s", graph.Shift(T, 2)), g.Input("q", graph.Quotient(H, 1, 1, 2))
	h := g.Input("h", graph.Times(2, H))
	total := func(x ...*graph.Node) *graph.Node {
		j := ops.Sum(x[0])
		for _, x := range x[1:] {
			j = ops.Add(j, ops.Sum(x))
		}
		return j
	}
	type fed struct {
		x    *graph.Node
		dims []int
	}
	for name, c := range map[string]struct {
		feeds []fed
		want  error
		says  string
	}{
		"a matrix says both":                {[]fed{{x, []int{3, 5}}, {y, []int{15}}}, nil, ""},
		"a product after a symbol":          {[]fed{{z, []int{5}}, {y, []int{15}}, {s, []int{5}}}, nil, ""},
		"a product before a symbol":         {[]fed{{y, []int{15}}, {s, []int{5}}, {z, []int{5}}}, nil, ""},
		"a product that nothing tells":      {[]fed{{y, []int{15}}}, graph.ErrUnfed, "says what"},
		"a quotient tells nothing":          {[]fed{{q, []int{3}}}, graph.ErrUnfed, "says what H is"},
		"a quotient after its symbol":       {[]fed{{h, []int{12}}, {q, []int{3}}}, nil, ""},
		"a quotient before its symbol":      {[]fed{{q, []int{3}}, {h, []int{10}}}, nil, ""},
		"a quotient that disagrees":         {[]fed{{q, []int{3}}, {h, []int{16}}}, graph.ErrShape, "(3)"},
		"two that disagree":                 {[]fed{{x, []int{3, 5}}, {z, []int{6}}}, graph.ErrUnfed, "x says N = 5, z says N = 6"},
		"a sum that disagrees":              {[]fed{{s, []int{9}}, {x, []int{3, 5}}}, graph.ErrUnfed, "s says T = 7, x says T = 3"},
		"a product that disagrees":          {[]fed{{y, []int{16}}, {x, []int{3, 5}}}, graph.ErrUnfed, "(16)"},
		"a product that does not divide":    {[]fed{{z, []int{5}}, {y, []int{16}}, {s, []int{6}}}, graph.ErrUnfed, "z"},
		"one that divides nothing":          {[]fed{{z, []int{5}}, {s, []int{5}}, {y, []int{16}}}, graph.ErrUnfed, "z of shape"},
		"one that is fed again":             {[]fed{{x, []int{3, 5}}, {z, []int{6}}, {x, []int{3, 6}}}, nil, ""},
		"one that comes back":               {[]fed{{z, []int{5}}, {x, []int{3, 6}}, {x, []int{3, 5}}}, graph.ErrUnfed, "z"},
		"a symbol that the others override": {[]fed{{z, []int{5}}, {y, []int{12}}, {x, []int{3, 4}}}, graph.ErrUnfed, "z says N = 5, x says N = 4"},
	} {
		var leaves []*graph.Node
		for _, f := range c.feeds {
			if !slices.Contains(leaves, f.x) {
				leaves = append(leaves, f.x)
			}
		}
		p := compile(t, total(leaves...))
		entries := map[*graph.Node]int{}
		for _, f := range c.feeds {
			n := 1
			for _, d := range f.dims {
				n *= d
			}
			entries[f.x] = n
			feed(t, p, f.x, dense(f.dims, slices.Repeat([]float64{1}, n)...))
		}
		if err := p.Run(); !errors.Is(err, c.want) || c.want != nil && !containsAll(err.Error(), c.says) {
			t.Errorf("%s: %v, should be %v that says %q", name, err, c.want, c.says)
		}
	}
	for name, f := range map[string]fed{
		"no T": {s, []int{1}}, "odd": {h, []int{5}}, "rank": {x, []int{3}}, "nothing": {s, []int{2}},
	} {
		p := compile(t, total(f.x))
		n := 1
		for _, d := range f.dims {
			n *= d
		}
		if err := p.Feed(f.x, dense(f.dims, make([]float64, n)...)); !errors.Is(err, graph.ErrShape) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// However inputs are fed, a Program runs exactly if what was fed last for each is what some
// numbers make of its shape, and nothing was fed after it that says otherwise.
func TestUnificationOfRandomFeeds(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	g := graph.New()
	shapes := [][]int{{length, graph.Batch}, {graph.Times(length, graph.Batch)}, {graph.Batch}, {graph.Shift(length, 1)}, {2, graph.Times(3, length)}}
	var inputs []*graph.Node
	j := g.Const(0)
	for i, s := range shapes {
		inputs = append(inputs, g.Input(fmt.Sprint("x", i), s...))
		j = ops.Add(j, ops.Sum(inputs[i]))
	}
	p := compile(t, j)
	var last [5][2]int // what each was last fed for
	ran := 0
	for range 3000 {
		i, at := r.IntN(len(inputs)), [2]int{1 + r.IntN(2), 1 + r.IntN(2)}
		dims := numbersFor(at[0], at[1])(shapes[i]...)
		n := 1
		for _, d := range dims {
			n *= d
		}
		feed(t, p, inputs[i], dense(dims, slices.Repeat([]float64{1}, n)...))
		last[i] = at
		err := p.Run()
		if err != nil {
			if !errors.Is(err, graph.ErrUnfed) {
				t.Fatal(err)
			}
			continue
		}
		ran++
		v, err := p.Value(j)
		if err != nil {
			t.Fatal(err)
		}
		T, N := 0, 0
		for a := 1; a <= 2; a++ {
			for b := 1; b <= 2; b++ {
				fits := true
				for k, s := range shapes {
					fits = fits && slices.Equal(numbersFor(a, b)(s...), numbersFor(last[k][0], last[k][1])(s...))
				}
				if fits {
					T, N = a, b
				}
			}
		}
		if want := float64(2*T*N + N + T + 1 + 6*T); T == 0 || v.Float64s()[0] != want {
			t.Fatalf("runs with %v, gives %g, want %g", last, v.Float64s()[0], want)
		}
	}
	if ran < 20 {
		t.Errorf("only %d of 3000 ran", ran)
	}
}

// Whatever numbers symbols have been, feeding shapes that are known allocates nothing, and
// nor does Run.
func TestKnownShapesAllocateNothing(t *testing.T) {
	g := graph.New()
	x, z := g.Input("x", 2, length, graph.Batch), g.Input("z", graph.Batch)
	p := compile(t, ops.Sum(ops.Mul(x, z)))
	type pair struct{ x, z *tensor.Dense }
	var list []pair
	for _, c := range [][2]int{{3, 4}, {2, 4}, {3, 5}} {
		list = append(list, pair{dense([]int{2, c[0], c[1]}, make([]float64, 2*c[0]*c[1])...), dense([]int{c[1]}, make([]float64, c[1])...)})
	}
	if n := testing.AllocsPerRun(10, func() {
		for _, v := range list {
			if err := errors.Join(p.Feed(x, v.x), p.Feed(z, v.z), p.Run()); err != nil {
				t.Fatal(err)
			}
		}
	}); n != 0 {
		t.Errorf("%g allocations", n)
	}
}

// An extent that is nothing, a third step of two, and numbers that do not fit are errors that
// say so.
func TestHostileNumbers(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2, length, graph.Batch)
	for name, c := range map[string]struct {
		y    *graph.Node
		dims []int
		want error
		says string
	}{
		"no entries":   {ops.Sum(ops.Slice(x, 1, 2, graph.End)), []int{2, 2, 1}, graph.ErrEmpty, "T−2"},
		"third of two": {ops.Sum(ops.Index(x, 1, 2)), []int{2, 2, 1}, graph.ErrEmpty, "T−2"},
		"third last":   {ops.Sum(ops.Index(x, 1, -3)), []int{2, 2, 1}, graph.ErrEmpty, "T−2"},
		"too many":     {ops.Sum(ops.BroadcastTo(x, graph.ShapeOf(1<<20, 2, length, graph.Batch))), []int{2, 1 << 10, 1 << 10}, graph.ErrSize, "T = 1024, N = 1024"},
	} {
		p := compile(t, c.y)
		v := dense(c.dims, make([]float64, c.dims[0]*c.dims[1]*c.dims[2])...)
		if err := p.Feed(x, v); !errors.Is(err, c.want) || !containsAll(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if err := p.Run(); !errors.Is(err, graph.ErrUnfed) {
			t.Errorf("%s, then Run: %v", name, err)
		}
	}
	p := compile(t, ops.Sum(x))
	nothing := func(*tensor.Dense) error { return nil }
	for name, c := range map[string]struct{ err, want error }{
		"FeedBy before T is known": {p.FeedBy(x, 3, nothing), graph.ErrUnfed},
		"negative":                 {p.FeedShape(x, graph.ShapeOf(2, -3, 1), nothing), graph.ErrEmpty},
		"overflow":                 {p.FeedShape(x, graph.ShapeOf(2, wraps, wraps), nothing), graph.ErrSize},
		"rank":                     {p.FeedShape(x, graph.ShapeOf(2, 3), nothing), graph.ErrShape},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
	if err := p.FeedShape(x, graph.ShapeOf(2, 3, 4), nothing); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.FeedBy(x, 5, nothing), p.Run()); err != nil {
		t.Fatal(err)
	}
	if v, err := p.Value(x); err != nil || !v.Shape().Eq(tensor.Shape{2, 3, 5}) {
		t.Errorf("FeedBy for N = 5 after T = 3: %v, %v", v, err)
	}
}
