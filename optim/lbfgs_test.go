package optim_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// Logistic regression on the breast-cancer data has the minimum that scikit-learn
// 1.2.1 approaches to 1.6e-10, and is taken there as far as float64 goes.
func TestLBFGSLogistic(t *testing.T) {
	const want = 0.06636018622473809
	for _, tolerance := range []float64{0, 1e-12, 1e-15} {
		p := breastCancer(t, 1)
		o := objective(t, p.j)
		p.feed(t, o)
		r, err := optim.LBFGS{Tolerance: tolerance}.Minimize(t.Context(), o)
		check(t, err)
		if tolerance == 0 {
			tolerance = 1e-8
		}
		if !r.Converged || !(r.GradientNorm < tolerance) || r.Iterations > 150 || r.Evaluations > 200 || math.Abs(r.Loss-want) > 1e-13 {
			t.Errorf("tolerance %g: %+v", tolerance, r)
		}
		isAt(t, o, r, nil)
	}
}

// A line search that fails is not the end: from these starts one does, at norms of
// 1e-10 and 1e-14.
func TestLBFGSRestarts(t *testing.T) {
	for seed := range uint64(6) {
		p := breastCancer(t, 1)
		o := objective(t, p.j)
		p.feed(t, o)
		check(t, tensor.Copy(p.w.Value(), dense(normal(seed, 30), 1, 30)))
		r, err := optim.LBFGS{Tolerance: 1e-15}.Minimize(t.Context(), o)
		check(t, err)
		if !r.Converged || r.Evaluations > 1000 {
			t.Errorf("start %d: %+v", seed, r)
		}
	}
}

// isAt tests that the parameters are where a Result says, by J, ∇J and, if not
// nil, the penalty and the proximal gradient of these.
func isAt(t *testing.T, o *optim.Objective, r optim.Result, proximal func(w, g []float64) (penalty float64, gradient []float64)) {
	t.Helper()
	loss, gradient, err := o.LossGradient()
	check(t, err)
	var squares float64
	for i, w := range o.Params() {
		g := entries(gradient[i])
		if proximal != nil {
			var penalty float64
			penalty, g = proximal(entries(w.Value()), g)
			loss += penalty
		}
		for _, g := range g {
			squares += g * g
		}
	}
	if math.Abs(loss-r.Loss) > 1e-15*math.Abs(loss) || math.Abs(math.Sqrt(squares)-r.GradientNorm) > 1e-7*r.GradientNorm+1e-15 {
		t.Errorf("loss %g and norm %g at the parameters, but %+v", loss, math.Sqrt(squares), r)
	}
}

// rosenbrock is Σ 100(b − a²)² + (1 − a)², whose minimum is 0 at a = b = 1.
func rosenbrock(g *graph.Graph, a, b []float64) *graph.Node {
	x, y := g.Param("a", dense(a, len(a))), g.Param("b", dense(b, len(b)))
	valley := ops.Square(ops.Sub(y, ops.Square(x)))
	return ops.Sum(ops.Add(ops.Scale(100, valley), ops.Square(ops.OneMinus(x))))
}

func TestLBFGSRosenbrock(t *testing.T) {
	o := objective(t, rosenbrock(graph.New(), []float64{-1.2, -1.2, 0}, []float64{1, 2, 0}))
	r, err := optim.LBFGS{Tolerance: 1e-10}.Minimize(t.Context(), o)
	check(t, err)
	if !r.Converged || r.Loss > 1e-20 || r.Iterations > 100 {
		t.Errorf("%+v", r)
	}
	for _, w := range o.Params() {
		compare(t, entries(w.Value()), []float64{1, 1, 1}, 1e-10)
	}
}

// quadratic is ½⟨w − c, h⊙(w − c)⟩, whose minimum is 0 at w = c.
func quadratic(g *graph.Graph, h, c []float64) *graph.Node {
	d := ops.Sub(g.Param("w", dense(make([]float64, len(c)), len(c))), g.Constant("c", dense(c, len(c))))
	return ops.Scale(0.5, ops.Sum(ops.Mul(g.Constant("h", dense(h, len(h))), ops.Square(d))))
}

func TestLBFGSQuadratic(t *testing.T) {
	c := []float64{3, -1, 4, 1, -5}
	o := objective(t, quadratic(graph.New(), []float64{1, 10, 100, 1e3, 1e4}, c))
	r, err := optim.LBFGS{Memory: 3}.Minimize(t.Context(), o)
	check(t, err)
	if !r.Converged {
		t.Errorf("%+v", r)
	}
	compare(t, entries(o.Params()[0].Value()), c, 1e-8)

	// From the minimum there is nowhere to go.
	again, err := optim.LBFGS{}.Minimize(t.Context(), o)
	check(t, err)
	if want := (optim.Result{Converged: true, Evaluations: 1, Loss: r.Loss, GradientNorm: r.GradientNorm}); again != want {
		t.Errorf("%+v, want %+v", again, want)
	}
}

// barrier is Σ w − log w, NaN or infinite where w ≤ 0, with its minimum at w = 1.
func barrier(g *graph.Graph, w ...float64) *graph.Node {
	x := g.Param("w", dense(w, len(w)))
	return ops.Sum(ops.Sub(x, ops.Log(x)))
}

// The line search steps back from where J is not defined.
func TestLBFGSLeavesDomain(t *testing.T) {
	o := objective(t, barrier(graph.New(), 0.3, 1e-3, 40))
	r, err := optim.LBFGS{}.Minimize(t.Context(), o)
	check(t, err)
	if !r.Converged {
		t.Errorf("%+v", r)
	}
	compare(t, entries(o.Params()[0].Value()), []float64{1, 1, 1}, 1e-7)
}

// What cannot be had ends all the same: a gradient below rounding, in either float
// type, and a J without a minimum.
func TestLBFGSEnds(t *testing.T) {
	p := breastCancer(t, 1)
	o := objective(t, p.j)
	p.feed(t, o)
	r, err := optim.LBFGS{Tolerance: 1e-300}.Minimize(t.Context(), o)
	check(t, err)
	if r.Converged || r.GradientNorm > 1e-14 || r.Iterations > 5000 || math.Abs(r.Loss-0.06636018622473809) > 1e-15 {
		t.Errorf("tolerance 1e-300: %+v", r)
	}
	isAt(t, o, r, nil)

	g := graph.NewOf(tensor.Float32)
	w := g.Param("w", dense(make([]float32, 50), 50))
	c := g.Constant("c", dense(narrow(normal(1, 50)), 50))
	o = objective(t, ops.Sum(ops.Softplus(ops.Sub(ops.Square(w), c))))
	r, err = optim.LBFGS{Tolerance: 1e-300, MaxIterations: 500}.Minimize(t.Context(), o)
	check(t, err)
	if r.Evaluations > 30_000 || !isFinite(r.Loss) {
		t.Errorf("float32: %+v", r)
	}

	g = graph.New()
	o = objective(t, ops.Sum(g.Param("w", dense([]float64{1, 2}, 2))))
	r, err = optim.LBFGS{}.Minimize(t.Context(), o)
	check(t, err)
	if r.Converged || !isFinite(r.Loss) || r.Loss > -1e10 {
		t.Errorf("unbounded: %+v", r)
	}
	for _, w := range entries(o.Params()[0].Value()) {
		if !isFinite(w) {
			t.Errorf("unbounded: w = %g", w)
		}
	}
}

func isFinite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// A minimizer is LBFGS or FISTA.
type minimizer interface {
	Minimize(context.Context, *optim.Objective) (optim.Result, error)
}

// In float32 as much is had as float32 gives.
func TestFloat32(t *testing.T) {
	for _, m := range []minimizer{optim.LBFGS{Tolerance: 1e-6}, optim.FISTA{Tolerance: 1e-6}} {
		p := breastCancerOf(t, tensor.Float32, 1)
		o := objective(t, p.j)
		p.feed(t, o)
		r, err := m.Minimize(t.Context(), o)
		check(t, err)
		if !r.Converged || r.Evaluations > 500 || math.Abs(r.Loss-0.06636018622473809) > 1e-7 {
			t.Errorf("%T: %+v", m, r)
		}
	}
}

func TestMaxIterations(t *testing.T) {
	for _, m := range []minimizer{optim.LBFGS{MaxIterations: 3}, optim.FISTA{MaxIterations: 3}} {
		p := breastCancer(t, 1)
		o := objective(t, p.j)
		p.feed(t, o)
		r, err := m.Minimize(t.Context(), o)
		check(t, err)
		if r.Converged || r.Iterations != 3 || !(r.Loss < math.Ln2) {
			t.Errorf("%T: %+v", m, r)
		}
		isAt(t, o, r, nil)
	}
}

// A countdown is a context that is cancelled after so many questions.
type countdown struct {
	context.Context
	cancel context.CancelCauseFunc
	n      int
}

func (c *countdown) Err() error {
	if c.n--; c.n < 0 {
		c.cancel(errEnough)
	}
	return c.Context.Err()
}

var errEnough = errors.New("enough")

// A cancelled context stops at once, with its cause, at the best point so far.
func TestCancel(t *testing.T) {
	for _, m := range []minimizer{optim.LBFGS{}, optim.FISTA{L1: 0.01}} {
		var last float64
		for _, n := range []int{0, 1, 2, 5, 20} {
			ctx, cancel := context.WithCancelCause(t.Context())
			p := breastCancer(t, 1)
			o := objective(t, p.j)
			p.feed(t, o)
			r, err := m.Minimize(&countdown{ctx, cancel, n}, o)
			if !errors.Is(err, errEnough) || r.Converged || r.Evaluations != n {
				t.Errorf("%T: %+v, %v", m, r, err)
			}
			if n > 1 && r.Loss > last {
				t.Errorf("%T: loss %g after %d evaluations and %g before", m, r.Loss, n, last)
			}
			if last = r.Loss; n > 0 {
				l1 := 0.0
				if f, ok := m.(optim.FISTA); ok {
					l1 = f.L1
				}
				isAt(t, o, r, l1Of(l1))
			}
		}
	}
}

func TestBadMinimizers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	alien := graph.New().Param("w", dense([]float64{1}, 1))
	for _, c := range []struct {
		m    minimizer
		want error
	}{
		{optim.LBFGS{Tolerance: -1}, optim.ErrOption},
		{optim.LBFGS{Tolerance: nan}, optim.ErrOption},
		{optim.LBFGS{Tolerance: inf}, optim.ErrOption},
		{optim.LBFGS{MaxIterations: -1}, optim.ErrOption},
		{optim.LBFGS{Memory: -1}, optim.ErrOption},
		{optim.FISTA{Tolerance: -1}, optim.ErrOption},
		{optim.FISTA{MaxIterations: -1}, optim.ErrOption},
		{optim.FISTA{L1: -1}, optim.ErrOption},
		{optim.FISTA{L1: nan}, optim.ErrOption},
		{optim.FISTA{L1: inf}, optim.ErrOption},
		{optim.FISTA{L1: 1, On: []*graph.Node{alien}}, optim.ErrParams},
		{optim.FISTA{L1: 1, On: []*graph.Node{nil}}, optim.ErrParams},
	} {
		o := objective(t, barrier(graph.New(), 1))
		if _, err := c.m.Minimize(t.Context(), o); !errors.Is(err, c.want) {
			t.Errorf("%T%+v: %v", c.m, c.m, err)
		}
	}
	for _, m := range []minimizer{optim.LBFGS{}, optim.FISTA{}} {
		if _, err := m.Minimize(t.Context(), objective(t, breastCancer(t, 1).j)); !errors.Is(err, graph.ErrUnfed) {
			t.Errorf("%T, not fed: %v", m, err)
		}
		o := objective(t, barrier(graph.New(), -1))
		_, err := m.Minimize(t.Context(), o)
		var diverged *optim.DivergedError
		if !errors.As(err, &diverged) || !math.IsNaN(diverged.Loss) {
			t.Errorf("%T, from where J is NaN: %v", m, err)
		}
		if w := entries(o.Params()[0].Value()); !slices.Equal(w, []float64{-1}) {
			t.Errorf("%T, from where J is NaN: w = %v", m, w)
		}
	}
}
