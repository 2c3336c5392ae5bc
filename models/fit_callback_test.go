package models_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"

	"gorgonia.org/tensor"
)

// kerasStop is Keras's EarlyStopping in a few lines: the epoch after which it
// stops, or the last one, and the best.
func kerasStop(values []float64, patience int, minDelta float64) (stopped, best int) {
	least, wait := math.Inf(1), 0
	for i, v := range values {
		if wait++; v+minDelta < least {
			least, best, wait = v, i+1, 0
		} else if wait >= patience && i > 0 {
			return i + 1, best
		}
	}
	return len(values), best
}

// EarlyStopping stops where Keras's does, and restores the weights of the epoch
// that Keras's restores.
func TestEarlyStoppingIsKeras(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	d := data.Iris()
	for range 60 {
		values := make([]float64, 12)
		for i := range values {
			values[i] = float64(r.IntN(12-i/2)) / 4
		}
		patience, minDelta := r.IntN(4), float64(r.IntN(3))/4
		var after [][]*tensor.Dense
		m := quick()
		h, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: len(values), FullBatch: true, Callbacks: []models.Callback{
			models.EachEpoch(func(t *models.Training, _ models.Epoch) error {
				after = append(after, t.Weights())
				return nil
			}),
			&models.EarlyStopping{
				Monitor:  func(e models.Epoch) float64 { return values[e.Number-1] },
				Patience: patience, MinDelta: minDelta, RestoreBest: true,
			},
		}})
		check(t, err)
		stopped, best := kerasStop(values, patience, minDelta)
		if len(h.Epochs) != stopped || h.Best != best {
			t.Errorf("%v, patience %d, change %g: %d epochs, best %d; want %d and %d", values, patience, minDelta, len(h.Epochs), h.Best, stopped, best)
			continue
		}
		if (h.Stopped != "") != (stopped < len(values)) && stopped < len(values) {
			t.Errorf("stopped: %q", h.Stopped)
		}
		var want []float64
		for _, w := range after[best-1] {
			want = append(want, entries(w)...)
		}
		if !slices.Equal(weights(t, m), want) {
			t.Error("the model has not the weights of the best epoch")
		}
	}
}

// By default the validation loss is monitored, or the training loss; NaN is no
// improvement.
func TestEarlyStoppingMonitors(t *testing.T) {
	var s models.EarlyStopping
	check(t, s.Begin(training(t)))
	good, bad := &models.Scores{Loss: 1}, &models.Scores{Loss: 2}
	check(t, s.EpochEnd(nil, models.Epoch{Number: 1, Loss: 5, Validation: bad}))
	check(t, s.EpochEnd(nil, models.Epoch{Number: 2, Loss: 6, Validation: good}))
	if err := s.EpochEnd(nil, models.Epoch{Number: 3, Loss: 4, Validation: bad}); !errors.Is(err, models.ErrStop) || !contains(err, "epoch 2") {
		t.Error(err)
	}
	check(t, s.Begin(training(t)))
	check(t, s.EpochEnd(nil, models.Epoch{Number: 1, Loss: 2}))
	check(t, s.EpochEnd(nil, models.Epoch{Number: 2, Loss: 1}))
	if err := s.EpochEnd(nil, models.Epoch{Number: 3, Loss: math.NaN()}); !errors.Is(err, models.ErrStop) {
		t.Error(err)
	}
}

// training returns a Training, by way of a callback.
func training(t testing.TB) (training *models.Training) {
	_, err := quick().Fit(t.Context(), data.Iris(), models.FitOptions{Epochs: 1, Callbacks: []models.Callback{&recorder{t: &training}}})
	check(t, err)
	return training
}

// A recorder notes what it is told, as a Callback and as a Progress.
type recorder struct {
	t      **models.Training
	events []string
	fail   string // the event at which to fail
	err    error
}

func (r *recorder) note(format string, args ...any) error {
	r.events = append(r.events, fmt.Sprintf(format, args...))
	if r.events[len(r.events)-1] == r.fail {
		return r.err
	}
	return nil
}

func (r *recorder) Begin(t *models.Training) error {
	if r.t != nil {
		*r.t = t
	}
	return r.note("begin")
}

func (r *recorder) EpochEnd(t *models.Training, e models.Epoch) error {
	if n := len(t.History().Epochs); n != e.Number {
		return fmt.Errorf("%d epochs at the end of number %d", n, e.Number)
	}
	return r.note("epoch %d", e.Number)
}

func (r *recorder) End(*models.Training) error { return r.note("end") }

type shown struct{ *recorder }

func (s shown) Begin(epochs, steps int)        { s.note("show %d×%d", epochs, steps) }
func (s shown) Step(step int, _ float64)       { s.note("show step %d", step) }
func (s shown) Epoch(e models.Epoch)           { s.note("show epoch %d", e.Number) }
func (s shown) End(h *models.History, e error) { s.note("show end %q %v", h.Stopped, e) }

// What is told when.
func TestEvents(t *testing.T) {
	errBroken := errors.New("broken")
	for _, c := range []struct {
		fail string
		err  error
		want string
	}{
		{"", nil, `begin, show 2×2, show step 0, show step 1, show epoch 1, epoch 1, show step 0, show step 1, show epoch 2, epoch 2, end, show end "" <nil>`},
		{"epoch 1", fmt.Errorf("%w: enough", models.ErrStop), `begin, show 2×2, show step 0, show step 1, show epoch 1, epoch 1, end, show end "stopped: enough" <nil>`},
		{"epoch 1", errBroken, `begin, show 2×2, show step 0, show step 1, show epoch 1, epoch 1, end, show end "" broken`},
		{"begin", errBroken, `begin`},
		{"end", errBroken, `begin, show 2×2, show step 0, show step 1, show epoch 1, epoch 1, show step 0, show step 1, show epoch 2, epoch 2, end, show end "" broken`},
	} {
		r := &recorder{fail: c.fail, err: c.err}
		m := quick()
		h, err := m.Fit(t.Context(), data.Iris(), models.FitOptions{Epochs: 2, Batch: 100, Callbacks: []models.Callback{r}, Progress: shown{r}})
		if got := strings.Join(r.events, ", "); got != c.want {
			t.Errorf("fail at %q with %v:\n got %s\nwant %s", c.fail, c.err, got, c.want)
		}
		failed := errors.Is(c.err, errBroken)
		if errors.Is(err, errBroken) != failed || (err != nil) != failed || h == nil {
			t.Errorf("fail at %q with %v: %v", c.fail, c.err, err)
		}
		if _, err := m.Predict(data.Iris()); (err != nil) != failed {
			t.Errorf("fail at %q with %v: %v", c.fail, c.err, err)
		}
	}
}

// A Callback may set weights, but none that are no weights, and not when the
// training is over.
func TestSetWeights(t *testing.T) {
	d := data.Iris()
	var during []float64
	m := quick()
	_, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 1, Callbacks: []models.Callback{models.EachEpoch(func(tr *models.Training, _ models.Epoch) error {
		w := tr.Weights()
		before := slices.Clone(entries(w[0]))
		narrow := tensor.New(tensor.WithShape(3, 4), tensor.Of(tensor.Float32))
		turned := tensor.New(tensor.WithShape(4, 3), tensor.Of(tensor.Float64))
		check(t, turned.T())
		hole := w[0].Clone().(*tensor.Dense)
		hole.Float64s()[5] = math.NaN()
		for name, bad := range map[string]*tensor.Dense{"nil": nil, "shape": w[1], "type": narrow, "transpose": turned, "NaN": hole} {
			if err := tr.SetWeights(append([]*tensor.Dense{bad}, w[1:]...)); !errors.Is(err, models.ErrWeights) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := tr.SetWeights(w[:2]); !errors.Is(err, models.ErrWeights) {
			t.Error(err)
		}
		if !slices.Equal(entries(tr.Weights()[0]), before) {
			t.Error("weights that were refused have changed something")
		}
		for i := range entries(w[0]) {
			w[0].Float64s()[i] = float64(i)
		}
		check(t, tr.SetWeights(w))
		w[0].Float64s()[0] = 100
		during = entries(tr.Weights()[0])
		return nil
	})}})
	check(t, err)
	if got := weights(t, m)[:12]; !slices.Equal(got, during) || got[0] != 0 || got[11] != 11 {
		t.Errorf("w1 = %v", got)
	}
	tr := training(t)
	if err := tr.SetWeights(tr.Weights()); !errors.Is(err, models.ErrWeights) || !contains(err, "over") {
		t.Error(err)
	}
}

// The loss that is monitored is that of validation where there is one, also if it is
// larger, 0 or NaN.
func TestMonitoredLoss(t *testing.T) {
	for _, c := range []struct {
		e    models.Epoch
		want float64
	}{
		{models.Epoch{Loss: 2}, 2},
		{models.Epoch{Loss: 2, Train: &models.Scores{Loss: 1}}, 2},
		{models.Epoch{Loss: 2, Validation: &models.Scores{Loss: 3}}, 3},
		{models.Epoch{Loss: 2, Validation: &models.Scores{}}, 0},
		{models.Epoch{Loss: 2, Validation: &models.Scores{Loss: math.NaN()}}, math.NaN()},
	} {
		if got := c.e.MonitoredLoss(); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%+v: %g, want %g", c.e, got, c.want)
		}
	}
}
