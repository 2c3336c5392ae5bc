package ops

import (
	"fmt"
	"math"
	"slices"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = maxPool{}
	_ graph.Expander       = maxPool{}
	_ graph.Examplewise    = maxPool{}
	_ graph.Fuser          = maxPool{}
	_ graph.Describer      = maxPool{}
	_ graph.LinearMap      = attained{}
	_ graph.Expander       = attained{}
	_ graph.Examplewise    = attained{}
	_ graph.Describer      = attained{}
)

func init() {
	graph.Register("MaxPool", 1, func(a *graph.Args) graph.Op { return maxPool{windowOf(a.Ints(), 1)} })
	graph.Register("MaxPoolSlope", 3, func(a *graph.Args) graph.Op { return attained{windowOf(a.Ints(), 1), a.Flag()} })
}

// MaxPool is the largest entry of a window at each of its places on an image (C, H, W, N), of
// shape (C, H', W', N), or on a signal. What is past the edge is left out. Without a stride
// windows lie side by side. Over all rows and columns that is Max(x, 1, 2). The error of a
// window that does not fit wraps graph.ErrShape.
//
//	d(ξ) = ξ where x attains the maximum     r(ζ) = ζ there, added up over the places
//
// At a tie the first entry, row by row, gets the cotangent, as in PyTorch; Max shares it.
// Compile makes of the pool of a ReLU the ReLU of the pool, which is the same and has fewer
// entries; the cotangent of a window whose largest entry is 0 then goes to that, and none to an
// entry that is NaN.
func MaxPool(x *Node, p Window) *Node {
	p, failed := p.pooled("maxpool", x)
	if failed != nil {
		return failed
	}
	return graph.Apply(maxPool{p}, x)
}

type maxPool struct{ Window }

func (maxPool) String() string                 { return "maxpool" }
func (op maxPool) Describe() graph.Description { return named("MaxPool", op.list()) }
func (maxPool) Examples(symbol int, x ...Shape) graph.Treatment {
	return ofImages(graph.Independent, symbol, x...)
}
func (op maxPool) Shape(s ...Shape) (Shape, error) { return op.poolShape(s[0]) }
func (op maxPool) Kernel() compute.Kernel {
	return compute.Bound(op, bindMaxPool[float32], bindMaxPool[float64])
}
func (op maxPool) Reverse(y, ζ *Node) []*Node             { return []*Node{op.attained(true, y, ζ)} }
func (op maxPool) Differential(y *Node, ξ ...*Node) *Node { return op.attained(false, y, ξ[0]) }

func (op maxPool) attained(back bool, y, v *Node) *Node {
	return graph.Apply(attained{op.Window, back}, y.In(0), y, v)
}

// Expand is the largest entry of the window on the image among entries of −∞.
func (op maxPool) Expand(x ...*Node) *Node {
	return Max(windowsAmong(op.Window, x[0], math.Inf(-1)), 1)
}

// windowsAmong is what the window shows of an image among entries v, (C, kh·kw, places, N).
func windowsAmong(p Window, x *Node, v float64) *Node {
	rank := x.Shape().Rank()
	for i, a := range []int{1, 0}[:rank-2] {
		x = Pad(x, rank-2-i, p.Before[a], max(0, p.After[a]), v)
	}
	return inOneAxis(graph.Apply(patches{p.padded()}, x), p)
}

// padded is the window on an image that has its zeros already.
func (p Window) padded() Window {
	p.Before, p.After = [2]int{}, [2]int{min(0, p.After[0]), min(0, p.After[1])}
	return p
}

// inOneAxis is (C, kh·kw, H', W', N) of patches.
func inOneAxis(u *Node, p Window) *Node {
	if u.Err() != nil || u.Shape().Rank() == 4 {
		return u
	}
	return Reshape(u, slices.Replace(u.Shape().Dims(), 1, 3, p.Size[0]*p.Size[1])...)
}

// Fuse exchanges the pool and a ReLU.
func (op maxPool) Fuse(y *Node, _ func(*Node) bool) *Node {
	if a := y.In(0); a.Op() == graph.Op(member{leakyReLU{0}}) {
		return graph.Apply(poolReLU(op), a.In(0))
	}
	return nil
}

func bindMaxPool[T compute.Float](op maxPool, y *tensor.Dense, x ...*tensor.Dense) func() {
	out, in, rows := compute.Data[T](y), compute.Data[T](x[0]), op.poolRows(imageDims(y.Shape()), imageDims(x[0].Shape()))
	return func() {
		for i := range rows {
			r := &rows[i]
			kernel.MaxPool(&r.PoolRow, out[r.y:], in[r.x:])
		}
	}
}

// An attained is what a max pool y of x does to a tangent: at each place it is the entry of ξ
// where x attains y. Given back it is the adjoint, of ζ.
//
//	d(ξ) = attained(x, y, ξ)     r(ζ) = (none, none, attained(x, y, ζ), given back)
type attained struct {
	Window
	back bool
}

func (op attained) String() string {
	if op.back {
		return "rmaxpool"
	}
	return "dmaxpool"
}

func (op attained) Describe() graph.Description {
	back := 0
	if op.back {
		back = 1
	}
	return named("MaxPoolSlope", op.list(), back)
}

func (attained) Examples(symbol int, x ...Shape) graph.Treatment {
	return ofImages(graph.Independent, symbol, x...)
}
func (attained) Linear() []int { return []int{2} }

func (op attained) Shape(s ...Shape) (Shape, error) {
	y, err := op.poolShape(s[0])
	from, to := s[0], y
	if op.back {
		from, to = y, s[0]
	}
	if err == nil && (s[1] != y || s[2] != from) {
		err = fmt.Errorf("%w: want an image, its pool %v and a tensor %v", graph.ErrShape, y, from)
	}
	return to, err
}

func (op attained) Kernel() compute.Kernel {
	return compute.Bound(op, bindAttained[float32], bindAttained[float64])
}

func (op attained) Reverse(y, ζ *Node) []*Node {
	return []*Node{nil, nil, graph.Apply(attained{op.Window, !op.back}, y.In(0), y.In(1), ζ)}
}

// Expand marks the first entry of each window that is y: of those that are, it has the most
// entries after it.
func (op attained) Expand(x ...*Node) *Node {
	u, y, v := windowsAmong(op.Window, x[0], math.Inf(-1)), x[1], x[2]
	d := u.Shape().Dims()
	k := d[1]
	over := func(y *Node) *Node { return BroadcastTo(ExpandDims(y, 1), graph.ShapeOf(d...)) }
	rest := make([]float64, k)
	for i := range rest {
		rest[i] = float64(k - i)
	}
	shape := slices.Repeat([]int{1}, len(d)-1)
	shape[0] = k
	rank := u.Graph().Constant("", tensorOf(u.Graph().Dtype(), rest, shape...))
	is := Equal(u, over(y))
	mark := Mul(is, rank)
	mark = Mul(is, Equal(mark, over(Max(mark, 1))))
	if !op.back {
		return Sum(Mul(mark, windowsAmong(op.Window, v, 0)), 1)
	}
	image := x[0].Shape().Dims()
	axes := []int{1, 0}[:len(image)-2]
	for i, a := range axes {
		image[len(image)-2-i] += op.Before[a] + max(0, op.After[a])
	}
	hw := rowsAndColumns(graph.ShapeOf(image...))
	to, err := patches{op.padded()}.Shape(graph.ShapeOf(image...))
	if err != nil {
		return refuse(op.String(), err, x...)
	}
	z := graph.Apply(folded{op.padded(), hw[0], hw[1]}, Reshape(Mul(mark, over(v)), to.Dims()...))
	for i, a := range axes {
		axis := len(image) - 2 - i
		z = Slice(z, axis, op.Before[a], op.Before[a]+x[0].Shape().Dim(axis))
	}
	return z
}

func bindAttained[T compute.Float](op attained, y *tensor.Dense, x ...*tensor.Dense) func() {
	out, in, m, v := compute.Data[T](y), compute.Data[T](x[0]), compute.Data[T](x[1]), compute.Data[T](x[2])
	rows := op.poolRows(imageDims(x[1].Shape()), imageDims(x[0].Shape()))
	if !op.back {
		return func() {
			for i := range rows {
				r := &rows[i]
				kernel.MaxTake(&r.PoolRow, out[r.y:], in[r.x:], m[r.y:], v[r.x:])
			}
		}
	}
	set, shown := true, 0 // by rows whose places are apart, if these show all entries
	for _, r := range rows {
		set, shown = set && r.Apart, shown+len(r.Entries)*r.Places*r.N
	}
	set = set && shown == len(out)
	return func() {
		if !set {
			clear(out)
		}
		for i := range rows {
			r := &rows[i]
			kernel.MaxGive(&r.PoolRow, out[r.x:], in[r.x:], m[r.y:], v[r.y:])
		}
	}
}
