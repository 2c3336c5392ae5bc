package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// A failure is an error that the client is told.
type failure struct {
	status int
	text   string
}

func (f *failure) Error() string { return f.text }

func fail(status int, format string, args ...any) *failure {
	return &failure{status, fmt.Sprintf(format, args...)}
}

// reply writes an answer.
func (h *handler) reply(w http.ResponseWriter, r *http.Request, answer any) {
	body, err := encode(answer)
	if err != nil { // the model gave NaN or infinity
		h.refuse(w, r, err)
		return
	}
	write(w, http.StatusOK, body)
}

// refuse writes an error: a failure as it is, another as a 500 whose reason goes
// to the log.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var f *failure
	if !errors.As(err, &f) {
		h.options.Log.ErrorContext(r.Context(), "serve: the model failed", "path", r.URL.Path, "error", err)
		f = fail(http.StatusInternalServerError, "the model failed")
	}
	if f.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	body, _ := encode(map[string]string{"error": f.text}) // text always has its JSON
	write(w, f.status, body)
}

// encode returns v as a line of JSON. Class names keep their <, > and &.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// write sends a response. Its error is that of a client who went away.
func write(w http.ResponseWriter, status int, body []byte) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
