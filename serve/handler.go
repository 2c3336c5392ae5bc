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

// A Model is what can be served: models.Deep, models.Logistic, or one of your
// own. Its methods are called from many goroutines.
type Model interface {
	// Card returns the names of the features, none if the model has not been fitted,
	// the names of the classes, none for a regression, and notes, if there are any.
	// All is of one state of the model.
	Card() models.Card

	// Predictions returns for each row the position of its class, and the
	// probability of each class or of two classes that of the second alone; or for
	// a regression its number. All is of one state of the model. The error wraps
	// data.ErrFeatures if by now it takes others than Card returned.
	Predictions(*data.Dataset) (*models.Predictions, error)
}

// Options are the limits of a Handler, whom it answers and whom it tells. A number
// that is not positive stands for its default.
type Options struct {
	MaxBytes   int64         // of a body; 1 MiB by default
	MaxRows    int           // of a request; 1024 by default
	Timeout    time.Duration // from the header of a request to its prediction, then again to write the answer; 10 s by default
	Concurrent int           // predictions at a time, others wait; GOMAXPROCS by default
	Log        *slog.Logger  // gets the reason of a 500; slog.Default() by default

	// Hosts are names that a request may have in its Host header, with or without a
	// port. By default a request that came to a loopback address has to have
	// localhost or such an address there, so that no page of the web can use a
	// browser on this machine to ask (DNS rebinding); a request that came to another
	// address may have anything. Hosts are further names for loopback, such as the one
	// that a proxy on this machine was asked for and passes on. If there are any, a
	// request to another address needs one of them too, or that address. "*" is every
	// name.
	Hosts []string

	// Served is called after each request was answered, whatever the answer was,
	// from many goroutines. The end of a short answer may wait for it. See [LogTo].
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

// Handler answers requests with the predictions of m, by the protocol that the
// package's documentation describes. Under another path it goes behind
// [http.StripPrefix].
//
// m may be fitted or loaded anew meanwhile: what is said of the rows of a request
// is all from before or all from after.
//
// A prediction that exceeds the Timeout is answered with 503 and then runs to its
// end, since a Model cannot be interrupted; there are never more than
// Options.Concurrent of them.
func Handler(m Model, o Options) http.Handler {
	o = o.withDefaults()
	return &handler{model: m, options: o, turns: make(chan struct{}, o.Concurrent)}
}

type handler struct {
	model   Model
	options Options
	turns   chan struct{} // holds an element for each prediction that runs
}

// An endpoint answers at a path: with what is to be written as JSON, or an error.
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

// linger is how long a refused client may go on sending, so that it comes to read
// why before the connection ends.
const linger = 500 * time.Millisecond

// ServeHTTP answers a request. Its deadlines hold also in an http.Server that has
// none; those of a test's recorder cannot be set, which does no harm.
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
	Task     string   `json:"task"` // "classification" or "regression"
	Features []string `json:"features"`
	Classes  []string `json:"classes,omitempty"`
	Notes    string   `json:"notes,omitempty"`
	MaxRows  int      `json:"max_rows"`
	MaxBytes int64    `json:"max_bytes"`
}

func (h *handler) describe(http.ResponseWriter, *http.Request) (any, error) {
	c, err := h.card()
	if err != nil {
		return nil, err
	}
	d := description{"classification", c.Features, c.Classes, c.Notes, h.options.MaxRows, h.options.MaxBytes}
	if len(d.Classes) == 0 {
		d.Task = "regression"
	}
	return d, nil
}

func (h *handler) health(http.ResponseWriter, *http.Request) (any, error) {
	_, err := h.card()
	return map[string]string{"status": "ok"}, err
}

// card returns that of the model, or why it cannot be asked.
func (h *handler) card() (models.Card, error) {
	c := h.model.Card()
	if len(c.Features) == 0 {
		return c, fail(http.StatusServiceUnavailable, "the model has not been fitted")
	}
	return c, nil
}
