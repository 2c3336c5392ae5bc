package interop_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/interop"
	"adjoint/ops"
	"adjoint/optest"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// random returns a tensor of normal entries.
func random(dtype tensor.Dtype, rng *rand.Rand, shape ...int) *tensor.Dense {
	v := tensor.New(tensor.Of(dtype), tensor.WithShape(shape...))
	for i := range v.DataSize() {
		if dtype == tensor.Float32 {
			v.Set(i, float32(rng.NormFloat64()))
		} else {
			v.Set(i, rng.NormFloat64())
		}
	}
	return v
}

// logistic is logistic regression on n examples of three features.
type logistic struct {
	x, y, w, b, z, a, j *graph.Node
	feeds               feeds
}

func newLogistic(n int) logistic {
	g, rng := graph.New(), rand.New(rand.NewPCG(1, 1))
	m := logistic{x: g.Input("x", 3, graph.Batch), y: g.Input("y", 1, graph.Batch)}
	m.w, m.b = g.Param("w", random(tensor.Float64, rng, 1, 3)), g.Param("b", random(tensor.Float64, rng, 1, 1))
	m.z = ops.Bias(m.b, ops.MatMul(m.w, m.x))
	m.a = ops.Sigmoid(m.z)
	m.j = ops.Mean(ops.LogLoss(m.a, m.y))
	labels := make([]float64, n)
	for i := range labels {
		labels[i] = float64(i % 2)
	}
	m.feeds = feeds{m.x: random(tensor.Float64, rng, 3, n), m.y: matrix(1, n, labels...)}
	return m
}

// gorgonia's gradients of a logistic regression are the hand-derived ones, and so
// are those by the z in the middle of it.
func TestLogisticRegression(t *testing.T) {
	for _, n := range []int{1, 2, 7} {
		m := newLogistic(n)
		options := optest.GradientOptions{Feeds: m.feeds, Second: interop.SecondOpinion(m.feeds), SecondName: "gorgonia"}
		N := m.x.Graph().BatchSize()
		δ := ops.Div(ops.Sub(m.a, m.y), N)
		optest.Gradient(t, m.j, m.w, ops.MatMul(δ, ops.T(m.x)), options)
		optest.Gradient(t, m.j, m.b, ops.SumTo(δ, m.b.Shape()), options)
		optest.Gradient(t, m.j, m.z, δ, options)

		// Both at once, though z depends on w.
		ours, theirs := gradients(t, m.feeds, m.j, m.w, m.z), must(interop.Gradient(m.feeds, m.j, m.w, m.z))(t)
		if !closeTo(theirs[0], ours[0], 1e-14) || !closeTo(theirs[1], ours[1], 1e-14) {
			t.Errorf("by w and z: gorgonia has %v, want %v", theirs, ours)
		}
	}
}

// A network of two layers, in either float type, with softmax, cross-entropy and
// a penalty: gorgonia's gradients are ours.
func TestDeepNetwork(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		g, rng := graph.NewOf(dtype), rand.New(rand.NewPCG(2, 2))
		x, y := g.Input("x", 4, graph.Batch), g.Input("y", 1, graph.Batch)
		var params []*graph.Node
		layer := func(a *graph.Node, m, n int) *graph.Node {
			w, b := g.Param("w", random(dtype, rng, m, n)), g.Param("b", random(dtype, rng, m, 1))
			params = append(params, w, b)
			return ops.Bias(b, ops.MatMul(w, a))
		}
		z := layer(ops.LeakyReLU(layer(ops.Tanh(layer(x, 5, 4)), 6, 5), 0.1), 3, 6)
		hot := ops.OneHot(y, 3)
		j := ops.Add(ops.Mean(ops.CrossEntropy(ops.Softmax(z, 0), hot)), ops.L2Penalty(0.1, 8, params[0], params[2], params[4]))
		labels := tensor.New(tensor.Of(dtype), tensor.WithShape(1, 8))
		for i := range 8 {
			labels.Set(i, map[bool]any{true: float32(i % 3), false: float64(i % 3)}[dtype == tensor.Float32])
		}
		fed := feeds{x: random(dtype, rng, 4, 8), y: labels}
		ours, theirs := gradients(t, fed, j, params...), must(interop.Gradient(fed, j, params...))(t)
		tolerance := map[tensor.Dtype]float64{tensor.Float64: 1e-15, tensor.Float32: 1e-6}[dtype]
		for i := range params {
			if !closeTo(theirs[i], ours[i], tolerance) {
				t.Errorf("%v, parameter %d: gorgonia has %v, want %v", dtype, i, theirs[i], ours[i])
			}
		}
	}
}

// A formula runs there as often as one likes, and has its own copy of parameters:
// here gorgonia's descent moves them, and ours stay.
func TestFormulaTrains(t *testing.T) {
	m := newLogistic(5)
	start := values(t, nil, m.w)[0]
	f := must(interop.ToGorgonia(m.j, interop.Options{N: 5}))(t)
	for x, v := range m.feeds {
		check(t, f.Feed(x, v))
	}
	leaves := gorgonia.Nodes{f.Node[m.w], f.Node[m.b]}
	must(gorgonia.Grad(f.Output, leaves...))(t)
	var cost gorgonia.Value
	gorgonia.Read(f.Output, &cost)
	machine := gorgonia.NewTapeMachine(f.Graph, gorgonia.BindDualValues(leaves...))
	defer machine.Close()
	solver := gorgonia.NewVanillaSolver(gorgonia.WithLearnRate(0.1))
	last := math.Inf(1)
	for range 20 {
		check(t, machine.RunAll())
		if c := cost.Data().(float64); c < last {
			last = c
		} else {
			t.Fatalf("the cost rises from %g to %g", last, c)
		}
		check(t, solver.Step(gorgonia.NodesToValueGrads(leaves)))
		machine.Reset()
	}
	want(t, "our parameter", values(t, nil, m.w)[0], start)
	for range 20 {
		for i, d := range gradients(t, m.feeds, m.j, m.w, m.b) {
			for k, d := range d {
				[]*graph.Node{m.w, m.b}[i].Value().Float64s()[k] -= 0.1 * d
			}
		}
	}
	if got := entriesOf(leaves[0].Value()); !closeTo(got, m.w.Value().Float64s(), 1e-14) {
		t.Errorf("after 20 steps gorgonia has %v, want %v", got, m.w.Value().Float64s())
	}
}

// What gorgonia has no op for is refused by name.
func TestUnsupported(t *testing.T) {
	g := graph.New()
	x := g.Param("x", matrix(2, 2, 1, 2, 3, 4))
	five := g.Param("v", tensor.New(tensor.WithShape(1, 1, 1, 1, 1), tensor.WithBacking([]float64{1})))
	mine := &ops.Pointwise{Name: "mine", G: math.Cbrt}
	for name, y := range map[string]*graph.Node{
		"erf":       ops.Erf(x),
		"GELU":      ops.GELU(x),
		"Π":         ops.Prod(x, 0),
		"gather":    ops.Gather(x, 0, g.Const(0, 1)),
		"stop":      ops.StopGradient(x),
		"mine":      mine.Of(x),
		"max":       ops.Max(five, 0),
		"broadcast": ops.BroadcastTo(five, graph.ShapeOf(1, 1, 1, 1, 2)),
	} {
		_, err := interop.ToGorgonia(ops.Sum(ops.Exp(y)))
		wantError(t, name, err, interop.ErrUnsupported)
		if err != nil && !strings.Contains(err.Error(), name) {
			t.Errorf("error %q does not name %s", err, name)
		}
	}
}

// Bad input is an error, on both sides of the boundary.
func TestFormulaErrors(t *testing.T) {
	m := newLogistic(3)
	_, err := interop.ToGorgonia(m.j)
	wantError(t, "no N", err, graph.ErrShape)
	_, err = interop.ToGorgonia(m.j, interop.Options{N: -1})
	wantError(t, "N = −1", err, graph.ErrShape)
	_, err = interop.ToGorgonia(m.x.Graph().BatchSize())
	wantError(t, "no N for N", err, graph.ErrShape)
	_, err = interop.ToGorgonia(ops.MatMul(m.x, m.w))
	wantError(t, "a failed node", err, graph.ErrShape)
	_, err = interop.ToGorgonia(nil)
	wantError(t, "nil", err, graph.ErrGraph)

	f := must(interop.ToGorgonia(m.j, interop.Options{N: 3}))(t)
	transposed := matrix(3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	check(t, transposed.T())
	wantError(t, "a transposed feed", f.Feed(m.x, transposed), graph.ErrLayout)
	wantError(t, "a nil feed", f.Feed(m.x, nil), graph.ErrLayout)
	wantError(t, "a feed of another N", f.Feed(m.x, matrix(3, 2, 1, 2, 3, 4, 5, 6)), graph.ErrShape)
	wantError(t, "a vector for a row", f.Feed(m.y, vector(1, 2, 3)), graph.ErrShape)
	wantError(t, "a float32 feed", f.Feed(m.y, tensor.New(tensor.WithShape(1, 3), tensor.WithBacking([]float32{1, 2, 3}))), graph.ErrType)
	wantError(t, "a parameter", f.Feed(m.w, matrix(1, 3, 1, 2, 3)), graph.ErrNotInput)
	wantError(t, "nil", f.Feed(nil, matrix(1, 3, 1, 2, 3)), graph.ErrNotInput)

	_, err = interop.Gradient(m.feeds, m.a, m.w)
	wantError(t, "the gradient of no scalar", err, graph.ErrNotScalar)
	_, err = interop.Gradient(feeds{m.x: m.feeds[m.x]}, m.j, m.w)
	wantError(t, "an input not fed", err, graph.ErrUnfed)
	_, err = interop.Gradient(m.feeds, m.j, m.x.Graph().Param("u", scalar(1)))
	wantError(t, "a node that is not part of it", err, graph.ErrGraph)
	_, err = interop.Gradient(m.feeds, m.j, nil)
	wantError(t, "nil", err, graph.ErrGraph)
	_, err = interop.Gradient(m.feeds, nil, m.w)
	wantError(t, "nil", err, graph.ErrGraph)
	_, err = interop.Gradient(feeds{m.x: nil, m.y: m.feeds[m.y], nil: nil}, m.j, m.w)
	wantError(t, "a nil feed", err, graph.ErrLayout)
}

// gorgonia's own errors come back as one: it has no gradient of a step.
func TestGorgoniaFails(t *testing.T) {
	g := graph.New()
	x := g.Param("x", vector(1, 2))
	_, err := interop.Gradient(nil, ops.Sum(ops.Greater(x, g.Const(0, 2))), x)
	wantError(t, "the gradient of a step", err, interop.ErrGorgonia)
}
