package serve

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"adjoint/internal/memtest"
)

// A body that is too long is refused before it is read, or when it has exceeded
// the limit.
func TestLongBody(t *testing.T) {
	s := httptest.NewServer(Handler(untouchable(t), Options{MaxBytes: 1000, Timeout: time.Hour}))
	defer s.Close()
	chunk := "400\r\n" + strings.Repeat(" ", 0x400) + "\r\n"
	for name, request := range map[string]string{
		"announced":     header + "Content-Length: 1001\r\n\r\n",
		"absurd":        header + "Content-Length: 9223372036854775807\r\n\r\n",
		"not announced": header + "Transfer-Encoding: chunked\r\n\r\n" + chunk,
	} {
		t.Run(name, func(t *testing.T) {
			wantClosed(t, dial(t, s, request), http.StatusRequestEntityTooLarge, "more than 1000 bytes")
		})
	}
	exact := append([]byte(`{"row":[1]}`), bytes.Repeat([]byte(" "), 1000-11)...)
	w := post(s.Config.Handler, bytes.NewReader(exact))
	wantError(t, w.Code, w.Header(), w.Body.Bytes(), http.StatusUnprocessableEntity, "row 0 has 1 features")
}

// unread is a body that must not be asked for.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

// A Content-Length costs nothing: neither one beyond the limit, whose body is not
// read, nor one within it that is a lie.
func TestLyingContentLength(t *testing.T) {
	h := Handler(untouchable(t), Options{MaxBytes: 1 << 40})
	request := func(length int64, body io.Reader) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/predict", body)
		r.Header.Set("Content-Type", "application/json")
		r.ContentLength = length
		return r
	}
	w := do(h, request(1<<40+1, unread{t}))
	wantError(t, w.Code, w.Header(), w.Body.Bytes(), http.StatusRequestEntityTooLarge, "more than")

	n := memtest.Allocated(func() { w = do(h, request(1<<30, broken{strings.NewReader(`{"row":`)})) })
	wantError(t, w.Code, w.Header(), w.Body.Bytes(), http.StatusBadRequest, "breaks off after 7 bytes")
	if n > 64<<10 {
		t.Errorf("%d bytes were allocated for a body of 7", n)
	}
}

// A refused body costs memory in proportion to what came, whatever is in it.
func TestRefusalsAreCheap(t *testing.T) {
	h := Handler(untouchable(t), Options{MaxRows: 1 << 30})
	const size = 1 << 20
	for name, text := range map[string]string{
		"nested":      strings.Repeat("[", size-1),
		"rows":        `{"rows":[` + strings.Repeat("[1,2],", size/6-10) + "[1]]}",
		"names":       `{"row":{` + strings.Repeat(`"a":1,`, size/6-10) + `"b":1}}`,
		"surplus":     `{"row":[` + strings.Repeat("1,", size/2-10) + "1]}",
		"digits":      `{"row":[` + strings.Repeat("9", size-20) + ",1]}",
		"empty lists": `{"rows":[` + strings.Repeat("[],", size/3-10) + "[]]}",
	} {
		var w *httptest.ResponseRecorder
		n := memtest.Allocated(func() { w = post(h, strings.NewReader(text)) })
		if w.Code < 400 || w.Code > 422 || w.Body.Len() > 1000 {
			t.Errorf("%s: %d %.100s", name, w.Code, w.Body)
		}
		t.Logf("%s: %d, %.1f bytes allocated a byte", name, w.Code, float64(n)/size)
		if n > 64*size {
			t.Errorf("%s: %d bytes were allocated for a body of %d", name, n, size)
		}
	}
}
