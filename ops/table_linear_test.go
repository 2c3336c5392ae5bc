package ops_test

import (
	"math"

	"adjoint/ops"
	"adjoint/optest"
)

// Matrices of the table are 3 times the identity and something small, so that they have an
// inverse and are positive definite.
var rowsLinear = []row{
	{
		Name:   "Solve",
		F:      func(x ...*node) *node { return ops.Solve(nearIdentity(x[0]), x[1]) },
		Shapes: [][][]int{{{1, 1}, {1, 2}}, {{3, 3}, {3, batch}}, {{2, 3, 3}, {3, 1}}, {{2, 2}, {3, 2, 2}}},
		Exempt: map[optest.Law]string{optest.Specials: notFinite},
		Value: func(x ...array) array {
			return matMul(inverseArray(shiftedArray(x[0])), x[1])
		},
		Domains: domains{between(-0.5, 0.5), between(-2, 2)},
	},
	{
		Name:    "Inverse",
		F:       func(x ...*node) *node { return ops.Inverse(nearIdentity(x[0])) },
		Shapes:  squareShapes,
		Domains: domains{between(-0.5, 0.5)},
		Exempt:  map[optest.Law]string{optest.Specials: notFinite},
		Value:   func(x ...array) array { return inverseArray(shiftedArray(x[0])) },
	},
	{
		Name:    "Det",
		F:       func(x ...*node) *node { return ops.Det(nearIdentity(x[0])) },
		Shapes:  squareShapes,
		Domains: domains{between(-0.5, 0.5)},
		Exempt: map[optest.Law]string{
			optest.Specials:    notFinite,
			optest.SecondOrder: "cofactors do not depend on their own row and column, but for rounding, which differences take for a slope; TestLinearAlgebraAsPyTorch has numbers",
		},
		Value: func(x ...array) array { return eachMatrix(shiftedArray(x[0]), leibniz) },
	},
	{
		Name:    "LogDet",
		F:       func(x ...*node) *node { return ops.LogDet(nearIdentity(x[0])) },
		Shapes:  squareShapes,
		Domains: domains{between(-0.5, 0.5)},
		Exempt:  map[optest.Law]string{optest.Specials: notFinite},
		Value: func(x ...array) array {
			return eachMatrix(shiftedArray(x[0]), func(a array) float64 { return math.Log(math.Abs(leibniz(a))) })
		},
	},
	{
		Name:    "Cholesky",
		F:       func(x ...*node) *node { return ops.Cholesky(nearIdentity(x[0])) },
		Shapes:  squareShapes,
		Domains: domains{between(-0.5, 0.5)},
		Exempt:  map[optest.Law]string{optest.Specials: notFinite},
		Value:   func(x ...array) array { return choleskyArray(shiftedArray(x[0])) },
	},
}

// notFinite is why ±Inf does not go through.
const notFinite = "a matrix with an entry that is not finite has no factors: the result is NaN where its definition may be 0 or ±Inf"

var squareShapes = [][][]int{{{1, 1}}, {{2, 2}}, {{3, 3}}, {{4, 4}}, {{batch, 2, 2}}, {{2, 1, 3, 3}}}

const shift = 3

func nearIdentity(x *node) *node {
	d := x.Shape().Dims()
	k := len(d) - 2
	if k < 0 || d[k] != d[k+1] { // the op refuses it
		return x
	}
	i := ops.Range(x.Graph().Const(0), d[k])
	return ops.Add(x, ops.Scale(shift, ops.Equal(ops.ExpandDims(i, 0), ops.ExpandDims(i, 1))))
}

func shiftedArray(x array) array {
	return optest.ArrayOf(x.Dims, func(i []int) float64 {
		return x.At(i...) + shiftAt(i[len(i)-2], i[len(i)-1])
	})
}

func shiftAt(i, j int) float64 {
	if i == j {
		return shift
	}
	return 0
}

// eachMatrix is a function of every matrix of a stack.
func eachMatrix(x array, f func(a array) float64) array {
	k := len(x.Dims) - 2
	return optest.ArrayOf(x.Dims[:k], func(i []int) float64 { return f(matrixAt(x, i)) })
}

func matrixAt(x array, at []int) array {
	k := len(x.Dims) - 2
	return optest.ArrayOf(x.Dims[k:], func(i []int) float64 { return x.At(append(at[:k:k], i...)...) })
}

// minor is a matrix without a row and a column.
func minor(a array, row, column int) array {
	n := a.Dims[0] - 1
	past := func(i, but int) int {
		if i >= but {
			i++
		}
		return i
	}
	return optest.ArrayOf([]int{n, n}, func(i []int) float64 { return a.At(past(i[0], row), past(i[1], column)) })
}

// leibniz is the determinant by expansion along the first row.
func leibniz(a array) float64 {
	if a.Dims[0] == 0 {
		return 1
	}
	sum := 0.0
	for j := range a.Dims[0] {
		sum += parity(j) * a.At(0, j) * leibniz(minor(a, 0, j))
	}
	return sum
}

func parity(i int) float64 { return float64(1 - 2*(i%2)) }

// inverseArray is Cramer's rule.
func inverseArray(x array) array {
	k := len(x.Dims) - 2
	return optest.ArrayOf(x.Dims, func(i []int) float64 {
		a := matrixAt(x, i[:k])
		return parity(i[k]+i[k+1]) * leibniz(minor(a, i[k+1], i[k])) / leibniz(a)
	})
}

// choleskyArray is the definition, entry by entry.
func choleskyArray(x array) array {
	k := len(x.Dims) - 2
	return optest.ArrayOf(x.Dims, func(i []int) float64 {
		a := matrixAt(x, i[:k])
		var l func(i, j int) float64
		l = func(i, j int) float64 {
			if j > i {
				return 0
			}
			sum := (a.At(i, j) + a.At(j, i)) / 2
			for m := range j {
				sum -= l(i, m) * l(j, m)
			}
			if i == j {
				return math.Sqrt(sum)
			}
			return sum / l(j, j)
		}
		return l(i[k], i[k+1])
	})
}
