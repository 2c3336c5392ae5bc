package optim_test

import (
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// l1Of returns the penalty l1·‖w‖₁ and the proximal gradient, from the definition:
// the v nearest to w − g that is worth its l1·|v|.
func l1Of(l1 float64) func(w, g []float64) (float64, []float64) {
	return func(w, g []float64) (penalty float64, gradient []float64) {
		for i := range w {
			penalty += l1 * math.Abs(w[i])
			u := w[i] - g[i]
			v := math.Copysign(math.Max(math.Abs(u)-l1, 0), u)
			gradient = append(gradient, w[i]-v)
		}
		return penalty, gradient
	}
}

// The lasso with an orthonormal design Q is solved by the soft threshold of Qᵀy
// (R. Tibshirani 1996, section 2.2).
func TestFISTAOrthonormalLasso(t *testing.T) {
	const h = 0.5
	q := []float64{ // a Hadamard matrix over its root: QᵀQ = 1
		h, h, h, h,
		h, -h, h, -h,
		h, h, -h, -h,
		h, -h, -h, h,
	}
	y := []float64{3, 1, -2, 0.5}
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		for _, λ := range []float64{0, 0.1, 0.75, 1, 10} {
			as, tolerance := func(x []float64, shape ...int) *tensor.Dense { return dense(x, shape...) }, 1e-8
			if dtype == tensor.Float32 {
				as, tolerance = func(x []float64, shape ...int) *tensor.Dense { return dense(narrow(x), shape...) }, 1e-6
			}
			g := graph.NewOf(dtype)
			w := g.Param("w", as([]float64{9, -9, 9, -9}, 4, 1))
			r := ops.Sub(ops.MatMul(g.Constant("Q", as(q, 4, 4)), w), g.Constant("y", as(y, 4, 1)))
			o := objective(t, ops.Scale(0.5, ops.Sum(ops.Square(r))))
			result, err := optim.FISTA{L1: λ, Tolerance: tolerance}.Minimize(t.Context(), o)
			check(t, err)
			if !result.Converged {
				t.Errorf("λ = %g, %v: %+v", λ, dtype, result)
			}
			for i, got := range entries(w.Value()) {
				var c float64
				for j := range y {
					c += q[j*4+i] * y[j]
				}
				want := math.Copysign(math.Max(math.Abs(c)-λ, 0), c)
				if math.Abs(got-want) > tolerance || want == 0 && got != 0 {
					t.Errorf("λ = %g, %v: w[%d] = %g, want %g", λ, dtype, i, got, want)
				}
			}
		}
	}
}

// On real data the conditions of a minimum hold: −∇J is λ·sign(w) where w is not
// 0, at most λ where it is, and 0 for the bias, which is free.
func TestFISTALogistic(t *testing.T) {
	zeros := 0
	for _, λ := range []float64{0.001, 0.01, 0.1} {
		p := breastCancer(t, 0)
		o := objective(t, p.j)
		p.feed(t, o)
		r, err := optim.FISTA{L1: λ, On: []*graph.Node{p.w}}.Minimize(t.Context(), o)
		check(t, err)
		if !r.Converged || r.GradientNorm >= 1e-8 {
			t.Errorf("λ = %g: %+v", λ, r)
		}
		_, gradient, err := o.LossGradient()
		check(t, err)
		before := zeros
		for i, w := range entries(p.w.Value()) {
			switch g := entries(gradient[0])[i]; {
			case w == 0:
				zeros++
				if math.Abs(g) > λ {
					t.Errorf("λ = %g: w[%d] = 0 and ∂J = %g", λ, i, g)
				}
			case math.Abs(g+math.Copysign(λ, w)) > 1e-8:
				t.Errorf("λ = %g: w[%d] = %g and ∂J = %g", λ, i, w, g)
			}
		}
		if g := entries(gradient[1])[0]; math.Abs(g) > 1e-8 {
			t.Errorf("λ = %g: ∂J/∂b = %g", λ, g)
		}
		if zeros == before {
			t.Errorf("λ = %g: no weight is 0", λ)
		}
	}
}

// A large λ leaves the bias alone, at the logarithm of the odds: 357 benign to 212
// malignant.
func TestFISTALargePenalty(t *testing.T) {
	p := breastCancer(t, 0)
	o := objective(t, p.j)
	p.feed(t, o)
	check(t, tensor.Copy(p.w.Value(), dense(normal(1, 30), 1, 30)))
	r, err := optim.FISTA{L1: 1e6, On: []*graph.Node{p.w}}.Minimize(t.Context(), o)
	check(t, err)
	if !r.Converged {
		t.Errorf("%+v", r)
	}
	for i, w := range entries(p.w.Value()) {
		if w != 0 {
			t.Errorf("w[%d] = %g, want 0", i, w)
		}
	}
	compare(t, entries(p.b.Value()), []float64{math.Log(357. / 212)}, 1e-7)
}

// Without L1, FISTA and LBFGS minimise the same thing.
func TestFISTAWithoutPenalty(t *testing.T) {
	p := breastCancer(t, 1)
	o := objective(t, p.j)
	p.feed(t, o)
	r, err := optim.FISTA{}.Minimize(t.Context(), o)
	check(t, err)
	if !r.Converged || math.Abs(r.Loss-0.06636018622473809) > 1e-12 {
		t.Errorf("%+v", r)
	}
	isAt(t, o, r, nil)
}

// The condition number is 10⁴: gradient descent needs 10⁴·ln 10¹² ≈ 3·10⁵
// iterations, FISTA with restarts a multiple of its root.
func TestFISTAQuadratic(t *testing.T) {
	c := []float64{3, -1, 4, 1, -5}
	o := objective(t, quadratic(graph.New(), []float64{1, 10, 100, 1e3, 1e4}, c))
	r, err := optim.FISTA{}.Minimize(t.Context(), o)
	check(t, err)
	if !r.Converged || r.Iterations > 2000 {
		t.Errorf("%+v", r)
	}
	compare(t, entries(o.Params()[0].Value()), c, 1e-8)
}

// The curvature of Σ eʷ − w falls from e²⁰ to 1 on the way to the minimum at 0: L
// has to follow it down. The barrier is not even defined everywhere.
func TestFISTAFollowsCurvature(t *testing.T) {
	g := graph.New()
	w := g.Param("w", dense([]float64{20, -3}, 2))
	r, err := optim.FISTA{}.Minimize(t.Context(), objective(t, ops.Sum(ops.Sub(ops.Exp(w), w))))
	check(t, err)
	if !r.Converged {
		t.Errorf("%+v", r)
	}
	compare(t, entries(w.Value()), []float64{0, 0}, 1e-8)

	o := objective(t, barrier(graph.New(), 0.3, 1e-3, 40))
	r, err = optim.FISTA{L1: 1}.Minimize(t.Context(), o) // w − log w + |w|
	check(t, err)
	if !r.Converged {
		t.Errorf("%+v", r)
	}
	compare(t, entries(o.Params()[0].Value()), []float64{0.5, 0.5, 0.5}, 1e-7)
}

// What cannot be had ends all the same, at the best point.
func TestFISTAEnds(t *testing.T) {
	p := breastCancer(t, 1)
	o := objective(t, p.j)
	p.feed(t, o)
	r, err := optim.FISTA{L1: 0.01, Tolerance: 1e-300}.Minimize(t.Context(), o)
	check(t, err)
	if r.GradientNorm > 1e-14 || r.Iterations > 5000 {
		t.Errorf("%+v", r)
	}
	isAt(t, o, r, l1Of(0.01))

	g := graph.New()
	o = objective(t, ops.Sum(g.Param("w", dense([]float64{1, 2}, 2))))
	r, err = optim.FISTA{MaxIterations: 1000}.Minimize(t.Context(), o)
	check(t, err)
	if r.Converged || !isFinite(r.Loss) || r.Loss > -1e3 {
		t.Errorf("unbounded: %+v", r)
	}
}
