package serve_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
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
