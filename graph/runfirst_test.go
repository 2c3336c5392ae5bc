package graph_test

import (
	"errors"
	"slices"
	"testing"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// RunFirst gives the first output the bits that Run gives it, where examples are cut into blocks and
// where they are not, and the others no value.
func TestRunFirst(t *testing.T) {
	n := newTall(tensor.Float64, tallClasses)
	outputs := []*graph.Node{n.j, n.outputs[0], n.outputs[1]}
	half, whole := compile(t, outputs...), compile(t, outputs...)
	for _, examples := range []int{5, 20_000, 5} {
		n.feed(t, half, examples)
		n.feed(t, whole, examples)
		v, err := half.RunFirst()
		if err != nil {
			t.Fatal(err)
		}
		if want := values(t, whole, outputs...); !slices.Equal(v.Float64s(), want[0]) {
			t.Errorf("%d examples: %v, and by Run %v", examples, v.Float64s(), want[0])
		}
		if _, err := half.Values(); !errors.Is(err, graph.ErrNotRun) {
			t.Errorf("%d examples: the values of all outputs: %v", examples, err)
		}
	}
}

// RunFirst does not reach what only other outputs need: not what is refused there.
func TestRunFirstStopsAtTheFirst(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2)
	p := compile(t, graph.Add(x, x), graph.Apply(picky{}, graph.Add(x, g.Const(-1, 2))))
	feed(t, p, x, dense([]int{2}, 0, 1))
	if v, err := p.RunFirst(); err != nil || !slices.Equal(v.Float64s(), []float64{0, 2}) {
		t.Errorf("twice (0, 1) is %v, %v", v, err)
	}
	if err := p.Run(); !errors.Is(err, graph.ErrValue) {
		t.Errorf("Run of what is refused: %v", err)
	}
}

// A leaf and a constant are there without a step.
func TestRunFirstOfALeaf(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2)
	for _, first := range []*graph.Node{x, g.Const(3, 2)} {
		p := compile(t, first, graph.Apply(picky{}, graph.Add(x, g.Const(-4, 2)))) // which is refused
		feed(t, p, x, dense([]int{2}, 3, 3))
		if v, err := p.RunFirst(); err != nil || !slices.Equal(v.Float64s(), []float64{3, 3}) {
			t.Errorf("%v: %v, %v", first, v, err)
		}
	}
}

// A parameter of zeros is what Param makes of zeros, in either float type, and is written to where it lies.
func TestZeroParam(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		g := graph.NewOf(dtype)
		for _, shape := range [][]int{{}, {3}, {2, 3}, {2, 1, 3}} {
			zeros := g.ZeroParam("w", shape...)
			made := g.Param("v", tensor.New(tensor.WithShape(shape...), tensor.Of(dtype)))
			v, want := zeros.Value(), made.Value()
			if zeros.Kind() != graph.Param || zeros.Shape() != made.Shape() || v.Dtype() != dtype || !slices.Equal(v.Raw, want.Raw) || !slices.Equal(v.Strides(), want.Strides()) {
				t.Errorf("%v: %v %v of strides %v, want %v %v of strides %v", shape, zeros, v, v.Strides(), made, want, want.Strides())
			}
		}
	}
}
