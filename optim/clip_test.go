package optim_test

import (
	"errors"
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// Clipping is PyTorch's clip_grad_value_ and clip_grad_norm_, in this order.
func TestClip(t *testing.T) {
	for _, c := range []struct {
		name     string
		clip     optim.Clip
		gradient [2][]float64
		want     [2][]float64
	}{
		{"none", optim.Clip{}, [2][]float64{{3, -4}, {12}}, [2][]float64{{3, -4}, {12}}},
		{"value", optim.Clip{Value: 3.5}, [2][]float64{{3, -4}, {12}}, [2][]float64{{3, -3.5}, {3.5}}},
		{"norm", optim.Clip{Norm: 1}, [2][]float64{{3, -4}, {12}}, times([2][]float64{{3, -4}, {12}}, 1/(13+1e-6))},
		{"norm that is not reached", optim.Clip{Norm: 13.1}, [2][]float64{{3, -4}, {12}}, [2][]float64{{3, -4}, {12}}},
		{"norm that is reached by 1e-6", optim.Clip{Norm: 13}, [2][]float64{{3, -4}, {12}}, times([2][]float64{{3, -4}, {12}}, 13/(13+1e-6))},
		{"value, then norm", optim.Clip{Value: 4, Norm: 1}, [2][]float64{{2, -4}, {12}}, times([2][]float64{{2, -4}, {4}}, 1/(6+1e-6))},
		{"zero", optim.Clip{Value: 1, Norm: 1}, [2][]float64{{0, 0}, {0}}, [2][]float64{{0, 0}, {0}}},
		{"large", optim.Clip{Norm: 13}, [2][]float64{{3e30, -4e30}, {12e30}}, [2][]float64{{3, -4}, {12}}}, // squares overflow float32
		{"infinite bounds", optim.Clip{Value: math.Inf(1), Norm: math.Inf(1)}, [2][]float64{{3, -4}, {12}}, [2][]float64{{3, -4}, {12}}},
		{"small", optim.Clip{Norm: 1}, [2][]float64{{3e-30, -4e-30}, {12e-30}}, [2][]float64{{3e-30, -4e-30}, {12e-30}}},
	} {
		for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			as, tolerance := func(x ...float64) *tensor.Dense { return dense(append([]float64(nil), x...), len(x)) }, 1e-15
			if dtype == tensor.Float32 {
				as, tolerance = func(x ...float64) *tensor.Dense { return dense(narrow(x), len(x)) }, 3e-7
			}
			g := graph.NewOf(dtype)
			w, b := g.Param("w", as(0, 0)), g.Param("b", as(0))
			x, y := g.Input("x", 2), g.Input("y", 1)
			o := minimize(t, graph.Add(inner(w, x), inner(b, y)), optim.SGD{Rate: 1})
			o.Clip = c.clip
			check(t, o.Feed(x, as(c.gradient[0]...)))
			check(t, o.Feed(y, as(c.gradient[1]...)))
			check(t, o.Step())
			for i, p := range []*graph.Node{w, b} {
				for k, moved := range entries(p.Value()) {
					if want := c.want[i][k]; !(math.Abs(-moved-want) <= tolerance*math.Abs(want)) {
						t.Errorf("%s, %v: entry %d of %v moved by %g, want %g", c.name, dtype, k, p, -moved, want)
					}
				}
			}
			// The gradient that others read, here the fed input itself, is as it was.
			for i, v := range o.LastGradient() {
				compare(t, entries(v), entries(as(c.gradient[i]...)), 0)
			}
		}
	}
}

func times(x [2][]float64, c float64) [2][]float64 {
	var y [2][]float64
	for i := range x {
		for _, v := range x[i] {
			y[i] = append(y[i], c*v)
		}
	}
	return y
}

func TestImpossibleClip(t *testing.T) {
	for _, c := range []optim.Clip{{Value: -1}, {Norm: -1}, {Value: math.NaN()}, {Norm: math.NaN()}} {
		n := newNet(t, tensor.Float64, optim.SGD{Rate: 0.1})
		n.feed(t, 0)
		n.Clip = c
		if err := n.Step(); !errors.Is(err, optim.ErrOption) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
