package models

import (
	"fmt"
	"math"
	"slices"

	"adjoint/data"
)

// Scores say how well a model predicts the targets of a data set. The conventions are
// scikit-learn's. Of two classes the second is the positive one. Of more classes,
// Precision, Recall, F1 and AUC are unweighted means over the classes that occur
// ("macro"), and AUC is one versus rest. 0/0 is 0. Of several labels these are means over
// the labels, and Accuracy is the share of the rows whose labels all are right. Of several
// numbers MSE, MAE and R2 are means over the numbers. Of classes at each place of sequences
// every place counts, but for those whose target is negative, which are padding.
type Scores struct {
	Rows int
	Kind Kind    `json:",omitempty"` // of the output; Inferred in a file from before there were kinds
	Loss float64 // the mean of the model's loss, without the penalty; of scaled targets, if the model scales them

	Accuracy  float64
	Precision float64 // TP/(TP+FP)
	Recall    float64 // TP/(TP+FN)
	F1        float64 // 2TP/(2TP+FP+FN)
	AUC       float64 // area under the ROC curve, ties counting ½; NaN if only one class occurs, null in JSON
	LogLoss   float64 // −mean log P(y|x), P cut off at 2⁻⁵² from 0

	// Confusion[i][j] is the number of rows, or places, of class i that were predicted as j.
	Confusion [][]int  `json:",omitempty"`
	Classes   []string `json:",omitempty"` // the names of the classes

	MSE, MAE, R2 float64 // of a regression, in the units of the data; the fields above, from Accuracy on, are 0 then

	// Outputs are the scores of each output of a model with several, by name. Their Loss is
	// the output's own. The other fields are those of the first output, and Loss is that of
	// all.
	Outputs map[string]*Scores `json:",omitempty"`

	Metrics map[string]float64 `json:",omitempty"` // those of FitOptions, by name
}

// Score is Accuracy, or R2 for a regression.
func (s *Scores) Score() float64 {
	if s.isRegression() {
		return s.R2
	}
	return s.Accuracy
}

// ScoreName returns the name of Score: "accuracy" or "R2".
func (s *Scores) ScoreName() string {
	if s.isRegression() {
		return "R2"
	}
	return "accuracy"
}

func (s *Scores) isRegression() bool { return s.Confusion == nil && s.Kind != Multilabel }

// compare fills in the scores of predictions, one row for each example, beside targets.
func (s *Scores) compare(o *Output, rows, targets rowsOfNumbers) error {
	if !o.Kind.named() {
		if rows.width != targets.width {
			return fmt.Errorf("%w: %d numbers for each row are compared with %d", ErrOutputs, rows.width, targets.width)
		}
		for k := range rows.width {
			s.regress(rows.column(k), targets.column(k), float64(rows.width))
		}
		return nil
	}
	s.Classes = slices.Clone(o.Classes)
	places := o.P != nil && length(o.P) != 0
	if places && rows.width != targets.width*width(o.P) {
		return fmt.Errorf("%w: %d places are compared with %d", ErrOutputs, rows.width/width(o.P), targets.width)
	}
	for i, v := range targets.v {
		if v != math.Trunc(v) || !(0 <= v && v < float64(max(2, len(o.Classes))) || places && v < 0) || o.Kind == Multilabel && v > 1 {
			return fmt.Errorf("%w: target %g in row %d is no class", data.ErrLabel, v, i/targets.width)
		}
	}
	if places {
		if rows, targets = rows.atPlaces(targets); rows.len() == 0 {
			return fmt.Errorf("%w: no place has a class", data.ErrLabel)
		}
	}
	if o.Kind == Multilabel {
		s.compareLabels(rows, targets)
		return nil
	}
	y, k := targets.column(0), len(o.Classes)
	s.Confusion = make([][]int, k)
	for i := range s.Confusion {
		s.Confusion[i] = make([]int, k)
	}
	for i := range y {
		s.Confusion[int(y[i])][int(o.Kind.label(rows.row(i)))]++
	}
	s.count()
	s.LogLoss = logLoss(rows, y)
	s.AUC = areaUnderROC(rows, y)
	return nil
}

// compareLabels takes the means of the scores of each label.
func (s *Scores) compareLabels(rows, targets rowsOfNumbers) {
	labels := rows.width
	sum, areas := 0.0, 0.0
	for k := range labels {
		one := &Scores{Rows: s.Rows}
		_ = one.compare(&Output{Kind: Binary, Classes: []string{"0", "1"}}, rowsOfNumbers{rows.column(k), 1}, rowsOfNumbers{targets.column(k), 1})
		s.Precision += one.Precision / float64(labels)
		s.Recall += one.Recall / float64(labels)
		s.F1 += one.F1 / float64(labels)
		s.LogLoss += one.LogLoss / float64(labels)
		if !math.IsNaN(one.AUC) {
			sum, areas = sum+one.AUC, areas+1
		}
	}
	s.AUC = sum / areas // 0/0 is NaN
	right := 0
	for i := range rows.len() {
		all, t := true, targets.row(i)
		for k, p := range rows.row(i) {
			all = all && (p >= 0.5) == (t[k] == 1)
		}
		if all {
			right++
		}
	}
	s.Accuracy = ratio(right, s.Rows)
}

// count computes the scores that follow from the confusion matrix.
func (s *Scores) count() {
	k, right, all, averaged := len(s.Confusion), 0, 0, 0
	for c := range k {
		tp, actual, predicted := s.Confusion[c][c], 0, 0
		for i := range k {
			actual += s.Confusion[c][i]
			predicted += s.Confusion[i][c]
		}
		right, all = right+tp, all+actual
		if k == 2 && c == 0 || actual+predicted == 0 {
			continue
		}
		averaged++
		s.Precision += ratio(tp, predicted)
		s.Recall += ratio(tp, actual)
		s.F1 += ratio(2*tp, predicted+actual)
	}
	s.Accuracy = ratio(right, all)
	if averaged > 1 {
		s.Precision /= float64(averaged)
		s.Recall /= float64(averaged)
		s.F1 /= float64(averaged)
	}
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func logLoss(proba rowsOfNumbers, y []float64) float64 {
	const eps = 0x1p-52
	total := 0.0
	for i, class := range y {
		total -= math.Log(min(max(proba.ofClass(i, int(class)), eps), 1-eps))
	}
	return total / float64(len(y))
}

// regress adds the scores of one of k numbers. R2 of a constant y is 1 if all is right, else
// 0.
func (s *Scores) regress(predicted, y []float64, k float64) {
	n := float64(len(y))
	mean, variance, squares, absolute := 0.0, 0.0, 0.0, 0.0
	for _, v := range y {
		mean += v / n
	}
	for i, v := range y {
		e := predicted[i] - v
		squares += e * e / n
		absolute += math.Abs(e) / n
		variance += (v - mean) * (v - mean) / n
	}
	s.MSE += squares / k
	s.MAE += absolute / k
	switch {
	case variance > 0:
		s.R2 += (1 - squares/variance) / k
	case squares == 0:
		s.R2 += 1 / k
	}
}
