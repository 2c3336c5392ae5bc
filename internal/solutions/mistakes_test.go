package exercises

import (
	"maps"
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
	{"logits.go", "LogLossGradient", "LogLossGradient(z, y *Node) *Node { return ops.Sub(ops.Sigmoid(z), y) }", "LogLossGradient(z, y *Node) *Node { return ops.Div(ops.Exp(z), ops.Shift(ops.Exp(z), 1)) }", "not finite"},
	{"convolution.go", "Fold", "x[i+j] += v\n", "x[i+j] = v\n", "add them up"},
	{"recurrence.go", "ReverseInputs", "zeta[t] + w*next", "zeta[t]", "acts on s[t+1] too"},
	{"recurrence.go", "ReverseWeight", "v * s[t]", "v * s[t+1]", "the state before"},

	// Others.
	{"section_1_1.go", "ReverseSigma", "ops.Mul(ops.Mul(a, ops.OneMinus(a)), zeta)", "ops.Mul(a, ops.OneMinus(a))", "what does it do to ζ?"},
	{"section_1_1.go", "ReversePsi", "{ return zeta, zeta }", "{ return zeta, ops.Neg(zeta) }", "the sign is wrong"},
	{"section_1_1.go", "GradientB", "ops.Scale(1/n, ops.SumTo(ops.Sub(a, y), b.Shape()))", "ops.Scale(1/(n*n), ops.SumTo(ops.Sub(a, y), b.Shape()))", "1/N is there once too often"},
	{"section_2_1.go", "ReverseG", "{ return ops.Mul(prime, zeta) }", "{ return ops.Mul(prime, ops.Mul(prime, zeta)) }", "is there twice"},
	{"section_2_1.go", "TanhPrime", "ops.OneMinus(ops.Square(a))", "ops.Mul(a, ops.OneMinus(a))", "the derivative of σ, not that of tanh"},
	{"section_2_1.go", "ReverseSoftmax", "ops.Sum(ops.Mul(a, zeta), 0)", "ops.Sum(ops.Mul(a, zeta))", "not over all examples"},
	{"section_2_2.go", "GradientB2", "{ return ops.SumTo(n.delta2(), n.B2.Shape()) }", "{ return n.delta2() }", "the sum of its columns is right"},
	{"section_2_2.go", "GradientW2", "ops.T(n.A1)", "ops.T(n.Z1)", "takes a¹, not z¹"},
	{"section_2_2.go", "GradientW1", "ops.MatMul(n.delta1(), ops.T(n.X))", "ops.MatMul(ops.MatMul(ops.T(n.W2), n.delta2()), ops.T(n.X))", "the derivative of tanh is lost"},
	{"section_3_1.go", "OutputDelta", "{ return ops.Mul(dLoss, prime) }", "{ return dLoss }", "the derivative of sin is lost"},
	{"section_3_1.go", "HiddenDelta", "ops.MatMul(ops.T(nextW), nextDelta)", "ops.MatMul(nextW, nextDelta)", "transpose"},
	{"section_3_1.go", "WeightGradient", "ops.MatMul(delta, ops.T(a))", "ops.MatMul(a, ops.T(delta))", "the transpose of what it should be"},
	{"section_3_1.go", "PenaltyGradient", "ops.Scale(lambda*p/(2*n), ops.Mul(ops.Pow(ops.Abs(w), p-1), ops.Sign(w)))", "ops.Scale(lambda/n, w)", "the gradient for p = 2"},
	{"fan_out.go", "ReverseResidual", "ops.Add(zeta, ops.MatMul(ops.T(w), ops.Mul(ops.OneMinus(ops.Square(a)), zeta)))", "ops.MatMul(ops.T(w), ops.Mul(ops.OneMinus(ops.Square(a)), zeta))", "a path is lost"},
	{"broadcast.go", "ReverseBias", "{ return ops.SumTo(zeta, b.Shape()) }", "{ return zeta }", "the sum of its columns is right"},
	{"logits.go", "CrossEntropyGradient", "ops.Softmax(z, 0)", "ops.Sigmoid(z)", "σ acts on each logit alone"},
	{"convolution.go", "Patches", "x[i : len(x)-k+1+i]", "x[i : len(x)-k+i]", "shape"},
	{"convolution.go", "ReverseConvolutionX", "v * w[i]", "v * w[len(w)-1-i]", "the wrong way round"},
	{"recurrence.go", "ReverseInputs", "(zeta[t] + w*next) * (1 - s[t+1]*s[t+1])", "zeta[t] + w*next", "the derivative of tanh?"},
}

// Each mistake is answered by its hint, which has no number of the answer. They are
// planted together, one in each exercise at a time, and cost no other exercise.
func TestMistakes(t *testing.T) {
	for rest := mistakes; len(rest) > 0; {
		planted, later := map[string]mistake{}, []mistake{}
		for _, m := range rest {
			if _, ok := planted[m.exercise]; ok {
				later = append(later, m)
			} else {
				planted[m.exercise] = m
			}
		}
		answerEach(t, planted)
		rest = later
	}
}

func answerEach(t *testing.T, planted map[string]mistake) {
	t.Helper()
	r, out, passes := grade(t, sheet(t, true, slices.Collect(maps.Values(planted))))
	if passes {
		t.Fatalf("the sheet passes:\n%s", out)
	}
	for _, e := range r.Results {
		m, ok := planted[e.Exercise]
		if !ok {
			if e.Status != "right" {
				t.Errorf("%s is %s: %s", e.Exercise, e.Status, e.Hint)
			}
			continue
		}
		if e.Status != "wrong" || e.Points != 0 || !strings.Contains(e.Hint, m.hint) {
			t.Errorf("%s is %s, %d points, with the hint\n%s\nwant\n%s", e.Exercise, e.Status, e.Points, e.Hint, m.hint)
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
