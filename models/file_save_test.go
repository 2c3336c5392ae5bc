package models_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"

	"gorgonia.org/tensor"

	independent "github.com/nlpodyssey/safetensors"
)

// A model that is loaded does what the one that was saved did, bit for bit, and
// saves the same bytes.
func TestLoadedModelIsTheSame(t *testing.T) {
	for _, c := range savedCases(t) {
		file := saved(t, c.model)
		loaded, err := models.Load(iotest.OneByteReader(bytes.NewReader(file)))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if reflect.TypeOf(loaded) != reflect.TypeOf(c.model) {
			t.Errorf("%s: loaded a %T from a %T", c.name, loaded, c.model)
		}
		if got, want := behaviour(t, loaded, c.rows), behaviour(t, c.model, c.rows); got != want {
			t.Errorf("%s: loaded\n%s\nsaved\n%s", c.name, got, want)
		}
		if !bytes.Equal(saved(t, loaded), file) || !bytes.Equal(saved(t, c.model), file) {
			t.Errorf("%s: saved again it has other bytes", c.name)
		}
	}
}

// The fields of a model that is loaded are those that it was fitted with, so that
// it can be fitted again.
func TestLoadedModelFitsAgain(t *testing.T) {
	for _, c := range savedCases(t) {
		if c.name == "deep" || strings.Contains(c.name, "own name") {
			continue // Init and Name are not saved
		}
		loaded := must(models.Load(bytes.NewReader(saved(t, c.model))))
		if _, err := loaded.Fit(t.Context(), c.rows, c.fit); err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if behaviour(t, loaded, c.rows) != behaviour(t, c.model, c.rows) {
			t.Errorf("%s: it learned something else", c.name)
		}
	}
}

// A file says what was fitted, whatever the fields say by now.
func TestSaveIsOfTheFittedModel(t *testing.T) {
	rows := data.Iris()
	m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 3}}, Penalty: models.L2, Lambda: 1, Seed: 5}
	must(m.Fit(t.Context(), rows, models.FitOptions{Epochs: 1}))
	file := saved(t, m)
	m.Layers[0], m.Lambda, m.Seed, m.Standardize, m.Float32, m.Loss = models.Func("f", ops.Exp), 2, 6, true, true, models.HingeLoss
	if !bytes.Equal(saved(t, m), file) {
		t.Error("the fields changed the file")
	}
}

// A reader that nobody here wrote finds the weights, by their names.
func TestIndependentReaderFindsTheWeights(t *testing.T) {
	for _, c := range savedCases(t) {
		st, err := independent.Deserialize(saved(t, c.model))
		if err != nil {
			t.Fatal(c.name, err)
		}
		f := must(c.model.Formula())
		if st.Len() != len(f.Params) {
			t.Errorf("%s: %d tensors for %d parameters", c.name, st.Len(), len(f.Params))
		}
		for _, p := range f.Params {
			v, ok := st.Tensor(p.Name())
			dtype, numbers := independent.F64, any(p.Value().Data())
			if p.Value().Dtype() == tensor.Float32 {
				dtype = independent.F32
			}
			want := must(binary.Append(nil, binary.LittleEndian, numbers))
			shape := []uint64{uint64(p.Shape().Dim(0)), uint64(p.Shape().Dim(1))}
			if !ok || v.DType() != dtype || !slices.Equal(v.Shape(), shape) || !bytes.Equal(v.Data(), want) {
				t.Errorf("%s: %s is %v %v", c.name, p.Name(), v.DType(), v.Shape())
			}
		}
	}
}

type ownLayer struct{ models.Dense }

// Layers, activations and losses of one's own are kept: what was loaded predicts the same,
// prints the same summary and can be fitted again.
func TestOwnLayersAreKept(t *testing.T) {
	rows, short := must(data.Moons(40, 0.1, 1)), models.FitOptions{Epochs: 2, Batch: 16}
	last := models.Dense{Units: 1, Activation: models.Sigmoid}
	layers := func(l ...models.Layer) *models.Deep { return &models.Deep{Layers: append(l, last), Seed: 3} }
	swish := func(z *graph.Node) *graph.Node { return ops.Mul(z, ops.Sigmoid(z)) }
	twice := func(a, y *graph.Node) *graph.Node { return ops.Affine(ops.LogLoss(a, y), 2, 0) }
	for name, m := range map[string]*models.Deep{
		"function":   layers(models.Func("my layer", ops.Tanh)),
		"type":       layers(ownLayer{models.Dense{Units: 2, Activation: models.ReLU}}),
		"skip":       layers(skipLayer{}, models.Dropout{Rate: 0.2}, running{}),
		"activation": layers(models.Dense{Units: 2}, models.Dense{Units: 2, Activation: models.Activation{Name: "swish", Of: swish}}),
		"loss":       {Layers: []models.Layer{last}, Loss: models.Loss{Name: "twice", Of: twice}, Penalty: models.L2, Lambda: 0.1},
		"Proba": {Layers: []models.Layer{models.Dense{Units: 1}}, Loss: models.Loss{
			Name: "mine", Of: func(a, y *graph.Node) *graph.Node { return ops.Square(ops.Sub(ops.Sigmoid(a), y)) }, Proba: ops.Sigmoid,
		}},
	} {
		must(m.Fit(t.Context(), rows, short))
		loaded := must(models.Load(bytes.NewReader(saved(t, m)))).(*models.Deep)
		if behaviour(t, loaded, rows) != behaviour(t, m, rows) || must(loaded.Summary(0)) != must(m.Summary(0)) || must(loaded.Summary(2)) != must(m.Summary(2)) {
			t.Errorf("%s: it is another after a file\n%s", name, must(loaded.Summary(0)))
		}
		loaded.Standardize, m.Standardize = true, true
		must(m.Fit(t.Context(), rows, short))
		must(loaded.Fit(t.Context(), rows, short))
		if behaviour(t, loaded, rows) != behaviour(t, m, rows) {
			t.Errorf("%s: it learned something else", name)
		}
	}
}

// skipLayer is a + tanh(wa + b).
type skipLayer struct{}

func (skipLayer) String() string { return "Skip" }
func (skipLayer) Apply(b *models.Builder, a *graph.Node) *graph.Node {
	return ops.Add(a, models.Dense{Units: a.Shape().Dim(0), Activation: models.Tanh}.Apply(b, a))
}

// running subtracts a running mean, by which a training moves a state, and scales by a
// parameter of its own.
type running struct{}

func (running) String() string { return "Normalised" }
func (running) Apply(b *models.Builder, a *graph.Node) *graph.Node {
	n := a.Shape().Dim(0)
	mean := b.State("mean", 0.5, n, 1)
	mean.Becomes(ops.Affine(ops.Add(mean, ops.Keep(ops.Mean, a, 1)), 0.5, 0))
	return ops.Mul(b.Param("scale", models.HeNormal, n, 1), ops.Sub(a, mean))
}

// A model without a name for one of its ops is kept in no file.
func TestNotSavable(t *testing.T) {
	rows, short := must(data.Moons(20, 0.1, 1)), models.FitOptions{Epochs: 1}
	last := models.Dense{Units: 1, Activation: models.Sigmoid}
	layers := func(l ...models.Layer) *models.Deep { return &models.Deep{Layers: append(l, last)} }
	prime := func(z, _ *graph.Node) *graph.Node { return ops.Cos(z) }
	unnamed := &ops.Pointwise{Name: "mine", G: math.Sin, Prime: prime}
	unknown := &ops.Pointwise{Name: "mine", G: math.Sin, Prime: prime, Is: graph.Description{Name: "models_test.Mine"}}
	for says, m := range map[string]*models.Deep{
		"graph.Register":   layers(models.Func("my layer", unnamed.Of)),
		"models_test.Mine": layers(models.Dense{Units: 2, Activation: models.Activation{Name: "mine", Of: unknown.Of}}),
		"training.momentum": layers(models.Func("my layer", func(a *graph.Node) *graph.Node {
			return ops.Mul(a, a.Graph().Param("training.momentum", tensor.New(tensor.FromScalar(1.0))))
		})),
	} {
		must(m.Fit(t.Context(), rows, short))
		if err := m.Save(io.Discard); !errors.Is(err, models.ErrNotSavable) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
	m := layers()
	if err := layers().Save(io.Discard); !errors.Is(err, models.ErrNotFitted) {
		t.Errorf("before Fit: %v", err)
	}
	broken := errors.New("broken")
	must(m.Fit(t.Context(), rows, short))
	if err := m.Save(brokenWriter{broken}); !errors.Is(err, broken) {
		t.Errorf("a writer that fails: %v", err)
	}
	if _, err := models.Load(iotest.ErrReader(broken)); !errors.Is(err, broken) || errors.Is(err, models.ErrCorrupt) {
		t.Errorf("a reader that fails: %v", err)
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

// Names of features and classes may be any text.
func TestNamesSurvive(t *testing.T) {
	rows := must(data.Moons(20, 0.1, 1))
	rows.Features = []string{"", "<b> \"ζ\" \u2028\x00 {\"sha256\":\"0\"}"}
	rows.Classes = []string{"ja & nein", "\\"}
	m := &models.Logistic{}
	must(m.Fit(t.Context(), rows, models.FitOptions{}))
	loaded := must(models.Load(bytes.NewReader(saved(t, m))))
	if !slices.Equal(loaded.Features(), rows.Features) || !slices.Equal(loaded.Classes(), rows.Classes) {
		t.Errorf("%q %q", loaded.Features(), loaded.Classes())
	}
}

// Load into a model that is there is all or nothing, and Deep is not Logistic.
func TestLoadIntoAModel(t *testing.T) {
	rows := must(data.Moons(40, 0.1, 3))
	deep, logistic := small(t, rows), &models.Logistic{Penalty: models.L2, Lambda: 1}
	must(logistic.Fit(t.Context(), rows, models.FitOptions{}))
	other := &models.Deep{}
	check(t, other.Load(bytes.NewReader(saved(t, deep))))
	if behaviour(t, other, rows) != behaviour(t, deep, rows) || other.Seed != deep.Seed || len(other.Layers) != 2 {
		t.Errorf("loaded %+v", other.Layers)
	}
	before := behaviour(t, deep, rows)
	if err := deep.Load(bytes.NewReader(saved(t, logistic))); !errors.Is(err, models.ErrFormat) {
		t.Errorf("a logistic model: %v", err)
	}
	if err := logistic.Load(bytes.NewReader(saved(t, deep))); !errors.Is(err, models.ErrFormat) {
		t.Errorf("a deep model: %v", err)
	}
	if behaviour(t, deep, rows) != before {
		t.Error("a refused file changed the model")
	}
	fresh := &models.Logistic{Init: models.Zeros}
	check(t, fresh.Load(bytes.NewReader(saved(t, logistic))))
	if fresh.Lambda != 1 || fresh.Penalty != models.L2 || behaviour(t, fresh, rows) != behaviour(t, logistic, rows) {
		t.Errorf("loaded λ = %g", fresh.Lambda)
	}
}

// Every change of one bit and every truncation is refused with ErrCorrupt, and
// leaves the model in memory as it was.
func TestEveryBitFlipIsRefused(t *testing.T) {
	rows := must(data.Moons(10, 0.1, 3))
	m := small(t, rows)
	whole := saved(t, m)
	check(t, m.Load(bytes.NewReader(whole)))
	before, seed := behaviour(t, m, rows), m.Seed
	refused := func(what string, i int, file []byte) {
		t.Helper()
		if err := m.Load(bytes.NewReader(file)); !errors.Is(err, models.ErrCorrupt) {
			t.Errorf("%s %d of %d: %v", what, i, len(whole), err)
		}
	}
	for i := range 8 * len(whole) {
		file := bytes.Clone(whole)
		file[i/8] ^= 1 << (i % 8)
		refused("bit", i, file)
	}
	for i := range whole {
		refused("bytes", i, whole[:i])
	}
	refused("one byte more than", len(whole), append(bytes.Clone(whole), 0))
	if behaviour(t, m, rows) != before || m.Seed != seed || !bytes.Equal(saved(t, m), whole) {
		t.Error("the model has changed")
	}
}
