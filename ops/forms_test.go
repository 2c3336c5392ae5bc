package ops_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// forms are all the forms that stabilising knows, one row for each rule: what is written
// and what it is read as. They are the table of docs/stable-forms.md.
var forms = []struct {
	f    func(z, y *node) *node
	want string
}{
	{func(z, _ *node) *node { return ops.Log(ops.Sigmoid(z)) }, "−(softplus(−(z)))"},
	{func(z, _ *node) *node { return ops.Log(ops.OneMinus(ops.Sigmoid(z))) }, "−(softplus(z))"},
	{func(z, _ *node) *node { return ops.Log(ops.Softmax(z, 0)) }, "log∘softmax(z)"},
	{func(z, _ *node) *node { return ops.Log(ops.OneMinus(ops.Square(ops.Tanh(z)))) }, "-2·(log∘cosh(z))"},
	{func(z, _ *node) *node { s := ops.Sigmoid(z); return ops.Log(ops.Mul(s, ops.OneMinus(s))) }, "−(+(softplus(z), softplus(−(z))))"},
	{func(z, _ *node) *node { return ops.Log(ops.Exp(z)) }, "z"},
	{func(z, _ *node) *node { return ops.Log1p(ops.Exp(z)) }, "softplus(z)"},
	{func(z, _ *node) *node { return ops.Log1p(ops.Neg(ops.Sigmoid(z))) }, "−(softplus(z))"},
	{func(z, _ *node) *node { return ops.Logit(ops.Sigmoid(z)) }, "z"},
	{func(z, y *node) *node { return ops.LogLoss(ops.Sigmoid(z), y) }, "L∘σ(z, y)"},
	{func(z, y *node) *node { return ops.CrossEntropy(ops.Softmax(z, 0), y) }, "crossEntropy∘softmax(z, y)"},
	{func(z, y *node) *node { return ops.KL(y, ops.Softmax(z, 0)) }, "KL∘exp(y, log∘softmax(z))"},
	{func(z, _ *node) *node { return ops.Entropy(ops.Softmax(z, 0), 0) }, "entropy∘softmax(z)"},
	{func(z, y *node) *node { return ops.FocalLoss(ops.Sigmoid(z), y, 2) }, "focal∘σ(z, y)"},
	{func(z, _ *node) *node { return ops.Reciprocal(ops.Shift(ops.Exp(ops.Neg(z)), 1)) }, "σ(z)"},
	{func(z, _ *node) *node { return ops.OneMinus(ops.Tanh(z)) }, "2·(σ(-2·(z)))"},
	{func(z, _ *node) *node { return ops.Scale(0.5, ops.OneMinus(ops.Tanh(z))) }, "σ(-2·(z))"},
	{func(z, _ *node) *node { return ops.OneMinus(ops.Sigmoid(z)) }, "1−σ(z)"},
	{func(z, _ *node) *node { return ops.OneMinus(ops.Softmax(z, 0)) }, "Σⱼ≠ᵢ(softmax(z))"},
	{func(z, _ *node) *node { return ops.OneMinus(ops.Square(ops.Tanh(z))) }, "tanh'(z)"},
	{func(z, _ *node) *node { s := ops.Sigmoid(z); return ops.Mul(s, ops.OneMinus(s)) }, "σ'(z)"},
	{func(z, y *node) *node { return ops.Sub(ops.Sigmoid(z), y) }, "σ−(z, y)"},
	{func(z, y *node) *node { return ops.Sub(ops.Softmax(z, 0), y) }, "s−(softmax(z), y)"},
	{func(z, y *node) *node { return ops.Sub(ops.Mul(ops.Softmax(z, 0), sumOver0(y)), y) }, "Σy·s−y(softmax(z), y)"},
	{func(z, y *node) *node { return ops.Sub(y, sumOver0(ops.Mul(ops.Softmax(z, 0), y))) }, "centre(softmax(z), y)"},
	{func(z, y *node) *node { return ops.Mul(y, ops.LogSoftmax(z, 0)) }, "⊙₀(y, log∘softmax(z))"},
	{func(z, y *node) *node { return ops.Dot(y, ops.LogSoftmax(z, 0)) }, "Σ(⊙₀(y, log∘softmax(z)))"},
	{func(z, y *node) *node { return ops.Sub(ops.LogSoftmax(z, 0), ops.LogSoftmax(y, 0)) }, "−₀(log∘softmax(z), log∘softmax(y))"},
	{func(z, _ *node) *node { return ops.Pow(ops.Sigmoid(z), 0.5) }, "exp(0.5·(−(softplus(−(z)))))"},
	{func(z, _ *node) *node { return ops.Exp(ops.LogSoftmax(z, 0)) }, "softmax(z)"},
}

// sumOver0 is the sum of each column, in every entry of it.
func sumOver0(x *node) *node {
	return ops.BroadcastTo(ops.SumTo(x, graph.ShapeOf(1, batch)), x.Shape())
}

// What is stabilised is this list, and the docs print it.
func TestStableFormsAreListed(t *testing.T) {
	text, err := os.ReadFile("../docs/stable-forms.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, form := range forms {
		g := graph.New()
		y := form.f(g.Input("z", 3, batch), g.Input("y", 3, batch))
		got := graph.StableForm(y)
		if got.String() != form.want || got == y {
			t.Errorf("form %d: %v is read as %v, want %v", i, y, got, form.want)
		}
		line := fmt.Sprintf("| `%v` | `%v` |", y, got)
		if !strings.Contains(string(text), line) {
			t.Errorf("docs/stable-forms.md has no line %s", line)
		}
		if again := graph.StableForm(got); again != got {
			t.Errorf("%v is read as %v, and that as %v", y, got, again)
		}
	}
	if lines := strings.Count(string(text), "\n| `"); lines != len(forms) {
		t.Errorf("docs/stable-forms.md has %d forms, this list %d", lines, len(forms))
	}
}

// A graph without stable forms reads what is written, in derivatives and in Programs; and
// so does a Program without them.
func TestNoStable(t *testing.T) {
	at := func(g *graph.Graph, o graph.Options) []float64 {
		z := g.Param("z", dense(g.Dtype(), []float64{40}, 1, 1))
		j := ops.Sum(ops.Log(ops.OneMinus(ops.Sigmoid(z))))
		p, err := o.Compile(j, graph.Gradient(j, z)[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		v, _ := p.Value(j)
		return entries(v)
	}
	literal := math.Inf(-1)
	if got := at(graph.New().NoStable(), graph.Options{}); got[0] != literal {
		t.Errorf("in a graph without stable forms: %g, want %g", got[0], literal)
	}
	if got := at(graph.New(), graph.Options{NoStable: true}); got[0] != literal {
		t.Errorf("in a Program without stable forms: %g, want %g", got[0], literal)
	}
	if got := at(graph.New(), graph.Options{}); got[0] != -40 {
		t.Errorf("%g, want -40", got[0])
	}
	g := graph.New().NoStable()
	z := g.Param("z", dense(g.Dtype(), []float64{40}, 1, 1))
	a := ops.Sigmoid(z)
	if got := graph.Gradient(ops.Sum(ops.Log(a)), z)[0].String(); !strings.Contains(got, "1/(σ(z))") && !strings.Contains(got, "1/(") {
		t.Errorf("the derivative of log σ(z) as it is written is %v", got)
	}
}
