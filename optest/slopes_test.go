package optest_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"

	"gorgonia.org/tensor"
)

// An op that computes a wrong value is in the engine's gradient and in the
// hand-derived one, as the node that they share: the differences find it out, in
// both float types, and the message says whose r it is. Here a doubling is off by a
// tenth, and the r of a square is made of it.
func TestSharedNodeIsWrong(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		g := graph.NewOf(dtype)
		w := g.Param("w", matrix(dtype, 2, 1, 0.5, -2))
		doubled := graph.Apply(twice{}, w)
		op := &square{reverse: func(_, ζ *node) []*node { return []*node{ops.Mul(doubled, ζ)} }}
		got := gradientOf(ops.Sum(graph.Apply(op, w)), w, doubled, optest.GradientOptions{})
		for _, want := range []string{
			"2 of 2 entries differ", "Hand and engine agree, but finite differences do not confirm them.", "rsquare is at fault",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%v: no %q in\n%s", dtype, want, got)
			}
		}
	}
}

// twice is x ↦ 2x, but off by a tenth.
type twice struct{}

func (twice) String() string                  { return "twice" }
func (twice) Shape(s ...shape) (shape, error) { return s[0], nil }
func (twice) Reverse(_, ζ *node) []*node      { return []*node{ops.Scale(2, ζ)} }
func (twice) Kernel() compute.Kernel {
	return compute.Loop(doubles[float32], doubles[float64])
}

func doubles[T compute.Float](y *tensor.Dense, x ...*tensor.Dense) {
	for i, v := range compute.Data[T](x[0]) {
		compute.Data[T](y)[i] = 2*v + 0.1
	}
}

// Where the hand-derived gradient is right and the engine wrong, the message says
// so and names the rule. In x + 3x², the rule of the square is 3xζ for 2xζ.
func TestEngineIsWrong(t *testing.T) {
	op := &square{reverse: func(y, ζ *node) []*node { return []*node{ops.Scale(3, ops.Mul(y.In(0), ζ))} }}
	g := graph.New()
	w := g.Param("w", matrix(tensor.Float64, 1, 2, 1, 2))
	j := ops.Sum(ops.Add(w, ops.Scale(3, graph.Apply(op, w))))
	got := gradientOf(j, w, []float64{7, 13}, optest.GradientOptions{
		Second: opinion([]float64{7, 13}, nil), SecondName: "other",
	})
	for _, want := range []string{
		"2 of 2 entries differ, worst at (0, 1): hand 13, engine 19, other 13, differences 13",
		"Finite differences confirm the hand-derived gradient: the engine is wrong. rsquare is at fault",
		"other confirms the hand-derived gradient too.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// Derivatives that are small beside J, or that kinks surround, are told from wrong
// ones by a step of their own. The right values are by hand.
func TestSlopes(t *testing.T) {
	const big = 1e6
	at := func(x float64, f func(x *node) *node) (j, w *node) {
		g := graph.New()
		w = g.Param("x", matrix(tensor.Float64, 1, 1, x))
		return ops.Sum(f(w)), w
	}
	sigmoidAt12 := math.Exp(-12) / ((1 + math.Exp(-12)) * (1 + math.Exp(-12)))
	for name, c := range map[string]struct {
		x     float64
		f     func(x *node) *node
		right float64
	}{
		"x² beside 10⁶":     {0.001, func(x *node) *node { return ops.Affine(ops.Square(x), 1, big) }, 0.002},
		"10⁻⁵x³ beside 10⁶": {2, func(x *node) *node { return ops.Affine(ops.Mul(x, ops.Square(x)), 1e-5, big) }, 12e-5},
		"σ(12) beside 10⁶":  {12, func(x *node) *node { return ops.Affine(ops.Sigmoid(x), 1, big) }, sigmoidAt12},
		"10⁻⁹x³ beside 10⁶": {2, func(x *node) *node { return ops.Affine(ops.Mul(x, ops.Square(x)), 1e-9, big) }, 12e-9},
		"a kink 10⁻⁵ away, beside 10⁶": {-1e-5, func(x *node) *node {
			return ops.Affine(ops.Add(ops.ReLU(x), ops.Scale(0.1, x)), 1, big)
		}, 0.1},
		"sin in a large number": {1e6, ops.Sin, math.Cos(1e6)},
		"a kink 10⁻⁴ away":      {1e-4, func(x *node) *node { return ops.Mul(ops.ReLU(x), ops.Exp(x)) }, math.Exp(1e-4) * (1 + 1e-4)},
		"a kink 10⁻⁵ away":      {-1e-5, func(x *node) *node { return ops.Add(ops.Square(x), ops.ReLU(x)) }, -2e-5},
	} {
		t.Run(name, func(t *testing.T) {
			j, w := at(c.x, c.f)
			if got := gradientOf(j, w, c.right, optest.GradientOptions{}); got != "" {
				t.Error(got)
			}
			got := gradientOf(j, w, 1.5*c.right, optest.GradientOptions{})
			if !strings.Contains(got, "Finite differences confirm the engine.") {
				t.Errorf("reported %s", got)
			}
		})
	}
}

// Step is the caller's: one that goes over a kink 10⁻⁴ away does not see the slope 1
// of this side.
func TestStep(t *testing.T) {
	g := graph.New()
	x := g.Param("x", matrix(tensor.Float64, 1, 1, 1e-4))
	j := ops.Sum(ops.ReLU(x))
	for step, want := range map[float64]string{
		0:    "Finite differences confirm the engine.",
		1e-5: "Finite differences confirm the engine.",
		0.1:  "Finite differences confirm neither.",
	} {
		if got := gradientOf(j, x, 0.9, optest.GradientOptions{Step: step}); !strings.Contains(got, want) {
			t.Errorf("step %g: no %q in\n%s", step, want, got)
		}
	}
}

// At a kink every slope between those of the two sides is as good, and the message
// says so; a slope that is not between them is wrong. The document has ReLU'(0) = 1.
func TestKink(t *testing.T) {
	g := graph.New()
	z := g.Param("z", matrix(tensor.Float64, 1, 3, -1, 0, 2))
	j := ops.Sum(ops.Scale(3, ops.ReLU(z)))
	if got := gradientOf(j, z, []float64{0, 3, 3}, optest.GradientOptions{}); got != "" {
		t.Error(got)
	}
	for _, c := range []struct {
		at0  float64
		text string
	}{
		{0, "J has a kink at or near this z: at (0, 1) its slopes on the two sides are 0 and 3"},
		{1.5, "J has a kink at or near this z"},
		{-1, "Finite differences confirm the engine."},
		{4, "Finite differences confirm the engine."},
	} {
		got := gradientOf(j, z, []float64{0, c.at0, 3}, optest.GradientOptions{})
		if !strings.Contains(got, "1 of 3 entries differs, worst at (0, 1)") || !strings.Contains(got, c.text) {
			t.Errorf("%g: no %q in\n%s", c.at0, c.text, got)
		}
	}
}

// Differences are by any node: one that is computed from others moves by itself.
func TestDifferencesByAComputedNode(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		l := newLogistic(dtype)
		got := gradientOf(l.j, l.z, ops.Neg(l.dz), optest.GradientOptions{Feeds: l.feeds})
		if !strings.Contains(got, "Finite differences confirm the engine.") || !strings.Contains(got, "the sign is wrong") {
			t.Errorf("%v: %s", dtype, got)
		}
	}
}

// A formula may differ by what its rounding amounts to, and by no more: a − y is
// 2.06e-9 at z = 20, of which float64 has kept 7 digits, and (w + 10⁶) − 10⁶ has kept
// 9 of w.
func TestRoundingOfTheFormula(t *testing.T) {
	g := graph.New()
	z, y := g.Param("z", matrix(tensor.Float64, 1, 2, 20, -20)), g.Constant("y", matrix(tensor.Float64, 1, 2, 1, 1))
	w := g.Param("w", matrix(tensor.Float64, 1, 2, 0.1, 0.3))
	residual := ops.Sub(ops.Sigmoid(z), y)
	rounded := ops.Affine(ops.Affine(w, 1, 1e6), 1, -1e6)
	for _, c := range []struct{ j, w, hand *node }{
		{ops.Sum(ops.LogLoss(ops.Sigmoid(z), y)), z, residual},
		{ops.Scale(0.5, ops.Sum(ops.Square(w))), w, rounded},
	} {
		if got := gradientOf(c.j, c.w, c.hand, optest.GradientOptions{}); got != "" {
			t.Error(got)
		}
		if got := gradientOf(c.j, c.w, ops.Scale(1+1e-7, c.hand), optest.GradientOptions{}); !strings.Contains(got, "differ") {
			t.Errorf("a factor of 1 + 1e-7 passes: %q", got)
		}
	}
	r := &recorder{}
	optest.Gradient(r, ops.Scale(0.5, ops.Sum(ops.Square(w))), w, rounded)
	if want := "hand: rounding alone moves (0, 0) by "; len(r.logs) != 1 || !strings.Contains(r.logs[0], want) {
		t.Errorf("no %q in %q", want, r.logs)
	}
}

// Near a minimum the terms of a gradient are large and it is small: of Σ(wxⱼ − yⱼ)²
// with w = 1, y = x and x = 1, …, 400 but for y₁ = 1 − 2⁻²⁰ it is 2⁻¹⁹, by hand, and
// float32 has no more than a few digits of terms about 0.
func TestGradientNearAMinimum(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		g, n := graph.NewOf(dtype), 400
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(i + 1)
		}
		x := g.Constant("x", matrix(dtype, 1, n, slices.Clone(v)...))
		v[0] -= 0x1p-20
		y := g.Constant("y", matrix(dtype, 1, n, v...))
		third := ops.Scale(1./3, x)
		w := g.Param("w", matrix(dtype, 1, 1, 3))
		j := ops.Sum(ops.Square(ops.Sub(ops.MatMul(w, third), y)))
		if got := gradientOf(j, w, 2./3*0x1p-20, optest.GradientOptions{}); got != "" {
			t.Errorf("%v: %s", dtype, got)
		}
		if got := gradientOf(j, w, 0.5, optest.GradientOptions{}); !strings.Contains(got, "1 of 1 entries differs") {
			t.Errorf("%v: reported %q", dtype, got)
		}
	}
}

// Feeds that disagree about N, or that are not fed, are errors that name them.
func TestFeedsOfGradient(t *testing.T) {
	l := newLogistic(tensor.Float64)
	u := l.w.Graph().Input("u", 3, graph.Batch)
	feeds := map[*node]*tensor.Dense{l.x: l.feeds[l.x], l.y: l.feeds[l.y], u: matrix(tensor.Float64, 3, 2, 1, 2, 3, 4, 5, 6)}
	for _, c := range []struct {
		name string
		hand *node
		f    map[*node]*tensor.Dense
		text string
	}{
		{"none", l.dw, nil, "input was not fed: GradientOptions.Feeds has the values of inputs"},
		{"another N", l.dw, feeds, "shapes do not compose"},
		{"an input of the hand-derived formula", ops.Mul(l.dw, ops.T(ops.ExpandDims(ops.Sum(u, 1), 1))), l.feeds, "u of shape (3, N): input was not fed"},
	} {
		if got := gradientOf(l.j, l.w, c.hand, optest.GradientOptions{Feeds: c.f}); !strings.Contains(got, c.text) {
			t.Errorf("%s: reported %q", c.name, got)
		}
	}
}

// Where J has no value next to an entry, or as it is written, the differences are
// taken closer, taken of the stable form, or left out, and a note says so. The
// gradients are by hand: 1/x; log(1−a) − log a by y; 1/(2√x); σ(z) − y.
func TestDifferencesAtAnEdge(t *testing.T) {
	g := graph.New()
	x := g.Param("x", matrix(tensor.Float64, 1, 2, 1e-6, 3))
	y := g.Param("y", matrix(tensor.Float64, 1, 2, 0, 1))
	a := g.Constant("a", matrix(tensor.Float64, 1, 2, 0.25, 0.5))
	zero := g.Param("o", matrix(tensor.Float64, 1, 2, 0, 4))
	z := g.Param("z", matrix(tensor.Float64, 1, 2, 800, 1))
	for _, c := range []struct {
		name   string
		j, w   *node
		right  []float64
		missed []float64 // are wrong, but so that no difference tells; the note does
		note   string
	}{
		{"near 0", ops.Sum(ops.Log(x)), x, []float64{1e6, 1. / 3}, nil, ""},
		{"by a label", ops.Sum(ops.LogLoss(a, y)), y, []float64{math.Log(3), 0}, nil, ""},
		{"at 0", ops.Sum(ops.Sqrt(zero)), zero, []float64{math.Inf(1), 0.25}, []float64{math.Inf(1), 0.5}, "not of entries next to which J is not finite"},
		{"of z saturated", ops.Sum(ops.LogLoss(ops.Sigmoid(z), g.Const(0, 1, 2))), z, []float64{1, 1 / (1 + math.Exp(-1))}, []float64{0.5, 0.5},
			"of the stable form that the engine computes, since J as it is written is +Inf here"},
	} {
		r := &recorder{}
		optest.Gradient(r, c.j, c.w, c.right)
		if len(r.errors) > 0 {
			t.Errorf("%s: %s", c.name, r.errors[0])
		}
		if c.missed != nil && !strings.Contains(gradientOf(c.j, c.w, c.missed, optest.GradientOptions{}), c.note) {
			t.Errorf("%s: no %q in %s", c.name, c.note, gradientOf(c.j, c.w, c.missed, optest.GradientOptions{}))
		}
	}
}

// An entry that an op refuses to move has no difference, and the others do.
func TestDifferencesOfWhatIsRefused(t *testing.T) {
	g := graph.New()
	w := g.Param("w", matrix(tensor.Float64, 1, 2, 1, 0.25))
	j := ops.Sum(graph.Apply(upToOne{&square{}}, w))
	got := gradientOf(j, w, []float64{2, 5}, optest.GradientOptions{})
	for _, want := range []string{"1 of 2 entries differs", "Finite differences confirm the engine.", "(0, 1)     5     0.5          0.5"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if got := gradientOf(j, w, []float64{3, 0.5}, optest.GradientOptions{}); !strings.Contains(got, "not of entries that cannot be moved: above 1") {
		t.Errorf("reported %s", got)
	}
}

// upToOne is a square that refuses numbers above 1.
type upToOne struct{ *square }

func (upToOne) Judges() []int { return []int{0} }

func (upToOne) Valid(x ...*tensor.Dense) error {
	for _, v := range x[0].Float64s() {
		if v > 1 {
			return fmt.Errorf("above 1: %w", graph.ErrValue)
		}
	}
	return nil
}
