package models_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"adjoint/data"
	"adjoint/models"
)

// The minimum on all rows of the breast cancer data, standardised, λ = 1, free
// bias. scikit-learn's own L-BFGS stops 1.6e-10 above it.
const breastCancerMinimum = 0.06636018622473809

func TestLogisticReachesTheMinimum(t *testing.T) {
	d := data.BreastCancer()
	for _, m := range []*models.Logistic{
		{Penalty: models.L2, Lambda: 1, Standardize: true},
		{Penalty: models.L2, Lambda: 1, Standardize: true, Init: models.Normal(1), Seed: 7},
	} {
		h, err := m.Fit(t.Context(), d, models.FitOptions{})
		check(t, err)
		near(t, "J", h.Costs[0], breastCancerMinimum, 1e-10)
		if !h.Converged || !(h.GradientNorm < 1e-8) || h.Iterations < 10 || h.Steps != h.Iterations || h.Stopped != "" {
			t.Errorf("%+v", h)
		}
		j, gradient := costOf(t, m, standardised(t, d))
		near(t, "J of the formula", j, breastCancerMinimum, 1e-10)
		near(t, "the norm of its gradient", norm(gradient...), h.GradientNorm, 1e-12)
	}
}

// The multinomial problems converge too, standardised or as they are: the gradient
// in the weights of standardised features, (g − μ·∂J/∂b)/σ by the chain rule,
// vanishes. An L2 penalty has σ² + 4λ/N in the place of σ².
func TestMultinomialConverges(t *testing.T) {
	digits := data.Digits()
	for i := range digits.X {
		digits.X[i] /= 16
	}
	for _, c := range []struct {
		name string
		d    *data.Dataset
	}{{"iris", data.Iris()}, {"wine", standardised(t, data.Wine())}, {"digits", digits}, {"raw wine", data.Wine()}} {
		m := &models.Logistic{Penalty: models.L2, Lambda: 1}
		h, err := m.Fit(t.Context(), c.d, models.FitOptions{})
		check(t, err)
		_, gradient := costOf(t, m, c.d)
		s := must(data.FitScaler(c.d))
		for i := range gradient[0] {
			j := i % len(s.Mean)
			gradient[0][i] -= s.Mean[j] * gradient[1][i/len(s.Mean)]
			gradient[0][i] /= math.Sqrt(s.Scale[j]*s.Scale[j] + 4/float64(c.d.Rows()))
		}
		near(t, c.name+": gradient norm", h.GradientNorm, norm(gradient...), 1e-12)
		t.Logf("%s: J %.16g, gradient norm %.2g, %d iterations, %v", c.name, h.Costs[0], h.GradientNorm, h.Iterations, h.Epochs[0].Duration)
		if !h.Converged || !(norm(gradient...) < 1e-8) {
			t.Errorf("%s: gradient norm %g, %+v", c.name, norm(gradient...), h)
		}
	}
}

// Many rows are read where they lie, and are not changed: at what is said to be the
// minimum, with a penalty or without, the gradient of their formula vanishes.
func TestLogisticOfManyRows(t *testing.T) {
	const n, N = 30, 10_000
	r := rand.New(rand.NewPCG(1, 2))
	d := &data.Dataset{Features: data.Names(n), Classes: []string{"no", "yes"}, X: make([]float64, n*N), Y: make([]float64, N)}
	for i := range d.X {
		d.X[i] = r.NormFloat64()
	}
	for i := range d.Y {
		if d.X[i*n]-d.X[i*n+1]/2+r.NormFloat64() > 0.3 {
			d.Y[i] = 1
		}
	}
	before := d.Clone()
	for _, m := range []*models.Logistic{{}, {Penalty: models.L2, Lambda: 10}} {
		h, err := m.Fit(t.Context(), d, models.FitOptions{})
		check(t, err)
		_, gradient := costOf(t, m, before)
		if !h.Converged || !(norm(gradient...) < 1.1e-8) {
			t.Errorf("%+v: gradient norm %g, %+v", m, norm(gradient...), h)
		}
	}
	if !reflect.DeepEqual(d, before) {
		t.Error("Fit has changed its data")
	}
}

// In float32 the same minimum is reached as far as float32 goes.
func TestLogisticFloat32(t *testing.T) {
	m := &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true, Float32: true}
	h, err := m.Fit(t.Context(), data.BreastCancer(), models.FitOptions{})
	check(t, err)
	near(t, "J", h.Costs[0], breastCancerMinimum, 1e-6)
	if !h.Converged {
		t.Errorf("%+v", h)
	}
	t.Logf("%+v", h)
}

// Classes that a plane parts have no minimum without a penalty: neither two of
// them, nor one of three, nor classes that touch.
func TestSeparableDoesNotConverge(t *testing.T) {
	parted, err := data.New([][]float64{{-2, 1}, {-1, 0}, {1, 1}, {2, 0}}, []float64{0, 0, 1, 1}, data.Classification)
	check(t, err)
	touching, err := data.New([][]float64{{-1}, {0}, {0}, {1}}, []float64{0, 0, 1, 1}, data.Classification)
	check(t, err)
	for _, c := range []struct {
		name string
		d    *data.Dataset
	}{{"parted", parted}, {"touching", touching}, {"iris", data.Iris()}, {"breast cancer", data.BreastCancer()}} {
		m := &models.Logistic{Standardize: true}
		h, err := m.Fit(t.Context(), c.d, models.FitOptions{})
		check(t, err)
		t.Logf("%s: %d iterations, norm %g, J %g, %q", c.name, h.Iterations, h.GradientNorm, h.Costs[0], h.Stopped)
		if h.Converged {
			t.Errorf("%s: %+v", c.name, h)
		}
		m.Penalty, m.Lambda = models.L2, 1e-3
		h, err = m.Fit(t.Context(), c.d, models.FitOptions{})
		check(t, err)
		if !h.Converged || h.Stopped != "" {
			t.Errorf("%s with a penalty: %+v", c.name, h)
		}
	}
}

// Where there is a minimum it is found without a penalty.
func TestUnpenalisedConverges(t *testing.T) {
	for name, d := range map[string]*data.Dataset{"peers": peersData(), "balanced": xor(t), "overlap": first(t, data.Wine(), 1)} {
		h, err := (&models.Logistic{}).Fit(t.Context(), d, models.FitOptions{})
		check(t, err)
		if !h.Converged || h.Stopped != "" {
			t.Errorf("%s: %+v", name, h)
		}
		t.Logf("%s: %+v", name, h)
	}
}

// xor is four points that no plane parts better than chance.
func xor(t testing.TB) *data.Dataset {
	d, err := data.New([][]float64{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, []float64{0, 1, 1, 0}, data.Classification)
	check(t, err)
	return d
}

func first(t testing.TB, d *data.Dataset, n int) *data.Dataset {
	d, err := d.First(n)
	check(t, err)
	return d
}
