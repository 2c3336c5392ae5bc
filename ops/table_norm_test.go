package ops_test

import (
	"math"

	"adjoint/ops"
	"adjoint/optest"
)

var rowsNorm = []row{
	normRow("Standardize(axis 0)", func(x *node) *node { return ops.Standardize(x, 0.1, 0) }, true, func(i []int) any { return i[len(i)-1] }, []int{5, batch}, []int{7, 300}),
	normRow("Standardize(axes 1, 2)", func(x *node) *node { return ops.Standardize(x, 0.1, 1, 2) }, true, func(i []int) any { return [2]int{i[0], i[3]} }, []int{2, 3, 2, batch}),
	normRow("Standardize(all but the first)", func(x *node) *node { return ops.Standardize(x, 0.1, 1, -1) }, true, func(i []int) any { return i[0] }, []int{2, 3, batch}, []int{1, 5, 7}),
	normRow("Standardize(all)", func(x *node) *node { return ops.Standardize(x, 0.1) }, true, func([]int) any { return 0 }, []int{3, 4}),
	normRow("RMSNorm(axis 0)", func(x *node) *node { return ops.RMSNorm(x, 0.1, 0) }, false, func(i []int) any { return i[len(i)-1] }, []int{5, batch}),
	normRow("RMSNorm(last axis)", func(x *node) *node { return ops.RMSNorm(x, 0.1, 1) }, false, func(i []int) any { return i[0] }, []int{3, 8}),
	normRow("GroupNorm", func(x *node) *node { return ops.GroupNorm(x, 2, 0.1) }, true, func(i []int) any { return [2]int{i[0] / 2, i[3]} }, []int{4, 2, 3, batch}),
}

// normRow standardizes the entries of each class.
func normRow(name string, f func(x *node) *node, centred bool, class func(i []int) any, shapes ...[]int) row {
	const ε = 0.1
	r := row{Name: name, F: unary(f), Value: func(x ...array) array {
		sum, squares, count := map[any]float64{}, map[any]float64{}, map[any]float64{}
		mean := func(i []int) float64 {
			if !centred {
				return 0
			}
			return sum[class(i)] / count[class(i)]
		}
		each := func(f func(i []int, v float64) float64) array {
			return optest.ArrayOf(x[0].Dims, func(i []int) float64 { return f(i, x[0].At(i...)) })
		}
		each(func(i []int, v float64) float64 { sum[class(i)] += v; count[class(i)]++; return 0 })
		each(func(i []int, v float64) float64 { squares[class(i)] += (v - mean(i)) * (v - mean(i)); return 0 })
		return each(func(i []int, v float64) float64 {
			return (v - mean(i)) / math.Sqrt(squares[class(i)]/count[class(i)]+ε)
		})
	}}
	for _, s := range shapes {
		r.Shapes = append(r.Shapes, [][]int{s})
	}
	return r
}
