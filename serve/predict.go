package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/debug"
	"slices"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/prepare"
)

func (h *handler) predict(w http.ResponseWriter, r *http.Request) (any, error) {
	ctx, cancel := context.WithTimeout(r.Context(), h.options.Timeout)
	defer cancel()
	card, err := h.card()
	if err != nil {
		return nil, err
	}
	contentType, err := checkForm(w, r.Header, h.accepts())
	if err != nil {
		return nil, err
	}
	body, err := h.body(w, r)
	if err != nil {
		return nil, err
	}
	var rows *data.Dataset
	if contentType == jsonType {
		rows, err = decode(body, card, h.options.MaxRows)
	} else {
		rows, err = h.picture(ctx, body, card)
	}
	if err != nil {
		return nil, err
	}
	return h.ask(ctx, rows)
}

// body reads the body of a request.
func (h *handler) body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	tooLong := fail(http.StatusRequestEntityTooLarge, "the body has more than %d bytes", h.options.MaxBytes)
	if r.ContentLength > h.options.MaxBytes {
		return nil, tooLong
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.options.MaxBytes))
	var exceeded *http.MaxBytesError
	switch {
	case errors.As(err, &exceeded):
		return nil, tooLong
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, fail(http.StatusRequestTimeout, "the body did not come within %v", h.options.Timeout)
	case err != nil:
		return nil, fail(http.StatusBadRequest, "the body breaks off after %d bytes: %v", len(body), err)
	}
	w.Header().Del("Connection")
	return body, nil
}

// ask waits until fewer than Options.Concurrent predictions run, and then for the
// predictions, until ctx is done.
func (h *handler) ask(ctx context.Context, d *data.Dataset) (*predictions, error) {
	select {
	case h.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, h.gaveUp(ctx)
	}
	done := make(chan outcome, 1)
	go func() {
		done <- outcomeOf(h.model, d)
		<-h.turns
	}()
	select {
	case o := <-done:
		switch {
		case slices.ContainsFunc(unfitted, func(is error) bool { return errors.Is(o.err, is) }):
			return nil, fail(http.StatusUnprocessableEntity, "%v", o.err)
		case errors.Is(o.err, data.ErrFeatures):
			return nil, fail(http.StatusServiceUnavailable, "the model has just changed: %v", o.err)
		}
		return o.answer, o.err
	case <-ctx.Done():
		return nil, h.gaveUp(ctx)
	}
}

// gaveUp returns the error of a request whose ctx is done.
func (h *handler) gaveUp(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fail(http.StatusServiceUnavailable, "the client went away")
	}
	return fail(http.StatusServiceUnavailable, "no prediction within %v", h.options.Timeout)
}

// unfitted are the errors of rows that the model refuses.
var unfitted = []error{data.ErrNotFinite, data.ErrMissing, graph.ErrValue, prepare.ErrUnknown, prepare.ErrDate}

type outcome struct {
	answer *predictions
	err    error
}

// outcomeOf calls predictAll, and returns a panic as an error.
func outcomeOf(m Model, d *data.Dataset) (o outcome) {
	defer func() {
		if p := recover(); p != nil {
			o = outcome{nil, fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	answer, err := predictAll(m, d)
	return outcome{answer, err}
}
