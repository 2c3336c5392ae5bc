package sequence_test

import (
	"errors"
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/sequence"

	"gorgonia.org/tensor"
)

// An LSTM in stretches has the states and the gradient of one that keeps all, in both directions and
// with padding.
func TestStretches(t *testing.T) {
	const times, n = 11, 3
	for _, o := range []sequence.Options{{}, {Back: true}} {
		var want [][]float64
		for _, count := range []int{0, 3, 20} {
			g := graph.New()
			waves := func(dims ...int) *tensor.Dense {
				v := make([]float64, tensor.Shape(dims).TotalSize())
				for i := range v {
					v[i] = math.Sin(float64(i*i + 1))
				}
				return graph.Tensor(v, dims...)
			}
			w, u, b := g.Param("w", waves(8, 2)), g.Param("u", waves(8, 2)), g.Param("b", waves(8, 1))
			x, mask := g.Param("x", waves(2, times, n)), waves(1, times, n)
			for i, v := range mask.Float64s() {
				mask.Float64s()[i] = math.Round(math.Abs(v))
			}
			o.Stretches, o.Mask = count, g.Constant("mask", mask)
			cell := sequence.LSTM(w, u, b)
			states := cell.Over(x, o)
			j := ops.Add(ops.Sum(ops.Square(states)), ops.Sum(cell.Final(states, o)))
			nodes := append([]*graph.Node{states}, graph.Gradient(j, w, u, b, x)...)
			p, err := graph.Compile(nodes...)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			for i, y := range nodes {
				v, err := p.Value(y)
				if err != nil {
					t.Fatal(err)
				}
				if count == 0 {
					want = append(want, append([]float64(nil), v.Float64s()...))
					continue
				}
				for k, got := range v.Float64s() {
					if math.Abs(got-want[i][k]) > 1e-12 {
						t.Fatalf("back %v, %d stretches: result %d, entry %d: %v, want %v", o.Back, count, i, k, got, want[i][k])
					}
				}
			}
		}
	}
}

// How many times there are in a stretch has to be known.
func TestStretchesOfASymbol(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2, graph.Extent("T"), graph.Batch)
	w := g.Param("w", tensor.New(tensor.WithShape(8, 2), tensor.Of(tensor.Float64)))
	y := sequence.LSTM(w, w, g.Param("b", tensor.New(tensor.WithShape(8, 1), tensor.Of(tensor.Float64)))).Over(x, sequence.Options{Stretches: 4})
	if _, err := graph.Compile(y); !errors.Is(err, graph.ErrShape) {
		t.Errorf("T in stretches: %v, want ErrShape", err)
	}
}
