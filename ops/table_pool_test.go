package ops_test

import (
	"math"
	"slices"

	"adjoint/ops"
	"adjoint/optest"
)

var rowsPool = []row{
	poolRow("MaxPool", ops.MaxPool, window{Size: both(2)}, slices.Max[[]float64], []int{2, 4, 5, batch}, []int{1, 2, 2, 17}),
	poolRow("MaxPool(3, stride 2, pad 1)", ops.MaxPool, window{Size: both(3), Stride: both(2), Before: both(1), After: both(1)}, slices.Max[[]float64], []int{1, 5, 4, batch}),
	poolRow("MaxPool(signal)", ops.MaxPool, window{Size: both(3), Stride: both(1), Same: true}, slices.Max[[]float64], []int{2, 5, batch}),
	poolRow("AvgPool", ops.AvgPool, window{Size: both(2)}, meanOf, []int{2, 4, 5, batch}),
	poolRow("AvgPool(3, stride 2, pad 1)", ops.AvgPool, window{Size: both(3), Stride: both(2), Before: both(1), After: [2]int{2, 0}}, meanOf, []int{1, 5, 4, batch}),
	poolRow("AvgPool(signal)", ops.AvgPool, window{Size: both(2), Dilation: both(2), Before: both(1), After: both(1)}, meanOf, []int{2, 5, batch}),
	resizedRow("Upsample", func(x *node) *node { return ops.Upsample(x, 2, 3) },
		func(x array, i []int) float64 { return x.At(i[0], i[1]/2, i[2]/3, i[3]) }),
	{
		Name: "Upsample(signal)", F: unary(func(x *node) *node { return ops.Upsample(x, 1, 2) }), Shapes: [][][]int{{{2, 3, batch}}},
		Value: func(x ...array) array {
			d := x[0].Dims
			return optest.ArrayOf([]int{d[0], 2 * d[1], d[2]}, func(i []int) float64 { return x[0].At(i[0], i[1]/2, i[2]) })
		},
	},
	resizedRow("UpsampleBilinear", func(x *node) *node { return ops.UpsampleBilinear(x, 2, 3) },
		func(x array, i []int) float64 {
			sum := 0.
			for h := range x.Dims[1] {
				for w := range x.Dims[2] {
					sum += hat(i[1], 2, h, x.Dims[1]) * hat(i[2], 3, w, x.Dims[2]) * x.At(i[0], h, w, i[3])
				}
			}
			return sum
		}),
}

// hat is the weight of entry h of n in entry i of k·n.
func hat(i, k, h, n int) float64 {
	at := min(max((float64(i)+0.5)/float64(k)-0.5, 0), float64(n-1))
	return max(0, 1-math.Abs(at-float64(h)))
}

func resizedRow(name string, f func(x *node) *node, at func(x array, i []int) float64) row {
	return row{
		Name: name, F: unary(f), Shapes: [][][]int{{{2, 3, 2, batch}}, {{1, 1, 1, 2}}},
		Value: func(x ...array) array {
			d := x[0].Dims
			return optest.ArrayOf([]int{d[0], 2 * d[1], 3 * d[2], d[3]}, func(i []int) float64 { return at(x[0], i) })
		},
	}
}

func poolRow(name string, f func(x *node, p window) *node, p window, of func(window []float64) float64, shapes ...[]int) row {
	r := row{
		Name: name, F: unary(func(x *node) *node { return f(x, p) }), Domains: domains{apart(-2, 2)},
		Value: func(x ...array) array {
			p, signal, x0 := p, len(x[0].Dims) == 3, asImage(x[0])
			if p.Stride == both(0) {
				p.Stride = p.Size
			}
			size := p.Size
			if signal {
				size[0] = 1
			}
			p = completed(p, size[:], x0)
			u := patchesOf(x0, p)
			y := optest.ArrayOf([]int{u.Dims[0], u.Dims[3], u.Dims[4], u.Dims[5]}, func(i []int) float64 {
				var seen []float64
				for a := range u.Dims[1] {
					for b := range u.Dims[2] {
						h, w := i[1]*p.Stride[0]+a*p.Dilation[0]-p.Before[0], i[2]*p.Stride[1]+b*p.Dilation[1]-p.Before[1]
						if h >= 0 && w >= 0 && h < x0.Dims[1] && w < x0.Dims[2] {
							seen = append(seen, x0.At(i[0], h, w, i[3]))
						}
					}
				}
				return of(seen)
			})
			return likeIt(y, signal)
		},
	}
	for _, s := range shapes {
		r.Shapes = append(r.Shapes, [][]int{s})
	}
	return r
}

func meanOf(v []float64) (sum float64) {
	for _, x := range v {
		sum += x / float64(len(v))
	}
	return sum
}

var rowsPad = []row{
	padRow("Pad", func(x *node) *node { return ops.Pad(x, 1, 2, 1, 0.5) }, 2, 1, func(i, n int) int { return i }, []int{2, 3, batch}, []int{1, 2}),
	padRow("PadReflect", func(x *node) *node { return ops.PadReflect(x, -2, 2, 1) }, 2, 1, func(i, n int) int {
		return []int{2, 1, 0, 1, 2, 1}[i+2]
	}, []int{2, 3, batch}),
	padRow("PadEdge", func(x *node) *node { return ops.PadEdge(x, 1, 1, 3) }, 1, 3, func(i, n int) int { return min(max(i, 0), n-1) }, []int{2, 3, batch}),
}

// padRow has entries of x at the indices that from returns, 0.5 at others.
func padRow(name string, f func(x *node) *node, before, after int, from func(i, n int) int, shapes ...[]int) row {
	r := row{Name: name, F: unary(f), Value: func(x ...array) array {
		d := slices.Clone(x[0].Dims)
		n := d[1]
		d[1] += before + after
		return optest.ArrayOf(d, func(i []int) float64 {
			at := slices.Clone(i)
			if at[1] = from(i[1]-before, n); at[1] < 0 || at[1] >= n {
				return 0.5
			}
			return x[0].At(at...)
		})
	}}
	for _, s := range shapes {
		r.Shapes = append(r.Shapes, [][]int{s})
	}
	return r
}
