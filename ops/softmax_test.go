package ops_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

var inf, nan = math.Inf(1), math.NaN()

// A line that holds NaN or +∞, or nothing but −∞, has no softmax, as in JAX. Its
// LogSumExp is what SciPy says. Other lines are not touched by it.
func TestSoftmaxConventions(t *testing.T) {
	for _, c := range []struct {
		line, softmax, log []float64
		logSumExp          float64
	}{
		{[]float64{0, -inf}, []float64{1, 0}, []float64{0, -inf}, 0},
		{[]float64{1e300, -1e300}, []float64{1, 0}, []float64{0, -inf}, 1e300},
		{[]float64{-inf, -inf}, []float64{nan, nan}, []float64{nan, nan}, -inf},
		{[]float64{inf, 0}, []float64{nan, nan}, []float64{nan, nan}, inf},
		{[]float64{inf, -inf}, []float64{nan, nan}, []float64{nan, nan}, inf},
		{[]float64{0, nan}, []float64{nan, nan}, []float64{nan, nan}, nan},
		{[]float64{nan, inf}, []float64{nan, nan}, []float64{nan, nan}, nan},
		{[]float64{inf, nan}, []float64{nan, nan}, []float64{nan, nan}, nan},
		{[]float64{-inf, nan}, []float64{nan, nan}, []float64{nan, nan}, nan},
		{[]float64{0, 1, 800}, []float64{0, 0, 1}, []float64{-800, -799, 0}, 800},
	} {
		n := len(c.line)
		threes := slices.Repeat([]float64{3}, n)
		for axis := range 2 {
			g := graph.New()
			rows := [][]float64{c.line, threes}
			if axis == 0 {
				rows = nil
				for _, v := range c.line {
					rows = append(rows, []float64{v, 3})
				}
			}
			z := matrix(g, "z", rows...)
			got := computed(t, ops.Softmax(z, axis), ops.LogSoftmax(z, axis), ops.LogSumExp(z, axis))
			for i := range n {
				here, other := i, n+i
				if axis == 0 {
					here, other = 2*i, 2*i+1
				}
				at := fmt.Sprintf(" of %v, entry %d, axis %d", c.line, i, axis)
				expect(t, "softmax"+at, got[0][here], c.softmax[i], tensor.Float64)
				expect(t, "log softmax"+at, got[1][here], c.log[i], tensor.Float64)
				expect(t, "softmax beside one"+at, got[0][other], 1/float64(n), tensor.Float64)
			}
			expect(t, fmt.Sprintf("logΣexp of %v, axis %d", c.line, axis), got[2][0], c.logSumExp, tensor.Float64)
			expect(t, "logΣexp of threes", got[2][1], 3+math.Log(float64(n)), tensor.Float64)
		}
	}
}

// Values in the tails are within a few units in the last place of the right ones:
// where one entry outweighs the others, so that the loss is tiny, too.
func TestLossAccuracy(t *testing.T) {
	one := num(1)
	logSigmoid := func(z float64) real { return neg(bigSoftplus(num(-z))) }
	for _, z := range []float64{-700, -100, -40, -3, -0.25, 0, 1e-9, 2, 17, 36, 45, 88, 350, 740} {
		for _, dtype := range floatTypes {
			if dtype == tensor.Float32 && math.Abs(z) > 80 {
				continue
			}
			single := dtype == tensor.Float32
			z := entries(dense(dtype, []float64{z}, 1))[0]
			g := graph.NewOf(dtype)
			logit, two := matrix(g, "z", []float64{z}), matrix(g, "z, 0", []float64{z}, []float64{0})
			yes, first := g.Const(1, 1, 1), matrix(g, "y", []float64{1}, []float64{0})
			a := ops.Sigmoid(logit)
			got := computed(t,
				ops.LogLoss(a, yes), ops.LogLossFromLogits(logit, yes), ops.LogLoss(a, g.Const(0.25, 1, 1)),
				ops.LogSoftmax(two, 0), ops.CrossEntropy(ops.Softmax(two, 0), first),
				ops.SparseCrossEntropyFromLogits(two, g.Const(0, 1, 1)), ops.LogSumExp(two))
			near := func(what string, got float64, want real, limit float64) {
				t.Helper()
				if d := ulps(got, want, single); !(d <= limit) {
					t.Errorf("%s at z = %g, %v, is %.17g, %.1f units in the last place off", what, z, dtype, got, d)
				}
			}
			near("L(σ(z), 1)", got[0][0], neg(logSigmoid(z)), 3)
			near("L∘σ(z, 1)", got[1][0], neg(logSigmoid(z)), 3)
			quarter := plus(mul(num(0.25), neg(logSigmoid(z))), mul(num(0.75), neg(logSigmoid(-z))))
			near("L(σ(z), ¼)", got[2][0], quarter, 3)
			near("log softmax", got[3][0], logSigmoid(z), 3)
			near("log softmax of the other", got[3][1], logSigmoid(-z), 3)
			near("crossEntropy", got[4][0], neg(logSigmoid(z)), 3)
			near("sparse", got[5][0], neg(logSigmoid(z)), 3)
			near("logΣexp", got[6][0], bigLog(plus(one, bigExp(num(z)))), 3)
		}
	}
	// Where a is close to 0, L(a, 0) is a.
	g := graph.New()
	expect(t, "L(1e-20, 0)", 1e20*computed(t, ops.LogLoss(g.Const(1e-20, 1, 1), g.Const(0, 1, 1)))[0][0], 1, tensor.Float64)
	// Where p is close to q, D is p log1p((p−q)/q).
	p, q := 0.3, 0.3*(1+1e-9)
	want := mul(num(p), bigLog(over(num(p), num(q))))
	if got := computed(t, ops.KL(matrix(g, "p", []float64{p}), matrix(g, "q", []float64{q})))[0][0]; !(ulps(got, want, false) <= 3) {
		t.Errorf("KL(%g, %g) is %.17g", p, q, got)
	}
}

// The one op over several axes is the logarithm of the sum over all of them, and
// its gradient is the softmax over all of them.
func TestLogSumExpAxes(t *testing.T) {
	g := graph.New()
	x := g.Param("x", dense(tensor.Float64, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 2, 3, 2))
	y := ops.LogSumExp(x, 2, 0)
	if y.Shape() != graph.ShapeOf(3) {
		t.Fatalf("shape %v, want (3)", y.Shape())
	}
	got := computed(t, y, graph.VJP(y, g.Const(1, 3), x)[0])
	for i := range 3 {
		a, b := float64(2*i), float64(2*i+6)
		sum := math.Exp(a+1) + math.Exp(a+2) + math.Exp(b+1) + math.Exp(b+2)
		expect(t, "logΣexp", got[0][i], math.Log(sum), tensor.Float64)
		expect(t, "its r", got[1][2*i+7], math.Exp(b+2)/sum, tensor.Float64)
	}
}

// Class labels give what their one-hot form gives, in value and gradient.
func TestSparseIsOneHot(t *testing.T) {
	g := graph.New()
	z := matrix(g, "z", []float64{1, -2, 3, 0.5}, []float64{0, 5, 3, -1}, []float64{-1, 4, 3, 2})
	labels := matrix(g, "labels", []float64{2, 0, 1, 2})
	sparse, dense := ops.SparseCrossEntropyFromLogits(z, labels), ops.CrossEntropyFromLogits(z, ops.OneHot(labels, 3))
	got := computed(t, sparse, dense, graph.Gradient(ops.Mean(sparse), z)[0], graph.Gradient(ops.Mean(dense), z)[0])
	for i := range got[0] {
		expect(t, "the sparse loss", got[0][i], got[1][i], tensor.Float64)
	}
	for i := range got[2] {
		expect(t, "its gradient", got[2][i], got[3][i], tensor.Float64)
	}
}

// A label that is no class is an error of Run, whether the loss is computed or only
// its gradient.
func TestSparseLabels(t *testing.T) {
	for _, dtype := range floatTypes {
		g := graph.NewOf(dtype)
		z, labels := g.Const(0, 3, 4), g.Input("labels", 1, 4)
		zp := ops.Add(z, matrix(g, "b", []float64{1}, []float64{2}, []float64{3}))
		loss := ops.SparseCrossEntropyFromLogits(zp, labels)
		for _, out := range []*node{loss, graph.Gradient(ops.Mean(loss), zp)[0]} {
			p, err := graph.Compile(out)
			if err != nil {
				t.Fatal(err)
			}
			for _, bad := range []float64{-1, 3, 1.5, nan, inf, 1e30} {
				if err := p.Feed(labels, dense(dtype, []float64{0, 2, bad, 1}, 1, 4)); err != nil {
					t.Fatal(err)
				}
				err := p.Run()
				if !errors.Is(err, graph.ErrValue) || !strings.Contains(err.Error(), "position 2") {
					t.Errorf("label %g: the error is %v", bad, err)
				}
			}
			if err := p.Feed(labels, dense(dtype, []float64{0, 2, 1, 1}, 1, 4)); err != nil {
				t.Fatal(err)
			}
			if err := p.Run(); err != nil {
				t.Error(err)
			}
		}
	}
}

// Mistakes in building are errors that say what is wrong.
func TestLossErrors(t *testing.T) {
	g := graph.New()
	a, y, row := g.Input("a", 3, graph.Batch), g.Input("y", 3, graph.Batch), g.Input("row", 1, graph.Batch)
	vector, number := g.Input("vector", 3), g.Input("number")
	for _, c := range []struct {
		name string
		node *node
		err  error
		text string
	}{
		{"two shapes", ops.LogLoss(a, row), graph.ErrShape, "L(a (3, N), row (1, N))"},
		{"vectors", ops.SquaredError(vector, vector), graph.ErrShape, "want two matrices (m, N)"},
		{"logits", ops.CrossEntropyFromLogits(number, number), graph.ErrShape, "number ()"},
		{"labels as columns", ops.SparseCrossEntropyFromLogits(a, y), graph.ErrShape, "labels (1, N)"},
		{"N classes", ops.SparseCrossEntropyFromLogits(g.Input("z", graph.Batch, 4), g.Input("k", 1, 4)), graph.ErrShape, "sparseCrossEntropy"},
		{"softmax axis", ops.Softmax(a, 2), graph.ErrAxis, "axis 2"},
		{"softmax of a number", ops.Softmax(number, 0), graph.ErrAxis, "softmax(number ())"},
		{"log-softmax axis", ops.LogSoftmax(a, -3), graph.ErrAxis, "axis -3"},
		{"logsumexp axis", ops.LogSumExp(a, 0, -2), graph.ErrAxis, "twice"},
		{"δ = 0", ops.Huber(a, y, 0), graph.ErrValue, "δ = 0"},
		{"δ NaN", ops.Huber(a, y, nan), graph.ErrValue, "δ = NaN"},
		{"λ < 0", ops.L2Penalty(-1, 10, a), graph.ErrValue, "λ = -1"},
		{"λ = ∞", ops.L1Penalty(inf, 10, a), graph.ErrValue, "λ = +Inf"},
		{"n = 0", ops.L1Penalty(1, 0, a, y), graph.ErrValue, "n = 0"},
		{"no weights", ops.L1Penalty(1, 10), graph.ErrGraph, ""},
		{"no node", ops.LogLoss(nil, y), graph.ErrGraph, ""},
	} {
		err := c.node.Err()
		if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: the error is %v", c.name, err)
		}
	}
	if ops.Softmax(a, -2) != ops.Softmax(a, 0) {
		t.Error("axis −2 of a matrix is not axis 0")
	}
	if once, again := ops.Huber(a, y, 2), ops.Huber(a, y, 2); once != again {
		t.Error("equal δ do not share a node")
	}
}
