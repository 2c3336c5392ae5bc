package models

import "math"

// Scores say how well a model predicts the targets of a data set. The conventions are
// scikit-learn's. Of two classes the second is the positive one. Of more classes,
// Precision, Recall, F1 and AUC are unweighted means over the classes that occur
// ("macro"), and AUC is one versus rest. 0/0 is 0.
type Scores struct {
	Rows int
	Loss float64 // the mean of the model's loss, without the penalty; of scaled targets, if the model scales them

	Accuracy  float64
	Precision float64 // TP/(TP+FP)
	Recall    float64 // TP/(TP+FN)
	F1        float64 // 2TP/(2TP+FP+FN)
	AUC       float64 // area under the ROC curve, ties counting ½; NaN if only one class occurs, null in JSON
	LogLoss   float64 // −mean log P(y|x), P cut off at 2⁻⁵² from 0

	// Confusion[i][j] is the number of rows of class i that were predicted as j.
	Confusion [][]int  `json:",omitempty"`
	Classes   []string `json:",omitempty"` // the names of the classes

	MSE, MAE, R2 float64 // of a regression, in the units of the data; the fields above, from Accuracy on, are 0 then
}

// Score is Accuracy, or R2 for a regression.
func (s *Scores) Score() float64 {
	if s.Confusion == nil {
		return s.R2
	}
	return s.Accuracy
}

// ScoreName returns the name of Score: "accuracy" or "R2".
func (s *Scores) ScoreName() string {
	if s.Confusion == nil {
		return "R2"
	}
	return "accuracy"
}

// newScores compares predictions, one row for each example, with the targets y. k is
// the number of classes.
func newScores(t target, proba [][]float64, y []float64, k int, loss float64) *Scores {
	s := &Scores{Rows: len(y), Loss: loss}
	predicted := labels(t, proba)
	if t == number {
		s.regress(predicted, y)
		return s
	}
	if t == binary {
		proba = bothClasses(proba)
	}
	s.Confusion = make([][]int, k)
	for i := range s.Confusion {
		s.Confusion[i] = make([]int, k)
	}
	for i := range y {
		s.Confusion[int(y[i])][int(predicted[i])]++
	}
	s.count()
	s.LogLoss = logLoss(proba, y)
	s.AUC = areaUnderROC(proba, y)
	return s
}

// bothClasses turns rows (a) into rows (1−a, a).
func bothClasses(proba [][]float64) [][]float64 {
	both := make([][]float64, len(proba))
	for i, p := range proba {
		both[i] = []float64{1 - p[0], p[0]}
	}
	return both
}

// count computes the scores that follow from the confusion matrix.
func (s *Scores) count() {
	k, right, averaged := len(s.Confusion), 0, 0
	for c := range k {
		tp, actual, predicted := s.Confusion[c][c], 0, 0
		for i := range k {
			actual += s.Confusion[c][i]
			predicted += s.Confusion[i][c]
		}
		right += tp
		if k == 2 && c == 0 || actual+predicted == 0 {
			continue
		}
		averaged++
		s.Precision += ratio(tp, predicted)
		s.Recall += ratio(tp, actual)
		s.F1 += ratio(2*tp, predicted+actual)
	}
	s.Accuracy = ratio(right, s.Rows)
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

func logLoss(proba [][]float64, y []float64) float64 {
	const eps = 0x1p-52
	total := 0.0
	for i, p := range proba {
		total -= math.Log(min(max(p[int(y[i])], eps), 1-eps))
	}
	return total / float64(len(y))
}

// regress compares numbers. R2 of a constant y is 1 if all is right, else 0.
func (s *Scores) regress(predicted, y []float64) {
	n := float64(len(y))
	mean, variance := 0.0, 0.0
	for _, v := range y {
		mean += v / n
	}
	for i, v := range y {
		e := predicted[i] - v
		s.MSE += e * e / n
		s.MAE += math.Abs(e) / n
		variance += (v - mean) * (v - mean) / n
	}
	switch {
	case variance > 0:
		s.R2 = 1 - s.MSE/variance
	case s.MSE == 0:
		s.R2 = 1
	}
}
