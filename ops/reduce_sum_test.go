package ops_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"

	"gorgonia.org/tensor"
	"pgregory.net/rapid"
)

func TestReduceRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rank := rapid.IntRange(1, 5).Draw(t, "rank")
		x := arrayOf(t, "x", dimsOf(t, "dims", rank))
		axes := rapid.Permutation(count(rank)).Draw(t, "axes")[:rapid.IntRange(1, rank).Draw(t, "reduced")]
		g := graphOf(t)
		n := leaf(g, "x", x)
		got := valuesAt(t, ops.Sum(n, axes...), ops.Max(n, axes...), ops.Min(n, axes...), ops.Norm1(n, axes...))
		same(t, "Sum", got[0], reduceArray(x, axes, total), 0)
		same(t, "Max", got[1], reduceArray(x, axes, largest), 0)
		same(t, "Min", got[2], reduceArray(x, axes, smallest), 0)
		same(t, "Norm1", got[3], reduceArray(x, axes, func(v []float64) float64 {
			s := 0.
			for _, v := range v {
				s += math.Abs(v)
			}
			return s
		}), 0)
	})
}

// A sum of a million numbers loses no more than a few bits, over one piece of
// memory, over rows and over columns.
func TestSumAccuracy(t *testing.T) {
	const n = 1_000_000
	rng := rand.New(rand.NewPCG(3, 4))
	x := array{Dims: []int{n}, Data: make([]float64, n)}
	for i := range x.Data {
		x.Data[i] = float64(float32(rng.Float64()))
	}
	want := new(big.Float).SetPrec(200)
	for _, v := range x.Data {
		want.Add(want, big.NewFloat(v))
	}
	for _, c := range []struct {
		dtype     tensor.Dtype
		tolerance float64
	}{{tensor.Float64, 1e-15}, {tensor.Float32, 1e-6}} {
		g := graph.NewOf(c.dtype)
		v := leaf(g, "x", x)
		rows := ops.Reshape(v, 1000, 1000)
		for i, got := range valuesAt(t, ops.Sum(v), ops.Sum(ops.Sum(rows, 1)), ops.Sum(ops.Sum(rows, 0)), ops.Scale(n, ops.Mean(v)),
			ops.SumTo(rows, graph.Shape{}), ops.Sum(ops.Reshape(v, 10, 1000, 100), 2, 0, 1)) {
			w, _ := want.Float64()
			if err := math.Abs(got.Data[0]-w) / w; !(err <= c.tolerance) {
				t.Errorf("%v, sum %d: %.17g, want %.17g: relative error %.1e", c.dtype, i, got.Data[0], w, err)
			}
		}
	}
}

// One graph serves every N: J = mean(L) divides by N, and so does its reverse.
func TestMeanOverBatch(t *testing.T) {
	g := graph.New()
	l := g.Input("L", 1, batch)
	j := ops.Mean(l)
	r := graph.Gradient(j, l)[0]
	columns := ops.Mean(ops.BroadcastTo(l, graph.ShapeOf(3, batch)), 0)
	n := ops.Count(l)
	p, err := graph.Compile(j, r, columns, n)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1, 7, 32, 3} {
		x := make([]float64, size)
		for i := range x {
			x[i] = float64(i)
		}
		if err := p.Feed(l, tensor.New(tensor.WithShape(1, size), tensor.WithBacking(x))); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		got := valuesOf(t, p, j, r, columns, n)
		same(t, "J", got[0], optest.Scalar(float64(size-1)/2), 1e-15)
		same(t, "rJ", got[1], array{Dims: []int{1, size}, Data: slices.Repeat([]float64{1 / float64(size)}, size)}, 0)
		same(t, "means of columns", got[2], array{Dims: []int{size}, Data: x}, 1e-15)
		same(t, "Count", got[3], optest.Scalar(float64(size)), 0)
	}
}

// Count needs the shape of x and not its value.
func TestCountComputesNothing(t *testing.T) {
	g := graph.New()
	x, y := g.Input("x", 3, batch), g.Input("y", 2, batch)
	p, err := graph.Compile(ops.Count(ops.MatMul(g.Input("w", 4, 3), x), 0), ops.Sum(y))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Feed(y, tensor.New(tensor.WithShape(2, 5), tensor.WithBacking(make([]float64, 10)))); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Errorf("Count of an unfed value: %v", err)
	}
}

// Equal reductions are one node, however their axes are written.
func TestReduceShares(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2, 3, batch)
	for name, pair := range map[string][2]*node{
		"all":        {ops.Sum(x), ops.Sum(x, 2, 0, 1)},
		"from end":   {ops.Mean(x, -1), ops.Mean(x, 2)},
		"order":      {ops.Max(x, 2, 0), ops.Max(x, 0, -1)},
		"not of Min": {ops.Min(x, 0, 2), ops.Min(x, 2, 0)},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: two nodes", name)
		}
	}
	if ops.Max(x) == ops.Min(x) {
		t.Error("maximum and minimum are one node")
	}
}

// NaN is the maximum and the minimum of its line, and has the cotangent: so PyTorch
// 1.13's max() of all entries. Other lines are as they are.
func TestExtremesOfNaN(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct{ x, max, min []float64 }{
		{[]float64{nan, 1, 2, 3}, []float64{1, 0, 0, 0}, []float64{1, 0, 0, 0}},
		{[]float64{1, nan, 2, 3}, []float64{0, 1, 0, 0}, []float64{0, 1, 0, 0}},
		{[]float64{1, nan, 3, nan}, []float64{0, 0.5, 0, 0.5}, []float64{0, 0.5, 0, 0.5}},
		{[]float64{inf, 1, nan, -inf}, []float64{0, 0, 1, 0}, []float64{0, 0, 1, 0}},
		{[]float64{nan, nan, nan, nan}, []float64{0.25, 0.25, 0.25, 0.25}, []float64{0.25, 0.25, 0.25, 0.25}},
		{[]float64{inf, 1, inf, -inf}, []float64{0.5, 0, 0.5, 0}, []float64{0, 0, 0, 1}},
	} {
		for _, dtype := range floatTypes {
			g := graph.NewOf(dtype)
			x := matrix(g, "x", c.x, []float64{5, 6, 7, 8})
			max, min := ops.Max(x, 1), ops.Min(x, 1)
			got := computed(t, max, graph.Gradient(ops.Sum(max), x)[0], graph.Gradient(ops.Sum(min), x)[0])
			if math.IsNaN(got[0][0]) != math.IsNaN(c.x[0]+c.x[1]+c.x[2]-c.x[3]) || got[0][1] != 8 {
				t.Errorf("max of %v is %g", c.x, got[0])
			}
			if want := append(c.max, 0, 0, 0, 1); !slices.Equal(got[1], want) {
				t.Errorf("%v, %v: gradient of max %v, want %v", dtype, c.x, got[1], want)
			}
			if want := append(c.min, 1, 0, 0, 0); !slices.Equal(got[2], want) {
				t.Errorf("%v, %v: gradient of min %v, want %v", dtype, c.x, got[2], want)
			}
		}
	}
}
