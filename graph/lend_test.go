package graph_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A wide is logistic regression, whose values are mostly features.
type wide struct {
	g       *graph.Graph
	x, y    *graph.Node
	outputs []*graph.Node // J and its gradient
}

const features = 30

func newWide(dtype tensor.Dtype) *wide {
	r := rand.New(rand.NewPCG(3, 4))
	g := graph.NewOf(dtype)
	x, y := g.Input("x", features, graph.Batch), g.Input("y", 1, graph.Batch)
	w, b := g.Param("w", normals(r, dtype, 1, features)), g.Param("b", normals(r, dtype, 1, 1))
	j := ops.Mean(ops.LogLoss(ops.Sigmoid(ops.Bias(b, ops.MatMul(w, x))), y))
	return &wide{g, x, y, append(graph.Gradient(j, w, b), j)}
}

// turned is the lazy transpose of a copy of x in which an example is a row.
func turned(t *testing.T, x *tensor.Dense) *tensor.Dense {
	t.Helper()
	rows := x.Clone().(*tensor.Dense)
	for _, do := range []func() error{func() error { return rows.T() }, rows.Transpose, func() error { return rows.T() }} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	return rows
}

// What is lent, as columns or as rows, in blocks or not, has the values of what is fed
// to a program that neither fuses nor cuts, and nothing is allocated.
func TestLendChangesNoValue(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		tolerance := map[tensor.Dtype]float64{tensor.Float64: 1e-12, tensor.Float32: 2e-5}[dtype]
		n := newWide(dtype)
		plain, err := graph.Options{NoFuse: true}.Compile(n.outputs...)
		if err != nil {
			t.Fatal(err)
		}
		p := compile(t, n.outputs...)
		for _, examples := range []int{1, 5, 100, 16384, 20001} {
			r := rand.New(rand.NewPCG(5, uint64(examples)))
			x, y := normals(r, dtype, features, examples), ones(dtype, examples)
			feed(t, plain, n.x, x)
			feed(t, plain, n.y, y)
			want := valuesOf(t, plain, n.outputs)
			same := func(how string, threads int) {
				t.Helper()
				got := valuesOf(t, p, n.outputs)
				for i := range want {
					for k, w := range want[i] {
						if !(math.Abs(got[i][k]-w) <= tolerance*(1+math.Abs(w))) {
							t.Fatalf("%v, %d examples, %s, %d threads: output %d[%d] is %g, should be %g", dtype, examples, how, threads, i, k, got[i][k], w)
						}
					}
				}
			}
			for how, v := range map[string]*tensor.Dense{"columns": x, "rows": turned(t, x)} {
				feed(t, p, n.y, y)
				if err := p.Lend(n.x, v); err != nil {
					t.Fatal(err)
				}
				if inBlocks(p) != (examples > 10000) {
					t.Errorf("%v, %d examples: in blocks %v", dtype, examples, inBlocks(p))
				}
				for threads := 1; threads <= 2; threads++ {
					withThreads(threads, func() { same(how, threads) })
				}
				if allocs := testing.AllocsPerRun(3, func() { _ = p.Run() }); allocs != 0 && !raceEnabled {
					t.Errorf("%s: a run allocates %v times", how, allocs)
				}
			}
			feed(t, p, n.x, x)
			same("fed after lent", 1)
		}
	}
}

func ones(dtype tensor.Dtype, n int) *tensor.Dense {
	v := tensor.New(tensor.WithShape(1, n), tensor.Of(dtype))
	if err := v.Memset(map[tensor.Dtype]any{tensor.Float32: float32(1), tensor.Float64: 1.0}[dtype]); err != nil {
		panic(err)
	}
	return v
}

// A lent tensor is read by each Run, and never written.
func TestLendReadsInPlace(t *testing.T) {
	g := graph.New()
	x, y := g.Input("x", 2, graph.Batch), g.Input("y", 1, graph.Batch)
	w := g.Param("w", dense([]int{1, 2}, 1, 10))
	z := ops.Mul(ops.MatMul(w, x), y)
	p := compile(t, z)
	feed(t, p, y, dense([]int{1, 3}, 1, 1, 2))
	rows := turned(t, dense([]int{2, 3}, 1, 2, 3, 4, 5, 6))
	check := func(want ...float64) {
		t.Helper()
		if got := values(t, p, z)[0]; !slices.Equal(got, want) {
			t.Errorf("%v, should be %v", got, want)
		}
	}
	if err := p.Lend(x, rows); err != nil { // y stays fed
		t.Fatal(err)
	}
	check(41, 52, 126)
	if v, err := p.Value(x); v != rows || err != nil {
		t.Errorf("the value of what was lent is %v, %v", v, err)
	}
	if !strings.Contains(p.String(), "input  x  (2, N)  lent\n") {
		t.Errorf("what is lent does not show:\n%v", p)
	}
	rows.Float64s()[1] = 0 // the second feature of the first example
	check(1, 52, 126)
	feed(t, p, x, dense([]int{2, 3}, 0, 0, 0, 1, 1, 1)) // y stays fed
	check(10, 10, 20)
	if want := []float64{1, 0, 2, 5, 3, 6}; !slices.Equal(rows.Float64s(), want) {
		t.Errorf("a Feed changed what was lent to %v", rows.Float64s())
	}
	if strings.Contains(p.String(), "lent") {
		t.Errorf("what was lent still shows:\n%v", p)
	}

	// Another N, and back.
	if err := p.Lend(x, rows); err != nil {
		t.Fatal(err)
	}
	feed(t, p, y, dense([]int{1, 1}, 1))
	feed(t, p, x, dense([]int{2, 1}, 7, 1))
	check(17)
	feed(t, p, y, dense([]int{1, 3}, 1, 1, 1))
	if err := p.Run(); !errors.Is(err, graph.ErrUnfed) {
		t.Errorf("what was lent before another N is still there: %v", err)
	}
	feed(t, p, x, dense([]int{2, 3}, 1, 2, 3, 0, 0, 0))
	check(1, 2, 3)
}

// What cannot be read by strides is copied, whatever reads it.
func TestLendCopies(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		g := graph.NewOf(dtype)
		x, c := g.Input("x", 2, graph.Batch), g.Input("c", 2, 3)
		w, unread := g.Param("w", normals(rand.New(rand.NewPCG(1, 1)), dtype, 2, 2)), g.Input("unread", 2, graph.Batch)
		outputs := []*graph.Node{ops.Mul(x, ops.MatMul(w, x)), ops.MatMul(w, c)}
		p, q := compile(t, outputs...), compile(t, outputs...)
		v := normals(rand.New(rand.NewPCG(2, 2)), dtype, 2, 3)
		for _, n := range []*graph.Node{x, c, unread} {
			rows := turned(t, v)
			if err := p.Lend(n, rows); err != nil {
				t.Fatal(err)
			}
			feed(t, q, n, v)
			if n == c {
				continue // products read it where it lies
			}
			if err := rows.Memset(v.Get(0)); err != nil { // it has been copied
				t.Fatal(err)
			}
		}
		if got, want := valuesOf(t, p, outputs), valuesOf(t, q, outputs); !slices.Equal(got[0], want[0]) || !slices.Equal(got[1], want[1]) {
			t.Errorf("%v lent, %v fed", got, want)
		}
	}
}

// A tensor that is turned and lent again is read as it lies then.
func TestLendAgain(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2, graph.Batch)
	w := g.Param("w", dense([]int{1, 2}, 1, 10))
	z := ops.MatMul(w, x)
	p, reads := compile(t, z), compile(t, z)
	in, err := graph.NewInputs(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := reads.Read(in); err != nil {
		t.Fatal(err)
	}
	for how, c := range map[string]struct {
		p    *graph.Program
		lend func(*graph.Node, *tensor.Dense) error
	}{"to a program": {p, p.Lend}, "to inputs": {reads, in.Lend}} {
		v := dense([]int{2, 2}, 1, 2, 3, 4)
		for _, want := range [][]float64{{31, 42}, {21, 43}, {31, 42}} { // by hand
			if err := c.lend(x, v); err != nil {
				t.Fatal(err)
			}
			if got := values(t, c.p, z)[0]; !slices.Equal(got, want) {
				t.Errorf("%s: %v, should be %v", how, got, want)
			}
			if v.RequiresIterator() || v.Strides()[0] == 1 {
				v.UT()
			} else if err := v.T(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestLendRefuses(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2, graph.Batch)
	w := g.Param("w", dense([]int{1, 2}, 1, 2))
	z := ops.MatMul(w, x)
	p := compile(t, z)
	big := dense([]int{3, 4}, make([]float64, 12)...)
	part, err := big.Slice(tensor.S(0, 2), tensor.S(1, 3))
	if err != nil {
		t.Fatal(err)
	}
	masked := dense([]int{2, 3}, make([]float64, 6)...)
	masked.ResetMask(true)
	for name, c := range map[string]struct {
		x    *graph.Node
		v    *tensor.Dense
		want error
	}{
		"nil":       {x, nil, graph.ErrLayout},
		"type":      {x, tensor.New(tensor.WithShape(2, 3), tensor.Of(tensor.Float32)), graph.ErrType},
		"shape":     {x, dense([]int{3, 1}, 1, 2, 3), graph.ErrShape},
		"turned":    {x, turned(t, dense([]int{3, 2}, 1, 2, 3, 4, 5, 6)), graph.ErrShape},
		"view":      {x, part.(*tensor.Dense), graph.ErrLayout},
		"masked":    {x, masked, graph.ErrLayout},
		"not input": {w, dense([]int{1, 2}, 1, 2), graph.ErrNotInput},
	} {
		if err := p.Lend(c.x, c.v); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := p.Run(); !errors.Is(err, graph.ErrUnfed) {
		t.Errorf("after what was refused: %v", err)
	}
}

// A taking copies x by way of memory that it takes.
type taking struct{}

func (taking) String() string                              { return "taking" }
func (taking) Shape(s ...graph.Shape) (graph.Shape, error) { return s[0], nil }
func (taking) Reverse(_, ζ *graph.Node) []*graph.Node      { return []*graph.Node{ζ} }
func (taking) Kernel() compute.Kernel {
	return compute.Strided(func(y *tensor.Dense, x []compute.View) compute.Work {
		in, room, out := compute.Data[float64](x[0].Dense), compute.Data[float64](x[1].Dense), compute.Data[float64](y)
		return compute.InOnePart(func() { copy(out, room[:copy(room, in[:len(out)])]) })
	}).Taking(func(y []int, x ...[]int) int { return y[0] * x[0][1] })
}

// A kernel that takes memory reads no transpose, whether that was lent or is in the formula.
func TestKernelsThatTakeMemoryReadRows(t *testing.T) {
	const n, m = 3, 5
	g := graph.New()
	x, each := g.Input("x", m, graph.Batch), g.Input("each", graph.Batch, m)
	v := normals(rand.New(rand.NewPCG(7, 8)), tensor.Float64, m, n)
	for how, c := range map[string]struct {
		read, fed *graph.Node
		give      func(p *graph.Program) error
	}{
		"lent":       {x, x, func(p *graph.Program) error { return p.Lend(x, turned(t, v)) }},
		"transposed": {ops.T(each), each, func(p *graph.Program) error { return p.Feed(each, dense([]int{n, m}, transposed(v)...)) }},
	} {
		y := graph.Apply(taking{}, c.read)
		p := compile(t, y)
		for _, do := range []func() error{func() error { return c.give(p) }, p.Run} {
			if err := do(); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := p.Value(y); err != nil || !slices.Equal(got.Float64s(), v.Float64s()) {
			t.Errorf("%s: %v (%v), want %v", how, got, err, v)
		}
	}
}

// transposed returns the entries of a matrix, column by column.
func transposed(v *tensor.Dense) (list []float64) {
	for j := range v.Shape()[1] {
		for i := range v.Shape()[0] {
			list = append(list, v.Float64s()[i*v.Shape()[1]+j])
		}
	}
	return list
}
