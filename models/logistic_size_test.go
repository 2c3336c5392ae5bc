package models_test

import (
	"math"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"
)

// sized is the first five columns of the breast-cancer data, each times k and plus o.
func sized(t testing.TB, k, o float64) *data.Dataset {
	t.Helper()
	all := data.BreastCancer()
	d := &data.Dataset{Features: all.Features[:5], Classes: all.Classes, Y: all.Y}
	for i := range all.Rows() {
		for _, x := range all.Row(i)[:5] {
			d.X = append(d.X, k*x+o)
		}
	}
	return d
}

// Whatever the units of the features and their distance from 0, a search ends at
// the minimum and says so. The minima are those of Newton's method in NumPy, on
// standardised columns with the penalty λ/(2Nσ²); for L1, of proximal Newton steps.
func TestFeaturesOfEverySize(t *testing.T) {
	none, single := &models.Logistic{}, &models.Logistic{Float32: true}
	l1, l2 := &models.Logistic{Penalty: models.L1, Lambda: 1}, &models.Logistic{Penalty: models.L2, Lambda: 1}
	// An offset of 1e6 leaves J ten digits. So a search may find no lower one before it has
	// converged, by the kernels of some processors; then it says so, and what to do.
	const rounding = 1e-7
	const without, withL1, withL2 = 0.14870226438830636, 0.19458436729090478, 0.20917384372897715
	for _, c := range []struct {
		name            string
		m               *models.Logistic
		k, o            float64
		want, tolerance float64
	}{
		{"none", none, 1, 0, without, 1e-10},
		{"none", none, 1e6, 0, without, 1e-10},
		{"none", none, 1e-8, 0, without, 1e-10},
		{"none", none, 1e50, 0, without, 1e-10},
		{"none", none, 1e-100, 0, without, 1e-10},
		{"none", none, 1, 1e6, without, rounding},
		{"none", none, -1e9, 1e12, without, 1e-8},
		{"none, float32", single, 1, 0, without, 1e-5},
		{"none, float32", single, 1e6, 0, without, 1e-5},
		{"none, float32", single, 1e-8, 0, without, 1e-5},
		{"none, float32", single, 1e-30, 0, without, 1e-5},
		{"L2", l2, 1, 0, withL2, 1e-10},
		{"L2", l2, 1, 1e6, withL2, 1e-10},
		{"L2", l2, 1, -1e6, withL2, 1e-10},
		{"L1", l1, 1, 0, withL1, 1e-10},
		{"L1", l1, 1, 1e3, withL1, 1e-8},
		// The penalty leaves nothing of the weights of small features, and nothing
		// of the penalty acts on large ones.
		{"L2", l2, 1e-30, 0, math.Log(569) - (357*math.Log(357)+212*math.Log(212))/569, 1e-10},
		{"L2", l2, 1e50, 0, without, 1e-10},
		{"L1", l1, 1e-30, 0, math.Log(569) - (357*math.Log(357)+212*math.Log(212))/569, 1e-10},
		{"L1", l1, 1e50, 0, without, 1e-8},
	} {
		d := sized(t, c.k, c.o)
		h, err := c.m.Fit(t.Context(), d, models.FitOptions{})
		check(t, err)
		ended := h.Converged && h.Stopped == ""
		if c.tolerance == rounding {
			ended = ended || !h.Converged && strings.Contains(h.Stopped, "Standardize")
		}
		if !ended || !(math.Abs(h.Costs[0]-c.want) <= c.tolerance) {
			t.Errorf("%s, times %g plus %g: J = %.12g, want %.12g; %+v", c.name, c.k, c.o, h.Costs[0], c.want, h)
		}
	}
}

// A constant feature of any size changes nothing, in either float type.
func TestConstantFeatures(t *testing.T) {
	d := sized(t, 1, 0)
	for _, constant := range []float64{0, 1, 1e6, -1e9, 1e20, 1e-30} {
		wide := &data.Dataset{Features: data.Names(6), Classes: d.Classes, Y: d.Y}
		for i := range d.Rows() {
			wide.X = append(append(wide.X, d.Row(i)...), constant)
		}
		for _, m := range []*models.Logistic{{}, {Float32: true}, {Penalty: models.L2, Lambda: 1e-9}, {Penalty: models.L1, Lambda: 1e-9}} {
			h, err := m.Fit(t.Context(), wide, models.FitOptions{})
			check(t, err)
			if !h.Converged {
				t.Errorf("constant %g, %v, float32 %v: %+v", constant, m.Penalty, m.Float32, h)
			}
			near(t, "J", h.Costs[0], 0.14870226438830636, 1e-5)
		}
	}
}

// What float32 cannot tell apart has no minimum that it could find; it says so, and
// what to do, and that helps.
func TestStoppedNamesTheCure(t *testing.T) {
	d := sized(t, 1, 1e6)
	m := &models.Logistic{Penalty: models.L2, Lambda: 1, Float32: true}
	h, err := m.Fit(t.Context(), d, models.FitOptions{})
	check(t, err)
	if h.Converged || !strings.Contains(h.Stopped, "set Standardize") {
		t.Errorf("%+v", h)
	}
	m.Standardize = true
	if h, err = m.Fit(t.Context(), d, models.FitOptions{}); err != nil || !h.Converged || h.Stopped != "" {
		t.Errorf("standardised: %+v, %v", h, err)
	}
	for _, m := range []*models.Logistic{
		{MaxIterations: 2}, {MaxIterations: 2, Standardize: true}, {MaxIterations: 2, Penalty: models.L1, Lambda: 1},
	} {
		h, err := m.Fit(t.Context(), sized(t, 1, 0), models.FitOptions{})
		check(t, err)
		if h.Converged || !strings.Contains(h.Stopped, "iterations: all 2 are over") || !strings.Contains(h.Stopped, "MaxIterations") {
			t.Errorf("%+v", h)
		}
		if strings.Contains(h.Stopped, "set Standardize") == m.Standardize {
			t.Errorf("%+v", h)
		}
	}
}

// The tolerance goes with the weights of the rows, which J and its gradient go with.
func TestWeightsOfEverySize(t *testing.T) {
	d := sized(t, 1, 0)
	for _, weight := range []float64{1e-12, 1, 1e12} {
		w := make([]float64, d.Rows())
		for i := range w {
			w[i] = weight
		}
		h, err := (&models.Logistic{}).Fit(t.Context(), d, models.FitOptions{SampleWeights: w})
		check(t, err)
		if !h.Converged {
			t.Errorf("weights %g: %+v", weight, h)
		}
		near(t, "J", h.Costs[0]/weight, 0.14870226438830636, 1e-10)
	}
}

// In float32 the tolerance is 1e-5, or what is asked for.
func TestToleranceFloat32(t *testing.T) {
	iterations := 1 << 20
	for _, c := range []struct{ asked, is float64 }{{0, 1e-5}, {1e-3, 1e-3}, {3e-2, 3e-2}} {
		m := &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true, Float32: true, Tolerance: c.asked}
		h, err := m.Fit(t.Context(), data.BreastCancer(), models.FitOptions{})
		check(t, err)
		if !h.Converged || !(h.GradientNorm < c.is) || h.Iterations >= iterations || c.asked > 0 && h.GradientNorm < c.is/100 {
			t.Errorf("tolerance %g: %+v", c.asked, h)
		}
		iterations = h.Iterations
	}
}
