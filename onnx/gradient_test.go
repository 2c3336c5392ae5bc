package onnx_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/onnx"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// kinks are operators whose slope jumps, or whose standard tests stand on such a place: what
// differences say there is no derivative.
var kinks = []string{"sign", "abs", "round", "floor", "ceil", "mod", "cast", "hardmax", "trilu_zero", "clip", "relu", "celu", "elu", "pow_types", "max", "min"}

// The gradient by the inputs of the standard's tests, in float64, is that of central differences
// along a random direction.
func TestNodeGradients(t *testing.T) {
	tried := 0
	for _, c := range nodeCases(t) {
		if smooth(c.name) && c.gradient(t) {
			tried++
		}
	}
	t.Logf("%d gradients", tried)
	if tried < 150 {
		t.Errorf("%d gradients were tried", tried)
	}
}

func smooth(name string) bool {
	for _, k := range kinks {
		if strings.Contains(name, k) {
			return false
		}
	}
	return true
}

// gradient compares one, if there is any, and reports whether there was.
func (c *nodeCase) gradient(t *testing.T) bool {
	f, err := onnx.Read(bytes.NewReader(c.model), onnx.ReadOptions{Dtype: tensor.Float64, Fixed: c.fixed(func(i int) bool { return i > 0 })})
	if err != nil || len(f.Inputs) != 1 || f.Inputs[0].Type != "float32" || f.Outputs[0].Type != "float32" {
		return false
	}
	x, weights := f.Inputs[0], rand.New(rand.NewPCG(1, 2))
	y := f.Outputs[0].Node
	entriesOfY := 1
	for _, d := range y.Shape().Dims() {
		if graph.Symbolic(d) {
			return false
		}
		entriesOfY *= d
	}
	random := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = weights.NormFloat64()
		}
		return v
	}
	j := ops.Sum(ops.Mul(y, ops.Reshape(f.Graph.Constant("", tensor.New(tensor.WithShape(entriesOfY), tensor.WithBacking(random(entriesOfY)))), y.Shape().Dims()...)))
	g := graph.Gradient(j, x.Node)[0]
	if g.Err() != nil || j.Err() != nil {
		t.Errorf("%s: %v, %v", c.name, j.Err(), g.Err())
		return false
	}
	p, err := graph.Compile(j, g)
	if err != nil {
		t.Errorf("%s: %v", c.name, err)
		return false
	}
	at, err := x.Tensor(arrayOf(c.sets[0].in[0]))
	if err != nil {
		return false
	}
	return c.slope(t, p, j, g, x, at, random)
}

// slope compares that of j by its gradient g with differences, along a random direction, and reports whether there were any.
func (c *nodeCase) slope(t *testing.T, p *graph.Program, j, g *graph.Node, x onnx.Port, at *tensor.Dense, random func(n int) []float64) bool {
	point := append([]float64(nil), graph.Values[float64](at)...)
	direction := random(len(point))
	value := func(by float64) float64 {
		v := graph.Values[float64](at)
		for i := range v {
			v[i] = point[i] + by*direction[i]
		}
		if err := x.Feed(p, onnx.Array{Dims: c.sets[0].in[0].Dims, Data: v}); err != nil {
			return math.NaN()
		}
		if err := p.Run(); err != nil {
			return math.NaN()
		}
		out, err := p.Value(j)
		if err != nil {
			return math.NaN()
		}
		return graph.Values[float64](out)[0]
	}
	const h = 1e-5
	differences := (value(h) - value(-h)) / (2 * h)
	value(0)
	out, err := p.Value(g)
	if err != nil || differences != differences {
		return false
	}
	slope, norm := 0.0, 0.0
	for i, v := range graph.Values[float64](out) {
		slope += v * direction[i]
		norm += v * v
	}
	if math.Abs(slope-differences) > 1e-5*(1+math.Sqrt(norm)) {
		t.Errorf("%s: the gradient says %g, differences %g", c.name, slope, differences)
	}
	return true
}
