package models

import (
	"cmp"
	"math"
	"slices"
)

// areaUnderROC returns the area under the ROC curve of the second of two classes. Of
// more classes it is the mean of their areas, each against the rest, over the classes
// that some rows have and others have not. It is NaN if there are none.
func areaUnderROC(proba [][]float64, y []float64) float64 {
	k := len(proba[0])
	if k == 2 {
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
// ½. It is computed from ranks, and ties have their mean rank (H. Mann, D. Whitney
// 1947). It is NaN unless there are rows of both kinds.
func oneVersusRest(proba [][]float64, y []float64, class int) float64 {
	order := make([]int, len(y))
	for i := range order {
		order[i] = i
	}
	p := func(i int) float64 { return proba[order[i]][class] }
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(proba[a][class], proba[b][class]) })
	ranks, positive := 0.0, 0.0
	for i := 0; i < len(order); {
		j := i + 1
		for j < len(order) && p(j) == p(i) {
			j++
		}
		for _, row := range order[i:j] {
			if int(y[row]) == class {
				ranks += float64(i+j+1) / 2
				positive++
			}
		}
		i = j
	}
	negative := float64(len(y)) - positive
	if positive == 0 || negative == 0 {
		return math.NaN()
	}
	return (ranks - positive*(positive+1)/2) / (positive * negative)
}
