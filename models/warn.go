package models

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"adjoint/data"
)

// lacking returns the names of the classes that some rows of a have and none of b.
func lacking(a, b *data.Dataset) (names []string) {
	if a.Classes == nil {
		return nil
	}
	occurs := make([]bool, len(a.Classes))
	for _, y := range b.Y {
		occurs[int(y)] = true
	}
	for _, y := range a.Y {
		if c := int(y); !occurs[c] {
			occurs[c] = true
			names = append(names, strconv.Quote(a.Classes[c]))
		}
	}
	return names
}

// lackingClasses warns of validation rows without a class that is learned.
func lackingClasses(train, validation *data.Dataset) string {
	if names := lacking(train, validation); names != nil {
		return fmt.Sprintf("no validation row is of class %s, so what is said of validation is not about it: validate with rows of all classes, as Dataset.Split with Stratify gives them",
			strings.Join(names, ", "))
	}
	return ""
}

// quantities warns of three or more classes whose names are numbers far apart.
func quantities(classes []string) string {
	if len(classes) < 3 {
		return ""
	}
	least, most := math.Inf(1), math.Inf(-1)
	for _, name := range classes {
		v, err := strconv.ParseFloat(name, 64)
		if err != nil {
			return ""
		}
		least, most = min(least, v), max(most, v)
	}
	if most-least < 10*float64(len(classes)) {
		return ""
	}
	return fmt.Sprintf("the %d classes are numbers from %g to %g: if they are quantities, read them with Task: data.Regression", len(classes), least, most)
}

// warn notes warnings in the history, except for empty ones.
func (t *Training) warn(warnings ...string) {
	for _, w := range warnings {
		if w != "" {
			t.history.Warnings = append(t.history.Warnings, w)
		}
	}
}

// nonsense warns of a network that is clearly worse than what knows nothing of the
// features: on the training rows, or some 1000 of them, it has more than 1.1 times
// the log-loss of the shares of the classes, or the squared error of the mean.
// Other losses are not looked at.
func (t *Training) nonsense() string {
	loss := t.net.spec.loss.Name
	squared := loss == SquaredError.Name && t.net.target == number
	switch loss {
	case LogLoss.Name, LogLossFromLogits.Name, CrossEntropy.Name, CrossEntropyFromLogits.Name:
		if t.net.target == number {
			return ""
		}
	default:
		if !squared {
			return ""
		}
	}
	n := t.train.Rows()
	rows := make([]int, min(n, chunk))
	for i := range rows {
		rows[i] = i * n / len(rows)
	}
	p := t.scorer.predicts.get()
	defer t.scorer.predicts.put(p)
	predicted, err := t.scorer.run(p, t.train, rows, nil)
	if err != nil {
		return err.Error()
	}
	measure, has, without := "log-loss", 0.0, 0.0
	if squared {
		measure = "squared error"
		has, without = t.squaredErrors(rows, predicted)
	} else {
		has, without = t.logLosses(rows, predicted)
	}
	if !(without > 0 && has > 1.1*without) {
		return ""
	}
	rate := t.options.Rule.LearningRate()
	return fmt.Sprintf("on the training rows the %s is %.3g, and %.3g if nothing is known of the features: try a rate other than %g, more epochs, or Standardize",
		measure, has, without, rate)
}

// squaredErrors returns the weighted means of the squared errors of predictions,
// and of the mean.
func (t *Training) squaredErrors(rows []int, predicted [][]float64) (has, without float64) {
	total, mean := 0.0, 0.0
	for _, row := range rows {
		total += t.weightOf(row)
		mean += t.weightOf(row) * t.train.Y[row]
	}
	mean /= total
	for i, row := range rows {
		w, y := t.weightOf(row)/total, t.train.Y[row]
		has += w * (predicted[i][0] - y) * (predicted[i][0] - y)
		without += w * (y - mean) * (y - mean)
	}
	return has, without
}

// logLosses returns the weighted means of the log-losses of predictions, and of the
// shares of the classes.
func (t *Training) logLosses(rows []int, predicted [][]float64) (has, without float64) {
	if t.net.target == binary {
		predicted = bothClasses(predicted)
	}
	total, shares := 0.0, make([]float64, len(t.scorer.classes))
	for i, row := range rows {
		w, class := t.weightOf(row), int(t.train.Y[row])
		total += w
		shares[class] += w
		has += w * surprise(predicted[i][class])
	}
	for _, s := range shares {
		if s > 0 {
			without += s * surprise(s/total)
		}
	}
	return has / total, without / total
}

// weightOf is the weight of a training row.
func (t *Training) weightOf(row int) float64 {
	if t.weights == nil {
		return 1
	}
	return t.weights[row]
}
