package serve

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"adjoint/data"
	"adjoint/models"
)

// While a model is fitted again and again, now to labels of one meaning and now of
// another, every answer is one that a whole fit gives: its classes, labels and
// probabilities are of one state.
func TestRefit(t *testing.T) {
	one := data.Iris()
	other := one.Clone()
	slices.Reverse(other.Classes)
	for i := range other.Y {
		other.Y[i] = float64((int(other.Y[i]) + 1) % 3)
	}
	rows := [][]float64{one.Row(0), one.Row(60), one.Row(149)}
	request := body(t, rows)
	m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 3, Activation: models.Softmax}}}
	h := Handler(m, Options{})
	fit := func(d *data.Dataset) {
		if _, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 2, FullBatch: true}); err != nil {
			t.Error(err)
		}
	}
	var known []string
	for _, d := range []*data.Dataset{one, other} {
		fit(d)
		known = append(known, post(h, bytes.NewReader(request)).Body.String())
	}
	if known[0] == known[1] {
		t.Fatal("the two fits are alike")
	}
	s := httptest.NewServer(h)
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var seen [4]map[string]int // answers, by client
	for k := range seen {
		all.Go(func() { seen[k] = answers(ctx, t, s.URL+"/predict", request, known) })
	}
	for range 150 {
		fit(one)
		fit(other)
	}
	stop()
	all.Wait()
	s.Close()
	total := map[string]int{}
	for _, answers := range seen {
		for text, n := range answers {
			total[text] += n
		}
	}
	if len(total) != 2 {
		t.Errorf("answers %v, want some of both fits", total)
	}
}

// answers sends a request again and again until ctx is done, and counts the answers,
// each of which has to be known.
func answers(ctx context.Context, t *testing.T, url string, request []byte, known []string) map[string]int {
	seen := map[string]int{}
	for ctx.Err() == nil {
		r, err := http.Post(url, "application/json", bytes.NewReader(request))
		if err != nil {
			t.Error(err)
			break
		}
		var text bytes.Buffer
		_, err = text.ReadFrom(r.Body)
		_ = r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK || !slices.Contains(known, text.String()) {
			t.Errorf("%d %v: %s", r.StatusCode, err, &text)
			break
		}
		seen[text.String()]++
	}
	return seen
}

// A model that takes other features than those that the request was read for is
// asked again later.
func TestFeaturesChange(t *testing.T) {
	m := toy{features: ab, predict: func(*data.Dataset) ([]float64, error) { return nil, errors.Join(data.ErrFeatures) }}
	w := post(Handler(m, Options{}), strings.NewReader(`{"row":[1,2]}`))
	wantError(t, w.Code, w.Header(), w.Body.Bytes(), http.StatusServiceUnavailable, "has just changed")
	if w.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

// changing is a model that is fitted anew whenever somebody looks: now two
// features and classes, now one feature and none.
type changing struct {
	toy
	looks int
}

func (m *changing) Card() models.Card {
	if m.looks++; m.looks%2 == 1 {
		return models.Card{Features: ab, Classes: []string{"no", "yes"}, Notes: "first"}
	}
	return models.Card{Features: []string{"c"}, Notes: "second"}
}

// The description of a model is of one fit.
func TestDescriptionIsOfOneState(t *testing.T) {
	h := Handler(&changing{}, Options{})
	for _, want := range []string{
		`{"task":"classification","features":["a","b"],"classes":["no","yes"],"notes":"first","max_rows":1024,"max_bytes":1048576}`,
		`{"task":"regression","features":["c"],"notes":"second","max_rows":1024,"max_bytes":1048576}`,
	} {
		if w := do(h, httptest.NewRequest(http.MethodGet, "/model", nil)); w.Body.String() != want+"\n" {
			t.Errorf("%s, want %s", w.Body, want)
		}
	}
}
