package optest

import (
	"fmt"
	"math"
	"slices"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// kernels asserts, of every op that F and its derivatives are made of, that its kernel does the
// same however it is run, and leaves the inputs alone; that one that is said to be linear is; and
// that one with a definition, or with a better form, equals it.
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
	for w := &work; w != nil; w = w.Then {
		for part := w.Parts - 1; part >= 0; part-- {
			w.Do(part, part+1)
		}
	}
	c.same1(Kernels, what+" in its parts, the last one first", numbers(y), "the parts", a.value, "the whole")
	if e, ok := k.Entries(); ok {
		c.entrywise(a, e, what)
	}
	if k.IsStrided() {
		c.strided(a, k, what)
	}
	if k.Takes() {
		c.room(a, k, what)
	}
}

// room asserts that a kernel does the same whatever it is given to work in, and takes no more than
// it says.
func (c *checker) room(a *application, k compute.Kernel, what string) {
	c.t.Helper()
	y, x := a.tensors(math.NaN())
	extents := make([][]int, len(x))
	for i, v := range x {
		extents[i] = v.Shape()
	}
	full := make([]float64, k.Room(y.Shape(), extents...))
	for i := range full {
		full[i] = math.NaN()
	}
	k.In(dense(y.Dtype(), graph.ShapeOf(len(full)), full)).Run(y, x...)
	c.same1(Kernels, what, numbers(y), "in memory full of NaN", a.value, "in its own")
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

// strided asserts that a kernel reads an input as well where that lies as its transpose or, if it
// takes memory to work in, where its examples lie among more.
func (c *checker) strided(a *application, k compute.Kernel, what string) {
	c.t.Helper()
	for i, in := range a.node.Inputs() {
		rank := in.Shape().Rank()
		if rank < 2 || k.Takes() && in.Shape().Dim(rank-1) != graph.Batch {
			continue
		}
		y, x := a.tensors(math.NaN())
		views := make([]compute.View, len(x))
		for j := range x {
			views[j] = compute.RowMajor(x[j])
		}
		lie, how := turned, "through a transpose of"
		if k.Takes() {
			lie, how = amongMore, "among more examples of"
		}
		views[i] = lie(x[i])
		k.BindViews(y, views...).All()
		allowed := make([]float64, len(a.value))
		for j, v := range a.value {
			allowed[j] = a.tolerance() * (1 + math.Abs(v))
		}
		c.compare(comparison{law: Kernels, what: what, got: numbers(y), gotName: fmt.Sprintf("%s input %d", how, i),
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

// amongMore returns x as a view of memory in which there are more examples.
func amongMore(x *tensor.Dense) compute.View {
	const more = 3
	dims, rows := slices.Clone([]int(x.Shape())), slices.Collect(slices.Chunk(numbers(x), x.Shape()[x.Dims()-1]))
	var all []float64
	for _, row := range rows {
		all = append(append(all, row...), slices.Repeat([]float64{math.NaN()}, more)...)
	}
	larger := slices.Clone(dims)
	larger[len(dims)-1] += more
	d := dense(x.Dtype(), graph.ShapeOf(larger...), all)
	return compute.View{Dense: d, Dims: dims, Strides: d.Strides()}
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

// same1 asserts that two lists have the same bits.
func (c *checker) same1(law Law, what string, got []float64, gotName string, want []float64, wantName string) {
	c.t.Helper()
	c.sameBits(law, what, [][]float64{got}, gotName, [][]float64{want}, wantName)
}
