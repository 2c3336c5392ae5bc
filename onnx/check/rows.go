package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"

	"adjoint/data"
	"adjoint/models"
	"adjoint/serve"
)

// strangers are n rows of a table, of which some have a gap, a text that training lacks, or a number that is larger by 3: a year of
// penguins, or a class of passengers, that training lacks.
func strangers(d *data.Dataset, n int) *data.Dataset {
	rng := rand.New(rand.NewPCG(uint64(n), 7))
	rows := make([]int, n)
	for i := range rows {
		rows[i] = rng.IntN(d.Rows())
	}
	d, err := d.Subset(rows)
	if err != nil {
		panic(err)
	}
	for j, is := range d.Types() {
		if is == data.TextType {
			d.Levels[j] = append(d.Levels[j], "Atlantis")
		}
	}
	for i := range n {
		row, j := d.Row(i), rng.IntN(len(d.Features))
		levels := d.LevelsOf(j)
		switch change := rng.IntN(4); {
		case change == 0:
			row[j] = math.NaN()
		case change == 1 && levels != nil:
			row[j] = float64(len(levels) - 1)
		case change == 1:
			row[j] += 3
		}
	}
	return d
}

// tableInputs are the rows of a table as a file takes them.
func tableInputs(d *data.Dataset) map[string]array {
	inputs := map[string]array{}
	var numbers []float64
	texts := map[string][]string{}
	for i := range d.Rows() {
		for j, is := range d.Types() {
			switch is {
			case data.NumberType:
				numbers = append(numbers, d.Row(i)[j])
			case data.TextType:
				text, _ := d.Text(i, j)
				texts[d.Features[j]] = append(texts[d.Features[j]], text)
			}
		}
	}
	inputs["x"] = raw("float64", []int{d.Rows(), len(numbers) / d.Rows()}, numbers)
	for name, list := range texts {
		text, _ := json.Marshal(list) // of strings never fails
		inputs[name] = array{"string", []int{d.Rows(), 1}, text}
	}
	return inputs
}

// An answer is the prediction of a row, as a server gives it.
type answer struct {
	Position      int
	Probabilities []float64
}

// serveRows asks a server of the model for the rows of d.
func serveRows(m models.Model, d *data.Dataset) ([]answer, error) {
	rows := make([][]any, d.Rows())
	for i := range rows {
		for j, is := range d.Types() {
			text, ok := d.Text(i, j)
			switch {
			case !ok:
				rows[i] = append(rows[i], nil)
			case is == data.TextType:
				rows[i] = append(rows[i], text)
			default:
				rows[i] = append(rows[i], d.Row(i)[j])
			}
		}
	}
	body, _ := json.Marshal(map[string]any{"rows": rows}) // of numbers and strings never fails
	r := httptest.NewRequest(http.MethodPost, "/predict", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	serve.Handler(m, serve.Options{}).ServeHTTP(w, r)
	var reply struct{ Predictions []answer }
	if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil || len(reply.Predictions) != len(rows) {
		return nil, fmt.Errorf("%d rows are answered by %d %.200s: %w", len(rows), w.Code, w.Body, err)
	}
	return reply.Predictions, nil
}
