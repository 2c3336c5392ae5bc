package models_test

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"
)

func TestScoresPrint(t *testing.T) {
	for _, c := range []struct {
		s    models.Scores
		want string
	}{
		{models.Scores{
			Rows: 7, Loss: 0.25, LogLoss: 0.5, Accuracy: 6. / 7, Precision: 0.75, Recall: 1, F1: 0.8571428, AUC: 0.9,
			Confusion: [][]int{{3, 1}, {0, 3}}, Classes: []string{"größer", "no"},
		}, `7 rows  loss 0.25  log-loss 0.5
accuracy 0.8571  precision 0.75  recall 1  F1 0.8571  AUC 0.9
true \ predicted   größer   no
größer                  3    1
no                      0    3
`},
		{models.Scores{Rows: 2, Loss: 1, AUC: math.NaN(), Confusion: [][]int{{0, 0}, {0, 2}}}, `2 rows  loss 1  log-loss 0
accuracy 0  precision 0  recall 0  F1 0  AUC –
true \ predicted   0   1
0                  0   0
1                  0   2
`},
		{models.Scores{Rows: 9, Loss: 0.5, MSE: 2e10, MAE: 1e5, R2: -27}, `9 rows  loss 0.5
R2 -27  MSE 2e+10  MAE 1e+05
`},
	} {
		if got := c.s.String(); got != c.want {
			t.Errorf("%s\nwant\n%s", got, c.want)
		}
	}
	m := &models.Logistic{Standardize: true, Penalty: models.L2, Lambda: 1}
	must(m.Fit(t.Context(), data.Iris(), models.FitOptions{}))
	s := must(m.Evaluate(data.Iris()))
	if !slices.Equal(s.Classes, data.Iris().Classes) || !strings.Contains(s.String(), "versicolor") {
		t.Errorf("%s", s)
	}
}

func TestPredictionsPrint(t *testing.T) {
	many := models.Predictions{Labels: make([]float64, 23)}
	lines := strings.Split((&many).String(), "\n")
	if len(lines) != 23 || lines[20] != " 19            0" || lines[21] != "and 3 rows more" {
		t.Errorf("%q", lines)
	}
	for _, c := range []struct {
		p     models.Predictions
		names []string
		want  string
	}{
		{models.Predictions{Classes: []string{"no", "yes"}, Labels: []float64{1, 0}, Probabilities: [][]float64{{0.75}, {0.125}}}, []string{"yes", "no"},
			"row   prediction   P(yes)\n  0          yes   0.7500\n  1           no   0.1250\n"},
		{models.Predictions{Classes: []string{"a", "b", "c"}, Labels: []float64{2}, Probabilities: [][]float64{{0.1, 0.2, 0.7}}}, []string{"c"},
			"row   prediction     P(a)     P(b)     P(c)\n  0            c   0.1000   0.2000   0.7000\n"},
		{models.Predictions{Labels: []float64{212345.6}}, nil, "row   prediction\n  0       212346\n"},
		{models.Predictions{}, nil, "row   prediction\n"},
	} {
		if got := c.p.String(); got != c.want || !slices.Equal(c.p.Names(), c.names) {
			t.Errorf("%s %q\nwant\n%s %q", got, c.p.Names(), c.want, c.names)
		}
	}
}

// An AUC that is not defined survives JSON, which has no NaN: as null. Other fields
// are as they were, and unknown ones are refused.
func TestScoresAsJSON(t *testing.T) {
	for _, auc := range []float64{math.NaN(), 0, 0.75} {
		s := models.Scores{Rows: 3, Loss: 0.1, Accuracy: 1, AUC: auc, Confusion: [][]int{{3, 0}, {0, 0}}, Classes: []string{"a", "b"}}
		h := models.History{Epochs: []models.Epoch{{Number: 1, Validation: &s}}, Warnings: []string{"look"}}
		text := must(json.Marshal(h))
		if math.IsNaN(auc) != strings.Contains(string(text), `"AUC":null`) {
			t.Errorf("%s", text)
		}
		var got models.History
		check(t, json.Unmarshal(text, &got))
		back := got.Epochs[0].Validation
		if math.IsNaN(back.AUC) != math.IsNaN(auc) || !math.IsNaN(auc) && back.AUC != auc {
			t.Errorf("AUC %g comes back as %g", auc, back.AUC)
		}
		back.AUC, s.AUC = 0, 0
		if !reflect.DeepEqual(got, h) {
			t.Errorf("%+v comes back as %+v", h, got)
		}
	}
	if err := json.Unmarshal([]byte(`{"Rows":1,"AUC":0.5,"Colour":3}`), new(models.Scores)); err == nil {
		t.Error("an unknown field is read")
	}
}

// Several outputs have a table each, by name.
func TestSeveralOutputsPrint(t *testing.T) {
	p := &models.Predictions{Outputs: map[string]*models.Predictions{
		"tags": {Kind: models.Multilabel, Classes: []string{"new", "old"}, Values: [][]float64{{0.25, 1}}, Probabilities: [][]float64{{0.25, 1}}},
		"size": {Kind: models.Numbers, Values: [][]float64{{1, 2.5}}},
		"kind": {Kind: models.Binary, Classes: []string{"no", "yes"}, Labels: []float64{1}, Values: [][]float64{{0.75}}, Probabilities: [][]float64{{0.75}}},
	}}
	want := `kind:
row   prediction   P(yes)
  0          yes   0.7500
size:
row   0     1
  0   1   2.5
tags:
row   P(new)   P(old)
  0   0.2500   1.0000
`
	if got := p.String(); got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
	s := &models.Scores{Rows: 4, Loss: 0.5, Metrics: map[string]float64{"sure": 3}, Outputs: map[string]*models.Scores{
		"size": {Rows: 4, Loss: 0.25, Kind: models.Numbers, R2: 0.5, MSE: 2, MAE: 1},
		"tags": {Rows: 4, Loss: 0.25, Kind: models.Multilabel, Accuracy: 0.75, F1: 0.5, AUC: 1},
	}}
	want = `4 rows  loss 0.5
size: 4 rows  loss 0.25
R2 0.5  MSE 2  MAE 1
tags: 4 rows  loss 0.25  log-loss 0
accuracy 0.75  precision 0  recall 0  F1 0.5  AUC 1
sure 3
`
	if got := s.String(); got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
}
