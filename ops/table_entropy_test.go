package ops_test

import (
	"math"
	"slices"

	"adjoint/ops"
	"adjoint/optest"
)

// plainEntropy is −Σ p log p along an axis, by the p and log p of a line.
func plainEntropy(axis int, of func(v []float64) (p, log []float64)) func(x ...array) array {
	return func(x ...array) array {
		return optest.ArrayOf(slices.Delete(slices.Clone(x[0].Dims), axis, axis+1), func(i []int) float64 {
			sum := 0.0
			p, log := of(line(x[0], axis, slices.Insert(slices.Clone(i), axis, 0)))
			for k := range p {
				sum -= times(p[k], log[k])
			}
			return sum
		})
	}
}

func logsOf(p []float64) (same, log []float64) {
	for _, p := range p {
		log = append(log, math.Log(p))
	}
	return p, log
}

func softmaxOf(z []float64) (p, log []float64) {
	w, sum := shifted(z)
	for _, w := range w {
		p, log = append(p, math.Exp(w)/sum), append(log, w-math.Log(sum))
	}
	return p, log
}

// plainFocal is −(1−p)^γ log p of the label 1.
func plainFocal(p, γ float64) float64 { return times(math.Pow(1-p, γ), -math.Log(p)) }

func plainFocalLoss(γ float64) func(a, y float64) float64 {
	return func(a, y float64) float64 { return times(y, plainFocal(a, γ)) + times(1-y, plainFocal(1-a, γ)) }
}

func plainFocalFromLogits(γ float64) func(z, y float64) float64 {
	of := func(z float64) float64 {
		if z > 30 { // to first order in 1−σ(z)
			return math.Exp(-(γ + 1) * z)
		}
		return times(math.Pow(1/(1+math.Exp(z)), γ), math.Log1p(math.Exp(-z)))
	}
	return func(z, y float64) float64 {
		if z < -30 {
			return times(y, -z) + times(1-y, of(-z))
		}
		if z > 30 {
			return times(y, of(z)) + times(1-y, z)
		}
		return y*of(z) + (1-y)*of(-z)
	}
}

// plainLogCosh is log cosh(z), by its series near 0.
func plainLogCosh(z float64) float64 {
	if math.Abs(z) < 0.03 {
		return z*z/2 - z*z*z*z/12 + z*z*z*z*z*z/45
	}
	return math.Abs(z) + math.Log((1+math.Exp(-2*math.Abs(z)))/2)
}

var rowsEntropy = []row{
	{
		Name: "Entropy", F: unary(func(p *node) *node { return ops.Entropy(p, 0) }),
		Shapes: [][][]int{{{1}}, {{5}}, {{3, batch}}, {{2, 3, 4}}}, Domains: domains{between(0.05, 1)},
		Value: plainEntropy(0, logsOf),
		Points: []optest.Point{{
			X: [][]float64{{0.5, 0, 0.5}}, Y: []float64{math.Ln2}, R: [][]float64{{math.Ln2 - 1, math.Inf(1), math.Ln2 - 1}},
			Why: "one bit; 0·log 0 = 0; −(log p + 1)",
		}},
	},
	{
		Name: "Entropy(axis -1)", F: unary(func(p *node) *node { return ops.Entropy(p, -1) }),
		Shapes: [][][]int{{{batch, 3}}, {{2, 70}}}, Domains: domains{between(0.05, 1)},
		Value: plainEntropy(1, logsOf),
	},
	{
		Name: "EntropyFromLogits", F: unary(func(z *node) *node { return ops.EntropyFromLogits(z, 0) }),
		Shapes: [][][]int{{{1}}, {{5}}, {{3, batch}}, {{2, 3, 4}}},
		Value:  plainEntropy(0, softmaxOf),
		Points: []optest.Point{{
			X: [][]float64{{1, math.Inf(-1), 0}}, Y: []float64{0.5822031088882179}, R: [][]float64{{-0.19661193324148185, 0, 0.19661193324148185}},
			Why: "log(1+e) − e/(1+e) and ∓σ'(1), by hand",
		}},
	},
	{
		Name: "EntropyFromLogits(axis 1)", F: unary(func(z *node) *node { return ops.EntropyFromLogits(z, 1) }),
		Shapes: [][][]int{{{batch, 3}}, {{2, 70}}},
		Value:  plainEntropy(1, softmaxOf),
	},
	{
		Name: "FocalLoss", F: binary(func(a, y *node) *node { return ops.FocalLoss(a, y, 2) }), Shapes: lossShapes,
		Domains: domains{between(0.2, 0.8)},
		Value:   summed(plainFocalLoss(2)),
		Points: []optest.Point{{
			Dims: [][]int{{1, 2}, {1, 2}}, X: [][]float64{{0.5, 0.5}, {1, 0}},
			Y: []float64{math.Ln2 / 4, math.Ln2 / 4}, R: [][]float64{{-math.Ln2 - 0.5, math.Ln2 + 0.5}, {0, 0}},
			Why: "¼ log 2, and 2(1−a)log a − (1−a)²/a at ½, by hand",
		}},
	},
	{
		Name: "FocalLoss(0.5)", F: binary(func(a, y *node) *node { return ops.FocalLoss(a, y, 0.5) }), Shapes: lossShapes[:2],
		Domains: domains{between(0.2, 0.8)},
		Value:   summed(plainFocalLoss(0.5)),
	},
	{
		Name: "FocalLossFromLogits", F: binary(func(z, y *node) *node { return ops.FocalLossFromLogits(z, y, 2) }), Shapes: lossShapes,
		Domains: domains{between(-2, 2), between(0, 1)},
		Value:   summed(plainFocalFromLogits(2)),
		Points: []optest.Point{{
			Dims: [][]int{{1, 2}, {1, 2}}, X: [][]float64{{0, 0}, {1, 0}},
			Y: []float64{math.Ln2 / 4, math.Ln2 / 4}, R: [][]float64{{-(2*math.Ln2 + 1) / 8, (2*math.Ln2 + 1) / 8}, {0, 0}},
			Why: "those of FocalLoss at ½, times σ'(0) = ¼",
		}},
	},
	{
		Name: "FocalLossFromLogits(0.5)", F: binary(func(z, y *node) *node { return ops.FocalLossFromLogits(z, y, 0.5) }), Shapes: lossShapes[:2],
		Domains: domains{between(-2, 2), between(0, 1)},
		Value:   summed(plainFocalFromLogits(0.5)),
	},
	{
		Name: "Logit", F: unary(ops.Logit), Domains: domains{between(0.05, 0.95)},
		Entry: entry(func(p float64) float64 { return math.Log(p) - math.Log(1-p) }),
		Points: at("log-odds 0, log 3; 1/(p(1−p))", []float64{0.5, 0.75, 0, 1},
			[]float64{0, math.Log(3), math.Inf(-1), math.Inf(1)}, []float64{4, 16. / 3, math.Inf(1), math.Inf(1)}),
	},
	{
		Name: "LogCosh", F: unary(ops.LogCosh),
		Entry:  entry(plainLogCosh),
		Points: at("log cosh(0) = 0, and |z| − log 2", []float64{0, 1000, -1000}, []float64{0, 1000 - math.Ln2, 1000 - math.Ln2}, []float64{0, 1, -1}),
	},
}
