package ops_test

import (
	"math"
	"slices"

	"adjoint/ops"
	"adjoint/optest"
)

// line returns the entries of a along an axis that go through index i.
func line(a array, axis int, i []int) []float64 {
	at := append([]int(nil), i...)
	v := make([]float64, a.Dims[axis])
	for k := range v {
		at[axis] = k
		v[k] = a.At(at...)
	}
	return v
}

// shifted returns w = v − c for a finite entry c of v, and Σe^w, which is NaN where
// an entry is +∞: so JAX.
func shifted(v []float64) (w []float64, sum float64) {
	c := v[0]
	if math.IsInf(c, 0) && len(v) > 1 {
		c = v[1]
	}
	for _, v := range v {
		w = append(w, v-c)
		sum += math.Exp(v - c)
		if math.IsInf(v, 1) {
			sum = math.NaN()
		}
	}
	return w, sum
}

func plainSoftmax(axis int) func(x ...array) array {
	return func(x ...array) array {
		return optest.ArrayOf(x[0].Dims, func(i []int) float64 {
			v, sum := shifted(line(x[0], axis, i))
			return math.Exp(v[i[axis]]) / sum
		})
	}
}

func plainLogSoftmax(axis int) func(x ...array) array {
	return func(x ...array) array {
		return optest.ArrayOf(x[0].Dims, func(i []int) float64 {
			v, sum := shifted(line(x[0], axis, i))
			return v[i[axis]] - math.Log(sum)
		})
	}
}

// sumExp is Σe^v.
func sumExp(v []float64) float64 {
	sum := 0.0
	for _, v := range v {
		sum += math.Exp(v)
	}
	return sum
}

var rowsSoftmax = []row{
	{
		Name:   "Softmax",
		F:      unary(func(z *node) *node { return ops.Softmax(z, 0) }),
		Shapes: [][][]int{{{1}}, {{5}}, {{3, batch}}, {{batch, 2}}, {{2, 3, 4}}, {{3, 70}}},
		Value:  plainSoftmax(0),
		Points: []optest.Point{
			{X: [][]float64{{0, math.Ln2}}, Y: []float64{1. / 3, 2. / 3}, R: [][]float64{{0, 0}}, Why: "2.1.4 by hand"},
		},
	},
	{
		Name:   "Softmax(axis 1)",
		F:      unary(func(z *node) *node { return ops.Softmax(z, 1) }),
		Shapes: [][][]int{{{3, 5}}, {{batch, 4}}, {{3, batch}}, {{2, 3, 4}}},
		Value:  plainSoftmax(1),
	},
	{
		Name:   "LogSoftmax",
		F:      unary(func(z *node) *node { return ops.LogSoftmax(z, 0) }),
		Shapes: [][][]int{{{1}}, {{5}}, {{3, batch}}, {{2, 3, 4}}, {{3, 70}}},
		Value:  plainLogSoftmax(0),
	},
	{
		Name:   "LogSoftmax(axis 1)",
		F:      unary(func(z *node) *node { return ops.LogSoftmax(z, 1) }),
		Shapes: [][][]int{{{3, 5}}, {{batch, 4}}, {{2, 3, 4}}},
		Value:  plainLogSoftmax(1),
	},
	{
		Name:   "LogSumExp",
		F:      unary(func(z *node) *node { return ops.LogSumExp(z) }),
		Shapes: [][][]int{{{}}, {{1}}, {{5}}, {{2, 3}}, {{3, batch}}, {{2, 3, 4}}},
		Value:  func(x ...array) array { return optest.Scalar(math.Log(sumExp(x[0].Data))) },
	},
	{
		Name:   "LogSumExp(axis 1)",
		F:      unary(func(z *node) *node { return ops.LogSumExp(z, 1) }),
		Shapes: [][][]int{{{2, 3}}, {{3, batch}}, {{batch, 3}}, {{2, 3, 4}}},
		Value: func(x ...array) array {
			return optest.ArrayOf(slices.Delete(slices.Clone(x[0].Dims), 1, 2), func(i []int) float64 {
				return math.Log(sumExp(line(x[0], 1, slices.Insert(slices.Clone(i), 1, 0))))
			})
		},
	},
}

// summed is the plain reference of a loss: l, summed over the components.
func summed(l func(a, y float64) float64) func(x ...array) array {
	return func(x ...array) array {
		return optest.ArrayOf([]int{1, x[0].Dims[1]}, func(i []int) float64 {
			sum := 0.0
			for k, a := range line(x[0], 0, i) {
				sum += l(a, x[1].At(k, i[1]))
			}
			return sum
		})
	}
}

var (
	lossShapes  = [][][]int{{{1, batch}, {1, batch}}, {{3, batch}, {3, batch}}, {{2, 1}, {2, 1}}, {{2, 70}, {2, 70}}}
	probability = between(0, 1)
)

// times is p·v with 0·∞ = 0.
func times(p, v float64) float64 {
	if p == 0 && math.IsInf(v, 0) {
		return 0
	}
	return p * v
}

func plainLogLoss(a, y float64) float64 {
	return -(times(y, math.Log(a)) + times(1-y, math.Log(1-a)))
}

func plainLogLossFromLogits(z, y float64) float64 {
	if z < 0 {
		return times(y, -z) + math.Log(1+math.Exp(z))
	}
	return times(1-y, z) + math.Log(1+math.Exp(-z))
}

func plainCrossEntropy(x ...array) array {
	log := plainLogSoftmax(0)(x[0])
	return summed(func(log, y float64) float64 { return -times(y, log) })(log, x[1])
}

var rowsLosses = []row{
	{
		Name: "LogLoss", F: binary(ops.LogLoss), Shapes: lossShapes, Domains: domains{between(0.5, 1), between(0, 0.4)},
		Value: summed(plainLogLoss),
		Points: []optest.Point{
			{
				Dims: [][]int{{1, 4}, {1, 4}}, X: [][]float64{{0, 1, 1, 0}, {0, 1, 0, 1}},
				Y: []float64{0, 0, math.Inf(1), math.Inf(1)}, R: [][]float64{{1, -1, math.Inf(1), math.Inf(-1)}, nil},
				Why: "0·log 0 = 0 and 0/0 = 0",
			},
		},
	},
	{
		Name: "LogLoss(a < y)", F: binary(ops.LogLoss), Shapes: lossShapes[:2], Domains: domains{between(0, 0.5), between(0.6, 1)},
		Value: summed(plainLogLoss),
	},
	{
		Name: "LogLossFromLogits", F: binary(ops.LogLossFromLogits), Shapes: lossShapes, Domains: domains{between(0, 4), between(0, 0.4)},
		Value: summed(plainLogLossFromLogits),
		Points: []optest.Point{
			{
				Dims: [][]int{{1, 4}, {1, 4}}, X: [][]float64{{1000, -1000, 1000, 0}, {1, 0, 0, 0.5}},
				Y: []float64{0, 0, 1000, math.Ln2}, R: [][]float64{{0, 0, 1, 0}, {-1000, 1000, -1000, 0}},
				Why: "max(z, 0) − yz + log1p(e^−|z|)",
			},
		},
	},
	{
		Name: "LogLossFromLogits(z < 0)", F: binary(ops.LogLossFromLogits), Shapes: lossShapes[:2], Domains: domains{between(-4, 0), between(0.6, 1)},
		Value: summed(plainLogLossFromLogits),
	},
	{
		Name: "CrossEntropy", F: binary(ops.CrossEntropy), Shapes: lossShapes, Domains: domains{probability},
		Value: summed(func(a, y float64) float64 { return -times(y, math.Log(a)) }),
		Points: []optest.Point{
			{
				Dims: [][]int{{3, 1}, {3, 1}}, X: [][]float64{{0, 1, 0}, {0, 1, 0}},
				Y: []float64{0}, R: [][]float64{{0, -1, 0}, nil}, Why: "0·log 0 = 0 and 0/0 = 0",
			},
		},
	},
	{
		Name: "CrossEntropyFromLogits", F: binary(ops.CrossEntropyFromLogits), Shapes: lossShapes, Domains: domains{between(-2, 2), probability},
		Value: plainCrossEntropy,
		Points: []optest.Point{
			{
				Dims: [][]int{{2, 2}, {2, 2}}, X: [][]float64{{1000, 1000, 0, 0}, {1, 0, 0, 1}},
				Y: []float64{0, 1000}, R: [][]float64{{0, 1, 0, -1}, {0, 0, 1000, 1000}}, Why: "(Σy)S − y and −log S by hand",
			},
		},
	},
	{
		Name: "SparseCrossEntropyFromLogits", F: binary(ops.SparseCrossEntropyFromLogits),
		Shapes:  [][][]int{{{3, batch}, {1, batch}}, {{4, 1}, {1, 1}}, {{3, 70}, {1, 70}}},
		Domains: domains{between(-2, 2), values(0, 1, 2)},
		Value: func(x ...array) array {
			log := plainLogSoftmax(0)(x[0])
			return optest.ArrayOf(x[1].Dims, func(i []int) float64 { return -log.At(int(x[1].At(i...)), i[1]) })
		},
	},
	{
		Name: "SquaredError", F: binary(ops.SquaredError), Shapes: lossShapes,
		Value: summed(func(a, y float64) float64 { return math.Pow(a-y, 2) }),
	},
	{
		Name: "AbsoluteError", F: binary(ops.AbsoluteError), Shapes: lossShapes, Domains: domains{between(0, 2), between(-2, 0)},
		Value:  summed(func(a, y float64) float64 { return math.Abs(a - y) }),
		Points: []optest.Point{{Dims: [][]int{{1, 1}, {1, 1}}, X: [][]float64{{2}, {2}}, Y: []float64{0}, R: [][]float64{{0}, {0}}, Why: "sign(0) = 0, PyTorch"}},
	},
	{
		Name: "Huber", F: binary(func(a, y *node) *node { return ops.Huber(a, y, 1.5) }), Shapes: lossShapes,
		Domains: domains{between(-0.7, 0.7, 2.5, 4), between(-0.7, 0.7)},
		Value: summed(func(a, y float64) float64 {
			if e := math.Abs(a - y); e > 1.5 {
				return 1.5*e - 1.5*1.5/2
			}
			return (a - y) * (a - y) / 2
		}),
		Points: []optest.Point{
			{
				Dims: [][]int{{1, 4}, {1, 4}}, X: [][]float64{{1, 1.5, -1.5, -3}, {0, 0, 0, 0}},
				Y: []float64{0.5, 1.125, 1.125, 3.375}, R: [][]float64{{1, 1.5, -1.5, -1.5}, {-1, -1.5, 1.5, 1.5}}, Why: "PyTorch's HuberLoss, by hand",
			},
		},
	},
	{
		Name: "Hinge", F: binary(ops.Hinge), Shapes: lossShapes,
		Domains: domains{between(-0.8, 0.8, 1.2, 2), between(0.9, 1)},
		Value:   summed(func(a, y float64) float64 { return math.Max(0, 1-y*a) }),
		Points: []optest.Point{
			{
				Dims: [][]int{{1, 4}, {1, 4}}, X: [][]float64{{1, -1, 3, 0.25}, {1, -1, 1, -1}},
				Y: []float64{0, 0, 0, 1.25}, R: [][]float64{{-1, 1, 0, 1}, {-1, 1, 0, -0.25}}, Why: "χ = 1 at the kink, as ReLU' (2.1.3)",
			},
		},
	},
	{
		Name: "KL", F: binary(ops.KL), Shapes: lossShapes, Domains: domains{between(0.5, 1), between(0, 1)},
		Value: summed(func(p, q float64) float64 {
			if p == 0 && q >= 0 {
				return 0
			}
			return p * (math.Log(p) - math.Log(q))
		}),
		Points: []optest.Point{
			{
				Dims: [][]int{{3, 1}, {3, 1}}, X: [][]float64{{0, 1, 0}, {0, 1, 0.5}},
				Y: []float64{0}, R: [][]float64{nil, {0, -1, 0}}, Why: "0·log 0 = 0, SciPy's rel_entr",
			},
		},
	},
	{
		Name: "L1Penalty", F: unary(func(w *node) *node { return ops.L1Penalty(0.5, 10, w) }),
		Domains: domains{between(-2, 0, 0, 2)},
		Value: func(x ...array) array {
			sum := 0.0
			for _, w := range x[0].Data {
				sum += math.Abs(w)
			}
			return optest.Scalar(0.5 / 20 * sum)
		},
		Points: []optest.Point{{X: [][]float64{{-4, 0, 2}}, Y: []float64{0.15}, R: [][]float64{{-0.025, 0, 0.025}}, Why: "1.2 by hand; sign(0) = 0"}},
	},
	{
		Name: "L2Penalty", F: unary(func(w *node) *node { return ops.L2Penalty(0.5, 10, w) }),
		Value: func(x ...array) array {
			sum := 0.0
			for _, w := range x[0].Data {
				sum += w * w
			}
			return optest.Scalar(0.5 / 20 * sum)
		},
		Points: []optest.Point{{X: [][]float64{{-4, 0, 2}}, Y: []float64{0.5}, R: [][]float64{{-0.2, 0, 0.1}}, Why: "1.2 by hand"}},
	},
}
