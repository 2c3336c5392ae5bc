package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.LinearMap   = patches{}
	_ graph.Expander    = patches{}
	_ graph.Examplewise = patches{}
	_ graph.Describer   = patches{}
	_ graph.LinearMap   = folded{}
	_ graph.Expander    = folded{}
	_ graph.Examplewise = folded{}
	_ graph.Describer   = folded{}
)

func init() {
	graph.Register("Patches", 1, func(a *graph.Args) graph.Op { return patches{windowOf(a.Ints(), 1)} })
	graph.Register("Fold", 1, func(a *graph.Args) graph.Op {
		h, w := a.Extent(), a.Extent()
		return folded{windowOf(a.Ints(), 1), h, w}
	})
}

// Patches is what a window shows of an image x of shape (C, H, W, N) at each of its places,
// zeros where it is past the edge: (C, kh, kw, H', W', N) with
//
//	y[c, i, j, h, w] = x[c, h·stride + i·dilation − before, w·stride + j·dilation − before]
//
// Of a signal (C, T, N) it is (C, k, T', N). It is linear, and Fold is its adjoint. Elsewhere:
// im2col, unfold. The error of a window that does not fit wraps graph.ErrShape.
//
//	d(ξ) = Patches(ξ)     r(ζ) = Fold(ζ)
func Patches(x *Node, p Window) *Node {
	if x.Err() == nil {
		q, err := p.over(x.Shape())
		if err != nil {
			return refuse("patches", err, x)
		}
		p = q
	}
	return graph.Apply(patches{p.ungrouped()}, x)
}

// ungrouped is the window without the groups, which are of convolutions.
func (p Window) ungrouped() Window {
	p.Groups = 1
	return p
}

type patches struct{ Window }

func (patches) String() string                 { return "patches" }
func (op patches) Describe() graph.Description { return named("Patches", op.list()) }
func (patches) Examples(symbol int, x ...Shape) graph.Treatment {
	return ofImages(graph.Independent, symbol, x...)
}
func (patches) Linear() []int { return nil }

func (op patches) Shape(s ...Shape) (Shape, error) {
	oh, ow, err := op.places(s[0])
	if err != nil {
		return Shape{}, err
	}
	if d := s[0].Dims(); len(d) == 3 {
		return graph.ShapeOf(d[0], op.Size[1], ow, d[2]), nil
	}
	return graph.ShapeOf(s[0].Dim(0), op.Size[0], op.Size[1], oh, ow, s[0].Dim(3)), nil
}

func (op patches) Kernel() compute.Kernel {
	return compute.Bound(op.Window, cutPatches[float32], cutPatches[float64])
}

func (op patches) Reverse(y, ζ *Node) []*Node {
	hw := rowsAndColumns(y.In(0).Shape())
	return []*Node{graph.Apply(folded{op.Window, hw[0], hw[1]}, ζ)}
}

// Expand takes columns, and then rows, of the image among zeros.
func (op patches) Expand(x ...*Node) *Node {
	y := x[0]
	for _, a := range op.shown(y, y.Shape()) {
		y = Gather(Pad(y, a.axis, a.before, a.size-a.before-y.Shape().Dim(a.axis), 0), a.axis, a.index)
	}
	return exchangeWithin(y)
}

// exchangeWithin is (C, kh, H', kw, W', N) of (C, kh, kw, H', W', N), and that of it.
func exchangeWithin(x *Node) *Node {
	if x.Err() != nil || x.Shape().Rank() != 6 {
		return x
	}
	return Transpose(x, 0, 1, 3, 2, 4, 5)
}

// A shownAxis is an axis of an image with so many zeros before it and size entries in all,
// and which of them the window shows, (k, places).
type shownAxis struct {
	axis, before, size int
	index              *Node
}

// shown returns the axes of columns and, of an image, of rows, for a node of the graph that
// the indices are for.
func (p Window) shown(of *Node, image Shape) (list []shownAxis) {
	h, w, err := p.places(image)
	if err == nil && (graph.Symbolic(h) || graph.Symbolic(w)) {
		err = fmt.Errorf("%w: the entries of a window on axes that are no numbers", graph.ErrShape)
	}
	if err != nil {
		return []shownAxis{{index: refuse("patches", err, of)}}
	}
	places, n := [2]int{h, w}, rowsAndColumns(image)
	for i, a := range []int{1, 0}[:image.Rank()-2] {
		index := make([]float64, 0, p.Size[a]*places[a])
		for t := range p.Size[a] {
			for o := range places[a] {
				index = append(index, float64(o*p.Stride[a]+t*p.Dilation[a]))
			}
		}
		list = append(list, shownAxis{
			image.Rank() - 2 - i, p.Before[a], max(p.Before[a]+n[a], (places[a]-1)*p.Stride[a]+p.span(a)),
			of.Graph().Constant("", tensorOf(of.Graph().Dtype(), index, p.Size[a], places[a])),
		})
	}
	return list
}

func cutPatches[T compute.Float](p Window, y *tensor.Dense, x ...*tensor.Dense) func() {
	out, in := compute.Data[T](y), compute.Data[T](x[0])
	each := p.pieces(patchDims(y), imageDims(x[0].Shape()))
	take := func(o, i, n int) { copy(out[o:o+n], in[i:i+n]) }
	return func() {
		clear(out)
		each(take)
	}
}

// Fold adds up patches (C, kh, kw, H', W', N) where they come from in an image of h rows and
// w columns, or patches (C, k, T', N) in a signal of w entries, of which h is 1. Elsewhere:
// col2im. The error of patches that are none of such an image wraps graph.ErrShape.
//
//	d(ξ) = Fold(ξ)     r(ζ) = Patches(ζ)
func Fold(x *Node, h, w int, p Window) *Node {
	if x.Err() == nil && (x.Shape().Rank() == 6 || x.Shape().Rank() == 4) {
		q, err := p.over(foldedShape(x.Shape(), h, w))
		if err != nil {
			return refuse("fold", err, x)
		}
		p = q
	}
	return graph.Apply(folded{p.ungrouped(), h, w}, x)
}

type folded struct {
	Window
	h, w int
}

func (folded) String() string                 { return "fold" }
func (op folded) Describe() graph.Description { return named("Fold", op.h, op.w, op.list()) }
func (folded) Examples(symbol int, x ...Shape) graph.Treatment {
	return ofImages(graph.Independent, symbol, x...)
}
func (folded) Linear() []int { return nil }

// foldedShape is the shape of the image of patches of rank 4 or 6.
func foldedShape(x Shape, h, w int) Shape {
	if x.Rank() == 4 {
		return graph.ShapeOf(x.Dim(0), w, x.Dim(3))
	}
	return graph.ShapeOf(x.Dim(0), h, w, x.Dim(5))
}

func (op folded) Shape(s ...Shape) (Shape, error) {
	if r := s[0].Rank(); r != 6 && (r != 4 || op.h != 1) {
		return Shape{}, fmt.Errorf("%w: want patches (C, kh, kw, H', W', N), or (C, k, T', N) and one row", graph.ErrShape)
	}
	image := foldedShape(s[0], op.h, op.w)
	if want, err := (patches{op.Window}).Shape(image); err != nil || want != s[0] {
		return Shape{}, fmt.Errorf("%w: no patches of %v: those are %v", graph.ErrShape, image, want)
	}
	return image, nil
}

func (op folded) Kernel() compute.Kernel {
	return compute.Bound(op.Window, foldPatches[float32], foldPatches[float64])
}

func (op folded) Reverse(_, ζ *Node) []*Node { return []*Node{graph.Apply(patches{op.Window}, ζ)} }

// Expand adds up columns, and then rows, of the image among zeros.
func (op folded) Expand(x ...*Node) *Node {
	image := foldedShape(x[0].Shape(), op.h, op.w)
	y, axes := exchangeWithin(x[0]), op.shown(x[0], image)
	for i, a := range axes {
		at := a.axis + len(axes) - 1 - i // rows are two axes while columns are done
		y = Slice(ScatterAdd(y, at, a.index, a.size), at, a.before, a.before+image.Dim(a.axis))
	}
	return y
}

func foldPatches[T compute.Float](p Window, y *tensor.Dense, x ...*tensor.Dense) func() {
	out, in := compute.Data[T](y), compute.Data[T](x[0])
	each := p.pieces(patchDims(x[0]), imageDims(y.Shape()))
	add := func(i, o, n int) { kernel.Add(out[o:o+n], out[o:o+n], in[i:i+n]) }
	return func() {
		clear(out)
		each(add)
	}
}

// patchDims returns the extents (C, kh, kw, H', W', N) of patches.
func patchDims(v *tensor.Dense) [6]int {
	if d := v.Shape(); len(d) == 4 {
		return [6]int{d[0], 1, d[1], 1, d[2], d[3]}
	}
	return [6]int(v.Shape())
}

// pieces returns the function that calls f for each piece that patches and image have in
// common: where it begins in either, and its length.
func (p Window) pieces(patches [6]int, image [4]int) func(f func(patch, image, n int)) {
	C, kh, kw, oh, ow, n := patches[0], patches[1], patches[2], patches[3], patches[4], patches[5]
	h, w := image[1], image[2]
	rows, cols := p.hits(0, oh, h, false), p.hits(1, ow, w, false)
	return func(f func(patch, image, n int)) {
		for c := range C {
			for o, row := range rows {
				for _, i := range row {
					for q, col := range cols {
						for _, j := range col {
							f(((((c*kh+i.tap)*kw+j.tap)*oh+o)*ow+q)*n, ((c*h+i.at)*w+j.at)*n, n)
						}
					}
				}
			}
		}
	}
}
