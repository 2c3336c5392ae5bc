package interop

import (
	"strings"

	"gorgonia.org/gorgonia"
)

// einsum is a sum of products of two tensors: a stack of matrix products, over the
// letters that all three terms have, of rows, the letters that a has alone, and
// columns, those that b has. What y has not is summed.
func einsum(c call) *node {
	spec, y, _ := strings.Cut(c.args[0].(string), "->")
	a, b, _ := strings.Cut(spec, ",")
	stack, rows := common(common(a, b), y), without(common(a, y), b)
	columns, summed := without(common(b, y), a), common(without(a, y), b)
	e := extents{}
	e.note(a, c.x[0])
	e.note(b, c.x[1])
	matrices := func(x *node, have, left, right string) *node {
		x = ordered(x, have, stack+left+right)
		return c.reshape(x, []int{e.size(stack), e.size(left), e.size(right)})
	}
	p := must(gorgonia.BatchedMatMul(matrices(c.x[0], a, rows, summed), matrices(c.x[1], b, summed, columns)))
	p = c.reshape(p, e.of(stack+rows+columns))
	return ordered(p, stack+rows+columns, y)
}

// extents are those of the letters.
type extents map[rune]int

func (e extents) note(letters string, x *node) {
	for i, l := range letters {
		e[l] = x.Shape()[i]
	}
}

// of returns the extents of letters.
func (e extents) of(letters string) []int {
	shape := []int{}
	for _, l := range letters {
		shape = append(shape, e[l])
	}
	return shape
}

// size is the product of the extents of letters.
func (e extents) size(letters string) int {
	n := 1
	for _, d := range e.of(letters) {
		n *= d
	}
	return n
}

// common returns the letters of a that b has.
func common(a, b string) string {
	return strings.Map(func(l rune) rune {
		if strings.ContainsRune(b, l) {
			return l
		}
		return -1
	}, a)
}

// without returns the letters of a that b has not.
func without(a, b string) string {
	return strings.Map(func(l rune) rune {
		if strings.ContainsRune(b, l) {
			return -1
		}
		return l
	}, a)
}

// ordered is x with its axes, which have letters, in the order of others.
func ordered(x *node, have, want string) *node {
	if have == want {
		return x
	}
	var perm []int
	for _, l := range want {
		perm = append(perm, strings.IndexRune(have, l))
	}
	return must(gorgonia.Transpose(x, perm...))
}
