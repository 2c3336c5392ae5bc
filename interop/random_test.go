package interop_test

import (
	"math/rand/v2"
	"testing"

	"adjoint/graph"
	"adjoint/interop"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Of random formulas, in which values are reshaped, shared and overwritten in
// place, gorgonia has the gradients that we have.
func TestRandomFormulas(t *testing.T) {
	for seed := range uint64(150) {
		j, wrt := randomFormula(rand.New(rand.NewPCG(seed, 1)))
		ours := gradients(t, nil, j, wrt...)
		theirs, err := interop.Gradient(nil, j, wrt...)
		if err != nil {
			t.Fatalf("seed %d: %v: %v", seed, j, err)
		}
		for i := range wrt {
			if !closeTo(theirs[i], ours[i], 1e-11) {
				t.Errorf("seed %d, %v: gradient by %s: gorgonia has %v, want %v", seed, j, wrt[i].Name(), theirs[i], ours[i])
			}
		}
	}
}

// randomFormula returns a scalar that depends on every node of wrt.
func randomFormula(rng *rand.Rand) (j *graph.Node, wrt []*graph.Node) {
	g := graph.New()
	shapes := [][]int{{2, 3}, {3, 2}, {6}, {1, 6}}
	for range 3 {
		v := make([]float64, 6)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		wrt = append(wrt, g.Param("w", tensor.New(tensor.WithShape(shapes[rng.IntN(4)]...), tensor.WithBacking(v))))
	}
	nodes := wrt
	pick := func() *graph.Node { return nodes[rng.IntN(len(nodes))] }
	for range 4 + rng.IntN(10) {
		x := pick()
		switch rng.IntN(6) {
		case 0:
			x = ops.Tanh(x)
		case 1:
			x = ops.Exp(ops.Tanh(x))
		case 2:
			x = ops.Sigmoid(x)
		case 3:
			x = ops.Add(x, ops.Reshape(pick(), x.Shape().Dims()...))
		case 4:
			x = ops.Tanh(ops.Mul(x, ops.Reshape(pick(), x.Shape().Dims()...)))
		case 5:
			x = ops.Reshape(x, shapes[rng.IntN(4)]...)
		}
		nodes = append(nodes[:len(nodes):len(nodes)], x)
	}
	j = ops.Sum(nodes[len(nodes)-1])
	for _, n := range nodes {
		j = ops.Add(j, ops.Mean(ops.Square(n)))
	}
	return j, wrt
}
