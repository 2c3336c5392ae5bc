package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optest"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// Both obey every law that the ops of the library obey.
func TestLaws(t *testing.T) {
	optest.Check(t, optest.Op{
		Name:   "Quadratic",
		F:      optest.Binary(Quadratic),
		Shapes: [][][]int{{{1, 1}, {1, 1}}, {{4, 4}, {4, 1}}},
	})
	optest.Check(t, optest.Op{
		Name:  "Gaussian",
		F:     optest.Unary(Gaussian),
		Entry: func(x ...float64) float64 { return math.Exp(-x[0] * x[0]) },
	})
}

// The gradient derived by hand, the automatic one and finite differences.
func TestGradient(t *testing.T) {
	g := graph.New()
	A := g.Param("A", graph.Tensor([]float64{2, 1, 0, 3}, 2, 2))
	x := g.Param("x", graph.Tensor([]float64{1, -0.5}, 2, 1))
	a := Gaussian(x)
	hand := ops.Mul(ops.Scale(-2, ops.Mul(x, a)), ops.MatMul(ops.Add(A, ops.T(A)), a))
	optest.Gradient(t, Quadratic(A, a), x, hand)
}

// The layer learns what it was made for, y = a + tanh(2a), and is shown by its name. With the
// activation, an op that no package of the library knows, it is kept in a file, from which it
// predicts the same, is shown the same, and can be fitted again.
func TestLayer(t *testing.T) {
	var rows [][]float64
	var y []float64
	for x := -1.0; x <= 1; x += 0.125 {
		rows, y = append(rows, []float64{x}), append(y, x+math.Tanh(2*x))
	}
	d, err := data.New(rows, y, data.Regression)
	if err != nil {
		t.Fatal(err)
	}
	m := &models.Deep{Layers: []models.Layer{Skip{models.Tanh}}}
	h, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 2000, FullBatch: true, Rule: Heavy{Rate: 0.1, Momentum: 0.9}})
	if err != nil {
		t.Fatal(err)
	}
	if j := h.Last().Loss; !(j < 1e-6) {
		t.Errorf("the loss is %g after 2000 epochs", j)
	}
	if s, err := m.Summary(1); err != nil || !strings.Contains(s, "Skip (tanh)") {
		t.Errorf("no Skip layer in\n%s%v", s, err)
	}
	own := models.Activation{Name: "gaussian", Of: Gaussian}
	m = &models.Deep{Layers: []models.Layer{Skip{own}, Skip{models.Tanh}}}
	fit := func(m models.Model) *models.History {
		h, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 3})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	h = fit(m)
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		t.Fatal(err)
	}
	loaded, err := models.Load(&file)
	if err != nil {
		t.Fatal(err)
	}
	show := func(m models.Model) string {
		p, err := m.Predict(d)
		s, failure := m.(*models.Deep).Summary(1)
		return fmt.Sprint(p, err, s, failure)
	}
	if got, want := show(loaded), show(m); got != want || !strings.Contains(got, "Skip (gaussian)") {
		t.Errorf("loaded is\n%s\nsaved was\n%s", got, want)
	}
	if again := fit(loaded); again.Last().Loss != h.Last().Loss {
		t.Errorf("fitted again it has the loss %g, was %g", again.Last().Loss, h.Last().Loss)
	}
}

// Two steps on J = w² from w = 1 with rate 0.1 and μ = 0.5, by hand: g = 2, v = −0.2,
// w = 0.8; g = 1.6, v = −0.1 − 0.16 = −0.26, w = 0.54.
func TestOptimizer(t *testing.T) {
	g := graph.New()
	w := g.Param("w", tensor.New(tensor.FromScalar(1.0)))
	opt, err := optim.Minimize(ops.Square(w), Heavy{Rate: 0.1, Momentum: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []float64{0.8, 0.54} {
		if err := opt.Step(); err != nil {
			t.Fatal(err)
		}
		if got := graph.Values[float64](w.Value())[0]; math.Abs(got-want) > 1e-15 {
			t.Errorf("w is %g, want %g", got, want)
		}
	}
}

// CONTRIBUTING promises how long they are, without comments and blank lines.
func TestLines(t *testing.T) {
	for _, test := range []struct {
		what, file, names string
		most              int
	}{
		{"an op with its kernel", "main.go", "Quadratic quadratic form", 25},
		{"an activation", "main.go", "gaussian", 5},
		{"a layer", "layer.go", "Skip", 10},
		{"an optimizer", "optimizer.go", "Heavy", 10},
		{"an op of the library", "../../ops/linear_dot.go", "Dot dot dotOf", 35},
		{"a layer of the library", "../../models/layer.go", "Dense", 30},
		{"an optimizer of the library", "../../optim/sgd.go", "SGD sgd", 30},
	} {
		if n := linesOf(t, test.file, strings.Fields(test.names)); n == 0 || n > test.most {
			t.Errorf("%s has %d lines, want %d at most", test.what, n, test.most)
		}
	}
}

// linesOf returns how many lines the declarations of names in a file have, with methods.
func linesOf(t *testing.T, file string, names []string) (lines int) {
	t.Helper()
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, file, nil, 0) // without comments
	if err != nil {
		t.Fatal(err)
	}
	declares := map[string]bool{}
	for _, name := range names {
		declares[name] = true
	}
	for _, d := range f.Decls {
		name := ""
		switch d := d.(type) {
		case *ast.FuncDecl:
			if name = d.Name.Name; d.Recv != nil {
				name = d.Recv.List[0].Type.(*ast.Ident).Name
			}
		case *ast.GenDecl:
			switch s := d.Specs[0].(type) {
			case *ast.TypeSpec:
				name = s.Name.Name
			case *ast.ValueSpec:
				name = s.Names[0].Name
			}
		}
		if declares[name] {
			lines += files.Position(d.End()).Line - files.Position(d.Pos()).Line + 1
		}
	}
	return lines
}
