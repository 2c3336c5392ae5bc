package optest_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"

	"gorgonia.org/tensor"
)

// A logistic is logistic regression with four examples of three features: J, and
// its gradients as section 1.1 derives them.
type logistic struct {
	w, b, x, y, z, j *node
	dw, dx, dz       *node
	feeds            map[*node]*tensor.Dense
}

func newLogistic(dtype tensor.Dtype) logistic {
	g := graph.NewOf(dtype)
	l := logistic{
		w: g.Param("w", matrix(dtype, 1, 3, 0.3, -0.8, 0.5)),
		b: g.Param("b", matrix(dtype, 1, 1, 0.1)),
		x: g.Input("x", 3, graph.Batch),
		y: g.Input("y", 1, graph.Batch),
	}
	l.z = ops.Bias(l.b, ops.MatMul(l.w, l.x))
	a := ops.Sigmoid(l.z)
	l.j = ops.Mean(ops.LogLoss(a, l.y))
	l.dz = ops.Div(ops.Sub(a, l.y), g.BatchSize())
	l.dw = ops.MatMul(l.dz, ops.T(l.x))
	l.dx = ops.MatMul(ops.T(l.w), l.dz)
	l.feeds = map[*node]*tensor.Dense{
		l.x: matrix(dtype, 3, 4, 1, -2, 0.5, 3, 0.2, 0.1, -1, 2, -0.4, 1.5, 2.5, 0.7),
		l.y: matrix(dtype, 1, 4, 1, 0, 0, 1),
	}
	return l
}

func matrix(dtype tensor.Dtype, rows, cols int, v ...float64) *tensor.Dense {
	if dtype == tensor.Float64 {
		return tensor.New(tensor.WithShape(rows, cols), tensor.WithBacking(v))
	}
	w := make([]float32, len(v))
	for i := range v {
		w[i] = float32(v[i])
	}
	return tensor.New(tensor.WithShape(rows, cols), tensor.WithBacking(w))
}

// opinion is a second opinion that says v.
func opinion(v []float64, err error) func(j, w *node) ([]float64, error) {
	return func(_, _ *node) ([]float64, error) { return v, err }
}

// Right formulas pass, by a parameter, an input and a computed node, in both
// float types; the table is logged.
func TestGradient(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		l := newLogistic(dtype)
		for _, by := range []struct{ w, hand *node }{{l.w, l.dw}, {l.x, l.dx}, {l.z, l.dz}, {l.b, ops.SumTo(l.dz, l.b.Shape())}} {
			r := &recorder{}
			optest.Gradient(r, l.j, by.w, by.hand, optest.GradientOptions{Feeds: l.feeds})
			if len(r.errors) > 0 {
				t.Errorf("%v by %v:\n%s", dtype, by.w, strings.Join(r.errors, "\n"))
			}
			if logs := strings.Join(r.logs, "\n"); !strings.Contains(logs, "hand") || !strings.Contains(logs, "differences") {
				t.Errorf("no table in %q", logs)
			}
		}
	}
}

// A formula of parameters alone needs no options, and leaves them as they were.
func TestGradientOfParameters(t *testing.T) {
	g := graph.New()
	w := g.Param("w", matrix(tensor.Float64, 2, 2, 1, 0.1, -3, 1e6))
	r := &recorder{}
	optest.Gradient(r, ops.Sum(ops.Square(w)), w, ops.Scale(2, w))
	if len(r.errors) > 0 {
		t.Error(r.errors)
	}
	for i, want := range []float64{1, 0.1, -3, 1e6} {
		if got := w.Value().Float64s()[i]; got != want {
			t.Errorf("entry %d is %g, was %g", i, got, want)
		}
	}
}

// What differs is reported, with all columns.
func TestGradientDiffers(t *testing.T) {
	l := newLogistic(tensor.Float64)
	right, err := valueOf(l.dw, l.feeds)
	if err != nil {
		t.Fatal(err)
	}
	wrong := append([]float64(nil), right...)
	wrong[1] += 1e-9
	options := func(o optest.GradientOptions) optest.GradientOptions {
		o.Feeds = l.feeds
		return o
	}
	second := options(optest.GradientOptions{Second: opinion(right, nil), SecondName: "other"})
	g := l.w.Graph()
	for name, test := range map[string]struct {
		w, hand *node
		o       optest.GradientOptions
		text    []string // all of it in the message; none if it is no error
	}{
		"agree": {l.w, l.dw, second, nil},
		"sign": {l.w, ops.Neg(l.dw), second, []string{"∂J/∂w: 3 of 3 entries differ, worst at (0, 2): hand -0.722067, engine 0.722067, other 0.722067, differences 0.722067\n" +
			"Finite differences confirm the engine. other confirms the engine too.\nHint: hand is -1 times what it should be: the sign is wrong.\n"}},
		"lost 1/N":    {l.w, ops.Scale(4, l.dw), second, []string{"hand is 4 times what it should be: 1/N is lost (N = 4)."}},
		"one entry":   {l.w, ops.Add(l.dw, g.Constant("c", matrix(tensor.Float64, 1, 3, 0, 0, 1e-9))), second, []string{"1 of 3 entries differs, worst at (0, 2)", "are its numbers rounded?"}},
		"transpose":   {l.w, ops.T(l.dw), second, []string{"has shape (3, 1), w has (1, 3): its transpose is right"}},
		"NaN":         {l.w, ops.Log(ops.Neg(ops.Square(l.dw))), second, []string{"hand NaN", "is not finite"}},
		"no feeds":    {l.w, l.dw, optest.GradientOptions{}, []string{"not fed"}},
		"failed hand": {l.w, ops.MatMul(l.dw, l.dw), second, []string{"does not build"}},
		"nil":         {nil, l.dw, second, []string{"nil node"}},
		"second": {l.w, l.dw, options(optest.GradientOptions{Second: opinion(wrong, nil)}),
			[]string{"1 of 3 entries differs, worst at (0, 1): hand -0.519247628", "Hand, engine and finite differences agree. second opinion confirms neither."}},
		"second refuses": {l.w, l.dw, options(optest.GradientOptions{Second: opinion(nil, errors.New("too hard"))}),
			[]string{"second opinion refuses: too hard"}},
		"second is short": {l.w, l.dw, options(optest.GradientOptions{Second: opinion(right[:2], nil)}),
			[]string{"2 entries for 3"}},
		"second is known to be wrong": {l.w, l.dw,
			options(optest.GradientOptions{Second: opinion(wrong, nil), SecondWrong: "they add 1e-9"}), nil},
		"second is known to refuse": {l.w, l.dw,
			options(optest.GradientOptions{Second: opinion(nil, errors.New("too hard")), SecondWrong: "they can't"}), nil},
		"second has been mended": {l.w, l.dw,
			options(optest.GradientOptions{Second: opinion(right, nil), SecondWrong: "they add 1e-9"}), []string{"said to be wrong: they add 1e-9"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{}
			optest.Gradient(r, l.j, test.w, test.hand, test.o)
			message := strings.Join(r.errors, "\n")
			if (message == "") != (test.text == nil) {
				t.Errorf("reported %q", message)
			}
			for _, want := range test.text {
				if !strings.Contains(message, want) {
					t.Errorf("no %q in\n%s", want, message)
				}
			}
		})
	}
}

// A rule and a formula that are wrong alike are found out by the differences.
func TestGradientWrongAlike(t *testing.T) {
	op := &square{reverse: func(y, ζ *node) []*node { return []*node{ops.Scale(3, ops.Mul(y.In(0), ζ))} }}
	g := graph.New()
	w := g.Param("w", matrix(tensor.Float64, 1, 2, 1, 2))
	r := &recorder{}
	optest.Gradient(r, ops.Sum(graph.Apply(op, w)), w, ops.Scale(3, w))
	if message := strings.Join(r.errors, "\n"); !strings.Contains(message, "Hand and engine agree, but finite differences do not confirm them. rsquare is at fault") {
		t.Errorf("reported %q", message)
	}
}

// A gradient that is not a number is wrong, though all agree: that of √w at −1.
func TestGradientIsNotANumber(t *testing.T) {
	g := graph.New()
	w := g.Param("w", matrix(tensor.Float64, 1, 2, -1, 4))
	got := gradientOf(ops.Sum(ops.Sqrt(w)), w, []float64{math.NaN(), 0.25}, optest.GradientOptions{})
	if !strings.Contains(got, "1 of 2 entries differs, worst at (0, 0): hand NaN, engine NaN") {
		t.Errorf("reported %q", got)
	}
}

func valueOf(n *node, feeds map[*node]*tensor.Dense) ([]float64, error) {
	p, err := graph.Compile(n)
	if err != nil {
		return nil, err
	}
	for x, v := range feeds {
		if err := p.Feed(x, v); err != nil {
			return nil, err
		}
	}
	if err := p.Run(); err != nil {
		return nil, err
	}
	v, err := p.Value(n)
	if err != nil {
		return nil, err
	}
	return append([]float64(nil), v.Float64s()...), nil
}
