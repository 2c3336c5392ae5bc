package optest

import (
	"fmt"
	"math"
	"slices"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// kernels asserts, of every op that F and its derivatives are made of, that its
// kernel does the same however it is run, and leaves the inputs alone; and that an op with a definition, or with a better form, equals
// it.
func (c *checker) kernels(f *formula, n int, at place) error {
	c.t.Helper()
	all, err := c.applications(f.first, n, at.x)
	if err != nil {
		return err
	}
	for _, a := range all {
		c.kernel(a)
		c.linearMap(a)
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
			v := []float64{float64(n)} // x is the number N
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
	value   []float64 // what its kernel gives
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

// kernel asserts that the kernel of an op does the same whatever y held before, however
// often it runs, and leaves the inputs alone.
func (c *checker) kernel(a *application) {
	c.t.Helper()
	k, what := a.node.Op().Kernel(), fmt.Sprintf("the kernel of %v", a.node.Op())
	y, x := a.tensors(math.NaN())
	k.Run(y, x...)
	a.value = numbers(y)

	y, x = a.tensors(1e30)
	work := k.Bind(y, x...)
	work.All()
	c.same1(Pure, what, numbers(y), "onto a y full of 1e30", a.value, "onto a y full of NaN")
	work.All()
	c.same1(Kernels, what+", run again", numbers(y), "the second run", a.value, "the first")
	for i := range x {
		c.same1(Pure, fmt.Sprintf("input %d of %v", i, a.node.Op()), numbers(x[i]), "after its kernel ran", a.x[i], "before")
	}

	y, x = a.tensors(math.NaN())
	work = k.Bind(y, x...)
	for part := work.Parts - 1; part >= 0; part-- {
		work.Do(part, part+1)
	}
	c.same1(Kernels, what+" in its parts, the last one first", numbers(y), "the parts", a.value, "the whole")
	if e, ok := k.Entries(); ok {
		c.entrywise(a, e, what)
	}
	if k.IsStrided() {
		c.strided(a, k, what)
	}
}

// entrywise asserts that loops over entries do the same whole, in parts, and onto each of
// their inputs.
func (c *checker) entrywise(a *application, e compute.Entries, what string) {
	c.t.Helper()
	for onto := -1; onto < len(a.x); onto++ {
		for _, parts := range []int{1, 3} {
			y, x := a.tensors(math.NaN())
			what := fmt.Sprintf("%s in %d parts", what, parts)
			if onto >= 0 {
				if a.node.In(onto).Shape() != a.node.Shape() {
					c.fail(Kernels, "%v has a compute.Entrywise kernel, but its input %d has shape %v, its output %v",
						a.node.Op(), onto, a.node.In(onto).Shape(), a.node.Shape())
					return
				}
				y = x[onto]
				what += fmt.Sprintf(" in place of input %d", onto)
			}
			if y.Dtype() == tensor.Float32 {
				cut(e.F32, parts, y, x)
			} else {
				cut(e.F64, parts, y, x)
			}
			c.same1(Kernels, what, numbers(y), "the parts", a.value, "the whole")
		}
	}
}

// cut runs a loop over tensors, a part at a time.
func cut[T compute.Float](loop func(y []T, x ...[]T), parts int, y *tensor.Dense, x []*tensor.Dense) {
	out, in := compute.Data[T](y), make([][]T, len(x))
	for p := range parts {
		low, high := p*len(out)/parts, (p+1)*len(out)/parts
		for i := range x {
			in[i] = compute.Data[T](x[i])[low:high]
		}
		if low < high {
			loop(out[low:high], in...)
		}
	}
}

// strided asserts that a kernel reads an input as well where that lies as its transpose.
func (c *checker) strided(a *application, k compute.Kernel, what string) {
	c.t.Helper()
	for i, in := range a.node.Inputs() {
		rank := in.Shape().Rank()
		if rank < 2 {
			continue
		}
		y, x := a.tensors(math.NaN())
		views := make([]compute.View, len(x))
		for j := range x {
			views[j] = compute.RowMajor(x[j])
		}
		views[i] = turned(x[i])
		k.BindViews(y, views...).All()
		allowed := make([]float64, len(a.value))
		for j, v := range a.value {
			allowed[j] = a.tolerance() * (1 + math.Abs(v))
		}
		c.compare(comparison{law: Kernels, what: what, got: numbers(y), gotName: fmt.Sprintf("through a transpose of input %d", i),
			want: a.value, wantName: "as it lies", allowed: allowed})
	}
}

// turned returns x as a view of memory in which the last two axes are exchanged.
func turned(x *tensor.Dense) compute.View {
	dims, k := x.Shape().Clone(), x.Dims()
	v := numbers(x)
	moved, rows, cols := make([]float64, len(v)), dims[k-2], dims[k-1]
	for at, v := range v {
		matrix, i, j := at/(rows*cols), at/cols%rows, at%cols
		moved[(matrix*cols+j)*rows+i] = v
	}
	other := slices.Clone([]int(dims))
	other[k-2], other[k-1] = cols, rows
	d := dense(x.Dtype(), graph.ShapeOf(other...), moved)
	strides := slices.Clone(d.Strides())
	strides[k-2], strides[k-1] = strides[k-1], strides[k-2]
	return compute.View{Dense: d, Dims: dims, Strides: strides}
}

// program asserts that a Program computes what kernels do one by one. The form that a
// Program computes may be a better one.
func (c *checker) program(a *application) {
	c.t.Helper()
	got := a.program
	law, loosened := Kernels, 10.
	if op, ok := a.node.Op().(graph.Stabler); ok && op.Stable(a.node) != nil {
		law, loosened = Definition, 1e3
	}
	want, allowed := append([]float64(nil), a.value...), make([]float64, len(a.value))
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
	c.compare(comparison{law: law, what: fmt.Sprint(a.node.Op()), got: got, gotName: "a Program", want: want, wantName: "its kernel", allowed: allowed})
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
