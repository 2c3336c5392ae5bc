package compute_test

import (
	"fmt"
	"log"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Cube is x³, entry by entry, with a kernel of its own.
//
//	d(ξ) = 3x²ξ     r(ζ) = 3x²ζ
func Cube(x *graph.Node) *graph.Node { return graph.Apply(cube{}, x) }

type cube struct{}

func (cube) String() string                              { return "cube" }
func (cube) Shape(s ...graph.Shape) (graph.Shape, error) { return s[0], nil }
func (cube) Kernel() compute.Kernel                      { return compute.Entrywise(cubes[float32], cubes[float64]) }

func (cube) Reverse(y, ζ *graph.Node) []*graph.Node {
	return []*graph.Node{ops.Mul(ops.Scale(3, ops.Square(y.In(0))), ζ)}
}

func cubes[T compute.Float](y []T, x ...[]T) {
	for i, v := range x[0] {
		y[i] = v * v * v
	}
}

// An op with an Entrywise kernel.
func ExampleEntrywise() {
	g := graph.New()
	x := g.Param("x", graph.Tensor([]float64{2, 3}, 2))
	dx := graph.Gradient(ops.Sum(Cube(x)), x)[0]
	p, err := graph.Compile(dx)
	if err != nil {
		log.Fatal(err)
	}
	if err := p.Run(); err != nil {
		log.Fatal(err)
	}
	v, err := p.Value(dx)
	fmt.Println(dx, v, err)
	// Output: ⊙(3·(square(x)), broadcast(1)) [12  27] <nil>
}

// A kernel of whole tensors runs by itself too.
func ExampleLoop() {
	last := func(y *tensor.Dense, x ...*tensor.Dense) {
		entries := compute.Data[float64](x[0])
		compute.Data[float64](y)[0] = entries[len(entries)-1]
	}
	y := graph.Tensor([]float64{0})
	compute.Loop(nil, last).Run(y, graph.Tensor([]float64{4, 5, 6}, 3))
	fmt.Println(y)
	// Output: 6
}
