package models_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/internal/grouptest"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"
)

// fits are trainings that can be cut into parts, and return what they end with.
var fits = map[string]func(t testing.TB, o models.FitOptions) (string, error){
	"net": func(_ testing.TB, o models.FitOptions) (string, error) {
		m := &models.Deep{Seed: 3, Penalty: models.L2, Lambda: 0.1, Layers: []models.Layer{
			models.Dense{Units: 8, Activation: models.ReLU}, models.Dropout{Rate: 0.3}, models.Dense{Units: 3, Activation: models.Softmax},
		}}
		o.Epochs, o.Batch, o.Clip, o.ValidationSplit, o.TrainScores = 4, 33, optim.Clip{Norm: 1}, 0.2, true
		h, err := m.Fit(context.Background(), data.Iris(), o)
		return fingerprint(m, h, err)
	},
	"L-BFGS": func(_ testing.TB, o models.FitOptions) (string, error) {
		m := &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true}
		h, err := m.Fit(context.Background(), data.BreastCancer(), o)
		return fingerprint(m, h, err)
	},
	"FISTA": func(_ testing.TB, o models.FitOptions) (string, error) {
		m := &models.Logistic{Penalty: models.L1, Lambda: 20, Standardize: true, Float32: true}
		h, err := m.Fit(context.Background(), data.BreastCancer(), o)
		return fingerprint(m, h, err)
	},
	"three outputs":  three,
	"rows of a file": rowsOfFile,
}

// three are outputs with losses of their own.
func three(t testing.TB, o models.FitOptions) (string, error) {
	f := towers(t, map[string][]string{"what": {"a", "b"}, "size": {"w", "h"}, "tags": {"new", "old"}})
	o.Epochs, o.Batch, o.TrainScores = 2, 16, true
	h, err := f.Fit(context.Background(), rated("who", "a", "b", "w", "h", "new", "old"), o)
	return fingerprint(f, h, err)
}

// rowsOfFile are rows that lie in a file, of which each process reads those of its parts, in
// windows.
func rowsOfFile(t testing.TB, o models.FitOptions) (string, error) {
	dir := t.TempDir()
	csv, path := filepath.Join(dir, "iris.csv"), filepath.Join(dir, "rows")
	check(t, os.WriteFile(csv, irisCSV(), 0o600))
	check(t, data.Stream{Files: []string{csv}}.Convert(path))
	d, err := data.OpenRows(path)
	check(t, err)
	defer d.Close()
	m := layer()
	m.Standardize = true
	o.Epochs, o.Window, o.ValidationSplit = 3, 60, 0.2
	h, err := m.Fit(context.Background(), d, o)
	return fingerprint(m, h, err)
}

// irisCSV is Iris as text, its classes in turn.
func irisCSV() []byte {
	d := data.Iris()
	text := []byte("a,b,c,d,kind\n")
	for i := range 150 {
		i = i%3*50 + i/3
		for _, v := range d.Row(i) {
			text = fmt.Append(text, v, ",")
		}
		text = fmt.Append(text, d.Classes[int(d.Y[i])], "\n")
	}
	return text
}

// A penalty on what the network makes of the examples is the mean over the parts, where others
// are added once.
func TestPenaltyOfActivations(t *testing.T) {
	loss := func(o models.FitOptions) float64 {
		g := graph.New()
		x, y := g.Input("x", 4, graph.Batch), g.Input("y", 3, graph.Batch)
		b := models.NewBuilder(g, 1)
		h := models.Dense{Units: 8, Activation: models.Tanh}.Apply(b, x)
		p := models.Dense{Units: 3, Activation: models.Softmax}.Apply(b, h)
		f, err := models.New(models.Roles{
			Inputs: []*graph.Node{x}, Targets: []*graph.Node{y}, Loss: ops.CrossEntropy(p, y),
			Penalty: ops.Mean(ops.Square(h)), Outputs: []models.Output{{Name: "kind", P: p}},
		})
		check(t, err)
		o.Epochs, o.FullBatch = 2, true
		return must(f.Fit(t.Context(), data.Iris(), o)).Epochs[1].Loss
	}
	near(t, "in parts", loss(models.FitOptions{Parts: 4}), loss(models.FitOptions{}), 1e-12)
}

func fingerprint(m models.Model, h *models.History, err error) (string, error) {
	if err != nil {
		return "", err
	}
	digest := sha256.New()
	f, err := m.Formula()
	if err != nil {
		return "", err
	}
	for _, w := range f.Params {
		fmt.Fprint(digest, w.Value().Data())
	}
	for _, e := range h.Epochs {
		fmt.Fprintf(digest, "%x %+v %+v", e.Loss, e.Validation, e.Train)
	}
	return fmt.Sprintf("%x", digest.Sum(nil)), nil
}

// Any number of processes ends with the weights, losses and scores of one with the same
// Parts: dropout, clipping, penalties and searches included.
func TestGroupBits(t *testing.T) {
	for name, fit := range fits {
		alone, err := fit(t, models.FitOptions{Parts: 8})
		if err != nil {
			t.Fatal(name, err)
		}
		whole, err := fit(t, models.FitOptions{})
		if err != nil || whole == alone {
			t.Errorf("%s: as a whole %v, with the same bits: %v", name, err, whole == alone)
		}
		for _, size := range []int{1, 2, 3, 4, 8} {
			err := grouptest.Together(size, func(g *grouptest.Member) error {
				got, err := fit(t, models.FitOptions{Group: g})
				if err == nil && got != alone {
					err = fmt.Errorf("rank %d of %d ends with other bits", g.Rank(), size)
				}
				return err
			})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// A process that differs is found at the start, and all are told which it is and in what.
func TestGroupDiffers(t *testing.T) {
	normal := func(deviation float64) []models.Layer {
		return []models.Layer{models.Dense{Units: 3, Activation: models.Softmax, Init: models.Normal(deviation)}}
	}
	for what, change := range map[string]func(o *models.FitOptions, d *data.Dataset, m *models.Deep){
		"clip":            func(o *models.FitOptions, _ *data.Dataset, _ *models.Deep) { o.Clip.Norm = 2 },
		"epochs":          func(o *models.FitOptions, _ *data.Dataset, _ *models.Deep) { o.Epochs = 3 },
		"parts":           func(o *models.FitOptions, _ *data.Dataset, _ *models.Deep) { o.Parts = 4 },
		"data":            func(_ *models.FitOptions, d *data.Dataset, _ *models.Deep) { d.X[7]++ },
		"validation data": func(o *models.FitOptions, _ *data.Dataset, _ *models.Deep) { o.Validation = data.Iris() },
		"metrics": func(o *models.FitOptions, _ *data.Dataset, _ *models.Deep) {
			o.Metrics = []models.Metric{{Name: "mine", Of: func(*models.Evaluated) float64 { return 0 }}}
		},
		"formula":               func(_ *models.FitOptions, _ *data.Dataset, m *models.Deep) { m.Penalty, m.Lambda = models.L2, 1 },
		"seed":                  func(_ *models.FitOptions, _ *data.Dataset, m *models.Deep) { m.Seed = 2 },
		"weights to begin with": func(_ *models.FitOptions, _ *data.Dataset, m *models.Deep) { m.Layers = normal(2) },
	} {
		told(t, what, func(g *grouptest.Member) error {
			d, o, m := data.Iris(), models.FitOptions{Epochs: 2, Group: g}, &models.Deep{Layers: normal(1)}
			if g.Rank() == 2 {
				change(&o, d, m)
			}
			_, err := m.Fit(context.Background(), d, o)
			return err
		})
	}
	for what, change := range map[string]func(m *models.Logistic){
		"tolerance":      func(m *models.Logistic) { m.Tolerance = 1e-8 },
		"max_iterations": func(m *models.Logistic) { m.MaxIterations = 5 },
	} {
		told(t, what, func(g *grouptest.Member) error {
			m := &models.Logistic{Penalty: models.L1, Lambda: 1}
			if g.Rank() == 2 {
				change(m)
			}
			_, err := m.Fit(context.Background(), data.BreastCancer(), models.FitOptions{Group: g})
			return err
		})
	}
	for what, as := range map[string][2]string{
		"program":         {runtime.Version(), strings.Repeat("x", len(runtime.Version()))},
		"instruction set": {graph.Kernels(), strings.Repeat("x", len(graph.Kernels()))},
	} {
		told(t, what, func(g *grouptest.Member) error {
			_, err := layer().Fit(context.Background(), data.Iris(), models.FitOptions{Epochs: 2, Group: otherwise{g, as}})
			return err
		})
	}
}

func layer() *models.Deep {
	return &models.Deep{Layers: []models.Layer{models.Dense{Units: 3, Activation: models.Softmax}}}
}

// told checks that all of three processes are told that rank 2 differs.
func told(t *testing.T, what string, fit func(g *grouptest.Member) error) {
	t.Helper()
	var count atomic.Int32
	err := grouptest.Together(3, func(g *grouptest.Member) error {
		err := fit(g)
		if err != nil && contains(err, "rank 2: ") && contains(err, "the "+what+" of this process differs from that of rank 0") && errors.Is(err, models.ErrOption) {
			count.Add(1)
		}
		return err
	})
	if n := count.Load(); n != 3 {
		t.Errorf("%s: %d of 3 processes were told: %v", what, n, err)
	}
}

// Of otherwise, rank 2 is told by rank 0 another text than it has.
type otherwise struct {
	*grouptest.Member
	as [2]string
}

func (o otherwise) Exchange(rank int, send, receive []byte) error {
	if o.Rank() == 0 && rank == 2 {
		send = bytes.ReplaceAll(send, []byte(o.as[0]), []byte(o.as[1]))
	}
	return o.Member.Exchange(rank, send, receive)
}

// A process that cannot begin, or is cancelled while it searches, does not leave the others
// waiting.
func TestGroupFailures(t *testing.T) {
	logistic := &models.Logistic{Penalty: models.L2, Lambda: 1}
	for name, c := range map[string]struct {
		fit  func(ctx context.Context, d *data.Dataset, o models.FitOptions) (*models.History, error)
		want string
		bad  func(d *data.Dataset, o *models.FitOptions, cancel context.CancelFunc)
	}{
		"a row":                 {layer().Fit, "row 3", func(d *data.Dataset, _ *models.FitOptions, _ context.CancelFunc) { d.X[3*4] = math.NaN() }},
		"an option":             {layer().Fit, "-1 epochs", func(_ *data.Dataset, o *models.FitOptions, _ context.CancelFunc) { o.Epochs = -1 }},
		"an option of L-BFGS":   {logistic.Fit, "LBFGS has no epochs", func(_ *data.Dataset, o *models.FitOptions, _ context.CancelFunc) { o.Epochs = 1 }},
		"cancelled":             {layer().Fit, "context canceled", func(_ *data.Dataset, _ *models.FitOptions, cancel context.CancelFunc) { cancel() }},
		"cancelled in a search": {logistic.Fit, "context canceled", func(_ *data.Dataset, _ *models.FitOptions, cancel context.CancelFunc) { cancel() }},
		"begin": {layer().Fit, "no folder", func(_ *data.Dataset, o *models.FitOptions, _ context.CancelFunc) {
			o.Callbacks = []models.Callback{begins{failing{}, errors.New("no folder")}}
		}},
		"end": {layer().Fit, "no folder", func(_ *data.Dataset, o *models.FitOptions, _ context.CancelFunc) {
			o.Callbacks = []models.Callback{ends{failing{}, errors.New("no folder")}}
		}},
	} {
		var count atomic.Int32
		err := grouptest.Together(3, func(g *grouptest.Member) error {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			d, o := data.Iris(), models.FitOptions{Group: g}
			if strings.Contains(name, "earch") || strings.Contains(name, "BFGS") {
				d = data.BreastCancer()
			}
			if g.Rank() == 1 {
				c.bad(d, &o, cancel)
			}
			_, err := c.fit(ctx, d, o)
			if err != nil && contains(err, "rank 1: ") && contains(err, c.want) {
				count.Add(1)
			}
			return err
		})
		if n := count.Load(); n != 3 {
			t.Errorf("%s: %d of 3 processes were told: %v", name, n, err)
		}
	}
}

type begins struct {
	failing
	failure error
}

func (b begins) Begin(*models.Training) error { return b.failure }

type ends struct {
	failing
	failure error
}

func (e ends) End(*models.Training) error { return e.failure }

// A callback that fails, or stops, on one process ends all of them.
func TestGroupEnds(t *testing.T) {
	broken := errors.New("no space left")
	for _, failure := range []error{broken, models.ErrStop} {
		var mu sync.Mutex
		ended := 0
		grouptest.Together(4, func(g *grouptest.Member) error {
			m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 3, Activation: models.Softmax}}}
			h, err := m.Fit(context.Background(), data.Iris(), models.FitOptions{Epochs: 50, Group: g, Callbacks: []models.Callback{failing{g.Rank() == 2, failure}}})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case failure == broken && errors.Is(err, broken):
				ended++
			case failure == models.ErrStop && err == nil && len(h.Epochs) == 3 && h.Stopped != "":
				ended++
			}
			return err
		})
		if ended != 4 {
			t.Errorf("%v: %d of 4 processes ended as they should", failure, ended)
		}
	}
}

// failing fails in the third epoch.
type failing struct {
	here bool
	err  error
}

func (f failing) Begin(*models.Training) error { return nil }
func (f failing) End(*models.Training) error   { return nil }
func (f failing) EpochEnd(_ *models.Training, e models.Epoch) error {
	if f.here && e.Number == 3 {
		return f.err
	}
	return nil
}
