package models

import (
	"math"
	"slices"
)

// areaUnderROC returns the area under the ROC curve of the second of two classes. Of
// more classes it is the mean of their areas, each against the rest, over the classes
// that some rows have and others have not. It is NaN if there are none.
func areaUnderROC(proba rowsOfNumbers, y []float64) float64 {
	k := proba.width
	if k <= 2 {
		return oneVersusRest(proba, y, 1)
	}
	sum, counted := 0.0, 0.0
	for c := range k {
		if area := oneVersusRest(proba, y, c); !math.IsNaN(area) {
			sum += area
			counted++
		}
	}
	return sum / counted // 0/0 is NaN
}

// oneVersusRest returns the share of pairs, of a row of the class and a row of
// another, in which the first has the larger probability of the class; a tie counts
// ½ (H. Mann, D. Whitney 1947). It is NaN unless there are rows of both kinds.
func oneVersusRest(proba rowsOfNumbers, y []float64, class int) float64 {
	all := make([]float64, len(y))
	positive, negative := all[:0], len(y) // from the front, and from the back
	for i, c := range y {
		if p := proba.ofClass(i, class); int(c) == class {
			positive = append(positive, p)
		} else {
			negative--
			all[negative] = p
		}
	}
	rest := all[negative:]
	if len(positive) == 0 || len(rest) == 0 {
		return math.NaN()
	}
	slices.Sort(positive)
	slices.Sort(rest)
	won, below, upTo := 0.0, 0, 0
	for _, p := range positive {
		for below < len(rest) && rest[below] < p {
			below++
		}
		for upTo < len(rest) && rest[upTo] <= p {
			upTo++
		}
		won += float64(below+upTo) / 2
	}
	return won / (float64(len(positive)) * float64(len(rest)))
}
