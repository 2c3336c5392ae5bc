package draw_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"adjoint/draw"
	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

func matrix(m, n int, v ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(m, n), tensor.WithBacking(v))
}

func near(t *testing.T, what string, got *tensor.Dense, want ...float64) {
	t.Helper()
	v := graph.Values[float64](got)
	if len(v) != len(want) {
		t.Errorf("%s: %v, want %v", what, v, want)
		return
	}
	for i := range v {
		if !(math.Abs(v[i]-want[i]) <= 1e-12*(1+math.Abs(want[i]))) {
			t.Errorf("%s: %v, want %v", what, v, want)
			return
		}
	}
}

// Logistic regression of one example by the document's formulas in plain Go:
// δ = a − y, r₁φ(δ) = δxᵀ, r₁ψ(δ) = δ, and rL(1) = −y/a + (1−y)/(1−a).
func TestTraceByHand(t *testing.T) {
	g := graph.New()
	x, y := g.Input("x", 2, graph.Batch), g.Input("y", 1, graph.Batch)
	w, b := g.Param("w", matrix(1, 2, 0.5, -0.25)), g.Param("b", matrix(1, 1, 0.75))
	u := ops.MatMul(w, x)
	a := ops.Sigmoid(ops.Bias(b, u))
	l := ops.LogLoss(a, y).Named("L")
	trace, err := draw.Trace(l, map[*graph.Node]*tensor.Dense{x: matrix(2, 1, 2, 3), y: matrix(1, 1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	s := 1 / (1 + math.Exp(-(0.5*2 - 0.25*3 + 0.75)))
	near(t, "u", trace.Value(u), 0.25)
	near(t, "a", trace.Value(a), s)
	near(t, "L", trace.Value(l), -math.Log(1-s))
	near(t, "at L", trace.Cotangent(l), 1)
	near(t, "at a", trace.Cotangent(a), 1/(1-s))
	near(t, "at u", trace.Cotangent(u), s)
	near(t, "at w", trace.Cotangent(w), 2*s, 3*s)
	near(t, "at b", trace.Cotangent(b), s)
	if trace.Cotangent(x) != nil || trace.Cotangent(y) != nil {
		t.Error("a cotangent at what is no variable")
	}
	for _, line := range []string{
		"  φ = φ(w, x)", "[0.2500]", "∂L/∂a = rL(ζ) = ((1−y)⊘(1−σ) − y⊘σ)⊙ζ", "∂L/∂ψ = rσ(ζ) = σ'(ψ)⊙ζ", "∂L/∂φ = rψ(ζ) = ζ", "∂L/∂w = r₁φ(ζ) = ζ·xᵀ", "[1.4621 2.1932]",
		"∂L/∂w = r₁φ∘rψ∘rσ∘rL\n",
	} {
		if !strings.Contains(trace.String(), strings.Replace(line, "∂L/∂a", "∂L/∂σ", 1)) {
			t.Errorf("no %q in\n%v", line, trace)
		}
	}
	picture := trace.Diagram.String()
	for _, s := range []string{">0.2500<", ">1.4621 2.1932<", ">r₁φ<"} {
		if !strings.Contains(picture, s) {
			t.Errorf("no %s in the picture", s)
		}
	}
}

// Under each arrow stand its own numbers: r₁⊙ is v⊙ζ and r⊙, in the last factor, is w⊙ζ; and under
// those into a value that is read twice not their sum.
func TestNumbersOfArrows(t *testing.T) {
	g := graph.New()
	w, v := g.Param("w", matrix(1, 1, 2)), g.Param("v", matrix(1, 1, 3))
	trace, err := draw.Trace(ops.Sum(ops.Add(ops.Mul(w, v), ops.Exp(w))), nil)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := trace.Diagram.WriteMermaid(&b); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{`"r₁⊙<br>[3.0000]"`, `"r⊙<br>[2.0000]"`, `"rexp<br>[7.3891]"`} {
		if !strings.Contains(b.String(), s) {
			t.Errorf("no %s in\n%s", s, b.String())
		}
	}
	near(t, "at w", trace.Cotangent(w), 3+math.Exp(2))
}

// A gradient of a gradient: f = Σ w³, J = Σ (∇f)² = Σ 9w⁴, ∂J/∂w = 36w³.
func TestTraceOfAGradient(t *testing.T) {
	g := graph.New()
	w := g.Param("w", matrix(1, 3, 1, -2, 0.5))
	f := ops.Sum(ops.Mul(w, ops.Mul(w, w)))
	trace, err := draw.Trace(ops.Sum(ops.Square(graph.Gradient(f, w)[0])), nil)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "∂J/∂w", trace.Cotangent(w), 36, -288, 4.5)
	if s := trace.String(); !strings.Contains(s, "∂J/∂w = the sum of these") || !strings.Contains(s, "[36.0000 -288.0000 4.5000]") {
		t.Error(s)
	}
}

// At each parameter, and each input where there is none, of every odd formula the
// cotangent is the gradient that the engine computes, whose sums and stable forms
// are others.
func TestTraceAgainstVJP(t *testing.T) {
	for name := range odd {
		j := build(name)
		feeds := map[*graph.Node]*tensor.Dense{}
		var wrt []*graph.Node
		for i, n := range graph.Cone(j) {
			switch n.Kind() {
			case graph.Param:
				fill(n.Value(), i)
				wrt = append(wrt, n)
			case graph.Input:
				v := tensor.New(tensor.WithShape(n.Shape().At(2).Dims()...), tensor.Of(tensor.Float64))
				fill(v, i)
				if n.Name() == "y" {
					copy(v.Float64s(), []float64{0, 1})
				}
				feeds[n] = v
			}
		}
		trace, err := draw.Trace(j, feeds)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if j.Shape().Rank() > 0 || len(wrt) == 0 {
			continue
		}
		grad := graph.Gradient(j, wrt...)
		p, err := graph.Compile(grad...)
		if err != nil {
			t.Fatal(err)
		}
		for n, v := range feeds {
			_ = p.Feed(n, v) // the gradient may not read all of them: Run says so
		}
		if err := p.Run(); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, w := range wrt {
			want, err := p.Value(grad[i])
			if err != nil {
				t.Fatal(err)
			}
			near(t, name+", "+w.Name(), trace.Cotangent(w), graph.Values[float64](want)...)
		}
		if d := read(t, trace.Diagram.String()); d.faults() != nil {
			t.Errorf("%s: %v", name, d.faults())
		}
	}
}

// fill gives a tensor numbers between −1 and 1.
func fill(v *tensor.Dense, seed int) {
	for i := range v.Float64s() {
		v.Float64s()[i] = math.Sin(float64(3*i + 7*seed + 1))
	}
}

// float32 is traced as well, and a J that is no scalar has a cotangent of ones.
func TestTraceFloat32(t *testing.T) {
	g := graph.NewOf(tensor.Float32)
	x := g.Input("x", 2, graph.Batch)
	y := ops.Square(x)
	trace, err := draw.Trace(y, map[*graph.Node]*tensor.Dense{x: tensor.New(tensor.WithShape(2, 2), tensor.WithBacking([]float32{1, 2, 3, 4}))})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "at y", trace.Cotangent(y), 1, 1, 1, 1)
	near(t, "at x", trace.Cotangent(x), 2, 4, 6, 8)
}

func TestTraceErrors(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2, graph.Batch)
	bad := ops.Add(x, g.Input("z", 3))
	for what, c := range map[string]struct {
		j    *graph.Node
		v    map[*graph.Node]*tensor.Dense
		wrt  []*graph.Node
		want error
	}{
		"a failed node":     {bad, nil, nil, graph.ErrShape},
		"a failed variable": {ops.Sum(x), nil, []*graph.Node{bad}, graph.ErrShape},
		"no value":          {ops.Sum(x), nil, nil, graph.ErrUnfed},
		"another shape":     {ops.Sum(x), map[*graph.Node]*tensor.Dense{x: zeros(3, 1)}, nil, graph.ErrShape},
	} {
		if _, err := draw.Trace(c.j, c.v, c.wrt...); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
	}
}

// Values of all sizes, aligned and in brackets.
func TestMatrix(t *testing.T) {
	for want, v := range map[string]*tensor.Dense{
		"0.2500":           tensor.New(tensor.FromScalar(0.25)),
		"[1.0000 -2.0000]": tensor.New(tensor.WithBacking([]float64{1, -2})),
		"⎡ 0.5000 12.0000⎤\n⎣-1.0000  0.0000⎦":   matrix(2, 2, 0.5, 12, -1, 0),
		"[1.0000 1.0000 1.0000 1.0000 1.0000 …]": tensor.Ones(tensor.Float64, 1, 9),
		"⎡    1⎤\n⎢1e-09⎥\n⎣ +Inf⎦":              matrix(3, 1, 1, 1e-9, math.Inf(1)),
	} {
		if got := draw.Matrix(v); got != want {
			t.Errorf("\n%s\nwant\n%s", got, want)
		}
	}
	if got := draw.Matrix(tensor.Ones(tensor.Float64, 9, 1)); strings.Count(got, "\n") != 5 || !strings.HasSuffix(got, "⎣     …⎦") {
		t.Error(got)
	}
}

// A page finds every step in the picture, and what comes to a node adds up to its cotangent.
func TestStepsInThePicture(t *testing.T) {
	g := graph.New()
	x, w := g.Input("x", 2, graph.Batch), g.Param("w", matrix(2, 2, 0.5, -0.25, 1, 2))
	z := ops.MatMul(w, ops.Tanh(ops.MatMul(w, x)))
	j := ops.Sum(ops.Mul(z, z)).Named("J")
	trace, err := draw.Trace(j, map[*graph.Node]*tensor.Dense{x: matrix(2, 1, 2, 3)})
	if err != nil {
		t.Fatal(err)
	}
	picture := trace.Diagram.String()
	for _, s := range trace.Forward() {
		if mark := fmt.Sprintf(`class="adjoint-box" data-node="%d"`, s.Node.ID()); !strings.Contains(picture, mark) {
			t.Errorf("%s: the picture has no %s", s.Text, mark)
		}
	}
	sums := map[*graph.Node][]float64{}
	for _, s := range trace.Backward() {
		if s.Input < 0 {
			near(t, s.Text, s.Value, graph.Values[float64](trace.Cotangent(s.Node))...)
			continue
		}
		if mark := fmt.Sprintf(`class="adjoint-back" data-node="%d" data-input="%d"`, s.Node.ID(), s.Input); !strings.Contains(picture, mark) {
			t.Errorf("%s: the picture has no %s", s.Text, mark)
		}
		v, to := graph.Values[float64](s.Value), s.Node.In(s.Input)
		if sums[to] == nil {
			sums[to] = make([]float64, len(v))
		}
		for i := range v {
			sums[to][i] += v[i]
		}
	}
	if len(sums) != 5 { // w, φ, tanh, z, z⊙z
		t.Errorf("cotangents come to %d nodes", len(sums))
	}
	for n, sum := range sums {
		near(t, n.String(), trace.Cotangent(n), sum...)
	}
}
