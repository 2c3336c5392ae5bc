package graph_test

import (
	"math"
	"math/rand/v2"
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
