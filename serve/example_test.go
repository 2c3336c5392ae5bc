package serve_test

import (
	"context"
	"encoding/json"
	"expvar"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"

	"adjoint/data"
	"adjoint/models"
	"adjoint/serve"
)

// A classifier of irises, asked for one that it knows and one that is cut short.
func Example() {
	iris := data.Iris()
	m := &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true}
	if _, err := m.Fit(context.Background(), iris, models.FitOptions{}); err != nil {
		log.Fatal(err)
	}
	s := httptest.NewServer(serve.Handler(m, serve.Options{MaxRows: 100}))
	defer s.Close()

	for _, body := range []string{
		`{"row": [5.1, 3.5, 1.4, 0.2]}`,
		`{"row": [5.1, 3.5, 1.4]}`,
	} {
		r, err := http.Post(s.URL+"/predict", "application/json", strings.NewReader(body))
		if err != nil {
			log.Fatal(err)
		}
		var answer struct {
			Predictions []struct{ Class string }
			Error       string
		}
		err = json.NewDecoder(r.Body).Decode(&answer)
		if err != nil {
			log.Fatal(err)
		}
		_ = r.Body.Close()
		fmt.Println(r.StatusCode, answer.Predictions)
		fmt.Println(answer.Error)
	}
	// Output:
	// 200 [{setosa}]
	//
	// 422 []
	// row 0 has 3 features; want 4: "sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm"
}

// Each request is logged with log/slog and counted with expvar, which
// expvar.Handler then shows; the counters of another library, like Prometheus,
// take the same place.
func ExampleOptions() {
	m := &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true}
	if _, err := m.Fit(context.Background(), data.Iris(), models.FitOptions{}); err != nil {
		log.Fatal(err)
	}
	requests, rows, seconds := expvar.NewMap("requests"), expvar.NewInt("rows"), expvar.NewFloat("seconds")
	write := serve.LogTo(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	h := serve.Handler(m, serve.Options{
		Hosts: []string{"flowers.example"},
		Served: func(r *http.Request, record serve.Record) {
			write(r, record)
			requests.Add(strconv.Itoa(record.Status), 1)
			rows.Add(int64(record.Rows))
			seconds.Add(record.Duration.Seconds())
		},
	})
	for _, host := range []string{"flowers.example", "flowers.example:8080", "evil.example"} {
		r := httptest.NewRequest(http.MethodPost, "http://"+host+"/predict", strings.NewReader(`{"rows": [[5.1, 3.5, 1.4, 0.2], [6.3, 3.3, 6, 2.5]]}`))
		r.Header.Set("Content-Type", "application/json")
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	fmt.Println("requests", requests)
	fmt.Println("rows", rows)
	// Output:
	// requests {"200": 2, "421": 1}
	// rows 4
}
