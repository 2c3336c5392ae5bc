package ops_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/internal/described"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Every op is registered by the name of its description, in its own file.
func TestEveryOpIsRegistered(t *testing.T) {
	list, err := described.Ops("..")
	if err != nil {
		t.Fatal(err)
	}
	names := graph.Registered()
	for _, op := range list {
		if !slices.Contains(names, op.Name) {
			t.Errorf("%s: nobody registered %s, so that no file can hold it: add to the init function of that file\n\tgraph.Register(%q, number of inputs, func(a *graph.Args) graph.Op { return … })\nwhich takes the arguments of its Describe in order: a.Float(), a.Axis(), …", op.File, op.Name, op.Name)
		}
	}
}

// What is registered makes the op that was described, of the table, of derivatives and of
// fusions.
func TestRegisteredOpsAreThoseDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, n := range everyNode(t) {
		d := n.Op().(graph.Describer).Describe()
		op, err := graph.Make(d, len(n.Inputs()))
		if err != nil || op != n.Op() {
			t.Errorf("%T %v describes itself as %v, which makes %v, %v", n.Op(), n.Op(), d, op, err)
		}
		seen[d.Name] = true
	}
	for _, name := range graph.Registered() {
		if !seen[name] {
			t.Errorf("%s was not tried: no row of the table has it, nor a derivative or a fusion of one: add one to the table_*_test.go of its subject", name)
		}
	}
}

// everyNode returns values of all ops of the table, of their derivatives and of fusions, but for an op without
// Describe, for which TestEveryOpDescribesItself asks.
func everyNode(t *testing.T) []*node {
	t.Helper()
	var all []*node
	for _, r := range table() {
		if strings.HasPrefix(r.Name, "Pointwise") || strings.HasPrefix(r.Name, "Entrywise") {
			continue
		}
		for _, dims := range shapesOf(r) {
			all = append(all, withDerivatives(t, r, dims)...)
		}
	}
	for _, y := range append(fusionFormulas(), stableFormulas()...) {
		for _, n := range cone([]*node{y, graph.StableForm(y)}) {
			all = append(all, n)
			if op, ok := n.Op().(graph.Fuser); ok {
				if f := op.Fuse(n, func(*node) bool { return true }); f != nil {
					all = append(all, f)
				}
			}
		}
	}
	return slices.DeleteFunc(all, func(n *node) bool {
		_, ok := n.Op().(graph.Describer)
		return !ok
	})
}

// stableFormulas returns formulas whose stable forms have ops that nothing else has.
func stableFormulas() []*node {
	g := graph.New()
	z, y, ζ := g.Input("z", 3, batch), g.Input("y", 3, batch), g.Input("ζ", 3, batch)
	one := g.Input("one", 1, batch)
	s := ops.Softmax(z, 0)
	image, ξ := g.Input("image", 2, 4, 4, batch), g.Input("ξ", 2, 4, 4, batch)
	return []*node{
		graph.JVP(ops.MaxPool(image, ops.Window{Size: ops.Both(2)}), []*node{image}, []*node{ξ}),
		ops.OneMinus(ops.Sigmoid(z)), ops.OneMinus(s), ops.Sub(ops.Sigmoid(z), y), ops.Sub(s, y),
		graph.VJP(ops.CrossEntropy(s, y), one, z)[0],
		graph.VJP(ops.LogSoftmax(z, 0), ζ, z)[0], graph.JVP(s, []*node{z}, []*node{ζ}),
		ops.Mul(y, ops.LogSoftmax(z, 0)), ops.CrossEntropy(ops.Sigmoid(z), y), ops.Sub(ops.LogSoftmax(y, 0), ops.LogSoftmax(z, 0)), ops.KL(s, ops.Softmax(y, 0)), ops.KL(ops.Softmax(y, 0), s),
		graph.Jacobian(ops.Slice(g.Input("x", 4), 0, 1, 3), g.Input("x", 4))[0],
	}
}

// An op of whatever arguments and inputs is refused, or has a value and derivatives: nothing
// panics.
func TestHostileDescriptions(t *testing.T) {
	tried := map[string]int{}
	for _, n := range everyNode(t) {
		d := n.Op().(graph.Describer).Describe()
		if tried[d.Name]++; tried[d.Name] > 6 {
			continue
		}
		for i := range d.Args {
			for _, bad := range hostile(d.Args[i]) {
				e := graph.Description{Name: d.Name, Args: slices.Clone(d.Args)}
				e.Args[i] = bad
				tryOp(t, e, shapesOfInputs(n))
			}
		}
		for _, shapes := range hostileShapes(shapesOfInputs(n)) {
			tryOp(t, d, shapes)
		}
	}
}

func shapesOfInputs(n *node) (shapes []graph.Shape) {
	for _, x := range n.Inputs() {
		shapes = append(shapes, x.Shape())
	}
	return shapes
}

// hostile returns other arguments of the kind of arg.
func hostile(arg any) (list []any) {
	const beyond32 = math.MaxInt & (1 << 31) // 0 if an int has 32 bits
	ints := []int{math.MinInt, math.MinInt / 2, -3, -2, -1, 0, 1, 2, 3, 7, beyond32, math.MaxInt/2 + 1, math.MaxInt - 1, math.MaxInt, graph.Extent("T")}
	switch arg := arg.(type) {
	case int:
		for _, n := range ints {
			list = append(list, n)
		}
	case []int:
		list = append(list, []int(nil), []int{0, 0}, append([]int{9}, arg...), append(slices.Clone(arg), 1), []int{1, 0})
		for _, n := range ints {
			list = append(list, []int{n}, []int{0, n})
		}
	case float64:
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), -1, 1e300} {
			list = append(list, v)
		}
	case string:
		list = append(list, "", "->", ",->", "ij,jk->ik", "ij,jk->ii", "i,i->", "a,b->ab", "ij,ij->ij", "ii,ii->i", "é,é->", "ij->ji", "ij,kl->ij")
	case graph.Shape:
		list = append(list, graph.Shape{}, graph.ShapeOf(0), graph.ShapeOf(-5), graph.ShapeOf(math.MaxInt, 2), graph.ShapeOf(batch, batch),
			graph.ShapeOf(append(arg.Dims(), 2)...), graph.ShapeOf(append([]int{3}, arg.Dims()...)...), graph.ShapeOf(3, graph.Extent("T")))
	}
	return append(list, nil, "text", 0.5, 1, []int{0}, graph.ShapeOf(2), (*graph.Body)(nil))
}

// hostileShapes returns other lists of inputs.
func hostileShapes(shapes []graph.Shape) (lists [][]graph.Shape) {
	lists = append(lists, nil, append(slices.Clone(shapes), graph.ShapeOf(2)))
	for i := range shapes {
		for _, s := range []graph.Shape{{}, graph.ShapeOf(1), graph.ShapeOf(2), graph.ShapeOf(batch), graph.ShapeOf(3, batch), graph.ShapeOf(batch, 3), graph.ShapeOf(2, 3, 4), graph.ShapeOf(1, 1, 1, 1), graph.ShapeOf(2, graph.Extent("T"))} {
			other := slices.Clone(shapes)
			other[i] = s
			lists = append(lists, other)
		}
	}
	return lists
}

// tryOp computes the value and the reverse derivative of the op of a description, if it and
// the shapes compose.
func tryOp(t *testing.T, d graph.Description, shapes []graph.Shape) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%v of %v panics: %v", d, shapes, p)
		}
	}()
	op, err := graph.Make(d, len(shapes))
	if err != nil {
		if !errors.Is(err, graph.ErrValue) && !errors.Is(err, graph.ErrShape) {
			t.Errorf("%v of %v: %v", d, shapes, err)
		}
		return
	}
	g := graph.New()
	x := make([]*node, len(shapes))
	for i, s := range shapes {
		x[i] = g.Input("x", s.Dims()...)
	}
	y := g.Restore(op, x...)
	if y.Err() != nil {
		return
	}
	outputs := append([]*node{y}, graph.VJP(y, g.Const(1, y.Shape().Dims()...), x...)...)
	outputs = slices.DeleteFunc(outputs, func(n *node) bool { return n.Err() != nil })
	for _, n := range append(outputs, x...) {
		if d := numbers(n.Shape()); slices.Min(append(d, 1)) < 1 || tensor.Shape(d).TotalSize() > 1<<16 {
			return
		}
	}
	p, err := graph.Compile(outputs...)
	if err != nil {
		return
	}
	for _, x := range x {
		d := numbers(x.Shape())
		if err := p.Feed(x, dense(tensor.Float64, make([]float64, tensor.Shape(d).TotalSize()), d...)); err != nil {
			return
		}
	}
	if p.Run() == nil {
		if _, err := p.Value(y); err != nil {
			t.Errorf("%v of %v: %v", d, shapes, err)
		}
	}
}

// numbers returns the extents of a shape for 5 examples and T = 4.
func numbers(s graph.Shape) []int { return s.Replace(graph.Extent("T"), 4).At(5).Dims() }
