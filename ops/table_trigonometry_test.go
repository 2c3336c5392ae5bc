package ops_test

import (
	"math"

	"adjoint/ops"
	"adjoint/optest"
)

// inside is where arcsin and artanh are smooth.
var inside = domains{between(-0.9, 0.9)}

var rowsTrigonometry = []row{
	{
		Name: "Tan", F: unary(ops.Tan), Domains: domains{between(-1.2, 1.2)}, Entry: entry(math.Tan),
		Points: at("tan(π/4) = 1, tan' = 2", []float64{0, math.Pi / 4}, []float64{0, 1}, []float64{1, 2}),
	},
	{
		Name: "Asin", F: unary(ops.Asin), Domains: inside, Entry: entry(math.Asin),
		Points: at("arcsin ½ = π/6, the slope 2/√3; infinite at 1", []float64{0.5, 1}, []float64{math.Pi / 6, math.Pi / 2},
			[]float64{2 / math.Sqrt(3), math.Inf(1)}),
	},
	{
		Name: "Acos", F: unary(ops.Acos), Domains: inside, Entry: entry(math.Acos),
		Points: at("arccos ½ = π/3, the slope −2/√3", []float64{0.5, 1}, []float64{math.Pi / 3, 0}, []float64{-2 / math.Sqrt(3), math.Inf(-1)}),
	},
	{
		Name: "Atan", F: unary(ops.Atan), Entry: entry(math.Atan),
		Points: at("arctan 1 = π/4", []float64{0, 1, math.Inf(1)}, []float64{0, math.Pi / 4, math.Pi / 2}, []float64{1, 0.5, 0}),
	},
	{Name: "Sinh", F: unary(ops.Sinh), Entry: entry(math.Sinh)},
	{Name: "Cosh", F: unary(ops.Cosh), Entry: entry(math.Cosh)},
	{
		Name: "Asinh", F: unary(ops.Asinh), Entry: entry(math.Asinh),
		Points: at("arsinh 0 = 0; the slope far out is 1/z", []float64{0, 1e30}, []float64{0, math.Log(2) + 30*math.Ln10}, []float64{1, 1e-30}),
	},
	{
		Name: "Acosh", F: unary(ops.Acosh), Domains: domains{between(1.1, 4)}, Entry: entry(math.Acosh),
		Points: at("arcosh 1 = 0; arcosh(5/4) = log 2, sinh of it ¾", []float64{1, 1.25}, []float64{0, math.Ln2}, []float64{math.Inf(1), 4. / 3}),
	},
	{
		Name: "Atanh", F: unary(ops.Atanh), Domains: inside, Entry: entry(math.Atanh),
		Points: at("artanh(3/5) = log 2", []float64{0, 0.6, 1}, []float64{0, math.Ln2, math.Inf(1)}, []float64{1, 1 / 0.64, math.Inf(1)}),
	},
	jumpRow("Floor", ops.Floor, math.Floor, []float64{-1.5, -1, -0.5, 0, 2.5}, []float64{-2, -1, -1, 0, 2}),
	jumpRow("Ceil", ops.Ceil, math.Ceil, []float64{-1.5, -1, -0.5, 0, 2.5}, []float64{-1, -1, 0, 0, 3}),
	jumpRow("Round", ops.Round, math.RoundToEven, []float64{-1.5, -0.5, 0.5, 1.5, 2.5}, []float64{-2, 0, 0, 2, 2}),
	jumpRow("Trunc", ops.Trunc, math.Trunc, []float64{-1.5, -1, -0.5, 0, 2.5}, []float64{-1, -1, 0, 0, 2}),
	narrowRow(ops.Float16, []float64{1. / 3, 2049, 2051, 65519, 65520, 6e-8, 2e-8, -70000, math.Inf(-1)},
		[]float64{0x1.554p-2, 2048, 2052, 65504, math.Inf(1), 0x1p-24, 0, math.Inf(-1), math.Inf(-1)}),
	narrowRow(ops.BFloat16, []float64{1. / 3, 257, 259, 3e38, -1e39}, []float64{0x1.56p-2, 256, 260, 0x1.c4p+127, math.Inf(-1)}),
	narrowRow(ops.Float32, []float64{1. / 3, 1<<24 + 1, 1e39}, []float64{0x1.555556p-2, 1 << 24, math.Inf(1)}),
	{
		Name: "Power", F: binary(ops.Power), Shapes: stretchedPairs, Domains: domains{between(0.3, 2), between(-2, 2)},
		Entry: func(x ...float64) float64 { return math.Pow(x[0], x[1]) },
		Points: []optest.Point{{
			X: [][]float64{{2, 0, -2, 0, 4}, {3, 2, 3, 0, 0}}, Y: []float64{8, 0, -8, 1, 1},
			R:   [][]float64{{12, 0, 12, 0, 0}, nil},
			Why: "a slope is 0 where b is; a⁰ is 1",
		}, {
			X: [][]float64{{math.E, 0}, {2, 3}}, R: [][]float64{nil, {math.E * math.E, 0}},
			Why: "0·log 0 = 0",
		}},
	},
	{
		Name: "Mod", F: binary(ops.Mod), Shapes: stretchedPairs, Domains: domains{between(5.2, 5.9, -6.8, -6.2), between(2.2, 2.5)},
		Entry:  func(x ...float64) float64 { return math.Mod(x[0], x[1]) },
		Points: []optest.Point{{X: [][]float64{{7, -7, 7, -7}, {4, 4, -4, -4}}, Y: []float64{3, -3, 3, -3}, R: [][]float64{{1, 1, 1, 1}, {-1, 1, 1, -1}}, Why: "the sign of a, as C's fmod"}},
	},
	{
		Name: "Whole", F: unary(func(x *node) *node { return ops.Whole(x, -3, 3) }), Domains: domains{values(-3, -1, 0, 2, 3)},
		Entry: entry(func(z float64) float64 { return z }),
	},
}

// stretchedPairs are shapes of two tensors that broadcast.
var stretchedPairs = [][][]int{{{}, {}}, {{3}, {3}}, {{2, 3}, {3}}, {{2, 1}, {2, 3}}, {{3, batch}, {3, batch}}, {{3, batch}, {3, 1}}}

func jumpRow(name string, f func(z *node) *node, g func(z float64) float64, x, y []float64) row {
	return row{
		Name: name, F: unary(f), Domains: domains{between(-1.9, -1.6, -0.9, -0.6, 0.1, 0.4, 1.1, 1.4)}, Entry: entry(g),
		Points: at("constant but for jumps", x, y, make([]float64, len(x))),
	}
}

func narrowRow(format string, x, y []float64) row {
	slope := make([]float64, len(x))
	for i := range slope {
		slope[i] = 1
	}
	return row{
		Name: "Narrow(" + format + ")", F: unary(func(z *node) *node { return ops.Narrow(z, format) }),
		Domains: domains{values(-2, -1, 0.5, 1.5, 3)}, Entry: entry(func(z float64) float64 { return z }),
		Points: at("nearest, of two the even one", x, y, slope),
		Exempt: map[optest.Law]string{optest.Reverse: "its derivative is that of the identity, which it is but for rounding: also at whole numbers"},
	}
}
