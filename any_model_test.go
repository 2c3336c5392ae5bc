package adjoint_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/onnx"
	"adjoint/ops"
	"adjoint/optim"
	"adjoint/report"
	"adjoint/serve"
	"adjoint/store"
)

// A kindOfModel is a way to come to a model, and the rows that it is fitted to.
type kindOfModel struct {
	make   func() models.Model
	rows   *data.Dataset
	inputs map[string][]string // of its ONNX file: the columns of each
	o      models.FitOptions   // without epochs, of a model that searches
}

func kindsOfModels() map[string]kindOfModel {
	x, epochs := map[string][]string{"x": {"who", "a", "b"}}, models.FitOptions{Epochs: 3, Batch: 16, Rule: optim.Adam{Rate: 0.02}}
	deep := func(last models.Dense) func() models.Model {
		return func() models.Model {
			return &models.Deep{Standardize: true, Seed: 3, Penalty: models.L2, Lambda: 0.1, Layers: []models.Layer{
				models.Dense{Units: 5, Activation: models.Tanh}, models.Dropout{Rate: 0.2}, last,
			}}
		}
	}
	logistic := func(by models.Solver) func() models.Model {
		return func() models.Model {
			return &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true, Solver: by}
		}
	}
	sigmoid := func(units int) models.Dense { return models.Dense{Units: units, Activation: models.Sigmoid} }
	return map[string]kindOfModel{
		"Deep":                  {deep(sigmoid(1)), known("kind"), x, epochs},
		"Deep, several numbers": {deep(models.Dense{Units: 2}), known("w", "h"), x, epochs},
		"Deep, several labels":  {deep(sigmoid(2)), known("new", "old"), x, epochs},
		"Logistic":              {logistic(models.LBFGS), known("kind"), x, models.FitOptions{}},
		"Logistic, by descent":  {logistic(models.Descent), known("kind"), x, epochs},
		"two inputs":            {twoInputs, known("kind"), map[string][]string{"who": {"who"}, "what": {"a", "b"}}, epochs},
		"sequences":             {sequences, known("w"), map[string][]string{"x": {"who", "a", "b"}}, epochs},
		"a state and a mask":    {stateAndMask, known("w"), x, epochs},
	}
}

// known has 40 rows of who, a and b, with a label, kind or w, or with several targets.
func known(targets ...string) *data.Dataset {
	columns := map[string]func(i int) float64{
		"who": func(i int) float64 { return float64(i%7) - 3 }, "a": func(i int) float64 { return float64(i%5) / 5 },
		"b": func(i int) float64 { return float64(i*i%11) / 11 }, "kind": func(i int) float64 { return float64(i % 7 / 4) },
		"w": func(i int) float64 { return 100 * float64(i%3) }, "h": func(i int) float64 { return float64(i % 4) },
		"new": func(i int) float64 { return float64(i % 2) }, "old": func(i int) float64 { return float64(i / 3 % 2) },
	}
	table := func(names ...string) *data.Dataset {
		d := &data.Dataset{Features: names, Source: "known"}
		for i := range 40 {
			for _, name := range names {
				d.X = append(d.X, columns[name](i))
			}
		}
		return d
	}
	d := table("who", "a", "b")
	if len(targets) > 1 {
		d.Beside = map[string]*data.Dataset{"y": table(targets...)}
		return d
	}
	d.Target, d.Y = targets[0], table(targets...).X
	if targets[0] == "kind" {
		d.Classes = []string{"no", "yes"}
	}
	return d
}

// twoInputs is a formula with a head for the class of a row, and one for the sum of two columns.
func twoInputs() models.Model {
	g := graph.New()
	leaf := func(name string, n int) *graph.Node { return g.Input(name, n, graph.Batch) }
	who, what, kind, sum := leaf("who", 1), leaf("what", 2), leaf("kind", 1), leaf("sum", 1)
	b := models.NewBuilder(g, 5)
	h := models.Dense{Units: 6, Activation: models.Tanh}.Apply(b, ops.Concat(0, who, what))
	p, n := models.Dense{Units: 1, Activation: models.Sigmoid}.Apply(b, h), models.Dense{Units: 1}.Apply(b, h)
	l, miss := ops.LogLoss(p, kind), ops.SquaredError(n, sum)
	return ok(models.New(models.Roles{
		Inputs: []*graph.Node{who, what}, Targets: []*graph.Node{kind, sum}, Loss: ops.Add(l, miss),
		Outputs: []models.Output{{Name: "kind", P: p, Target: kind, Loss: l}, {Name: "sum", P: n, Target: sum, Loss: miss}},
		Columns: map[string][]string{"what": {"a", "b"}, "sum": {"a"}},
	}))
}

// stateAndMask is a formula with a running mean and dropout.
func stateAndMask() models.Model {
	g := graph.New()
	x, y := g.Input("x", 3, graph.Batch), g.Input("y", 1, graph.Batch)
	b := models.NewBuilder(g, 2)
	mean, now := b.State("mean", 0, 3, 1), ops.Keep(ops.Mean, x, 1)
	mean.Becomes(ops.Add(ops.Scale(0.9, mean), ops.Scale(0.1, now)))
	h := models.Dense{Units: 4, Activation: models.Tanh}.Apply(b, ops.Sub(x, graph.Phase(now, mean)))
	p := models.Dense{Units: 1}.Apply(b, ops.Dropout(h, 0.3))
	return ok(models.New(models.Roles{
		Inputs: []*graph.Node{x}, Targets: []*graph.Node{y}, Loss: ops.SquaredError(p, y), Outputs: []models.Output{{Name: "w", P: p}},
	}))
}

// sequences is a formula of sequences of any length: of the last number, and of the mean.
func sequences() models.Model {
	g, T := graph.New(), graph.Extent("T")
	x, y := g.Input("x", 1, T, graph.Batch), g.Input("y", 1, graph.Batch)
	b := models.NewBuilder(g, 3)
	h := models.Dense{Units: 4, Activation: models.Tanh}.Apply(b, ops.Concat(0, ops.Index(x, 1, -1), ops.Mean(x, 1)))
	p := models.Dense{Units: 1}.Apply(b, ops.Dropout(h, 0.1))
	return ok(models.New(models.Roles{
		Inputs: []*graph.Node{x}, Targets: []*graph.Node{y}, Loss: ops.SquaredError(p, y), Outputs: []models.Output{{Name: "w", P: p}},
	}))
}

func ok[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestAnyModel holds every kind of model to what is promised of all.
func TestAnyModel(t *testing.T) {
	for name, c := range kindsOfModels() {
		t.Run(name, func(t *testing.T) {
			c.hasBits(t)
			c.isKept(t)
			c.canBeCancelled(t)
			c.isServed(t)
			c.isWritten(t)
			if c.o.Epochs > 0 {
				c.diverges(t)
				c.goesOn(t)
			}
		})
	}
}

// fitted returns a new model after a training.
func (c kindOfModel) fitted(o models.FitOptions) models.Model {
	m := c.make()
	ok(m.Fit(context.Background(), c.rows, o))
	return m
}

// shown is all of a model: its file, and what it says of the rows.
func (c kindOfModel) shown(m models.Model) string {
	var file bytes.Buffer
	ok(0, m.Save(&file))
	return fmt.Sprintf("%x %+v %x", ok(m.Predictions(c.rows)).Values, *ok(m.Evaluate(c.rows)), file.Bytes())
}

// The same seed gives the same bits on any number of threads, and no goroutine is left.
func (c kindOfModel) hasBits(t *testing.T) {
	want, before := c.shown(c.fitted(c.o)), runtime.NumGoroutine()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	if c.shown(c.fitted(c.o)) != want {
		t.Error("it depends on the number of threads")
	}
	if after := runtime.NumGoroutine(); after > before+4 { // the workers of kernels stay
		t.Errorf("%d goroutines became %d", before, after)
	}
}

// A file has all of it.
func (c kindOfModel) isKept(t *testing.T) {
	m, path := c.fitted(c.o), filepath.Join(t.TempDir(), "model")
	ok(0, store.Save(path, m))
	loaded := ok(store.Load(path))
	if fmt.Sprintf("%T", loaded) != fmt.Sprintf("%T", m) || c.shown(loaded) != c.shown(m) {
		t.Error("what was loaded is another model")
	}
	first, second := ok(m.Fit(t.Context(), c.rows, c.o)), ok(loaded.Fit(t.Context(), c.rows, c.o))
	if first.Last().Loss != second.Last().Loss || c.shown(loaded) != c.shown(m) {
		t.Error("what was loaded is fitted to another model")
	}
}

// A training that is cancelled ends within a batch, says why, and leaves what it has come to;
// before the first step, what was there. Others may predict meanwhile.
func (c kindOfModel) canBeCancelled(t *testing.T) {
	m, why := c.fitted(c.o), errors.New("enough")
	before := c.shown(m)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if _, err := m.Fit(ctx, c.rows, c.o); !errors.Is(err, why) || c.shown(m) != before {
		t.Errorf("cancelled at once: %v", err)
	}
	if c.o.Epochs == 0 {
		return
	}
	ctx, cancel = context.WithCancelCause(t.Context())
	o := c.o
	o.Epochs = 1
	one := c.fitted(o)
	o.Epochs, o.Callbacks = 1000, []models.Callback{models.EachEpoch(func(*models.Training, models.Epoch) error {
		cancel(why)
		return nil
	})}
	m = c.make()
	stop := make(chan struct{})
	var others sync.WaitGroup
	for range 2 {
		others.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if _, err := m.Predictions(c.rows); err != nil && !errors.Is(err, models.ErrNotFitted) {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	h, err := m.Fit(ctx, c.rows, o)
	close(stop)
	others.Wait()
	if !errors.Is(err, why) || len(h.Epochs) != 1 || c.shown(m) != c.shown(one) {
		t.Errorf("cancelled after an epoch: %v", err)
	}
}

// A training that diverges says where, and leaves a model that was fitted as it was.
func (c kindOfModel) diverges(t *testing.T) {
	m, o := c.fitted(c.o), c.o
	before := c.shown(m)
	o.Rule, o.Epochs = optim.SGD{Rate: 1e200}, 50
	var diverged *models.DivergedError
	if _, err := m.Fit(t.Context(), c.rows, o); !errors.As(err, &diverged) || diverged.Step < 1 || c.shown(m) != before {
		t.Errorf("%v", err)
	}
}

// What was stopped goes on in a model that is made again, to the bits of one that never stopped.
func (c kindOfModel) goesOn(t *testing.T) {
	want, path, o := c.shown(c.fitted(c.o)), filepath.Join(t.TempDir(), "checkpoint"), c.o
	o.Epochs, o.Callbacks = 2, []models.Callback{&store.Checkpoint{Path: path}}
	c.fitted(o)
	o.Epochs, o.Callbacks = 3, nil
	m := c.make()
	ok(store.Resume(t.Context(), path, m, c.rows, o))
	if c.shown(m) != want {
		t.Error("a training that was resumed ends elsewhere")
	}
}

// outputs are the predictions of each output, by name.
func outputs(m models.Model, rows *data.Dataset) map[string]*models.Predictions {
	p := ok(m.Predictions(rows))
	if p.Outputs != nil {
		return p.Outputs
	}
	return map[string]*models.Predictions{m.Card().Outputs[0]: p}
}

// A server says the bits that Predictions returns.
func (c kindOfModel) isServed(t *testing.T) {
	m := c.fitted(c.o)
	body := fmt.Sprintf(`{"rows": [[%g, %g, %g]]}`, c.rows.X[3], c.rows.X[4], c.rows.X[5])
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/predict", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	serve.Handler(m, serve.Options{}).ServeHTTP(w, r)
	var answer struct{ Predictions []map[string]any }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	all := outputs(m, ok(c.rows.Subset([]int{1})))
	for name, p := range all {
		said := answer.Predictions[0]
		if len(all) > 1 {
			said = said[name].(map[string]any)
		}
		if got, want := numbersOf(said, p), p.Values[0]; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v is served, want %v: %s", name, got, want, w.Body)
		}
	}
}

// numbersOf are the numbers of an answer, as Values has them.
func numbersOf(said map[string]any, p *models.Predictions) (list []float64) {
	switch of := said["probabilities"].(type) {
	case []any: // of two classes
		return []float64{of[1].(float64)}
	case map[string]any:
		for _, label := range p.Classes {
			list = append(list, of[label].(float64))
		}
		return list
	}
	if v, one := said["value"].(float64); one {
		return []float64{v}
	}
	for _, v := range said["values"].([]any) {
		list = append(list, v.(float64))
	}
	return list
}

// Its ONNX file computes the same, and its report has its scores.
func (c kindOfModel) isWritten(t *testing.T) {
	m := c.make()
	h := ok(m.Fit(t.Context(), c.rows, c.o))
	var file, page bytes.Buffer
	ok(0, onnx.WriteModel(&file, m, onnx.ModelOptions{}))
	read := ok(onnx.Read(&file, onnx.ReadOptions{}))
	in := map[string]onnx.Array{}
	for name, columns := range c.inputs {
		part := ok(c.rows.Select(columns...))
		in[name] = onnx.Array{Dims: []int{part.Rows(), len(columns)}, Data: part.X}
		if len(read.Inputs[0].Dims) == 3 {
			in[name] = onnx.Array{Dims: []int{part.Rows(), 1, len(columns)}, Data: part.X}
		}
	}
	got := ok(ok(read.Session()).Run(in))
	all := outputs(m, c.rows)
	for i, port := range read.Outputs {
		p := all[port.Name]
		if len(all) == 1 {
			p = all[m.Card().Outputs[0]]
		}
		for j, v := range got[i].Data.([]float64) {
			k := len(p.Values[0])
			if want := p.Values[j/k][j%k]; !(math.Abs(v-want) <= 1e-12*max(1, math.Abs(want))) {
				t.Fatalf("%s: ONNX gives %g, want %g", port.Name, v, want)
			}
		}
	}
	ok(0, report.Write(&page, ok(report.Of(m, h, c.rows))))
	about := []string{"Test rows", "Loss", "<svg"}
	if y := c.rows.Beside["y"]; y != nil {
		about = append(about, strings.Join(y.Features, ", "))
	}
	for _, s := range about {
		if !strings.Contains(page.String(), s) {
			t.Errorf("the report has no %q", s)
		}
	}
}
