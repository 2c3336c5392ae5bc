package serve

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// dial sends text to s as it is, and returns the connection.
func dial(t *testing.T, s *httptest.Server, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c
}

// wantClosed asserts that an error of that status comes, and then the end of the
// connection.
func wantClosed(t *testing.T, c net.Conn, status int, text string) {
	t.Helper()
	from := bufio.NewReader(c)
	r, err := http.ReadResponse(from, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, r.StatusCode, r.Header, body, status, text)
	if _, err := from.ReadByte(); err != io.EOF {
		t.Errorf("after the response: %v, want EOF", err)
	}
}

const header = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

// A client who is slow in sending a body is cut, also where the http.Server has
// no timeouts.
func TestSlowClient(t *testing.T) {
	before := runtime.NumGoroutine()
	s := httptest.NewServer(Handler(untouchable(t), Options{Timeout: 100 * time.Millisecond}))
	for name, request := range map[string]string{
		"silent":     header + "Content-Length: 100\r\n\r\n",
		"breaks off": header + "Content-Length: 100\r\n\r\n" + `{"row":`,
		"chunked":    header + "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"r",
	} {
		t.Run(name, func(t *testing.T) {
			wantClosed(t, dial(t, s, request), http.StatusRequestTimeout, "did not come within 100ms")
		})
	}
	t.Run("trickle", func(t *testing.T) {
		c := dial(t, s, header+"Content-Length: 100000\r\n\r\n")
		ended := make(chan struct{})
		go func() { // a byte now and then keeps nothing open
			defer close(ended)
			for {
				if _, err := io.WriteString(c, "["); err != nil {
					return
				}
				time.Sleep(5 * time.Millisecond)
			}
		}()
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || r.StatusCode != http.StatusRequestTimeout {
			t.Error(r, err)
		}
		<-ended
	})
	s.Close()
	noneLeft(t, before)
}

// A client who is slow in reading an answer is cut.
func TestSlowReader(t *testing.T) {
	before := runtime.NumGoroutine()
	m := toy{features: []string{strings.Repeat("x", 32<<20)}} // more than fits between server and client
	h, ended := Handler(m, Options{Timeout: 100 * time.Millisecond}), make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r)
		close(ended)
	}))
	dial(t, s, "GET /model HTTP/1.1\r\nHost: localhost\r\n\r\n")
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Fatal("the handler still writes")
	}
	s.Close()
	noneLeft(t, before)
}

// A body that nobody wants is not waited for.
func TestUnwantedBody(t *testing.T) {
	s := httptest.NewServer(Handler(untouchable(t), Options{Timeout: time.Hour}))
	defer s.Close()
	for request, text := range map[string]string{
		"POST /model HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{": "/model takes",
		"GET /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n": "/predict takes",
	} {
		wantClosed(t, dial(t, s, request), http.StatusMethodNotAllowed, text)
	}
}

// A connection lives longer than the time for a request: each has its own.
func TestNextRequestHasItsOwnTime(t *testing.T) {
	s := httptest.NewServer(Handler(sum, Options{Timeout: 200 * time.Millisecond}))
	defer s.Close()
	request := header + "Content-Length: 13\r\n\r\n" + `{"row":[1,2]}`
	c := dial(t, s, request)
	from := bufio.NewReader(c)
	for i := range 3 {
		if i > 0 {
			time.Sleep(250 * time.Millisecond)
			if _, err := io.WriteString(c, request); err != nil {
				t.Fatal(err)
			}
		}
		r, err := http.ReadResponse(from, nil)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatal(r, err)
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Fatal(err)
		}
	}
}

// The server that Server makes cuts those who are slow in sending a header, and
// refuses long headers.
func TestServer(t *testing.T) {
	c := Server("127.0.0.1:0", Handler(untouchable(t), Options{}))
	for name, d := range map[string]time.Duration{
		"ReadHeaderTimeout": c.ReadHeaderTimeout, "ReadTimeout": c.ReadTimeout,
		"WriteTimeout": c.WriteTimeout, "IdleTimeout": c.IdleTimeout,
	} {
		if d <= 0 {
			t.Errorf("%s is not set", name)
		}
	}
	c.ReadHeaderTimeout = 50 * time.Millisecond
	s := httptest.NewUnstartedServer(nil)
	s.Config = c
	s.Start()
	defer s.Close()
	if text, err := io.ReadAll(dial(t, s, "POST /predict HTTP/1.1\r\nHost:")); err != nil || len(text) != 0 {
		t.Errorf("%q, %v after half a header, want the end of the connection", text, err)
	}
	long := fmt.Sprintf("GET /model HTTP/1.1\r\nHost: localhost\r\nX: %s\r\n\r\n", strings.Repeat("x", 80<<10))
	r, err := http.ReadResponse(bufio.NewReader(dial(t, s, long)), nil)
	if err != nil || r.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Error(r, err)
	}
}
