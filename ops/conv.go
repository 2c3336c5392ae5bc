package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = conv{}
	_ graph.Expander       = conv{}
	_ graph.Examplewise    = conv{}
	_ graph.Describer      = conv{}
)

func init() {
	graph.Register("Conv", 2, func(a *graph.Args) graph.Op { return conv{Window: windowOf(a.Ints(), a.Int())} })
	graph.Register("ConvWeights", 2, func(a *graph.Args) graph.Op { return conv{Window: windowOf(a.Ints(), a.Int()), to: toWeights} })
	graph.Register("ConvImage", 2, func(a *graph.Args) graph.Op {
		h, w := a.Extent(), a.Extent()
		return conv{windowOf(a.Ints(), a.Int()), toImage, h, w}
	})
}

// Conv is φ at every place of a window: y = w ∗ x for weights w of shape (M, C, kh, kw) and
// an image x of shape (C, H, W, N), of shape (M, H', W', N); or, of one axis, for weights
// (M, C, k) and a signal (C, T, N). It is φ(w, Patches(x)), and, as φ is, linear in either.
// Elsewhere: conv2d, conv1d, a cross-correlation. With Groups g the weights are (M, C/g, kh,
// kw), and rows of w and channels of x go together by g-ths; depthwise is g = C.
//
//	d(η, ξ) = η∗x + w∗ξ     r(ζ) = (ζ·Patches(x)ᵀ, Fold(wᵀζ))
//
// All three are derivatives of ⟨ζ, w∗x⟩, by one of w, x and ζ, and so are their own.
//
// What is past the edge is 0, and multiplied as such: a weight that is infinite or NaN makes
// NaN wherever its window is past the edge, whatever the number of examples. The error of
// shapes that do not go together wraps graph.ErrShape.
func Conv(w, x *Node, p Window) *Node {
	p.setSize(w)
	if x.Err() == nil {
		q, err := p.over(x.Shape())
		if err != nil {
			return refuse("∗", err, w, x)
		}
		p = q
	}
	return graph.Apply(conv{Window: p}, w, x)
}

// setSize takes the size of the window from weights.
func (p *Window) setSize(w *Node) {
	if w.Err() != nil {
		return
	}
	switch d := w.Shape().Dims(); len(d) {
	case 3:
		p.Size = [2]int{1, d[2]}
	case 4:
		p.Size = [2]int{d[2], d[3]}
	}
}

// ConvTranspose is the adjoint of a Conv, of an image (M, H', W', N), by weights (M, C/g, kh,
// kw), to one (C, H, W, N): each entry of x puts the window, times itself, at its place, and
// all are added up. It has H = (H'−1)·stride + (kh−1)·dilation + 1 − before − after rows, with
// Same H'·stride. (PyTorch's output_padding is less After.) Elsewhere: conv_transpose2d,
// deconvolution.
//
//	d(η, ξ) = ConvTranspose(η, x) + ConvTranspose(w, ξ)     r(ζ) = (x·Patches(ζ)ᵀ, w∗ζ)
func ConvTranspose(w, x *Node, p Window) *Node {
	p.setSize(w)
	if w.Err() != nil || x.Err() != nil || w.Shape().Rank() != x.Shape().Rank() || w.Shape().Rank() < 3 {
		return graph.Apply(conv{Window: p, to: toImage}, w, x)
	}
	hw := rowsAndColumns(x.Shape())
	q := p
	q.Same = false
	q, err := q.over(x.Shape())
	if err != nil {
		return refuse("∗ˣ", err, w, x)
	}
	for a := range hw {
		rest := q.span(a) - q.Stride[a] - q.Before[a] - q.After[a]
		if p.Same {
			rest = 0
		}
		hw[a] = graph.Quotient(hw[a], q.Stride[a], rest, 1)
	}
	if q, err = p.over(imageShape(x.Shape(), 1, hw[0], hw[1])); err != nil {
		return refuse("∗ˣ", err, w, x)
	}
	return graph.Apply(conv{q, toImage, hw[0], hw[1]}, w, x)
}

// A conv is ⟨ζ, w∗x⟩ without the factor that it is a function to: of w and x, to places; of
// ζ and x, to the weights; of w and ζ, to an image of h rows and w columns.
type conv struct {
	Window
	to   factor
	h, w int
}

type factor int

const (
	toPlaces factor = iota
	toWeights
	toImage
)

func (op conv) String() string { return [...]string{"∗", "∗ʷ", "∗ˣ"}[op.to] }

func (op conv) Describe() graph.Description {
	switch op.to {
	case toWeights:
		return named("ConvWeights", op.list(), op.Groups)
	case toImage:
		return named("ConvImage", op.h, op.w, op.list(), op.Groups)
	}
	return named("Conv", op.list(), op.Groups)
}

func (op conv) weights(ζ, x *Node) *Node {
	return graph.Apply(conv{Window: op.Window, to: toWeights}, ζ, x)
}
func (op conv) places(w, x *Node) *Node { return graph.Apply(conv{Window: op.Window}, w, x) }
func (op conv) image(w, ζ *Node, like Shape) *Node {
	hw := rowsAndColumns(like)
	return graph.Apply(conv{op.Window, toImage, hw[0], hw[1]}, w, ζ)
}

func (op conv) Shape(s ...Shape) (Shape, error) {
	a, b := s[0], s[1]
	if a.Rank() != b.Rank() || a.Rank() < 3 || a.Rank() > 4 {
		return Shape{}, fmt.Errorf("%w: want weights (M, C/g, kh, kw) and an image (C, H, W, N), or (M, C/g, k) and a signal (C, T, N)", graph.ErrShape)
	}
	g, x := op.Groups, b
	switch op.to {
	case toWeights: // of a = ζ and b = x
		y := op.weightShape(a.Dim(0), b)
		return y, op.agree(y, b, a)
	case toImage: // of a = w and b = ζ
		x = imageShape(b, a.Dim(1)*g, op.h, op.w)
		return x, op.agree(a, x, b)
	}
	h, w, err := op.Window.places(b)
	if err != nil {
		return Shape{}, err
	}
	y := imageShape(b, a.Dim(0), h, w)
	return y, op.agree(a, x, y)
}

// weightShape is that of the weights from x to so many channels.
func (op conv) weightShape(channels int, x Shape) Shape {
	c := x.Dim(0) / max(1, op.Groups)
	if x.Rank() == 3 {
		return graph.ShapeOf(channels, c, op.Size[1])
	}
	return graph.ShapeOf(channels, c, op.Size[0], op.Size[1])
}

// agree reports shapes of weights, image and places that do not go together.
func (op conv) agree(w, x, y Shape) error {
	h, c, err := op.Window.places(x)
	if err != nil {
		return err
	}
	g := op.Groups
	if y.Rank() != x.Rank() || graph.Symbolic(y.Dim(0)) || y.Dim(0)%g != 0 || x.Dim(0)%g != 0 || w != op.weightShape(y.Dim(0), x) {
		return fmt.Errorf("%w: want weights (M, C/g, kh, kw) and an image of C channels, with g = %d of which M and C are multiples", graph.ErrShape, g)
	}
	if want := imageShape(x, y.Dim(0), h, c); y != want {
		return fmt.Errorf("%w: the places of the window on %v are %v, not %v", graph.ErrShape, x, want, y)
	}
	return nil
}

func (op conv) Reverse(y, ζ *Node) []*Node {
	a, b := y.In(0), y.In(1)
	switch op.to {
	case toWeights:
		return []*Node{op.places(ζ, b), op.image(ζ, a, b.Shape())}
	case toImage:
		return []*Node{op.weights(b, ζ), op.places(a, ζ)}
	}
	return []*Node{op.weights(ζ, b), op.image(a, ζ, b.Shape())}
}

func (op conv) Differential(y *Node, ξ ...*Node) *Node {
	return plus(
		maybe(ξ[0], func(η *Node) *Node { return graph.Apply(op, η, y.In(1)) }),
		maybe(ξ[1], func(ξ *Node) *Node { return graph.Apply(op, y.In(0), ξ) }))
}

func (op conv) Examples(symbol int, x ...Shape) graph.Treatment {
	if op.to == toWeights {
		return ofImages(graph.Summed, symbol, x...)
	}
	return ofImages(graph.Independent, symbol, x...)
}

// ofImages is the treatment of examples on the last axis of images. What a symbol counts
// on another axis, such as their height, a window mixes.
func ofImages(examples graph.Treatment, symbol int, x ...Shape) graph.Treatment {
	for _, s := range x {
		for a := range s.Rank() - 1 {
			if graph.Holds(s.Dim(a), symbol) {
				return graph.Mixed
			}
		}
	}
	return examples
}

func (op conv) Kernel() compute.Kernel {
	return compute.Strided(func(y *tensor.Dense, x []compute.View) compute.Work {
		return bindConv(op, y, nil, x, false)
	}).Taking(op.room)
}

// bindConv returns the work of a conv of x, which ends with its room; with a bias, and with floor
// without what is negative.
func bindConv(op conv, y, bias *tensor.Dense, x []compute.View, floor bool) compute.Work {
	if y.Dtype() == tensor.Float32 {
		return convolve[float32](op, y, bias, x, floor)
	}
	return convolve[float64](op, y, bias, x, floor)
}

// Expand is the definition: a product with patches, for each group.
func (op conv) Expand(x ...*Node) *Node {
	g, a, b := op.Groups, x[0], x[1]
	flat := func(x *Node, first int, rest ...int) *Node { // (g·n, …) as (g, n, rest…)
		return Reshape(x, append([]int{g, first / g}, rest...)...)
	}
	k := op.Size[0] * op.Size[1]
	patched := func(x *Node) *Node { // (g, C/g·k, places, N)
		d := graph.Apply(patches{op.Window.ungrouped()}, x).Shape().Dims()
		r := len(d)
		return flat(graph.Apply(patches{op.Window.ungrouped()}, x), d[0]*k, graph.Times(d[r/2:r-1]...), d[r-1])
	}
	onPlaces := func(x *Node) *Node { // (g, M/g, places, N)
		d := x.Shape().Dims()
		r := len(d)
		return flat(x, d[0], graph.Times(d[1:r-1]...), d[r-1])
	}
	switch op.to {
	case toWeights:
		w := Einsum("gmpn,gkpn->gmk", onPlaces(a), patched(b))
		return Reshape(w, op.weightShape(a.Shape().Dim(0), b.Shape()).Dims()...)
	case toImage:
		u := Einsum("gmk,gmpn->gkpn", flat(a, a.Shape().Dim(0), a.Shape().Dim(1)*k), onPlaces(b))
		image := imageShape(b.Shape(), a.Shape().Dim(1)*g, op.h, op.w)
		to, err := patches{op.Window.ungrouped()}.Shape(image)
		if err != nil {
			return refuse("∗ˣ", err, a, b)
		}
		return graph.Apply(folded{op.Window.ungrouped(), op.h, op.w}, Reshape(u, to.Dims()...))
	}
	y := Einsum("gmk,gkpn->gmpn", flat(a, a.Shape().Dim(0), a.Shape().Dim(1)*k), patched(b))
	h, w, err := op.Window.places(b.Shape())
	if err != nil {
		return refuse("∗", err, a, b)
	}
	return Reshape(y, imageShape(b.Shape(), a.Shape().Dim(0), h, w).Dims()...)
}
