package ops_test

import (
	"math"
	"regexp"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// matrix returns a parameter of shape (m, N) with the given rows.
func matrix(g *graph.Graph, name string, rows ...[]float64) *node {
	var data []float64
	for _, row := range rows {
		data = append(data, row...)
	}
	return g.Param(name, dense(g.Dtype(), data, len(rows), len(rows[0])))
}

// computed runs the nodes of a graph without inputs and returns their entries.
func computed(t *testing.T, nodes ...*node) [][]float64 {
	t.Helper()
	p, err := graph.Compile(nodes...)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	v := make([][]float64, len(nodes))
	for i, n := range nodes {
		value, err := p.Value(n)
		if err != nil {
			t.Fatal(err)
		}
		v[i] = entries(value)
	}
	return v
}

type rows = [][]float64

// Values that other libraries print in their documentation. They take examples as
// rows, and most of them divide by the number of components m too.
func TestPublishedLosses(t *testing.T) {
	scipy := rows{{1, 0.5, 0.2, 3}, {1, -1, 7, 3}, {2, 12, 13, 3}}
	spam := rows{{0.9, 0.1, 0.2, 0.65}}
	kerasA, kerasY := rows{{0.05, 0.1}, {0.95, 0.8}, {0, 0.1}}, rows{{0, 0}, {1, 0}, {0, 1}}
	overAxis := func(f func(z *node, axis int) *node, axis int) func(z, _ *node) *node {
		return func(z, _ *node) *node { return f(z, axis) }
	}
	mean := func(f func(a, y *node) *node) func(a, y *node) *node {
		return func(a, y *node) *node { return ops.Mean(f(a, y)) }
	}
	for _, c := range []struct {
		name  string
		f     func(a, y *node) *node
		a, y  rows
		want  []float64
		place float64 // unit of the last place that is printed
	}{
		{"scipy.special.softmax, axis 0", overAxis(ops.Softmax, 0), scipy, nil, []float64{
			2.11942e-01, 1.01300e-05, 2.75394e-06, 3.33333e-01,
			2.11942e-01, 2.26030e-06, 2.47262e-03, 3.33333e-01,
			5.76117e-01, 9.99988e-01, 9.97525e-01, 3.33333e-01,
		}, 1e-6},
		{"scipy.special.softmax, axis 1", overAxis(ops.Softmax, 1), scipy, nil, []float64{
			1.05877e-01, 6.42177e-02, 4.75736e-02, 7.82332e-01,
			2.42746e-03, 3.28521e-04, 9.79307e-01, 1.79366e-02,
			1.22094e-05, 2.68929e-01, 7.31025e-01, 3.31885e-05,
		}, 1e-6},
		{"scipy.special.log_softmax", overAxis(ops.LogSoftmax, 0), rows{{1000}, {1}}, nil, []float64{0, -999}, 1e-12},
		{"scipy.special.logsumexp", func(z, _ *node) *node { return ops.LogSumExp(z) },
			rows{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}, nil, []float64{9.45862974442671}, 1e-14},
		{"sklearn.metrics.log_loss", mean(ops.LogLoss), spam, rows{{1, 0, 0, 1}}, []float64{0.21616}, 1e-5},
		{"sklearn.metrics.hinge_loss", mean(ops.Hinge), rows{{-2.18, 2.36, 0.09}}, rows{{-1, 1, 1}}, []float64{0.30}, 1e-2},
		{"sklearn.metrics.mean_squared_error", mean(ops.SquaredError), rows{{2.5, 0, 2, 8}}, rows{{3, -0.5, 2, 7}}, []float64{0.375}, 1e-15},
		{"sklearn.metrics.mean_squared_error, 2·0.708", mean(ops.SquaredError),
			rows{{0, -1, 8}, {2, 2, -5}}, rows{{0.5, -1, 7}, {1, 1, -6}}, []float64{0.41666667 + 1}, 1e-8},
		{"sklearn.metrics.mean_absolute_error", mean(ops.AbsoluteError), rows{{2.5, 0, 2, 8}}, rows{{3, -0.5, 2, 7}}, []float64{0.5}, 1e-15},
		{"keras.losses.BinaryCrossentropy(from_logits=True)", mean(ops.LogLossFromLogits),
			rows{{-18.6, 0.51, 2.94, -12.8}}, rows{{0, 1, 0, 0}}, []float64{0.865458}, 1e-6},
		{"keras.losses.categorical_crossentropy", ops.CrossEntropy, kerasA, kerasY, []float64{0.0513, 2.303}, 1e-3},
		{"keras.losses.CategoricalCrossentropy", mean(ops.CrossEntropy), kerasA, kerasY, []float64{1.1769392}, 1e-6},
		{"keras.losses.sparse_categorical_crossentropy, logits log a", func(a, y *node) *node {
			return ops.SparseCrossEntropyFromLogits(ops.Log(a), y)
		}, kerasA, rows{{1, 2}}, []float64{0.0513, 2.303}, 1e-3},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := graph.New()
			a, y := matrix(g, "a", c.a...), g.Const(0)
			if c.y != nil {
				y = matrix(g, "y", c.y...)
			}
			got := computed(t, c.f(a, y))[0]
			if len(got) != len(c.want) {
				t.Fatalf("%d entries, want %d", len(got), len(c.want))
			}
			for i, want := range c.want {
				if math.Abs(got[i]-want) > c.place {
					t.Errorf("entry %d is %.9g, published is %g", i, got[i], want)
				}
			}
		})
	}
}

// The logarithm of a subnormal probability, on which math.Log fails on amd64: that of 2⁻¹⁰⁶⁰
// is −1060·log 2.
func TestSubnormalProbabilities(t *testing.T) {
	g := graph.New()
	a, y := matrix(g, "a", []float64{0x1p-1060}), matrix(g, "y", []float64{1})
	want := 1060 * math.Ln2
	for name, n := range map[string]*node{
		"LogLoss": ops.LogLoss(a, y), "CrossEntropy": ops.CrossEntropy(a, y), "FocalLoss": ops.FocalLoss(a, y, 2),
		"Logit": ops.Neg(ops.Logit(a)), "KL": ops.KL(y, a), "Log": ops.Neg(ops.Log(a)),
	} {
		if got := computed(t, n)[0][0]; math.Abs(got-want) > 1e-12*want {
			t.Errorf("%s is %.17g, want %.17g", name, got, want)
		}
	}
}

// The cost is that of section 1: components are summed, and examples averaged.
func TestCostDividesByExamplesOnly(t *testing.T) {
	a, y := rows{{0.1, 0.7}, {0.4, 0.2}, {0.9, 0.5}}, rows{{0, 1}, {1, 0}, {1, 1}}
	g := graph.New()
	got := computed(t, ops.Mean(ops.LogLoss(matrix(g, "a", a...), matrix(g, "y", y...))))[0][0]
	want := -(math.Log(1-0.1) + math.Log(0.7) + math.Log(0.4) + math.Log(1-0.2) + math.Log(0.9) + math.Log(0.5)) / 2
	expect(t, "J", got, want, tensor.Float64)
}

// What VJP makes of a loss reads as section 1.1 writes it: rσ∘rL is (a − y)ζ, and
// with respect to a itself it is the literal −y/a + (1−y)/(1−a).
func TestGradientGraphs(t *testing.T) {
	g := graph.New()
	z, y := g.Input("z", 1, graph.Batch), g.Input("y", 1, graph.Batch)
	p, t1 := g.Input("p", 3, graph.Batch), g.Input("t", 3, graph.Batch)
	k, ζ := g.Input("k", 1, graph.Batch), g.Input("ζ", 1, graph.Batch)
	a, s := ops.Sigmoid(z), ops.Softmax(p, 0)
	for _, c := range []struct {
		name      string
		loss, wrt *node
		want      string
	}{
		{"rσ∘rL", ops.LogLoss(a, y), z, "⊙(−(σ(z), y), ζ)"},
		{"rL", ops.LogLoss(a, y), a, "⊙(−(⊘(1−(y), 1−(%A)), ⊘(y, %A)), ζ) where %A = σ(z)"},
		{"r(L∘σ)", ops.LogLossFromLogits(z, y), z, "⊙(−(σ(z), y), ζ)"},
		{"r(L∘σ) in y", ops.LogLossFromLogits(z, y), y, "⊙(−(z), ζ)"},
		{"rsoftmax∘rcrossEntropy", ops.CrossEntropy(s, t1), p, "⊙(−(⊙(softmax(p), broadcast(sumTo(t))), t), broadcast(ζ))"},
		{"rsparse", ops.SparseCrossEntropyFromLogits(p, k), p, "⊙(−(softmax(p), oneHot(k)), broadcast(ζ))"},
		{"rSquaredError", ops.SquaredError(z, y), z, "⊙(2·(−(z, y)), ζ)"},
	} {
		if got := letters(graph.VJP(c.loss, ζ, c.wrt)[0].String()); got != c.want {
			t.Errorf("%s is %s, want %s", c.name, got, c.want)
		}
	}
}

var sharedNode = regexp.MustCompile(`%[0-9]+`)

// letters writes the numbers of shared nodes as letters, so that a formula does
// not depend on what else is in its graph.
func letters(formula string) string {
	seen := map[string]string{}
	return sharedNode.ReplaceAllStringFunc(formula, func(ref string) string {
		if seen[ref] == "" {
			seen[ref] = "%" + string(rune('A'+len(seen)))
		}
		return seen[ref]
	})
}

// A penalty is the R of the listing in 1.2, over all weights, and its r that of
// λ/(2n)·Σ|w|ᵖ.
func TestPenalties(t *testing.T) {
	const λ, n = 0.3, 40
	for _, dtype := range floatTypes {
		g := graph.NewOf(dtype)
		w1, w2 := matrix(g, "w1", []float64{1, -2}, []float64{0, 3}), matrix(g, "w2", []float64{-0.5})
		r1, r2 := ops.L1Penalty(λ, n, w1, w2), ops.L2Penalty(λ, n, w1, w2)
		got := computed(t, r1, r2, graph.Gradient(r1, w1)[0], graph.Gradient(r2, w2)[0])
		expect(t, "L1", got[0][0], λ/(2*n)*6.5, dtype)
		expect(t, "L2", got[1][0], λ/(2*n)*14.25, dtype)
		for i, sign := range []float64{1, -1, 0, 1} {
			expect(t, "∇L1", got[2][i], λ/(2*n)*sign, dtype)
		}
		expect(t, "∇L2", got[3][0], λ/n*-0.5, dtype)
	}
	long := make([]float64, 1001)
	for i := range long {
		long[i] = -0.1
	}
	g := graph.New()
	expect(t, "L1 of 1001 weights", computed(t, ops.L1Penalty(2, 1, matrix(g, "w", long)))[0][0], 100.1, tensor.Float64)
}
