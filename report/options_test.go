package report_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/optim"
	"adjoint/prepare"
	"adjoint/report"
)

// Each option that is set is told, and what has a default.
func TestOptionsOf(t *testing.T) {
	const deep = "{Loss that of the last layer} {Penalty none} {Standardised no} {Numbers float64} {Seed 0} "
	for _, c := range []struct {
		m    models.Model
		o    models.FitOptions
		want string
	}{
		{&models.Deep{}, models.FitOptions{}, "[" + deep + "{Rule Adam, rate 0.001, Eps 1e-07} {Batch 32} {Epochs, at most 100}]"},
		{
			&models.Deep{},
			models.FitOptions{Epochs: 7, FullBatch: true, NoShuffle: true, Rule: optim.SGD{Rate: 0.5, Momentum: 0.9}, Schedule: optim.Constant(1), ValidationSplit: 0.2},
			"[" + deep + "{Rule SGD, rate 0.5, Momentum 0.9} {Schedule of the rate} {Batch all rows} {Order that of the rows} {Epochs, at most 7} {Validation 0.2 of the training rows}]",
		},
		{
			&models.Deep{},
			models.FitOptions{
				Batch: 8, Validation: data.Iris(), Clip: optim.Clip{Value: 2, Norm: 1}, SampleWeights: []float64{1}, ClassWeights: []float64{1, 2},
				TrainScores: true, Callbacks: []models.Callback{&models.EarlyStopping{Patience: 3, RestoreBest: true}},
			},
			"[" + deep + "{Rule Adam, rate 0.001, Eps 1e-07} {Batch 8} {Epochs, at most 100} {Gradient norm, at most 1} {Gradient entries, at most 2}" +
				" {Validation 150 other rows} {Rows weighted yes} {Weights of classes [1 2]} {Training rows scored after each epoch}" +
				" {Callback EarlyStopping, Patience 3, RestoreBest true}]",
		},
		// L-BFGS has no rule, no batches and no epochs, whatever the options say.
		{
			&models.Logistic{Penalty: models.L2, Lambda: 0.5, Standardize: true}, models.FitOptions{Epochs: 7, ClassWeights: []float64{1, 2}},
			"[{Solver L-BFGS} {Tolerance 1e-08} {Iterations, at most 10000} {Weights begin 0} {Penalty L2, λ = 0.5} {Standardised yes} {Numbers float64} {Seed 0} {Weights of classes [1 2]}]",
		},
		{
			&models.Logistic{Penalty: models.L1, Lambda: 1, Float32: true, MaxIterations: 9}, models.FitOptions{},
			"[{Solver FISTA} {Tolerance 1e-05} {Iterations, at most 9} {Weights begin 0} {Penalty L1, λ = 1} {Standardised no} {Numbers float32} {Seed 0}]",
		},
		// Descent has the settings of 1.2.
		{
			&models.Logistic{Solver: models.Descent}, models.FitOptions{},
			"[{Solver descent} {Weights begin normal, of deviation 0.01} {Penalty none} {Standardised no} {Numbers float64} {Seed 0}" +
				" {Rule SGD, rate 0.1} {Batch all rows} {Epochs, at most 10000}]",
		},
	} {
		if got := fmt.Sprint(report.OptionsOf(c.m, c.o)); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}

// Whatever exported field of a model, of the options, of a rule or of a callback is
// set, the options read otherwise; and no name occurs twice.
func TestEveryOptionIsTold(t *testing.T) {
	told := map[string]string{ // elsewhere
		"Deep.Layers":         "in the summary",
		"FitOptions.Progress": "shows the training and changes nothing",
		"FitOptions.Resume":   "in TestOptionsOfResume",
		"FitOptions.Group":    "says who computes, and changes nothing but Parts",
	}
	deep := func() (*models.Deep, *models.FitOptions) {
		return &models.Deep{Penalty: models.L2, Lambda: 1}, &models.FitOptions{Rule: &optim.Adam{Rate: 1}, Callbacks: []models.Callback{&models.EarlyStopping{}}}
	}
	for name, c := range map[string]func() (part any, m models.Model, o *models.FitOptions){
		"Deep":          func() (any, models.Model, *models.FitOptions) { m, o := deep(); return m, m, o },
		"FitOptions":    func() (any, models.Model, *models.FitOptions) { m, o := deep(); return o, m, o },
		"Adam":          func() (any, models.Model, *models.FitOptions) { m, o := deep(); return o.Rule, m, o },
		"EarlyStopping": func() (any, models.Model, *models.FitOptions) { m, o := deep(); return o.Callbacks[0], m, o },
		"Logistic": func() (any, models.Model, *models.FitOptions) {
			m := &models.Logistic{Penalty: models.L2, Lambda: 1}
			return m, m, &models.FitOptions{}
		},
	} {
		part, m, o := c()
		before := fmt.Sprint(report.OptionsOf(m, *o))
		for i := range reflect.TypeOf(part).Elem().NumField() {
			part, m, o := c()
			f := reflect.TypeOf(part).Elem().Field(i)
			if !f.IsExported() || told[name+"."+f.Name] != "" {
				continue
			}
			set(reflect.ValueOf(part).Elem().Field(i))
			list := report.OptionsOf(m, *o)
			if fmt.Sprint(list) == before {
				t.Errorf("%s.%s is not told: %v", name, f.Name, list)
			}
			once := map[string]bool{}
			for _, option := range list {
				if once[option.Name] && option.Name != "Callback" {
					t.Errorf("%s.%s: %s is told twice in %v", name, f.Name, option.Name, list)
				}
				once[option.Name] = true
			}
		}
	}
}

// set gives a field another value.
func set(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case **prepare.Columns:
		*x = &prepare.Columns{}
	case *models.Loss:
		*x = models.SquaredError
		return
	case *models.Penalty:
		*x = models.L1
		return
	case *models.Augmenter:
		*x = data.Augment{Shift: 2}
		return
	case *optim.Rule:
		*x = optim.SGD{Rate: 0.3}
		return
	case *optim.Clip:
		*x = optim.Clip{Norm: 1}
		return
	case **data.Dataset:
		*x = data.Iris()
		return
	case *[]models.Callback:
		*x = []models.Callback{models.EachEpoch(nil)}
		return
	}
	switch v.Kind() {
	case reflect.Int:
		v.SetInt(v.Int() + 1)
	case reflect.Uint64:
		v.SetUint(3)
	case reflect.Float64:
		v.SetFloat(v.Float() + 0.25)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.Func:
		v.Set(reflect.MakeFunc(v.Type(), nil))
	}
}

// A training that goes on says from where.
func TestOptionsOfResume(t *testing.T) {
	m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 3}}}
	var o models.FitOptions
	_, err := m.Fit(t.Context(), data.Iris(), models.FitOptions{Epochs: 4, Callbacks: []models.Callback{
		models.EachEpoch(func(training *models.Training, e models.Epoch) (err error) {
			if e.Number == 3 {
				o.Resume, err = training.Snapshot()
			}
			return err
		}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(report.OptionsOf(m, o)); !strings.HasSuffix(got, "{Resumed after epoch 3}]") {
		t.Error(got)
	}
}

// Of tells the options of a model that was loaded, too.
func TestOptionsOfModels(t *testing.T) {
	m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 3}}, Float32: true, Seed: 5}
	h, err := m.Fit(t.Context(), data.Iris(), models.FitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := report.Of(m, h, nil)
	if got, want := fmt.Sprint(f.Options), "[{Loss that of the last layer} {Penalty none} {Standardised no} {Numbers float32} {Seed 5}]"; err != nil || got != want {
		t.Errorf("%s, %v\nwant %s", got, err, want)
	}
}

// The picture of a deep network has so many maps at most, whatever its depth.
func TestDeepNetworkFits(t *testing.T) {
	m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 3}}}
	for range 20 {
		m.Layers = append([]models.Layer{models.Dense{Units: 2, Activation: models.Tanh}}, m.Layers...)
	}
	h, err := m.Fit(t.Context(), data.Iris(), models.FitOptions{Epochs: 1})
	if err != nil {
		t.Fatal(err)
	}
	f, err := report.Of(m, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	f.History = nil
	if page := write(t, f); strings.Count(page, "<rect") > 40 || !strings.Contains(page, "…") {
		t.Errorf("%d boxes", strings.Count(page, "<rect"))
	}
}
