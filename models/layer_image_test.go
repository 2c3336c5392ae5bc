package models_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/prepare"
)

// seeing is a small network for digits of 8×8 pixels.
func seeing(seed uint64) *models.Deep {
	return &models.Deep{Float32: true, Seed: seed, Layers: []models.Layer{
		models.Reshape{Shape: []int{1, 8, 8}},
		models.Conv2D{Filters: 8, Size: ops.Both(3), Same: true, Activation: models.ReLU},
		models.MaxPool2D{},
		Residual{8},
		models.AvgPool2D{Same: true},
		models.Flatten{},
		models.LayerNorm{},
		models.Dense{Units: 10, Activation: models.Softmax},
	}}
}

// A network of every kind of layer learns digits, and says what shapes it has.
func TestNetworksThatSee(t *testing.T) {
	m := seeing(1)
	train, test, err := data.Digits().Split(data.SplitOptions{Test: 0.2, Stratify: true, Seed: 1})
	check(t, err)
	check(t, failed(m.Fit(t.Context(), train, models.FitOptions{Epochs: 30})))
	if s := must(m.Evaluate(test)); s.Accuracy < 0.96 {
		t.Errorf("accuracy %g", s.Accuracy)
	}
	summary := must(m.Summary(64))
	for _, line := range []string{"Reshape (1, 8, 8)", "Conv2D (relu)", "MaxPool2D", "(None, 4, 4, 8)", "Residual", "Flatten", "(None, 32)"} {
		if !strings.Contains(summary, line) {
			t.Errorf("no %s in\n%s", line, summary)
		}
	}
}

// Filters begin with the deviation for their windows: He's and Glorot's of K. He et al. 2015
// and X. Glorot, Y. Bengio 2010, with the inputs and outputs that Keras counts.
func TestFiltersBegin(t *testing.T) {
	g := graph.New()
	for _, c := range []struct {
		act  models.Activation
		want float64
	}{{models.ReLU, math.Sqrt(2. / (16 * 9))}, {models.Tanh, math.Sqrt(2. / (16*9 + 64*9))}} {
		b := models.NewBuilder(g, 3)
		models.Conv2D{Filters: 64, Size: ops.Both(3), Activation: c.act}.Apply(b, g.Input("x"+c.act.Name, 16, 5, 5, graph.Batch))
		sum, w := 0., entries(b.Weights()[0].Value())
		for _, v := range w {
			sum += v * v
		}
		if got := math.Sqrt(sum / float64(len(w))); math.Abs(got/c.want-1) > 0.03 {
			t.Errorf("%s: deviation %g, want %g", c.act.Name, got, c.want)
		}
	}
}

// In training a channel is standardized by the batch, in prediction by running means, of which
// one step with momentum ½ takes half.
func TestBatchNorm(t *testing.T) {
	d := ramp(8)
	m := &models.Deep{Layers: []models.Layer{models.BatchNorm{Momentum: 0.5, NoScale: true, NoCenter: true}, models.Dense{Units: 1}}}
	check(t, failed(m.Fit(t.Context(), d, models.FitOptions{Epochs: 1, FullBatch: true})))
	states := must(m.Formula()).States
	mean, variance := 0., 0.
	for _, x := range d.X {
		mean += x / 8
	}
	for _, x := range d.X {
		variance += (x - mean) * (x - mean) / 8
	}
	near(t, "the running mean", entries(states[0].Value())[0], mean/2, 1e-14)
	near(t, "the running variance", entries(states[1].Value())[0], 0.5+variance/2, 1e-14)
}

// What no layer can be made of says so.
func TestImageLayersRefuse(t *testing.T) {
	g := graph.New()
	flat, image := g.Input("flat", 5, graph.Batch), g.Input("image", 3, 4, 4, graph.Batch)
	for name, y := range map[string]*graph.Node{
		"of a column":      models.Conv2D{Filters: 2, Size: ops.Both(3)}.Apply(models.NewBuilder(g, 1), flat),
		"no filters":       models.Conv2D{Size: ops.Both(3)}.Apply(models.NewBuilder(g, 1), image),
		"no size":          models.Conv2D{Filters: 2}.Apply(models.NewBuilder(g, 1), image),
		"groups":           models.Conv2D{Filters: 2, Size: ops.Both(1), Groups: 2}.Apply(models.NewBuilder(g, 1), image),
		"1-D of an image":  models.Conv1D{Filters: 2, Size: 3}.Apply(models.NewBuilder(g, 1), image),
		"global of column": models.GlobalAvgPool{}.Apply(models.NewBuilder(g, 1), flat),
		"momentum":         models.BatchNorm{Momentum: 2}.Apply(models.NewBuilder(g, 1), flat),
		"epsilon":          models.LayerNorm{Epsilon: -1}.Apply(models.NewBuilder(g, 1), flat),
		"another size":     models.Reshape{Shape: []int{2, 2}}.Apply(models.NewBuilder(g, 1), flat),
	} {
		if y.Err() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// The saliency of a feature is the slope of the score of the class by it: that of finite differences of what the last layer
// makes, in float64 with a softmax and without, and with features that are scaled.
func TestSaliency(t *testing.T) {
	for _, standardize := range []bool{false, true} {
		m := &models.Deep{Seed: 2, Standardize: standardize, Layers: []models.Layer{
			models.Reshape{Shape: []int{1, 2, 2}}, models.Conv2D{Filters: 3, Size: ops.Both(2), Same: true, Activation: models.Tanh},
			models.Flatten{}, models.Dropout{Rate: 0.5}, models.Dense{Units: 3}, models.Func("softmax", func(a *graph.Node) *graph.Node { return ops.Softmax(a, 0) }),
		}}
		d := data.Iris()
		check(t, failed(m.Fit(t.Context(), d, models.FitOptions{Epochs: 3})))
		rows := []int{3, 70, 149}
		some := must(d.Subset(rows))
		slopes := must(models.Saliency(m, some))
		classes := must(m.Predict(some))
		const h = 1e-5
		for i := range slopes {
			score := func(k int, by float64) float64 {
				moved := must(d.Subset(rows))
				moved.X[i*4+k] += by
				return entries(must(m.Activations(moved, 4)))[int(classes[i])*3+i]
			}
			for k := range slopes[i] {
				near(t, "the slope", slopes[i][k], (score(k, h)-score(k, -h))/(2*h), 1e-9)
			}
		}
		// The values before the last layers are those of prediction, and lead to the same probabilities.
		images := must(m.Activations(some, 1))
		if s := fmt.Sprint(images.Shape()); s != "(3, 2, 2, 3)" {
			t.Errorf("activations of shape %s", s)
		}
		p, last := must(m.PredictProba(some)), entries(must(m.Activations(some, 5)))
		for i := range p {
			for c, v := range p[i] {
				near(t, "the probability", last[c*3+i], v, 1e-15)
			}
		}
	}
}

// Of one output the saliency is of that; and what has none says so.
func TestSaliencyOfOneOutput(t *testing.T) {
	d := ramp(8)
	m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 1}}, NoScaleTarget: true}
	check(t, failed(m.Fit(t.Context(), d, models.FitOptions{Epochs: 2})))
	w := entries(must(m.Formula()).Params[0].Value())
	for _, row := range must(models.Saliency(m, d)) {
		if !slices.Equal(row, w) {
			t.Errorf("%v, want the weights %v", row, w)
		}
	}
	prepared := &models.Deep{Layers: m.Layers, Prepare: &prepare.Columns{}}
	check(t, failed(prepared.Fit(t.Context(), d, models.FitOptions{Epochs: 1})))
	for name, c := range map[string]struct {
		err  error
		want error
	}{
		"not fitted": {failed(models.Saliency(&models.Deep{}, d)), models.ErrNotFitted}, "prepared": {failed(models.Saliency(prepared, d)), models.ErrRoles},
		"other features": {failed(models.Saliency(m, data.Iris())), data.ErrFeatures}, "layer -1": {failed(m.Activations(d, -1)), models.ErrOption},
		"layer 1": {failed(m.Activations(d, 1)), models.ErrOption}, "not fitted yet": {failed((&models.Deep{}).Activations(d, 0)), models.ErrNotFitted},
		"activations of other features": {failed(m.Activations(data.Iris(), 0)), data.ErrFeatures},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want one that wraps %q", name, c.err, c.want)
		}
	}
}

// On digits, convolutions read more of the held-out rows right than a dense network of as many
// parameters: over ten seeds, on one split, the 95 % interval of the mean of the paired differences, by Student's t, is
// above 0. docs/images.md has the table that -v prints.
func TestConvolutionsSeeMore(t *testing.T) {
	train, test, err := data.Digits().Split(data.SplitOptions{Test: 0.3, Stratify: true, Seed: 7})
	check(t, err)
	for _, d := range []*data.Dataset{train, test} {
		for i := range d.X {
			d.X[i] /= 16 // pixels are 0 to 16, and scaled alike
		}
	}
	accuracy := func(seed uint64, layers ...models.Layer) float64 {
		m := &models.Deep{Float32: true, Seed: seed, Layers: layers}
		check(t, failed(m.Fit(t.Context(), train, models.FitOptions{Epochs: 40, Batch: 32})))
		return 100 * must(m.Evaluate(test)).Accuracy
	}
	const seeds, quantile = 10, 2.2622 // 0.975 of Student's t with 9 degrees of freedom
	sum, squares := 0., 0.
	for seed := range uint64(seeds) {
		conv := models.Conv2D{Filters: 8, Size: ops.Both(3), Same: true, Activation: models.ReLU}
		more := conv
		more.Filters = 16
		seeing := accuracy(seed, models.Reshape{Shape: []int{1, 8, 8}}, conv, models.MaxPool2D{}, more, models.MaxPool2D{},
			models.Flatten{}, models.Dense{Units: 10, Activation: models.Softmax}) // 1898 parameters
		dense := accuracy(seed, models.Dense{Units: 25, Activation: models.ReLU}, models.Dense{Units: 10, Activation: models.Softmax}) // 1885
		d := seeing - dense
		t.Logf("| %d | %.2f | %.2f | %+.2f |", seed, seeing, dense, d)
		sum, squares = sum+d, squares+d*d
	}
	mean := sum / seeds
	half := quantile * math.Sqrt((squares-sum*mean)/(seeds-1)/seeds)
	if t.Logf("the mean difference is %.2f ± %.2f", mean, half); !(mean-half > 0) {
		t.Errorf("%.2f ± %.2f is not above 0", mean, half)
	}
}
