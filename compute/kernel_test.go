package compute_test

import (
	"slices"
	"testing"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// The four ways to write the kernel of x ↦ 2x.

func doubleEntries[T compute.Float](y []T, x ...[]T) {
	for i, v := range x[0] {
		y[i] = 2 * v
	}
}

func doubleAll[T compute.Float](y *tensor.Dense, x ...*tensor.Dense) {
	doubleEntries(compute.Data[T](y), compute.Data[T](x[0]))
}

func bindTimes[T compute.Float](factor int, y *tensor.Dense, x ...*tensor.Dense) func() {
	out, in := compute.Data[T](y), compute.Data[T](x[0])
	return func() {
		for i, v := range in {
			out[i] = T(factor) * v
		}
	}
}

func timesRows[T compute.Float](y *tensor.Dense, x []compute.View) compute.Work {
	out, in, s := compute.Data[T](y), compute.Data[T](x[0].Dense), x[0].Strides
	rows, cols := x[0].Dims[0], x[0].Dims[1]
	return compute.Work{Parts: rows, Do: func(from, to int) {
		for i := from; i < to; i++ {
			for j := range cols {
				out[i*cols+j] = 2 * in[i*s[0]+j*s[1]]
			}
		}
	}}
}

func doubleViews(y *tensor.Dense, x []compute.View) compute.Work {
	if y.Dtype() == tensor.Float32 {
		return timesRows[float32](y, x)
	}
	return timesRows[float64](y, x)
}

var kernels = map[string]compute.Kernel{
	"entrywise": compute.Entrywise(doubleEntries[float32], doubleEntries[float64]),
	"loop":      compute.Loop(doubleAll[float32], doubleAll[float64]),
	"bound":     compute.Bound(2, bindTimes[float32], bindTimes[float64]),
	"strided":   compute.Strided(doubleViews),
}

func matrix[T compute.Float](rows, cols int, v ...T) *tensor.Dense {
	return tensor.New(tensor.WithShape(rows, cols), tensor.WithBacking(v))
}

// Every kind of kernel computes both float types, again where its input has changed, and
// allocates nothing when it runs.
func TestKernels(t *testing.T) {
	for name, k := range kernels {
		t.Run(name, func(t *testing.T) {
			if k.IsZero() || k.IsEntrywise() != (name == "entrywise") || k.IsStrided() != (name == "strided") {
				t.Error("the kernel does not know what it is")
			}
			y, x := matrix[float32](1, 2, 0, 0), matrix[float32](1, 2, 1, -3)
			if k.Run(y, x); !slices.Equal(y.Float32s(), []float32{2, -6}) {
				t.Errorf("2·(1, -3) is %v in float32", y.Float32s())
			}
			y, x = matrix[float64](2, 2, 0, 0, 0, 0), matrix[float64](2, 2, 1, 2, 3, 4)
			work := k.Bind(y, x)
			for range 2 {
				if work.All(); !slices.Equal(y.Float64s(), []float64{2, 4, 6, 2 * x.Float64s()[3]}) {
					t.Errorf("2·%v is %v", x.Float64s(), y.Float64s())
				}
				x.Float64s()[3] = 10
			}
			if n := testing.AllocsPerRun(5, work.All); n > 0 {
				t.Errorf("it allocates %g times a run", n)
			}
		})
	}
}

// A Strided kernel reads a transpose where it lies.
func TestViews(t *testing.T) {
	y, x := matrix[float64](3, 2, make([]float64, 6)...), matrix[float64](2, 3, 1, 2, 3, 4, 5, 6)
	view := compute.View{Dense: x, Dims: []int{3, 2}, Strides: []int{1, 3}}
	k := kernels["strided"]
	if k.BindViews(y, view).All(); !slices.Equal(y.Float64s(), []float64{2, 8, 4, 10, 6, 12}) {
		t.Errorf("2xᵀ is %v", y.Float64s())
	}
}

// The zero Kernel leaves y as it is.
func TestZeroKernel(t *testing.T) {
	var k compute.Kernel
	y := matrix[float64](1, 1, 7)
	if k.Run(y); !k.IsZero() || y.Float64s()[0] != 7 {
		t.Errorf("zero: %v, y = %v", k.IsZero(), y.Float64s())
	}
	if _, ok := k.Entries(); ok {
		t.Error("the zero Kernel has loops over entries")
	}
}

// Copy copies entries, of either float type and to another shape, and no tensor of another
// type.
func TestCopy(t *testing.T) {
	single, double := matrix[float32](1, 2, 0, 0), matrix[float64](2, 1, 0, 0)
	compute.Copy(single, matrix[float32](2, 1, 1.5, -3))
	compute.Copy(double, matrix[float64](1, 2, 0.1, 4))
	if !slices.Equal(single.Float32s(), []float32{1.5, -3}) || !slices.Equal(double.Float64s(), []float64{0.1, 4}) {
		t.Errorf("copies are %v and %v", single, double)
	}
	defer func() {
		if recover() == nil {
			t.Error("a tensor is copied to one of another type")
		}
	}()
	compute.Copy(single, double)
}
