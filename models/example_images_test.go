package models_test

import (
	"fmt"

	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
)

// shapes prints what shapes layers make of pictures of 3×8×8 pixels.
func shapes(layers ...models.Layer) {
	g := graph.New()
	b, a := models.NewBuilder(g, 1), g.Input("x", 3, 8, 8, graph.Batch)
	for _, l := range layers {
		a = l.Apply(b, a)
		fmt.Println(l, a.Shape())
	}
}

// A Residual layer is ReLU(a + F(a)), where F is two convolutions with batch normalisation (K. He et al. 2016).
type Residual struct{ Filters int }

// Apply returns ReLU(a + F(a)).
func (r Residual) Apply(b *models.Builder, a *graph.Node) *graph.Node {
	conv := models.Conv2D{Filters: r.Filters, Size: ops.Both(3), Same: true, NoBias: true}
	z := models.BatchNorm{}.Apply(b, conv.Apply(b, a))
	z = models.BatchNorm{}.Apply(b, conv.Apply(b, ops.ReLU(z)))
	return ops.ReLU(ops.Add(a, z))
}

func (r Residual) String() string { return "Residual" }

// A residual block is ten lines: a layer of layers, see the type Residual above.
func Example_residual() {
	shapes(models.Conv2D{Filters: 16, Size: ops.Both(3), Same: true}, Residual{16}, models.MaxPool2D{}, Residual{16}, models.GlobalAvgPool{})
	// Output:
	// Conv2D (16, 8, 8, N)
	// Residual (16, 8, 8, N)
	// MaxPool2D (16, 4, 4, N)
	// Residual (16, 4, 4, N)
	// GlobalAvgPool (16, N)
}

func ExampleConv2D() {
	shapes(
		models.Conv2D{Filters: 16, Size: ops.Both(3), Activation: models.ReLU},
		models.Conv2D{Filters: 16, Size: ops.Both(3), Strides: ops.Both(2), Same: true},
		models.Conv2D{Filters: 16, Size: ops.Both(3), Dilation: ops.Both(1), Groups: 16}, // each channel by itself
	)
	// Output:
	// Conv2D (relu) (16, 6, 6, N)
	// Conv2D (16, 3, 3, N)
	// Conv2D (16, 1, 1, N)
}

func ExampleConv1D() {
	g := graph.New()
	T := graph.Extent("T") // signals of any length
	y := models.Conv1D{Filters: 4, Size: 3, Same: true}.Apply(models.NewBuilder(g, 1), g.Input("x", 2, T, graph.Batch))
	fmt.Println(y.Shape())
	// Output: (4, T, N)
}

func ExampleMaxPool2D() {
	shapes(models.MaxPool2D{}, models.MaxPool2D{Size: ops.Both(3), Strides: ops.Both(1)})
	// Output:
	// MaxPool2D (3, 4, 4, N)
	// MaxPool2D (3, 2, 2, N)
}

func ExampleAvgPool2D() {
	shapes(models.AvgPool2D{Size: ops.Both(3), Same: true})
	// Output: AvgPool2D (3, 3, 3, N)
}

func ExampleGlobalAvgPool() {
	shapes(models.GlobalAvgPool{}, models.Dense{Units: 10, Activation: models.Softmax})
	// Output:
	// GlobalAvgPool (3, N)
	// Dense (softmax) (10, N)
}

func ExampleFlatten() {
	shapes(models.Flatten{}, models.Reshape{Shape: []int{12, 16}})
	// Output:
	// Flatten (192, N)
	// Reshape (12, 16) (12, 16, N)
}

// The 64 columns of data.Digits are pixels of one channel.
func ExampleReshape() {
	g := graph.New()
	fmt.Println(models.Reshape{Shape: []int{1, 8, 8}}.Apply(models.NewBuilder(g, 1), g.Input("x", 64, graph.Batch)).Shape())
	// Output: (1, 8, 8, N)
}

func ExampleBatchNorm() {
	g := graph.New()
	y := models.BatchNorm{}.Apply(models.NewBuilder(g, 1), g.Input("x", 3, 8, 8, graph.Batch))
	states, err := graph.States(y) // the running mean and the running variance
	fmt.Println(len(graph.Params(y)), "parameters,", len(states), "states:", y.Shape(), err)
	// Output: 2 parameters, 2 states: (3, 8, 8, N) <nil>
}

func ExampleLayerNorm() {
	shapes(models.Flatten{}, models.LayerNorm{}, models.Dense{Units: 2})
	// Output:
	// Flatten (192, N)
	// LayerNorm (192, N)
	// Dense (2, N)
}
