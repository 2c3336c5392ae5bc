package models_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// byHand is the network 4-8-3 of the layers of a Deep, put together by hand.
func byHand(t testing.TB, seed uint64) *models.Formula {
	t.Helper()
	g := graph.New()
	x, y := g.Input("x", 4, graph.Batch), g.Input("y", 3, graph.Batch)
	b := models.NewBuilder(g, seed)
	h := ops.Dropout(models.Dense{Units: 8, Activation: models.ReLU}.Apply(b, x), 0.2)
	p := models.Dense{Units: 3, Activation: models.Softmax}.Apply(b, h)
	f, err := models.New(models.Roles{
		Inputs: []*graph.Node{x}, Targets: []*graph.Node{y}, Loss: ops.CrossEntropy(p, y),
		Penalty: ops.L2Penalty(1, 150, b.Weights()...), Outputs: []models.Output{{Name: "kind", P: p}},
	})
	check(t, err)
	f.Seed = seed
	return f
}

// A formula that is put together by hand trains to the same bits as the Deep that builds the
// same, with dropout, weights of rows and a penalty, and so do the scores on the way.
func TestFormulaIsWhatDeepBuilds(t *testing.T) {
	d := data.Iris()
	m := &models.Deep{Seed: 3, Penalty: models.L2, Lambda: 1, Layers: []models.Layer{
		models.Dense{Units: 8, Activation: models.ReLU}, models.Dropout{Rate: 0.2}, models.Dense{Units: 3, Activation: models.Softmax},
	}}
	f := byHand(t, 3)
	o := models.FitOptions{Epochs: 4, Batch: 20, TrainScores: true, ClassWeights: []float64{1, 2, 0.5}}
	h1, err := m.Fit(t.Context(), d, o)
	check(t, err)
	h2, err := f.Fit(t.Context(), d, o)
	check(t, err)
	for i := range h1.Epochs {
		if a, b := h1.Epochs[i], h2.Epochs[i]; a.Loss != b.Loss || fmt.Sprintf("%+v", a.Train) != fmt.Sprintf("%+v", b.Train) {
			t.Errorf("epoch %d: %+v and %+v", i+1, a, b)
		}
	}
	if a, b := must(m.PredictProba(d)), must(f.PredictProba(d)); !slices.EqualFunc(a, b, slices.Equal) {
		t.Error("they predict differently")
	}
	if !slices.Equal(f.Features(), d.Features) || !slices.Equal(f.Classes(), d.Classes) {
		t.Errorf("features %q, classes %q", f.Features(), f.Classes())
	}
}

// Fit goes on from the weights that the model has, and leaves the graph alone; a copy by
// Formula is a model of its own.
func TestFitGoesOn(t *testing.T) {
	d := data.Iris()
	f := byHand(t, 1)
	w := slices.Clone(entries(f.Params[0].Value()))
	before := must(f.Evaluate(d)).Loss // before any Fit
	first, err := f.Fit(t.Context(), d, models.FitOptions{Epochs: 5, Rule: optim.SGD{Rate: 0.1}})
	check(t, err)
	middle := must(f.Evaluate(d)).Loss
	f.Seed = 9
	copied := must(f.Formula())
	if copied.Seed != 9 {
		t.Errorf("a copy has the seed %d", copied.Seed)
	}
	again, err := copied.Fit(t.Context(), d, models.FitOptions{Epochs: 5, Rule: optim.SGD{Rate: 0.1}})
	check(t, err)
	if !(before > middle && first.Last().Loss > again.Last().Loss) || must(f.Evaluate(d)).Loss != middle {
		t.Errorf("loss %g, %g; epochs %g, %g", before, middle, first.Last().Loss, again.Last().Loss)
	}
	if !slices.Equal(entries(f.Params[0].Value()), w) {
		t.Error("the graph of the user has changed")
	}
}

// Parameters that are no Params do not move, and the others do.
func TestFrozen(t *testing.T) {
	f := byHand(t, 1)
	r := f.Roles
	r.Params, r.Cost = r.Params[2:], nil
	frozen, err := models.New(r)
	check(t, err)
	_, err = frozen.Fit(t.Context(), data.Iris(), models.FitOptions{Epochs: 1})
	check(t, err)
	trained := must(frozen.Formula())
	for i, p := range graph.Params(trained.Cost) {
		if same := slices.Equal(entries(p.Value()), entries(f.Params[i].Value())); same != (i < 2) {
			t.Errorf("%s is the same: %v", p.Name(), same)
		}
	}
}

// towers are a formula of two inputs and three outputs: a class, three numbers of which one
// is a column, and two labels.
func towers(t testing.TB, columns map[string][]string) *models.Formula {
	t.Helper()
	g := graph.New()
	leaf := func(name string, n int) *graph.Node { return g.Input(name, n, graph.Batch) }
	who, what, kind, size, tags := leaf("who", 1), leaf("what", 2), leaf("kind", 1), leaf("size", 2), leaf("tags", 2)
	b := models.NewBuilder(g, 5)
	h := models.Dense{Units: 6, Activation: models.Tanh}.Apply(b, ops.Concat(0, who, what))
	p := models.Dense{Units: 1, Activation: models.Sigmoid}.Apply(b, h)
	n := models.Dense{Units: 2}.Apply(b, h)
	l := models.Dense{Units: 2, Activation: models.Sigmoid}.Apply(b, h)
	losses := []*graph.Node{ops.LogLoss(p, kind), ops.SquaredError(n, size), ops.LogLoss(l, tags)}
	f, err := models.New(models.Roles{
		Inputs: []*graph.Node{who, what}, Targets: []*graph.Node{kind, size, tags},
		Loss: ops.Add(losses[0], ops.Add(losses[1], ops.Scale(0.5, losses[2]))),
		Outputs: []models.Output{
			{Name: "kind", P: p, Target: kind, Loss: losses[0]},
			{Name: "size", P: n, Target: size, Loss: losses[1]},
			{Name: "tags", P: l, Target: tags, Loss: losses[2], Kind: models.Multilabel},
		},
		Columns: columns,
	})
	check(t, err)
	return f
}

// rated has 40 rows for towers, in columns of this order.
func rated(order ...string) *data.Dataset {
	all := map[string]func(i int) float64{
		"who": func(i int) float64 { return float64(i%7) - 3 }, "a": func(i int) float64 { return float64(i%5) / 5 },
		"b": func(i int) float64 { return float64(i*i%11) / 11 }, "w": func(i int) float64 { return float64(i % 3) },
		"h": func(i int) float64 { return float64(i % 4) }, "new": func(i int) float64 { return float64(i % 2) },
		"old": func(i int) float64 { return float64(i / 3 % 2) },
	}
	d := &data.Dataset{Features: order, Classes: []string{"no", "yes"}, Target: "kind", Source: "rated"}
	for i := range 40 {
		for _, name := range order {
			d.X = append(d.X, all[name](i))
		}
		d.Y = append(d.Y, float64(i%7/4))
	}
	return d
}

// Inputs and targets are fed by columns wherever they lie, by the column or the data set of
// their name, and by the label; all to the same bits.
func TestColumns(t *testing.T) {
	columns := map[string][]string{"what": {"a", "b"}, "size": {"w", "h"}, "tags": {"new", "old"}}
	beside := rated("who", "w", "h")
	beside.Beside = map[string]*data.Dataset{"what": rated("a", "b"), "tags": rated("new", "old")}
	var want string
	for name, c := range map[string]struct {
		d       *data.Dataset
		columns map[string][]string
	}{
		"in order":     {rated("who", "a", "b", "w", "h", "new", "old"), columns},
		"mixed":        {rated("h", "old", "b", "new", "who", "w", "a"), columns},
		"others left":  {rated("h", "old", "b", "new", "who", "w", "a"), map[string][]string{"size": {"w", "h"}, "tags": {"new", "old"}, "what": {"a", "b"}, "kind": {"kind"}}},
		"beside":       {beside, map[string][]string{"size": {"w", "h"}}},
		"all the rest": {rated("a", "b", "who", "w", "h", "new", "old"), map[string][]string{"size": {"w", "h"}, "tags": {"new", "old"}}},
	} {
		f := towers(t, c.columns)
		train, test, err := c.d.Split(data.SplitOptions{Test: 0.3, Seed: 2})
		check(t, err)
		h, err := f.Fit(t.Context(), train, models.FitOptions{Epochs: 3, Validation: test})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		p := must(f.Predictions(test))
		tags := p.Outputs["tags"]
		got := fmt.Sprintf("%x %x %x %x", h.Last().Loss, p.Labels, p.Outputs["size"].Values, tags.Values)
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("%s: other bits", name)
		}
		if !slices.Equal(p.Classes, []string{"no", "yes"}) || !slices.Equal(tags.Classes, []string{"new", "old"}) {
			t.Errorf("%s: classes %q and %q", name, p.Classes, tags.Classes)
		}
		if p.Labels == nil || p.Outputs["size"].Labels != nil || tags.Labels != nil || tags.Probabilities == nil {
			t.Errorf("%s: %+v", name, p)
		}
		s := must(f.Evaluate(test))
		if len(s.Outputs) != 3 || s.Outputs["kind"].Confusion == nil || s.Outputs["size"].MSE == 0 || s.Outputs["tags"].F1 == 0 {
			t.Errorf("%s: %v", name, s)
		}
		near(t, name+": the loss", s.Loss, s.Outputs["kind"].Loss+s.Outputs["size"].Loss+s.Outputs["tags"].Loss/2, 1e-13)
	}
}

// What cannot feed a formula says so, and what to do.
func TestBadColumns(t *testing.T) {
	columns := func(add map[string][]string) map[string][]string {
		c := map[string][]string{"what": {"a", "b"}, "size": {"w", "h"}, "tags": {"new", "old"}}
		for name, list := range add {
			c[name] = list
		}
		return c
	}
	all := rated("who", "a", "b", "w", "h", "new", "old")
	unlabelled := all.Clone()
	unlabelled.Y = nil
	narrow := all.Clone()
	narrow.Beside = map[string]*data.Dataset{"who": rated("a", "b")}
	short := all.Clone()
	short.Beside = map[string]*data.Dataset{"who": must(rated("who").Subset([]int{1, 2}))}
	for name, c := range map[string]struct {
		d       *data.Dataset
		columns map[string][]string
		want    error
		says    string
	}{
		"no such column":         {all, columns(map[string][]string{"who": {"whom"}}), data.ErrFeatures, `"whom"`},
		"too many columns":       {all, columns(map[string][]string{"who": {"a", "b"}}), data.ErrFeatures, "2 columns for who"},
		"nothing feeds a target": {all, map[string][]string{"what": {"a", "b"}, "size": {"w", "h"}}, data.ErrFeatures, "tags"},
		"no label":               {unlabelled, columns(nil), data.ErrLabel, ""},
		"beside it too much":     {narrow, columns(nil), data.ErrFeatures, "2 columns for who"},
		"beside it too little":   {short, columns(nil), data.ErrLength, "who"},
	} {
		_, err := towers(t, c.columns).Fit(t.Context(), c.d, models.FitOptions{Epochs: 1})
		if !errors.Is(err, c.want) || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Labels that no target is fed by may have other classes in the validation rows.
func TestLabelsThatFeedNothing(t *testing.T) {
	g := graph.New()
	x, y := g.Input("a", 1, graph.Batch), g.Input("b", 1, graph.Batch)
	p := models.Dense{Units: 1}.Apply(models.NewBuilder(g, 1), x)
	f, err := models.New(models.Roles{
		Inputs: []*graph.Node{x}, Targets: []*graph.Node{y}, Loss: ops.SquaredError(p, y), Outputs: []models.Output{{Name: "p", P: p}},
		Columns: map[string][]string{"b": {"b"}},
	})
	check(t, err)
	more := rated("a", "b")
	more.Classes = append(more.Classes, "maybe")
	more.Y[0] = 2
	h := must(f.Fit(t.Context(), rated("a", "b"), models.FitOptions{Epochs: 1, Validation: more}))
	if h.Last().Validation.Kind != models.Numbers || len(h.Warnings) > 0 {
		t.Errorf("%+v, %q", h.Last().Validation, h.Warnings)
	}
}

// What an output is compared with has to be of its size.
func TestTargetsFit(t *testing.T) {
	r := byHand(t, 1).Roles
	r.Cost, r.Outputs[0].Target = nil, nil
	r.Outputs = append(r.Outputs, models.Output{Name: "half", P: ops.Slice(r.Outputs[0].P, 0, 0, 2), Target: r.Targets[0]})
	for kind, says := range map[models.Kind]string{models.Inferred: "2 outputs for 3 classes", models.Numbers: "2 numbers"} {
		r.Outputs[1].Kind = kind
		f, err := models.New(r)
		check(t, err)
		if _, err := f.Fit(t.Context(), data.Iris(), models.FitOptions{Epochs: 1}); !errors.Is(err, models.ErrOutputs) || !contains(err, `"half"`) || !contains(err, says) {
			t.Errorf("%v: %v", kind, err)
		}
	}
	r.Outputs[1].Target, r.Outputs[1].Kind = nil, models.Inferred
	f, err := models.New(r)
	check(t, err)
	check(t, failed(f.Fit(t.Context(), data.Iris(), models.FitOptions{Epochs: 1})))
	four := data.Iris()
	four.Classes = append(slices.Clone(four.Classes), "of no row")
	if _, err := f.Fit(t.Context(), four, models.FitOptions{Epochs: 1}); !errors.Is(err, models.ErrOutputs) || !contains(err, "y takes 3 numbers for each example, and the label has 4 classes") {
		t.Errorf("%v", err)
	}
	if s := must(f.Evaluate(data.Iris())); s.Outputs["half"].Rows != 150 || s.Outputs["half"].MSE != 0 {
		t.Errorf("%v", s)
	}
}

// What is no model is refused where it is put together.
func TestBadRoles(t *testing.T) {
	for name, c := range map[string]struct {
		break_ func(r *models.Roles)
		want   error
	}{
		"no outputs":          {func(r *models.Roles) { r.Outputs = nil }, models.ErrRoles},
		"no prediction":       {func(r *models.Roles) { r.Outputs = []models.Output{{Name: "a"}} }, models.ErrRoles},
		"no name":             {func(r *models.Roles) { r.Outputs[0].Name = "" }, models.ErrRoles},
		"one name":            {func(r *models.Roles) { r.Outputs = append(r.Outputs, r.Outputs[0]) }, models.ErrRoles},
		"a target elsewhere":  {func(r *models.Roles) { r.Outputs[0].Target = r.Inputs[0] }, models.ErrRoles},
		"an input is left":    {func(r *models.Roles) { r.Inputs = nil }, models.ErrRoles},
		"a target is left":    {func(r *models.Roles) { r.Targets = nil }, models.ErrRoles},
		"a loss for all":      {func(r *models.Roles) { r.Loss = ops.Mean(r.Loss) }, models.ErrRoles},
		"a penalty each":      {func(r *models.Roles) { r.Penalty = r.Params[0] }, models.ErrRoles},
		"a penalty of a cost": {func(r *models.Roles) { r.Cost, r.Penalty = ops.Mean(r.Loss), ops.Mean(r.Loss) }, models.ErrRoles},
		"a cost for each":     {func(r *models.Roles) { r.Cost = r.Loss }, models.ErrRoles},
		"no parameter":        {func(r *models.Roles) { r.Params = r.Inputs }, models.ErrRoles},
		"another graph":       {func(r *models.Roles) { r.Loss = graph.New().Input("l", 1, graph.Batch) }, models.ErrRoles},
		"columns of nothing":  {func(r *models.Roles) { r.Columns = map[string][]string{"z": {"a"}} }, models.ErrRoles},
		"a failed node":       {func(r *models.Roles) { r.Loss = ops.Add(r.Loss, r.Params[0].Graph().Input("z", 7, 8)) }, graph.ErrShape},
		"binary of three":     {func(r *models.Roles) { r.Outputs[0].Kind = models.Binary }, models.ErrOutputs},
		"no kind":             {func(r *models.Roles) { r.Outputs[0].Kind = 9 }, models.ErrRoles},
		"four classes":        {func(r *models.Roles) { r.Outputs[0].Kind, r.Outputs[0].Classes = models.Categorical, make([]string, 4) }, models.ErrOutputs},
		"no examples":         {func(r *models.Roles) { r.Outputs[0].P = r.Params[0] }, models.ErrOutputs},
		"two of one name": {func(r *models.Roles) {
			g := r.Loss.Graph()
			w := g.Param("w1", tensor.New(tensor.WithShape(1, 1), tensor.WithBacking([]float64{1})))
			r.Penalty = ops.Sum(w)
		}, models.ErrRoles},
		"a state that cannot move": {func(r *models.Roles) {
			s := r.Loss.Graph().State("s", tensor.New(tensor.WithShape(1), tensor.WithBacking([]float64{1})))
			s.Becomes(r.Loss)
			r.Penalty = ops.Sum(s)
		}, graph.ErrShape},
	} {
		r := byHand(t, 1).Roles
		r.Cost = nil
		r.Outputs = slices.Clone(r.Outputs)
		r.Penalty = nil
		c.break_(&r)
		if _, err := models.New(r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A formula without loss predicts, and says what it lacks to do more; one with a Cost of its
// own trains by that.
func TestPredictOnlyAndOwnCost(t *testing.T) {
	r := byHand(t, 1).Roles
	d := data.Iris()
	only := models.Roles{Inputs: r.Inputs, Outputs: []models.Output{{Name: "kind", P: r.Outputs[0].P}}}
	f, err := models.New(only)
	check(t, err)
	if p := must(f.PredictProba(d)); len(p) != 150 || len(p[0]) != 3 {
		t.Errorf("%d rows", len(p))
	}
	if _, err := f.Evaluate(d); !errors.Is(err, models.ErrRoles) {
		t.Errorf("Evaluate: %v", err)
	}
	if _, err := f.Fit(t.Context(), d, models.FitOptions{}); !errors.Is(err, models.ErrRoles) {
		t.Errorf("Fit: %v", err)
	}
	own := models.Roles{Inputs: r.Inputs, Targets: r.Targets, Outputs: only.Outputs, Cost: ops.Scale(2, ops.Mean(r.Loss))}
	if f, err = models.New(own); err != nil {
		t.Fatal(err)
	}
	h, err := f.Fit(t.Context(), d, models.FitOptions{Epochs: 20, Rule: optim.Adam{Rate: 0.01}})
	check(t, err)
	if s := must(f.Evaluate(d)); s.Accuracy < 0.9 || s.Loss > h.Epochs[0].Loss || s.Loss == 0 {
		t.Errorf("accuracy %g, cost %g", s.Accuracy, s.Loss)
	}
	if _, err := f.Fit(t.Context(), d, models.FitOptions{ClassWeights: []float64{1, 2, 3}}); !errors.Is(err, models.ErrWeights) {
		t.Errorf("weights of a cost: %v", err)
	}
}
