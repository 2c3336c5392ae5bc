package ops_test

import (
	"slices"

	"adjoint/ops"
	"adjoint/optest"
)

var rowsAlong = []row{
	cumSumRow("CumSum(0)", 0, false, false),
	cumSumRow("CumSum(-1, exclusive)", -1, true, false),
	cumSumRow("CumSum(0, backwards)", 0, false, true),
	cumSumRow("CumSum(1, exclusive, backwards)", 1, true, true),
	alongRow(0, [][]int{{3, 2}, {4, 2}}, [][]int{{3}, {1}}, [][]int{{3, batch}, {2, batch}}),
	alongRow(-1, [][]int{{2, 3}, {2, 5}}, [][]int{{batch, 3}, {batch, 1}}),
	alongRow(1, [][]int{{2, 3, 2}, {2, 2, 2}}),
	{
		Name: "ScatterAlong", F: binary(func(x, index *node) *node { return ops.ScatterAlong(x, 1, index, 3) }),
		Shapes:  [][][]int{{{2, 4}, {2, 4}}, {{2, 2, 3}, {2, 2, 3}}, {{batch, 2}, {batch, 2}}},
		Domains: domains{between(-2, 2), values(0, 1, 2)},
		Value: func(x ...array) array {
			dims := slices.Clone(x[0].Dims)
			dims[1] = 3
			return optest.ArrayOf(dims, func(i []int) float64 {
				sum := 0.0
				for k := range x[0].Dims[1] {
					at := slices.Clone(i)
					at[1] = k
					if int(x[1].At(at...)) == i[1] {
						sum += x[0].At(at...)
					}
				}
				return sum
			})
		},
	},
	{
		Name: "ScatterAdd", F: binary(func(x, index *node) *node { return ops.ScatterAdd(x, 0, index, 3) }),
		Shapes:  [][][]int{{{4, 2}, {4}}, {{4}, {4}}, {{4, batch}, {4}}},
		Domains: domains{between(-2, 2), values(0, 1, 2)},
		Value: func(x ...array) array {
			return optest.ArrayOf(append([]int{3}, x[0].Dims[1:]...), func(i []int) float64 {
				sum := 0.0
				for k := range x[0].Dims[0] {
					if int(x[1].At(k)) == i[0] {
						sum += x[0].At(append([]int{k}, i[1:]...)...)
					}
				}
				return sum
			})
		},
	},
	extremeRow("ArgMax", func(x *node) *node { return ops.ArgMax(x, 0) }, func(v, best float64) bool { return v > best }),
	extremeRow("ArgMin", func(x *node) *node { return ops.ArgMin(x, 0) }, func(v, best float64) bool { return v < best }),
	{
		Name: "TopIndices", F: unary(func(x *node) *node { return ops.TopIndices(x, 0, 2) }),
		Shapes: [][][]int{{{3}}, {{4, 2}}, {{3, batch}}},
		Value: func(x ...array) array {
			dims := slices.Clone(x[0].Dims)
			dims[0] = 2
			return optest.ArrayOf(dims, func(i []int) float64 { // the place with as many larger ones as it comes after
				entry := func(k int) float64 { return x[0].At(append([]int{k}, i[1:]...)...) }
				for k := range x[0].Dims[0] {
					larger := 0
					for j := range x[0].Dims[0] {
						if entry(j) > entry(k) {
							larger++
						}
					}
					if larger == i[0] {
						return float64(k)
					}
				}
				return -1
			})
		},
		Points: []optest.Point{{X: [][]float64{{1, 3, 3, 2}}, Y: []float64{1, 2}, R: [][]float64{{0, 0, 0, 0}}, Why: "of equal ones the first comes first"}},
	},
}

func cumSumRow(name string, axis int, exclusive, backwards bool) row {
	return row{
		Name:   name,
		F:      unary(func(x *node) *node { return ops.CumSum(x, axis, exclusive, backwards) }),
		Shapes: [][][]int{{{2, 3}}, {{3, batch}}, {{2, 4, 2}}},
		Value: func(x ...array) array {
			a := (axis + len(x[0].Dims)) % len(x[0].Dims)
			return optest.ArrayOf(x[0].Dims, func(i []int) float64 {
				sum := 0.0
				for k := range x[0].Dims[a] {
					at := slices.Clone(i)
					at[a] = k
					if counted := k < i[a] && !backwards || k > i[a] && backwards || k == i[a] && !exclusive; counted {
						sum += x[0].At(at...)
					}
				}
				return sum
			})
		},
	}
}

// alongRow is NumPy's take_along_axis.
func alongRow(axis int, shapes ...[][]int) row {
	return row{
		Name:    "GatherAlong",
		F:       binary(func(x, index *node) *node { return ops.GatherAlong(x, axis, index) }),
		Shapes:  shapes,
		Domains: domains{between(-2, 2), values(0, 1, 2)},
		Value: func(x ...array) array {
			a := (axis + len(x[0].Dims)) % len(x[0].Dims)
			return optest.ArrayOf(x[1].Dims, func(i []int) float64 {
				at := slices.Clone(i)
				at[a] = int(x[1].At(i...))
				return x[0].At(at...)
			})
		},
	}
}

func extremeRow(name string, f func(x *node) *node, better func(v, best float64) bool) row {
	return row{
		Name: name, F: unary(f), Shapes: [][][]int{{{3}}, {{4, 2}}, {{3, batch}}},
		Value: func(x ...array) array {
			return optest.ArrayOf(x[0].Dims[1:], func(i []int) float64 {
				best := 0
				for k := range x[0].Dims[0] {
					if better(x[0].At(append([]int{k}, i...)...), x[0].At(append([]int{best}, i...)...)) {
						best = k
					}
				}
				return float64(best)
			})
		},
	}
}
