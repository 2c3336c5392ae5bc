package serve

import (
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
)

// towers are a formula with a table of three users and three outputs: a class, two numbers
// and two labels.
func towers(t *testing.T) *models.Formula {
	t.Helper()
	g := graph.New()
	leaf := func(name string, n int) *graph.Node { return g.Input(name, n, graph.Batch) }
	user, x, kind := leaf("user", 1), leaf("x", 1), leaf("kind", 1)
	b := models.NewBuilder(g, 1)
	h := ops.Concat(0, x, ops.Gather(b.Param("table", nil, 2, 3), 1, ops.Index(user, 0, 0)))
	p := models.Dense{Units: 1, Activation: models.Sigmoid}.Apply(b, h)
	f, err := models.New(models.Roles{
		Inputs: []*graph.Node{user, x}, Targets: []*graph.Node{kind}, Loss: ops.LogLoss(p, kind),
		Outputs: []models.Output{
			{Name: "kind", P: p, Target: kind, Loss: ops.LogLoss(p, kind)}, {Name: "size", P: ops.Concat(0, x, ops.Scale(2, x)), Kind: models.Numbers},
			{Name: "tags", P: ops.Concat(0, p, ops.OneMinus(p)), Kind: models.Multilabel, Classes: []string{"new", "old"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &data.Dataset{Features: []string{"x", "user"}, Target: "kind", Classes: []string{"no", "yes"}}
	for i := range 12 {
		d.X, d.Y = append(d.X, float64(i)/12, float64(i%3)), append(d.Y, float64(i%2))
	}
	if _, err := f.Fit(t.Context(), d, models.FitOptions{Epochs: 2}); err != nil {
		t.Fatal(err)
	}
	return f
}

// A formula is asked by the names of its columns, and answers by those of its outputs; what
// it refuses is the client's error.
func TestOutputsByName(t *testing.T) {
	m := towers(t)
	h := Handler(m, Options{})
	w := post(h, strings.NewReader(`{"rows": [{"x": 0.25, "user": 2}, [1, 0.5]]}`))
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	a := decoded[struct {
		Predictions []struct {
			Kind struct {
				Class         string
				Position      int
				Probabilities []float64
			}
			Size struct{ Values []float64 }
			Tags struct {
				Labels        []string
				Probabilities map[string]float64
			}
		}
	}](t, w.Body.Bytes())
	p, err := m.Predictions(&data.Dataset{Features: []string{"user", "x"}, X: []float64{2, 0.25, 1, 0.5}})
	if err != nil || len(a.Predictions) != 2 {
		t.Fatalf("%v, %s", err, w.Body)
	}
	for i, got := range a.Predictions {
		second := p.Probabilities[i][0]
		label := map[bool]string{true: "new", false: "old"}[second >= 0.5]
		x := []float64{0.25, 0.5}[i]
		if got.Kind.Class != p.Names()[i] || math.Abs(got.Kind.Probabilities[1]-second) > 0 ||
			len(got.Size.Values) != 2 || got.Size.Values[1] != 2*x || len(got.Tags.Labels) != 1 || got.Tags.Labels[0] != label || got.Tags.Probabilities["new"] != second {
			t.Errorf("row %d: %+v, want %v", i, got, p)
		}
	}
	if w := post(h, strings.NewReader(`{"rows": [{"x": 0.25, "user": 3}]}`)); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "3") {
		t.Errorf("a user that is not there: %d %s", w.Code, w.Body)
	}
	w = httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/model", nil))
	if text := w.Body.String(); !strings.Contains(text, `"features":["user","x"]`) || !strings.Contains(text, `"outputs":["kind","size","tags"]`) {
		t.Errorf("%s", text)
	}
}
