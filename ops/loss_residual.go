package ops

import (
	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Expander    = residual{}
	_ graph.Examplewise = residual{}
	_ graph.Describer   = residual{}
	_ graph.Expander    = sparseResidual{}
	_ graph.Examplewise = sparseResidual{}
	_ graph.Validator   = sparseResidual{}
	_ graph.Describer   = sparseResidual{}
)

func init() {
	register("SoftmaxResidual", 2, residual{})
	register("SparseSoftmaxResidual", 2, sparseResidual{})
}

// residual is (z, y) ↦ (Σᵢyⁱ)S − y with S = softmax(z), for each example, in one pass:
// what rL of CrossEntropyFromLogits multiplies ζ by, as the compiler makes it of a
// softmaxResidual and a softmax that nobody else reads.
type residual struct{}

func (residual) String() string                { return "Σy·softmax−y" }
func (residual) Describe() graph.Description   { return named("SoftmaxResidual") }
func (op residual) Reverse(r, ζ *Node) []*Node { return graph.Through(op, r, ζ) }
func (residual) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, x[0], 0)
}
func (residual) Shape(x ...Shape) (Shape, error) {
	_, err := perExample(x...)
	return x[0], err
}

func (residual) Expand(x ...*Node) *Node {
	return graph.Apply(softmaxResidual{total: true}, Softmax(x[0], 0), x[1])
}

func (op residual) Kernel() compute.Kernel {
	return compute.Bound(op, bindResidual[float32], bindResidual[float64])
}

func bindResidual[T compute.Float](_ residual, r *tensor.Dense, x ...*tensor.Dense) func() {
	out, y := compute.Data[T](r), compute.Data[T](x[1])
	return tiles(0, compute.Data[T](x[0]), x[0], func(t *tile[T]) { residuals(t, out, y) })
}

func residuals[T compute.Float](t *tile[T], r, y []T) {
	for k := range t.max {
		t.total[k] = exactSum{}
	}
	for i := range t.n {
		for k, v := range y[t.at(i):][:len(t.max)] {
			t.total[k].add(float64(v))
		}
	}
	for i := range t.n {
		at := t.at(i)
		for k, e := range t.exps(i) {
			v := float64(y[at+k])
			r[at+k] = T((float64(e)*t.total[k].less(v) - v*t.others(k, e)) / (1 + t.rest[k]))
		}
	}
}

// sparseResidual is (z, labels) ↦ S − y with S = softmax(z) and the one-hot y of labels,
// in one pass: the same for SparseCrossEntropyFromLogits.
type sparseResidual struct{}

func (sparseResidual) String() string                         { return "softmax−oneHot" }
func (sparseResidual) Describe() graph.Description            { return named("SparseSoftmaxResidual") }
func (sparseResidual) Examples(int, ...Shape) graph.Treatment { return graph.Independent }
func (op sparseResidual) Reverse(r, ζ *Node) []*Node          { return graph.Through(op, r, ζ) }
func (sparseResidual) Expand(x ...*Node) *Node                { return sparseCrossEntropy{}.prime(x[0], x[1]) }
func (sparseResidual) Judges() []int                          { return []int{1} }
func (sparseResidual) Valid(x ...*tensor.Dense) error         { return sparseCrossEntropy{}.Valid(x...) }

func (sparseResidual) Shape(x ...Shape) (Shape, error) {
	_, err := sparseCrossEntropy{}.Shape(x...)
	return x[0], err
}

func (op sparseResidual) Kernel() compute.Kernel {
	return compute.Bound(op, bindSparseResidual[float32], bindSparseResidual[float64])
}

func bindSparseResidual[T compute.Float](_ sparseResidual, r *tensor.Dense, x ...*tensor.Dense) func() {
	out, labels := compute.Data[T](r), compute.Data[T](x[1])
	return tiles(0, compute.Data[T](x[0]), x[0], func(t *tile[T]) { sparseResiduals(t, out, labels) })
}

func sparseResiduals[T compute.Float](t *tile[T], r, labels []T) {
	for i := range t.n {
		at := t.at(i)
		for k, e := range t.exps(i) {
			r[at+k] = T(float64(e) / (1 + t.rest[k]))
		}
	}
	for k, class := range labels[t.line:][:len(t.max)] {
		i := int(class)
		r[t.at(i)+k] = T(-t.others(k, t.exps(i)[k]) / (1 + t.rest[k]))
	}
}
