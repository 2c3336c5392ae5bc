package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
)

// pngOf is a grey picture.
func pngOf(t *testing.T, h, w int, level uint8) []byte {
	t.Helper()
	p := image.NewGray(image.Rect(0, 0, w, h))
	for i := range p.Pix {
		p.Pix[i] = level
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func postPicture(h http.Handler, contentType string, body []byte) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/predict", bytes.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	return do(h, r)
}

// A picture is predicted as the row that data.Images makes of it: here the sum of two pixels of 0.2.
func TestPictures(t *testing.T) {
	o := quiet(Options{Images: &data.Images{Height: 1, Width: 2, Grey: true}})
	h := Handler(sum, o)
	w := postPicture(h, "image/png", pngOf(t, 3, 4, 51))
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), `{"predictions":[{"value":0.4`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := post(h, strings.NewReader(`{"row": [1, 2]}`)); w.Code != http.StatusOK {
		t.Errorf("a row: %d %s", w.Code, w.Body)
	}
	var d description
	w = do(h, httptest.NewRequest(http.MethodGet, "/model", nil))
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil || !slices.Equal(d.Accepts, []string{"application/json", "image/png", "image/jpeg"}) {
		t.Errorf("%v, %s", err, w.Body)
	}
}

// What is no picture that the model takes is refused, and does not reach it.
func TestPicturesRefused(t *testing.T) {
	grey := data.Images{Height: 1, Width: 2, Grey: true}
	small, colour := grey, grey
	small.Pixels, colour.Grey = 11, false
	whole := pngOf(t, 3, 4, 51)
	for name, c := range map[string]struct {
		images      *data.Images
		contentType string
		body        []byte
		status      int
		says        string
	}{
		"none is taken":  {nil, "image/png", whole, http.StatusUnsupportedMediaType, `want Content-Type: application/json, have "image/png"`},
		"another kind":   {&grey, "image/gif", whole, http.StatusUnsupportedMediaType, "application/json or image/png or image/jpeg"},
		"no type":        {&grey, "application/x-www-form-urlencoded", whole, http.StatusUnsupportedMediaType, "or image/png"},
		"cut off":        {&grey, "image/png", whole[:40], http.StatusUnprocessableEntity, "the picture: "},
		"text":           {&grey, "image/jpeg", []byte("a,b\n"), http.StatusUnprocessableEntity, "neither PNG nor JPEG"},
		"nothing":        {&grey, "image/png", nil, http.StatusUnprocessableEntity, "neither PNG nor JPEG"},
		"too many":       {&small, "image/png", whole, http.StatusRequestEntityTooLarge, "3×4 pixels, more than 11"},
		"too many bytes": {&grey, "image/png", make([]byte, 5000), http.StatusRequestEntityTooLarge, "more than 4000 bytes"},
		"a bomb":         {&grey, "image/png", pngOf(t, 2049, 2048, 0), http.StatusRequestEntityTooLarge, "2049×2048 pixels, more than 4194304"},
		"other channels": {&colour, "image/png", whole, http.StatusUnprocessableEntity, "6 numbers; the model takes 2"},
		"other options":  {&data.Images{}, "image/png", whole, http.StatusInternalServerError, "the model failed"},
	} {
		o := quiet(Options{Images: c.images, MaxBytes: 4000})
		if name == "a bomb" {
			o.MaxBytes = 1 << 20
		}
		w := postPicture(Handler(untouchable(t), o), c.contentType, c.body)
		if w.Code != c.status {
			t.Errorf("%s: %d", name, w.Code)
		}
		wantError(t, w.Code, w.Header(), w.Body.Bytes(), c.status, c.says)
	}
}

// A picture waits for its turn.
func TestPicturesWait(t *testing.T) {
	h := Handler(sum, quiet(Options{Images: &data.Images{Height: 1, Width: 2, Grey: true}, Concurrent: 1})).(*handler)
	h.turns <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.picture(ctx, pngOf(t, 1, 2, 0), h.model.Card()); err == nil {
		t.Error("decoded out of its turn")
	} else if f := new(failure); !errors.As(err, &f) || f.status != http.StatusServiceUnavailable {
		t.Error(err)
	}
}
