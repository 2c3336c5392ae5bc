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
	_ labelled             = logLossFromLogits{}
	_ fused                = logLossFromLogits{}
	_ graph.Expander       = entryLoss{}
	_ graph.Validator      = entryLoss{}
	_ graph.Describer      = entryLoss{}
	_ graph.Differentialer = crossEntropyFromLogits{}
	_ graph.Expander       = crossEntropyFromLogits{}
	_ graph.Examplewise    = crossEntropyFromLogits{}
	_ graph.Validator      = crossEntropyFromLogits{}
	_ graph.Pairer         = crossEntropyFromLogits{}
	_ graph.Describer      = crossEntropyFromLogits{}
)

func init() {
	register("LogLossFromLogits", 2, loss{logLossFromLogits{}})
	register("EntryLogLoss", 2, entryLoss{})
	register("CrossEntropyFromLogits", 2, crossEntropyFromLogits{})
}

// Losses as functions of logits, the z of a = σ(z) or a = softmax(z). They and
// their derivatives of every order are finite for every finite z. LogLoss and
// CrossEntropy become these by themselves where a is a σ or a softmax.

// LogLossFromLogits is L(σ(z), y), L the LogLoss (1): z and y have shape (m, N),
// the result has shape (1, N). It is computed as max(z, 0) − yz + log1p(e^−|z|). Labels
// are those of LogLoss.
//
//	d(ξ, η) = Σᵢ (σ(z) − y)ξ − zη     r(ζ) = ((σ(z) − y)ζ, −zζ)
func LogLossFromLogits(z, y *Node) *Node { return lossOf(logLossFromLogits{}, z, y) }

type logLossFromLogits struct{}

func (logLossFromLogits) String() string                       { return "L∘σ" }
func (logLossFromLogits) Describe() graph.Description          { return named("LogLossFromLogits") }
func (logLossFromLogits) labels() (i int, least, most float64) { return 1, 0, 1 }

func (logLossFromLogits) each(l, z, y []float64) { kernel.LogLoss(l, z, y) }

func (logLossFromLogits) partials(z, y *Node) (dz, dy *Node) {
	return Sub(Sigmoid(z), y), Neg(z)
}

// fuse makes an entryLoss of one component.
func (logLossFromLogits) fuse(z, y *Node) *Node {
	if z.Shape().Dim(0) != 1 {
		return nil
	}
	return graph.Apply(entryLoss{}, z, y)
}

// entryLoss is LogLossFromLogits of one component, entry by entry, as the compiler
// takes it: then it is computed together with its reverse, σ(z) − y.
type entryLoss struct{}

func (entryLoss) String() string                 { return "L∘σ" }
func (entryLoss) Describe() graph.Description    { return named("EntryLogLoss") }
func (entryLoss) Expand(x ...*Node) *Node        { return LogLossFromLogits(x[0], x[1]) }
func (entryLoss) Judges() []int                  { return []int{1} }
func (entryLoss) Valid(x ...*tensor.Dense) error { return validLabels(x[1], 0, 1) }
func (entryLoss) Reverse(l, ζ *Node) []*Node     { return graph.Through(entryLoss{}, l, ζ) }

func (entryLoss) Shape(x ...Shape) (Shape, error) {
	if x[0].Rank() != 2 || x[0].Dim(0) != 1 {
		return Shape{}, fmt.Errorf("%w: want two rows (1, N)", graph.ErrShape)
	}
	return perExample(x...)
}

func (entryLoss) Kernel() compute.Kernel {
	return binary(kernel.LogLoss[float32], kernel.LogLoss[float64])
}

// CrossEntropyFromLogits is L(softmax(z), y) = −Σᵢ yⁱ log softmax(z)ⁱ for each
// example, L the CrossEntropy: z and y have shape (m, N), one class a row and one
// example a column, the result has shape (1, N). Labels are those of CrossEntropy. With
// S = Softmax(z, 0),
//
//	d(ξ, η) = Σᵢ ((Σⱼyʲ)S − y)ξ − (log S)η     r(ζ) = (((Σⱼyʲ)S − y)ζ, −(log S)ζ)
//
// For labels that add up to 1, r is (S − y)ζ.
func CrossEntropyFromLogits(z, y *Node) *Node { return graph.Apply(crossEntropyFromLogits{}, z, y) }

type crossEntropyFromLogits struct{}

func (crossEntropyFromLogits) String() string              { return "crossEntropy∘softmax" }
func (crossEntropyFromLogits) Describe() graph.Description { return named("CrossEntropyFromLogits") }
func (crossEntropyFromLogits) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, x[0], 0)
}

func (crossEntropyFromLogits) Shape(s ...Shape) (Shape, error) { return perExample(s...) }

func (crossEntropyFromLogits) Judges() []int { return []int{1} }

func (crossEntropyFromLogits) Valid(x ...*tensor.Dense) error {
	return validLabels(x[1], 0, math.MaxFloat64)
}

func (op crossEntropyFromLogits) Kernel() compute.Kernel {
	return compute.Bound(op, bindCrossEntropy[float32], bindCrossEntropy[float64])
}

// Expand is the definition.
func (crossEntropyFromLogits) Expand(x ...*Node) *Node {
	z, y := x[0], x[1]
	return sumAlong(0, Neg(Mul(y, LogSoftmax(z, 0))))
}

func (crossEntropyFromLogits) partials(z, y *Node) (dz, dy *Node) {
	return Sub(Mul(Softmax(z, 0), sumAlong(0, y)), y), Neg(LogSoftmax(z, 0))
}

func (op crossEntropyFromLogits) Reverse(l, ζ *Node) []*Node {
	dz, dy := op.partials(l.In(0), l.In(1))
	return []*Node{Mul(dz, ζ), Mul(dy, ζ)}
}

func (op crossEntropyFromLogits) Differential(l *Node, ξ ...*Node) *Node {
	dz, dy := op.partials(l.In(0), l.In(1))
	return sumAlong(0, plus(times(dz, ξ[0]), times(dy, ξ[1])))
}

func bindCrossEntropy[T compute.Float](_ crossEntropyFromLogits, l *tensor.Dense, x ...*tensor.Dense) func() {
	out, z, y := compute.Data[T](l), compute.Data[T](x[0]), compute.Data[T](x[1])
	return tiles(0, z, x[0], func(t *tile[T]) { entropies(t, out, z, y) })
}

func entropies[T compute.Float](t *tile[T], l, z, y []T) {
	logs, sum := t.logs(), t.ones
	clear(sum)
	for i := range t.n {
		at := t.at(i)
		for k, log := range logs {
			sum[k] += weighed(float64(y[at]), log-(float64(z[at])-float64(t.max[k])))
			at += t.step
		}
	}
	for k, v := range sum {
		l[t.line+k] = T(v)
	}
}

// PairedKernel knows the residual, which needs the same exponentials as the loss.
func (op crossEntropyFromLogits) PairedKernel(g graph.Op) compute.Kernel {
	if _, ok := g.(residual); !ok {
		return compute.Kernel{}
	}
	return compute.Bound(op, besideCrossEntropy[float32], besideCrossEntropy[float64])
}

// besideCrossEntropy takes the residual, as the last of x.
func besideCrossEntropy[T compute.Float](_ crossEntropyFromLogits, l *tensor.Dense, x ...*tensor.Dense) func() {
	loss, z, y, r := compute.Data[T](l), compute.Data[T](x[0]), compute.Data[T](x[1]), compute.Data[T](x[2])
	return tiles(0, z, x[0], func(t *tile[T]) {
		residuals(t, r, y)
		entropies(t, loss, z, y) // it takes the sums of exponentials
	})
}
