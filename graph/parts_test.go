package graph_test

import (
	"errors"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// Reshapes, slices in one piece, transposes and broadcasts that only add or move axes of
// extent 1 are read where they are, by kernels of every kind.
func TestPartsCostNothing(t *testing.T) {
	g := graph.New()
	x, w := g.Input("x", 6, graph.Batch), g.Param("w", dense([]int{2, 3}, 1, 2, 3, 4, 5, 6))
	a := ops.Reshape(ops.Slice(x, 0, 3, 6), 1, 3, graph.Batch)                        // of a leaf
	b := ops.Slice(ops.Reshape(ops.Tanh(x), 2, 3, graph.Batch), 0, 1, 2)              // of a value
	c := ops.Softmax(ops.Reshape(ops.Mul(a, b), 3, graph.Batch), 0)                   // a Bound kernel
	d := ops.MatMul(ops.Slice(w, 0, 1, 2), c)                                         // a Strided one, a part of a parameter
	y := ops.Sum(ops.Mul(ops.BroadcastTo(ops.Reshape(d, graph.Batch), d.Shape()), d)) // (N) as (1, N)
	p := compile(t, y, ops.T(d))
	feed(t, p, x, dense([]int{6, 2}, 0, 0, 0, 0, 0, 0, 1, 2, 1, 2, 1, 2))
	for i, want := range [][]float64{{50}, {5, 5}} { // the softmax of equal numbers is 1/3 of 4+5+6
		for k, got := range values(t, p, y, ops.T(d))[i] {
			if got < want[k]-1e-12 || got > want[k]+1e-12 {
				t.Errorf("value %d[%d] is %v, want %v", i, k, got, want[k])
			}
		}
	}
	for _, op := range []string{"reshape", "slice", "broadcast"} {
		for _, line := range strings.Split(p.String(), "\n") {
			if strings.Contains(line, " = "+op) {
				t.Errorf("computed: %s", line)
			}
		}
	}
}

// Kernels look through any number of views: of 300 slices, one in the other, the last begins at
// entry 300.
func TestManyPartsOfParts(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 600, graph.Batch)
	y := x
	for range 300 {
		y = ops.Slice(y, 0, 1, graph.End)
	}
	p := compile(t, ops.Square(y))
	numbers := make([]float64, 600)
	for i := range numbers {
		numbers[i] = float64(i)
	}
	feed(t, p, x, dense([]int{600, 1}, numbers...))
	for i, got := range values(t, p, ops.Square(y))[0] {
		if want := float64((300 + i) * (300 + i)); got != want {
			t.Fatalf("entry %d is %v, want %v", i, got, want)
		}
	}
}

// An output that is a part of a parameter, of an input or of another output has memory of its
// own: nothing that comes later changes it.
func TestOutputsAreNoParts(t *testing.T) {
	g := graph.New()
	x, w := g.Input("x", 4), g.Param("w", dense([]int{4}, 1, 2, 3, 4))
	a := ops.Add(x, w)
	outputs := []*graph.Node{ops.Slice(w, 0, 1, 3), ops.Reshape(x, 2, 2), ops.Reshape(a, 2, 2), a}
	p := compile(t, outputs...)
	feed(t, p, x, dense([]int{4}, 5, 6, 7, 8))
	first := values(t, p, outputs...)
	v, err := p.Value(outputs[2])
	if err != nil {
		t.Fatal(err)
	}
	v.Float64s()[0] = 100 // as nobody should
	w.Value().Float64s()[1] = 20
	for i, want := range [][]float64{{2, 3}, {5, 6, 7, 8}, {100, 8, 10, 12}, {6, 8, 10, 12}} {
		got, err := p.Value(outputs[i])
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range got.Float64s() {
			if v != want[k] {
				t.Errorf("output %d[%d] is %v, want %v", i, k, v, want[k])
			}
		}
	}
	if first[0][0] != 2 {
		t.Errorf("the part is %v", first[0])
	}
}

// A slice that is read where it lies is still one that a short axis does not have.
func TestPartsNeedWhatSlicesNeed(t *testing.T) {
	g := graph.New()
	T := graph.Extent("T")
	x := g.Input("x", T)
	y := ops.Sum(ops.Square(ops.Slice(x, 0, 1, 4)))
	p := compile(t, y)
	if err := p.Feed(x, dense([]int{3}, 1, 2, 3)); err == nil {
		err = p.Run()
		if !errors.Is(err, graph.ErrEmpty) {
			t.Errorf("entries 1 to 3 of 3: %v", err)
		}
	} else if !errors.Is(err, graph.ErrEmpty) {
		t.Errorf("entries 1 to 3 of 3: %v", err)
	}
	feed(t, p, x, dense([]int{4}, 1, 2, 3, 4))
	if got := values(t, p, y)[0][0]; got != 29 {
		t.Errorf("2² + 3² + 4² is %v", got)
	}
}
