package models_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"
)

// counters is a formula of sequences of any length, of which it learns the sum, and at each
// place twice the number and one.
func counters(t testing.TB, columns map[string][]string) *models.Formula {
	t.Helper()
	g, T := graph.New(), graph.Extent("T")
	x, sum, each := g.Input("x", 1, T, graph.Batch), g.Input("sum", 1, graph.Batch), g.Input("each", 1, T, graph.Batch)
	b := models.NewBuilder(g, 1)
	p := ops.Mul(ops.Sum(x, 1), b.Param("w", models.Zeros, 1, 1))
	q := ops.Add(ops.Mul(x, b.Param("v", models.Zeros, 1, 1, 1)), b.Param("c", models.Zeros, 1, 1, 1))
	losses := []*graph.Node{ops.SquaredError(p, sum), ops.Mean(ops.Square(ops.Sub(q, each)), 1)}
	f, err := models.New(models.Roles{
		Inputs: []*graph.Node{x}, Targets: []*graph.Node{sum, each}, Loss: ops.Add(losses[0], losses[1]), Columns: columns,
		Outputs: []models.Output{{Name: "sum", P: p, Target: sum, Loss: losses[0]}, {Name: "each", P: q, Target: each, Loss: losses[1]}},
	})
	check(t, err)
	return f
}

// counted are 30 rows of so many numbers, with what is to be learned of them.
func counted(length int) *data.Dataset {
	d := &data.Dataset{Features: data.Names(length), Target: "sum"}
	each := &data.Dataset{Features: data.Names(length)}
	for i := range 30 {
		sum := 0.0
		for k := range length {
			v := float64((i*7+k*3)%11)/11 - 0.4
			d.X, each.X, sum = append(d.X, v), append(each.X, 2*v+1), sum+v
		}
		d.Y = append(d.Y, sum)
	}
	d.Beside = map[string]*data.Dataset{"each": each}
	return d
}

// Sequences have the length of the data set that feeds them: a model is fitted on some, validated
// on longer ones, and predicts others; before and after a file.
func TestSequencesOfAnyLength(t *testing.T) {
	f := counters(t, nil)
	h := must(f.Fit(t.Context(), counted(6), models.FitOptions{Epochs: 200, Batch: 10, Rule: optim.Adam{Rate: 0.05}, Validation: counted(9)}))
	if s := h.Last().Validation; !(s.Loss < 1e-6) || !(s.Outputs["each"].R2 > 0.999) || !(s.Outputs["sum"].R2 > 0.999) {
		t.Errorf("%v", s)
	}
	loaded := must(models.Load(bytes.NewReader(saved(t, f))))
	for _, length := range []int{6, 3, 12, 1} {
		d := counted(length)
		p := must(f.Predictions(d))
		for i := range d.Rows() {
			near(t, "the sum", p.Outputs["sum"].Values[i][0], d.Y[i], 1e-2)
			for k, v := range p.Outputs["each"].Values[i] {
				near(t, "a place", v, d.Beside["each"].Row(i)[k], 1e-3)
			}
		}
		if got := len(p.Outputs["each"].Values[0]); got != length {
			t.Errorf("%d numbers of %d places", got, length)
		}
		if a, b := fmt.Sprintf("%+v", *must(f.Evaluate(d))), fmt.Sprintf("%+v", *must(loaded.Evaluate(d))); a != b {
			t.Errorf("%s and loaded %s", a, b)
		}
	}
}

// Sequences may be fed by columns, which have one length.
func TestSequencesOfColumns(t *testing.T) {
	f := counters(t, map[string][]string{"x": {"x1", "x2", "x3"}})
	d := counted(4)
	d.Beside["each"] = must(d.Beside["each"].Select("x1", "x2", "x3"))
	o := models.FitOptions{Epochs: 200, Batch: 10, Rule: optim.Adam{Rate: 0.05}}
	whole := must(f.Fit(t.Context(), d, o))
	if s := must(f.Evaluate(d)); !(s.Outputs["each"].R2 > 0.99) {
		t.Errorf("%v", s)
	}
	o.Parts = 3
	parts := must(counters(t, map[string][]string{"x": {"x1", "x2", "x3"}}).Fit(t.Context(), d, o))
	near(t, "the loss in parts", parts.Last().Loss, whole.Last().Loss, 1e-12)
}

// What has no length says so.
func TestBadLengths(t *testing.T) {
	g, T, S := graph.New(), graph.Extent("T"), graph.Extent("S")
	for name, x := range map[string]*graph.Node{"two symbols": g.Input("a", T, S, graph.Batch), "another last": g.Input("b", graph.Batch, T)} {
		if _, err := models.New(models.Roles{Inputs: []*graph.Node{x}, Outputs: []models.Output{{Name: "p", P: ops.Sum(x, 0, 1)}}}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	x := g.Input("x", 2, T, graph.Batch)
	for name, o := range map[string]models.Output{
		"labels at each place":        {Name: "p", P: ops.Sigmoid(x), Kind: models.Multilabel},
		"a class at each of two axes": {Name: "p", P: ops.Softmax(ops.ExpandDims(x, 0), 1), Kind: models.Categorical},
		"one class of two at a place": {Name: "p", P: ops.Sigmoid(x), Kind: models.Binary},
	} {
		if _, err := models.New(models.Roles{Inputs: []*graph.Node{x}, Outputs: []models.Output{o}}); !errors.Is(err, models.ErrOutputs) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := must(models.New(models.Roles{Inputs: []*graph.Node{x}, Outputs: []models.Output{{Name: "p", P: ops.Sum(x, 1)}}}))
	if p := must(f.Predictions(counted(6))); len(p.Values[0]) != 2 {
		t.Errorf("%v", p.Values[0])
	}
	if _, err := f.Predictions(counted(5)); !errors.Is(err, data.ErrFeatures) || !contains(err, "5 columns for x of shape (2, T, N)") {
		t.Errorf("%v", err)
	}
	fitted := counters(t, nil)
	must(fitted.Fit(t.Context(), counted(4), models.FitOptions{Epochs: 1}))
	d := counted(4)
	d.Beside = counted(5).Beside
	if _, err := fitted.Evaluate(d); !errors.Is(err, graph.ErrShape) {
		t.Errorf("another length of the targets: %v", err)
	}
	y := g.Input("y", 1, T, graph.Batch)
	labelled := must(models.New(models.Roles{
		Inputs: []*graph.Node{x}, Targets: []*graph.Node{y}, Loss: ops.Mean(ops.Mul(y, ops.Slice(x, 0, 0, 1)), 1), Outputs: []models.Output{{Name: "p", P: ops.Sum(x, 1)}},
		Params: []*graph.Node{},
	}))
	if _, err := labelled.Fit(t.Context(), counted(6), models.FitOptions{Epochs: 1}); !errors.Is(err, data.ErrLabel) {
		t.Errorf("a label for sequences: %v", err)
	}
}
