package ops

import (
	"fmt"
	"strings"

	"adjoint/graph"
)

// Einsum is the sum of products that spec describes, as in NumPy: "ij,jk->ik" is
// yᵢₖ = Σⱼ aᵢⱼ bⱼₖ. Every operand has its letters, one for each axis; an axis of one
// letter has one extent wherever it appears; what is not to the right of the arrow
// is summed. Three operands and more are contracted from the left to the right.
//
//	r(ζ) = (Einsum("ik,jk->ij", ζ, b), Einsum("ij,ik->jk", a, ζ)) of "ij,jk->ik"
//
// The arrow is not left out. A letter appears once in an operand, and once in the
// result, if one of the operands has it. The error of another spec, or of shapes
// that it does not fit, wraps graph.ErrShape.
func Einsum(spec string, x ...*Node) *Node {
	terms, out, err := parseSpec(spec, x)
	if err != nil {
		return refuse("einsum("+spec+")", err, x...)
	}
	y, have := x[0], terms[0]
	for i, b := range x[1:] {
		later := strings.Join(terms[i+2:], "") + out
		a, left := sumOthers(y, have, terms[i+1]+later)
		b, right := sumOthers(b, terms[i+1], have+later)
		if have = out; i+2 < len(x) {
			have = union(left, right, later)
		}
		y = graph.Apply(contraction{left, right, have}, a, b)
	}
	y, have = sumOthers(y, have, out)
	perm := make([]int, len(out))
	for i := range perm {
		perm[i] = strings.IndexByte(have, out[i])
	}
	if len(perm) == 0 {
		return y
	}
	return Transpose(y, perm...)
}

// parseSpec splits spec into the letters of the operands and of the result, and
// checks them against the shapes of x.
func parseSpec(spec string, x []*Node) (terms []string, out string, err error) {
	bad := func(format string, args ...any) ([]string, string, error) {
		return nil, "", fmt.Errorf("%w: %s", graph.ErrShape, fmt.Sprintf(format, args...))
	}
	in, out, arrow := strings.Cut(strings.ReplaceAll(spec, " ", ""), "->")
	terms = strings.Split(in, ",")
	switch {
	case !arrow:
		return bad("want a spec like ij,jk->ik")
	case len(terms) != len(x):
		return bad("%d operands, %d given", len(terms), len(x))
	}
	extent := map[byte]int{}
	for i, term := range terms {
		d := x[i].Shape().Dims()
		if len(d) != len(term) {
			return bad("%q is an operand of shape %v", term, x[i].Shape())
		}
		for k := range len(term) {
			if e, ok := extent[term[k]]; ok && e != d[k] {
				return bad("%q has the extents %s", term[k:k+1], strings.Trim(graph.ShapeOf(e, d[k]).String(), "()"))
			}
			extent[term[k]] = d[k]
		}
	}
	for _, term := range append(terms, out) {
		for k := range len(term) {
			c := term[k]
			if _, ok := extent[c]; !ok || c|0x20 < 'a' || c|0x20 > 'z' || strings.Count(term, term[k:k+1]) > 1 {
				return bad("%q in %q: want letters, each once and each in an operand", term[k:k+1], term)
			}
		}
	}
	return terms, out, nil
}

// sumOthers sums the axes of x whose letters are not among those needed, and returns
// the letters that are left.
func sumOthers(x *Node, letters, needed string) (*Node, string) {
	var axes []int
	for i := range len(letters) {
		if strings.IndexByte(needed, letters[i]) < 0 {
			axes = append(axes, i)
		}
	}
	if len(axes) == 0 {
		return x, letters
	}
	return Sum(x, axes...), union(letters, "", needed)
}

// union returns the letters of a and b, each once, that are among those needed.
func union(a, b, needed string) string {
	var u []byte
	for _, c := range []byte(a + b) {
		if strings.IndexByte(needed, c) >= 0 && strings.IndexByte(string(u), c) < 0 {
			u = append(u, c)
		}
	}
	return string(u)
}
