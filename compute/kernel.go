package compute

import (
	"slices"

	"gorgonia.org/tensor"
)

// A Kernel computes y = F(x) in either float type. The zero Kernel computes nothing.
type Kernel struct {
	entries Entries
	bind    func(y *tensor.Dense, x []*tensor.Dense) func()
	refuses func(y *tensor.Dense, x []*tensor.Dense) func() error
	strided func(y *tensor.Dense, x []View) Work
	axes    []int // of a view
	part    func(x []int) (from int, ok bool)
	rows    func(y, x []int) (from int, strides []int)
	padded  func(n int) (from int) // where a value is among zeros
	axis    int                    // along which they are
	term    func(y *tensor.Dense, x []View) Work
	placed  bool
	loop    any
	takes   func(y []int, x ...[]int) int
	room    *tensor.Dense // what it takes
}

// Entries computes a run of entries of y from the same run of each x, in either float type.
// y may be one of the x.
type Entries struct {
	F32 func(y []float32, x ...[]float32)
	F64 func(y []float64, x ...[]float64)
}

// Entrywise returns the kernel of two loops over entries, usually the instances of a generic
// one. y and each x have one shape, and y may be one of the x.
func Entrywise(f32 func(y []float32, x ...[]float32), f64 func(y []float64, x ...[]float64)) Kernel {
	return Kernel{entries: Entries{f32, f64}}
}

// Loop returns the kernel of two functions of whole tensors, usually the instances of a
// generic one that takes the entries by [Data].
func Loop(f32, f64 func(y *tensor.Dense, x ...*tensor.Dense)) Kernel {
	return Kernel{bind: func(y *tensor.Dense, x []*tensor.Dense) func() {
		f := f64
		if y.Dtype() == tensor.Float32 {
			f = f32
		}
		return func() { f(y, x...) }
	}}
}

// Bound returns the kernel of two functions that prepare for the parameters of an op and the
// sizes of its tensors, and return what computes y from x, any number of times. They are
// usually the instances of a generic one.
func Bound[P any](op P, f32, f64 func(op P, y *tensor.Dense, x ...*tensor.Dense) func()) Kernel {
	return Kernel{bind: func(y *tensor.Dense, x []*tensor.Dense) func() {
		if y.Dtype() == tensor.Float32 {
			return f32(op, y, x...)
		}
		return f64(op, y, x...)
	}}
}

// Refusing is Bound for what finds on its way that the values of x have no y, as a factorization does.
// What computes y returns the error, which is that of Run, and has set y to anything.
func Refusing[P any](op P, f32, f64 func(op P, y *tensor.Dense, x ...*tensor.Dense) func() error) Kernel {
	return Kernel{refuses: func(y *tensor.Dense, x []*tensor.Dense) func() error {
		if y.Dtype() == tensor.Float32 {
			return f32(op, y, x...)
		}
		return f64(op, y, x...)
	}}
}

// Strided returns the kernel of a function that prepares for views of tensors, which may be
// transposes, and returns the work, in parts that threads may share. It does not keep x.
func Strided(bind func(y *tensor.Dense, x []View) Work) Kernel { return Kernel{strided: bind} }

// AsView returns k for a value that is its input with the axes in another order: axis i of y
// is axis axes[i] of x. A kernel that IsStrided then reads x in place of y, and k does not run.
func (k Kernel) AsView(axes []int) Kernel {
	k.axes = axes
	return k
}

// Axes returns the axes of a view, nil if k is of none.
func (k Kernel) Axes() []int { return k.axes }

// AsPart returns k for a value whose entries lie in its input one after the other. Asked for the
// extents of that, lies says at which entry they begin, and whether it is so; extents may be
// symbols then, negative numbers, and the entry is not used. Whoever reads y reads the memory of
// x in place of it, and k does not run, unless y has to have memory of its own.
func (k Kernel) AsPart(lies func(x []int) (from int, ok bool)) Kernel {
	k.part = lies
	return k
}

// HasPart reports whether k was made by AsPart.
func (k Kernel) HasPart() bool { return k.part != nil }

// Part returns where a value lies in an input of these extents, and false if it does not.
func (k Kernel) Part(x []int) (from int, ok bool) {
	if k.part == nil {
		return 0, false
	}
	return k.part(x)
}

// AsRows returns k for a value whose rows lie in its input, each in one piece or as one entry
// that is repeated: for y and x of these extents, entry (i, j, …) of y is entry
// from + i·strides[0] + j·strides[1] + … of x. An Entrywise kernel reads x in place of it.
func (k Kernel) AsRows(lie func(y, x []int) (from int, strides []int)) Kernel {
	k.rows = lie
	return k
}

// HasRows reports whether k was made by AsRows.
func (k Kernel) HasRows() bool { return k.rows != nil }

// Rows returns where the rows of a value of extents y lie in its input.
func (k Kernel) Rows(y, x []int) (from int, strides []int) { return k.rows(y, x) }

// AsPad returns k for a value that is its input among zeros along an axis, where start says
// from which index on, of an extent of the axis. A sum of several is computed at once.
func (k Kernel) AsPad(axis int, start func(n int) int) Kernel {
	k.axis, k.padded = axis, start
	return k
}

// Pad returns the axis of the zeros, where the input starts among them, and false if there are
// none.
func (k Kernel) Pad() (axis int, start func(n int) int, ok bool) {
	return k.axis, k.padded, k.padded != nil
}

// AsTerm returns k for a value that can be added to another tensor of its shape in the same pass.
// sum prepares for the work of y = x[0] + F(x[1], …), as that of a Strided kernel does. It is asked for
// of ops that say how they treat examples, as graph.Examplewise ones do.
func (k Kernel) AsTerm(sum func(y *tensor.Dense, x []View) Work) Kernel {
	k.term = sum
	return k
}

// Sum returns the Strided kernel of (u, x…) ↦ u + F(x…), and false if there is none.
func (k Kernel) Sum() (Kernel, bool) {
	return Kernel{strided: k.term, placed: k.placed}, k.term != nil
}

// AsPlaced returns k for a kernel that computes y wherever its rows lie, among those of a larger
// tensor too: the entries of a row one after the other, and the rows by the strides of y.
func (k Kernel) AsPlaced() Kernel {
	k.placed = true
	return k
}

// IsPlaced reports whether k was made by AsPlaced.
func (k Kernel) IsPlaced() bool { return k.placed }

// AsLoop returns k for a value that is computed by a loop over a formula, which an engine that
// can read the loop compiles and runs in place of k.
func (k Kernel) AsLoop(loop any) Kernel {
	k.loop = loop
	return k
}

// Loop returns the loop, nil if k is of none.
func (k Kernel) Loop() any { return k.loop }

// Taking returns k for a Strided kernel that takes memory to work in: as many entries as entries
// says, which goes by the extents of y and of each x alone. It is bound to them as one x more, the
// last, whose values may be any when the work begins. So an engine knows what a formula takes before
// it binds a kernel, and kernels that run one after another have the same memory. What such a kernel
// reads is no transpose, since extents do not tell: each x is row-major, or some examples, on the last
// axis, of a tensor that is.
func (k Kernel) Taking(entries func(y []int, x ...[]int) int) Kernel {
	k.takes = entries
	return k
}

// Takes reports whether k was made by Taking.
func (k Kernel) Takes() bool { return k.takes != nil }

// Room returns how many entries k takes to work in, where y and x have these extents.
func (k Kernel) Room(y []int, x ...[]int) int {
	if k.takes == nil {
		return 0
	}
	return k.takes(y, x...)
}

// In returns k with these entries, as many as it takes or more, to work in. Without them it has its own.
func (k Kernel) In(room *tensor.Dense) Kernel {
	k.room = room
	return k
}

// Entries returns the loops of an Entrywise kernel, and whether k is one.
func (k Kernel) Entries() (e Entries, ok bool) { return k.entries, k.IsEntrywise() }

// IsEntrywise reports whether k was made by Entrywise.
func (k Kernel) IsEntrywise() bool { return k.entries.F64 != nil }

// IsStrided reports whether k was made by Strided.
func (k Kernel) IsStrided() bool { return k.strided != nil }

// IsZero reports whether k computes nothing.
func (k Kernel) IsZero() bool {
	return k.bind == nil && k.refuses == nil && !k.IsEntrywise() && !k.IsStrided()
}

// Bind returns the work of computing y from x, which are row-major. The tensors stay what
// they are; their entries may change before the work is done, and again. It keeps x.
func (k Kernel) Bind(y *tensor.Dense, x ...*tensor.Dense) Work {
	switch {
	case k.strided != nil:
		views := make([]View, len(x))
		for i, v := range x {
			views[i] = RowMajor(v)
		}
		return k.BindViews(y, views...)
	case k.bind != nil:
		return InOnePart(k.bind(y, x))
	case k.refuses != nil:
		run, err := k.refuses(y, x), error(nil)
		w := InOnePart(func() { err = run() })
		w.Refused = func() error { return err }
		return w
	case k.entries.F64 == nil:
		return InOnePart(func() {})
	case y.Dtype() == tensor.Float32:
		return entrywise(k.entries.F32, y, x)
	}
	return entrywise(k.entries.F64, y, x)
}

// BindViews is Bind for a kernel that IsStrided, of which x need not be row-major.
func (k Kernel) BindViews(y *tensor.Dense, x ...View) Work {
	if k.takes == nil {
		return k.strided(y, x)
	}
	room := k.room
	if room == nil {
		extents := make([][]int, len(x))
		for i, v := range x {
			extents[i] = v.Dims
		}
		room = tensor.New(tensor.Of(y.Dtype()), tensor.WithShape(max(1, k.takes(y.Shape(), extents...))))
	}
	return k.strided(y, append(slices.Clip(x), RowMajor(room)))
}

// Run computes y from x once.
func (k Kernel) Run(y *tensor.Dense, x ...*tensor.Dense) { k.Bind(y, x...).All() }

func entrywise[T Float](f func(y []T, x ...[]T), y *tensor.Dense, x []*tensor.Dense) Work {
	out, in := Data[T](y), make([][]T, len(x))
	for i := range x {
		in[i] = Data[T](x[i])
	}
	return InOnePart(func() { f(out, in...) })
}
