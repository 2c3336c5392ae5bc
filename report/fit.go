package report

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"adjoint/data"
	"adjoint/models"
	"adjoint/prepare"
)

// ErrEmpty is wrapped by the error of a Fit with nothing to report.
var ErrEmpty = errors.New("nothing to report")

// A Fit is the content of a report. Fields that are not set are left out of the page.
type Fit struct {
	Title   string          // the heading; "" is "Training report"
	Summary string          // the table of layers, as Summary of models.Deep returns it
	Formula *models.Formula // its cost is drawn, as package draw does; nil is none
	History *models.History
	Scores  *models.Scores // of the rows of Test

	Test          *data.Dataset // rows that the model was not trained on
	Probabilities [][]float64   // the result of PredictProba for them; nil for a regression
	Predictions   []float64     // what Predict says of them, drawn if it is a regression

	Options []Option              // how the model was trained, in the order of the page: see OptionsOf
	Columns []prepare.Description // what was made of the columns of the table; nil if they are taken as they are
	Figures []Illustrator         // more pictures, such as the weights of a layer
}

// Of returns the report of the model m, whose training returned h, with its scores on
// the rows of test. If test is nil there are no scores, no confusion matrix and no ROC
// curve. Errors are those of m.
func Of(m models.Model, h *models.History, test *data.Dataset) (Fit, error) {
	f := Fit{History: h, Test: test, Options: modelOptions(m)}
	var err error
	if f.Formula, err = m.Formula(); err != nil {
		return Fit{}, fmt.Errorf("report: %w", err)
	}
	if s, ok := m.(interface {
		Summary(features int) (string, error)
	}); ok {
		if f.Summary, err = s.Summary(0); err != nil {
			return Fit{}, fmt.Errorf("report: %w", err)
		}
	}
	if p := m.Preparer(); p != nil {
		f.Columns = p.Describe()
	}
	if test == nil {
		return f, nil
	}
	if f.Scores, err = m.Evaluate(test); err != nil {
		return Fit{}, fmt.Errorf("report: %w", err)
	}
	p, err := m.Predictions(test)
	if err != nil {
		return Fit{}, fmt.Errorf("report: %w", err)
	}
	switch {
	case p.Classes == nil && test.Classes == nil:
		f.Predictions = p.Labels
	case p.Classes != nil && slices.Equal(p.Classes, test.Classes):
		f.Probabilities = p.Probabilities
	}
	return f, nil
}

// A row is a line of a table.
type row struct{ Name, Value string }

// training returns the figures of the training.
func (f *Fit) training() []row {
	h := f.History
	if h == nil {
		return nil
	}
	var took time.Duration
	for _, e := range h.Epochs {
		took += e.Duration
	}
	rows := []row{
		{"Training rows", fmt.Sprint(h.Rows)},
		{"Epochs", fmt.Sprint(len(h.Epochs))},
		{"Steps", fmt.Sprint(h.Steps)},
	}
	if e := h.Last(); e != nil {
		rows = append(rows, row{"Last training loss", number(e.Loss)})
		if e.Validation != nil {
			rows = append(rows, row{"Last validation loss", number(e.Validation.Loss)})
		}
		rows = append(rows, row{"Last learning rate", fmt.Sprintf("%.3g", e.Rate)})
	}
	if h.Best > 0 {
		rows = append(rows, row{"Weights of epoch", fmt.Sprint(h.Best)})
	}
	if h.Iterations > 0 {
		rows = append(rows, row{"Iterations", fmt.Sprint(h.Iterations)}, row{"Gradient norm", fmt.Sprintf("%.3g", h.GradientNorm)},
			row{"At a minimum", yes(h.Converged)})
	}
	if h.Stopped != "" {
		rows = append(rows, row{"Stopped", h.Stopped})
	}
	for _, w := range h.Warnings {
		rows = append(rows, row{"Warning", w})
	}
	if h.Kernels != "" {
		rows = append(rows, row{"Kernels", h.Kernels})
	}
	return append(rows, row{"Time", round(took)})
}

// data describes the test rows.
func (f *Fit) data() []row {
	d := f.Test
	if d == nil {
		return nil
	}
	var rows []row
	if d.Source != "" {
		rows = append(rows, row{"Source", d.Source})
	}
	rows = append(rows, row{"Test rows", fmt.Sprint(d.Rows())}, row{"Features", fmt.Sprint(len(d.Features))})
	if d.Target != "" {
		rows = append(rows, row{"Target", d.Target})
	}
	if y := d.Beside["y"]; d.Y == nil && y != nil {
		rows = append(rows, row{"Targets", strings.Join(y.Features, ", ")})
	}
	counts, err := d.ClassCounts()
	if err != nil {
		return rows
	}
	for i, c := range d.Classes {
		rows = append(rows, row{"Rows of " + c, fmt.Sprint(counts[i])})
	}
	return rows
}

// scores returns the scores of the task: those of a classification or of a regression, of
// each output if there are several.
func (f *Fit) scores() []row {
	s := f.Scores
	if s == nil {
		return nil
	}
	var rows []row
	if len(s.Outputs) == 0 {
		rows = scoresOf(s)
	} else {
		rows = []row{{"Loss", number(s.Loss)}}
		for _, name := range slices.Sorted(maps.Keys(s.Outputs)) {
			for _, r := range scoresOf(s.Outputs[name]) {
				rows = append(rows, row{name + ": " + r.Name, r.Value})
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Metrics)) {
		rows = append(rows, row{name, number(s.Metrics[name])})
	}
	return rows
}

// scoresOf returns the scores of one output.
func scoresOf(s *models.Scores) []row {
	rows := []row{{"Loss", number(s.Loss)}}
	if s.ScoreName() == "R2" {
		return append(rows, row{"R²", number(s.R2)}, row{"Mean squared error", number(s.MSE)}, row{"Mean absolute error", number(s.MAE)})
	}
	rows = append(rows,
		row{"Accuracy", number(s.Accuracy)}, row{"Precision", number(s.Precision)}, row{"Recall", number(s.Recall)},
		row{"F1", number(s.F1)}, row{"AUC", number(s.AUC)})
	if number(s.LogLoss) != number(s.Loss) { // of a network with another loss
		rows = append(rows, row{"Log-loss", number(s.LogLoss)})
	}
	return rows
}

// number prints a score. NaN means that it is not defined.
func number(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf("%.4g", v)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// round prints a duration with about three digits.
func round(d time.Duration) string {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}
