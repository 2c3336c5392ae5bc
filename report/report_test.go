package report_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/plot"
	"adjoint/prepare"
	"adjoint/report"
)

func iris(t *testing.T) (*models.Deep, *models.History, *data.Dataset) {
	t.Helper()
	train, test, err := data.Iris().Split(data.SplitOptions{Seed: 1, Stratify: true})
	if err != nil {
		t.Fatal(err)
	}
	m := &models.Deep{Layers: []models.Layer{
		models.Dense{Units: 4, Activation: models.ReLU},
		models.Dense{Units: 3, Activation: models.Softmax},
	}, Standardize: true, Seed: 1}
	h, err := m.Fit(context.Background(), train, models.FitOptions{Epochs: 5, Validation: test})
	if err != nil {
		t.Fatal(err)
	}
	return m, h, test
}

func write(t *testing.T, f report.Fit) string {
	t.Helper()
	var b strings.Builder
	if err := report.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var headings = regexp.MustCompile(`<h2>([^<]*)</h2>|aria-label="([^"]*)"`)

// sections are the headings of a page, and the names of its pictures.
func sections(page string) string {
	var s []string
	for _, m := range headings.FindAllStringSubmatch(page, -1) {
		s = append(s, m[1]+m[2])
	}
	return strings.Join(s, ", ")
}

// What was guessed about a column is marked.
func TestColumns(t *testing.T) {
	page := write(t, report.Fit{Columns: []prepare.Description{
		{Column: "age", Type: "number", Prepared: "as it is"}, {Column: "sex", Type: "text", Guessed: true, Prepared: "one-hot"},
	}})
	for _, row := range []string{"Column age</th><td>number: as it is<", "Column sex</th><td>text (guessed): one-hot<"} {
		if !strings.Contains(page, row) {
			t.Errorf("no %q on the page", row)
		}
	}
}

func TestPage(t *testing.T) {
	m, h, test := iris(t)
	f, err := report.Of(m, h, test)
	if err != nil {
		t.Fatal(err)
	}
	f.Options = []report.Option{{Name: "Batch", Value: "32"}}
	weights, err := plot.Weights(f.Formula.Params[0].Value(), 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	f.Figures = []report.Illustrator{weights}
	page := write(t, f)
	want := "Scores, Training, Data, Options, Loss of each epoch, Accuracy of each epoch, Confusion matrix, " +
		"ROC curves, Weights of a layer, Network, forward and reverse arrows of the network, Layers"
	if got := sections(page); got != want {
		t.Errorf("sections\n%s\nwant\n%s", got, want)
	}
	if strings.Contains(page, "Log-loss") {
		t.Error("the loss is told twice")
	}
	for _, text := range []string{"<title>Training report</title>", "on 38 rows", "virginica", ">Batch<", "Dense (relu)", "width=device-width"} {
		if !strings.Contains(page, text) {
			t.Errorf("no %s", text)
		}
	}
	if page != write(t, f) {
		t.Error("another page the second time")
	}
}

// All there is to load is in the page, and nothing in it runs.
func TestSelfContained(t *testing.T) {
	m, h, test := iris(t)
	f, err := report.Of(m, h, test)
	if err != nil {
		t.Fatal(err)
	}
	page := write(t, f)
	for _, name := range []string{"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"} {
		page = strings.ReplaceAll(page, name, "")
	}
	if m := regexp.MustCompile(`https?:|//[a-z]|<script|<link|@import|url\([^#]|<\?xml`).FindString(page); m != "" {
		t.Errorf("the page has %q", m)
	}
	if strings.Count(page, "<svg") != strings.Count(page, "</svg>") || strings.Count(page, "<svg") != 5 {
		t.Errorf("%d pictures, %d ends, want 5", strings.Count(page, "<svg"), strings.Count(page, "</svg>"))
	}
}

// Whatever names are given, they are text.
func TestEscapes(t *testing.T) {
	m, h, test := iris(t)
	f, err := report.Of(m, h, test)
	if err != nil {
		t.Fatal(err)
	}
	const evil = `</title></svg><script>alert("1")</script>`
	f.Title, f.Summary, h.Stopped, test.Source, test.Target = evil, evil, evil, evil, evil
	f.Options = []report.Option{{Name: evil, Value: evil}}
	for i := range test.Classes {
		test.Classes[i] = evil
	}
	if page := write(t, f); strings.Contains(page, "<script") {
		t.Error("a script got in")
	}
}

// What is not known is left out.
func TestParts(t *testing.T) {
	m, h, _ := iris(t)
	for name, c := range map[string]struct {
		fit  report.Fit
		want string
	}{
		"history":       {report.Fit{History: h}, "Training, Loss of each epoch, Accuracy of each epoch"},
		"empty history": {report.Fit{History: &models.History{}}, "Training"},
		"scores":        {report.Fit{Scores: &models.Scores{Confusion: [][]int{{1, 0}, {0, 1}}}}, "Scores, Confusion matrix"},
		"regression":    {report.Fit{Scores: &models.Scores{R2: 0.5}}, "Scores"},
		"summary":       {report.Fit{Summary: "layers"}, "Layers"},
		"one class": {report.Fit{
			Test:          &data.Dataset{Features: []string{"x"}, X: []float64{1, 2}, Y: []float64{0, 0}, Classes: []string{"a", "b"}},
			Probabilities: [][]float64{{0}, {1}},
		}, "Data"},
	} {
		if got := sections(write(t, c.fit)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	f, err := report.Of(m, h, nil)
	if err != nil || f.Scores != nil || f.Formula.Cost == nil {
		t.Errorf("without test rows: %v, %v", f, err)
	}
}

func TestRegression(t *testing.T) {
	d, err := data.New([][]float64{{0}, {1}, {2}, {3}}, []float64{0.5, 1.5, 2.5, 3.5}, data.Regression)
	if err != nil {
		t.Fatal(err)
	}
	m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 1}}, Seed: 1}
	h, err := m.Fit(context.Background(), d, models.FitOptions{Epochs: 3, TrainScores: true})
	if err != nil {
		t.Fatal(err)
	}
	f, err := report.Of(m, h, d)
	if err != nil {
		t.Fatal(err)
	}
	page := write(t, f)
	if !strings.Contains(page, "Mean squared error") || strings.Contains(page, "Precision") || !strings.Contains(page, "R2 of each epoch") {
		t.Error(sections(page))
	}
	if !strings.Contains(sections(page), "Predicted against actual, Residuals") || strings.Contains(sections(page), "ROC") {
		t.Error(sections(page))
	}
}

func TestTime(t *testing.T) {
	h := &models.History{Epochs: []models.Epoch{
		{Number: 1, Duration: 61*time.Second + 123456789}, {Number: 2, Duration: time.Second},
	}}
	if page := write(t, report.Fit{History: h}); !strings.Contains(page, "<td>1m2.1s</td>") {
		t.Error("the time is not 1m2.1s")
	}
}

// The page names the instruction set that the model was trained with.
func TestKernels(t *testing.T) {
	m, h, _ := iris(t)
	f, err := report.Of(m, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	if page := write(t, f); !strings.Contains(page, ">Kernels</th><td>"+graph.Kernels()+"<") {
		t.Errorf("the page does not name the kernels %s", graph.Kernels())
	}
}

// failing fails at once.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
func (f failing) WriteSVG(io.Writer) error  { return f.err }

func TestErrors(t *testing.T) {
	failure := errors.New("no")
	var b bytes.Buffer
	nan := &models.History{Epochs: []models.Epoch{{Number: 1, Loss: math.NaN()}}}
	if err := report.Write(&b, report.Fit{}); !errors.Is(err, report.ErrEmpty) {
		t.Errorf("an empty Fit: %v", err)
	}
	if err := report.Write(&b, report.Fit{History: nan}); !errors.Is(err, plot.ErrNotFinite) {
		t.Errorf("NaN: %v", err)
	}
	if err := report.Write(&b, report.Fit{Figures: []report.Illustrator{failing{failure}}}); !errors.Is(err, failure) {
		t.Errorf("a failing picture: %v", err)
	}
	if err := report.Write(failing{failure}, report.Fit{Summary: "layers"}); !errors.Is(err, failure) {
		t.Errorf("a failing writer: %v", err)
	}
	if _, err := report.Of(&models.Deep{}, nil, nil); !errors.Is(err, models.ErrNotFitted) {
		t.Errorf("a model that has not been fitted: %v", err)
	}
	if b.Len() != 0 {
		t.Errorf("%d bytes were written before an error", b.Len())
	}
}

func TestSketch(t *testing.T) {
	var epochs []models.Epoch
	for n := 1; n <= 16; n++ {
		epochs = append(epochs, models.Epoch{Number: n, Loss: float64(17 - n)})
	}
	// 16 dots across and 16 down: a diagonal, whose letters have dots 1 5 and 3 8.
	want := "16 ⠑⢄\n     ⠑⢄\n       ⠑⢄\n 1       ⠑⢄\n   1     16\n"
	if got := report.Sketch(&models.History{Epochs: epochs}, 11, 5); got != want {
		t.Errorf("a diagonal is\n%swant\n%s", got, want)
	}
	for _, c := range []struct {
		h             *models.History
		width, height int
		lines         int
	}{
		{&models.History{Epochs: epochs}, 40, 8, 8},
		{&models.History{Epochs: epochs[:1]}, 20, 3, 3},
		{&models.History{Epochs: []models.Epoch{{Number: 1, Loss: math.NaN()}, {Number: 2, Loss: 1e308}, {Number: 3, Loss: -1e308}}}, 40, 5, 5},
		{&models.History{Epochs: []models.Epoch{{Number: 1, Loss: math.Inf(1)}}}, 40, 5, 0},
		{&models.History{}, 40, 5, 0},
		{nil, 40, 5, 0},
		{&models.History{Epochs: epochs}, 5, 5, 0},
		{&models.History{Epochs: epochs}, 40, 2, 0},
		{&models.History{Epochs: epochs}, -1, -1, 0},
	} {
		s := report.Sketch(c.h, c.width, c.height)
		if n := strings.Count(s, "\n"); n != c.lines {
			t.Errorf("%d lines, want %d:\n%s", n, c.lines, s)
		}
		for line := range strings.Lines(s) {
			if n := len([]rune(line)) - 1; n > c.width {
				t.Errorf("a line of %d letters, more than %d: %s", n, c.width, line)
			}
		}
	}
}

// A picture of two plots has a row of the page to itself, and a number stays in one line.
func TestLayout(t *testing.T) {
	var rows [][]float64
	d := data.Iris()
	for _, y := range d.Y {
		p := []float64{0.1, 0.1, 0.1}
		p[int(y)] = 0.8
		rows = append(rows, p)
	}
	var page strings.Builder
	f := report.Fit{Test: d, Probabilities: rows, History: &models.History{Epochs: []models.Epoch{{Number: 1, Loss: 2}, {Number: 2, Loss: 1}}}}
	f.Options = []report.Option{{Name: "Rule", Value: "Adam, Eps 1e-07"}}
	if err := report.Write(&page, f); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(page.String(), `<figure class="whole">`); n != 1 || strings.Count(page.String(), "<figure>") != 1 {
		t.Errorf("%d of the figures are wide, want the ROC curves and not the loss", n)
	}
	if !strings.Contains(page.String(), "Eps 1e\u201107") {
		t.Error("1e-07 may be broken at its hyphen")
	}
}
