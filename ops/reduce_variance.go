package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Expander  = freedom{}
	_ graph.Validator = freedom{}
	_ graph.Describer = freedom{}
)

func init() {
	graph.Register("DegreesOfFreedom", 1, func(a *graph.Args) graph.Op { return freedom{numberOf(a.Float())} })
}

// Variance is the mean over axes of (x − mean(x))²: the divisor is the number of
// entries, ddof 0 in NumPy. The mean is taken first, so that nothing is lost where
// it is large.
//
//	r(ζ) = 2(x − mean(x))⊙ζ/n, ζ/n repeated along the axes, n = Count(x, axes…)
func Variance(x *Node, axes ...int) *Node { return CorrectedVariance(x, 0, axes...) }

// CorrectedVariance is Σ(x − mean(x))²/(n − c) over axes, n = Count(x, axes…), with a
// correction c of the degrees of freedom: ddof in NumPy, correction in PyTorch. With
// c = 1 it is the unbiased estimate from a sample. The error of n ≤ c, and of a c that is
// not finite, wraps graph.ErrValue; where n depends on the number of examples it is one
// of Run.
//
//	r(ζ) = 2(x − mean(x))⊙ζ/(n − c), ζ/(n − c) repeated along the axes
func CorrectedVariance(x *Node, c float64, axes ...int) *Node {
	if _, err := resolve(x.Shape(), axes); err != nil || x.Err() != nil {
		return refuse("variance", err, x)
	}
	squares := Square(deviations(x, axes))
	if c == 0 {
		return Mean(squares, axes...)
	}
	return Div(Sum(squares, axes...), degrees(x, c, axes))
}

// Std is the standard deviation over axes, √Variance(x, axes…). It has no derivative
// where x is constant; r is 0 there, as in PyTorch. Squares of it are read as those of
// Norm2.
//
//	r(ζ) = (x − mean(x))⊙ζ/(n·std), ζ/(n·std) repeated along the axes, n = Count(x, axes…)
func Std(x *Node, axes ...int) *Node { return CorrectedStd(x, 0, axes...) }

// CorrectedStd is √CorrectedVariance(x, c, axes…), with the derivative 0 where x is
// constant, as Std.
//
//	r(ζ) = (x − mean(x))⊙ζ/((n−c)·std), n = Count(x, axes…)
func CorrectedStd(x *Node, c float64, axes ...int) *Node {
	if _, err := resolve(x.Shape(), axes); err != nil || x.Err() != nil {
		return refuse("std", err, x)
	}
	// The deviations of deviations are exactly 0 where x is constant, its mean rounded.
	e := deviations(deviations(x, axes), axes)
	return Div(Norm2(e, axes...), Sqrt(degrees(x, c, axes)))
}

// deviations is x − mean(x) over axes.
func deviations(x *Node, axes []int) *Node {
	return Sub(x, spread(Mean(x, axes...), x.Shape(), axesOf(x, axes)))
}

// degrees is n − c, the degrees of freedom of x over axes.
func degrees(x *Node, c float64, axes []int) *Node {
	n := Count(x, axes...)
	if c == 0 {
		return n
	}
	op := freedom{numberOf(c)}
	if n, ok := graph.ConstOf(n); ok {
		if err := op.enough(n); err != nil {
			return refuse("variance", err, x)
		}
	}
	return graph.Apply(op, n)
}

// freedom is n ↦ n − c, entry by entry. It refuses n ≤ c.
type freedom struct{ correction number }

func (op freedom) shift() affine { return affineBy(1, -op.correction.float()) }

func (op freedom) enough(n float64) error {
	if c := op.correction.float(); !(n > c) {
		return fmt.Errorf("%w: %g entries with a correction of %g: want more", graph.ErrValue, n, c)
	}
	return nil
}

func (op freedom) String() string { return op.shift().Pointwise().Name }

func (op freedom) Shape(n ...Shape) (Shape, error) {
	return n[0], finite("correction", op.correction.float())
}

func (op freedom) Expand(n ...*Node) *Node    { return Entrywise(op.shift(), n[0]) }
func (op freedom) Reverse(_, ζ *Node) []*Node { return []*Node{ζ} }
func (op freedom) Kernel() compute.Kernel     { return op.shift().Pointwise().Kernel() }
func (op freedom) Describe() graph.Description {
	return named("DegreesOfFreedom", op.correction.float())
}

func (freedom) Judges() []int { return []int{0} }

func (op freedom) Valid(n ...*tensor.Dense) error {
	if n[0].Dtype() == tensor.Float32 {
		return op.enough(float64(compute.Data[float32](n[0])[0]))
	}
	return op.enough(compute.Data[float64](n[0])[0])
}
