package interop_test

import (
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/interop"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// The tests of this file pin where gorgonia is wrong, so that it is no second
// opinion, or where ToGorgonia has to go round it. Each shows what gorgonia does,
// what is right, and what happens here with the same input.

func leaf(g *gorgonia.ExprGraph, name string, v *tensor.Dense) *gorgonia.Node {
	if v.Dims() == 0 {
		return gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName(name), gorgonia.WithValue(v.ScalarValue()))
	}
	return gorgonia.NewTensor(g, tensor.Float64, v.Dims(), gorgonia.WithName(name), gorgonia.WithShape(v.Shape()...), gorgonia.WithValue(v))
}

// The gradient of a gradient is wrong. x³ at 2 has the derivatives 12, 12 and 6.
func TestGorgoniaGradOfGrad(t *testing.T) {
	g := gorgonia.NewGraph()
	x := leaf(g, "x", scalar(2))
	first := must(gorgonia.Grad(gorgonia.Must(gorgonia.Cube(x)), x))(t)
	second := must(gorgonia.Grad(first[0], x))(t)
	got := run(t, first[0], second[0])
	want(t, "gorgonia's first", got[0], []float64{12})
	want(t, "gorgonia's second", got[1], []float64{6})

	ours := graph.New().Param("x", scalar(2))
	d := graph.Gradient(ops.Pow(ours, 3), ours)[0]
	d2 := graph.Gradient(d, ours)[0]
	d3 := graph.Gradient(d2, ours)[0]
	for i, v := range values(t, nil, d, d2, d3) {
		want(t, "ours", v, []float64{12, 12, 6}[i:i+1])
	}
	// Our first derivative, differentiated there, is the second.
	want(t, "gorgonia's gradient of ours", must(interop.Gradient(nil, d, ours))(t)[0], []float64{12})
}

// Two leaves of one name are one node.
func TestGorgoniaNames(t *testing.T) {
	g := gorgonia.NewGraph()
	a, b := leaf(g, "w", scalar(2)), leaf(g, "w", scalar(5))
	if a != b {
		t.Error("gorgonia keeps two leaves of one name apart")
	}

	h := graph.New()
	u, v := h.Param("w", scalar(2)), h.Param("w", scalar(5))
	j := ops.Mul(u, v)
	want(t, "ours", values(t, nil, j)[0], []float64{10})
	d := must(interop.Gradient(nil, j, u, v))(t)
	want(t, "its gradient there", []float64{d[0][0], d[1][0]}, []float64{5, 2})
}

// SoftMax and LogSoftMax of one x are one node.
func TestGorgoniaSoftMax(t *testing.T) {
	g := gorgonia.NewGraph()
	x := leaf(g, "x", vector(0, 0))
	s, l := gorgonia.Must(gorgonia.SoftMax(x)), gorgonia.Must(gorgonia.LogSoftMax(x))
	if s != l {
		t.Error("gorgonia keeps SoftMax and LogSoftMax apart")
	}

	y := graph.New().Param("x", vector(0, 0))
	v := values(t, nil, ops.Softmax(y, 0), ops.LogSoftmax(y, 0))
	want(t, "softmax", v[0], []float64{0.5, 0.5})
	want(t, "log softmax", v[1], []float64{-math.Ln2, -math.Ln2})
}

// LogSumExp adds the maximum before it takes the logarithm, and of a matrix fails.
func TestGorgoniaLogSumExp(t *testing.T) {
	g := gorgonia.NewGraph()
	y := gorgonia.Must(gorgonia.LogSumExp(leaf(g, "x", vector(1, 2)), 0))
	want(t, "gorgonia's", run(t, y)[0], []float64{math.Log(math.Exp(1-2) + 1 + 2)})
	if _, err := gorgonia.LogSumExp(leaf(g, "m", matrix(2, 3, 1, 2, 3, 4, 5, 6)), 1); err == nil {
		t.Error("gorgonia takes LogSumExp of a matrix")
	}

	z := ops.LogSumExp(graph.New().Param("x", vector(1, 2)))
	want(t, "ours", values(t, nil, z)[0], []float64{math.Log(math.Exp(1) + math.Exp(2))})
}

// OuterProd's gradients are swapped: of Σ aᵢbⱼ they are (Σb, Σb) and (Σa, Σa).
func TestGorgoniaOuterProd(t *testing.T) {
	g := gorgonia.NewGraph()
	a, b := leaf(g, "a", vector(1, 2)), leaf(g, "b", vector(3, 4))
	d := must(gorgonia.Grad(gorgonia.Must(gorgonia.Sum(gorgonia.Must(gorgonia.OuterProd(a, b)))), a, b))(t)
	got := run(t, d...)
	want(t, "gorgonia's by a", got[0], []float64{3, 3})
	want(t, "gorgonia's by b", got[1], []float64{7, 7})

	h := graph.New()
	u, v := h.Param("a", vector(1, 2)), h.Param("b", vector(3, 4))
	j := ops.Sum(ops.Outer(u, v))
	ours, theirs := gradients(t, nil, j, u, v), must(interop.Gradient(nil, j, u, v))(t)
	for _, d := range [][][]float64{ours, theirs} {
		want(t, "by a", d[0], []float64{7, 7})
		want(t, "by b", d[1], []float64{3, 3})
	}
}

// Reshape shares memory with its operand, which is then overwritten while the
// gradient still needs it: that of Σ eᵃ + eᵇ by a is eᵃ.
func TestGorgoniaReshape(t *testing.T) {
	g := gorgonia.NewGraph()
	a, b := leaf(g, "a", matrix(1, 2, 0, 1)), leaf(g, "b", matrix(2, 1, 0, 0))
	column := gorgonia.Must(gorgonia.Reshape(gorgonia.Must(gorgonia.Exp(a)), tensor.Shape{2, 1}))
	j := gorgonia.Must(gorgonia.Sum(gorgonia.Must(gorgonia.Add(column, gorgonia.Must(gorgonia.Exp(b))))))
	d := must(gorgonia.Grad(j, a))(t)
	want(t, "gorgonia's", run(t, d[0])[0], []float64{1 + 1, math.E + 1})

	h := graph.New()
	u, v := h.Param("a", matrix(1, 2, 0, 1)), h.Param("b", matrix(2, 1, 0, 0))
	k := ops.Sum(ops.Add(ops.Reshape(ops.Exp(u), 2, 1), ops.Exp(v)))
	want(t, "ours", gradients(t, nil, k, u)[0], []float64{1, math.E})
	want(t, "ours, there", must(interop.Gradient(nil, k, u))(t)[0], []float64{1, math.E})
}

// At a tie MaxBetween takes the first, and ours, which is the document's ReLU(z; β) =
// max{βz, z} at 0, the second.
func TestGorgoniaMaxBetween(t *testing.T) {
	g := gorgonia.NewGraph()
	a, b := leaf(g, "a", vector(0)), leaf(g, "b", vector(0))
	d := must(gorgonia.Grad(gorgonia.Must(gorgonia.Sum(gorgonia.Must(gorgonia.MaxBetween(a, b)))), a, b))(t)
	got := run(t, d...)
	want(t, "gorgonia's by a and b", append(got[0], got[1]...), []float64{1, 0})

	h := graph.New()
	u, v := h.Param("a", vector(0)), h.Param("b", vector(0))
	for _, j := range []*graph.Node{ops.Sum(ops.Maximum(u, v)), ops.Sum(ops.Minimum(u, v))} {
		ours, theirs := gradients(t, nil, j, u, v), must(interop.Gradient(nil, j, u, v))(t)
		want(t, "ours", append(ours[0], ours[1]...), []float64{0, 1})
		want(t, "ours, there", append(theirs[0], theirs[1]...), []float64{0, 1})
	}
}

// At a tie Max gives the whole cotangent to every entry, so that they add up to more
// than it. Ours share it. At 0 both take 0 for the derivative of Abs.
func TestGorgoniaMax(t *testing.T) {
	w := graph.New().Param("w", vector(1, 1))
	want(t, "ours", gradients(t, nil, ops.Max(w), w)[0], []float64{0.5, 0.5})
	want(t, "gorgonia's", must(interop.Gradient(nil, ops.Max(w), w))(t)[0], []float64{1, 1})

	z := graph.New().Param("z", vector(0))
	want(t, "ours of Abs", gradients(t, nil, ops.Sum(ops.Abs(z)), z)[0], []float64{0})
	want(t, "gorgonia's of Abs", must(interop.Gradient(nil, ops.Sum(ops.Abs(z)), z))(t)[0], []float64{0})
}

// Slices are known by one byte of each end, so rows 0 and 1 and rows 256 and 257
// are one node; and the gradient of Concat is made of slices.
func TestGorgoniaSlices(t *testing.T) {
	g := gorgonia.NewGraph()
	x := gorgonia.NewMatrix(g, tensor.Float64, gorgonia.WithName("x"), gorgonia.WithShape(300, 2))
	first, last := gorgonia.Must(gorgonia.Slice(x, gorgonia.S(0, 2))), gorgonia.Must(gorgonia.Slice(x, gorgonia.S(256, 258)))
	if first != last {
		t.Error("gorgonia keeps slices apart")
	}

	h := graph.New()
	w := h.Param("w", tensor.New(tensor.WithShape(300), tensor.WithBacking(tensor.Range(tensor.Float64, 0, 300))))
	want(t, "ours", values(t, nil, ops.Slice(w, 0, 256, 258))[0], []float64{256, 257})
	_, err := interop.ToGorgonia(ops.Slice(w, 0, 256, 258))
	wantError(t, "a slice there", err, interop.ErrUnsupported)
	_, err = interop.ToGorgonia(ops.Concat(0, w, w))
	wantError(t, "a concatenation there", err, interop.ErrUnsupported)
}

// Constants that print alike are one node: of a long one the middle is left out.
func TestGorgoniaConstants(t *testing.T) {
	zeros, one := make([]float64, 200), make([]float64, 200)
	one[100] = 1
	g := gorgonia.NewGraph()
	x := gorgonia.NewVector(g, tensor.Float64, gorgonia.WithName("x"), gorgonia.WithShape(200))
	a := gorgonia.Must(gorgonia.Add(x, gorgonia.NewConstant(vector(zeros...))))
	b := gorgonia.Must(gorgonia.Add(x, gorgonia.NewConstant(vector(one...))))
	if a != b {
		t.Error("gorgonia keeps the constants apart")
	}

	h := graph.New()
	j := ops.Sum(ops.Square(ops.Sub(h.Constant("a", vector(zeros...)), h.Constant("b", vector(one...)))))
	w := h.Param("w", scalar(3))
	want(t, "ours", values(t, nil, j)[0], []float64{1})
	want(t, "ours, there", must(interop.Gradient(nil, ops.Mul(w, j), w))(t)[0], []float64{1})
}

// After a run, a node in the middle shows the value of another.
func TestGorgoniaValuesAfterTheRun(t *testing.T) {
	w, x, b := matrix(1, 2, 1, 2), matrix(2, 2, 1, 0, 0, 1), matrix(1, 1, 10)
	g := gorgonia.NewGraph()
	u := gorgonia.Must(gorgonia.Mul(leaf(g, "w", w), leaf(g, "x", x)))
	z := gorgonia.Must(gorgonia.BroadcastAdd(u, leaf(g, "b", b), nil, []byte{1}))
	machine := gorgonia.NewTapeMachine(g)
	defer machine.Close()
	check(t, machine.RunAll())
	want(t, "gorgonia's wx + b", entriesOf(z.Value()), []float64{11, 12})
	want(t, "gorgonia's wx", entriesOf(u.Value()), []float64{11, 12})

	h := graph.New()
	v := ops.MatMul(h.Param("w", w), h.Param("x", x))
	ours := values(t, nil, v, ops.Bias(h.Param("b", b), v))
	want(t, "our wx", ours[0], []float64{1, 2})
	want(t, "our wx + b", ours[1], []float64{11, 12})
}

// The LispMachine refuses the loss of a logistic regression at labels 1, because
// what stabilises log σ leaves σ behind as a second result.
func TestGorgoniaLispMachine(t *testing.T) {
	t.Chdir(t.TempDir()) // it writes a file, err.dot, where it is
	g := gorgonia.NewGraph()
	z := leaf(g, "z", vector(0, 0))
	gorgonia.Must(gorgonia.Mean(gorgonia.Must(gorgonia.Neg(gorgonia.Must(gorgonia.Log(gorgonia.Must(gorgonia.Sigmoid(z))))))))
	machine := gorgonia.NewLispMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err == nil {
		t.Error("the LispMachine runs it")
	}

	w := graph.New().Param("z", vector(0, 0))
	j := ops.Mean(ops.Neg(ops.Log(ops.Sigmoid(w))))
	want(t, "ours", gradients(t, nil, j, w)[0], []float64{-0.25, -0.25})
	want(t, "the TapeMachine's", must(interop.Gradient(nil, j, w))(t)[0], []float64{-0.25, -0.25})
}

// AdamW moves nothing.
func TestGorgoniaAdamW(t *testing.T) {
	g := gorgonia.NewGraph()
	w := leaf(g, "w", vector(1, 2))
	must(gorgonia.Grad(gorgonia.Must(gorgonia.Sum(gorgonia.Must(gorgonia.Square(w)))), w))(t)
	machine := gorgonia.NewTapeMachine(g, gorgonia.BindDualValues(w))
	defer machine.Close()
	check(t, machine.RunAll())
	model := gorgonia.NodesToValueGrads(gorgonia.Nodes{w})
	check(t, gorgonia.NewAdamW(gorgonia.WithLearnRate(0.1)).Step(model))
	want(t, "gorgonia's", entriesOf(w.Value()), []float64{1, 2})

	machine.Reset()
	check(t, machine.RunAll())
	check(t, (&interop.Solver{Rule: optim.AdamW{Rate: 0.1, Decay: optim.Zero}}).Step(model))
	if got := entriesOf(w.Value()); !closeTo(got, []float64{0.9, 1.9}, 1e-8) { // the first step is the rate
		t.Errorf("ours: %v", got)
	}
}
