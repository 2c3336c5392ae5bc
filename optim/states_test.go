package optim_test

import (
	"errors"
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// tracked is J = mean((w − x)²) with states: the last w, the w before that, and the running
// mean of x, which J has in prediction.
func tracked(g *graph.Graph) (j, x, last, before, mean *graph.Node) {
	w := g.Param("w", dense([]float64{8}, 1, 1))
	x = g.Input("x", 1, graph.Batch)
	last, before = g.State("last", dense([]float64{0}, 1, 1)), g.State("before", dense([]float64{-1}, 1, 1))
	mean = g.State("mean", dense([]float64{10}, 1, 1))
	last.Becomes(w)
	before.Becomes(last)
	mean.Becomes(ops.Add(ops.Scale(0.5, mean), ops.Scale(0.5, ops.Keep(ops.Mean, x, 1))))
	j = ops.Mean(ops.Square(ops.Sub(w, graph.Phase(x, ops.BroadcastTo(mean, x.Shape())))))
	j = ops.Add(j, ops.Scale(0, ops.Sum(before)))
	return j, x, last, before, mean
}

func at(n *graph.Node) float64 { return n.Value().Float64s()[0] }

// With each step every state moves once, from old values, whether the loss is asked for or
// not, and with nothing else: L-BFGS, an evaluation and a step that is not taken leave them.
func TestStatesMoveWithSteps(t *testing.T) {
	j, x, last, before, mean := tracked(graph.New())
	o := minimize(t, j, optim.SGD{Rate: 0.25})
	check(t, o.Feed(x, dense([]float64{2, 4}, 1, 2)))
	w := o.Params()[0]
	if len(o.Params()) != 1 || len(o.States()) != 3 {
		t.Fatalf("parameters %v, states %v", o.Params(), o.States())
	}
	want := func(what string, values ...float64) {
		t.Helper()
		for i, n := range []*graph.Node{w, last, before, mean} {
			if at(n) != values[i] {
				t.Errorf("%s: %s is %g, want %g", what, n.Name(), at(n), values[i])
			}
		}
	}
	want("before", 8, 0, -1, 10)
	check(t, o.Step()) // ∂J/∂w = 2(w − 3)
	want("a step", 5.5, 8, 0, 6.5)
	_, err := o.StepLoss()
	check(t, err)
	want("a step with its loss", 4.25, 5.5, 8, 4.75)
	_, _, err = o.LossGradient()
	check(t, err)
	want("an evaluation", 4.25, 5.5, 8, 4.75)
	check(t, o.Feed(x, dense([]float64{math.Inf(1), 1}, 1, 2)))
	if err := o.Step(); !errors.Is(err, optim.ErrDiverged) {
		t.Errorf("%v", err)
	}
	want("divergence", 4.25, 5.5, 8, 4.75)
	check(t, o.Feed(x, dense([]float64{2, 4}, 1, 2)))
	if _, err := (optim.LBFGS{}).Minimize(t.Context(), o.Objective); err != nil {
		t.Error(err)
	}
	if at(last) != 5.5 || at(mean) != 4.75 {
		t.Error("L-BFGS moves states")
	}
}

// A state that would move to NaN or infinity stays, as do the parameters.
func TestStatesStayFinite(t *testing.T) {
	g := graph.New()
	w, s := g.Param("w", dense([]float64{1}, 1)), g.State("s", dense([]float64{1e300}, 1))
	s.Becomes(ops.Mul(s, s))
	j := ops.Sum(ops.Mul(w, graph.Phase(w, s)))
	o := minimize(t, j, optim.SGD{Rate: 0.1})
	if err := o.Step(); !errors.Is(err, optim.ErrDiverged) || at(w) != 1 || at(s) != 1e300 {
		t.Errorf("%v, w %g, s %g", err, at(w), at(s))
	}
	bad := graph.New()
	p, b := bad.Param("p", dense([]float64{1}, 1)), bad.State("b", dense([]float64{1}, 1))
	b.Becomes(bad.Const(1))
	if _, err := optim.Minimize(ops.Sum(ops.Mul(p, b)), optim.SGD{Rate: 1}); !errors.Is(err, graph.ErrShape) {
		t.Errorf("a state that cannot move so: %v", err)
	}
}

// A step by the parts of a batch is one by the batch, but for rounding: gradient, loss, and
// where states move, which here is linear in x.
func TestStepByParts(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		as := func(v []float64, shape ...int) *tensor.Dense {
			if dtype == tensor.Float32 {
				return dense(narrow(v), shape...)
			}
			return dense(v, shape...)
		}
		var losses, weights, means [2]float64
		for i, parts := range [][][]float64{{{1, 2, 3, 6, 7}}, {{1, 2}, {3, 6}, {7}}} {
			g := graph.NewOf(dtype)
			w, x := g.Param("w", as([]float64{8}, 1, 1)), g.Input("x", 1, graph.Batch)
			s := g.State("s", as([]float64{1}, 1))
			s.Becomes(ops.Mean(x, 1))
			j := ops.Add(ops.Mean(ops.Square(ops.Sub(w, x))), graph.Phase(g.Const(0), ops.Sum(s)))
			o := minimize(t, j, optim.SGD{Rate: 0.1})
			check(t, o.Split(optim.Parts{Count: len(parts), Feed: func(part int) (float64, error) {
				v := parts[part]
				return float64(len(v)) / 5, o.Feed(x, as(v, 1, len(v)))
			}}, nil))
			for range 3 {
				loss, err := o.StepLoss()
				check(t, err)
				losses[i] = loss
			}
			weights[i], means[i] = entries(w.Value())[0], entries(s.Value())[0]
			if o.Steps() != 3 {
				t.Errorf("%d steps", o.Steps())
			}
		}
		for _, v := range [][2]float64{losses, weights, means} {
			if math.Abs(v[0]-v[1]) > 1e-5*math.Abs(v[0]) || dtype == tensor.Float64 && math.Abs(v[0]-v[1]) > 1e-14*math.Abs(v[0]) {
				t.Errorf("%v: %v", dtype, v)
			}
		}
		if math.Abs(means[0]-3.8) > 1e-6 {
			t.Errorf("the state is %g", means[0])
		}
	}
}

// The Factor is one of the rate, besides the Schedule.
func TestFactorOfTheRate(t *testing.T) {
	g := graph.New()
	w := g.Param("w", dense([]float64{8}, 1))
	o := minimize(t, ops.Sum(w), optim.SGD{Rate: 0.5})
	o.Schedule, o.Factor = func(int) float64 { return 2 }, 0.25
	check(t, o.Step())
	if at(w) != 7.75 || o.Rate() != 0.25 {
		t.Errorf("w %g, rate %g", at(w), o.Rate())
	}
}

// What is random is fed, and the same in the gradient as in J.
func TestRandomLeaves(t *testing.T) {
	g := graph.New()
	w := g.Param("w", dense([]float64{1, 1, 1}, 3))
	o := minimize(t, ops.Sum(ops.Dropout(w, 0.5)), optim.SGD{Rate: 1})
	if len(o.Random()) != 1 {
		t.Fatalf("random leaves %v", o.Random())
	}
	if err := o.Step(); !errors.Is(err, graph.ErrUnfed) {
		t.Errorf("nothing drawn: %v", err)
	}
	check(t, o.Feed(o.Random()[0], dense([]float64{0.1, 0.5, 0.9}, 3)))
	loss, err := o.StepLoss()
	check(t, err)
	if got := w.Value().Float64s(); loss != 4 || got[0] != 1 || got[1] != -1 || got[2] != -1 {
		t.Errorf("J %g, w %v", loss, got)
	}
}
