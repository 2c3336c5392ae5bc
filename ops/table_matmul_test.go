package ops_test

import (
	"adjoint/ops"
	"adjoint/optest"
)

var rowsMatMul = []row{
	{
		Name: "MatMul",
		F:    binary(ops.MatMul),
		Shapes: [][][]int{
			{{2, 3}, {3, batch}}, {{3, batch}, {batch, 2}}, {{batch, 2}, {2, 3}}, {{1, 1}, {1, 1}}, {{3, 3}, {3, 3}},
			{{5, 7}, {7, 6}}, {{2, 2, 3}, {2, 3, 4}}, {{2, 3}, {2, 3, 2}}, {{batch, 2, 3}, {3, 2}},
			{{2, 1, 2, 3}, {3, 3, 1}}, {{1, 1, 2, 1, 2}, {2, 1, 1, 2, 2}},
		},
		Value: func(x ...array) array { return matMul(x[0], x[1]) },
	},
	{
		Name:   "T",
		F:      unary(ops.T),
		Shapes: [][][]int{{{2, 3}}, {{3, batch}}, {{1, 4}}, {{1, 1}}, {{33, 18}}, {{2, 3, 4}}, {{2, batch, 1, 2, 3}}},
		Value: func(x ...array) array {
			k := len(x[0].Dims)
			perm := append(count(k-2), k-1, k-2)
			return transpose(x[0], perm)
		},
	},
	transposeRow("Transpose()", nil, [][]int{{}, {3}, {2, 3}, {2, 3, batch}, {2, 1, 3, 2, 2}}),
	transposeRow("Transpose(2, 0, 1)", []int{2, 0, 1}, [][]int{{2, 3, 4}, {batch, 3, 1}, {1, 1, 1}}),
	transposeRow("Transpose(-1, 1, 0, 2)", []int{-1, 1, 0, 2}, [][]int{{2, 3, 4, 5}, {batch, 2, 2, 3}}),
	transposeRow("Transpose(0, 3, 1, 2, 4)", []int{0, 3, 1, 2, 4}, [][]int{{2, 3, 2, 4, 3}}),
	{
		Name:   "Dot",
		F:      binary(ops.Dot),
		Shapes: [][][]int{{{5}, {5}}, {{}, {}}, {{2, 3}, {2, 3}}, {{3, batch}, {3, batch}}},
		Value: func(x ...array) array {
			s := 0.
			for i, v := range x[0].Data {
				s += v * x[1].Data[i]
			}
			return optest.Scalar(s)
		},
	},
	{
		Name:   "Outer",
		F:      binary(ops.Outer),
		Shapes: [][][]int{{{3}, {2}}, {{1}, {4}}, {{batch}, {3}}, {{3}, {batch}}, {{batch}, {batch}}},
		Value: func(x ...array) array {
			return optest.ArrayOf([]int{len(x[0].Data), len(x[1].Data)}, func(i []int) float64 {
				return x[0].Data[i[0]] * x[1].Data[i[1]]
			})
		},
	},
	einsumRow("ij,jk->ik", [][]int{{2, 3}, {3, batch}}, [][]int{{1, 1}, {1, 1}}),
	einsumRow("ij,jk->ki", [][]int{{2, 3}, {3, 4}}, [][]int{{4, 1}, {1, 3}}),
	einsumRow("ij,ij->", [][]int{{3, batch}, {3, batch}}),
	einsumRow("bij,jk->bik", [][]int{{batch, 3, 2}, {2, 4}}),
	einsumRow("bhqd,bhkd->bhqk", [][]int{{2, 2, 3, 2}, {2, 2, 4, 2}}),
	einsumRow("aijb,bjic->ac", [][]int{{2, 3, 2, 2}, {2, 2, 3, 4}}),
	einsumRow("i,i->i", [][]int{{4}, {4}}),
	einsumRow("i,->i", [][]int{{4}, {}}),
	einsumRow("ij -> ji", [][]int{{2, batch}}),
	einsumRow("ijk->j", [][]int{{2, 3, 4}}),
	einsumRow("->", [][]int{{}}),
	einsumRow("ij,jk,kl->il", [][]int{{2, 3}, {3, 2}, {2, batch}}),
	einsumRow("ij,i,j->", [][]int{{2, 3}, {2}, {3}}),
	einsumRow("ijk,jl->lk", [][]int{{2, 3, 2}, {3, 4}}),
	einsumRow("ij,kl->jk", [][]int{{2, 3}, {2, 4}}),
}

func transposeRow(name string, perm []int, shapes [][]int) row {
	r := row{
		Name: name,
		F:    unary(func(x *node) *node { return ops.Transpose(x, perm...) }),
		Value: func(x ...array) array {
			k := len(x[0].Dims)
			p := make([]int, k)
			for i := range p {
				p[i] = k - 1 - i
				if perm != nil {
					p[i] = (perm[i] + k) % k
				}
			}
			return transpose(x[0], p)
		},
	}
	for _, s := range shapes {
		r.Shapes = append(r.Shapes, [][]int{s})
	}
	return r
}

func einsumRow(spec string, shapes ...[][]int) row {
	return row{
		Name:   "Einsum(" + spec + ")",
		F:      func(x ...*node) *node { return ops.Einsum(spec, x...) },
		Shapes: shapes,
		Value:  func(x ...array) array { return einsum(spec, x) },
	}
}

// matMul is the product of stacks of matrices, by its definition.
func matMul(a, b array) array {
	i, j := len(a.Dims)-2, len(b.Dims)-2
	dims := make([]int, max(i, j))
	for k := range dims {
		dims[k] = 1
		if at := k - len(dims) + i; at >= 0 {
			dims[k] = a.Dims[at]
		}
		if at := k - len(dims) + j; at >= 0 {
			dims[k] = max(dims[k], b.Dims[at])
		}
	}
	stack := len(dims)
	return optest.ArrayOf(append(dims, a.Dims[i], b.Dims[j+1]), func(at []int) float64 {
		s := 0.
		for k := range b.Dims[j] {
			s += a.Broadcast(append(at[:stack:stack], at[stack], k)) * b.Broadcast(append(at[:stack:stack], k, at[stack+1]))
		}
		return s
	})
}

func transpose(x array, perm []int) array {
	dims, at := make([]int, len(perm)), make([]int, len(perm))
	for i, p := range perm {
		dims[i] = x.Dims[p]
	}
	return optest.ArrayOf(dims, func(i []int) float64 {
		for k, p := range perm {
			at[p] = i[k]
		}
		return x.At(at...)
	})
}

// einsum adds the products for all values of all letters.
func einsum(spec string, x []array) array {
	var terms []string
	term := ""
	for _, c := range spec + "," {
		switch c {
		case ' ', '-':
		case ',', '>':
			terms, term = append(terms, term), ""
		default:
			term += string(c)
		}
	}
	out := terms[len(terms)-1]
	letters, extents := "", []int(nil)
	place := func(c rune) int {
		for k, l := range letters {
			if l == c {
				return k
			}
		}
		return -1
	}
	for i := range x {
		for k, c := range terms[i] {
			if place(c) < 0 {
				letters, extents = letters+string(c), append(extents, x[i].Dims[k])
			}
		}
	}
	index := func(term string, at []int) []int {
		var i []int
		for _, c := range term {
			i = append(i, at[place(c)])
		}
		return i
	}
	y := optest.ArrayOf(index(out, extents), func([]int) float64 { return 0 })
	optest.ArrayOf(extents, func(at []int) float64 {
		p := 1.
		for i := range x {
			p *= x[i].At(index(terms[i], at)...)
		}
		k := 0
		for axis, i := range index(out, at) {
			k = k*y.Dims[axis] + i
		}
		y.Data[k] += p
		return 0
	})
	return y
}

// count returns 0, 1, …, n−1.
func count(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
