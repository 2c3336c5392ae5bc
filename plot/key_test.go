package plot_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/plot"
)

// tenClasses are rows of ten classes and probabilities that are the righter the
// larger the signal is.
func tenClasses(signal float64) (*data.Dataset, [][]float64) {
	r := rand.New(rand.NewPCG(1, 2))
	d := &data.Dataset{Features: []string{"x"}}
	var proba [][]float64
	for c := range 10 {
		d.Classes = append(d.Classes, fmt.Sprintf("digit %d", c))
	}
	for i := range 600 {
		d.X, d.Y = append(d.X, 0), append(d.Y, float64(i%10))
		p := make([]float64, 10)
		for c := range p {
			p[c] = r.Float64() / 10
		}
		p[i%10] += signal * r.Float64()
		proba = append(proba, p)
	}
	return d, proba
}

// regression is a target that is twice the feature, and predictions that are a
// little off.
func regression() (*data.Dataset, []float64) {
	d := &data.Dataset{Features: []string{"x"}, Target: "price"}
	var predicted []float64
	for i := range 80 {
		x := float64(i) / 8
		d.X, d.Y = append(d.X, x), append(d.Y, 2*x)
		predicted = append(predicted, 2*x+math.Sin(float64(5*i)))
	}
	return d, predicted
}

var (
	textAt = regexp.MustCompile(`<text x="([^"]*)"[^>]*>([^<]*)<`)
	path   = regexp.MustCompile(`<path d="([^"]*)"`)
	moves  = regexp.MustCompile(`[ML](-?[\d.]+),`)

	widthOf = regexp.MustCompile(`viewBox="0 0 ([\d.]+) `)
)

// keyAt is where the names of a key begin.
func keyAt(t *testing.T, svg string, names []string) float64 {
	t.Helper()
	at := math.Inf(1)
	for _, want := range names {
		found := false
		for _, m := range textAt.FindAllStringSubmatch(svg, -1) {
			if x, err := strconv.ParseFloat(m[1], 64); err == nil && strings.HasPrefix(m[2], want) {
				found, at = true, min(at, x)
			}
		}
		if !found {
			t.Errorf("%q is not in the key", want)
		}
	}
	return at
}

// What is named in the key stands to the right of everything that is drawn, whatever
// the data are: only the samples of the key itself reach there.
func TestKeyCoversNoData(t *testing.T) {
	h := history(12)
	h.Best = 9
	h.Epochs[11].Loss, h.Epochs[0].Validation.Accuracy = 9, 1
	ten, proba := tenClasses(0.5)
	numbers, predicted := regression()
	for name, c := range map[string]struct {
		f   *plot.Figure
		key []string
	}{
		"loss":      {must(plot.LossCurve(h))(t), []string{"training", "validation", "best, epoch 9"}},
		"score":     {must(plot.ScoreCurve(h))(t), []string{"validation"}},
		"two ROC":   {must(plot.ROC(square(), [][]float64{{0.1}, {0.4}, {0.35}}))(t), []string{"chance"}},
		"ten ROC":   {must(plot.ROC(ten, proba))(t), []string{"digit 0", "digit 9", "chance"}},
		"boundary":  {must(plot.DecisionBoundary(half{}, square()))(t), []string{"below", "above"}},
		"actual":    {must(plot.PredictedActual(numbers, predicted))(t), []string{"row", "equal"}},
		"residuals": {must(plot.Residuals(numbers, predicted))(t), []string{"row", "no error"}},
		"forecast":  {must(plot.Forecast("y", plot.Line{Name: "was", Values: predicted}, plot.Line{Name: "a model", Values: predicted[2:]}))(t), []string{"was", "a model"}},
	} {
		var b strings.Builder
		if err := c.f.WriteSVG(&b); err != nil {
			t.Fatal(err)
		}
		key := keyAt(t, b.String(), c.key)
		if m := widthOf.FindStringSubmatch(b.String()); m == nil {
			t.Errorf("%s: no width", name)
		} else if width, _ := strconv.ParseFloat(m[1], 64); key+40 > width {
			t.Errorf("%s: the key begins at %g, the picture is %g wide", name, key, width)
		}
		const sample = 30 // the sample line and what is beside it
		for _, m := range path.FindAllStringSubmatch(b.String(), -1) {
			left, right := math.Inf(1), math.Inf(-1)
			for _, p := range moves.FindAllStringSubmatch(m[1], -1) {
				x, _ := strconv.ParseFloat(p[1], 64)
				left, right = min(left, x), max(right, x)
			}
			if left < key-sample && right > key-sample && left > 0 {
				t.Errorf("%s: from %g to %g, the key begins at %g", name, left, right, key)
			}
		}
	}
}

// The curves of ten classes have all names, and where they all run through a corner
// that is drawn larger.
func TestTenROC(t *testing.T) {
	for signal, corner := range map[float64]bool{0.13: false, 0.5: true, 100: true} {
		d, proba := tenClasses(signal)
		texts := strings.Join(structure(t, must(plot.ROC(d, proba))(t)), "|")
		if strings.Count(texts, "AUC") != 10 || strings.Contains(texts, "The upper left corner") != corner {
			t.Errorf("signal %g: %s", signal, texts)
		}
	}
}

// circles are the middles of the points of a scatter.
var circles = regexp.MustCompile(`<path d="M([\d.]+),([\d.]+)A`)

// Two points of a regression: the one that was predicted 1 too high has the residual
// −1 and lies lower than the other, whose residual is 0; and against the actual
// targets 0 and 4 they rise to the right.
func TestRegression(t *testing.T) {
	d := &data.Dataset{Features: []string{"x"}, X: []float64{0, 0}, Y: []float64{0, 4}, Target: "price"}
	f := must(plot.Regression(d, []float64{1, 4}))(t)
	wantTexts(t, f, "actual price", "predicted price", "actual − predicted", "equal", "no error", "-1.0")
	for name, f := range map[string]*plot.Figure{
		"actual": must(plot.PredictedActual(d, []float64{1, 4}))(t), "residuals": must(plot.Residuals(d, []float64{1, 4}))(t),
	} {
		var b strings.Builder
		if err := f.WriteSVG(&b); err != nil {
			t.Fatal(err)
		}
		var at [][2]float64
		for _, m := range circles.FindAllStringSubmatch(b.String(), 2) {
			x, _ := strconv.ParseFloat(m[1], 64)
			y, _ := strconv.ParseFloat(m[2], 64)
			at = append(at, [2]float64{x, y})
		}
		if len(at) != 2 || at[0][0] >= at[1][0] || at[0][1] == at[1][1] {
			t.Errorf("%s: the points are at %v", name, at)
		}
	}
	// Two rows of one target stand above each other, as they were predicted.
	d.Y = []float64{4, 4}
	var pair strings.Builder
	if err := must(plot.PredictedActual(d, []float64{5, 3}))(t).WriteSVG(&pair); err != nil {
		t.Fatal(err)
	}
	if m := circles.FindAllStringSubmatch(pair.String(), 2); len(m) != 2 || m[0][1] != m[1][1] || m[0][2] == m[1][2] {
		t.Errorf("two rows of one target are at %q", m)
	}
	many := make([]float64, 100_000)
	var b strings.Builder
	if err := must(plot.Residuals(&data.Dataset{X: many, Features: []string{"x"}, Y: many}, many))(t).WriteSVG(&b); err != nil || b.Len() > 2_000_000 {
		t.Errorf("%d bytes, %v", b.Len(), err)
	}
}

func TestRegressionErrors(t *testing.T) {
	d := &data.Dataset{Features: []string{"x"}, X: []float64{0, 0}, Y: []float64{0, 4}}
	for want, c := range map[error]struct {
		d *data.Dataset
		p []float64
	}{
		plot.ErrEmpty: {nil, nil}, plot.ErrLength: {d, []float64{1}}, plot.ErrNotFinite: {d, []float64{1, math.NaN()}},
	} {
		for _, draw := range []func(*data.Dataset, []float64) (*plot.Figure, error){plot.Regression, plot.PredictedActual, plot.Residuals} {
			if _, err := draw(c.d, c.p); !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
		}
	}
}
