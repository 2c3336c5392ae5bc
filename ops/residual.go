package ops

import (
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// residual is (z, y) ↦ (Σᵢyⁱ)S − y with S = softmax(z), for each example, in one pass:
// what rL of CrossEntropyFromLogits multiplies ζ by, as the compiler makes it of a
// softmax, a sum, a product and a difference that nobody else reads.
type residual struct{}

func (residual) String() string                                 { return "Σy·softmax−y" }
func (residual) Describe() graph.Description                    { return named("SoftmaxResidual") }
func (residual) Examples(...Shape) graph.Treatment              { return graph.Apart }
func (op residual) Reverse(r, ζ *Node) []*Node                  { return graph.Through(op, r, ζ) }
func (op residual) Forward(r *tensor.Dense, x ...*tensor.Dense) { op.Bind(r, x...)() }

func (residual) Shape(x ...Shape) (Shape, error) {
	_, err := perExample(x...)
	return x[0], err
}

func (residual) Expand(x ...*Node) *Node {
	dz, _ := crossEntropyFromLogits{}.partials(x[0], x[1])
	return dz
}

func (op residual) Bind(r *tensor.Dense, x ...*tensor.Dense) func() {
	return kernelOf(op, bindResidual[float32], bindResidual[float64], r, x...)
}

func bindResidual[T graph.Float](_ residual, r *tensor.Dense, x ...*tensor.Dense) func() {
	out, y := data[T](r), data[T](x[1])
	return tiles(0, data[T](x[0]), x[0], func(t *tile[T]) { residuals(t, out, y) })
}

func residuals[T graph.Float](t *tile[T], r, y []T) {
	total := t.ones
	clear(total)
	for i := range t.n {
		for k, v := range y[t.at(i):][:len(total)] {
			total[k] += float64(v)
		}
	}
	for i := range t.n {
		at := t.at(i)
		for k, e := range t.exps(i) {
			r[at+k] = T(float64(e)/(1+t.rest[k])*total[k] - float64(y[at+k]))
		}
	}
}

// Beside knows the residual, which needs the same exponentials as the loss.
func (crossEntropyFromLogits) Beside(g graph.Op) func(l, r *tensor.Dense, x ...*tensor.Dense) func() {
	if g != (residual{}) {
		return nil
	}
	return func(l, r *tensor.Dense, x ...*tensor.Dense) func() {
		if l.Dtype() == tensor.Float32 {
			return bindLossAndResidual[float32](l, r, x...)
		}
		return bindLossAndResidual[float64](l, r, x...)
	}
}

func bindLossAndResidual[T graph.Float](l, r *tensor.Dense, x ...*tensor.Dense) func() {
	loss, out, z, y := data[T](l), data[T](r), data[T](x[0]), data[T](x[1])
	return tiles(0, z, x[0], func(t *tile[T]) {
		residuals(t, out, y)
		entropies(t, loss, z, y) // it takes the sums of exponentials
	})
}

// Fuse makes a residual of a difference.
func (sub) Fuse(r *Node, alone func(*Node) bool) *Node {
	product, y := r.In(0), r.In(1)
	if product.Op() != (mul{}) || !alone(product) {
		return nil
	}
	s, total := product.In(0), product.In(1)
	if s.Op() != (softmax{axis: 0}) || !alone(s) || !isColumnSum(total, y) {
		return nil
	}
	return graph.Apply(residual{}, s.In(0), y)
}

// isColumnSum reports whether every column of n holds the sum of that of y.
func isColumnSum(n, y *Node) bool {
	b, broadcasts := n.Op().(broadcast)
	if !broadcasts {
		return false
	}
	sum := n.In(0)
	_, sums := sum.Op().(sumTo)
	return sums && b.to == y.Shape() && sum.In(0) == y && sum.Shape() == graph.ShapeOf(1, y.Shape().Dim(1))
}
