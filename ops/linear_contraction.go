package ops

import (
	"cmp"
	"fmt"
	"strings"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.Stabler     = contraction{}
	_ graph.Examplewise = contraction{}
	_ graph.Describer   = contraction{}
)

func init() {
	graph.Register("Einsum", 2, func(a *graph.Args) graph.Op { return contractionOf(a.Text()) })
}

// A contraction is an einsum of two operands in which every letter appears in two of
// the three terms, such as wx, "ij,jk->ik". So are its reverse derivatives:
//
//	r(ζ) = (contraction{y, b, a}(ζ, b), contraction{a, y, b}(a, ζ))
type contraction struct{ a, b, y string }

func (op contraction) String() string { return "einsum(" + op.a + "," + op.b + "->" + op.y + ")" }

func (op contraction) Describe() graph.Description {
	return named("Einsum", op.a+","+op.b+"->"+op.y)
}

// contractionOf returns the contraction of a spec "ij,jk->ik", one that Shape refuses if it is
// not such.
func contractionOf(spec string) contraction {
	in, y, _ := strings.Cut(spec, "->")
	a, b, _ := strings.Cut(in, ",")
	return contraction{a, b, y}
}

// Stable takes a product entry by entry, "ij,ij->j", for its sum where Stable of the product
// knows a form.
func (op contraction) Stable(y *Node) *Node {
	if op.a != op.b {
		return nil
	}
	return maybe(weighedForm(y.In(0), y.In(1)), func(p *Node) *Node { return Einsum(op.a+"->"+op.y, p) })
}

func (op contraction) Shape(s ...Shape) (Shape, error) {
	if !op.fits(s[0].Dims(), s[1].Dims()) {
		return Shape{}, fmt.Errorf("%w: want a letter for each axis, of one extent and in two of the three terms", graph.ErrShape)
	}
	d := make([]int, len(op.y))
	for i, c := range []byte(op.y) {
		d[i] = cmp.Or(byLetter(op.a, c, s[0].Dims()), byLetter(op.b, c, s[1].Dims()))
	}
	return graph.ShapeOf(d...), nil
}

// fits reports whether operands of extents a and b have the letters that they should.
func (op contraction) fits(a, b []int) bool {
	if len(op.a) != len(a) || len(op.b) != len(b) {
		return false
	}
	extent, terms := map[rune]int{}, map[rune]int{}
	for _, term := range []string{op.a, op.b, op.y} {
		for i, c := range term {
			if c|0x20 < 'a' || c|0x20 > 'z' || strings.IndexRune(term, c) < i {
				return false
			}
			terms[c]++
		}
	}
	for i, c := range op.a {
		extent[c] = a[i]
	}
	for i, c := range op.b {
		if d, both := extent[c]; both && d != b[i] {
			return false
		}
	}
	for _, n := range terms {
		if n < 2 {
			return false
		}
	}
	return true
}

// Examples are added up where their letter is not in the result.
func (op contraction) Examples(symbol int, x ...Shape) graph.Treatment {
	for i, c := range []byte(op.a) {
		if graph.Holds(x[0].Dim(i), symbol) && strings.IndexByte(op.y, c) < 0 {
			return graph.Summed
		}
	}
	return graph.Independent
}

func (op contraction) Reverse(y, ζ *Node) []*Node {
	a, b := y.In(0), y.In(1)
	return []*Node{
		graph.Apply(contraction{op.y, op.b, op.a}, ζ, b),
		graph.Apply(contraction{op.a, op.y, op.b}, a, ζ),
	}
}

func (op contraction) Kernel() compute.Kernel {
	return compute.Bound(op, contract[float32], contract[float64])
}

// contract is a matrix product over three of the letters, for all values of the
// others. The columns of the product are the last axis of y.
func contract[T compute.Float](op contraction, y *tensor.Dense, x ...*tensor.Dense) func() {
	if k := len(op.y); k > 0 && !strings.Contains(op.b, op.y[k-1:]) {
		op.a, op.b = op.b, op.a
		x = []*tensor.Dense{x[1], x[0]}
	}
	out, a, b := compute.Data[T](y), compute.Data[T](x[0]), compute.Data[T](x[1])
	rest := op.letters(y, x[0], x[1])
	take := func(is func(l letter) bool) letter {
		for i, l := range rest {
			if is(l) {
				rest = append(rest[:i], rest[i+1:]...)
				return l
			}
		}
		return letter{extent: 1}
	}
	col := take(func(l letter) bool { return l.y == 1 && l.a == 0 })
	row := take(func(l letter) bool { return l.y > 0 && l.b == 0 })
	sum := take(func(l letter) bool { return l.y == 0 })
	p := &kernel.Product{
		M: row.extent, N: col.extent, K: sum.extent,
		A:   kernel.Layout{Row: row.a, Col: sum.a},
		B:   kernel.Layout{Row: sum.b, Col: col.b},
		Cin: kernel.RowMajor(row.y), LDC: row.y,
	}
	addProduct := func(y, i, j int) { kernel.Gemm(p, out[y:], out[y:], a[i:], b[j:]) }
	return func() {
		clear(out)
		forEach(rest, 0, 0, 0, addProduct)
	}
}

// A letter is an axis of a contraction: its extent, and its strides in the three
// tensors, 0 where it does not appear.
type letter struct{ extent, y, a, b int }

// letters returns the letters of a contraction, the last one of each term first.
func (op contraction) letters(y, a, b *tensor.Dense) []letter {
	all := []byte(union(op.a, op.b, op.a+op.b))
	list := make([]letter, len(all))
	for i, c := range all {
		list[len(all)-1-i] = letter{
			extent: cmp.Or(byLetter(op.a, c, a.Shape()), byLetter(op.b, c, b.Shape())),
			y:      byLetter(op.y, c, rowMajor(y.Shape())),
			a:      byLetter(op.a, c, rowMajor(a.Shape())),
			b:      byLetter(op.b, c, rowMajor(b.Shape())),
		}
	}
	return list
}

// byLetter returns the item of a list that belongs to a letter, 0 if there is none.
func byLetter(letters string, c byte, list []int) int {
	if i := strings.IndexByte(letters, c); i >= 0 {
		return list[i]
	}
	return 0
}

// forEach calls f with the positions in the three tensors for all values of the
// letters.
func forEach(l []letter, y, a, b int, f func(y, a, b int)) {
	if len(l) == 0 {
		f(y, a, b)
		return
	}
	for range l[0].extent {
		forEach(l[1:], y, a, b, f)
		y, a, b = y+l[0].y, a+l[0].a, b+l[0].b
	}
}
