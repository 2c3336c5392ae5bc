package ops

import (
	"math"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = softmax{}
	_ graph.Examplewise    = softmax{}
	_ graph.Describer      = softmax{}
	_ complementer         = softmax{}
	_ logger               = softmax{}
	_ graph.Differentialer = logSoftmax{}
	_ graph.Examplewise    = logSoftmax{}
	_ graph.Describer      = logSoftmax{}
	_ graph.Differentialer = logSumExp{}
	_ graph.Examplewise    = logSumExp{}
	_ graph.Describer      = logSumExp{}
)

func init() {
	graph.Register("Softmax", 1, func(a *graph.Args) graph.Op { return softmax{a.Axis()} })
	graph.Register("LogSoftmax", 1, func(a *graph.Args) graph.Op { return logSoftmax{a.Axis()} })
	graph.Register("LogSumExp", 1, func(a *graph.Args) graph.Op { return logSumExp{onlyAxis(a)} })
}

// Softmax, its logarithm and LogSumExp work on the lines of a tensor along one
// axis, and each line subtracts its own maximum first. As in JAX, a softmax or
// log-softmax is NaN along a line that holds a NaN or +∞, or nothing but −∞.

// Softmax is S: ℝᵐ → ℝᵐ, S(z)ⁱ = e^{zⁱ}/Σⱼe^{zʲ}, along an axis of z (2.1.4). The
// document's axis is 0: every column becomes a probability distribution. A
// negative axis counts from the end; the error of one that is not there wraps
// graph.ErrAxis. dS is symmetric, so d and r are one formula:
//
//	dS(ξ) = S⊙(ξ − ⟨S, ξ⟩)     rS(ζ) = S⊙(ζ − ⟨S, ζ⟩)
func Softmax(z *Node, axis int) *Node { return graph.Apply(softmax{axisOf(z, axis)}, z) }

type softmax struct{ axis int }

func (softmax) String() string                 { return "softmax" }
func (op softmax) Describe() graph.Description { return named("Softmax", op.axis) }

func (op softmax) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, x[0], op.axis)
}

func (op softmax) Shape(z ...Shape) (Shape, error) { return alongAxis(z, op.axis) }

func (op softmax) Kernel() compute.Kernel {
	return compute.Bound(op, bindSoftmax[float32], bindSoftmax[float64])
}

func (op softmax) Reverse(s, ζ *Node) []*Node { return []*Node{op.Differential(s, ζ)} }

func (op softmax) Differential(s *Node, ξ ...*Node) *Node {
	return Mul(s, Sub(ξ[0], sumAlong(op.axis, Mul(s, ξ[0]))))
}

func (op softmax) oneMinus(s *Node) *Node { return graph.Apply(softmaxComplement(op), s) }

func (op softmax) logOf(s *Node, α, β float64) *Node {
	switch {
	case α == 1 && β == 0:
		return LogSoftmax(s.In(0), op.axis)
	case α == -1 && β == 1:
		return Log(op.oneMinus(s))
	}
	return nil
}

func bindSoftmax[T compute.Float](op softmax, s *tensor.Dense, z ...*tensor.Dense) func() {
	out := compute.Data[T](s)
	return tilesOfExps(op.axis, compute.Data[T](z[0]), z[0], func(t *tile[T]) { divideExps(t, out) })
}

// divideExps sets s to e^{z−max}/Σe^{z−max}.
func divideExps[T compute.Float](t *tile[T], s []T) {
	sums := t.addAll()
	for i := range t.n {
		at, e := t.at(i), t.exps(i)
		if t.step == 1 {
			kernel.Div(s[at:][:len(e)], e, sums)
			continue
		}
		for k, e := range e {
			s[at] = e / sums[k]
			at += t.step
		}
	}
}

// LogSoftmax is log S(z) = z − log Σⱼe^{zʲ} along an axis of z, S = Softmax(z,
// axis). A negative axis counts from the end; the error of one that is not there
// wraps graph.ErrAxis.
//
//	d(ξ) = ξ − ⟨S, ξ⟩     r(ζ) = ζ − S⊙Σζ
func LogSoftmax(z *Node, axis int) *Node { return graph.Apply(logSoftmax{axisOf(z, axis)}, z) }

type logSoftmax struct{ axis int }

func (logSoftmax) String() string                 { return "log∘softmax" }
func (op logSoftmax) Describe() graph.Description { return named("LogSoftmax", op.axis) }

func (op logSoftmax) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, x[0], op.axis)
}

func (op logSoftmax) Shape(z ...Shape) (Shape, error) { return alongAxis(z, op.axis) }

func (op logSoftmax) Kernel() compute.Kernel {
	return compute.Bound(op, bindLogSoftmax[float32], bindLogSoftmax[float64])
}

func (op logSoftmax) Reverse(y, ζ *Node) []*Node {
	return []*Node{Sub(ζ, Mul(Softmax(y.In(0), op.axis), sumAlong(op.axis, ζ)))}
}

func (op logSoftmax) Differential(y *Node, ξ ...*Node) *Node {
	return Sub(ξ[0], sumAlong(op.axis, Mul(Softmax(y.In(0), op.axis), ξ[0])))
}

func bindLogSoftmax[T compute.Float](op logSoftmax, y *tensor.Dense, z ...*tensor.Dense) func() {
	out, in := compute.Data[T](y), compute.Data[T](z[0])
	return tiles(op.axis, in, z[0], func(t *tile[T]) {
		logs := t.logs()
		for i := range t.n {
			at := t.at(i)
			for k, log := range logs {
				out[at] = T(float64(in[at]) - float64(t.max[k]) - log)
				at += t.step
			}
		}
	})
}

// LogSumExp is log Σe^{z} over axes of z, which it takes away; over all of them
// if none is named. A negative axis counts from the end. The error of an axis
// that is not there, or named twice, wraps graph.ErrAxis. As in SciPy, a line of
// nothing but −∞ has the value −∞, and one with +∞, and no NaN, has +∞.
//
//	d(ξ) = ⟨S, ξ⟩     r(ζ) = S⊙ζ     S = Softmax(z, axis)
//
// S has limits where a line's maximum is infinite: the entries that attain it share 1.
// Over several axes it is taken over one after the other: the sum of exponentials
// is the exponential of the sum's logarithm.
func LogSumExp(z *Node, axes ...int) *Node {
	list, err := resolve(z.Shape(), axes)
	if err != nil || z.Err() != nil {
		return refuse("logSumExp", err, z)
	}
	for i := len(list) - 1; i >= 0; i-- {
		z = graph.Apply(logSumExp{list[i]}, z)
	}
	return z
}

type logSumExp struct{ axis int }

func (logSumExp) String() string                 { return "logΣexp" }
func (op logSumExp) Describe() graph.Description { return named("LogSumExp", []int{op.axis}) }

func (op logSumExp) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, x[0], op.axis)
}

func (op logSumExp) Shape(z ...Shape) (Shape, error) { return reduced(z[0], graph.IntsOf(op.axis)) }

func (op logSumExp) Kernel() compute.Kernel {
	return compute.Bound(op, bindLogSumExp[float32], bindLogSumExp[float64])
}

func (op logSumExp) Reverse(y, ζ *Node) []*Node {
	z := y.In(0)
	return []*Node{Mul(shares(z, op.axis), spread(ζ, z.Shape(), graph.IntsOf(op.axis)))}
}

func (op logSumExp) Differential(y *Node, ξ ...*Node) *Node {
	return Sum(Mul(shares(y.In(0), op.axis), ξ[0]), op.axis)
}

func bindLogSumExp[T compute.Float](op logSumExp, y *tensor.Dense, z ...*tensor.Dense) func() {
	out := compute.Data[T](y)
	return tiles(op.axis, compute.Data[T](z[0]), z[0], func(t *tile[T]) {
		row := out[t.line:]
		for k, log := range t.logs() {
			row[k] = t.max[k]
			if !math.IsInf(float64(t.max[k]), 0) {
				row[k] = T(float64(t.max[k]) + log)
			}
		}
	})
}

// axisOf returns an axis counted from the front. Where there is no such axis it
// returns it as it is, for the op to refuse.
func axisOf(z *Node, axis int) int {
	if i, err := z.Shape().Axis(axis); err == nil {
		return i
	}
	return axis
}

// alongAxis is the shape rule of an op that maps every line along an axis of its
// operand to a line of the same extent.
func alongAxis(z []Shape, axis int) (Shape, error) {
	_, err := z[0].Axis(axis)
	return z[0], err
}

// sumAlong is the sum over an axis, which stays, with extent 1.
func sumAlong(axis int, x *Node) *Node {
	return SumTo(x, graph.ShapeOf(kept(x.Shape(), graph.IntsOf(axis))...))
}
