package models

import (
	"cmp"
	"math"
	"slices"
)

// Scores say how well a model does on a data set. For classes the conventions
// are scikit-learn's: of two classes the second is the positive one; of more,
// Precision, Recall, F1 and AUC are unweighted means over the classes ("macro",
// AUC one against the rest); 0/0 is 0.
type Scores struct {
	Rows int
	Loss float64 // the mean of the model's loss, without the penalty

	Accuracy  float64
	Precision float64 // TP/(TP+FP)
	Recall    float64 // TP/(TP+FN)
	F1        float64 // 2TP/(2TP+FP+FN)
	AUC       float64 // area under the ROC curve, ties counting ½; 0 if only one class occurs
	LogLoss   float64 // −mean log P(y|x), P cut off at 2⁻⁵² from 0 as in scikit-learn

	// Confusion[i][j] is the number of rows of class i that were predicted as j.
	Confusion [][]int `json:",omitempty"`

	MSE, MAE, R2 float64 // of a regression; the fields above are 0 then

	regression bool
}

// Score is Accuracy, or R2 for a regression.
func (s *Scores) Score() float64 {
	if s.regression {
		return s.R2
	}
	return s.Accuracy
}

// ScoreName says what Score is.
func (s *Scores) ScoreName() string {
	if s.regression {
		return "R2"
	}
	return "accuracy"
}

// newScores compares what a network predicts, a row an example, with y.
func newScores(t target, proba [][]float64, y []float64, k int, loss float64) *Scores {
	s := &Scores{Rows: len(y), Loss: loss, regression: t == number}
	if t == number {
		s.regress(proba, y)
		return s
	}
	if t == binary {
		proba = bothClasses(proba)
	}
	predicted := labels(classes, proba)
	if t == binary {
		for i := range predicted { // a tie goes to the second class: a ≥ ½
			predicted[i] = 0
			if proba[i][1] >= 0.5 {
				predicted[i] = 1
			}
		}
	}
	s.Confusion = confusion(predicted, y, k)
	s.count(k)
	s.LogLoss = logLoss(proba, y)
	s.AUC = areaUnderROC(proba, y, k)
	return s
}

// bothClasses makes rows (1−a, a) of rows a.
func bothClasses(proba [][]float64) [][]float64 {
	both := make([][]float64, len(proba))
	for i, p := range proba {
		both[i] = []float64{1 - p[0], p[0]}
	}
	return both
}

func confusion(predicted, y []float64, k int) [][]int {
	c := make([][]int, k)
	for i := range c {
		c[i] = make([]int, k)
	}
	for i := range y {
		c[int(y[i])][int(predicted[i])]++
	}
	return c
}

// count fills in what follows from the confusion matrix.
func (s *Scores) count(k int) {
	right, first := 0, 0
	if k == 2 {
		first = 1 // the positive class only
	}
	for c := range k {
		tp, actual, predicted := s.Confusion[c][c], 0, 0
		for i := range k {
			actual += s.Confusion[c][i]
			predicted += s.Confusion[i][c]
		}
		right += tp
		if c >= first {
			share := 1 / float64(k-first)
			s.Precision += share * ratio(tp, predicted)
			s.Recall += share * ratio(tp, actual)
			s.F1 += share * ratio(2*tp, predicted+actual)
		}
	}
	s.Accuracy = ratio(right, s.Rows)
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func logLoss(proba [][]float64, y []float64) float64 {
	const eps = 0x1p-52
	total := 0.0
	for i, p := range proba {
		total -= math.Log(min(max(p[int(y[i])], eps), 1-eps))
	}
	return total / float64(len(y))
}

// areaUnderROC is the probability that a row of the class has a larger
// probability for it than a row that is not, ties counting ½: by ranks, ties
// having their mean (Mann and Whitney).
func areaUnderROC(proba [][]float64, y []float64, k int) float64 {
	if k == 2 {
		return oneAgainstRest(proba, y, 1)
	}
	sum := 0.0
	for c := range k {
		sum += oneAgainstRest(proba, y, c)
	}
	return sum / float64(k)
}

func oneAgainstRest(proba [][]float64, y []float64, class int) float64 {
	n := len(y)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(proba[a][class], proba[b][class]) })
	ranks, positive := 0.0, 0
	for i := 0; i < n; {
		j := i
		for j < n && proba[order[j]][class] == proba[order[i]][class] {
			j++
		}
		for _, row := range order[i:j] {
			if int(y[row]) == class {
				ranks += float64(i+j+1) / 2
				positive++
			}
		}
		i = max(j, i+1)
	}
	if positive == 0 || positive == n {
		return 0
	}
	p := float64(positive)
	return (ranks - p*(p+1)/2) / (p * (float64(n) - p))
}

func (s *Scores) regress(predicted [][]float64, y []float64) {
	mean, variance := 0.0, 0.0
	for _, v := range y {
		mean += v / float64(len(y))
	}
	for i, v := range y {
		e := predicted[i][0] - v
		s.MSE += e * e / float64(len(y))
		s.MAE += math.Abs(e) / float64(len(y))
		variance += (v - mean) * (v - mean) / float64(len(y))
	}
	if variance > 0 {
		s.R2 = 1 - s.MSE/variance
	}
}
