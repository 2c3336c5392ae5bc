package serve

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// A failure is an error whose text is sent to the client.
type failure struct {
	status int
	text   string
}

func (f *failure) Error() string { return f.text }

func fail(status int, format string, args ...any) *failure {
	return &failure{status, fmt.Sprintf(format, args...)}
}

// reply writes an answer, or an error: a failure with its status and text, any other
// error as a 500 whose reason goes to the log only. It returns the record of the request.
func (h *handler) reply(w http.ResponseWriter, r *http.Request, answer any, err error) Record {
	record := Record{Status: http.StatusOK}
	var body []byte
	if err == nil {
		body, err = encode(answer) // fails if the model gave NaN or infinity
	}
	if p, ok := answer.(*predictions); ok && p != nil {
		record.Rows = len(p.Predictions)
	}
	if err != nil {
		var f *failure
		if !errors.As(err, &f) {
			h.options.Log.ErrorContext(r.Context(), "serve: the model failed", "path", r.URL.Path, "error", err)
			f = fail(http.StatusInternalServerError, "the model failed")
		}
		if f.status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "1")
		}
		record = Record{Status: f.status, Err: err}
		body, _ = encode(map[string]string{"error": f.text}) // text always has its JSON
	}
	n, writing := write(w, record.Status, body)
	record.Bytes = n
	record.Err = cmp.Or(record.Err, writing)
	return record
}

// encode returns v as a line of JSON. Class names keep their <, > and &.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// write sends a response. The error means that the client has gone. The headers say that
// the body is JSON, so that no browser shows it as a page.
func write(w http.ResponseWriter, status int, body []byte) (n int, err error) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	return w.Write(body)
}
