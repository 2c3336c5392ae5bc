package models

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"adjoint/data"
)

func closeTo(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// newScores returns the scores of predictions of k classes, or of numbers.
func newScores(kind Kind, rows [][]float64, y []float64, k int, loss float64) *Scores {
	s := &Scores{Rows: len(y), Loss: loss, Kind: kind}
	if err := s.compare(&Output{Kind: kind, Classes: make([]string, k)}, numbersOf(rows), rowsOfNumbers{y, 1}); err != nil {
		panic(err)
	}
	return s
}

// sure returns probabilities that make labels of a prediction.
func sure(predicted []float64, k int) [][]float64 {
	p := make([][]float64, len(predicted))
	for i, y := range predicted {
		p[i] = make([]float64, k)
		p[i][int(y)] = 1
	}
	return p
}

// The examples of scikit-learn's documentation.
func TestScoresOfScikitLearn(t *testing.T) {
	// confusion_matrix
	s := newScores(Categorical, sure([]float64{0, 0, 2, 2, 0, 2}, 3), []float64{2, 0, 2, 2, 0, 1}, 3, 0)
	for i, want := range [][]int{{2, 0, 0}, {0, 0, 1}, {1, 0, 2}} {
		if !slices.Equal(s.Confusion[i], want) {
			t.Errorf("row %d of the confusion matrix is %v, want %v", i, s.Confusion[i], want)
		}
	}
	// precision_recall_fscore_support, average="macro": cat, dog, pig
	s = newScores(Categorical, sure([]float64{0, 2, 1, 0, 0, 1}, 3), []float64{0, 1, 2, 0, 1, 2}, 3, 0)
	closeTo(t, "precision", s.Precision, 2./9, 1e-15)
	closeTo(t, "recall", s.Recall, 1./3, 1e-15)
	closeTo(t, "F1", s.F1, 4./15, 1e-15)
	// accuracy_score
	s = newScores(Categorical, sure([]float64{0, 2, 1, 3}, 4), []float64{0, 1, 2, 3}, 4, 0)
	closeTo(t, "accuracy", s.Accuracy, 0.5, 0)
	// precision_score, recall_score and f1_score of two classes, in the user guide
	s = newScores(Binary, [][]float64{{0}, {1}, {0}, {0}}, []float64{0, 1, 0, 1}, 2, 0)
	closeTo(t, "precision", s.Precision, 1, 0)
	closeTo(t, "recall", s.Recall, 0.5, 0)
	closeTo(t, "F1", s.F1, 2./3, 1e-15)
	// roc_auc_score
	s = newScores(Binary, [][]float64{{0.1}, {0.4}, {0.35}, {0.8}}, []float64{0, 0, 1, 1}, 2, 0)
	closeTo(t, "AUC", s.AUC, 0.75, 1e-15)
	// log_loss of spam and ham, ham first
	s = newScores(Categorical, [][]float64{{.1, .9}, {.9, .1}, {.8, .2}, {.35, .65}}, []float64{1, 0, 0, 1}, 2, 0)
	closeTo(t, "log-loss", s.LogLoss, 0.21616187468057912, 1e-15)
	// mean_squared_error, mean_absolute_error and r2_score
	s = newScores(Numbers, [][]float64{{2.5}, {0}, {2}, {8}}, []float64{3, -0.5, 2, 7}, 0, 0)
	closeTo(t, "MSE", s.MSE, 0.375, 1e-15)
	closeTo(t, "MAE", s.MAE, 0.5, 1e-15)
	closeTo(t, "R2", s.R2, 0.9486081370449679, 1e-15)
	for _, c := range []struct {
		y, predicted []float64
		want         float64
	}{
		{[]float64{1, 2, 3}, []float64{1, 2, 3}, 1},
		{[]float64{1, 2, 3}, []float64{2, 2, 2}, 0},
		{[]float64{1, 2, 3}, []float64{3, 2, 1}, -3},
		{[]float64{-2, -2, -2}, []float64{-2, -2, -2}, 1},
		{[]float64{-2, -2, -2}, []float64{-2, -2, -2 + 1e-8}, 0},
	} {
		p := make([][]float64, 3)
		for i, v := range c.predicted {
			p[i] = []float64{v}
		}
		closeTo(t, "R2", newScores(Numbers, p, c.y, 0, 0).R2, c.want, 1e-15)
	}
}

// Ties and 0/0: precision without positive predictions, recall without positive
// rows, an AUC of one class, certainty about the wrong class.
func TestScoresOfNothing(t *testing.T) {
	s := newScores(Binary, [][]float64{{0.2}, {0.3}}, []float64{0, 0}, 2, 0)
	if s.Accuracy != 1 || s.Precision != 0 || s.Recall != 0 || s.F1 != 0 || !math.IsNaN(s.AUC) {
		t.Errorf("%+v", s)
	}
	s = newScores(Binary, [][]float64{{0.5}, {0.5}, {0.5}}, []float64{0, 1, 1}, 2, 0)
	if s.Confusion[0][1] != 1 || s.Confusion[1][1] != 2 || s.AUC != 0.5 {
		t.Errorf("a = ½ is the second class: %+v", s)
	}
	s = newScores(Categorical, [][]float64{{0.5, 0.5}, {0.25, 0.75}}, []float64{0, 1}, 2, 0)
	if s.Confusion[0][0] != 1 || s.Confusion[1][1] != 1 {
		t.Errorf("of equal probabilities the first: %+v", s)
	}
	s = newScores(Binary, [][]float64{{1}}, []float64{0}, 2, 0)
	closeTo(t, "log-loss", s.LogLoss, 52*math.Ln2, 1e-12)
	// A class that neither occurs nor is predicted is left out of the means.
	s = newScores(Categorical, sure([]float64{0, 1, 1}, 3), []float64{0, 1, 1}, 3, 0)
	if s.Precision != 1 || s.Recall != 1 || s.F1 != 1 || s.AUC != 1 {
		t.Errorf("%+v", s)
	}
	if s.Score() != s.Accuracy || s.ScoreName() != "accuracy" {
		t.Errorf("%s %g", s.ScoreName(), s.Score())
	}
	s = newScores(Numbers, [][]float64{{1}}, []float64{1}, 0, 0)
	if s.Score() != 1 || s.ScoreName() != "R2" || s.Confusion != nil {
		t.Errorf("%+v", s)
	}
}

// All scores of random predictions are those that counting gives.
func TestScoresByCounting(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		k, n := 2+r.IntN(4), 1+r.IntN(40)
		proba, y := randomPredictions(r, k, n)
		s, want := newScores(Categorical, proba, y, k, 0), counted(proba, y, k)
		closeTo(t, "accuracy", s.Accuracy, want.Accuracy, 1e-14)
		closeTo(t, "precision", s.Precision, want.Precision, 1e-14)
		closeTo(t, "recall", s.Recall, want.Recall, 1e-14)
		closeTo(t, "F1", s.F1, want.F1, 1e-14)
		closeTo(t, "log-loss", s.LogLoss, want.LogLoss, 1e-13)
		if math.IsNaN(s.AUC) != math.IsNaN(want.AUC) {
			t.Errorf("AUC is %g, want %g", s.AUC, want.AUC)
		} else if !math.IsNaN(want.AUC) {
			closeTo(t, "AUC", s.AUC, want.AUC, 1e-14)
		}
	}
}

// randomPredictions returns probabilities of k classes with many ties, and labels.
func randomPredictions(r *rand.Rand, k, n int) (proba [][]float64, y []float64) {
	for range n {
		p, sum := make([]float64, k), 0.0
		for c := range p {
			p[c] = 0.5 + float64(r.IntN(6))
			sum += p[c]
		}
		for c := range p {
			p[c] /= sum
		}
		proba, y = append(proba, p), append(y, float64(r.IntN(k)))
	}
	return proba, y
}

// counted returns scores by their definitions, row by row. The AUC of a class is
// counted over pairs of rows; it is NaN if no class has one, as in scikit-learn 1.6,
// which warns.
func counted(proba [][]float64, y []float64, k int) (s Scores) {
	predicted, n := Categorical.labels(numbersOf(proba)), float64(len(y))
	ratio := func(a, b float64) float64 {
		if b == 0 {
			return 0
		}
		return a / b
	}
	var occurring, withAUC float64
	for c := range k {
		var tp, fp, fn float64
		for i := range y {
			switch truly, said := int(y[i]) == c, int(predicted[i]) == c; {
			case truly && said:
				tp++
			case said:
				fp++
			case truly:
				fn++
			}
		}
		s.Accuracy += tp / n
		if k == 2 && c == 0 {
			continue
		}
		if tp+fp+fn > 0 {
			occurring++
		}
		p, q := ratio(tp, tp+fp), ratio(tp, tp+fn)
		s.Precision, s.Recall, s.F1 = s.Precision+p, s.Recall+q, s.F1+ratio(2*p*q, p+q)
		if pairs, won := pairsOf(proba, y, c); pairs > 0 {
			withAUC++
			s.AUC += won / pairs
		}
	}
	s.Precision, s.Recall, s.F1 = ratio(s.Precision, occurring), ratio(s.Recall, occurring), ratio(s.F1, occurring)
	s.AUC /= withAUC // 0/0 is NaN
	for i := range y {
		s.LogLoss -= math.Log(proba[i][int(y[i])]) / n
	}
	return s
}

// pairsOf counts the pairs of a row of the class and one of another, and those in
// which the first has the larger probability of the class, a tie being a half.
func pairsOf(proba [][]float64, y []float64, class int) (pairs, won float64) {
	for i := range y {
		for j := range y {
			if int(y[i]) != class || int(y[j]) == class {
				continue
			}
			pairs++
			switch a, b := proba[i][class], proba[j][class]; {
			case a > b:
				won++
			case a == b:
				won += 0.5
			}
		}
	}
	return pairs, won
}

// Of several numbers, and of several labels, as scikit-learn 1.2.1 has it: r2_score,
// mean_squared_error and mean_absolute_error; accuracy_score, and precision_score,
// recall_score, f1_score, roc_auc_score and log_loss of each label, averaged.
func TestScoresOfSeveral(t *testing.T) {
	s := &Scores{Rows: 3}
	if err := s.compare(&Output{Kind: Numbers}, numbersOf([][]float64{{0, 2}, {-1, 2}, {8, -5}}), numbersOf([][]float64{{0.5, 1}, {-1, 1}, {7, -6}})); err != nil {
		t.Fatal(err)
	}
	closeTo(t, "R2", s.R2, 0.9368005266622779, 1e-15)
	closeTo(t, "MSE", s.MSE, 0.7083333333333334, 1e-15)
	closeTo(t, "MAE", s.MAE, 0.75, 1e-15)
	s = &Scores{Rows: 4, Kind: Multilabel}
	labels := &Output{Kind: Multilabel, Classes: []string{"a", "b", "c"}}
	rows := [][]float64{{.1, .2, .3}, {.9, .6, .7}, {.8, .55, .2}, {.4, .3, .9}}
	if err := s.compare(labels, numbersOf(rows), numbersOf([][]float64{{0, 0, 0}, {1, 1, 1}, {0, 1, 1}, {1, 0, 1}})); err != nil {
		t.Fatal(err)
	}
	closeTo(t, "accuracy", s.Accuracy, 0.5, 0)
	closeTo(t, "precision", s.Precision, 0.8333333333333334, 1e-15)
	closeTo(t, "recall", s.Recall, 0.7222222222222222, 1e-15)
	closeTo(t, "F1", s.F1, 0.7666666666666666, 1e-15)
	closeTo(t, "AUC", s.AUC, 0.8055555555555555, 1e-15)
	closeTo(t, "log-loss", s.LogLoss, 0.5710899259473211, 1e-15)
	if s.ScoreName() != "accuracy" || s.Score() != 0.5 || s.Confusion != nil {
		t.Errorf("%+v", s)
	}
	for _, bad := range [][]float64{{0, 0.5, 0}, {0, 2, 0}, {-1, 0, 0}, {math.NaN(), 0, 0}} {
		if err := s.compare(labels, numbersOf(rows[:1]), numbersOf([][]float64{bad})); !errors.Is(err, data.ErrLabel) {
			t.Errorf("labels %v: %v", bad, err)
		}
	}
}

// numbersOf are rows, one after the other.
func numbersOf(rows [][]float64) rowsOfNumbers {
	return rowsOfNumbers{slices.Concat(rows...), len(rows[0])}
}
