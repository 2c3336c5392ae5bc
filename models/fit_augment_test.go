package models_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/internal/random"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/prepare"
)

// doubling doubles the features, and keeps what it was given.
type doubling struct {
	mu   sync.Mutex
	seen map[[2]float64]int // a row's first feature, and the first random number
}

func (*doubling) Check(*data.Dataset) error { return nil }

func (a *doubling) Apply(_ *data.Dataset, dst, x []float64, uniform func() float64) {
	u := uniform()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen[[2]float64{x[0], u}]++
	for k, v := range x {
		dst[k] = 2 * v
	}
}

// squares is 20 rows whose features are 1 to 20 and their squares.
func squares(by float64) *data.Dataset {
	d := &data.Dataset{Features: []string{"n", "n²"}}
	for i := 1.; i <= 20; i++ {
		d.X = append(d.X, by*i/20, by*i*i/400)
		d.Y = append(d.Y, math.Sin(i/5))
	}
	return d
}

// The network is trained on the changed examples: to the bits of a training on a table of those. Every example is changed
// once a step, by numbers of its own, those that package data documents; and scores are of examples as they are.
func TestAugmentedExamplesAreTrainedOn(t *testing.T) {
	const epochs = 3
	for name, o := range map[string]models.FitOptions{
		"batches": {Batch: 8}, "in order": {Batch: 8, NoShuffle: true}, "all": {FullBatch: true}, "parts": {Batch: 9, Parts: 4},
	} {
		for _, single := range []bool{false, true} {
			fit := func(d *data.Dataset, by models.Augmenter) ([]float64, *models.History) {
				o := o
				o.Epochs, o.Augment, o.Validation = epochs, by, squares(2)
				m := &models.Deep{Seed: 5, Float32: single, Layers: []models.Layer{models.Dense{Units: 3, Activation: models.Tanh}, models.Dense{Units: 1}}}
				h := must(m.Fit(t.Context(), d, o))
				return must(m.Predict(d)), h
			}
			want, wantHistory := fit(squares(2), nil)
			by := &doubling{seen: map[[2]float64]int{}}
			_, h := fit(squares(1), by)
			if a, b := h.Last(), wantHistory.Last(); a.Loss != b.Loss || a.Validation.Loss != b.Validation.Loss || len(want) != 20 {
				t.Errorf("%s, float32 %v: loss %v and %v, of a table of the changed examples %v and %v", name, single, a.Loss, a.Validation.Loss, b.Loss, b.Validation.Loss)
			}
			if len(by.seen) != epochs*20 {
				t.Errorf("%s: %d changes by different numbers, want %d", name, len(by.seen), epochs*20)
			}
			for step := range uint64(h.Steps) {
				for row := range uint64(20) {
					s := random.Of(5, random.ForAugment, step, row)
					delete(by.seen, [2]float64{float64(row+1) / 20, s.Uniform()})
				}
			}
			if len(by.seen) > 0 {
				t.Errorf("%s: %d changes by numbers that are not of their step and row", name, len(by.seen))
			}
		}
	}
}

// The bits do not depend on how many goroutines change pictures.
func TestAugmentByAnyNumberOfGoroutines(t *testing.T) {
	digits := must(data.Digits().Subset(ascending(60)))
	fit := func(procs int) []float64 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		m := &models.Deep{Seed: 3, Layers: []models.Layer{models.Dense{Units: 10, Activation: models.Softmax}}}
		must(m.Fit(t.Context(), digits, models.FitOptions{Epochs: 2, Batch: 16, Augment: data.Augment{Shift: 2, Rotate: 15, Crop: 0.8, Mirror: true}}))
		return entries(must(m.Formula()).Params[0].Value())
	}
	want := fit(1)
	for _, procs := range []int{2, 5} {
		if got := fit(procs); !slices.Equal(got, want) {
			t.Errorf("%d goroutines: other bits", procs)
		}
	}
}

func ascending(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// A training that is cancelled within an epoch ends when nothing changes examples any more.
func TestAugmentEndsWithTheTraining(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	by := &cancelling{cancel: cancel}
	m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 10, Activation: models.Softmax}}}
	if _, err := m.Fit(ctx, data.Digits(), models.FitOptions{Epochs: 50, Augment: by}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	count := by.count.Load()
	time.Sleep(5 * time.Millisecond)
	if more := by.count.Load() - count; more > 0 {
		t.Errorf("%d examples were changed after the end", more)
	}
}

// cancelling cancels a training at the two hundredth example, and takes its time from then on.
type cancelling struct {
	cancel func()
	count  atomic.Int64
}

func (*cancelling) Check(*data.Dataset) error { return nil }

func (a *cancelling) Apply(_ *data.Dataset, dst, x []float64, _ func() float64) {
	copy(dst, x)
	if n := a.count.Add(1); n == 200 {
		a.cancel()
	} else if n > 200 {
		time.Sleep(time.Millisecond)
	}
}

func TestAugmentRefuses(t *testing.T) {
	digits := data.Digits()
	by := models.FitOptions{Epochs: 1, Augment: data.Augment{Shift: 1}}
	layers := []models.Layer{models.Dense{Units: 10, Activation: models.Softmax}}
	g := graph.New()
	x, z, y := g.Input("x", 4, graph.Batch), g.Input("z", 4, graph.Batch), g.Input("y", 3, graph.Batch)
	b := models.NewBuilder(g, 1)
	p := models.Dense{Units: 3, Activation: models.Softmax}.Apply(b, ops.Add(x, z))
	two := must(models.New(models.Roles{
		Inputs: []*graph.Node{x, z}, Targets: []*graph.Node{y}, Outputs: []models.Output{{Name: "p", P: p}}, Loss: ops.CrossEntropy(p, y),
	}))
	iris := data.Iris()
	iris.Beside = map[string]*data.Dataset{"z": {X: iris.X, Features: iris.Features}}
	for name, c := range map[string]struct {
		m    models.Model
		d    *data.Dataset
		o    models.FitOptions
		want error
	}{
		"standardized": {&models.Deep{Layers: layers, Standardize: true}, digits, by, models.ErrOption},
		"prepared":     {&models.Deep{Layers: layers, Prepare: &prepare.Columns{}}, digits, by, models.ErrOption},
		"two inputs":   {two, iris, by, models.ErrOption},
		"no pictures":  {&models.Deep{Layers: layers}, must(digits.First(10)), by, data.ErrFeatures},
		"an option":    {&models.Deep{Layers: layers}, digits, models.FitOptions{Augment: data.Augment{Shift: -1}}, data.ErrArgument},
		"a search":     {&models.Logistic{}, digits, models.FitOptions{Augment: data.Augment{Shift: 1}}, models.ErrOption},
	} {
		if _, err := c.m.Fit(t.Context(), c.d, c.o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want one that wraps %q", name, err, c.want)
		}
	}
}

// A training goes on with the changes that it had.
func TestAugmentIsResumed(t *testing.T) {
	fit := func(by models.Augmenter, from *models.Snapshot) (last *models.Snapshot, err error) {
		m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 10, Activation: models.Softmax}}}
		_, err = m.Fit(t.Context(), must(data.Digits().Subset(ascending(100))), models.FitOptions{Epochs: 2, Augment: by, Resume: from, Callbacks: []models.Callback{
			models.EachEpoch(func(training *models.Training, _ models.Epoch) error {
				var err error
				if last, err = training.Snapshot(); err != nil {
					return err
				}
				return models.ErrStop
			}),
		}})
		return last, err
	}
	s := must(fit(data.Augment{Shift: 1}, nil))
	for _, by := range []models.Augmenter{nil, data.Augment{Shift: 2}, &data.Augment{Shift: 1}} {
		if _, err := fit(by, s); !errors.Is(err, models.ErrResume) {
			t.Errorf("%#v: %v", by, err)
		}
	}
	must(fit(data.Augment{Shift: 1}, s))
}

// growing multiplies the features of the k-th step of 20 rows by k.
type growing struct{ count atomic.Int64 }

func (*growing) Check(*data.Dataset) error { return nil }

func (a *growing) Apply(_ *data.Dataset, dst, x []float64, _ func() float64) {
	by := float64(1 + (a.count.Add(1)-1)/20)
	for k, v := range x {
		dst[k] = by * v
	}
}

// A full batch is fed anew at each step, since its examples change.
func TestAugmentOfAFullBatch(t *testing.T) {
	losses := func(by models.Augmenter) (list []float64) {
		m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 1}}}
		for _, e := range must(m.Fit(t.Context(), squares(1), models.FitOptions{Epochs: 2, FullBatch: true, Augment: by})).Epochs {
			list = append(list, e.Loss)
		}
		return list
	}
	as, grown := losses(nil), losses(new(growing))
	if as[0] != grown[0] || as[1] == grown[1] {
		t.Errorf("losses %v, as the examples grow %v", as, grown)
	}
}
