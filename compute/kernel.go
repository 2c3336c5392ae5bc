package compute

import "gorgonia.org/tensor"

// A Kernel computes y = F(x) in either float type. The zero Kernel computes nothing.
type Kernel struct {
	entries Entries
	bind    func(y *tensor.Dense, x ...View) Work
	strided bool
}

// Entries computes a run of entries of y from the same run of each x, in either float type.
// y may be one of the x.
type Entries struct {
	F32 func(y []float32, x ...[]float32)
	F64 func(y []float64, x ...[]float64)
}

// Entrywise returns the kernel of two loops over entries. y and each x have one shape.
func Entrywise(f32 func(y []float32, x ...[]float32), f64 func(y []float64, x ...[]float64)) Kernel {
	return Kernel{entries: Entries{f32, f64}}
}

// Loop returns the kernel of two functions of whole tensors, usually the instances of a
// generic one that takes the entries by [Data].
func Loop(f32, f64 func(y *tensor.Dense, x ...*tensor.Dense)) Kernel {
	return ofTensors(func(y *tensor.Dense, x []*tensor.Dense) func() {
		f := f64
		if y.Dtype() == tensor.Float32 {
			f = f32
		}
		return func() { f(y, x...) }
	})
}

// Bound returns the kernel of two functions that prepare for the sizes of the tensors, which
// stay, and return what computes y from x, any number of times.
func Bound(f32, f64 func(y *tensor.Dense, x ...*tensor.Dense) func()) Kernel {
	return ofTensors(func(y *tensor.Dense, x []*tensor.Dense) func() {
		if y.Dtype() == tensor.Float32 {
			return f32(y, x...)
		}
		return f64(y, x...)
	})
}

// Strided returns the kernel of a function that prepares for views of tensors, which may be
// transposes, and returns the work, in parts that threads may share.
func Strided(bind func(y *tensor.Dense, x ...View) Work) Kernel {
	return Kernel{bind: bind, strided: true}
}

func ofTensors(bind func(y *tensor.Dense, x []*tensor.Dense) func()) Kernel {
	return Kernel{bind: func(y *tensor.Dense, views ...View) Work {
		x := make([]*tensor.Dense, len(views))
		for i, v := range views {
			x[i] = v.Dense
		}
		return InOnePart(bind(y, x))
	}}
}

// IsZero reports whether k computes nothing.
func (k Kernel) IsZero() bool { return k.bind == nil && k.entries.F64 == nil }

// IsStrided reports whether k reads views that are not row-major.
func (k Kernel) IsStrided() bool { return k.strided }

// Entries returns the loops of an Entrywise kernel, and whether k is one.
func (k Kernel) Entries() (Entries, bool) { return k.entries, k.entries.F64 != nil }

// Bind returns the work of computing y from x. The tensors stay what they are; their entries
// may change before the work is done, and again. Views are row-major unless k IsStrided.
func (k Kernel) Bind(y *tensor.Dense, x ...View) Work {
	switch {
	case k.bind != nil:
		return k.bind(y, x...)
	case y.Dtype() == tensor.Float32:
		return over(k.entries.F32, y, x)
	}
	return over(k.entries.F64, y, x)
}

func over[T Float](f func(y []T, x ...[]T), y *tensor.Dense, x []View) Work {
	out, in := Data[T](y), make([][]T, len(x))
	for i := range x {
		in[i] = Data[T](x[i].Dense)
	}
	return InOnePart(func() { f(out, in...) })
}

// Run computes y from x once.
func (k Kernel) Run(y *tensor.Dense, x ...*tensor.Dense) {
	views := make([]View, len(x))
	for i, v := range x {
		views[i] = RowMajor(v)
	}
	k.Bind(y, views...).All()
}
