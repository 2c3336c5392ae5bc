package models_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"
)

// houses is 300 rows with prices of some 200 000, nearly linear in two features,
// times k and plus o.
func houses(k, o float64) *data.Dataset {
	r := rand.New(rand.NewPCG(3, 0))
	d := &data.Dataset{Features: []string{"area", "age"}, Target: "price"}
	for range 300 {
		area, age := 100+30*r.NormFloat64(), 40*r.Float64()
		d.X = append(d.X, area, age)
		d.Y = append(d.Y, k*(2000*area-1500*age+10_000*r.NormFloat64()+30_000)+o)
	}
	return d
}

func priced(l models.Loss) *models.Deep {
	return &models.Deep{Standardize: true, Seed: 1, Loss: l, Layers: []models.Layer{
		models.Dense{Units: 8, Activation: models.ReLU}, models.Dense{Units: 1},
	}}
}

// With defaults, targets of any size are learned, and are predicted in their units:
// what is learned does not depend on them.
func TestTargetsOfEverySize(t *testing.T) {
	for _, c := range []struct {
		k, o   float64
		single bool
	}{
		{1, 0, false}, {1e-6, 0, false}, {1e3, -1e9, false}, {1e100, 0, false}, {1e-100, 0, false}, {-1, 1e9, false},
		{1, 0, true}, {1e-6, 0, true}, {1e20, 0, true},
	} {
		d, m := houses(c.k, c.o), priced(models.Loss{})
		m.Float32 = c.single
		h, err := m.Fit(t.Context(), d, models.FitOptions{})
		check(t, err)
		s := must(m.Evaluate(d))
		if !(s.R2 > 0.7) || h.Warnings != nil {
			t.Errorf("times %g plus %g: R2 %g; %q", c.k, c.o, s.R2, h.Warnings)
		}
	}
	m := priced(models.Loss{})
	m.NoScaleTarget = true
	h, err := m.Fit(t.Context(), houses(1, 0), models.FitOptions{})
	check(t, err)
	if s := must(m.Evaluate(houses(1, 0))); !(s.R2 < 0) || len(h.Warnings) != 1 || m.TargetScaler() != nil {
		t.Errorf("as they are: R2 %g, %q", s.R2, h.Warnings)
	}
}

// A network learns from scaled targets what it learns from targets that were
// scaled before, as scikit-learn's TransformedTargetRegressor(StandardScaler()) has
// it. Losses and δ are in scaled units, and what is predicted in those of the data:
// with the deviation s, MSE = s²·loss and MAE = s·loss, by hand.
func TestUnitsOfTargets(t *testing.T) {
	d := houses(1, 0)
	scaler := must(data.FitScaler(&data.Dataset{X: d.Y, Features: []string{"price"}}))
	before := d.Clone()
	check(t, scaler.Standardize(before.Y, before.Y))
	mean, s := scaler.Mean[0], scaler.Scale[0]
	for _, l := range []models.Loss{{}, models.SquaredError, models.AbsoluteError, models.HuberLoss(0.5)} {
		m, same := priced(l), priced(l)
		same.NoScaleTarget = true
		o := models.FitOptions{Epochs: 20, Rule: optim.SGD{Rate: 0.01}, TrainScores: true}
		h, err := m.Fit(t.Context(), d, o)
		check(t, err)
		must(same.Fit(t.Context(), before, o))
		got, want := must(m.Predict(d)), must(same.Predict(before))
		sum := 0.0
		for i := range got {
			near(t, l.Name+": a prediction", got[i], want[i]*s+mean, 1e-9*mean)
			e := math.Abs(got[i]-d.Y[i]) / s
			sum += e*e/2 - math.Pow(max(e-0.5, 0), 2)/2 // Huber's
		}
		scores := must(m.Evaluate(d))
		near(t, l.Name+": the loss in the history", h.Last().Train.Loss, scores.Loss, 1e-12)
		switch l.Name {
		case "", models.SquaredError.Name:
			near(t, "MSE", scores.MSE, s*s*scores.Loss, 1e-9*scores.MSE)
		case models.AbsoluteError.Name:
			near(t, "MAE", scores.MAE, s*scores.Loss, 1e-9*scores.MAE)
		default:
			near(t, "Huber's loss", scores.Loss, sum/300, 1e-9)
		}
		if got := m.TargetScaler(); got.Mean[0] != mean || got.Scale[0] != s {
			t.Errorf("scaled by %+v, want %g and %g", got, mean, s)
		}
	}
}

// The formula has the scaling in it: fed with the data's features and targets it
// gives the loss and the predictions of the model.
func TestFormulaScalesTargets(t *testing.T) {
	d, m := houses(1, 0), priced(models.Loss{})
	must(m.Fit(t.Context(), d, models.FitOptions{Epochs: 5}))
	x := must(m.Scaler().Transform(d))
	f := must(m.Formula())
	p := fed(t, f, x, nil, f.Outputs[0].P, f.Loss)
	check(t, p.Run())
	if !slices.Equal(read(t, p, f.Outputs[0].P), must(m.Predict(d))) {
		t.Error("the formula predicts something else")
	}
	sum := 0.0
	for _, l := range read(t, p, f.Loss) {
		sum += l / 300
	}
	near(t, "the loss", sum, must(m.Evaluate(d)).Loss, 1e-12)
}

// Targets are left as they are where another scale would be another problem: an
// output with bounds, a loss of one's own, logits, classes, features as they are.
func TestTargetsAsTheyAre(t *testing.T) {
	d := houses(1e-6, 0)
	own := models.Loss{Name: "own", Of: func(a, y *graph.Node) *graph.Node { return ops.Sub(ops.Exp(a), ops.Mul(a, y)) }}
	bounded := priced(models.Loss{})
	bounded.Layers[1] = models.Dense{Units: 1, Activation: models.Softplus}
	raw := priced(models.Loss{})
	raw.Standardize = false
	classes := priced(models.Loss{})
	for name, c := range map[string]struct {
		m *models.Deep
		d *data.Dataset
	}{"bounded": {bounded, d}, "own loss": {priced(own), d}, "raw": {raw, d}, "classes": {classes, must(data.Moons(50, 0.1, 1))}} {
		must(c.m.Fit(t.Context(), c.d, models.FitOptions{Epochs: 1}))
		if s := c.m.TargetScaler(); s != nil {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if (&models.Deep{}).TargetScaler() != nil {
		t.Error("before Fit")
	}
}

// A file keeps the scaling, and whether it was left out; one that is not right is
// refused.
func TestTargetScalingInFiles(t *testing.T) {
	d := houses(1, 0)
	for _, single := range []bool{false, true} {
		for _, plain := range []bool{false, true} {
			m := priced(models.HuberLoss(0.7))
			m.NoScaleTarget, m.Float32 = plain, single
			must(m.Fit(t.Context(), d, models.FitOptions{Epochs: 3}))
			file := saved(t, m)
			again := new(models.Deep)
			check(t, again.Load(bytes.NewReader(file)))
			if behaviour(t, again, d) != behaviour(t, m, d) || again.NoScaleTarget != plain || (again.TargetScaler() == nil) != plain {
				t.Errorf("float32 %v, NoScaleTarget %v: another model comes back", single, plain)
			}
			if !bytes.Equal(saved(t, again), file) {
				t.Error("another file")
			}
		}
	}
	m := priced(models.Loss{})
	s := &snapshots{t: t}
	must(m.Fit(t.Context(), d, models.FitOptions{Epochs: 2, Callbacks: []models.Callback{s}}))
	m.NoScaleTarget = true
	_, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 2, Resume: s.list[0]})
	if !errors.Is(err, models.ErrResume) || !contains(err, "target") {
		t.Errorf("a training with other targets is resumed: %v", err)
	}
}

// Constant targets are predicted; such as differ by rounding only are constant.
func TestConstantTargets(t *testing.T) {
	for _, y := range [][]float64{{3e5, 3e5, 3e5}, {0.1, math.Nextafter(0.1, 1), 0.1}, {-7, -7, -7}} {
		m := priced(models.Loss{})
		d := numbersOf(y...)
		must(m.Fit(t.Context(), d, models.FitOptions{Epochs: 500, Rule: optim.Adam{Rate: 0.01}}))
		for _, p := range must(m.Predict(d)) {
			near(t, "a constant", p, y[0], 0.05)
		}
		if s := m.TargetScaler(); s.Scale[0] != 1 {
			t.Errorf("%+v", s)
		}
	}
}

// The History of a fit that NoScaleTarget spoils names the cure.
func TestUnscaledTargetsAreSaid(t *testing.T) {
	m := priced(models.Loss{})
	m.Standardize = false
	h, err := m.Fit(t.Context(), houses(1, 0), models.FitOptions{Epochs: 5})
	check(t, err)
	if len(h.Warnings) != 1 || !strings.Contains(h.Warnings[0], "Standardize") {
		t.Errorf("%q", h.Warnings)
	}
}
