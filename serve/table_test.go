package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/prepare"
)

// ofPenguins returns a model of a table with texts and gaps, and the table.
func ofPenguins(t *testing.T) (*models.Logistic, *data.Dataset) {
	t.Helper()
	d := data.Penguins()
	m := &models.Logistic{Penalty: models.L2, Lambda: 1, Prepare: &prepare.Columns{}, Standardize: true}
	if _, err := m.Fit(context.Background(), d, models.FitOptions{}); err != nil {
		t.Fatal(err)
	}
	return m, d
}

// jsonRows returns the rows of a table as JSON, each as a list and as an object in reverse order.
func jsonRows(d *data.Dataset) (lists, objects []string) {
	for i := range d.Rows() {
		values, pairs := make([]string, len(d.Features)), make([]string, len(d.Features))
		for j, is := range d.Types() {
			text, ok := d.Text(i, j)
			switch {
			case !ok:
				values[j] = "null"
			case is == data.TextType:
				values[j] = fmt.Sprintf("%q", text)
			default:
				values[j] = text
			}
			pairs[len(pairs)-1-j] = fmt.Sprintf("%q: %s", d.Features[j], values[j])
		}
		lists, objects = append(lists, "["+strings.Join(values, ",")+"]"), append(objects, "{"+strings.Join(pairs, ",")+"}")
	}
	return lists, objects
}

// Rows of a table as JSON, with texts and gaps, have the answers of the same rows of a file.
func TestRawRowsOfATable(t *testing.T) {
	m, d := ofPenguins(t)
	want, err := m.PredictProba(d)
	if err != nil {
		t.Fatal(err)
	}
	h := Handler(m, Options{})
	lists, objects := jsonRows(d)
	for _, rows := range [][]string{lists, objects} {
		reply := post(h, strings.NewReader(`{"rows": [`+strings.Join(rows, ",")+`]}`))
		var answer struct {
			Predictions []struct{ Probabilities []float64 }
		}
		if err := json.Unmarshal(reply.Body.Bytes(), &answer); err != nil || reply.Code != 200 {
			t.Fatalf("%d %.200s: %v", reply.Code, reply.Body, err)
		}
		for i, p := range answer.Predictions {
			for k, v := range p.Probabilities {
				if math.Float64bits(v) != math.Float64bits(want[i][k]) {
					t.Fatalf("row %d: %v, of the file %v", i, p.Probabilities, want[i])
				}
			}
		}
	}
}

// What is wrong with a row of a table is said by its columns, whose types GET /model tells.
func TestWrongRowsOfATable(t *testing.T) {
	m, _ := ofPenguins(t)
	h := Handler(m, Options{})
	for _, c := range []struct{ row, want string }{
		{`[1, 39.1, 18.7, 181, 3750, "male", 2007]`, `row 0, feature \"island\": want a text, have 1`},
		{`["Dream", "39", 18.7, 181, 3750, "male", 2007]`, `row 0, feature \"bill_length_mm\": want a number, have the text`},
		{`{"island": null, "island": "Dream"}`, `feature \"island\" twice`},
		{`{"island": null}`, `has 1 features; want 7; missing: `},
		{`7`, `row 0 is 7; want a list of 7 values`},
	} {
		if reply := post(h, strings.NewReader(`{"row": `+c.row+`}`)); reply.Code != http.StatusUnprocessableEntity || !strings.Contains(reply.Body.String(), c.want) {
			t.Errorf("%s: %d %s, want 422 %s", c.row, reply.Code, reply.Body, c.want)
		}
	}
	r := httptest.NewRequest("GET", "/model", nil)
	reply := httptest.NewRecorder()
	h.ServeHTTP(reply, r)
	if !strings.Contains(reply.Body.String(), `"types":["text","number","number","number","number","text","number"]`) {
		t.Errorf("GET /model: %s", reply.Body)
	}
}

// A text that the preparer refuses is the client's mistake.
func TestRefusedText(t *testing.T) {
	m := &models.Logistic{Penalty: models.L2, Lambda: 1, Prepare: &prepare.Columns{Texts: []prepare.Step{prepare.OneHot{Unknown: prepare.Refuse}}}, Standardize: true}
	if _, err := m.Fit(context.Background(), data.Penguins(), models.FitOptions{}); err != nil {
		t.Fatal(err)
	}
	reply := post(Handler(m, Options{}), strings.NewReader(`{"row": ["Atlantis", 39.1, 18.7, 181, 3750, "male", 2007]}`))
	if reply.Code != http.StatusUnprocessableEntity || !strings.Contains(reply.Body.String(), `\"Atlantis\": text not seen in training`) {
		t.Errorf("%d %s", reply.Code, reply.Body)
	}
}

// Objects name what is not 0 of sparse rows, in any order; lists have all. The answers are those of Predict.
func TestServedSparseRows(t *testing.T) {
	d, err := data.ReadLibSVM(strings.NewReader("1 1:2 4:1\n0 2:1\n1 4:3\n0 2:2 3:-1\n"), data.LibSVM{})
	if err != nil {
		t.Fatal(err)
	}
	m := &models.Logistic{Penalty: models.L2, Lambda: 1}
	if _, err := m.Fit(context.Background(), d, models.FitOptions{}); err != nil {
		t.Fatal(err)
	}
	p, err := m.PredictProba(d)
	if err != nil {
		t.Fatal(err)
	}
	h := Handler(m, Options{})
	reply := post(h, strings.NewReader(`{"rows": [{"x3": 1, "x0": 2}, [0, 1, 0, 0], {"x3": 3, "x1": 0}, {"x1": 2, "x2": -1}]}`))
	var answer struct {
		Predictions []struct{ Probabilities []float64 }
	}
	if err := json.Unmarshal(reply.Body.Bytes(), &answer); err != nil || len(answer.Predictions) != 4 {
		t.Fatalf("%v: %s", err, reply.Body)
	}
	for i, a := range answer.Predictions {
		if a.Probabilities[1] != p[i][0] {
			t.Errorf("row %d: %v, Predict %v", i, a.Probabilities, p[i])
		}
	}
	for row, want := range map[string]string{
		`{"x3": 1, "x0": 2, "x3": 1}`: `feature \"x3\" twice`,
		`{"x4": 1}`:                   `unknown feature \"x4\"`,
		`[1, 2]`:                      `row 0 has 2 features; want 4`,
	} {
		if reply := post(h, strings.NewReader(`{"row": `+row+`}`)); reply.Code != http.StatusUnprocessableEntity || !strings.Contains(reply.Body.String(), want) {
			t.Errorf("%s: %d %s", row, reply.Code, reply.Body)
		}
	}
}
