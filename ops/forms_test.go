package ops_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// kinds are all the forms that stabilising knows, by the identity that they are instances
// of: the names of the rules in the source, and for each rule at least one formula and what
// it is read as. They are the tables of docs/stable-forms.md.
var kinds = []struct {
	kind, identity string
	rules          []string
	forms          []form
}{
	{"a logarithm or a power of σ", "log σ(z) = −log(1 + e⁻ᶻ), σᵖ = e^{p·log σ}", []string{"theLog", "theLog1p", "theSqrt", "pow"}, []form{
		{func(z, _ *node) *node { return ops.Log(ops.Sigmoid(z)) }, "−(softplus(−(z)))"},
		{func(z, _ *node) *node { return ops.Log(ops.OneMinus(ops.Sigmoid(z))) }, "−(softplus(z))"},
		{func(z, _ *node) *node { return ops.Log1p(ops.Neg(ops.Sigmoid(z))) }, "−(softplus(z))"},
		{func(z, _ *node) *node { s := ops.Sigmoid(z); return ops.Log(ops.Mul(s, ops.OneMinus(s))) }, "−(+(softplus(z), softplus(−(z))))"},
		{func(z, _ *node) *node { return ops.Log(ops.OneMinus(ops.Square(ops.Tanh(z)))) }, "-2·(log∘cosh(z))"},
		{func(z, _ *node) *node { return ops.Pow(ops.Sigmoid(z), 0.5) }, "exp(0.5·(−(softplus(−(z)))))"},
	}},
	{"a logarithm of a softmax", "log softmax(z) = z − log Σ e^z", []string{"theLog", "theLog1p"}, []form{
		{func(z, _ *node) *node { return ops.Log(ops.Softmax(z, 0)) }, "log∘softmax(z)"},
		{func(z, _ *node) *node { return ops.Log(ops.Reciprocal(ops.Softmax(z, 0))) }, "−(log∘softmax(z))"},
		{func(z, y *node) *node { return ops.Log(ops.Div(ops.Softmax(z, 0), y)) }, "−(log∘softmax(z), log(y))"},
		{func(z, y *node) *node { return ops.Log(ops.Mul(y, ops.Softmax(z, 0))) }, "+(log(y), log∘softmax(z))"},
		{func(z, _ *node) *node { return ops.Log(ops.Square(ops.Softmax(z, 0))) }, "2·(log∘softmax(z))"},
	}},
	{"a function of its inverse", "log eᶻ = z, logit σ(z) = z, e^{log a} = a", []string{"theLog", "theLog1p", "theLogit", "theExp"}, []form{
		{func(z, _ *node) *node { return ops.Log(ops.Exp(z)) }, "z"},
		{func(z, _ *node) *node { return ops.Log1p(ops.Exp(z)) }, "softplus(z)"},
		{func(z, _ *node) *node { return ops.Logit(ops.Sigmoid(z)) }, "z"},
		{func(z, _ *node) *node { return ops.Exp(ops.LogSoftmax(z, 0)) }, "softmax(z)"},
	}},
	{"a loss of σ", "L(σ(z), y) = log(1 + eᶻ) − yz", []string{"logLoss", "focalLoss"}, []form{
		{func(z, y *node) *node { return ops.LogLoss(ops.Sigmoid(z), y) }, "L∘σ(z, y)"},
		{func(z, y *node) *node { return ops.FocalLoss(ops.Sigmoid(z), y, 2) }, "focal∘σ(z, y)"},
	}},
	{"a loss of a softmax", "−Σ y log softmax(z) = Σ y (log Σ e^z − z)", []string{"crossEntropy", "kl", "entropy"}, []form{
		{func(z, y *node) *node { return ops.CrossEntropy(ops.Softmax(z, 0), y) }, "crossEntropy∘softmax(z, y)"},
		{func(z, y *node) *node { return ops.KL(y, ops.Softmax(z, 0)) }, "KL∘exp(y, log∘softmax(z))"},
		{func(z, _ *node) *node { return ops.Entropy(ops.Softmax(z, 0), 0) }, "entropy∘softmax(z)"},
	}},
	{"σ in other words", "1/(1 + e⁻ᶻ) = σ(z) = ½(1 + tanh(z/2))", []string{"theReciprocal", "affine"}, []form{
		{func(z, _ *node) *node { return ops.Reciprocal(ops.Shift(ops.Exp(ops.Neg(z)), 1)) }, "σ(z)"},
		{func(z, _ *node) *node { return ops.OneMinus(ops.Tanh(z)) }, "2·(σ(-2·(z)))"},
		{func(z, _ *node) *node { return ops.Scale(0.5, ops.OneMinus(ops.Tanh(z))) }, "σ(-2·(z))"},
	}},
	{"a complement", "1 − σ(z) = σ(−z), 1 − sᵢ = Σⱼ≠ᵢ sⱼ", []string{"affine", "mul"}, []form{
		{func(z, _ *node) *node { return ops.OneMinus(ops.Sigmoid(z)) }, "1−σ(z)"},
		{func(z, _ *node) *node { return ops.OneMinus(ops.Softmax(z, 0)) }, "Σⱼ≠ᵢ(softmax(z))"},
		{func(z, _ *node) *node { return ops.OneMinus(ops.Square(ops.Tanh(z))) }, "tanh'(z)"},
		{func(z, _ *node) *node { s := ops.Sigmoid(z); return ops.Mul(s, ops.OneMinus(s)) }, "σ'(z)"},
	}},
	{"a residual", "a − y = (1−y)a − y(1−a)", []string{"sub"}, []form{
		{func(z, y *node) *node { return ops.Sub(ops.Sigmoid(z), y) }, "σ−(z, y)"},
		{func(z, y *node) *node { return ops.Sub(ops.Softmax(z, 0), y) }, "s−(softmax(z), y)"},
		{func(z, y *node) *node { return ops.Sub(ops.Mul(ops.Softmax(z, 0), sumOver0(y)), y) }, "Σy·s−y(softmax(z), y)"},
	}},
	{"what a softmax centres", "ξᵢ − ⟨s, ξ⟩ = Σⱼ sⱼ(ξᵢ − ξⱼ)", []string{"sub"}, []form{
		{func(z, y *node) *node { return ops.Sub(y, sumOver0(ops.Mul(ops.Softmax(z, 0), y))) }, "centre(softmax(z), y)"},
	}},
	{"a product 0·∞", "y log s = 0 where y = 0", []string{"mul", "dot", "matMul", "contraction"}, []form{
		{func(z, y *node) *node { return ops.Mul(y, ops.LogSoftmax(z, 0)) }, "⊙₀(y, log∘softmax(z))"},
		{func(z, y *node) *node { return ops.Dot(y, ops.LogSoftmax(z, 0)) }, "Σ(⊙₀(y, log∘softmax(z)))"},
		{func(z, y *node) *node { return ops.Einsum("ij,ij->j", y, ops.LogSoftmax(z, 0)) }, "Σ(⊙₀(y, log∘softmax(z)))"},
		{func(z, y *node) *node {
			column := func(x *node) *node { return ops.Reshape(x, 15, 1) }
			return ops.MatMul(ops.T(column(y)), column(ops.LogSoftmax(z, 0)))
		}, "reshape(Σ(⊙₀(reshape(y), reshape(log∘softmax(z)))))"},
	}},
	{"a difference ∞ − ∞", "log s − log t = 0 where s = t = 0", []string{"sub"}, []form{
		{func(z, y *node) *node { return ops.Sub(ops.LogSoftmax(z, 0), ops.LogSoftmax(y, 0)) }, "−₀(log∘softmax(z), log∘softmax(y))"},
	}},
	{"a square or a root of what has a kink", "‖z‖² = Σz², √Σz² = ‖z‖, cos √z² = cos z", []string{"theSquare", "mul", "dot", "pow", "theSqrt", "penalty", "norm2", "theCos"}, []form{
		{func(z, _ *node) *node { return ops.Square(ops.Abs(z)) }, "square(z)"},
		{func(z, _ *node) *node { return ops.Square(ops.Norm2(z)) }, "Σ(square(z))"},
		{func(z, _ *node) *node { return ops.Pow(ops.Norm2(z), 4) }, "pow(2)(Σ(square(z)))"},
		{func(z, _ *node) *node { return ops.Mul(ops.Abs(z), ops.Abs(z)) }, "square(z)"},
		{func(z, _ *node) *node { return ops.Dot(ops.Abs(z), ops.Abs(z)) }, "Σ(square(z))"},
		{func(z, _ *node) *node { return ops.L2Penalty(2, 1, ops.Norm2(z)) }, "Σ(Σ(square(z)))"},
		{func(z, _ *node) *node { return ops.Sqrt(ops.Sum(ops.Square(z))) }, "‖‖(z)"},
		{func(z, _ *node) *node { return ops.Norm2(ops.Abs(z)) }, "‖‖(z)"},
		{func(z, _ *node) *node { return ops.Cos(ops.Abs(z)) }, "cos(z)"},
	}},
}

type form struct {
	f    func(z, y *node) *node
	want string
}

// sumOver0 is the sum of each column, in every entry of it.
func sumOver0(x *node) *node {
	return ops.BroadcastTo(ops.SumTo(x, graph.ShapeOf(1, x.Shape().Dim(1))), x.Shape())
}

// What is stabilised is this list of twelve identities, and the docs print it.
func TestStableFormsAreListed(t *testing.T) {
	text, err := os.ReadFile("../docs/stable-forms.md")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	listed := func(line string) {
		count++
		if !strings.Contains(string(text), "\n"+line+"\n") {
			t.Errorf("docs/stable-forms.md has no line %s", line)
		}
	}
	for i, kind := range kinds {
		listed(fmt.Sprintf("| %d | %s | %s |", i+1, kind.kind, kind.identity))
		for _, form := range kind.forms {
			g := graph.New()
			y := form.f(g.Input("z", 3, 5), g.Input("y", 3, 5))
			got := graph.StableForm(y)
			if got.String() != form.want || got == y {
				t.Errorf("%s: %v is read as %v, want %v", kind.kind, y, got, form.want)
			}
			listed(fmt.Sprintf("| %d | `%v` | `%v` |", i+1, y, got))
			if again := graph.StableForm(got); again != got {
				t.Errorf("%v is read as %v, and that as %v", y, got, again)
			}
		}
	}
	if lines := regexp.MustCompile(`(?m)^\| \d+ \|`).FindAll(text, -1); len(lines) != count || len(kinds) > 12 {
		t.Errorf("docs/stable-forms.md has %d lines of forms, this list %d, of %d kinds", len(lines), count, len(kinds))
	}
}

// The source has no rule that the list does not name, and the list none that is not there.
func TestStableRulesAreListed(t *testing.T) {
	var there, listed []string
	for _, kind := range kinds {
		listed = append(listed, kind.rules...)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			there = append(there, stableRules(d)...)
		}
	}
	slices.Sort(there)
	slices.Sort(listed)
	if listed = slices.Compact(listed); !slices.Equal(there, listed) {
		t.Errorf("rules in the source: %q, in the list: %q", there, listed)
	}
}

// stableRules returns the type or the variable of a stable form that a declaration makes.
func stableRules(d ast.Decl) (names []string) {
	receiver := ""
	if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
		t, _ := f.Recv.List[0].Type.(*ast.Ident)
		if t == nil || t.Name == "member" || t.Name == "loss" {
			return nil // these ask a function or a loss
		}
		if receiver = t.Name; strings.EqualFold(f.Name.Name, "stable") {
			return []string{receiver}
		}
	}
	ast.Inspect(d, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			receiver = v.Names[0].Name
		}
		if field, ok := n.(*ast.KeyValueExpr); ok {
			if key, _ := field.Key.(*ast.Ident); key != nil && key.Name == "stable" {
				names = append(names, receiver)
			}
		}
		return true
	})
	return names
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
