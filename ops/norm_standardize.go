package ops

import (
	"fmt"
	"math"

	"adjoint/compute"
	"adjoint/graph"
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
