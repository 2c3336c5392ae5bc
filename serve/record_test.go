package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"adjoint/data"
)

// Each request is told of once, with what became of it.
func TestServed(t *testing.T) {
	failing := sum
	failing.predict = func(*data.Dataset) ([]float64, error) { return nil, errors.New("out of luck") }
	for _, c := range []struct {
		m            Model
		method, path string
		body         string
		status, rows int
		level, err   string
	}{
		{sum, "POST", "/predict", `{"rows":[[1,2],[3,4],[5,6]]}`, 200, 3, "INFO", ""},
		{sum, "POST", "/predict", `{"row":[1,2]}`, 200, 1, "INFO", ""},
		{sum, "GET", "/model", "", 200, 0, "INFO", ""},
		{sum, "HEAD", "/healthz", "", 200, 0, "INFO", ""},
		{sum, "POST", "/predict", `{"rows":[[1,2],[3]]}`, 422, 0, "WARN", "row 1 has 1 features"},
		{sum, "GET", "/" + strings.Repeat("x", 100), "", 404, 0, "WARN", "nothing at"},
		{sum, "DELETE", "/model", "", 405, 0, "WARN", "not DELETE"},
		{toy{}, "GET", "/healthz", "", 503, 0, "ERROR", "not been fitted"},
		{failing, "POST", "/predict", `{"row":[1,2]}`, 500, 0, "ERROR", "out of luck"},
	} {
		var log bytes.Buffer
		var records []Record
		write := LogTo(slog.New(slog.NewJSONHandler(&log, nil)))
		h := Handler(c.m, quiet(Options{Served: func(r *http.Request, record Record) {
			records = append(records, record)
			write(r, record)
		}}))
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		r.Header.Set("Content-Type", "application/json")
		w := do(h, r)
		if len(records) != 1 {
			t.Fatalf("%s %s: %d records", c.method, c.path, len(records))
		}
		got := records[0]
		if got.Status != c.status || got.Rows != c.rows || got.Bytes != w.Body.Len() || got.Duration <= 0 ||
			(got.Err != nil) != (c.err != "") || got.Err != nil && !strings.Contains(got.Err.Error(), c.err) {
			t.Errorf("%s %s: %+v", c.method, c.path, got)
		}
		var line struct {
			Level, Msg, Method, Path, Error string
			Status, Rows, Bytes             int
		}
		if err := json.Unmarshal(log.Bytes(), &line); err != nil {
			t.Fatalf("%v in %s", err, &log)
		}
		if line.Level != c.level || line.Msg != "request" || line.Method != c.method || !strings.HasPrefix(c.path, strings.TrimSuffix(line.Path, "…")) ||
			len(line.Path) > 64 || line.Status != c.status || line.Rows != c.rows || line.Bytes != w.Body.Len() || !strings.Contains(line.Error, c.err) {
			t.Errorf("%s %s: %s", c.method, c.path, &log)
		}
	}
}

// deaf is a client that does not hear the answer.
type deaf struct{ *httptest.ResponseRecorder }

var errDeaf = errors.New("gone")

func (deaf) Write([]byte) (int, error) { return 0, errDeaf }

// A client who goes away is told of too: before the prediction, and while the
// answer is written.
func TestServedToNobody(t *testing.T) {
	var got Record
	o := Options{Concurrent: 1, Served: func(_ *http.Request, r Record) { got = r }}
	request := func() *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/predict", strings.NewReader(`{"row":[1,2]}`))
		r.Header.Set("Content-Type", "application/json")
		return r
	}
	Handler(sum, o).ServeHTTP(deaf{httptest.NewRecorder()}, request())
	if got.Status != http.StatusOK || got.Bytes != 0 || got.Rows != 1 || !errors.Is(got.Err, errDeaf) {
		t.Errorf("%+v", got)
	}

	ctx, gone := context.WithCancel(t.Context())
	release := make(chan struct{})
	defer close(release)
	m := sum
	m.predict = func(d *data.Dataset) ([]float64, error) {
		gone()
		<-release
		return sum.predict(d)
	}
	w := do(Handler(m, o), request().WithContext(ctx))
	if got.Status != http.StatusServiceUnavailable || got.Err == nil || got.Err.Error() != "the client went away" {
		t.Errorf("%+v; %d", got, w.Code)
	}
}

// The notes of a model are in its description.
func TestNotesOfAModel(t *testing.T) {
	m := sum
	m.notes = "sums <two> numbers\n"
	w := do(Handler(m, Options{}), httptest.NewRequest(http.MethodGet, "/model", nil))
	wantHeader(t, w.Header())
	got := decoded[struct {
		Task     string
		Features []string
		Notes    string
		MaxRows  int   `json:"max_rows"`
		MaxBytes int64 `json:"max_bytes"`
	}](t, w.Body.Bytes())
	if got.Notes != m.notes || got.Task != "regression" || len(got.Features) != 2 {
		t.Errorf("%+v", got)
	}
}
