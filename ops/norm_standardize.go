package ops

import (
	"fmt"
	"math"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = standardized{}
	_ graph.Expander       = standardized{}
	_ graph.Examplewise    = standardized{}
	_ graph.Describer      = standardized{}
	_ graph.Expander       = standardizedSlope{}
	_ graph.Examplewise    = standardizedSlope{}
	_ graph.Describer      = standardizedSlope{}
)

func init() {
	normalizationOf := func(a *graph.Args, centred bool) normalization {
		return normalization{numberOf(a.Float()), graph.IntsOf(a.Ints()...), centred}
	}
	graph.Register("Standardize", 1, func(a *graph.Args) graph.Op { return standardized{normalizationOf(a, true)} })
	graph.Register("RMSNorm", 1, func(a *graph.Args) graph.Op { return standardized{normalizationOf(a, false)} })
	graph.Register("StandardizeSlope", 2, func(a *graph.Args) graph.Op { return standardizedSlope{normalizationOf(a, true)} })
	graph.Register("RMSNormSlope", 2, func(a *graph.Args) graph.Op { return standardizedSlope{normalizationOf(a, false)} })
}

// Standardize is x̂ = (x − μ)/√(σ² + ε), μ and σ² the mean and Variance of x over axes, which
// lie side by side. Over all axes but the channels, that of batch normalisation (S. Ioffe,
// C. Szegedy 2015); over all but the examples, layer normalisation (J. Ba et al. 2016), both
// before a scale and a shift, which Mul and Add do. The mean is taken first, so that nothing
// is lost where it is large. The error of an ε that is negative or not finite wraps
// graph.ErrValue, that of axes that are not there or lie apart graph.ErrAxis.
//
//	d(ξ) = (ξ − mean(ξ) − x̂⊙mean(x̂⊙ξ))/√(σ² + ε)     r = d
func Standardize(x *Node, ε float64, axes ...int) *Node {
	return graph.Apply(standardized{normalization{numberOf(ε), axesOf(x, axes), true}}, x)
}

// RMSNorm is x̂ = x/√(mean(x²) + ε) over axes, which lie side by side (B. Zhang, R. Sennrich
// 2019). The errors are those of Standardize.
//
//	d(ξ) = (ξ − x̂⊙mean(x̂⊙ξ))/√(mean(x²) + ε)     r = d
func RMSNorm(x *Node, ε float64, axes ...int) *Node {
	return graph.Apply(standardized{normalization{numberOf(ε), axesOf(x, axes), false}}, x)
}

// GroupNorm standardizes groups of neighbouring channels of an image (C, H, W, N), or of a
// signal, each over its channels, rows and columns (Y. Wu, K. He 2018). With one group that is
// layer normalisation, with C instance normalisation. The error of a C that is no multiple of
// groups wraps graph.ErrShape.
//
//	r(ζ) = that of Standardize, group by group
func GroupNorm(x *Node, groups int, ε float64) *Node {
	if x.Err() != nil {
		return x
	}
	d := x.Shape().Dims()
	if len(d) < 3 || graph.Symbolic(d[0]) || groups < 1 || d[0]%groups != 0 {
		return refuse("groupnorm", fmt.Errorf("%w: want an image (C, H, W, N) or a signal (C, T, N), and C a multiple of groups = %d", graph.ErrShape, groups), x)
	}
	apart, axes := append([]int{groups, d[0] / groups}, d[1:]...), make([]int, len(d)-1)
	for i := range axes {
		axes[i] = i + 1
	}
	return Reshape(Standardize(Reshape(x, apart...), ε, axes...), d...)
}

// A normalization is what is divided by: the root of ε and the mean of squares over axes, of x or, if
// it is centred, of its deviations.
type normalization struct {
	ε       number
	axes    graph.Ints
	centred bool
}

// valid reports parameters for which there is no x̂ of shape x.
func (p normalization) valid(x Shape) error {
	if ε := p.ε.float(); !(ε >= 0) || math.IsInf(ε, 0) {
		return fmt.Errorf("%w: ε = %g, want 0 or more", graph.ErrValue, ε)
	}
	axes, err := resolve(x, p.axes.All())
	if err != nil {
		return err
	}
	if graph.IntsOf(axes...) != p.axes {
		return fmt.Errorf("%w: axes %v are not in order", graph.ErrAxis, p.axes)
	}
	if len(axes) == 0 || axes[len(axes)-1]-axes[0] != len(axes)-1 {
		return fmt.Errorf("%w: axes %v do not lie side by side", graph.ErrAxis, p.axes)
	}
	return nil
}

func (p normalization) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, x[0], p.axes.All()...)
}

// deviations is what x̂ is a multiple of, and divisor the root, along x.
func (p normalization) deviations(x *Node) *Node {
	if p.centred {
		return deviations(x, p.axes.All())
	}
	return x
}

func (p normalization) divisor(x *Node) *Node {
	return p.along(x, Sqrt(Shift(Mean(Square(p.deviations(x)), p.axes.All()...), p.ε.float())))
}

// along repeats a mean along the axes.
func (p normalization) along(x, mean *Node) *Node { return spread(mean, x.Shape(), p.axes) }

// A standardized is x ↦ x̂.
type standardized struct{ normalization }

func (op standardized) String() string {
	if op.centred {
		return fmt.Sprintf("standardize%v", op.axes)
	}
	return fmt.Sprintf("rms%v", op.axes)
}

func (op standardized) Describe() graph.Description {
	if op.centred {
		return named("Standardize", op.ε.float(), op.axes.All())
	}
	return named("RMSNorm", op.ε.float(), op.axes.All())
}

func (op standardized) Shape(s ...Shape) (Shape, error) { return s[0], op.valid(s[0]) }
func (op standardized) Expand(x ...*Node) *Node {
	return Div(op.deviations(x[0]), op.divisor(x[0]))
}

func (op standardized) Reverse(y, ζ *Node) []*Node {
	return []*Node{graph.Apply(standardizedSlope{op.normalization}, y.In(0), ζ)}
}

func (op standardized) Differential(y *Node, ξ ...*Node) *Node {
	return graph.Apply(standardizedSlope{op.normalization}, y.In(0), ξ[0])
}

func (op standardized) Kernel() compute.Kernel {
	return compute.Bound(op.normalization, bindStandardized[float32], bindStandardized[float64])
}

// A standardizedSlope is (x, ζ) ↦ dx̂(ζ), which is rx̂(ζ): the map is its own adjoint.
type standardizedSlope struct{ normalization }

func (op standardizedSlope) String() string { return "d" + standardized(op).String() }

func (op standardizedSlope) Describe() graph.Description {
	if op.centred {
		return named("StandardizeSlope", op.ε.float(), op.axes.All())
	}
	return named("RMSNormSlope", op.ε.float(), op.axes.All())
}

func (op standardizedSlope) Shape(s ...Shape) (Shape, error) {
	if s[0] != s[1] {
		return Shape{}, fmt.Errorf("%w: %v and %v", graph.ErrShape, s[0], s[1])
	}
	return s[0], op.valid(s[0])
}

// Expand is the formula, of x̂ and the divisor.
func (op standardizedSlope) Expand(x ...*Node) *Node {
	ζ, y := x[1], graph.Apply(standardized(op), x[0])
	share := op.along(y, Mean(Mul(y, ζ), op.axes.All()...))
	return Div(Sub(op.deviations(ζ), Mul(y, share)), op.divisor(x[0]))
}

func (op standardizedSlope) Reverse(y, ζ *Node) []*Node { return graph.Through(op, y, ζ) }

func (op standardizedSlope) Kernel() compute.Kernel {
	return compute.Bound(op.normalization, bindSlope[float32], bindSlope[float64])
}

// A normalizer works on lines of x, along the axes: k entries that are after apart, of which
// so many lie side by side. Columns is how many are done at once.
type normalizer[T compute.Float] struct {
	before, k, after, columns int
	ε                         T
	centred                   bool
	mean, scale, share, temp  []T // a column each
	line                      []T // of a line in one piece
}

// columnsAtOnce is how many lines are done at once: what they read stays in the caches.
const columnsAtOnce = 256

func newNormalizer[T compute.Float](p normalization, x *tensor.Dense) *normalizer[T] {
	axes, d := p.axes.All(), x.Shape()
	first, last := axes[0], axes[len(axes)-1]+1
	n := &normalizer[T]{
		before: product(d[:first]), k: product(d[first:last]), after: product(d[last:]),
		ε: T(p.ε.float()), centred: p.centred,
	}
	n.columns = min(n.after, columnsAtOnce)
	if n.after == 1 {
		n.line = make([]T, n.k)
		return n
	}
	room := make([]T, 4*n.columns)
	n.mean, n.scale = room[:n.columns], room[n.columns:2*n.columns]
	n.share, n.temp = room[2*n.columns:3*n.columns], room[3*n.columns:]
	return n
}

func bindStandardized[T compute.Float](p normalization, y *tensor.Dense, x ...*tensor.Dense) func() {
	n, out, in := newNormalizer[T](p, x[0]), compute.Data[T](y), compute.Data[T](x[0])
	return func() {
		n.each(func(at, columns int) {
			if n.after == 1 {
				n.standardize(out[at:][:n.k], in[at:][:n.k])
				return
			}
			n.measure(in[at:], columns)
			mean, scale := n.mean[:columns], n.scale[:columns]
			for i := range n.k {
				row := out[at+i*n.after:][:columns]
				kernel.Sub(row, in[at+i*n.after:][:columns], mean)
				kernel.Mul(row, row, scale)
			}
		})
	}
}

func bindSlope[T compute.Float](p normalization, y *tensor.Dense, x ...*tensor.Dense) func() {
	n, out, in, zeta := newNormalizer[T](p, x[0]), compute.Data[T](y), compute.Data[T](x[0]), compute.Data[T](x[1])
	return func() {
		n.each(func(at, columns int) {
			if n.after == 1 {
				n.slope(out[at:][:n.k], in[at:][:n.k], zeta[at:][:n.k])
			} else {
				n.slopes(out[at:], in[at:], zeta[at:], columns)
			}
		})
	}
}

// each calls f with where lines begin, and how many of them are side by side.
func (n *normalizer[T]) each(f func(at, columns int)) {
	for b := range n.before {
		for j := 0; j < n.after; j += n.columns {
			f(b*n.k*n.after+j, min(n.columns, n.after-j))
		}
	}
}

// shortLine is the length up to which a line in one piece is added up one entry after the
// other, as columns are: then its bits are those of a column.
const shortLine = 256

// sum is Σx, and dot is Σx⊙y.
func (n *normalizer[T]) sum(x []T) (s T) {
	if len(x) > shortLine {
		return kernel.Sum(x)
	}
	for _, v := range x {
		s += v
	}
	return s
}

func (n *normalizer[T]) dot(x, y []T) (s T) {
	if len(x) > shortLine {
		return kernel.Dot(x, y)
	}
	for i, v := range x {
		s += T(v * y[i])
	}
	return s
}

// standardize does a line in one piece.
func (n *normalizer[T]) standardize(y, x []T) { kernel.Scale(y, y, n.centre(y, x)) }

// centre sets y to the deviations of a line, and returns what they are multiplied by.
func (n *normalizer[T]) centre(y, x []T) (scale T) {
	mean := T(0)
	if n.centred {
		mean = n.sum(x) * (1 / T(n.k))
	}
	kernel.Shift(y, x, -mean)
	return n.scaleOf(n.dot(y, y))
}

func (n *normalizer[T]) scaleOf(squares T) T {
	return 1 / T(math.Sqrt(float64(squares/T(n.k)+n.ε)))
}

// slope is standardize for the derivative.
func (n *normalizer[T]) slope(y, x, zeta []T) {
	scale := n.centre(n.line, x)
	share, mean := n.dot(n.line, zeta)*(scale*scale/T(n.k)), T(0)
	if n.centred {
		mean = n.sum(zeta) / T(n.k)
	}
	kernel.Scale(n.line, n.line, share)
	kernel.Shift(n.line, n.line, mean)
	kernel.Sub(y, zeta, n.line)
	kernel.Scale(y, y, scale)
}

// measure sets the means of columns, and what their deviations are multiplied by.
func (n *normalizer[T]) measure(x []T, columns int) {
	mean, scale, temp := n.mean[:columns], n.scale[:columns], n.temp[:columns]
	clear(mean)
	clear(scale)
	if n.centred {
		for i := range n.k {
			kernel.Add(mean, mean, x[i*n.after:][:columns])
		}
		kernel.Scale(mean, mean, 1/T(n.k))
	}
	for i := range n.k {
		kernel.Sub(temp, x[i*n.after:][:columns], mean)
		kernel.Mul(temp, temp, temp)
		kernel.Add(scale, scale, temp)
	}
	for j, s := range scale {
		scale[j] = n.scaleOf(s)
	}
}

// slopes is slope for columns.
func (n *normalizer[T]) slopes(y, x, zeta []T, columns int) {
	n.measure(x, columns)
	mean, scale, share, temp := n.mean[:columns], n.scale[:columns], n.share[:columns], n.temp[:columns]
	clear(share)
	first := y[:columns] // holds the sums of ζ until it is computed, last
	clear(first)
	for i := range n.k {
		ζ := zeta[i*n.after:][:columns]
		kernel.Add(first, first, ζ)
		kernel.Sub(temp, x[i*n.after:][:columns], mean)
		kernel.Mul(temp, temp, ζ)
		kernel.Add(share, share, temp)
	}
	// Of x̂ = (x − mean)·scale: x̂·share is (x − mean)·scale²·Σ(x − mean)ζ/k.
	for j := range share {
		share[j] *= scale[j] * scale[j] / T(n.k)
		if first[j] /= T(n.k); !n.centred {
			first[j] = 0
		}
	}
	for i := n.k - 1; i >= 0; i-- {
		row, ζ := y[i*n.after:][:columns], zeta[i*n.after:][:columns]
		kernel.Sub(temp, x[i*n.after:][:columns], mean)
		kernel.Mul(temp, temp, share)
		kernel.Add(temp, temp, first)
		kernel.Sub(row, ζ, temp)
		kernel.Mul(row, row, scale)
	}
}
