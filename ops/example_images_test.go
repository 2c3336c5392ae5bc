package ops_test

import (
	"adjoint/graph"
	"adjoint/ops"
)

// The windows of an image as columns, and back: Fold adds up what the windows share.
func ExamplePatches() {
	x := pixels(graph.New(), 2, 3)
	p := ops.Patches(x, ops.Window{Size: ops.Both(2)})
	printImage(p)
	printImage(ops.Fold(p, 2, 3, ops.Window{Size: ops.Both(2)}))
	// Output:
	// (1, 2, 2, 1, 2, 1) [0 1 1 2 3 4 4 5]
	// (1, 2, 3, 1) [0 2 2 3 8 5]
}

func ExampleFold() {
	x := pixels(graph.New(), 1, 3)
	p := ops.Patches(x, ops.Window{Size: [2]int{1, 2}})
	printImage(ops.Fold(p, 1, 3, ops.Window{Size: [2]int{1, 2}})) // 1 is in two windows
	// Output: (1, 1, 3, 1) [0 2 2]
}

// What is past the edge is left out of the mean.
func ExampleAvgPool() {
	x := pixels(graph.New(), 2, 3)
	printImage(ops.AvgPool(x, ops.Window{Size: ops.Both(2), Same: true}))
	// Output: (1, 1, 2, 1) [2 3.5]
}

func ExamplePad() {
	x := pixels(graph.New(), 1, 3)
	printImage(ops.Pad(x, 2, 1, 2, 9))
	// Output: (1, 1, 6, 1) [9 0 1 2 9 9]
}

func ExamplePadReflect() {
	x := pixels(graph.New(), 1, 3)
	printImage(ops.PadReflect(x, 2, 2, 1))
	// Output: (1, 1, 6, 1) [2 1 0 1 2 1]
}

func ExamplePadEdge() {
	x := pixels(graph.New(), 1, 3)
	printImage(ops.PadEdge(x, 2, 2, 1))
	// Output: (1, 1, 6, 1) [0 0 0 1 2 2]
}

func ExampleUpsample() {
	x := pixels(graph.New(), 2, 2)
	printImage(ops.Upsample(x, 1, 2))
	printImage(graph.Gradient(ops.Sum(ops.Upsample(x, 1, 2)), x)[0])
	// Output:
	// (1, 2, 4, 1) [0 0 1 1 2 2 3 3]
	// (1, 2, 2, 1) [2 2 2 2]
}

func ExampleUpsampleBilinear() {
	x := pixels(graph.New(), 1, 3)
	printImage(ops.UpsampleBilinear(x, 1, 2))
	// Output: (1, 1, 6, 1) [0 0.25 0.75 1.25 1.75 2]
}

// Divided by the root of the mean square, √(5/3).
func ExampleRMSNorm() {
	x := pixels(graph.New(), 1, 3)
	printImage(ops.RMSNorm(x, 0, 0, 1, 2))
	// Output: (1, 1, 3, 1) [0 0.7746 1.549]
}

// Two groups of two channels, each standardized for itself.
func ExampleGroupNorm() {
	x := graph.New().Param("x", graph.Tensor([]float64{1, 3, 10, 30}, 4, 1, 1, 1))
	printImage(ops.GroupNorm(x, 2, 0))
	// Output: (4, 1, 1, 1) [-1 1 -1 1]
}
