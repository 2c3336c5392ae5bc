package exercises

import (
	"slices"
	"strings"
	"testing"
)

// A mistake is planted in a solution. The exercise must fail with the hint.
type mistake struct{ file, exercise, right, wrong, hint string }

var mistakes = []mistake{
	{"section_1_1.go", "ReversePhiW", "{ return ops.MatMul(zeta, ops.T(x)) }", "{ return ops.MatMul(x, ops.T(zeta)) }", "its transpose is right"},
	{"section_1_1.go", "ReversePsi", "{ return zeta, zeta }", "{ return zeta, nil }", "still nil"},
	{"section_1_1.go", "ReverseSigma", "ops.Mul(ops.Mul(a, ops.OneMinus(a)), zeta)", "ops.Mul(ops.Mul(z, ops.OneMinus(z)), zeta)", "is given its argument z"},
	{"section_1_1.go", "ReverseLogLoss", "return ops.Mul(ops.Sub(ops.Div(ops.OneMinus(y), ops.OneMinus(a)), ops.Div(y, a)), zeta)", "return ops.Mul(ops.Sub(a, y), zeta)", "derivative by z"},
	{"section_1_1.go", "GradientW", "ops.Scale(1/n, ops.MatMul(ops.Sub(a, y), ops.T(x)))", "ops.MatMul(ops.Sub(a, y), ops.T(x))", "1/N is lost (N = 4)"},
	{"section_1_1.go", "GradientB", "ops.Sub(a, y), b.Shape()", "ops.Sub(y, a), b.Shape()", "the sign is wrong"},
	{"section_2_1.go", "TanhPrime", "ops.OneMinus(ops.Square(a))", "ops.OneMinus(ops.Square(z))", "Squared is tanh(z), not z"},
	{"section_2_1.go", "LeakyReLUPrime", "ops.Add(ops.Scale(beta, ops.Less(z, zero)), ops.GreaterEqual(z, zero))", "ops.GreaterEqual(z, zero)", "the slope left of 0"},
	{"section_2_1.go", "ReverseSoftmax", "ops.Mul(a, ops.Sub(zeta, ops.Sum(ops.Mul(a, zeta), 0)))", "ops.Mul(ops.Mul(a, ops.OneMinus(a)), zeta)", "the diagonal of dS alone"},
	{"section_2_2.go", "ReversePhiX", "ops.MatMul(ops.T(w), zeta)", "ops.MatMul(w, zeta)", "the way forward"},
	{"section_2_2.go", "ReverseFromDifferential", "df(basis)", "df(zeta)", "panics"},
	{"section_3_1.go", "HiddenDelta", "ops.Mul(ops.MatMul(ops.T(nextW), nextDelta), prime)", "ops.MatMul(ops.T(nextW), nextDelta)", "the derivative of sin is lost"},
	{"section_3_1.go", "BiasGradient", "ops.SumTo(delta, b.Shape())", "delta", "the sum of its columns is right"},
	{"section_3_1.go", "PenaltyGradient", "ops.Mul(ops.Pow(ops.Abs(w), p-1), ops.Sign(w))", "ops.Pow(ops.Abs(w), p-1)", "falls where w is negative"},
	{"fan_out.go", "ReverseDiagonal", "ops.Add(zeta1, zeta2)", "ops.Mul(zeta1, zeta2)", "no product of cotangents"},
	{"broadcast.go", "ReverseGain", "ops.SumTo(ops.Mul(zeta, x), s.Shape())", "ops.SumTo(zeta, s.Shape())", "what multiplies it?"},
	{"logits.go", "LogLossGradient", "ops.Sub(ops.Sigmoid(z), y)", "ops.Mul(ops.Exp(z), ops.Reciprocal(ops.Add(ops.Exp(z), ops.Exp(ops.Scale(0, z)))))", "not finite"},
	{"convolution.go", "Fold", "x[i+j] += v", "x[i+j] = v", "add them up"},
	{"recurrence.go", "ReverseInputs", "zeta[t] + w*next", "zeta[t]", "acts on s[t+1] too"},
	{"recurrence.go", "ReverseWeight", "v * s[t]", "v * s[t+1]", "the state before"},
}

// Each mistake is answered by its hint, which has no number of the answer.
func TestMistakes(t *testing.T) {
	r, out, passes := grade(t, sheet(t, true, mistakes))
	if passes {
		t.Fatalf("the sheet passes:\n%s", out)
	}
	for _, e := range r.Results {
		i := slices.IndexFunc(mistakes, func(m mistake) bool { return m.exercise == e.Exercise })
		if i < 0 {
			continue
		}
		if e.Status != "wrong" || e.Points != 0 || !strings.Contains(e.Hint, mistakes[i].hint) {
			t.Errorf("%s is %s, %d points, with the hint\n%s\nwant\n%s", e.Exercise, e.Status, e.Points, e.Hint, mistakes[i].hint)
		}
		for _, part := range []string{"worst at", "engine"} {
			if strings.Contains(e.Hint, part) {
				t.Errorf("the hint of %s has numbers of the answer:\n%s", e.Exercise, e.Hint)
			}
		}
	}
}

// An answer that asks the engine for the derivative fails.
func TestEngineIsNoAnswer(t *testing.T) {
	cheat := mistake{"fan_out.go", "ReverseDiagonal", `import "adjoint/ops"`, "import (\n\t\"adjoint/graph\"\n\t\"adjoint/ops\"\n)\n\nvar _ = graph.VJP", ""}
	r, out, passes := grade(t, sheet(t, true, []mistake{cheat}))
	if passes || r.Points != r.Of || !strings.Contains(out, "fan_out.go imports adjoint/graph; the sheet allows adjoint/ops") {
		t.Errorf("passes: %v\n%s", passes, out)
	}
}
