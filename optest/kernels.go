package optest

import (
	"fmt"
	"math"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// kernels asserts, of every op that F and its derivatives are made of, that all
// the ways to compute it agree bit by bit, whatever y held before, and leave the
// inputs alone; and that an op with a definition, or with a better form, equals
// it.
func (c *checker) kernels(f *formula, n int, at place) error {
	c.t.Helper()
	all, err := c.applications(f.first, n, at.x)
	if err != nil {
		return err
	}
	for _, a := range all {
		c.forward(a)
		c.definition(a)
		c.examples(a)
		c.program(a)
	}
	return nil
}

// applications returns the ops that F and its derivatives are made of, at x.
func (c *checker) applications(m *mapping, n int, x [][]float64) ([]*application, error) {
	nodes := cone(m.all())
	if len(nodes) == 0 {
		return nil, nil
	}
	// Stabilising may compute an output in another way than from its inputs,
	// so that each op's inputs are outputs too.
	all, err := compile(nodes...)
	if err != nil {
		return nil, err
	}
	whole := &mapping{in: m.in, ζ: m.ζ, ξ: m.ξ, out: nodes, whole: all}
	res, err := whole.run(n, x, normal(c.rng, m.ζ, n), normal(c.rng, m.ξ, n))
	if err != nil {
		return nil, err
	}
	list := make([]*application, len(nodes))
	for i, y := range nodes {
		a := &application{node: y, n: n, program: res.out[i]}
		for _, x := range y.Inputs() {
			v := []float64{float64(graph.ShapeOf(x.Extent()).At(n).Dim(0))}
			if x.Kind() != graph.Examples {
				t, err := all.prog.Value(x)
				if err != nil {
					return nil, err
				}
				v = numbers(t)
			}
			a.x = append(a.x, v)
		}
		list[i] = a
	}
	return list, nil
}

// An application is a node at numbers.
type application struct {
	node    *graph.Node
	n       int
	x       [][]float64
	program []float64 // what a Program gives
	forward []float64 // what Forward gives
}

func (a *application) dtype() tensor.Dtype { return a.node.Graph().Dtype() }

// tensors returns new tensors of the inputs, and one for the output, of entries
// v.
func (a *application) tensors(v float64) (y *tensor.Dense, x []*tensor.Dense) {
	for i, in := range a.node.Inputs() {
		x = append(x, dense(a.dtype(), in.Shape().At(a.n), a.x[i]))
	}
	return dense(a.dtype(), a.node.Shape().At(a.n), filled(entries(a.node, a.n), v)), x
}

// forward asserts that Forward, Bind and Kernel agree.
func (c *checker) forward(a *application) {
	c.t.Helper()
	op := a.node.Op()
	y, x := a.tensors(math.NaN())
	op.Forward(y, x...)
	a.forward = numbers(y)
	c.untouched(a, "Forward", x)

	y, x = a.tensors(1e30)
	op.Forward(y, x...)
	c.same1(Pure, fmt.Sprintf("Forward of %v", op), numbers(y), "onto a y full of 1e30", a.forward, "onto a y full of NaN")

	if op, ok := op.(graph.Binder); ok {
		y, x = a.tensors(math.NaN())
		run := op.Bind(y, x...)
		run()
		c.same1(Kernels, fmt.Sprintf("Bind of %v", op), numbers(y), "Bind", a.forward, "Forward")
		run()
		c.same1(Kernels, fmt.Sprintf("Bind of %v, run again", op), numbers(y), "Bind", a.forward, "Forward")
		c.untouched(a, "Bind", x)
	}
	if op, ok := op.(graph.Pointwiser); ok {
		c.pointwise(a, op)
	}
}

// untouched asserts that a kernel left the inputs as they are.
func (c *checker) untouched(a *application, by string, x []*tensor.Dense) {
	c.t.Helper()
	for i := range x {
		c.same1(Pure, fmt.Sprintf("input %d of %v", i, a.node.Op()), numbers(x[i]), "after "+by, a.x[i], "before it")
	}
}

// pointwise asserts that a Kernel agrees with Forward: whole, in parts, and onto
// each of its inputs.
func (c *checker) pointwise(a *application, op graph.Pointwiser) {
	c.t.Helper()
	for onto := -1; onto < len(a.x); onto++ {
		for _, parts := range []int{1, 3} {
			y, x := a.tensors(math.NaN())
			what := fmt.Sprintf("Kernel of %v in %d parts", op, parts)
			if onto >= 0 {
				if a.node.In(onto).Shape() != a.node.Shape() {
					c.fail(Kernels, "%v is a Pointwiser, but its input %d has shape %v, its output %v",
						op, onto, a.node.In(onto).Shape(), a.node.Shape())
					return
				}
				y = x[onto]
				what += fmt.Sprintf(" in place of input %d", onto)
			}
			bindParts(op.Kernel(), parts, y, x)()
			c.same1(Kernels, what, numbers(y), "Kernel", a.forward, "Forward")
		}
	}
}

// bindParts returns a function that runs a kernel over tensors, a part at a
// time.
func bindParts(k graph.Kernel, parts int, y *tensor.Dense, x []*tensor.Dense) func() {
	if y.Dtype() == tensor.Float32 {
		return cut(k.F32, parts, y, x)
	}
	return cut(k.F64, parts, y, x)
}

func cut[T graph.Float](kernel func(y []T, x ...[]T), parts int, y *tensor.Dense, x []*tensor.Dense) func() {
	out, whole, in := graph.Data[T](y), make([][]T, len(x)), make([][]T, len(x))
	for i := range x {
		whole[i] = graph.Data[T](x[i])
	}
	return func() {
		for p := range parts {
			low, high := p*len(out)/parts, (p+1)*len(out)/parts
			for i := range x {
				in[i] = whole[i][low:high]
			}
			if low < high {
				kernel(out[low:high], in...)
			}
		}
	}
}

// program asserts that a Program computes what Forward does. The form that a
// Program computes may be a better one.
func (c *checker) program(a *application) {
	c.t.Helper()
	got := a.program
	law, loosened := Kernels, 10.
	if op, ok := a.node.Op().(graph.Stabler); ok && op.Stable(a.node) != nil {
		law, loosened = Definition, 1e3
	}
	want, allowed := append([]float64(nil), a.forward...), make([]float64, len(a.forward))
	largest := 0.
	for _, v := range want {
		largest = math.Max(largest, math.Abs(v))
	}
	for i, v := range want {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			want[i] = got[i] // the literal form has overflowed
		}
		allowed[i] = loosened * a.tolerance() * (math.Abs(v) + 1e-3*largest)
	}
	c.compare(comparison{law: law, what: fmt.Sprint(a.node.Op()), got: got, gotName: "a Program", want: want, wantName: "Forward", allowed: allowed})
}

func (a *application) tolerance() float64 {
	if a.dtype() == tensor.Float32 {
		return exact32
	}
	return exact
}

// definition asserts that an op with a definition equals it, in value and r,
// where the definition is finite.
func (c *checker) definition(a *application) {
	c.t.Helper()
	op, ok := a.node.Op().(graph.Expander)
	if !ok {
		return
	}
	c.guard(Definition, func() error {
		c.t.Helper()
		g, leaves := graph.NewOf(a.dtype()), make([]*graph.Node, len(a.x))
		for i, x := range a.node.Inputs() {
			leaves[i] = g.Input(fmt.Sprintf("x%d", i), x.Shape().At(a.n).Dims()...)
		}
		y, definition := graph.Apply(op, leaves...), op.Expand(leaves...)
		smooth := dependsSmoothly(leaves, y, definition)
		literal, err := differentiate(leaves, []*graph.Node{y}, smooth)
		if err != nil {
			return err
		}
		expanded, err := differentiate(leaves, []*graph.Node{definition}, smooth)
		if err != nil {
			return fmt.Errorf("the definition: %w", err)
		}
		ζ, ξ := normal(c.rng, literal.ζ, 0), normal(c.rng, literal.ξ, 0)
		want, err := expanded.run(0, a.x, ζ, ξ)
		if err != nil {
			return err
		}
		got, err := literal.run(0, a.x, ζ, ξ)
		if err != nil {
			return err
		}
		terms, err := expanded.sizes(c.rng, 0, a.x, ζ, ξ)
		if err != nil {
			return err
		}
		excuse(got, want, terms)
		c.agree(Definition, 10*a.tolerance(), got, op.String(), want, "its definition", terms)
		return nil
	})
}

// dependsSmoothly tells by which leaves some output has a derivative.
func dependsSmoothly(leaves []*graph.Node, outputs ...*graph.Node) []bool {
	smooth := make([]bool, len(leaves))
	for _, y := range outputs {
		ζ := y.Graph().Input("ζ", y.Shape().Dims()...)
		for i, r := range graph.VJP(y, ζ, leaves...) {
			c, isConst := graph.ConstOf(r)
			smooth[i] = smooth[i] || !(isConst && c == 0)
		}
	}
	return smooth
}

// excuse leaves out the entries at which a definition is not finite.
func excuse(got, want, terms result) {
	for _, part := range [][3][][]float64{{got.out, want.out, terms.out}, {got.r, want.r, terms.r}, {got.d, want.d, terms.d}} {
		for i := range part[1] {
			for j, v := range part[1][i] {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					part[1][i][j], part[2][i][j] = part[0][i][j], 0
				}
			}
		}
	}
}

// same1 asserts that two lists have the same bits.
func (c *checker) same1(law Law, what string, got []float64, gotName string, want []float64, wantName string) {
	c.t.Helper()
	c.sameBits(law, what, [][]float64{got}, gotName, [][]float64{want}, wantName)
}
