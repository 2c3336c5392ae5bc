package interop_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/interop"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// solvers are gorgonia's, and our rules for the same formula.
var solvers = []struct {
	name   string
	theirs func() gorgonia.Solver
	ours   optim.Rule
}{
	{"descent", func() gorgonia.Solver { return gorgonia.NewVanillaSolver(gorgonia.WithLearnRate(0.1)) }, optim.SGD{Rate: 0.1}},
	{"momentum", func() gorgonia.Solver {
		return gorgonia.NewMomentum(gorgonia.WithLearnRate(0.1), gorgonia.WithMomentum(0.9))
	}, optim.SGD{Rate: 0.1, Momentum: 0.9}},
	{"Adam", func() gorgonia.Solver { return gorgonia.NewAdamSolver(gorgonia.WithLearnRate(0.01)) }, optim.Adam{Rate: 0.01}},
	{"RMSProp, ε under the root", func() gorgonia.Solver {
		return gorgonia.NewRMSPropSolver(gorgonia.WithLearnRate(0.01), gorgonia.WithRho(0.9), gorgonia.WithEps(1e-4))
	}, underRoot{rate: 0.01, decay: 0.9, ε: 1e-4}},
	{"AdaGrad, ε under the root", func() gorgonia.Solver { // the rate is ignored: it is 0.001
		return gorgonia.NewAdaGradSolver(gorgonia.WithLearnRate(0.1))
	}, underRoot{rate: 0.001, decay: 1, ε: 1e-8}},
}

// underRoot is w := w − rate·g/√(v+ε), v the mean of squared gradients with the
// weight 1−decay for the newest, or their sum if decay is 1.
type underRoot struct{ rate, decay, ε float64 }

func (r underRoot) LearningRate() float64 { return r.rate }
func (r underRoot) Slots() int            { return 1 }

func (r underRoot) Move(s optim.Step, w, g []float64, slots ...[]float64) {
	newest := 1 - r.decay
	if r.decay == 1 {
		newest = 1
	}
	for i, v := range slots[0] {
		slots[0][i] = r.decay*v + newest*g[i]*g[i]
		w[i] -= s.Rate * g[i] / math.Sqrt(slots[0][i]+r.ε)
	}
}

// gorgonia's solvers move our parameters as our rules do, where the formulas are
// the same.
func TestSolversOfGorgonia(t *testing.T) {
	const steps = 50
	for _, s := range solvers {
		m := newLogistic(7)
		o := objective(t, m)
		solver, model := s.theirs(), interop.ValueGrads(o)
		for range steps {
			must(o.Gradient())(t)
			check(t, solver.Step(model))
		}
		if got, want := parameters(m), trained(t, s.ours, steps); !closeTo(got, want, 1e-13) {
			t.Errorf("%s: after %d steps %v, want %v", s.name, steps, got, want)
		}
	}
}

// A solver computes in the gradients it is given, and not in ours.
func TestSolversKeepOurGradients(t *testing.T) {
	o := objective(t, newLogistic(7))
	d := must(o.Gradient())(t)
	before := entriesOf(d[0])
	check(t, gorgonia.NewVanillaSolver().Step(interop.ValueGrads(o)))
	want(t, "the gradient", entriesOf(d[0]), before)
}

// Our rules move gorgonia's nodes as gorgonia's solvers do, where the formulas are
// the same; and both as they move ours.
func TestSolver(t *testing.T) {
	const steps = 50
	for _, s := range solvers {
		m := newLogistic(7)
		theirs := trainedThere(t, m, s.theirs(), steps)
		ours := trainedThere(t, m, &interop.Solver{Rule: s.ours}, steps)
		want := trained(t, s.ours, steps)
		if !closeTo(theirs, want, 1e-13) || !closeTo(ours, want, 1e-13) {
			t.Errorf("%s: after %d steps gorgonia's solver is at %v, ours at %v, want %v", s.name, steps, theirs, ours, want)
		}
	}
}

// A Solver follows its Schedule and bounds what Clip says. It starts from the values
// that it finds.
func TestSolverOptions(t *testing.T) {
	w := &pair{value: vector(0, 0), grad: vector(3, -4)}
	s := &interop.Solver{Rule: optim.SGD{Rate: 1}, Schedule: optim.Exponential(0.5), Clip: optim.Clip{Value: 1}}
	check(t, s.Step([]gorgonia.ValueGrad{w}))
	want(t, "after one step", entriesOf(w.value), []float64{-1, 1})
	want(t, "the gradient", entriesOf(w.grad), []float64{0, 0})
	w.grad = vector(3, -4)
	check(t, s.Step([]gorgonia.ValueGrad{w}))
	want(t, "after two steps", entriesOf(w.value), []float64{-1.5, 1.5})
	w.value, w.grad = vector(10, 10), vector(3, -4)
	check(t, s.Step([]gorgonia.ValueGrad{w}))
	want(t, "after somebody else moved it", entriesOf(w.value), []float64{9.75, 10.25})
}

// Numbers and float32 tensors move too, on both sides.
func TestSolverTypes(t *testing.T) {
	for _, w := range []*pair{
		{gorgonia.NewF64(1), gorgonia.NewF64(4)},
		{gorgonia.NewF32(1), gorgonia.NewF32(4)},
		{tensor.New(tensor.WithBacking([]float32{1})), tensor.New(tensor.WithBacking([]float32{4}))},
		{scalar(1), scalar(4)},
	} {
		check(t, (&interop.Solver{Rule: optim.SGD{Rate: 0.5}}).Step([]gorgonia.ValueGrad{w}))
		want(t, "the value", entriesOf(w.value), []float64{-1})
		want(t, "the gradient", entriesOf(w.grad), []float64{0})
	}
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		for _, solver := range []gorgonia.Solver{gorgonia.NewVanillaSolver(gorgonia.WithLearnRate(0.5)), &interop.Solver{Rule: optim.SGD{Rate: 0.5}}} {
			g := graph.NewOf(dtype)
			w := g.Param("w", tensor.New(tensor.Of(dtype), tensor.WithShape())) // 0
			o := must(optim.NewObjective(ops.Square(ops.Shift(w, -3))))(t)
			must(o.Gradient())(t)
			check(t, solver.Step(interop.ValueGrads(o)))
			want(t, "a number of ours", entriesOf(w.Value()), []float64{3})
		}
	}
}

// A gradient that is a transpose is read in its order.
func TestSolverReadsTransposes(t *testing.T) {
	d := matrix(2, 2, 1, 2, 3, 4)
	check(t, d.T())
	w := &pair{value: matrix(2, 2, 0, 0, 0, 0), grad: d}
	check(t, (&interop.Solver{Rule: optim.SGD{Rate: 1}}).Step([]gorgonia.ValueGrad{w}))
	want(t, "the value", entriesOf(w.value), []float64{-1, -3, -2, -4})
}

// Bad input is an error, and nothing has moved.
func TestSolverErrors(t *testing.T) {
	one := func(value, grad gorgonia.Value) []gorgonia.ValueGrad { return []gorgonia.ValueGrad{&pair{value, grad}} }
	sgd := func() *interop.Solver { return &interop.Solver{Rule: optim.SGD{Rate: 1}} }
	column := must(matrix(2, 2, 1, 2, 3, 4).Slice(nil, gorgonia.S(1)))(t).(*tensor.Dense)
	for _, c := range []struct {
		name   string
		solver *interop.Solver
		model  []gorgonia.ValueGrad
		want   error
	}{
		{"no rule", &interop.Solver{}, one(vector(1), vector(1)), optim.ErrOption},
		{"no rate", &interop.Solver{Rule: optim.SGD{}}, one(vector(1), vector(1)), optim.ErrRate},
		{"no model", sgd(), nil, optim.ErrParams},
		{"whole numbers", sgd(), one(gorgonia.NewI(1), gorgonia.NewI(1)), graph.ErrType},
		{"two types", sgd(), one(vector(1), gorgonia.NewF32(1)), graph.ErrType},
		{"a view", sgd(), one(column, vector(1, 2)), graph.ErrLayout},
		{"two sizes", sgd(), one(vector(1), vector(1, 2)), graph.ErrShape},
		{"no value", sgd(), one(nil, vector(1, 2)), graph.ErrType},
		{"no gradient", sgd(), one(vector(1), nil), graph.ErrType},
		{"NaN", sgd(), one(vector(1), vector(math.NaN())), optim.ErrDiverged},
		{"Inf", sgd(), one(vector(1), vector(math.Inf(1))), optim.ErrDiverged},
	} {
		before := fmt.Sprint(c.model)
		err := c.solver.Step(c.model)
		wantError(t, c.name, err, c.want)
		if after := fmt.Sprint(c.model); after != before {
			t.Errorf("%s: %s became %s", c.name, before, after)
		}
		if d := (*optim.DivergedError)(nil); errors.As(err, &d) && !math.IsNaN(d.Loss) {
			t.Errorf("%s: a loss of %g that nobody knows", c.name, d.Loss)
		}
	}

	s := sgd()
	check(t, s.Step(one(vector(1), vector(1))))
	wantError(t, "a larger model", s.Step(append(one(vector(1), vector(1)), one(vector(1), vector(1))...)), graph.ErrShape)
	wantError(t, "a larger value", s.Step(one(vector(1, 2), vector(1, 2))), graph.ErrShape)

	m := newLogistic(2)
	o := objective(t, m)
	wantError(t, "no gradient yet", sgd().Step(interop.ValueGrads(o)), graph.ErrNotRun)
	_, err := interop.ValueGrads(o)[0].Grad()
	wantError(t, "no gradient yet", err, graph.ErrNotRun)
}

// A pair is a value with its gradient.
type pair struct{ value, grad gorgonia.Value }

func (p *pair) Value() gorgonia.Value         { return p.value }
func (p *pair) String() string                { return fmt.Sprint(p.value, p.grad) }
func (p *pair) Grad() (gorgonia.Value, error) { return p.grad, nil }

func objective(t *testing.T, m logistic) *optim.Objective {
	t.Helper()
	o := must(optim.NewObjective(m.j, m.w, m.b))(t)
	for x, v := range m.feeds {
		check(t, o.Feed(x, v))
	}
	return o
}

// parameters returns the entries of w and b.
func parameters(m logistic) []float64 {
	return append(slices.Clone(m.w.Value().Float64s()), m.b.Value().Float64s()...)
}

// trained returns the parameters of a logistic regression after steps of a rule.
func trained(t *testing.T, rule optim.Rule, steps int) []float64 {
	t.Helper()
	m := newLogistic(7)
	o := must(optim.Minimize(m.j, rule, m.w, m.b))(t)
	for x, v := range m.feeds {
		check(t, o.Feed(x, v))
	}
	for range steps {
		check(t, o.Step())
	}
	return parameters(m)
}

// trainedThere returns the parameters of m, trained in gorgonia.
func trainedThere(t *testing.T, m logistic, solver gorgonia.Solver, steps int) []float64 {
	t.Helper()
	f := must(interop.ToGorgonia(m.j, interop.Options{N: 7}))(t)
	for x, v := range m.feeds {
		check(t, f.Feed(x, v))
	}
	leaves := gorgonia.Nodes{f.Node[m.w], f.Node[m.b]}
	must(gorgonia.Grad(f.Output, leaves...))(t)
	machine := gorgonia.NewTapeMachine(f.Graph, gorgonia.BindDualValues(leaves...))
	defer machine.Close()
	for range steps {
		check(t, machine.RunAll())
		check(t, solver.Step(gorgonia.NodesToValueGrads(leaves)))
		machine.Reset()
	}
	return append(entriesOf(leaves[0].Value()), entriesOf(leaves[1].Value())...)
}
