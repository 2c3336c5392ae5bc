package graph_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A tall is a formula of many examples, x and y, and few weights.
type tall struct {
	g       *graph.Graph
	x, y    *graph.Node
	w       []*graph.Node
	j       *graph.Node
	outputs []*graph.Node // J and its gradient
}

const tallInputs, tallClasses = 12, 3

// newTall is a network of two layers with the loss of classes, or of one number, and a
// penalty.
func newTall(dtype tensor.Dtype, classes int) *tall {
	r := rand.New(rand.NewPCG(7, 8))
	g := graph.NewOf(dtype)
	n := &tall{g: g, x: g.Input("x", tallInputs, graph.Batch), y: g.Input("y", classes, graph.Batch)}
	param := func(name string, dims ...int) *graph.Node {
		p := g.Param(name, normals(r, dtype, dims...))
		n.w = append(n.w, p)
		return p
	}
	a := ops.Tanh(ops.Bias(param("b1", 20, 1), ops.MatMul(param("w1", 20, tallInputs), n.x)))
	z := ops.Bias(param("b2", classes, 1), ops.MatMul(param("w2", classes, 20), a))
	l := ops.LogLoss(ops.Sigmoid(z), n.y)
	if classes > 1 {
		l = ops.CrossEntropy(ops.Softmax(z, 0), n.y)
	}
	n.j = ops.Add(ops.Mean(l), ops.Scale(0.01, ops.Sum(ops.Square(n.w[1]))))
	n.outputs = append(graph.Gradient(n.j, n.w...), n.j)
	return n
}

func normals(r *rand.Rand, dtype tensor.Dtype, dims ...int) *tensor.Dense {
	t := tensor.New(tensor.WithShape(dims...), tensor.Of(dtype))
	for i := range t.Len() {
		if v := r.NormFloat64() / 3; dtype == tensor.Float32 {
			t.Float32s()[i] = float32(v)
		} else {
			t.Float64s()[i] = v
		}
	}
	return t
}

// feed feeds N examples.
func (n *tall) feed(t *testing.T, p *graph.Program, examples int) {
	t.Helper()
	r := rand.New(rand.NewPCG(9, uint64(examples)))
	feed(t, p, n.x, normals(r, n.g.Dtype(), tallInputs, examples))
	y := normals(r, n.g.Dtype(), n.y.Shape().Dim(0), examples)
	for i := range y.Len() {
		if n.g.Dtype() == tensor.Float32 {
			y.Float32s()[i] = min(1, max(0, y.Float32s()[i]))
		} else {
			y.Float64s()[i] = min(1, max(0, y.Float64s()[i]))
		}
	}
	feed(t, p, n.y, y)
}

func inBlocks(p *graph.Program) bool { return strings.Contains(p.String(), " a block  ") }

// Blocks change values by rounding only, for any number of examples, and the bits not
// at all with the number of threads.
func TestBlocksChangeNoValue(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		for _, classes := range []int{1, tallClasses} {
			n := newTall(dtype, classes)
			p := compile(t, n.outputs...)
			plain, err := graph.Options{NoFuse: true}.Compile(n.outputs...)
			if err != nil {
				t.Fatal(err)
			}
			tolerance := 1e-12
			if dtype == tensor.Float32 {
				tolerance = 1e-5
			}
			for _, examples := range []int{7, 6000, 6001, 8192, 20000} {
				n.feed(t, p, examples)
				n.feed(t, plain, examples)
				if inBlocks(plain) || inBlocks(p) != (examples > 7) {
					t.Fatalf("%v, %d examples: in blocks %v, without fusion %v", dtype, examples, inBlocks(p), inBlocks(plain))
				}
				want := valuesOf(t, plain, n.outputs)
				for _, threads := range []int{1, 2, 3} {
					withThreads(threads, func() {
						got := valuesOf(t, p, n.outputs)
						for i := range want {
							for k, w := range want[i] {
								if d := math.Abs(got[i][k] - w); !(d <= tolerance*(1+math.Abs(w))) {
									t.Fatalf("%v, %d examples: output %d[%d] is %g in blocks, %g without", dtype, examples, i, k, got[i][k], w)
								}
							}
						}
						if threads == 1 {
							want = got
							tolerance = 0
						}
					})
				}
				tolerance = map[bool]float64{true: 1e-5, false: 1e-12}[dtype == tensor.Float32]
			}
		}
	}
}

// Parts are computed first to last and last to first: each anew in every run.
func TestBlocksToAndFro(t *testing.T) {
	n := newTall(tensor.Float64, 1)
	p := compile(t, n.outputs...)
	plain, err := graph.Options{NoFuse: true}.Compile(n.outputs...)
	if err != nil {
		t.Fatal(err)
	}
	n.feed(t, p, 6001)
	n.feed(t, plain, 6001)
	withThreads(1, func() {
		for range 4 {
			n.w[0].Value().Float64s()[0] += 0.5
			got, want := values(t, p, n.outputs...), values(t, plain, n.outputs...)
			for i := range want {
				for k, w := range want[i] {
					if math.Abs(got[i][k]-w) > 1e-12*(1+math.Abs(w)) {
						t.Fatalf("output %d[%d] is %g in blocks, %g without", i, k, got[i][k], w)
					}
				}
			}
		}
	})
}

// valuesOf runs p some times, for its gauge to try threads, and returns the outputs.
func valuesOf(t *testing.T, p *graph.Program, outputs []*graph.Node) [][]float64 {
	t.Helper()
	for range 3 {
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
	}
	var all [][]float64
	for _, n := range outputs {
		v, err := p.Value(n)
		if err != nil {
			t.Fatal(err)
		}
		if v.Dtype() == tensor.Float64 {
			all = append(all, slices.Clone(v.Float64s()))
			continue
		}
		var wide []float64
		for _, x := range v.Float32s() {
			wide = append(wide, float64(x))
		}
		all = append(all, wide)
	}
	return all
}

// A program in blocks prints them, and one for fewer examples does not.
func TestBlocksPrint(t *testing.T) {
	n := newTall(tensor.Float64, 1)
	p := compile(t, n.outputs...)
	n.feed(t, p, 5000)
	golden(t, "blocks.program", p.String())
}

// Labels may be class numbers. One that is no class is refused, wherever it is, and
// leaves no trace.
func TestBlocksOfClassNumbers(t *testing.T) {
	const N = 20001
	r := rand.New(rand.NewPCG(1, 2))
	g := graph.New()
	x, y := g.Input("x", tallInputs, graph.Batch), g.Input("y", 1, graph.Batch)
	w := g.Param("w", normals(r, tensor.Float64, tallClasses, tallInputs))
	v := g.Param("v", normals(r, tensor.Float64, tallClasses, tallClasses))
	j := ops.Mean(ops.SparseCrossEntropyFromLogits(ops.MatMul(v, ops.Tanh(ops.MatMul(w, x))), y))
	outputs := append(graph.Gradient(j, w, v), j)
	plain, err := graph.Options{NoFuse: true}.Compile(outputs...)
	if err != nil {
		t.Fatal(err)
	}
	p := compile(t, outputs...)
	features, labels := normals(r, tensor.Float64, tallInputs, N), ones(tensor.Float64, N)
	for i := range N {
		labels.Float64s()[i] = float64(r.IntN(tallClasses))
	}
	for _, p := range []*graph.Program{plain, p} {
		feed(t, p, x, features)
		feed(t, p, y, labels)
	}
	want := valuesOf(t, plain, outputs)
	same := func() {
		t.Helper()
		got := valuesOf(t, p, outputs)
		for i := range want {
			for k, w := range want[i] {
				if math.Abs(got[i][k]-w) > 1e-12*(1+math.Abs(w)) {
					t.Fatalf("output %d[%d] is %g in blocks, %g without", i, k, got[i][k], w)
				}
			}
		}
	}
	if same(); !inBlocks(p) {
		t.Errorf("not in blocks:\n%v", p)
	}
	for threads := 1; threads <= 2; threads++ {
		withThreads(threads, func() {
			for _, at := range []int{0, 5000, N - 1} {
				was := labels.Float64s()[at]
				labels.Float64s()[at] = tallClasses
				feed(t, p, y, labels)
				for range 3 {
					if err := p.Run(); !errors.Is(err, graph.ErrValue) || !strings.Contains(err.Error(), "labels of 3 classes") {
						t.Errorf("example %d of class 3: %v", at, err)
					}
					if _, err := p.Value(j); !errors.Is(err, graph.ErrNotRun) {
						t.Errorf("J after a run that failed: %v", err)
					}
				}
				labels.Float64s()[at] = was
				feed(t, p, y, labels)
				same()
			}
		})
	}
}

// Second derivatives are sums over examples too.
func TestBlocksOfHessian(t *testing.T) {
	n := newTall(tensor.Float64, 1)
	var v []*graph.Node
	r := rand.New(rand.NewPCG(1, 1))
	for _, w := range n.w {
		v = append(v, n.g.Constant("v", normals(r, tensor.Float64, w.Shape().Dims()...)))
	}
	h := graph.HVP(n.j, n.w, v)
	p := compile(t, h...)
	plain, err := graph.Options{NoFuse: true}.Compile(h...)
	if err != nil {
		t.Fatal(err)
	}
	n.feed(t, p, 4000)
	n.feed(t, plain, 4000)
	got, want := valuesOf(t, p, h), valuesOf(t, plain, h)
	if !inBlocks(p) {
		t.Errorf("not in blocks:\n%v", p)
	}
	for i := range want {
		for k, w := range want[i] {
			if math.Abs(got[i][k]-w) > 1e-12*(1+math.Abs(w)) {
				t.Fatalf("Hessian times v: output %d[%d] is %g in blocks, %g without", i, k, got[i][k], w)
			}
		}
	}
}

// Where examples are mixed, or what is the same for all is large, there are no blocks, and
// values are right.
func TestNoBlocks(t *testing.T) {
	const many, few = 20000, 2000 // values of 4 entries, and of 4000, are large enough for blocks
	entriesOf := func(n int) []float64 {
		entries := make([]float64, 4*n)
		for k := range entries {
			entries[k] = math.Sin(float64(3*(k/n) + 7*(k%n)))
		}
		return entries
	}
	mean, variance, total := make([]float64, 4), 0.0, 0.0
	for k, v := range entriesOf(many) {
		mean[k/many] += v / many
	}
	for k, v := range entriesOf(many) {
		variance += (v - mean[k/many]) * (v - mean[k/many])
	}
	for _, v := range entriesOf(few) {
		total += v
	}
	for name, c := range map[string]struct {
		n    int
		f    func(g *graph.Graph, x *graph.Node) *graph.Node
		want float64
	}{
		"centred by the mean of the examples": {many, func(_ *graph.Graph, x *graph.Node) *graph.Node {
			m := ops.SumTo(x, graph.ShapeOf(4, 1))
			m = ops.Div(m, ops.BroadcastTo(x.Graph().BatchSize(), graph.ShapeOf(4, 1)))
			return ops.Sum(ops.Square(ops.Sub(x, m)))
		}, variance},
		"softmax over the examples": {many, func(_ *graph.Graph, x *graph.Node) *graph.Node {
			return ops.Sum(ops.Softmax(x, 1))
		}, 4},
		"a large weight": {few, func(g *graph.Graph, x *graph.Node) *graph.Node {
			w := g.Param("w", dense([]int{4000, 4}, slices.Repeat([]float64{1}, 16000)...))
			return ops.Sum(ops.MatMul(w, x))
		}, 4000 * total},
	} {
		g := graph.New()
		x := g.Input("x", 4, graph.Batch)
		y := c.f(g, x)
		p := compile(t, y)
		feed(t, p, x, dense([]int{4, c.n}, entriesOf(c.n)...))
		got := valuesOf(t, p, []*graph.Node{y})[0][0]
		if inBlocks(p) || math.Abs(got-c.want) > 1e-9*math.Abs(c.want) {
			t.Errorf("%s: in blocks %v, value %v, should be %v", name, inBlocks(p), got, c.want)
		}
	}
}

// The constants and the values between a block and the rest are what they should be,
// whichever order the sums are asked for in.
func TestBlocksAmongOthers(t *testing.T) {
	const N = 30000
	g := graph.New()
	x, w := g.Input("x", 2, graph.Batch), g.Param("w", dense([]int{2, 1}, 2, -1))
	before := ops.Square(w)                                           // (4, 1)
	z := ops.Bias(before, ops.Bias(ops.Scale(2, before), x))          // + (12, 3)
	sums := ops.SumTo(z, graph.ShapeOf(2, 1))                         //
	after := ops.Sub(ops.Scale(0.5, sums), before)                    //
	largest := ops.Mul(ops.Mean(z), ops.Sum(ops.Mul(before, before))) // 17 times the mean
	entries := make([]float64, 2*N)
	rows := [2]float64{}
	for k := range entries {
		entries[k] = float64(k%11) - 3
		rows[k/N] += entries[k]
	}
	want := map[*graph.Node][]float64{
		sums:    {rows[0] + 12*N, rows[1] + 3*N},
		after:   {(rows[0]+12*N)/2 - 4, (rows[1]+3*N)/2 - 1},
		largest: {17 * (rows[0] + rows[1] + 15*N) / (2 * N)},
	}
	for _, outputs := range [][]*graph.Node{{sums, after, largest}, {largest, after}, {after, sums}, {sums}, {largest}} {
		p := compile(t, outputs...)
		feed(t, p, x, dense([]int{2, N}, entries...))
		for i, v := range valuesOf(t, p, outputs) {
			for k, got := range v {
				if w := want[outputs[i]][k]; math.Abs(got-w) > 1e-12*math.Abs(w) {
					t.Errorf("output %d[%d] of %d is %v, should be %v", i, k, len(outputs), got, w)
				}
			}
		}
		if !inBlocks(p) {
			t.Error("not in blocks")
		}
	}
}

func TestBlocksAllocateNothing(t *testing.T) {
	n := newTall(tensor.Float32, tallClasses)
	p := compile(t, n.outputs...)
	n.feed(t, p, 20000)
	if allocs := testing.AllocsPerRun(20, func() { _ = p.Run() }); allocs != 0 {
		t.Errorf("a run in blocks allocates %v times", allocs)
	}
}
