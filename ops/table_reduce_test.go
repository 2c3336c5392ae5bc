package ops_test

import (
	"fmt"
	"math"
	"slices"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"
)

type reduction = func(x *node, axes ...int) *node

var rowsReduce = slices.Concat(
	reductionRows("Sum", ops.Sum, between(-2, 2), total),
	reductionRows("Mean", ops.Mean, between(-2, 2), average,
		optest.Point{X: [][]float64{{1, 2, 6, 7}}, Y: []float64{4}, R: [][]float64{{0.25, 0.25, 0.25, 0.25}}, Why: "1/N and nothing else"}),
	reductionRows("Max", ops.Max, apart(-2, 2), largest,
		optest.Point{X: [][]float64{{1, 3, 3, 2}}, Y: []float64{3}, R: [][]float64{{0, 0.5, 0.5, 0}}, Why: "ties share ζ, as in PyTorch's amax"},
		optest.Point{X: [][]float64{{2, 2, 2, 2}}, Y: []float64{2}, R: [][]float64{{0.25, 0.25, 0.25, 0.25}}, Why: "ties share ζ"}),
	reductionRows("Min", ops.Min, apart(-2, 2), smallest,
		optest.Point{X: [][]float64{{4, 3, 3, 3.5}}, Y: []float64{3}, R: [][]float64{{0, 0.5, 0.5, 0}}, Why: "ties share ζ, as in PyTorch's amin"}),
	reductionRows("Prod", ops.Prod, between(-2, 2), func(v []float64) float64 {
		p := 1.
		for _, v := range v {
			p *= v
		}
		return p
	},
		optest.Point{X: [][]float64{{2, 3, 5, 7}}, Y: []float64{210}, R: [][]float64{{105, 70, 42, 30}}, Why: "by hand"},
		optest.Point{X: [][]float64{{2, 0, 5, 7}}, Y: []float64{0}, R: [][]float64{{0, 70, 0, 0}}, Why: "by hand"},
		optest.Point{X: [][]float64{{2, 0, 0, 7}}, Y: []float64{0}, R: [][]float64{{0, 0, 0, 0}}, Why: "by hand"}),
	reductionRows("Variance", ops.Variance, between(-2, 2), spreadOf(0),
		optest.Point{X: [][]float64{{1, 2, 3, 6}}, Y: []float64{3.5}, R: [][]float64{{-1, -0.5, 0, 1.5}}, Why: "numpy.var with ddof 0"}),
	reductionRows("CorrectedVariance", func(x *node, axes ...int) *node { return ops.CorrectedVariance(x, -0.5, axes...) }, between(-2, 2), spreadOf(-0.5)),
	reductionRows("Norm1", ops.Norm1, between(-2, 0, 0, 2), func(v []float64) float64 {
		s := 0.
		for _, v := range v {
			s += math.Abs(v)
		}
		return s
	}),
	reductionRows("Norm2", ops.Norm2, between(-2, 0, 0, 2), func(v []float64) float64 {
		s := 0.
		for _, v := range v {
			s += v * v
		}
		return math.Sqrt(s)
	},
		optest.Point{X: [][]float64{{3, -4}}, Y: []float64{5}, R: [][]float64{{0.6, -0.8}}, Why: "by hand"},
		optest.Point{X: [][]float64{{0, 0}}, Y: []float64{0}, R: [][]float64{{0, 0}}, Why: "0 at 0, as in PyTorch"},
		optest.Point{X: [][]float64{{3e37, 4e37}}, Y: []float64{5e37}, R: [][]float64{{0.6, 0.8}}, Why: "the squares overflow in float32"}),
	[]row{
		stdRow("Std", ops.Std, nil, 0, []int{2, 3}, []int{5}),
		stdRow("Std(axis 0)", ops.Std, []int{0}, 0, []int{3, 4}, []int{2, 3, 2}),
		stdRow("CorrectedStd(0.5, axis -1)", func(x *node, axes ...int) *node { return ops.CorrectedStd(x, 0.5, axes...) }, []int{-1}, 0.5, []int{3, 4}),
		{
			Name:   "Count",
			F:      unary(func(x *node) *node { return ops.Mul(ops.Count(x, 1), ops.Sum(x, 1)) }),
			Shapes: [][][]int{{{2, 3}}, {{2, batch}}, {{batch, batch}}},
			Value: func(x ...array) array {
				return reduceArray(x[0], []int{1}, func(v []float64) float64 { return float64(len(v)) * total(v) })
			},
		},
		{
			Name:   "SumTo",
			F:      unary(func(x *node) *node { return ops.SumTo(x, graph.ShapeOf(3, 1)) }),
			Shapes: [][][]int{{{3, batch}}, {{3, 1}}, {{2, 3, 4}}, {{batch, 3, 1}}, {{2, 2, 1, 3, 4}}},
			Value: func(x ...array) array {
				return optest.ArrayOf([]int{3, 1}, func(i []int) float64 {
					s, rank := 0., len(x[0].Dims)
					optest.ArrayOf(x[0].Dims, func(at []int) float64 {
						if at[rank-2] == i[0] {
							s += x[0].At(at...)
						}
						return 0
					})
					return s
				})
			},
		},
	},
)

// reductionRows are the rows of a reduction over several choices of axes.
func reductionRows(name string, f reduction, d optest.Domain, of func(v []float64) float64, points ...optest.Point) []row {
	var rows []row
	for _, c := range []struct {
		axes   []int
		shapes [][][]int
	}{
		{nil, [][][]int{{{}}, {{5}}, {{2, batch}}, {{2, 1, 1, 2, 2}}}},
		{[]int{0}, [][][]int{{{4}}, {{1, 3}}, {{batch, 3}}}},
		{[]int{-1}, [][][]int{{{2, 3}}, {{3, batch}}}},
		{[]int{2, 0}, [][][]int{{{2, 3, 4}}, {{2, 1, 2, 3}}}},
	} {
		r := row{
			Name:    fmt.Sprintf("%s(%v)", name, c.axes),
			F:       unary(func(x *node) *node { return f(x, c.axes...) }),
			Shapes:  c.shapes,
			Domains: domains{d},
			Value:   func(x ...array) array { return reduceArray(x[0], c.axes, of) },
		}
		rows = append(rows, r)
	}
	rows[0].Points = points
	return rows
}

// reduceArray applies f to the entries that differ on axes only.
func reduceArray(x array, axes []int, f func(v []float64) float64) array {
	rank := len(x.Dims)
	away := make([]bool, rank)
	for _, a := range axes {
		away[(a+rank)%rank] = true
	}
	keep := func(list []int) []int {
		var kept []int
		for a, v := range list {
			if len(axes) > 0 && !away[a] {
				kept = append(kept, v)
			}
		}
		return kept
	}
	return optest.ArrayOf(keep(x.Dims), func(i []int) float64 {
		var v []float64
		optest.ArrayOf(x.Dims, func(at []int) float64 {
			if slices.Equal(keep(at), i) {
				v = append(v, x.At(at...))
			}
			return 0
		})
		return f(v)
	})
}

// stdRow is the row of a standard deviation, of lines of more than one entry: of one it
// is 0, where it has no derivative.
func stdRow(name string, f reduction, axes []int, correction float64, shapes ...[]int) row {
	r := row{
		Name:    name,
		F:       unary(func(x *node) *node { return f(x, axes...) }),
		Domains: domains{between(-2, 2)},
		Value: func(x ...array) array {
			return reduceArray(x[0], axes, func(v []float64) float64 { return math.Sqrt(spreadOf(correction)(v)) })
		},
	}
	for _, s := range shapes {
		r.Shapes = append(r.Shapes, [][]int{s})
	}
	return r
}

// spreadOf is the variance with a correction of the degrees of freedom.
func spreadOf(correction float64) func(v []float64) float64 {
	return func(v []float64) float64 {
		μ, s := average(v), 0.
		for _, v := range v {
			s += (v - μ) * (v - μ)
		}
		return s / (float64(len(v)) - correction)
	}
}

func total(v []float64) float64 {
	s := 0.
	for _, v := range v {
		s += v
	}
	return s
}

func average(v []float64) float64 { return total(v) / float64(len(v)) }

func largest(v []float64) float64 {
	m := v[0]
	for _, v := range v {
		m = max(m, v)
	}
	return m
}

func smallest(v []float64) float64 {
	m := v[0]
	for _, v := range v {
		m = min(m, v)
	}
	return m
}
