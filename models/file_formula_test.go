package models_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A formulaCase is a formula of one's own and the rows it is trained on.
type formulaCase struct {
	name string
	make func(t testing.TB) *models.Formula
	rows *data.Dataset
}

func formulaCases() []formulaCase {
	columns := map[string][]string{"what": {"a", "b"}, "size": {"w", "h"}, "tags": {"new", "old"}}
	return []formulaCase{
		{"states", normalised, ramp(40)},
		{"two heads", func(t testing.TB) *models.Formula { return towers(t, columns) }, rated("who", "a", "b", "w", "h", "new", "old")},
		{"dropout", func(t testing.TB) *models.Formula { return byHand(t, 3) }, data.Iris()},
		{"a cost of one's own, and a frozen parameter", ownCost, ramp(40)},
	}
}

// ownCost has a cost that is no mean of losses, a constant, and a parameter that no training
// moves.
func ownCost(t testing.TB) *models.Formula {
	t.Helper()
	g := graph.New()
	x, y := g.Input("x", 1, graph.Batch), g.Input("y", 1, graph.Batch)
	b := models.NewBuilder(g, 2)
	w, frozen := b.Param("a.weight", models.HeNormal, 1, 1), b.Param("frozen", models.HeNormal, 1, 1)
	p := ops.Bias(frozen, ops.MatMul(w, x))
	p = ops.Bias(g.Constant("offset", tensor.New(tensor.WithShape(1, 1), tensor.WithBacking([]float64{5}))), p)
	f, err := models.New(models.Roles{
		Inputs: []*graph.Node{x}, Targets: []*graph.Node{y}, Params: []*graph.Node{w},
		Cost: ops.Sqrt(ops.Mean(ops.SquaredError(p, y))), Outputs: []models.Output{{Name: "y", P: p}},
	})
	check(t, err)
	return f
}

// facts are all that a formula shows of itself on rows, as text that tells bits apart.
func facts(t testing.TB, m models.Model, rows *data.Dataset) string {
	t.Helper()
	p := must(m.Predictions(rows))
	text := fmt.Sprintf("%x %+v %q %q", p.Values, *must(m.Evaluate(rows)), m.Features(), m.Classes())
	for _, name := range m.Card().Outputs {
		if o := p.Outputs[name]; o != nil {
			text += fmt.Sprintf(" %s %v %x", name, o.Kind, o.Values)
		}
	}
	f := must(m.Formula())
	for _, n := range slices.Concat(graph.Params(f.Outputs[0].P), f.States) {
		text += fmt.Sprintf(" %s %x", n.Name(), entries(n.Value()))
	}
	return text
}

// Any formula is saved and loaded: it predicts the same bits, is written as the same bytes,
// and goes on to the same bits.
func TestFormulaIsKept(t *testing.T) {
	for _, c := range formulaCases() {
		m := c.make(t)
		o := models.FitOptions{Epochs: 3, Batch: 8, Rule: optim.Adam{Rate: 0.01}}
		fresh := must(models.Load(bytes.NewReader(saved(t, m)))) // before it was fitted
		must(m.Fit(t.Context(), c.rows, o))
		must(fresh.Fit(t.Context(), c.rows, o))
		want, file := facts(t, m, c.rows), saved(t, m)
		if got := facts(t, fresh, c.rows); got != want {
			t.Errorf("%s: loaded and then fitted it is\n%s\nwant\n%s", c.name, got, want)
		}
		loaded := must(models.Load(bytes.NewReader(file)))
		if _, ok := loaded.(*models.Formula); !ok || facts(t, loaded, c.rows) != want || !bytes.Equal(saved(t, loaded), file) {
			t.Errorf("%s: a %T was loaded, which is another", c.name, loaded)
		}
		same, zero := c.make(t), &models.Formula{}
		check(t, same.Load(bytes.NewReader(file)))
		check(t, zero.Load(bytes.NewReader(file)))
		must(m.Fit(t.Context(), c.rows, o))
		want = facts(t, m, c.rows)
		for _, again := range []models.Model{loaded, same, zero} {
			must(again.Fit(t.Context(), c.rows, o))
			if got := facts(t, again, c.rows); got != want {
				t.Errorf("%s: it went on to\n%s\nwant\n%s", c.name, got, want)
			}
		}
	}
}

// A training of a formula goes on in another process, which makes the formula again, or has
// loaded it: to the bits of one that never stopped.
func TestFormulaResumes(t *testing.T) {
	for _, c := range formulaCases() {
		o := models.FitOptions{Epochs: 4, Batch: 8, Rule: optim.Adam{Rate: 0.01}}
		s := &snapshots{t: t}
		o.Callbacks = []models.Callback{s}
		m := c.make(t)
		start := saved(t, m)
		must(m.Fit(t.Context(), c.rows, o))
		want := facts(t, m, c.rows)
		for name, again := range map[string]models.Model{"made again": c.make(t), "loaded": must(models.Load(bytes.NewReader(start)))} {
			o.Callbacks, o.Resume = nil, must(models.LoadSnapshot(bytes.NewReader(saved(t, s.list[1]))))
			must(again.Fit(t.Context(), c.rows, o))
			if got := facts(t, again, c.rows); got != want {
				t.Errorf("%s, %s: it is\n%s\nwant\n%s", c.name, name, got, want)
			}
		}
		other := normalised(t)
		if c.name == "states" {
			other = ownCost(t)
		}
		o.Resume = s.list[1]
		if _, err := other.Fit(t.Context(), ramp(40), o); !errors.Is(err, models.ErrResume) {
			t.Errorf("%s: another formula: %v", c.name, err)
		}
	}
}

// The file of another formula is refused, and the model stays as it was.
func TestAnotherFormula(t *testing.T) {
	m, rows := normalised(t), ramp(8)
	before := facts(t, m, rows)
	for name, file := range map[string][]byte{
		"another formula": saved(t, ownCost(t)), "a deep model": saved(t, small(t, must(data.Moons(10, 0.1, 3)))),
		"version 1": must(os.ReadFile("testdata/version1.safetensors")),
	} {
		if err := m.Load(bytes.NewReader(file)); !errors.Is(err, models.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := new(models.Deep).Load(bytes.NewReader(saved(t, m))); !errors.Is(err, models.ErrFormat) {
		t.Errorf("a formula for a Deep: %v", err)
	}
	if facts(t, m, rows) != before {
		t.Error("a refused file changed the model")
	}
}
