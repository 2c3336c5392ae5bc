package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"adjoint/data"
	"adjoint/models"
)

// toy is a model of one's own: two features, and whatever the functions say.
type toy struct {
	features []string
	classes  []string
	notes    string
	predict  func(*data.Dataset) ([]float64, error)
	proba    func(*data.Dataset) ([][]float64, error)
}

func (m toy) Card() models.Card {
	return models.Card{Features: m.features, Classes: m.classes, Notes: m.notes}
}

func (m toy) Predictions(d *data.Dataset) (*models.Predictions, error) {
	p := &models.Predictions{Classes: m.classes}
	var err error
	if p.Labels, err = m.predict(d); err == nil && m.proba != nil {
		p.Probabilities, err = m.proba(d)
	}
	return p, err
}

// sum is a regression: the sum of the features.
var sum = toy{
	features: []string{"a", "b"},
	predict: func(d *data.Dataset) ([]float64, error) {
		y := make([]float64, d.Rows())
		for i := range y {
			for _, x := range d.Row(i) {
				y[i] += x
			}
		}
		return y, nil
	},
}

// untouchable is a model that no bad request may reach.
func untouchable(t *testing.T) Model {
	return toy{features: []string{"a", "b"}, predict: func(*data.Dataset) ([]float64, error) {
		t.Error("a bad request reached the model")
		return nil, errors.New("no prediction")
	}}
}

// quiet is Options whose log goes nowhere.
func quiet(o Options) Options {
	o.Log = slog.New(slog.DiscardHandler)
	return o
}

// post sends a body to a handler without a network.
func post(h http.Handler, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/predict", body)
	r.Header.Set("Content-Type", "application/json")
	return do(h, r)
}

func do(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// wantError asserts the status of a response, and that its body is {"error": …}
// with that text in it.
func wantError(t *testing.T, status int, header http.Header, body []byte, wantStatus int, wantText string) {
	t.Helper()
	var e map[string]string
	if err := json.Unmarshal(body, &e); err != nil || len(e) != 1 {
		t.Errorf("the body %q is no error: %v", body, err)
	}
	if status != wantStatus || !strings.Contains(e["error"], wantText) {
		t.Errorf("%d %q, want %d and %q", status, e["error"], wantStatus, wantText)
	}
	wantHeader(t, header)
}

// wantHeader asserts what the header of every answer has.
func wantHeader(t *testing.T, header http.Header) {
	t.Helper()
	for key, want := range map[string]string{
		"Content-Type": "application/json", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
	} {
		if got := header.Get(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

// noneLeft asserts that no goroutine is left that was not there before.
func noneLeft(t *testing.T, before int) {
	t.Helper()
	for range 500 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	stacks := make([]byte, 1<<16)
	t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
}

// body is the request for the rows of d.
func body(t testing.TB, rows [][]float64) []byte {
	t.Helper()
	text, err := json.Marshal(map[string]any{"rows": rows})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// decoded reads JSON strictly into a T.
func decoded[T any](t testing.TB, text []byte) T {
	t.Helper()
	var v T
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// sameBits reports whether a and b are equal, bit for bit.
func sameBits(a, b []float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) {
			return false
		}
	}
	return true
}
