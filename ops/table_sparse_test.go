package ops_test

import (
	"slices"

	"adjoint/ops"
	"adjoint/optest"
)

// The reference looks for the entries of an example among all.
var rowsSparse = []row{{
	Name:    "SparseMatMul",
	F:       func(x ...*node) *node { return ops.SparseMatMul(x[0], x[1], x[2], x[3]) },
	Shapes:  [][][]int{{{2, 3}, {9}, {9}, {1, 4}}, {{1, 3}, {64}, {64}, {1, batch}}, {{3, 5}, {2}, {2}, {1, 1}}},
	Domains: domains{between(-2, 2), between(-2, 2), values(0, 1, 2), values(0, 1, 2)},
	Value: func(x ...array) array {
		w, v, columns, counts := x[0], x[1], x[2], x[3]
		var example []int // of each entry
		for j, k := range counts.Data {
			example = append(example, slices.Repeat([]int{j}, int(k))...)
		}
		return optest.ArrayOf([]int{w.Dims[0], counts.Dims[1]}, func(i []int) float64 {
			sum := 0.0
			for e, j := range example {
				if j == i[1] {
					sum += w.At(i[0], int(columns.At(e))) * v.At(e)
				}
			}
			return sum
		})
	},
}}
