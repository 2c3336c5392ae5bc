package serve

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"
	"time"

	"adjoint/data"
	"adjoint/models"
)

// 64 clients ask for 10 000 predictions, of 1 to 8 rows a request. No one gets an
// error, and every answer is what the model says of the rows, bit for bit.
func TestManyClients(t *testing.T) {
	const clients, requests = 64, 10_000
	before := runtime.NumGoroutine()
	m, d := breastCancer(t, 10)
	cases := newCases(t, m, d, 64)
	s := httptest.NewServer(Handler(m, Options{Timeout: time.Minute}))
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}

	var all sync.WaitGroup
	for k := range clients {
		random := rand.New(rand.NewPCG(1, uint64(k)))
		all.Go(func() {
			for i := k; i < requests; i += clients {
				c := cases[random.IntN(len(cases))]
				r, err := client.Post(s.URL+"/predict", "application/json", bytes.NewReader(c.request))
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(r.Body)
				_ = r.Body.Close()
				if err != nil || r.StatusCode != http.StatusOK || !bytes.Equal(got, c.answer) {
					t.Errorf("%d %v %s, want %s", r.StatusCode, err, got, c.answer)
					return
				}
			}
		})
	}
	all.Wait()
	client.CloseIdleConnections()
	s.Close()
	noneLeft(t, before)
}

type requestAndAnswer struct{ request, answer []byte }

// newCases returns requests of 1 to 8 rows drawn from d with the answers that are
// right: those of a handler that was asked alone, which are checked against the
// model's predictions of the same rows.
func newCases(t *testing.T, m models.Model, d *data.Dataset, n int) []requestAndAnswer {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	h := Handler(m, Options{})
	cases := make([]requestAndAnswer, n)
	for i := range cases {
		drawn := make([]int, 1+random.IntN(8))
		rows := make([][]float64, len(drawn))
		for k := range drawn {
			drawn[k] = random.IntN(d.Rows())
			rows[k] = d.Row(drawn[k])
		}
		part, err := d.Subset(drawn)
		if err != nil {
			t.Fatal(err)
		}
		request := body(t, rows)
		w := post(h, bytes.NewReader(request))
		expect(t, m, part, w.Body.Bytes())
		cases[i] = requestAndAnswer{request, w.Body.Bytes()}
	}
	return cases
}

// A client who goes away ends the wait for a turn and for a prediction.
func TestClientGoesAway(t *testing.T) {
	before := runtime.NumGoroutine()
	started, release := make(chan struct{}), make(chan struct{})
	m := sum
	m.predict = func(d *data.Dataset) ([]float64, error) {
		started <- struct{}{}
		<-release
		return sum.predict(d)
	}
	s := httptest.NewServer(Handler(m, Options{Timeout: time.Hour, Concurrent: 1}))
	request := header + "Content-Length: 13\r\n\r\n" + `{"row":[1,2]}`
	first := dial(t, s, request)
	<-started
	for range 3 { // these wait for their turn
		_ = dial(t, s, request).Close()
	}
	_ = first.Close()
	s.Close() // ends when no request is being answered any more
	close(release)
	noneLeft(t, before)
}
