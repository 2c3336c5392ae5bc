package models_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"
)

// The table of the listing 3.3, which has 625 parameters.
func TestSummary(t *testing.T) {
	const want = `────────────────────────────────────────
Layer (type)      Output Shape   Param #
────────────────────────────────────────
Input             (None, 10)           0
Dense (relu)      (None, 32)         352
Dense (relu)      (None, 8)          264
Dense (sigmoid)   (None, 1)            9
────────────────────────────────────────
Total params: 625
`
	m := network()
	got, err := m.Summary(10)
	check(t, err)
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	_, err = m.Fit(t.Context(), first(t, data.BreastCancer(), 10), models.FitOptions{Epochs: 1})
	check(t, err)
	if got, err = m.Summary(0); err != nil || got != want {
		t.Errorf("after Fit: got\n%s, %v", got, err)
	}
	large := &models.Deep{Layers: []models.Layer{
		models.Dense{Units: 512}, models.Dropout{Rate: 0.2}, models.Func("mirror", func(a *graph.Node) *graph.Node { return ops.Concat(0, a, a) }),
		models.Dense{Units: 1000, NoBias: true, Activation: models.Softmax},
	}}
	got, err = large.Summary(784)
	check(t, err)
	for _, line := range []string{
		"Dense             (None, 512)      401,920\n", "Dropout (0.2)     (None, 512)            0\n", "mirror            (None, 1024)           0\n",
		"Dense (softmax)   (None, 1000)   1,024,000\n", "Total params: 1,425,920\n",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("%s has no line\n%s", got, line)
		}
	}
	for _, m := range []*models.Deep{{}, {Layers: []models.Layer{models.Dense{Units: -1}}}} {
		if _, err := m.Summary(10); err == nil {
			t.Error("no error")
		}
	}
	if _, err := network().Summary(0); err == nil {
		t.Error("no error for 0 features")
	}
}

// moments returns the mean, the variance and the largest magnitude of weights.
func moments(w []float64) (mean, variance, largest float64) {
	for _, x := range w {
		mean += x / float64(len(w))
		largest = max(largest, math.Abs(x))
	}
	for _, x := range w {
		variance += (x - mean) * (x - mean) / float64(len(w))
	}
	return mean, variance, largest
}

// The initialisers have the variances that they are named for, and those that are
// cut off are cut off at two standard deviations of what is cut, which is larger
// by 1/0.8796.
func TestInitialisers(t *testing.T) {
	const m, n = 400, 250
	const cut = 0.87962566103423978
	for _, c := range []struct {
		name            string
		init            models.Init
		variance, bound float64
	}{
		{"he_normal", models.HeNormal, 2. / n, 2 / cut * math.Sqrt(2./n)},
		{"glorot_normal", models.GlorotNormal, 2. / (m + n), 2 / cut * math.Sqrt(2./(m+n))},
		{"glorot_uniform", models.GlorotUniform, 2. / (m + n), math.Sqrt(6. / (m + n))},
		{"normal", models.Normal(0.01), 1e-4, math.Inf(1)},
		{"zeros", models.Zeros, 0, 0},
	} {
		w := drawn(t, models.Dense{Units: m, Init: c.init}, n, 1)
		mean, variance, largest := moments(w)
		near(t, c.name+": the mean", mean, 0, 4*math.Sqrt(c.variance/(m*n)))
		near(t, c.name+": the variance", variance, c.variance, 0.02*c.variance)
		if largest > c.bound || !math.IsInf(c.bound, 1) && largest < 0.999*c.bound {
			t.Errorf("%s: the largest weight is %g of %g", c.name, largest, c.bound)
		}
		if again := drawn(t, models.Dense{Units: m, Init: c.init}, n, 1); !slices.Equal(w, again) {
			t.Errorf("%s: the same seed has other weights", c.name)
		}
		if other := drawn(t, models.Dense{Units: m, Init: c.init}, n, 2); c.variance > 0 && slices.Equal(w, other) {
			t.Errorf("%s: another seed has the same weights", c.name)
		}
	}
	for _, a := range []struct {
		activation models.Activation
		want       models.Init
	}{{models.ReLU, models.HeNormal}, {models.LeakyReLU(0.1), models.HeNormal}, {models.GELU, models.HeNormal}, {models.Tanh, models.GlorotUniform}, {models.Linear, models.GlorotUniform}} {
		if !slices.Equal(drawn(t, models.Dense{Units: 7, Activation: a.activation}, 5, 1), drawn(t, models.Dense{Units: 7, Init: a.want}, 5, 1)) {
			t.Errorf("%s: another initialiser", a.activation.Name)
		}
	}
}

// drawn returns the first weights of a layer of so many features.
func drawn(t testing.TB, layer models.Dense, features int, seed uint64) []float64 {
	rows := [][]float64{make([]float64, features), make([]float64, features)}
	d, err := data.New(rows, []float64{0, 1}, data.Classification)
	check(t, err)
	m := &models.Deep{Seed: seed, Layers: []models.Layer{layer, models.Dense{Units: 1, Init: models.Zeros}}}
	_, err = m.Fit(t.Context(), d, models.FitOptions{Epochs: 1, Rule: optim.SGD{Rate: 1e-300}})
	check(t, err)
	f, err := m.Formula()
	check(t, err)
	return f.Params[0].Value().Float64s()
}

// Unset options are Keras's: Adam with ε = 1e-7, batches of 32 that are shuffled.
func TestDefaultsAreKeras(t *testing.T) {
	d := data.Iris()
	a, b := quick(), quick()
	h, err := a.Fit(t.Context(), d, models.FitOptions{})
	check(t, err)
	if len(h.Epochs) != 100 || h.Steps != 500 || h.Last().Rate != 0.001 {
		t.Errorf("%d epochs, %d steps, rate %g", len(h.Epochs), h.Steps, h.Last().Rate)
	}
	_, err = b.Fit(t.Context(), d, models.FitOptions{Epochs: 100, Batch: 32, Rule: optim.Adam{Rate: 0.001, Beta1: 0.9, Beta2: 0.999, Eps: 1e-7}})
	check(t, err)
	if !slices.Equal(weights(t, a), weights(t, b)) {
		t.Error("other weights")
	}
	_, err = b.Fit(t.Context(), d, models.FitOptions{Epochs: 100, Batch: 32, Rule: optim.Adam{Rate: 0.001}})
	check(t, err)
	if slices.Equal(weights(t, a), weights(t, b)) {
		t.Error("ε does not matter")
	}
	_, err = b.Fit(t.Context(), d, models.FitOptions{NoShuffle: true})
	check(t, err)
	if slices.Equal(weights(t, a), weights(t, b)) {
		t.Error("shuffling does not matter")
	}
}

// ValidationSplit takes the last rows, N − ⌊N(1 − part)⌋ of them, before the
// others are shuffled. The standardiser sees the others only.
func TestValidationSplit(t *testing.T) {
	d, _ := split(t, data.BreastCancer(), 0.15, 1) // 483 rows, as in 3.3
	m := network()
	m.Standardize = true
	h, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 2, ValidationSplit: 0.17})
	check(t, err)
	train := int(math.Floor(483 * (1 - 0.17)))
	if h.Rows != train || h.Last().Validation.Rows != 483-train || h.Last().Train != nil {
		t.Errorf("%d rows, %d to train on, %d to validate", d.Rows(), h.Rows, h.Last().Validation.Rows)
	}
	rows := make([]int, 483)
	for i := range rows {
		rows[i] = i
	}
	a, err := d.Subset(rows[:train])
	check(t, err)
	b, err := d.Subset(rows[train:])
	check(t, err)
	s, err := data.FitScaler(a)
	check(t, err)
	if !slices.Equal(m.Scaler().Mean, s.Mean) || !slices.Equal(m.Scaler().Scale, s.Scale) {
		t.Error("the standardiser is not that of the first rows")
	}
	again := network()
	again.Standardize = true
	g, err := again.Fit(t.Context(), a, models.FitOptions{Epochs: 2, Validation: b})
	check(t, err)
	if !slices.Equal(weights(t, m), weights(t, again)) || g.Last().Validation.Loss != h.Last().Validation.Loss {
		t.Error("a split is not what its parts are")
	}
	scores, err := m.Evaluate(b)
	check(t, err)
	if scores.Loss != h.Last().Validation.Loss || scores.Accuracy != h.Last().Validation.Accuracy {
		t.Errorf("%+v after training, %+v in it", scores, h.Last().Validation)
	}
}
