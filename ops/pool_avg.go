package ops

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.LinearMap   = avgPool{}
	_ graph.Expander    = avgPool{}
	_ graph.Examplewise = avgPool{}
	_ graph.Describer   = avgPool{}
	_ graph.LinearMap   = avgPoolReverse{}
	_ graph.Expander    = avgPoolReverse{}
	_ graph.Examplewise = avgPoolReverse{}
	_ graph.Describer   = avgPoolReverse{}
)

func init() {
	graph.Register("AvgPool", 1, func(a *graph.Args) graph.Op { return avgPool{windowOf(a.Ints(), 1)} })
	graph.Register("AvgPoolReverse", 1, func(a *graph.Args) graph.Op {
		h, w := a.Extent(), a.Extent()
		return avgPoolReverse{windowOf(a.Ints(), 1), h, w}
	})
}

// AvgPool is the mean of a window at each of its places on an image (C, H, W, N), of shape
// (C, H', W', N), or on a signal: of its entries on the image, as in Keras and ONNX. (PyTorch
// counts those past the edge too: AvgPool(Pad(x, …), …) does.) Without a stride windows lie
// side by side. Over all rows and columns that is Mean(x, 1, 2). The error of a window that
// does not fit wraps graph.ErrShape.
//
//	d(ξ) = AvgPool(ξ)     r(ζ) = ζ/k, added up where its k entries come from
func AvgPool(x *Node, p Window) *Node {
	p, failed := p.pooled("avgpool", x)
	if failed != nil {
		return failed
	}
	return graph.Apply(avgPool{p}, x)
}

type avgPool struct{ Window }

func (avgPool) String() string                 { return "avgpool" }
func (op avgPool) Describe() graph.Description { return named("AvgPool", op.list()) }
func (avgPool) Examples(symbol int, x ...Shape) graph.Treatment {
	return ofImages(graph.Independent, symbol, x...)
}
func (avgPool) Linear() []int                      { return nil }
func (op avgPool) Shape(s ...Shape) (Shape, error) { return op.poolShape(s[0]) }

func (op avgPool) Kernel() compute.Kernel {
	return compute.Bound(op.Window, bindAvgPool[float32], bindAvgPool[float64])
}

func (op avgPool) Reverse(y, ζ *Node) []*Node {
	hw := rowsAndColumns(y.In(0).Shape())
	return []*Node{graph.Apply(avgPoolReverse{op.Window, hw[0], hw[1]}, ζ)}
}

// Expand is the sum of the window over the number of its entries on the image.
func (op avgPool) Expand(x ...*Node) *Node {
	return Mul(windowSums(op.Window, x[0]), windowShares(op.Window, x[0], x[0].Shape()))
}

// windowSums adds up a window at each of its places.
func windowSums(p Window, x *Node) *Node {
	u := graph.Apply(patches{p}, x)
	if x.Shape().Rank() == 3 {
		return Sum(u, 1)
	}
	return Sum(u, 1, 2)
}

// windowShares is 1 over the number of entries of the window on an image, at each of its places.
func windowShares(p Window, of *Node, image Shape) *Node {
	ones := image.Dims()
	for i := range ones {
		if i == 0 || i == len(ones)-1 {
			ones[i] = 1
		}
	}
	return Reciprocal(windowSums(p, of.Graph().Const(1, ones...)))
}

func bindAvgPool[T compute.Float](p Window, y *tensor.Dense, x ...*tensor.Dense) func() {
	out, in, rows := compute.Data[T](y), compute.Data[T](x[0]), p.poolRows(imageDims(y.Shape()), imageDims(x[0].Shape()))
	return func() {
		for i := range rows {
			r := &rows[i]
			kernel.MeanPool(&r.PoolRow, out[r.y:], in[r.x:], 1/T(len(r.Entries)))
		}
	}
}

// An avgPoolReverse is the adjoint of an avgPool of images of h rows and w columns.
type avgPoolReverse struct {
	Window
	h, w int
}

func (avgPoolReverse) String() string { return "ravgpool" }
func (avgPoolReverse) Examples(symbol int, x ...Shape) graph.Treatment {
	return ofImages(graph.Independent, symbol, x...)
}
func (avgPoolReverse) Linear() []int { return nil }

func (op avgPoolReverse) Describe() graph.Description {
	return named("AvgPoolReverse", op.h, op.w, op.list())
}

func (op avgPoolReverse) Shape(s ...Shape) (Shape, error) {
	if r := s[0].Rank(); r != 4 && (r != 3 || op.h != 1) {
		return Shape{}, fmt.Errorf("%w: want the pool of an image, or that of a signal and one row", graph.ErrShape)
	}
	x := imageShape(s[0], s[0].Dim(0), op.h, op.w)
	if y, err := op.poolShape(x); err != nil || y != s[0] {
		return Shape{}, fmt.Errorf("%w: no pool of %v: that is %v", graph.ErrShape, x, y)
	}
	return x, nil
}

func (op avgPoolReverse) Kernel() compute.Kernel {
	return compute.Bound(op.Window, bindAvgPoolReverse[float32], bindAvgPoolReverse[float64])
}

func (op avgPoolReverse) Reverse(_, ζ *Node) []*Node {
	return []*Node{graph.Apply(avgPool{op.Window}, ζ)}
}

// Expand adds up the shares of ζ where they come from.
func (op avgPoolReverse) Expand(ζ ...*Node) *Node {
	image := imageShape(ζ[0].Shape(), ζ[0].Shape().Dim(0), op.h, op.w)
	to, err := patches{op.Window}.Shape(image)
	if err != nil {
		return refuse("ravgpool", err, ζ[0])
	}
	share := Mul(ζ[0], windowShares(op.Window, ζ[0], image))
	apart := share.Shape().Dims()
	if len(apart) == 3 {
		apart = slices.Insert(apart, 1, 1)
	} else {
		apart = slices.Insert(apart, 1, 1, 1)
	}
	return graph.Apply(folded(op), BroadcastTo(Reshape(share, apart...), to))
}

func bindAvgPoolReverse[T compute.Float](p Window, y *tensor.Dense, x ...*tensor.Dense) func() {
	out, in, rows := compute.Data[T](y), compute.Data[T](x[0]), p.poolRows(imageDims(x[0].Shape()), imageDims(y.Shape()))
	return func() {
		clear(out)
		for i := range rows {
			r := &rows[i]
			kernel.MeanGive(&r.PoolRow, out[r.x:], in[r.y:], 1/T(len(r.Entries)))
		}
	}
}
