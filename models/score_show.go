package models

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// String returns the scores as a table, with the confusion matrix if there are classes: of
// each output, if there are several.
func (s *Scores) String() string {
	var b strings.Builder
	if len(s.Outputs) > 0 {
		fmt.Fprintf(&b, "%d rows  loss %.4g\n", s.Rows, s.Loss)
		for _, name := range slices.Sorted(maps.Keys(s.Outputs)) {
			fmt.Fprintf(&b, "%s: %v", name, s.Outputs[name])
		}
	} else {
		b.WriteString(s.table())
	}
	for _, name := range slices.Sorted(maps.Keys(s.Metrics)) {
		fmt.Fprintf(&b, "%s %.4g\n", name, s.Metrics[name])
	}
	return b.String()
}

// table is the scores of one output.
func (s *Scores) table() string {
	var b strings.Builder
	if s.isRegression() {
		fmt.Fprintf(&b, "%d rows  loss %.4g\nR2 %.4g  MSE %.4g  MAE %.4g\n", s.Rows, s.Loss, s.R2, s.MSE, s.MAE)
		return b.String()
	}
	auc := "–"
	if !math.IsNaN(s.AUC) {
		auc = fmt.Sprintf("%.4g", s.AUC)
	}
	fmt.Fprintf(&b, "%d rows  loss %.4g  log-loss %.4g\naccuracy %.4g  precision %.4g  recall %.4g  F1 %.4g  AUC %s\n",
		s.Rows, s.Loss, s.LogLoss, s.Accuracy, s.Precision, s.Recall, s.F1, auc)
	if s.Confusion == nil {
		return b.String()
	}
	table := [][]string{{"true \\ predicted"}}
	for i, counts := range s.Confusion {
		table[0] = append(table[0], className(s.Classes, i))
		row := []string{className(s.Classes, i)}
		for _, n := range counts {
			row = append(row, fmt.Sprint(n))
		}
		table = append(table, row)
	}
	return b.String() + strings.Join(aligned(table, 1), "\n") + "\n"
}

// className returns the name of a class, or its number if it has no name.
func className(names []string, class int) string {
	if class < len(names) {
		return names[class]
	}
	return fmt.Sprint(class)
}

// MarshalJSON writes an AUC that is not defined as null.
func (s Scores) MarshalJSON() ([]byte, error) {
	note := scoresJSON{scoresFields: scoresFields(s)}
	if !math.IsNaN(s.AUC) {
		note.AUC = &s.AUC
	}
	return json.Marshal(note)
}

// UnmarshalJSON reads what MarshalJSON writes. Unknown fields are an error.
func (s *Scores) UnmarshalJSON(text []byte) error {
	var note scoresJSON
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&note); err != nil {
		return err
	}
	*s = Scores(note.scoresFields)
	if s.AUC = math.NaN(); note.AUC != nil {
		s.AUC = *note.AUC
	}
	return nil
}

// A scoresJSON is Scores as JSON: its AUC is in place of that of the fields.
type scoresJSON struct {
	scoresFields
	AUC *float64
}

type scoresFields Scores

// maxShownRows is the largest number of rows in the String of Predictions.
const maxShownRows = 20

// Names returns the name of the class of each row, or nil for a regression or several labels.
func (p *Predictions) Names() []string {
	if p.Classes == nil || p.Labels == nil {
		return nil
	}
	names := make([]string, len(p.Labels))
	for i, y := range p.Labels {
		names[i] = p.Classes[int(y)]
	}
	return names
}

// String returns a table of the first rows: the number of a regression, or the
// name of the class and the probability of each class; or several numbers, or the
// probability of each label. Of several outputs there is a table for each.
func (p *Predictions) String() string {
	if len(p.Outputs) == 0 {
		return p.table()
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p.Outputs)) {
		fmt.Fprintf(&b, "%s:\n%s", name, p.Outputs[name].table())
	}
	return b.String()
}

func (p *Predictions) table() string {
	head, names, values := []string{"row"}, p.Names(), p.Probabilities
	if p.Labels == nil && values == nil {
		values = p.Values
	}
	if p.Labels != nil || values == nil {
		head = append(head, "prediction")
	}
	head = append(head, p.valueNames(values)...)
	table, rows := [][]string{head}, max(len(p.Labels), len(values))
	for i := range min(maxShownRows, rows) {
		row := []string{fmt.Sprint(i)}
		switch {
		case names != nil:
			row = append(row, names[i])
		case p.Labels != nil:
			row = append(row, fmt.Sprintf("%.6g", p.Labels[i]))
		}
		if values != nil {
			for _, v := range values[i] {
				if p.Probabilities != nil {
					row = append(row, fmt.Sprintf("%.4f", v))
				} else {
					row = append(row, fmt.Sprintf("%.6g", v))
				}
			}
		}
		table = append(table, row)
	}
	text := strings.Join(aligned(table, 0), "\n") + "\n"
	if more := rows - maxShownRows; more > 0 {
		text += fmt.Sprintf("and %d rows more\n", more)
	}
	return text
}

// valueNames are the heads of the columns of values.
func (p *Predictions) valueNames(values [][]float64) (names []string) {
	if len(values) == 0 {
		return nil
	}
	k := len(values[0])
	for i := range k {
		switch {
		case p.Probabilities == nil:
			names = append(names, fmt.Sprint(i))
		case k == 1 && len(p.Classes) == 2:
			names = append(names, fmt.Sprintf("P(%s)", className(p.Classes, 1)))
		default:
			names = append(names, fmt.Sprintf("P(%s)", className(p.Classes, i)))
		}
	}
	return names
}

// aligned returns the rows of a table as lines, with three spaces between columns. The
// first columns, left of them, are aligned left and the others right.
func aligned(table [][]string, left int) []string {
	width := make([]int, len(table[0]))
	for _, row := range table {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	lines := make([]string, len(table))
	for k, row := range table {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = fmt.Sprintf("%*s", width[i], cell)
			if i < left {
				cells[i] = fmt.Sprintf("%-*s", width[i], cell)
			}
		}
		lines[k] = strings.TrimRight(strings.Join(cells, "   "), " ")
	}
	return lines
}
