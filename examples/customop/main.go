// Customop is an op of one's own, with its kernel and its reverse derivative, and
// an activation, each held to the definition of r in main_test.go; a layer is in
// layer.go, and an optimizer in optimizer.go. Files know them by the names in init.
package main

import (
	"fmt"
	"log"
	"math"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Quadratic is q(A, x) = xᵀAx, for A of shape (n, n) and x (n, 1).
//
//	rq(ζ) = (ζ·xxᵀ, ζ·(A + Aᵀ)x)
func Quadratic(A, x *graph.Node) *graph.Node { return graph.Apply(quadratic{}, A, x) }

type quadratic struct{}

func (quadratic) String() string { return "q" }
func (quadratic) Shape(s ...graph.Shape) (graph.Shape, error) {
	if s[0].Rank() != 2 || s[1] != graph.ShapeOf(s[0].Dim(0), 1) || s[0].Dim(1) != s[0].Dim(0) {
		return graph.Shape{}, fmt.Errorf("%w: want (n, n) and (n, 1)", graph.ErrShape)
	}
	return graph.ShapeOf(), nil
}
func (quadratic) Describe() graph.Description { return graph.Description{Name: "customop.Quadratic"} }
func (quadratic) Kernel() compute.Kernel      { return compute.Loop(form[float32], form[float64]) }
func (quadratic) Reverse(q, z *graph.Node) []*graph.Node {
	A, x := q.In(0), q.In(1)
	return []*graph.Node{ops.Mul(z, ops.MatMul(x, ops.T(x))), ops.Mul(z, ops.MatMul(ops.Add(A, ops.T(A)), x))}
}
func form[T compute.Float](y *tensor.Dense, in ...*tensor.Dense) {
	A, x, sum := compute.Data[T](in[0]), compute.Data[T](in[1]), T(0)
	for i := range A {
		sum += x[i/len(x)] * A[i] * x[i%len(x)]
	}
	compute.Data[T](y)[0] = sum
}

// Gaussian is exp(−z²), entry by entry.
var Gaussian = gaussian.Of
var gaussian = &ops.Pointwise{
	Name: "gaussian", Is: graph.Description{Name: "customop.Gaussian"},
	G:     func(z float64) float64 { return math.Exp(-z * z) },
	Prime: func(z, a *graph.Node) *graph.Node { return ops.Scale(-2, ops.Mul(z, a)) },
}

func init() {
	graph.Register("customop.Quadratic", 2, func(*graph.Args) graph.Op { return quadratic{} })
	graph.Register("customop.Gaussian", 1, func(*graph.Args) graph.Op { return gaussian })
}

func main() {
	g := graph.New()
	A := g.Param("A", graph.Tensor([]float64{2, 1, 0, 3}, 2, 2))
	x := g.Param("x", graph.Tensor([]float64{1, -0.5}, 2, 1))
	j := Quadratic(A, Gaussian(x))
	grad := graph.Gradient(j, A, x)
	p, err := graph.Compile(j, grad[0], grad[1])
	if err == nil {
		err = p.Run()
	}
	if err != nil {
		log.Fatal(err)
	}
	for _, n := range []*graph.Node{j, grad[0], grad[1]} {
		v, err := p.Value(n)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%-60v %.4f\n", n, v.Data())
	}
	fmt.Println("dJ/dx =", graph.Composition(j, x))
}
