package ops_test

import (
	"adjoint/ops"
	"adjoint/optest"
)

type window = ops.Window

var both = ops.Both

var rowsConv = []row{
	convRow("Conv", window{}, [][]int{{2, 1, 3, 3}, {1, 5, 4, batch}}, [][]int{{3, 2, 2, 3}, {2, 4, 5, 17}}, [][]int{{2, 2, 1, 1}, {2, 3, 3, 1}}),
	convRow("Conv(pad 1)", window{Before: both(1), After: both(1)}, [][]int{{2, 2, 3, 3}, {2, 4, 4, batch}}, [][]int{{2, 1, 3, 2}, {1, 3, 4, 17}}, [][]int{{2, 4, 3, 3}, {4, 3, 3, 16}}),
	convRow("Conv(pad by side)", window{Before: [2]int{0, 2}, After: [2]int{3, -1}}, [][]int{{2, 2, 2, 3}, {2, 4, 5, batch}}, [][]int{{2, 4, 2, 3}, {4, 3, 3, 16}}),
	convRow("Conv(wide pad)", window{Before: both(4), After: both(3)}, [][]int{{2, 4, 3, 2}, {4, 2, 3, batch}}),
	convRow("Conv(same)", window{Same: true, Stride: [2]int{2, 3}}, [][]int{{2, 1, 3, 3}, {1, 5, 7, batch}}),
	convRow("Conv(stride 2)", window{Stride: both(2), Before: both(1), After: both(1)}, [][]int{{2, 1, 3, 3}, {1, 5, 6, batch}}, [][]int{{2, 4, 3, 3}, {4, 5, 4, 16}}),
	convRow("Conv(stride 3, 2)", window{Stride: [2]int{3, 2}}, [][]int{{2, 1, 2, 3}, {1, 7, 6, batch}}, [][]int{{2, 4, 3, 3}, {4, 7, 8, 1}}, [][]int{{2, 4, 1, 1}, {4, 4, 4, 65}}),
	convRow("Conv(dilation 2)", window{Dilation: [2]int{2, 1}, Before: [2]int{1, 2}, After: [2]int{1, 2}}, [][]int{{1, 2, 2, 3}, {2, 4, 4, batch}}, [][]int{{1, 2, 3, 3}, {2, 5, 4, 19}}),
	convRow("Conv(groups 2)", window{Groups: 2, Before: [2]int{1, 0}, After: [2]int{1, 0}}, [][]int{{4, 1, 2, 2}, {2, 3, 4, batch}}, [][]int{{2, 2, 3, 3}, {4, 4, 4, 16}}),
	convRow("Conv(depthwise)", window{Groups: 3, Before: both(1), After: both(1), Stride: [2]int{1, 2}}, [][]int{{3, 1, 3, 3}, {3, 3, 4, batch}}, [][]int{{3, 1, 3, 3}, {3, 4, 4, 16}}),
	convRow("Conv(signal)", window{Stride: both(2), Before: both(2)}, [][]int{{2, 3, 3}, {3, 6, batch}}, [][]int{{2, 4, 2}, {4, 5, 33}}),
	transposedRow("ConvTranspose", window{}, [][]int{{2, 3, 3, 2}, {2, 3, 4, batch}}, [][]int{{3, 1, 2, 2}, {3, 2, 2, 17}}),
	transposedRow("ConvTranspose(stride 2)", window{Stride: both(2), Before: both(1), After: [2]int{1, 0}}, [][]int{{2, 3, 3, 4}, {2, 3, 2, batch}}),
	transposedRow("ConvTranspose(same)", window{Stride: both(3), Same: true}, [][]int{{2, 1, 2, 4}, {2, 1, 2, batch}}),
	transposedRow("ConvTranspose(groups, signal)", window{Groups: 2, Before: both(1), After: both(1)}, [][]int{{4, 1, 3}, {4, 5, batch}}),
	patchesRow("Patches", window{Size: [2]int{2, 3}, Before: [2]int{1, 0}, Stride: [2]int{1, 2}}, []int{2, 3, 4, batch}, []int{1, 1, 3, 2}),
	patchesRow("Patches(signal)", window{Size: both(2), Dilation: both(2), After: both(1)}, []int{2, 5, batch}),
	{
		Name:   "Fold",
		F:      unary(func(x *node) *node { return ops.Fold(x, 3, 4, window{Size: both(2)}) }),
		Shapes: [][][]int{{{2, 2, 2, 2, 3, batch}}, {{1, 2, 2, 2, 3, 1}}},
		Value: func(x ...array) array {
			d := x[0].Dims
			return optest.ArrayOf([]int{d[0], 3, 4, d[5]}, func(i []int) (sum float64) {
				for a := range 2 {
					for b := range 2 {
						if h, w := i[1]-a, i[2]-b; h >= 0 && h < d[3] && w >= 0 && w < d[4] {
							sum += x[0].At(i[0], a, b, h, w, i[3])
						}
					}
				}
				return sum
			})
		},
	},
}

func convRow(name string, p window, shapes ...[][]int) row {
	return row{
		Name:   name,
		F:      binary(func(w, x *node) *node { return ops.Conv(w, x, p) }),
		Shapes: shapes,
		Value: func(x ...array) array {
			w, x0, signal := asWeights(x[0]), asImage(x[1]), len(x[1].Dims) == 3
			p := completed(p, w.Dims[2:], x0)
			u, g := patchesOf(x0, p), max(1, p.Groups)
			y := optest.ArrayOf([]int{w.Dims[0], u.Dims[3], u.Dims[4], u.Dims[5]}, func(i []int) (sum float64) {
				for c := range w.Dims[1] {
					for a := range w.Dims[2] {
						for b := range w.Dims[3] {
							sum += w.At(i[0], c, a, b) * u.At(i[0]/(w.Dims[0]/g)*w.Dims[1]+c, a, b, i[1], i[2], i[3])
						}
					}
				}
				return sum
			})
			return likeIt(y, signal)
		},
	}
}

// transposedRow has the definition by the places of the window: each puts the window there.
func transposedRow(name string, p window, shapes ...[][]int) row {
	return row{
		Name:   name,
		F:      binary(func(w, x *node) *node { return ops.ConvTranspose(w, x, p) }),
		Shapes: shapes,
		Value: func(x ...array) array {
			w, ζ, signal := asWeights(x[0]), asImage(x[1]), len(x[1].Dims) == 3
			h := array{Dims: []int{0, 1, 1, 0}} // of the image
			p := p
			for a := range 2 {
				n, k, s := ζ.Dims[a+1], w.Dims[a+2], max(1, p.Stride[a])
				if signal && a == 0 {
					s = 1
				}
				h.Dims[a+1] = (n-1)*s + k - p.Before[a] - p.After[a]
				if p.Same {
					h.Dims[a+1] = n * s
				}
				if signal && a == 0 {
					h.Dims[a+1] = 1
				}
			}
			p = completed(p, w.Dims[2:], h)
			g := max(1, p.Groups)
			y := optest.ArrayOf([]int{w.Dims[1] * g, h.Dims[1], h.Dims[2], ζ.Dims[3]}, func(i []int) (sum float64) {
				for m := range w.Dims[0] {
					if m/(w.Dims[0]/g) != i[0]/w.Dims[1] {
						continue
					}
					for u := range ζ.Dims[1] {
						for v := range ζ.Dims[2] {
							a, b := i[1]+p.Before[0]-u*p.Stride[0], i[2]+p.Before[1]-v*p.Stride[1]
							if a >= 0 && b >= 0 && a < w.Dims[2] && b < w.Dims[3] {
								sum += w.At(m, i[0]%w.Dims[1], a, b) * ζ.At(m, u, v, i[3])
							}
						}
					}
				}
				return sum
			})
			return likeIt(y, signal)
		},
	}
}

func patchesRow(name string, p window, shapes ...[]int) row {
	r := row{
		Name: name,
		F:    unary(func(x *node) *node { return ops.Patches(x, p) }),
		Value: func(x ...array) array {
			signal := len(x[0].Dims) == 3
			x0 := asImage(x[0])
			size := p.Size[:]
			if signal {
				size = []int{1, p.Size[1]}
			}
			u := patchesOf(x0, completed(p, size, x0))
			if d := u.Dims; signal {
				u.Dims = []int{d[0], d[2], d[4], d[5]}
			}
			return u
		},
	}
	for _, s := range shapes {
		r.Shapes = append(r.Shapes, [][]int{s})
	}
	return r
}

// asImage gives a signal one row.
func asImage(x array) array {
	if d := x.Dims; len(d) == 3 {
		x.Dims = []int{d[0], 1, d[1], d[2]}
	}
	return x
}

// asWeights gives weights for a signal one row.
func asWeights(x array) array {
	if d := x.Dims; len(d) == 3 {
		x.Dims = []int{d[0], d[1], 1, d[2]}
	}
	return x
}

// likeIt takes the row from a signal again.
func likeIt(y array, signal bool) array {
	if d := y.Dims; signal {
		y.Dims = []int{d[0], d[2], d[3]}
	}
	return y
}

// completed is a window with all its numbers, of the size of the weights on an image.
func completed(p window, size []int, x array) window {
	p.Size = [2]int(size)
	for a := range 2 {
		p.Stride[a], p.Dilation[a] = max(1, p.Stride[a]), max(1, p.Dilation[a])
		if n := x.Dims[a+1]; p.Same {
			zeros := max(0, ((n+p.Stride[a]-1)/p.Stride[a]-1)*p.Stride[a]+(p.Size[a]-1)*p.Dilation[a]+1-n)
			p.Before[a], p.After[a] = zeros/2, (zeros+1)/2
		}
	}
	if size[0] == 1 && x.Dims[1] == 1 { // a signal
		p.Stride[0], p.Dilation[0], p.Before[0], p.After[0] = 1, 1, 0, 0
	}
	return p
}

// patchesOf is what a window shows, by its definition.
func patchesOf(x array, p window) array {
	places := func(a int) int {
		return (x.Dims[a+1]+p.Before[a]+p.After[a]-(p.Size[a]-1)*p.Dilation[a]-1)/p.Stride[a] + 1
	}
	return optest.ArrayOf([]int{x.Dims[0], p.Size[0], p.Size[1], places(0), places(1), x.Dims[3]}, func(i []int) float64 {
		h, w := i[3]*p.Stride[0]+i[1]*p.Dilation[0]-p.Before[0], i[4]*p.Stride[1]+i[2]*p.Dilation[1]-p.Before[1]
		if h < 0 || w < 0 || h >= x.Dims[1] || w >= x.Dims[2] {
			return 0
		}
		return x.At(i[0], h, w, i[5])
	})
}
