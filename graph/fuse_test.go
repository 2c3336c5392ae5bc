package graph_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// With fusion off the values are the same to rounding, and a fused program is a
// shorter one.
func TestFusionChangesNoValue(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = r.NormFloat64()
		}
		return v
	}
	g := graph.New()
	x, y := g.Param("x", dense([]int{3, 5}, random(15)...)), g.Param("y", dense([]int{2, 5}, random(10)...))
	w1, b1 := g.Param("w1", dense([]int{4, 3}, random(12)...)), g.Param("b1", dense([]int{4, 1}, random(4)...))
	w2, b2 := g.Param("w2", dense([]int{2, 4}, random(8)...)), g.Param("b2", dense([]int{2, 1}, random(2)...))
	z := ops.Bias(b1, ops.MatMul(w1, x))
	a := ops.LeakyReLU(ops.ReLU(z), 0.1)
	j := ops.Mean(ops.CrossEntropyFromLogits(ops.Bias(b2, ops.MatMul(w2, a)), ops.Softmax(y, 0)))
	wrt := []*graph.Node{w1, b1, w2, b2, x}
	outputs := append(graph.Gradient(j, wrt...), j)

	fused := compile(t, outputs...)
	plain, err := graph.Options{NoFuse: true}.Compile(outputs...)
	if err != nil {
		t.Fatal(err)
	}
	got, want := values(t, fused, outputs...), values(t, plain, outputs...)
	for i := range want {
		for k, w := range want[i] {
			if math.Abs(got[i][k]-w) > 1e-13*(1+math.Abs(w)) {
				t.Errorf("output %d[%d] is %g fused and %g plain", i, k, got[i][k], w)
			}
		}
	}
	for _, op := range []string{"ψ∘φ(", "step(0, 1)⊙(", "Σy·softmax−y("} {
		if !strings.Contains(fused.String(), op) || strings.Contains(plain.String(), op) {
			t.Errorf("%s is not in the fused program alone:\n%v", op, fused)
		}
	}
	if strings.Contains(fused.String(), "= ᵀ(") {
		t.Errorf("a product reads a transpose by a copy:\n%v", fused)
	}
}

// A value that is an output, or that somebody else reads, is not fused away.
func TestFusionKeepsWhatIsRead(t *testing.T) {
	g := graph.New()
	x := g.Param("x", dense([]int{2, 2}, 1, 2, 3, 4))
	b := g.Param("b", dense([]int{2, 1}, 10, 20))
	u := ops.MatMul(x, ops.T(x))
	z := ops.Bias(b, u)
	v := eval(t, z, u, ops.T(u), ops.T(x))
	if p := compile(t, z, u); strings.Contains(p.String(), "ψ∘φ") {
		t.Errorf("u is computed twice:\n%v", p)
	}
	want := [][]float64{{15, 21, 31, 45}, {5, 11, 11, 25}, {5, 11, 11, 25}, {1, 3, 2, 4}}
	for i := range want {
		for k := range want[i] {
			if v[i][k] != want[i][k] {
				t.Errorf("output %d is %v, want %v", i, v[i], want[i])
			}
		}
	}
}

// A loss and its reverse come of one kernel, with the bits that each has by itself, for
// one example and for several tiles of them.
func TestLossTogetherWithItsReverse(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		n := newTall(dtype, tallClasses)
		gradient := n.outputs[:len(n.w)]
		together, loss, reverse := compile(t, n.outputs...), compile(t, n.j), compile(t, gradient...)
		for _, examples := range []int{1, 2, 700, 3000, 10000} {
			n.feed(t, together, examples)
			n.feed(t, loss, examples)
			n.feed(t, reverse, examples)
			got := valuesOf(t, together, n.outputs)
			want := append(valuesOf(t, reverse, gradient), valuesOf(t, loss, []*graph.Node{n.j})...)
			for i := range want {
				if !slices.Equal(got[i], want[i]) && !inBlocks(together) {
					t.Errorf("%v, %d examples: output %d is %v together, %v alone", dtype, examples, i, got[i], want[i])
				}
			}
		}
		n.feed(t, together, 3)
		if dtype == tensor.Float64 {
			golden(t, "classes.program", together.String())
		}
	}
}

// With class numbers too, and a number that is no class is refused whatever is asked for.
func TestSparseLossTogetherWithItsReverse(t *testing.T) {
	const N = 700
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		g := graph.NewOf(dtype)
		z, classes := g.Param("z", normals(rand.New(rand.NewPCG(1, 2)), dtype, 4, N)), g.Input("classes", 1, N)
		j := ops.Mean(ops.SparseCrossEntropyFromLogits(z, classes))
		dense := ops.Mean(ops.CrossEntropyFromLogits(z, ops.OneHot(classes, 4)))
		outputs := append(graph.Gradient(j, z), j)
		together, loss, reverse := compile(t, outputs...), compile(t, j), compile(t, outputs[0])
		plain, err := graph.Options{NoFuse: true}.Compile(append(graph.Gradient(dense, z), dense)...)
		if err != nil {
			t.Fatal(err)
		}
		labels := tensor.New(tensor.WithShape(1, N), tensor.Of(dtype))
		set := func(i, class int) {
			if dtype == tensor.Float32 {
				labels.Float32s()[i] = float32(class)
			} else {
				labels.Float64s()[i] = float64(class)
			}
		}
		for i := range N {
			set(i, i*i%4+i%3)
		}
		for _, p := range []*graph.Program{together, loss, reverse, plain} {
			feed(t, p, classes, labels)
		}
		got := valuesOf(t, together, outputs)
		if want := valuesOf(t, reverse, outputs[:1])[0]; !slices.Equal(got[0], want) {
			t.Errorf("%v: the gradient with J is %v, alone %v", dtype, got[0], want)
		}
		if want := valuesOf(t, loss, outputs[1:])[0]; !slices.Equal(got[1], want) {
			t.Errorf("%v: J with its gradient is %v, alone %v", dtype, got[1], want)
		}
		tolerance := map[tensor.Dtype]float64{tensor.Float64: 1e-15, tensor.Float32: 1e-6}[dtype]
		for i, want := range valuesOf(t, plain, append(graph.Gradient(dense, z), dense)) {
			for k, w := range want {
				if math.Abs(got[i][k]-w) > tolerance {
					t.Fatalf("%v: output %d[%d] is %v, by one-hot labels %v", dtype, i, k, got[i][k], w)
				}
			}
		}
		if !regexp.MustCompile(`⎡ %\d+ = sparseCrossEntropy.*\n *⎣ %\d+ = softmax−oneHot`).MatchString(together.String()) {
			t.Errorf("two kernels:\n%v", together)
		}
		set(5, 4)
		for _, p := range []*graph.Program{together, loss, reverse} {
			feed(t, p, classes, labels)
			if err := p.Run(); !errors.Is(err, graph.ErrValue) || !strings.Contains(err.Error(), "4") {
				t.Errorf("class 4 of 4: %v", err)
			}
		}
	}
}

// The loss of one label is not computed with the reverse of that of another.
func TestLossApartFromTheReverseOfAnother(t *testing.T) {
	g := graph.New()
	z := g.Param("z", dense([]int{2, 1}, 0, math.Log(3)))
	y1, y2 := g.Constant("y1", dense([]int{2, 1}, 1, 0)), g.Constant("y2", dense([]int{2, 1}, 0, 1))
	j1, j2 := ops.Mean(ops.CrossEntropyFromLogits(z, y1)), ops.Mean(ops.CrossEntropyFromLogits(z, y2))
	got := eval(t, j1, graph.Gradient(j2, z)[0])
	for i, want := range [][]float64{{math.Log(4)}, {0.25, -0.25}} {
		for k, w := range want {
			if math.Abs(got[i][k]-w) > 1e-15 {
				t.Errorf("output %d is %v, should be %v", i, got[i], want)
			}
		}
	}
}

// A doubling is x + x, which it proposes to compute as 2 ⊙ x.
type doubling struct{ graph.Op }

func (doubling) Fuse(y *graph.Node, _ func(*graph.Node) bool) *graph.Node {
	return mul(y.Graph().Const(2, y.Shape().Dims()...), y.In(0))
}

// A fusion that reads what it makes itself, and so what is newer than the node that it
// stands for, is not used; one that reads what was there is.
func TestFusionOfNewNodes(t *testing.T) {
	for _, old := range []bool{false, true} {
		g := graph.New()
		x := g.Param("x", dense([]int{3}, 1, -2, 4))
		outputs := []*graph.Node{x}
		if old {
			outputs = append(outputs, g.Const(2, 3))
		}
		y := graph.Apply(doubling{graph.Add(x, x).Op()}, x, x)
		p := compile(t, append(outputs, y)...)
		if got := values(t, p, y)[0]; !slices.Equal(got, []float64{2, -4, 8}) {
			t.Errorf("2x is %v", got)
		}
		if strings.Contains(p.String(), "⊙") != old {
			t.Errorf("2 is there before: %v\n%v", old, p)
		}
	}
}
