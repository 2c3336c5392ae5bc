package serve

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"adjoint/data"
)

// running is a server by Run whose model waits in the middle of a prediction.
type running struct {
	url     string
	started chan struct{} // gets an element when a prediction begins
	release chan struct{} // ends predictions when closed
	stop    context.CancelFunc
	ended   chan error
}

func start(t *testing.T, grace time.Duration) running {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := running{url: "http://" + l.Addr().String(), started: make(chan struct{}), release: make(chan struct{}), ended: make(chan error, 1)}
	m := sum
	m.predict = func(d *data.Dataset) ([]float64, error) {
		r.started <- struct{}{}
		<-r.release
		return sum.predict(d)
	}
	ctx, stop := context.WithCancel(t.Context())
	r.stop = stop
	s := Server(l.Addr().String(), Handler(m, Options{Timeout: time.Minute}))
	go func() { r.ended <- Run(ctx, s, l, grace) }()
	return r
}

// response is what a client got.
type response struct {
	status int
	body   string
	err    error
}

// ask posts a row, in the background.
func (r running) ask(client *http.Client) <-chan response {
	got := make(chan response, 1)
	go func() {
		w, err := client.Post(r.url+"/predict", "application/json", strings.NewReader(`{"row":[1,2]}`))
		if err != nil {
			got <- response{err: err}
			return
		}
		body, err := io.ReadAll(w.Body)
		_ = w.Body.Close()
		got <- response{w.StatusCode, string(body), err}
	}()
	return got
}

// Run lets the request that is being answered end, takes no new one, and leaves
// no goroutine behind.
func TestRun(t *testing.T) {
	before := runtime.NumGoroutine()
	r := start(t, time.Minute)
	client := &http.Client{Transport: &http.Transport{}}
	got := r.ask(client)
	<-r.started
	r.stop()
	for range 1000 { // until the listener is closed
		c, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
		if err != nil {
			break
		}
		_ = c.Close()
		time.Sleep(time.Millisecond)
	}
	if late := <-r.ask(client); late.err == nil {
		t.Errorf("a new request got %+v", late)
	}
	select {
	case err := <-r.ended:
		t.Fatalf("Run ended with %v before the request did", err)
	default:
	}
	close(r.release)
	if g := <-got; g.err != nil || g.status != http.StatusOK || g.body != `{"predictions":[{"value":3}]}`+"\n" {
		t.Errorf("%+v", g)
	}
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
	client.CloseIdleConnections()
	noneLeft(t, before)
}

// A request that outlives its grace is cut.
func TestRunCuts(t *testing.T) {
	before := runtime.NumGoroutine()
	r := start(t, 10*time.Millisecond)
	client := &http.Client{Transport: &http.Transport{}}
	got := r.ask(client)
	<-r.started
	r.stop()
	if err := <-r.ended; !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if g := <-got; g.err == nil {
		t.Errorf("%+v", g)
	}
	close(r.release)
	client.CloseIdleConnections()
	noneLeft(t, before)
}

// Run ends with the error of a listener that fails.
func TestRunWithoutListener(t *testing.T) {
	before := runtime.NumGoroutine()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	if err := Run(t.Context(), Server("", Handler(sum, Options{})), l, time.Second); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	noneLeft(t, before)
}
