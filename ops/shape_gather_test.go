package ops_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// An index or label that is none is an error of Run that names it and its place.
func TestInvalidIndices(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		for text, bad := range map[string]float64{"NaN": math.NaN(), "0.5": 0.5, "-1": -1, "3": 3, "+Inf": math.Inf(1), "1e+20": 1e20} {
			g := graph.NewOf(dtype)
			x, index := leaf(g, "x", array{Dims: []int{3, 2}, Data: make([]float64, 6)}), leaf(g, "i", array{Dims: []int{1, 3}, Data: []float64{0, bad, 2}})
			y := ops.Gather(x, 0, index)
			for _, n := range []*node{y, ops.OneHot(index, 3), graph.Gradient(ops.Sum(y), x)[0]} {
				p, err := graph.Compile(n)
				if err != nil {
					t.Fatal(err)
				}
				err = p.Run()
				if !errors.Is(err, graph.ErrValue) || !strings.Contains(err.Error(), text+" at position 1") {
					t.Errorf("%v: %v with index %s: error %v", dtype, n.Op(), text, err)
				}
			}
		}
	}
}

// The reverse of Gather adds where an index appears twice.
func TestGatherTwice(t *testing.T) {
	g := graph.New()
	x := leaf(g, "x", array{Dims: []int{3, 2}, Data: []float64{1, 2, 3, 4, 5, 6}})
	index := leaf(g, "i", array{Dims: []int{4}, Data: []float64{2, 0, 2, 2}})
	y := ops.Gather(x, 0, index)
	ζ := leaf(g, "ζ", array{Dims: []int{4, 2}, Data: []float64{1, 10, 2, 20, 3, 30, 4, 40}})
	got := valuesAt(t, y, graph.VJP(y, ζ, x)[0])
	same(t, "y", got[0], array{Dims: []int{4, 2}, Data: []float64{5, 6, 1, 2, 5, 6, 5, 6}}, 0)
	same(t, "r", got[1], array{Dims: []int{3, 2}, Data: []float64{2, 20, 0, 0, 8, 80}}, 0)
}

// Labels and indices have no derivative: what they move is zero.
func TestLabelsDoNotMove(t *testing.T) {
	g := graph.New()
	labels := leaf(g, "labels", array{Dims: []int{1, 3}, Data: []float64{1, 0, 1}})
	hot := ops.OneHot(labels, 2)
	rows := ops.Gather(hot, 0, labels)
	got := valuesAt(t, hot, graph.Gradient(ops.Sum(hot), labels)[0], graph.Gradient(ops.Sum(rows), labels)[0])
	same(t, "one-hot", got[0], array{Dims: []int{2, 3}, Data: []float64{0, 1, 0, 1, 0, 1}}, 0)
	for _, r := range got[1:] {
		same(t, "r", r, array{Dims: []int{1, 3}, Data: []float64{0, 0, 0}}, 0)
	}
}

// Rows that follow each other are taken together, and entries one by one, from each part of x:
// y and what r adds up are those of plain loops.
func TestGatherInRuns(t *testing.T) {
	index := []int{3, 4, 5, 0, 1, 1, 2, 5, 3}
	for _, after := range []int{1, 3} {
		g := graph.New()
		entries := make([]float64, 2*6*after)
		for i := range entries {
			entries[i] = float64(i*i%31) - 7
		}
		labels := make([]float64, len(index))
		for k, i := range index {
			labels[k] = float64(i)
		}
		x := leaf(g, "x", array{Dims: []int{2, 6, after}, Data: entries})
		y := ops.Gather(x, 1, leaf(g, "i", array{Dims: []int{len(index)}, Data: labels}))
		dx := graph.Gradient(ops.Sum(ops.Square(y)), x)[0] // 2x for each time that it is taken
		p, err := graph.Compile(y, dx)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		got, want := valuesOf(t, p, y, dx), make([]float64, len(entries))
		for b := range 2 {
			for k, i := range index {
				for a := range after {
					from := (b*6+i)*after + a
					if v := got[0].Data[(b*len(index)+k)*after+a]; v != entries[from] {
						t.Errorf("rows of %d: y[%d, %d, %d] is %v, want %v", after, b, k, a, v, entries[from])
					}
					want[from] += 2 * entries[from]
				}
			}
		}
		for i, v := range got[1].Data {
			if v != want[i] {
				t.Errorf("rows of %d: entry %d of the gradient is %v, want %v", after, i, v, want[i])
			}
		}
	}
}
