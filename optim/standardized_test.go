package optim_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// moved is logistic regression on the first five columns of the breast-cancer data,
// each times k and plus o, with the coordinates that belong to them.
func moved(t testing.TB, dtype tensor.Dtype, k, o float64) (problem, *optim.Standardized) {
	t.Helper()
	p := problem{}
	d := data.BreastCancer()
	const n = 5
	rows := d.Rows()
	table := &data.Dataset{Features: data.Names(n), Y: d.Y}
	for i := range rows {
		for _, x := range d.Row(i)[:n] {
			table.X = append(table.X, x*k+o)
		}
	}
	s, err := data.FitScaler(table)
	check(t, err)
	x := make([]float64, n*rows)
	check(t, table.Gather(x, nil))
	as := func(x []float64, shape ...int) *tensor.Dense {
		if dtype == tensor.Float32 {
			return dense(narrow(x), shape...)
		}
		return dense(x, shape...)
	}
	g := graph.NewOf(dtype)
	p.w, p.b = g.Param("w", as(make([]float64, n), 1, n)), g.Param("b", as(make([]float64, 1), 1, 1))
	p.x, p.y = g.Input("x", n, graph.Batch), g.Input("y", 1, graph.Batch)
	p.xs, p.ys = as(x, n, rows), as(d.Y, 1, rows)
	p.j = ops.Mean(ops.LogLossFromLogits(ops.Bias(p.b, ops.MatMul(p.w, p.x)), p.y))
	return p, &optim.Standardized{Weights: p.w, Bias: p.b, Mean: s.Mean, Scale: s.Scale}
}

// In standardised coordinates the minimum does not depend on the units of the
// features, nor on how far they are from 0. It is that of Newton's method in NumPy,
// on standardised columns.
func TestStandardizedSearch(t *testing.T) {
	const minimum = 0.14870226438830636
	for _, c := range []struct {
		dtype           tensor.Dtype
		k, o, tolerance float64
	}{
		{tensor.Float64, 1, 0, 0}, {tensor.Float64, 1e6, 0, 0}, {tensor.Float64, 1e-8, 0, 0}, {tensor.Float64, 1e50, 0, 0},
		{tensor.Float64, 1, 1e6, 5e-6}, {tensor.Float64, 1e-100, 1e-96, 1e-7},
		{tensor.Float32, 1, 0, 1e-5}, {tensor.Float32, 1e6, 0, 1e-5}, {tensor.Float32, 1e-8, 0, 1e-5}, {tensor.Float32, 1e-30, 0, 1e-5},
	} {
		for name, search := range map[string]func(*optim.Objective, *optim.Standardized) (optim.Result, error){
			"LBFGS": func(o *optim.Objective, s *optim.Standardized) (optim.Result, error) {
				return optim.LBFGS{Tolerance: c.tolerance, Standardized: s}.Minimize(t.Context(), o)
			},
			"FISTA": func(o *optim.Objective, s *optim.Standardized) (optim.Result, error) {
				return optim.FISTA{Tolerance: c.tolerance, Standardized: s}.Minimize(t.Context(), o)
			},
		} {
			p, s := moved(t, c.dtype, c.k, c.o)
			o := objective(t, p.j)
			p.feed(t, o)
			r, err := search(o, s)
			check(t, err)
			near := 1e-11
			if c.tolerance != 0 {
				near = c.tolerance
			}
			if !r.Converged || r.Stopped != "" || math.Abs(r.Loss-minimum) > near {
				t.Errorf("%s, %v, times %g plus %g: %+v", name, c.dtype, c.k, c.o, r)
			}
			loss, err := o.Loss()
			check(t, err)
			if loss != r.Loss {
				t.Errorf("%s, times %g plus %g: J is %g where the parameters are, not %g", name, c.k, c.o, loss, r.Loss)
			}
			again, err := search(o, s)
			check(t, err)
			if !again.Converged || again.Evaluations != 1 {
				t.Errorf("%s, times %g plus %g: from the minimum %+v", name, c.k, c.o, again)
			}
		}
	}
}

// FISTA's penalty is that of the parameters, whatever the coordinates: the subgradient
// vanishes, and the zeros are those of a search without them.
func TestStandardizedPenalty(t *testing.T) {
	const λ = 0.01
	find := func(standardized bool) (w []float64, loss float64) {
		p, s := moved(t, tensor.Float64, 1, 0)
		if !standardized {
			s = nil
		}
		o := objective(t, p.j)
		p.feed(t, o)
		r, err := optim.FISTA{L1: λ, On: []*graph.Node{p.w}, Standardized: s, MaxIterations: 200_000}.Minimize(t.Context(), o)
		check(t, err)
		return entries(p.w.Value()), r.Loss
	}
	w, loss := find(true)
	plain, want := find(false)
	if math.Abs(loss-want) > 1e-6 || loss > want+1e-12 {
		t.Errorf("the minimum is %g, and %g without coordinates", loss, want)
	}
	for i := range w {
		if (w[i] == 0) != (plain[i] == 0) {
			t.Errorf("w is %v, and %v without coordinates", w, plain)
		}
	}
}

func TestStandardizedErrors(t *testing.T) {
	p, good := moved(t, tensor.Float64, 1, 0)
	for name, c := range map[string]struct {
		change func(s *optim.Standardized)
		want   error
	}{
		"no weights":      {func(s *optim.Standardized) { s.Weights = nil }, optim.ErrParams},
		"another bias":    {func(s *optim.Standardized) { s.Bias = p.x }, optim.ErrParams},
		"weights as bias": {func(s *optim.Standardized) { s.Bias = p.w }, optim.ErrOption},
		"means":           {func(s *optim.Standardized) { s.Mean = s.Mean[:4] }, optim.ErrOption},
		"scales":          {func(s *optim.Standardized) { s.Scale = s.Scale[:4] }, optim.ErrOption},
		"scale 0":         {func(s *optim.Standardized) { s.Scale = make([]float64, 5) }, optim.ErrOption},
		"infinite mean":   {func(s *optim.Standardized) { s.Mean = []float64{0, 0, math.Inf(1), 0, 0} }, optim.ErrOption},
	} {
		s := *good
		c.change(&s)
		o := objective(t, p.j)
		p.feed(t, o)
		if _, err := (optim.LBFGS{Standardized: &s}).Minimize(t.Context(), o); !errors.Is(err, c.want) {
			t.Errorf("%s: LBFGS: %v", name, err)
		}
		if _, err := (optim.FISTA{Standardized: &s}).Minimize(t.Context(), o); !errors.Is(err, c.want) {
			t.Errorf("%s: FISTA: %v", name, err)
		}
	}
}

// A search that does not converge says why, and its norm is a number, also where a
// sum of squares is not.
func TestStopped(t *testing.T) {
	slope := func(c float64, w ...float64) *graph.Node {
		return ops.Scale(c, ops.Sum(graph.New().Param("w", dense(w, len(w)))))
	}
	for _, c := range []struct {
		name, says string
		j          func() *graph.Node
		lbfgs      optim.LBFGS
		fista      *optim.FISTA
	}{
		{name: "iterations", says: "iterations: all 3 are over", lbfgs: optim.LBFGS{MaxIterations: 3},
			j: func() *graph.Node { return rosenbrock(graph.New(), []float64{-1.2}, []float64{1}) }},
		{name: "iterations of FISTA", says: "iterations: all 3 are over", fista: &optim.FISTA{MaxIterations: 3},
			j: func() *graph.Node { return rosenbrock(graph.New(), []float64{-1.2}, []float64{1}) }},
		{name: "rounding", says: "line search", lbfgs: optim.LBFGS{Tolerance: 1e-300},
			j: func() *graph.Node { return ops.Sum(ops.Softplus(graph.New().Param("w", dense([]float64{800}, 1)))) }},
		{name: "unbounded", says: "overflow", lbfgs: optim.LBFGS{},
			j: func() *graph.Node { return slope(1e300, 1, 2) }},
		{name: "large gradient", says: "the tolerance 1e-08", lbfgs: optim.LBFGS{MaxIterations: 1},
			j: func() *graph.Node { return slope(1.7e308, 0, 0, 0) }},
		{name: "large gradient of FISTA", says: "the tolerance 1e-08", fista: &optim.FISTA{MaxIterations: 1},
			j: func() *graph.Node { return slope(1e200, 0, 0, 0) }},
	} {
		var r optim.Result
		var err error
		if o := objective(t, c.j()); c.fista != nil {
			r, err = c.fista.Minimize(t.Context(), o)
		} else {
			r, err = c.lbfgs.Minimize(t.Context(), o)
		}
		check(t, err)
		if r.Converged || !strings.Contains(r.Stopped, c.says) || !isFinite(r.GradientNorm) {
			t.Errorf("%s: %+v", c.name, r)
		}
		if want := fmt.Sprintf("the gradient is %.3g", r.GradientNorm); !strings.Contains(r.Stopped, want) {
			t.Errorf("%s: %q does not say %q", c.name, r.Stopped, want)
		}
	}
}
