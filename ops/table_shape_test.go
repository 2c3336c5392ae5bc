package ops_test

import (
	"fmt"
	"math"
	"slices"

	"adjoint/ops"
	"adjoint/optest"
)

var rowsShape = slices.Concat(
	[]row{
		reshapeRow("Reshape(3, 2)", []int{3, 2}, func(x *node) *node { return ops.Reshape(x, 3, 2) }, []int{2, 3}, []int{6}, []int{1, 6, 1}, []int{3, 2}),
		reshapeRow("Reshape()", nil, func(x *node) *node { return ops.Reshape(x) }, []int{1}, []int{}, []int{1, 1, 1, 1, 1}),
		{
			Name: "Reshape(2, 2, N, 1, 3)",
			F: unary(func(x *node) *node {
				n := batch
				if d := x.Shape().Dims(); len(d) > 1 {
					n = d[len(d)-2]
				}
				return ops.Reshape(x, 2, 2, n, 1, 3)
			}),
			Shapes: [][][]int{{{4, batch, 3}}, {{2, 2, batch, 3}}},
			Value: func(x ...array) array {
				return array{Dims: []int{2, 2, len(x[0].Data) / 12, 1, 3}, Data: x[0].Data}
			},
		},
		reshapeRow("ExpandDims(0)", []int{1, 2, 3}, func(x *node) *node { return ops.ExpandDims(x, 0) }, []int{2, 3}),
		reshapeRow("ExpandDims(-1)", []int{2, 3, 1}, func(x *node) *node { return ops.ExpandDims(x, -1) }, []int{2, 3}),
		reshapeRow("ExpandDims(1)", []int{2, 1, 3}, func(x *node) *node { return ops.ExpandDims(x, 1) }, []int{2, 3}),
		reshapeRow("Squeeze", []int{2, 3}, func(x *node) *node { return ops.Squeeze(x) }, []int{1, 2, 1, 3, 1}, []int{2, 3}),
		reshapeRow("Squeeze(-1)", []int{1, 2}, func(x *node) *node { return ops.Squeeze(x, -1) }, []int{1, 2, 1}),
	},
	[]row{
		{
			Name:   "Range(4)",
			F:      unary(func(x *node) *node { return ops.Range(x, 4) }),
			Shapes: [][][]int{{{}}},
			Value: func(x ...array) array {
				s := x[0].Data[0]
				return array{Dims: []int{4}, Data: []float64{s, s + 1, s + 2, s + 3}}
			},
		},
		belowRow(1, []int{4, 3}, []int{1, 5}),
		belowRow(-1.5, []int{batch, 3, 4}, []int{2, batch, 3, 2}),
		belowRow(9, []int{3, 3}),
		indexRow("Index(0, 1)", 0, 1, []int{4}, []int{3, batch}, []int{2, 1, 2}),
		indexRow("Index(-1, -2)", -1, -2, []int{4}, []int{batch, 3}, []int{2, 2}),
		{
			Name:   "Jacobian", // of sin x, by hand
			F:      unary(func(x *node) *node { return ops.Jacobian(ops.Sin(x), x) }),
			Shapes: [][][]int{{{3}}, {{2}}, {{}}},
			Value:  func(x ...array) array { return diagonal(x[0], math.Cos) },
		},
		{
			Name:   "Hessian", // of Σx³, by hand
			F:      unary(func(x *node) *node { return ops.Hessian(ops.Sum(ops.Mul(x, ops.Square(x))), x) }),
			Shapes: [][][]int{{{3}}, {{}}},
			Value:  func(x ...array) array { return diagonal(x[0], func(x float64) float64 { return 6 * x }) },
		},
		keepRow("Keep(Sum, 1)", ops.Sum, total, 1, []int{2, 3}, []int{3, batch}, []int{batch, 2, 3}),
		keepRow("Keep(Mean, -1)", ops.Mean, func(v []float64) float64 { return total(v) / float64(len(v)) }, -1, []int{4}, []int{batch, 3}),
		sliceRow("Slice(0, 1, 3)", 0, 1, 3, []int{4}, []int{3, batch}, []int{3, 2}, []int{5, 1, 2, 1, 2}),
		sliceRow("Slice(-1, 0, 2)", -1, 0, 2, []int{4}, []int{batch, 3}, []int{2, 2}, []int{2, 3, 5}),
		sliceRow("Slice(1, 2, 3)", 1, 2, 3, []int{2, 3}, []int{batch, 4, 2}, []int{2, 3, batch}),
		concatRow("Concat(0)", 0, [][]int{{2, 3}, {1, 3}, {3, 3}}, [][]int{{2, batch}, {1, batch}, {1, batch}}, [][]int{{2}, {2}, {1}}),
		concatRow("Concat(-1)", -1, [][]int{{2, 3}, {2, 1}}, [][]int{{batch, 2}, {batch, 2}}, [][]int{{1, 2, 1, 2, 3}, {1, 2, 1, 2, 1}}),
		concatRow("Concat(one)", 1, [][]int{{2, 3}}),
		stackRow("Stack(0)", 0, [][]int{{2, 3}, {2, 3}, {2, 3}}, [][]int{{}, {}, {}}),
		stackRow("Stack(-1)", -1, [][]int{{2, 3}, {2, 3}}, [][]int{{batch}, {batch}}, [][]int{{}, {}}),
		stackRow("Stack(1)", 1, [][]int{{2, 3}, {2, 3}}, [][]int{{2, batch}, {2, batch}}, [][]int{{3}, {3}}),
		gatherRow("Gather(0)", 0, [][]int{{3, 2}, {4}}, [][]int{{3}, {2, 2}}, [][]int{{3, batch}, {2}}, [][]int{{3, 2}, {batch}}, [][]int{{4}, {}}),
		gatherRow("Gather(1)", 1, [][]int{{2, 3, 2}, {4}}, [][]int{{batch, 3}, {1, 2}}),
		gatherRow("Gather(-1)", -1, [][]int{{2, 3}, {5}}, [][]int{{2, 2, 3}, {2}}),
		{
			Name:    "OneHot",
			F:       unary(func(x *node) *node { return ops.OneHot(x, 3) }),
			Shapes:  [][][]int{{{1, 5}}, {{1, batch}}, {{1, 1}}},
			Domains: domains{values(0, 1, 2)},
			Value: func(x ...array) array {
				return optest.ArrayOf([]int{3, len(x[0].Data)}, func(i []int) float64 {
					if x[0].Data[i[1]] == float64(i[0]) {
						return 1
					}
					return 0
				})
			},
		},
	},
)

func reshapeRow(name string, to []int, f func(x *node) *node, shapes ...[]int) row {
	r := row{
		Name:  name,
		F:     unary(f),
		Value: func(x ...array) array { return array{Dims: to, Data: x[0].Data} },
	}
	for _, s := range shapes {
		r.Shapes = append(r.Shapes, [][]int{s})
	}
	return r
}

// diagonal has f of entry i of x at (i, i), for each column of x by itself.
func diagonal(x array, f func(x float64) float64) array {
	rows := 1
	if len(x.Dims) > 0 {
		rows = x.Dims[0]
	}
	return optest.ArrayOf(append([]int{rows}, x.Dims...), func(at []int) float64 {
		if len(at) > 1 && at[0] != at[1] {
			return 0 * f(x.At(at[1:]...)) // NaN of what is not finite, as of any sum of products
		}
		return f(x.At(at[1:]...))
	})
}

// indexRow is NumPy's x.take(k, axis).
func indexRow(name string, axis, k int, shapes ...[]int) row {
	r := reshapeRow(name, nil, func(x *node) *node { return ops.Index(x, axis, k) }, shapes...)
	r.Value = func(x ...array) array {
		rank := len(x[0].Dims)
		a := (axis + rank) % rank
		return optest.ArrayOf(slices.Delete(slices.Clone(x[0].Dims), a, a+1), func(i []int) float64 {
			return x[0].At(slices.Insert(slices.Clone(i), a, (k+x[0].Dims[a])%x[0].Dims[a])...)
		})
	}
	return r
}

// keepRow is NumPy's keepdims.
func keepRow(name string, f func(x *node, axes ...int) *node, g func(v []float64) float64, axis int, shapes ...[]int) row {
	r := reshapeRow(name, nil, func(x *node) *node { return ops.Keep(f, x, axis) }, shapes...)
	r.Value = func(x ...array) array {
		rank := len(x[0].Dims)
		y := reduceArray(x[0], []int{axis}, g)
		return array{Dims: slices.Insert(slices.Clone(y.Dims), (axis+rank)%rank, 1), Data: y.Data}
	}
	return r
}

func sliceRow(name string, axis, from, to int, shapes ...[]int) row {
	r := row{
		Name: name,
		F:    unary(func(x *node) *node { return ops.Slice(x, axis, from, to) }),
		Value: func(x ...array) array {
			dims := slices.Clone(x[0].Dims)
			a := (axis + len(dims)) % len(dims)
			dims[a] = to - from
			return optest.ArrayOf(dims, func(i []int) float64 {
				at := slices.Clone(i)
				at[a] += from
				return x[0].At(at...)
			})
		},
	}
	for _, s := range shapes {
		r.Shapes = append(r.Shapes, [][]int{s})
	}
	return r
}

func concatRow(name string, axis int, shapes ...[][]int) row {
	return row{
		Name:   name,
		F:      func(x ...*node) *node { return ops.Concat(axis, x...) },
		Shapes: shapes,
		Value:  func(x ...array) array { return concat((axis+len(x[0].Dims))%len(x[0].Dims), x) },
	}
}

func stackRow(name string, axis int, shapes ...[][]int) row {
	return row{
		Name:   name,
		F:      func(x ...*node) *node { return ops.Stack(axis, x...) },
		Shapes: shapes,
		Value: func(x ...array) array {
			rank := len(x[0].Dims) + 1
			a := (axis + rank) % rank
			return optest.ArrayOf(slices.Insert(slices.Clone(x[0].Dims), a, len(x)), func(i []int) float64 {
				return x[i[a]].At(slices.Delete(slices.Clone(i), a, a+1)...)
			})
		},
	}
}

func gatherRow(name string, axis int, shapes ...[][]int) row {
	return row{
		Name:    name,
		F:       binary(func(x, index *node) *node { return ops.Gather(x, axis, index) }),
		Shapes:  shapes,
		Domains: domains{between(-2, 2), values(0, 1, 2)},
		Value: func(x ...array) array {
			a := (axis + len(x[0].Dims)) % len(x[0].Dims)
			k := len(x[1].Dims)
			return optest.ArrayOf(slices.Replace(slices.Clone(x[0].Dims), a, a+1, x[1].Dims...), func(i []int) float64 {
				at := slices.Clone(i[:a])
				at = append(at, int(x[1].At(i[a:a+k]...)))
				return x[0].At(append(at, i[a+k:]...)...)
			})
		},
	}
}

// concat puts arrays one after the other along an axis.
func concat(axis int, x []array) array {
	dims := slices.Clone(x[0].Dims)
	dims[axis] = 0
	for _, x := range x {
		dims[axis] += x.Dims[axis]
	}
	return optest.ArrayOf(dims, func(i []int) float64 {
		at := slices.Clone(i)
		for _, x := range x {
			if at[axis] < x.Dims[axis] {
				return x.At(at...)
			}
			at[axis] -= x.Dims[axis]
		}
		panic("past the end")
	})
}

// belowRow adds −3 below a diagonal.
func belowRow(k float64, shapes ...[]int) row {
	r := row{
		Name: fmt.Sprintf("AddBelow(%g)", k),
		F:    unary(func(x *node) *node { return ops.AddBelow(x, x.Graph().Const(k), -3) }),
		Value: func(x ...array) array {
			y := array{Dims: x[0].Dims, Data: slices.Clone(x[0].Data)}
			rows, columns := y.Dims[len(y.Dims)-2], y.Dims[len(y.Dims)-1]
			for at := range y.Data {
				if i, j := at/columns%rows, at%columns; float64(i) > k+float64(j) {
					y.Data[at] -= 3
				}
			}
			return y
		},
	}
	for _, s := range shapes {
		r.Shapes = append(r.Shapes, [][]int{s})
	}
	return r
}
