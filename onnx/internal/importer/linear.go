package importer

import (
	"slices"
	"strings"

	"adjoint/graph"
	"adjoint/ops"
)

// linearRules are those of products of matrices, and of square matrices.
var linearRules = map[string]rule{
	"MatMul": matMul,
	"Gemm":   gemm,
	"Einsum": einsum,

	"Det":                   func(c *call) []*Value { return c.one(ops.Det(c.node(0))) },
	"com.microsoft.Inverse": func(c *call) []*Value { return c.one(ops.Inverse(c.node(0))) },
}

// matMul is NumPy's: a vector is a row on the left, a column on the right.
func matMul(c *call) []*Value {
	a, b := c.dims(0), c.dims(1)
	if len(a) == 0 || len(b) == 0 {
		refuse("a product with a number: %w", graph.ErrShape)
	}
	if len(a) == 2 && len(b) == 2 && c.x(0).layout() == examplesLast { // xw is (wᵀxᵀ)ᵀ
		y := ops.MatMul(ops.T(c.node(1)), c.reader.node(c.x(0), examplesLast))
		return []*Value{valueOf(c.x(0).Type, examplesLast, y)}
	}
	x, w := c.node(0), c.node(1)
	switch {
	case len(a) == 1 && len(b) == 1:
		return c.one(ops.Dot(x, w))
	case len(a) == 1:
		y := ops.MatMul(ops.ExpandDims(x, 0), w)
		return c.one(ops.Squeeze(y, len(b)-2))
	case len(b) == 1:
		y := ops.MatMul(x, ops.ExpandDims(w, 1))
		return c.one(ops.Squeeze(y, len(a)-1))
	case len(b) == 2 && len(a) > 2: // one product of all rows
		rows := graph.Times(a[:len(a)-1]...)
		y := ops.MatMul(ops.Reshape(x, rows, a[len(a)-1]), w)
		return c.one(ops.Reshape(y, append(slices.Clone(a[:len(a)-1]), b[1])...))
	}
	return c.one(ops.MatMul(x, w))
}

// gemm is α·ab + β·c, a and b transposed if the file says so.
func gemm(c *call) []*Value {
	α, β := c.float("alpha", 1), c.float("beta", 1)
	if c.rank(0) != 2 || c.rank(1) != 2 {
		refuse("shapes %v and %v: %w", c.x(0).Shape, c.x(1).Shape, graph.ErrShape)
	}
	l := asInFile
	if c.x(0).layout() == examplesLast && !c.flag("transA", 0) {
		l = examplesLast
	}
	a, b := c.reader.node(c.x(0), l), c.node(1)
	if c.flag("transA", 0) {
		a = ops.T(a)
	}
	if c.flag("transB", 0) != (l == examplesLast) {
		b = ops.T(b)
	}
	var y *graph.Node
	if l == examplesLast {
		y = scaled(α, ops.MatMul(b, a))
	} else {
		y = scaled(α, ops.MatMul(a, b))
	}
	if c.has(2) && β != 0 {
		y = sum(y, scaled(β, c.operand(c.x(2), 2, l)))
	}
	return []*Value{valueOf(c.x(0).Type, l, y)}
}

func scaled(α float64, x *graph.Node) *graph.Node {
	if α == 1 {
		return x
	}
	return ops.Scale(α, x)
}

// einsum writes … as letters of its own, a letter twice in one operand as a diagonal, and the
// result that is left out: letters that occur once, in order.
func einsum(c *call) []*Value {
	spec := strings.ReplaceAll(c.text("equation", ""), " ", "")
	left, right, explicit := strings.Cut(spec, "->")
	terms := strings.Split(left, ",")
	if len(terms) != len(c.in) {
		refuse("equation %q of %d operands: %w", spec, len(c.in), graph.ErrShape)
	}
	more := 0
	for i, t := range terms {
		if strings.Contains(t, "...") {
			more = max(more, c.rank(i)-len(t)+3)
		}
	}
	letters := unused(spec, more)
	x := make([]*graph.Node, len(terms))
	for i, t := range terms {
		if strings.Contains(t, "...") {
			k := c.rank(i) - len(t) + 3
			if k < 0 {
				refuse("equation %q of an operand of shape %v: %w", spec, c.x(i).Shape, graph.ErrShape)
			}
			terms[i] = strings.Replace(t, "...", letters[more-k:], 1)
		}
		x[i], terms[i] = c.diagonals(c.node(i), terms[i])
	}
	if !explicit {
		right = letters + once(strings.Join(terms, ""), letters)
	}
	right = strings.Replace(right, "...", letters, 1)
	if y := c.product(terms, right, x); y != nil {
		return c.one(y)
	}
	return c.one(ops.Einsum(strings.Join(terms, ",")+"->"+right, x...))
}

// product is the equation as a product of matrices, or of stacks of them, each of which may be
// transposed; nil if it is none.
func (c *call) product(terms []string, right string, x []*graph.Node) *graph.Node {
	k := len(right) - 2
	if k < 0 || len(terms) != 2 || len(terms[0]) != k+2 || len(terms[1]) != k+2 {
		return nil
	}
	stack, row, column := right[:k], right[k:k+1], right[k+1:]
	for j := range terms[0] {
		if over := terms[0][j : j+1]; j >= k && over != row && strings.HasPrefix(terms[0], stack) && strings.HasPrefix(terms[1], stack) {
			a, b := c.matrix(0, x[0], terms[0][k:], row+over), c.matrix(1, x[1], terms[1][k:], over+column)
			if a != nil && b != nil && row != column && over != column {
				return ops.MatMul(a, b)
			}
		}
	}
	return nil
}

// matrix is a matrix with its axes in the order that is wanted, or nil if it has others.
func (c *call) matrix(i int, x *graph.Node, has, want string) *graph.Node {
	switch {
	case has == want:
		return x
	case has != want[1:]+want[:1]:
		return nil
	case len(c.dims(i)) == 2 && x == c.node(i):
		return c.reader.node(c.x(i), examplesLast)
	}
	rank := x.Shape().Rank()
	return ops.Transpose(x, append(count(0, rank-2), rank-1, rank-2)...)
}

// unused returns so many letters that a text has not.
func unused(text string, n int) string {
	var list []byte
	for b := byte('A'); b <= 'z' && len(list) < n; b++ {
		if (b <= 'Z' || b >= 'a') && strings.IndexByte(text, b) < 0 {
			list = append(list, b)
		}
	}
	if len(list) < n {
		refuse("an equation of more letters than there are: %w", graph.ErrShape)
	}
	return string(list)
}

// once returns the letters that occur once, in alphabetical order, but for some.
func once(text, but string) string {
	var list []byte
	for i := range len(text) {
		if b := text[i]; strings.Count(text, string(b)) == 1 && strings.IndexByte(but, b) < 0 {
			list = append(list, b)
		}
	}
	slices.Sort(list)
	return string(list)
}

// diagonals takes the diagonal of axes that have one letter.
func (c *call) diagonals(x *graph.Node, term string) (*graph.Node, string) {
	for i := 0; i < len(term); i++ {
		j := strings.IndexByte(term[i+1:], term[i])
		if j < 0 {
			continue
		}
		j += i + 1
		d := x.Shape().Dims()
		if len(d) != len(term) || d[i] != d[j] || graph.Symbolic(d[i]) {
			refuse("the diagonal of axes %d and %d of shape %v: %w", i, j, x.Shape(), graph.ErrShape)
		}
		perm := slices.DeleteFunc(count(0, len(d)), func(a int) bool { return a == i || a == j })
		rest := make([]int, len(perm))
		for k, a := range perm {
			rest[k] = d[a]
		}
		n := d[i]
		x = ops.Reshape(ops.Transpose(x, append([]int{i, j}, perm...)...), append([]int{n * n}, rest...)...)
		places := make([]int, n)
		for k := range places {
			places[k] = k * (n + 1)
		}
		x = c.taken(x, 0, places)
		others := make([]byte, len(perm))
		for k, a := range perm {
			others[k] = term[a]
		}
		term = term[i:i+1] + string(others)
		i = -1
	}
	return x, term
}
