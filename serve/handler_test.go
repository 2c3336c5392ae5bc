package serve

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"adjoint/data"
)

func TestRegression(t *testing.T) {
	w := post(Handler(sum, Options{}), strings.NewReader(`{"rows":[[1,2],{"b":0.2,"a":0.1}]}`))
	want := `{"predictions":[{"value":3},{"value":0.30000000000000004}]}` + "\n"
	if w.Code != http.StatusOK || w.Body.String() != want {
		t.Errorf("%d %s, want %s", w.Code, w.Body, want)
	}
}

// A model of two classes may give P(y = 1|x) alone, or both probabilities.
func TestTwoClasses(t *testing.T) {
	for _, proba := range [][]float64{{0.75}, {0.25, 0.75}} {
		m := toy{
			features: ab, classes: []string{"no <&>", "yes"},
			predict: func(*data.Dataset) ([]float64, error) { return []float64{1}, nil },
			proba:   func(*data.Dataset) ([][]float64, error) { return [][]float64{proba}, nil },
		}
		w := post(Handler(m, Options{}), strings.NewReader(`{"row":[1,2]}`))
		want := `{"classes":["no <&>","yes"],"predictions":[{"class":"yes","position":1,"probabilities":[0.25,0.75]}]}` + "\n"
		if w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("%d %s, want %s", w.Code, w.Body, want)
		}
	}
}

// The rows of a request are one call.
func TestOneCall(t *testing.T) {
	calls := 0
	m := sum
	m.predict = func(d *data.Dataset) ([]float64, error) {
		calls++
		return sum.predict(d)
	}
	if w := post(Handler(m, Options{}), strings.NewReader(`{"rows":[[1,2],[3,4],[5,6]]}`)); w.Code != http.StatusOK || calls != 1 {
		t.Errorf("%d after %d calls: %s", w.Code, calls, w.Body)
	}
}

func TestDescribe(t *testing.T) {
	classifier := toy{features: ab, classes: []string{"no", "yes"}}
	for _, c := range []struct {
		m    Model
		path string
		want string
	}{
		{sum, "/model", `{"task":"regression","features":["a","b"],"max_rows":1024,"max_bytes":1048576}`},
		{classifier, "/", `{"task":"classification","features":["a","b"],"classes":["no","yes"],"max_rows":1024,"max_bytes":1048576}`},
		{sum, "/healthz", `{"status":"ok"}`},
	} {
		for _, method := range reads {
			w := do(Handler(c.m, Options{}), httptest.NewRequest(method, c.path, nil))
			if w.Code != http.StatusOK || w.Body.String() != c.want+"\n" {
				t.Errorf("%s %s: %d %s, want %s", method, c.path, w.Code, w.Body, c.want)
			}
			wantHeader(t, w.Header())
		}
	}
}

func TestNotFitted(t *testing.T) {
	h := Handler(toy{}, Options{})
	for _, w := range []*httptest.ResponseRecorder{
		do(h, httptest.NewRequest(http.MethodGet, "/healthz", nil)),
		do(h, httptest.NewRequest(http.MethodGet, "/model", nil)),
		post(h, strings.NewReader(`{"row":[1,2]}`)),
	} {
		wantError(t, w.Code, w.Header(), w.Body.Bytes(), http.StatusServiceUnavailable, "not been fitted")
		if w.Header().Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
}

// What is wrong with a request as such, in front of the model.
func TestBadRequests(t *testing.T) {
	h := Handler(untouchable(t), quiet(Options{MaxBytes: 100}))
	for _, c := range []struct {
		method, path, contentType, encoding string
		status                              int
		text                                string
	}{
		{"GET", "/nothing", "", "", 404, "nothing at /nothing"},
		{"POST", "/predict/", "application/json", "", 404, "nothing at /predict/"},
		{"GET", "/predict", "", "", 405, "/predict takes POST, not GET"},
		{"PUT", "/predict", "application/json", "", 405, "/predict takes POST, not PUT"},
		{"POST", "/model", "application/json", "", 405, "/model takes GET, HEAD, not POST"},
		{"DELETE", "/", "", "", 405, "/ takes GET, HEAD, not DELETE"},
		{"POST", "/predict", "", "", 415, `want Content-Type: application/json, have ""`},
		{"POST", "/predict", "text/plain", "", 415, `have "text/plain"`},
		{"POST", "/predict", "application/json; charset", "", 415, "want Content-Type"},
		{"POST", "/predict", "application/x-www-form-urlencoded", "", 415, "want Content-Type"},
		{"POST", "/predict", "application/json", "gzip", 415, "Content-Encoding: gzip"},
	} {
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(`{"row":[1,2]}`))
		r.Header.Set("Content-Type", c.contentType)
		r.Header.Set("Content-Encoding", c.encoding)
		w := do(h, r)
		wantError(t, w.Code, w.Header(), w.Body.Bytes(), c.status, c.text)
		if allow := w.Header().Get("Allow"); (c.status == 405) != (allow != "") || !strings.Contains(c.text, allow) {
			t.Errorf("%s %s: Allow %q", c.method, c.path, allow)
		}
		if w.Header().Get("Connection") != "close" {
			t.Errorf("%s %s: the answer waits for the rest of the body", c.method, c.path)
		}
	}
}

func TestMediaTypes(t *testing.T) {
	for _, contentType := range []string{"application/json", "Application/JSON; charset=utf-8"} {
		r := httptest.NewRequest(http.MethodPost, "/predict", strings.NewReader(`{"row":[1,2]}`))
		r.Header.Set("Content-Type", contentType)
		if w := do(Handler(sum, Options{}), r); w.Code != http.StatusOK || w.Header().Get("Connection") != "" {
			t.Errorf("%s: %d %s", contentType, w.Code, w.Body)
		}
	}
}

// Every body that the decoder refuses comes back as its error, through HTTP.
func TestBadBodies(t *testing.T) {
	h := Handler(untouchable(t), quiet(Options{MaxRows: 3}))
	for _, c := range refusals {
		w := post(h, strings.NewReader(c.body))
		wantError(t, w.Code, w.Header(), w.Body.Bytes(), c.status, c.text)
	}
}

// broken gives bytes and then an error.
type broken struct{ io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func TestBodyBreaksOff(t *testing.T) {
	w := post(Handler(untouchable(t), Options{}), broken{strings.NewReader(`{"row":`)})
	wantError(t, w.Code, w.Header(), w.Body.Bytes(), http.StatusBadRequest, "breaks off after 7 bytes")
}

// What the model does wrong is a 500; the reason is in the log, not in the answer.
func TestModelFails(t *testing.T) {
	secret := errors.New("secret reason")
	labels := func(y ...float64) func(*data.Dataset) ([]float64, error) {
		return func(*data.Dataset) ([]float64, error) { return y, nil }
	}
	proba := func(p ...[]float64) func(*data.Dataset) ([][]float64, error) {
		return func(*data.Dataset) ([][]float64, error) { return p, nil }
	}
	two := []string{"no", "yes"}
	for reason, m := range map[string]toy{
		"secret reason": {predict: func(*data.Dataset) ([]float64, error) { return nil, secret }},
		"secret proba": {classes: two, predict: labels(0),
			proba: func(*data.Dataset) ([][]float64, error) { return nil, errors.New("secret proba") }},
		"panic: secret":                          {predict: func(*data.Dataset) ([]float64, error) { panic("secret") }},
		"2 labels for 1 rows":                    {predict: labels(1, 2)},
		"unsupported value: NaN":                 {predict: labels(math.NaN())},
		"2 rows of probabilities for 1 rows":     {classes: two, predict: labels(0), proba: proba([]float64{0}, []float64{0})},
		"row 0: 3 probabilities of 2 classes":    {classes: two, predict: labels(0), proba: proba([]float64{0, 0, 1})},
		"row 0: label 2 of 2 classes":            {classes: two, predict: labels(2), proba: proba([]float64{0})},
		"row 0: label 0.5 of 2 classes":          {classes: two, predict: labels(0.5), proba: proba([]float64{0})},
		"row 0: label -1 of 2 classes":           {classes: two, predict: labels(-1), proba: proba([]float64{0})},
		"row 0: label NaN of 2 classes":          {classes: two, predict: labels(math.NaN()), proba: proba([]float64{0})},
		"json: unsupported value: +Inf":          {classes: two, predict: labels(1), proba: proba([]float64{0, math.Inf(1)})},
		"row 0: label 1 of 1 classes":            {classes: two[:1], predict: labels(1), proba: proba([]float64{0})},
		"row 0: label 1.8446744073709552e+19 of": {classes: two, predict: labels(1 << 64), proba: proba([]float64{0})},
	} {
		m.features = ab
		var log bytes.Buffer
		h := Handler(m, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		w := post(h, strings.NewReader(`{"row":[1,2]}`))
		wantError(t, w.Code, w.Header(), w.Body.Bytes(), http.StatusInternalServerError, "the model failed")
		if strings.Contains(w.Body.String(), "secret") || !strings.Contains(log.String(), reason) {
			t.Errorf("%s: the answer is %s, the log %s", reason, w.Body, &log)
		}
	}
}

// A prediction that takes too long is a 503, and so is a wait for a turn. The
// prediction that was given up ends by itself, and the next request has its turn.
func TestTimeout(t *testing.T) {
	started, release := make(chan struct{}, 2), make(chan struct{})
	m := sum
	m.predict = func(d *data.Dataset) ([]float64, error) {
		started <- struct{}{}
		<-release
		return sum.predict(d)
	}
	h := Handler(m, Options{Timeout: 20 * time.Millisecond, Concurrent: 1})
	for range 2 { // the second never gets its turn
		w := post(h, strings.NewReader(`{"row":[1,2]}`))
		wantError(t, w.Code, w.Header(), w.Body.Bytes(), http.StatusServiceUnavailable, "no prediction within 20ms")
		if w.Header().Get("Retry-After") != "1" {
			t.Error("no Retry-After")
		}
	}
	if len(started) != 1 {
		t.Errorf("%d predictions started, want 1", len(started))
	}
	close(release)
	for range 500 { // on a busy machine 20 ms may be too short even now
		if w := post(h, strings.NewReader(`{"row":[1,2]}`)); w.Code == http.StatusOK {
			return
		}
	}
	t.Error("no request has its turn again")
}

func TestDefaults(t *testing.T) {
	o := Options{MaxBytes: -1, MaxRows: -1, Timeout: -1, Concurrent: -1}.withDefaults()
	if o.MaxBytes != 1<<20 || o.MaxRows != 1024 || o.Timeout != 10*time.Second || o.Concurrent < 1 || o.Log == nil {
		t.Errorf("%+v", o)
	}
}
