package adjoint_test

import (
	"fmt"
	"math"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// The programs of docs/pitfalls.md, in its order.

func Example_logLossOfLargeZ() {
	g := graph.New()
	z, y := g.Param("z", matrix(1, 3, -800, 0, 800)), g.Constant("y", matrix(1, 3, 1, 1, 0))
	e := ops.Exp(z)
	written := ops.Div(e, ops.Shift(e, 1)) // eᶻ/(1 + eᶻ), by hand
	for _, a := range []*graph.Node{written, ops.Sigmoid(z)} {
		l := ops.LogLoss(a, y)
		dz := graph.Gradient(ops.Sum(l), z)[0]
		p, err := graph.Compile(l, dz)
		check(err)
		check(p.Run())
		fmt.Printf("L = %.4f  dL/dz = %.4f\n", read(p, l), read(p, dz))
	}
	// Output:
	// L = [+Inf 0.6931 NaN]  dL/dz = [NaN -0.5000 NaN]
	// L = [800.0000 0.6931 800.0000]  dL/dz = [-1.0000 -0.5000 1.0000]
}

func Example_penaltyOverTheBatch() {
	g := graph.New()
	w, x := g.Param("w", matrix(1, 1, 3)), g.Input("x", 1, graph.Batch)
	loss := ops.Mean(ops.MatMul(w, x))
	batch := ops.Div(ops.Scale(0.5, ops.Sum(ops.Square(w))), ops.Count(x)) // 1/(2·size of the batch) Σw²
	whole := ops.L2Penalty(1, 100, w)                                      // 1/(2·100) Σw²: 100 training examples
	dBatch, dWhole := graph.Gradient(ops.Add(loss, batch), w)[0], graph.Gradient(ops.Add(loss, whole), w)[0]
	p, err := graph.Compile(dBatch, dWhole)
	check(err)
	for _, n := range []int{32, 4} {
		check(p.Feed(x, matrix(1, n, make([]float64, n)...)))
		check(p.Run())
		fmt.Printf("batch of %2d: %.4f, want %.4f\n", n, read(p, dBatch), read(p, dWhole))
	}
	// Output:
	// batch of 32: [0.0938], want [0.0300]
	// batch of  4: [0.7500], want [0.0300]
}

func Example_differencesInFloat32() {
	f := func(x float32) float32 { return float32(x*x) * x }
	for _, h := range []float32{1e-2, 1e-4, 1e-6, 1e-8} {
		above, below := f(1+h), f(1-h)
		fmt.Printf("h = %.0e: %.4f\n", h, (above-below)/(2*h))
	}
	g := graph.NewOf(tensor.Float32)
	x := g.Param("x", graph.Tensor([]float32{1}, 1))
	dx := graph.Gradient(ops.Sum(ops.Mul(ops.Mul(x, x), x)), x)[0]
	p, err := graph.Compile(dx)
	check(err)
	check(p.Run())
	fmt.Println("derivative:", read(p, dx))
	// Output:
	// h = 1e-02: 3.0001
	// h = 1e-04: 3.0005
	// h = 1e-06: 2.9504
	// h = 1e-08: 0.0000
	// derivative: [3]
}

func Example_orderOfR() {
	g := graph.New()
	u, v := g.Constant("u", matrix(2, 2, 1, 2, 0, 1)), g.Constant("v", matrix(2, 2, 1, 0, 3, 1))
	x, ξ, ζ := g.Param("x", matrix(2, 1, 1, 1)), g.Constant("ξ", matrix(2, 1, 1, 2)), g.Constant("ζ", matrix(2, 1, 1, -1))
	y := ops.MatMul(v, ops.MatMul(u, x)) // f = u·, then g = v·
	d := ops.Dot(ζ, graph.JVP(y, []*graph.Node{x}, []*graph.Node{ξ}))
	right := ops.Dot(ops.MatMul(ops.T(u), ops.MatMul(ops.T(v), ζ)), ξ) // rf∘rg
	wrong := ops.Dot(ops.MatMul(ops.T(v), ops.MatMul(ops.T(u), ζ)), ξ) // rg∘rf
	p, err := graph.Compile(d, right, wrong)
	check(err)
	check(p.Run())
	fmt.Println("⟨ζ, d(ξ)⟩ =", read(p, d), " rf∘rg:", read(p, right), " rg∘rf:", read(p, wrong))
	// Output:
	// ⟨ζ, d(ξ)⟩ = [-12]  rf∘rg: [-12]  rg∘rf: [6]
}

func Example_valuesAreOverwritten() {
	g := graph.New()
	x := g.Input("x", 1, 2)
	y := ops.Square(x)
	p, err := graph.Compile(y)
	check(err)
	check(p.Feed(x, matrix(1, 2, 1, 2)))
	check(p.Run())
	v, err := p.Value(y) // the tensor of the Program itself
	check(err)
	kept := graph.Values[float64](v) // a copy
	check(p.Feed(x, matrix(1, 2, 3, 4)))
	check(p.Run())
	fmt.Println("the tensor:", v.Float64s(), " the copy:", kept)
	// Output:
	// the tensor: [9 16]  the copy: [1 4]
}

func Example_branchNotTaken() {
	g := graph.New().NoteLines()
	z := g.Param("z", matrix(1, 2, 0, 2))
	zero, one := g.Const(0), g.Const(1)
	positive := ops.Greater(z, zero)
	wrong := ops.Where(positive, ops.Log(z), zero)                           // log z is computed everywhere
	right := ops.Where(positive, ops.Log(ops.Where(positive, z, one)), zero) // of 1 where it is not taken
	for _, y := range []*graph.Node{wrong, right} {
		dz := graph.Gradient(ops.Sum(y), z)[0]
		p, err := graph.Compile(y, dz)
		check(err)
		err = p.RunChecked() // Run, and where it went wrong
		fmt.Printf("y = %.4f  dy/dz = %.4f  %v\n", read(p, y), read(p, dz), err)
	}
	// Output:
	// y = [0.0000 0.6931]  dy/dz = [NaN 0.5000]  pitfalls_test.go:112: 1/(z (1, 2)), in rlog of log#5, is +Inf at (0, 0), where z = 0 at (0, 0): not finite
	// y = [0.0000 0.6931]  dy/dz = [0.0000 0.5000]  <nil>
}

func Example_onePathOfTwo() {
	g := graph.New()
	x := g.Param("x", matrix(1, 1, 3))
	a := ops.Square(x)
	e := ops.Exp(ops.Neg(a))
	y := ops.Mul(a, e) // x² exp(−x²): x acts through a, and through e
	for _, y := range []*graph.Node{y, ops.Mul(a, ops.StopGradient(e))} {
		dx := graph.Gradient(ops.Sum(y), x)[0]
		p, err := graph.Compile(dx)
		check(err)
		check(p.Run())
		fmt.Printf("%.6f\n", read(p, dx))
	}
	fmt.Printf("[%.6f] by hand, 2x(1 − x²)exp(−x²)\n", 2*3*(1-9)*math.Exp(-9))
	// Output:
	// [-0.005924]
	// [0.000740]
	// [-0.005924] by hand, 2x(1 − x²)exp(−x²)
}
