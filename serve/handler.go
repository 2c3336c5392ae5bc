package serve

import (
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"time"

	"adjoint/data"
	"adjoint/models"
)

// A Model can be served: a models.Deep, a models.Logistic, or a type of your own. Its
// methods are called from many goroutines.
type Model interface {
	// Card returns the names of the features and of the classes, and the notes, all of
	// one state of the model. There are no features before it is fitted, and no classes
	// for a regression.
	Card() models.Card

	// Predictions returns, for each row, the position of its class and the probability
	// of each class, or of the second of two classes only; for a regression it returns
	// a number for each row. All are of one state of the model. The error wraps
	// data.ErrFeatures if the features have changed since Card was called.
	Predictions(*data.Dataset) (*models.Predictions, error)
}

// Options are the limits of a Handler, the hosts that it serves, and its logs. A number
// that is not positive means the default.
type Options struct {
	MaxBytes   int64         // of a body; 1 MiB by default
	MaxRows    int           // of a request; 1024 by default
	Timeout    time.Duration // from the header of a request to its prediction, then again to write the answer; 10 s by default
	Concurrent int           // predictions at a time, while others wait; GOMAXPROCS by default
	Log        *slog.Logger  // where the reason of a 500 is logged; slog.Default() by default

	// Images says how a picture becomes a row, for a model of pictures: the size and the channels of those that it
	// was trained on. A body may then be image/png or image/jpeg; Pixels of 0 are 4 194 304. nil is rows only.
	Images *data.Images

	// Hosts are names that the Host header of a request may have, with or without a
	// port. "*" allows every name.
	//
	// A request to a loopback address must have localhost, a loopback address or one of
	// Hosts as its Host. This prevents a web page from sending requests through a
	// browser on this machine (DNS rebinding). If a proxy on this machine passes on the
	// Host that it was asked for, add that name to Hosts.
	//
	// A request to another address may have any Host if Hosts is empty. Otherwise it
	// must have one of Hosts, or that address.
	Hosts []string

	// Served is called after each request has been answered, also with an error. It is
	// called from many goroutines. The end of a short answer may wait for it. See
	// [LogTo].
	Served func(*http.Request, Record)
}

func (o Options) withDefaults() Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 1 << 20
	}
	if o.MaxRows <= 0 {
		o.MaxRows = 1024
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Concurrent <= 0 {
		o.Concurrent = runtime.GOMAXPROCS(0)
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// Handler returns a handler that answers requests with the predictions of m, as the
// package's documentation describes. To serve under another path use [http.StripPrefix].
//
// m may be fitted or loaded meanwhile: the answer to a request is all of the state before
// or all of the state after.
//
// A request whose prediction exceeds the Timeout is answered with 503. The prediction
// then runs to its end, because a Model cannot be interrupted. There are never more than
// Options.Concurrent predictions at a time.
func Handler(m Model, o Options) http.Handler {
	o = o.withDefaults()
	return &handler{model: m, options: o, turns: make(chan struct{}, o.Concurrent)}
}

type handler struct {
	model   Model
	options Options
	turns   chan struct{} // holds an element for each prediction that runs
}

// An endpoint answers the requests at a path: with a value to write as JSON, or an error.
type endpoint struct {
	methods []string
	answer  func(h *handler, w http.ResponseWriter, r *http.Request) (any, error)
}

var (
	reads     = []string{http.MethodGet, http.MethodHead}
	endpoints = map[string]endpoint{
		"/predict": {[]string{http.MethodPost}, (*handler).predict},
		"/model":   {reads, (*handler).describe},
		"/":        {reads, (*handler).describe},
		"/healthz": {reads, (*handler).health},
	}
)

// linger is the time that a refused client may continue to send, so that it reads the
// answer before the connection is closed.
const linger = 500 * time.Millisecond

// ServeHTTP answers a request. It sets its own deadlines, for http.Servers that have
// none. A test's recorder has no deadlines, and the errors of setting them are ignored.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	connection := http.NewResponseController(w)
	deadline := began.Add(h.options.Timeout)
	_ = connection.SetReadDeadline(deadline)
	if r.ContentLength != 0 {
		// Unless the body has been read, so that no answer waits for the rest of it.
		w.Header().Set("Connection", "close")
	}
	answer, err := h.answer(w, r)
	_ = connection.SetWriteDeadline(time.Now().Add(h.options.Timeout))
	if soon := time.Now().Add(linger); err != nil && soon.Before(deadline) {
		_ = connection.SetReadDeadline(soon)
	}
	record := h.reply(w, r, answer, err)
	record.Duration = time.Since(began)
	if h.options.Served != nil {
		h.options.Served(r, record)
	}
}

func (h *handler) answer(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := h.checkHost(r); err != nil {
		return nil, err
	}
	e, ok := endpoints[r.URL.Path]
	if !ok {
		return nil, fail(http.StatusNotFound, "nothing at %s; want POST /predict, GET /model or GET /healthz", clip(r.URL.Path))
	}
	if !slices.Contains(e.methods, r.Method) {
		allow := strings.Join(e.methods, ", ")
		w.Header().Set("Allow", allow)
		return nil, fail(http.StatusMethodNotAllowed, "%s takes %s, not %s", r.URL.Path, allow, clip(r.Method))
	}
	return e.answer(h, w, r)
}

// description is the answer to GET /model.
type description struct {
	Task     string   `json:"task"` // "classification" or "regression", of the first output
	Features []string `json:"features"`
	Types    []string `json:"types,omitempty"` // "number" or "text", of a model that has a preparer
	Sparse   bool     `json:"sparse,omitempty"`
	Classes  []string `json:"classes,omitempty"`
	Outputs  []string `json:"outputs,omitempty"` // if there are several
	Notes    string   `json:"notes,omitempty"`
	MaxRows  int      `json:"max_rows"`
	MaxBytes int64    `json:"max_bytes"`
	Accepts  []string `json:"accepts,omitempty"` // types of a body, where pictures are among them
}

func (h *handler) describe(http.ResponseWriter, *http.Request) (any, error) {
	c, err := h.card()
	if err != nil {
		return nil, err
	}
	d := description{
		Task: "classification", Features: c.Features, Classes: c.Classes, Notes: c.Notes, Sparse: c.Sparse,
		MaxRows: h.options.MaxRows, MaxBytes: h.options.MaxBytes,
	}
	for _, is := range c.Types {
		d.Types = append(d.Types, is.String())
	}
	if len(d.Classes) == 0 {
		d.Task = "regression"
	}
	if h.options.Images != nil {
		d.Accepts = h.accepts()
	}
	if len(c.Outputs) > 1 {
		d.Outputs = c.Outputs
	}
	return d, nil
}

func (h *handler) health(http.ResponseWriter, *http.Request) (any, error) {
	_, err := h.card()
	return map[string]string{"status": "ok"}, err
}

// card returns the card of the model, or an error if it has not been fitted.
func (h *handler) card() (models.Card, error) {
	c := h.model.Card()
	if len(c.Features) == 0 {
		return c, fail(http.StatusServiceUnavailable, "the model has not been fitted")
	}
	return c, nil
}
