package optest_test

import (
	"math"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"

	"gonum.org/v1/gonum/mat"
	"gorgonia.org/tensor"
)

// gradientOf runs Gradient and returns its message, "" if it passes.
func gradientOf(j, w *node, hand any, o optest.GradientOptions) string {
	r := &recorder{}
	optest.Gradient(r, j, w, hand, o)
	return strings.Join(r.errors, "\n")
}

// A quadratic form J = Σ (w⊙x)², with w = [1 2; 3 4; 5 6] and x = [1 −1; 2 0; 1 3],
// has the gradient 2w⊙x², by hand: [2 4; 24 0; 10 108].
func quadratic() (j, w, x *node) {
	g := graph.New()
	w = g.Param("w", matrix(tensor.Float64, 3, 2, 1, 2, 3, 4, 5, 6))
	x = g.Constant("x", matrix(tensor.Float64, 3, 2, 1, -1, 2, 0, 1, 3))
	return ops.Sum(ops.Square(ops.Mul(w, x))), w, x
}

var quadraticGradient = []float64{2, 4, 24, 0, 10, 108}

// A hand-derived gradient may be a formula, numbers in any form, or a function of
// values; what does not fit is an error that says what would.
func TestHand(t *testing.T) {
	j, w, x := quadratic()
	right := quadraticGradient
	entry := func(i int, v float64) []float64 {
		wrong := append([]float64(nil), right...)
		wrong[i] = v
		return wrong
	}
	transpose := matrix(tensor.Float64, 2, 3, 2, 24, 10, 4, 0, 108)
	if err := transpose.T(); err != nil {
		t.Fatal(err)
	}
	wide := matrix(tensor.Float64, 3, 3, 2, 4, 9, 24, 0, 9, 10, 108, 9)
	columns, err := wide.Slice(nil, tensor.S(0, 2))
	if err != nil {
		t.Fatal(err)
	}
	single := matrix(tensor.Float32, 3, 2, right...)
	for name, test := range map[string]struct {
		hand any
		text string // in the message; "" passes
	}{
		"formula":         {ops.Scale(2, ops.Mul(w, ops.Square(x))), ""},
		"entries":         {right, ""},
		"rows":            {[][]float64{{2, 4}, {24, 0}, {10, 108}}, ""},
		"gonum":           {mat.NewDense(3, 2, right), ""},
		"gonum transpose": {mat.NewDense(2, 3, []float64{2, 24, 10, 4, 0, 108}).T(), ""},
		"tensor":          {matrix(tensor.Float64, 3, 2, right...), ""},
		"float32 tensor":  {single, ""},
		"lazy transpose":  {transpose, ""},
		"view":            {columns.(*tensor.Dense), ""},
		"array":           {optest.Array{Dims: []int{3, 2}, Data: right}, ""},
		"function": {func(at optest.At) any {
			w, x := at(w), at(x)
			return optest.ArrayOf([]int{3, 2}, func(i []int) float64 { return 2 * w.At(i...) * x.At(i...) * x.At(i...) })
		}, ""},
		"function of gonum": {func(at optest.At) any {
			w, x := mat.NewDense(3, 2, at(w).Data), mat.NewDense(3, 2, at(x).Data)
			var d mat.Dense
			d.MulElem(w, x)
			d.MulElem(&d, x)
			d.Scale(2, &d)
			return &d
		}, ""},

		"wrong entry":            {entry(5, 54), "1 of 6 entries differs, worst at (2, 1): hand 54, engine 108, differences 108"},
		"wrong function":         {func(optest.At) any { return entry(3, 1) }, "1 of 6 entries differs, worst at (1, 1): hand 1, engine 0, differences 0"},
		"too few":                {right[:5], "has 5 entries, w has shape (3, 2)"},
		"one number":             {3., "has 1 entries, w has shape (3, 2)"},
		"ragged":                 {[][]float64{{2, 4}, {24}}, "2 entries in row 0 and 1 in row 1"},
		"too few rows":           {[][]float64{{2, 4}, {24, 0}}, "has shape (2, 2), w has (3, 2)"},
		"transposed rows":        {[][]float64{{2, 24, 10}, {4, 0, 108}}, "its transpose is right"},
		"broken array":           {optest.Array{Dims: []int{3, 2}, Data: right[:4]}, "4 entries and the extents [3 2]"},
		"tensor of ints":         {tensor.New(tensor.WithShape(3, 2), tensor.WithBacking([]int{2, 4, 24, 0, 10, 108})), "no tensor of float64 or float32"},
		"nil tensor":             {(*tensor.Dense)(nil), "no tensor of float64 or float32"},
		"nil":                    {nil, "is a <nil>: want a *graph.Node, float64"},
		"nil node":               {(*node)(nil), "nil node"},
		"int":                    {3, "is a int: want a *graph.Node, float64"},
		"another graph":          {graph.New().Param("v", matrix(tensor.Float64, 3, 2, right...)), "nodes are not of one graph"},
		"function of a function": {func(optest.At) any { return func(optest.At) any { return 1 } }, "returns a function, want numbers"},
		"function of nil":        {func(at optest.At) any { return at(nil) }, "asks for a value: nil node"},
		"function of an unfed":   {func(at optest.At) any { return at(w.Graph().Input("u", 2)) }, "asks for a value: u of shape (2): input was not fed"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := gradientOf(j, w, test.hand, optest.GradientOptions{}); !strings.Contains(got, test.text) || (got == "") != (test.text == "") {
				t.Errorf("reported %q, want %q", got, test.text)
			}
		})
	}
}

// A scalar is a number, a vector any list of them.
func TestHandOfOtherRanks(t *testing.T) {
	g := graph.New()
	b := g.Param("b", tensor.New(tensor.WithShape(), tensor.WithBacking([]float64{3})))
	v := g.Param("v", tensor.New(tensor.WithShape(2), tensor.WithBacking([]float64{1, -2})))
	T := g.Param("T", tensor.New(tensor.WithShape(1, 2, 2), tensor.WithBacking([]float64{1, 2, 3, 4})))
	one := g.Param("c", matrix(tensor.Float64, 1, 1, 3))
	for _, c := range []struct {
		w    *node
		hand []any
	}{
		{b, []any{6., []float64{6}, func(at optest.At) any { return 2 * at(b).At() }}},
		{one, []any{6., [][]float64{{6}}}},
		{v, []any{[]float64{2, -4}, [][]float64{{2}, {-4}}, mat.NewVecDense(2, []float64{2, -4})}},
		{T, []any{[]float64{2, 4, 6, 8}, optest.Array{Dims: []int{1, 2, 2}, Data: []float64{2, 4, 6, 8}}}},
	} {
		for _, hand := range c.hand {
			if got := gradientOf(ops.Sum(ops.Square(c.w)), c.w, hand, optest.GradientOptions{}); got != "" {
				t.Errorf("%v by %T: %s", c.w, hand, got)
			}
		}
	}
}

// The values that a function is given are those of the formula as it is written,
// in float64 also in a graph of float32: here a = σ(wx) with wx = 0.3.
func TestValuesOfAFunction(t *testing.T) {
	g := graph.NewOf(tensor.Float32)
	w, x := g.Param("w", matrix(tensor.Float32, 1, 1, 0.5)), g.Param("x", matrix(tensor.Float32, 1, 1, 0.6))
	a := ops.Sigmoid(ops.MatMul(w, x))
	want := 1 / (1 + math.Exp(-0.5*float64(float32(0.6))))
	got := gradientOf(ops.Sum(a), w, func(at optest.At) any {
		a := at(a).At(0, 0)
		if math.Abs(a-want) > 1e-15 {
			t.Errorf("a is %.17g, want %.17g", a, want)
		}
		return a * (1 - a) * at(x).At(0, 0)
	}, optest.GradientOptions{})
	if got != "" {
		t.Error(got)
	}
}
