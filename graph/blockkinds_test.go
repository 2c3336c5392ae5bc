package graph_test

import (
	"fmt"
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

// A mover makes a random formula of ops that move entries about, add up and repeat, on shapes
// with T and N anywhere.
type mover struct {
	r      *rand.Rand
	g      *graph.Graph
	params []*graph.Node
}

var timesT = graph.Extent("T")

// starts are shapes of inputs.
var starts = [][]int{
	{3, graph.Batch}, {graph.Batch, 3}, {2, graph.Batch, 3}, {graph.Batch},
	{2, timesT, graph.Batch}, {timesT, 3, graph.Batch}, {graph.Batch, timesT, 2}, {2, graph.Times(timesT, graph.Batch)},
	{graph.Times(graph.Batch, 4), 2}, {2, graph.Times(2, graph.Batch)},
}

// param returns a parameter.
func (m *mover) param(dims ...int) *graph.Node {
	p := m.g.Param(fmt.Sprint("w", len(m.params)), normals(m.r, m.g.Dtype(), dims...))
	m.params = append(m.params, p)
	return p
}

// number returns a random axis whose extent is a number of at least this, or −1.
func (m *mover) number(s graph.Shape, least int) int {
	var axes []int
	for i, d := range s.Dims() {
		if d >= least {
			axes = append(axes, i)
		}
	}
	if len(axes) == 0 {
		return -1
	}
	return axes[m.r.IntN(len(axes))]
}

// move returns a value of y, by an op that does something with some axis.
func (m *mover) move(y *graph.Node) *graph.Node {
	s := y.Shape()
	d, axis := s.Dims(), m.number(s, 2)
	switch k := m.r.IntN(16); {
	case k == 0 && len(d) > 1:
		return ops.Transpose(y, m.r.Perm(len(d))...)
	case k <= 2 && len(d) > 1: // two axes become one
		i := m.r.IntN(len(d) - 1)
		return ops.Reshape(y, slices.Replace(d, i, i+2, graph.Times(d[i], d[i+1]))...)
	case k <= 4: // a product becomes its factors
		for i, e := range d {
			if f := graph.Factors(e); len(f) > 1 {
				return ops.Reshape(y, slices.Replace(d, i, i+1, f...)...)
			}
		}
	case k == 5 && axis >= 0:
		from := m.r.IntN(d[axis])
		return ops.Slice(y, axis, from, from+1+m.r.IntN(d[axis]-from))
	case k == 6 && axis >= 0:
		return ops.Concat(axis, y, ops.Tanh(y), ops.Slice(y, axis, 0, 1))
	case k == 7 && axis >= 0:
		return ops.Gather(y, axis, m.g.Constant("", dense([]int{3}, 1, 0, 1)))
	case k == 8 && axis >= 0:
		return ops.Softmax(y, axis)
	case k == 9 && axis >= 0:
		return ops.Keep([]func(*graph.Node, ...int) *graph.Node{ops.Sum, ops.Mean, ops.Max, ops.Prod, ops.Norm2}[m.r.IntN(5)], y, axis)
	case k == 10 && axis >= 0 && len(d) < 4: // w on an axis
		letters := "ijkl"[:len(d)]
		return ops.Einsum("z"+letters[axis:axis+1]+","+letters+"->"+strings.Replace(letters, letters[axis:axis+1], "z", 1), m.param(2, d[axis]), y)
	case k == 11:
		for i := range d {
			d[i] = max(d[i], 1)
		}
		return ops.Mul(y, m.param(d...))
	case k == 13 && axis >= 0: // its first part, last part and whole
		first, last := ops.Slice(y, axis, 0, 1), ops.Slice(ops.Tanh(y), axis, d[axis]-1, d[axis])
		return ops.Add(ops.Mul(first, last), ops.Square(y))
	case k == 14 && len(d) > 1 && d[0] > 1 && len(graph.Factors(d[1])) == 1:
		z := ops.Reshape(y, slices.Replace(slices.Clone(d), 0, 2, graph.Times(d[0], d[1]))...)
		return ops.Mul(ops.Reshape(ops.Square(z), d...), ops.Sub(y, ops.Slice(y, 0, 1, 2)))
	case k == 12 && len(d) > 1 && d[len(d)-2] > 0:
		return ops.MatMul(m.param(3, d[len(d)-2]), y)
	}
	return ops.Tanh(y)
}

// newMover makes a formula of x, and what is asked of it: J, its gradient in parameters, and
// by the dice that in x and the value of the examples.
func newMover(seed uint64) (m *mover, x *graph.Node, outputs []*graph.Node) {
	m = &mover{r: rand.New(rand.NewPCG(seed, 13)), g: graph.New()}
	x = m.g.Input("x", starts[int(seed)%len(starts)]...)
	y := ops.Mul(x, m.param())
	for range 3 + m.r.IntN(6) {
		y = m.move(y)
	}
	last := y
	if m.r.IntN(2) == 0 {
		y = ops.Square(y)
	}
	j := []func(*graph.Node, ...int) *graph.Node{ops.Sum, ops.Mean}[m.r.IntN(2)](y)
	outputs = append(graph.Gradient(j, m.params...), j)
	if m.r.IntN(2) == 0 {
		outputs = append(outputs, graph.Gradient(j, x)...)
	}
	if m.r.IntN(3) == 0 {
		outputs = append(outputs, last)
	}
	return m, x, outputs
}

// feedAt feeds x for some T and N.
func feedAt(t *testing.T, r *rand.Rand, x *graph.Node, times, n int, programs ...*graph.Program) {
	t.Helper()
	dims := x.Shape().Replace(timesT, times).At(n).Dims()
	v := normals(r, x.Graph().Dtype(), dims...)
	for _, p := range programs {
		if x.Shape().Holds(timesT) {
			feed(t, p, x.Graph().Input("says T", timesT), normals(r, x.Graph().Dtype(), times))
		}
		feed(t, p, x, v)
	}
}

// Whatever is done with entries, and wherever N and T are, blocks change values by rounding
// only.
func TestBlocksOfRandomMoves(t *testing.T) {
	in := map[string]int{}
	for seed := range uint64(80) {
		m, x, outputs := newMover(seed)
		p, err := graph.Compile(outputs...)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		plain, err := graph.Options{NoFuse: true}.Compile(outputs...)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range [][2]int{{3, 15001}, {20021, 2}, {3, 5}} {
			if !x.Shape().Holds(timesT) && at[0] > 3 {
				continue
			}
			feedAt(t, m.r, x, at[0], at[1], p, plain)
			got, want := valuesOf(t, p, outputs), valuesOf(t, plain, outputs)
			for i := range want {
				scale := 0.0
				for _, w := range want[i] {
					scale = max(scale, math.Abs(w))
				}
				for k, w := range want[i] {
					if d := math.Abs(got[i][k] - w); !(d <= 1e-12*(scale+math.Abs(w))) {
						t.Fatalf("seed %d, T = %d, N = %d: output %d[%d] is %g in blocks, %g without:\n%v", seed, at[0], at[1], i, k, got[i][k], w, p)
					}
				}
			}
			for _, s := range []string{"N", "T"} {
				if strings.Contains(p.String(), " of "+s+" a block") {
					in[s]++
				}
			}
		}
	}
	if in["N"] < 40 || in["T"] < 15 {
		t.Errorf("in blocks of N %d times, of T %d times", in["N"], in["T"])
	}
}

// mirrored is its input with the examples, on the last axis, from the last to the first. It
// says nothing of how it treats them.
type mirrored struct{}

func (mirrored) String() string                              { return "mirrored" }
func (mirrored) Shape(x ...graph.Shape) (graph.Shape, error) { return x[0], nil }
func (mirrored) Reverse(_, ζ *graph.Node) []*graph.Node {
	return []*graph.Node{graph.Apply(mirrored{}, ζ)}
}
func (mirrored) Kernel() compute.Kernel { return compute.Loop(mirror[float32], mirror[float64]) }
func mirror[T compute.Float](y *tensor.Dense, x ...*tensor.Dense) {
	out, in, n := compute.Data[T](y), compute.Data[T](x[0]), y.Shape()[y.Dims()-1]
	for i := range out {
		out[i] = in[i/n*n+n-1-i%n]
	}
}

// Values that are of several examples, or of all pairs of them, are computed of all at once,
// beside what is computed in blocks.
func TestBlocksBesideWhatMixes(t *testing.T) {
	for name, c := range map[string]struct {
		times, n int
		f        func(x *graph.Node) *graph.Node // of x (T, N)
	}{
		"the first time":     {20001, 5, func(x *graph.Node) *graph.Node { return ops.Sum(ops.Square(ops.Slice(x, 0, 0, 1))) }},
		"all but the first":  {20001, 5, func(x *graph.Node) *graph.Node { return ops.Sum(ops.Square(ops.Slice(x, 0, 1, graph.End))) }},
		"an op that is mute": {3, 30001, func(x *graph.Node) *graph.Node { return ops.Sum(ops.Mul(graph.Apply(mirrored{}, ops.Tanh(x)), x)) }},
		"every pair":         {300, 601, func(x *graph.Node) *graph.Node { return ops.Sum(ops.Square(ops.MatMul(ops.T(x), x))) }},
		"every pair of many": {60, 1201, func(x *graph.Node) *graph.Node { return ops.Sum(ops.Square(ops.MatMul(ops.T(x), x))) }},
		"the first for all": {20001, 5, func(x *graph.Node) *graph.Node {
			return ops.Sum(ops.Square(ops.MatMul(ops.Slice(x, 1, 0, 3), ops.Slice(x, 0, 0, 3))))
		}},
	} {
		g := graph.New()
		x := g.Input("x", timesT, graph.Batch)
		j := ops.Add(c.f(x), ops.Sum(ops.Exp(ops.Scale(0.1, ops.Tanh(x)))))
		outputs := []*graph.Node{j, graph.Gradient(j, x)[0]}
		p := compile(t, outputs...)
		plain, err := graph.Options{NoFuse: true}.Compile(outputs...)
		if err != nil {
			t.Fatal(err)
		}
		v := normals(rand.New(rand.NewPCG(1, 9)), tensor.Float64, c.times, c.n)
		feed(t, p, x, v)
		feed(t, plain, x, v)
		got, want := valuesOf(t, p, outputs), valuesOf(t, plain, outputs)
		for i := range want {
			for k, w := range want[i] {
				if d := math.Abs(got[i][k] - w); !(d <= 1e-10*(1+math.Abs(w))) {
					t.Fatalf("%s: output %d[%d] is %g, should be %g:\n%v", name, i, k, got[i][k], w, p)
				}
			}
		}
	}
}
