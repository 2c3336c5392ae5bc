package draw_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adjoint/draw"
	"adjoint/graph"
	"adjoint/ops"

	"github.com/google/go-cmp/cmp"
	"gorgonia.org/tensor"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func zeros(m, n int) *tensor.Dense {
	return tensor.New(tensor.WithShape(m, n), tensor.Of(tensor.Float64))
}

// network is L layers of tanh, the last of σ, with the log-loss.
func network(layers int) *graph.Node {
	g := graph.New()
	a, y := g.Input("x", 2, graph.Batch), g.Input("y", 1, graph.Batch)
	for l := 1; l <= layers; l++ {
		units, activate := 4, ops.Tanh
		if l == layers {
			units, activate = 1, ops.Sigmoid
		}
		w := g.Param(fmt.Sprintf("w[%d]", l), zeros(units, a.Shape().Dim(0)))
		b := g.Param(fmt.Sprintf("b[%d]", l), zeros(units, 1))
		a = activate(ops.Bias(b, ops.MatMul(w, a)))
	}
	return ops.Mean(ops.LogLoss(a, y))
}

// reader is a recurrent network over sequences that says yes or no at the end.
func reader() *graph.Node {
	g := graph.New()
	x, y := g.Input("x", 2, graph.Extent("T"), graph.Batch), g.Input("y", 1, graph.Batch)
	w, u, b := g.Param("w", zeros(3, 2)), g.Param("u", zeros(3, 3)), g.Param("b", zeros(3, 1))
	h := ops.Scan(func(h *graph.Node, x ...*graph.Node) *graph.Node {
		return ops.Tanh(ops.Bias(b, ops.Add(ops.MatMul(w, x[0]), ops.MatMul(u, h))))
	}, g.Const(0, 3, graph.Batch), x).Named("h")
	return ops.Mean(ops.LogLoss(ops.Sigmoid(ops.MatMul(g.Param("v", zeros(1, 3)), ops.Index(h, 1, -1))), y))
}

func write(t *testing.T, j *graph.Node, o draw.Options, form func(*draw.Diagram, io.Writer) error) string {
	t.Helper()
	d, err := draw.Of(j, o)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := form(d, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

type diagram struct {
	of *graph.Node
	o  draw.Options
}

// diagrams are those of logistic regression, of one hidden layer, the same with
// lines under the names, of eight layers with the middle left out, and of a recurrence.
var diagrams = map[string]diagram{
	"logistic":     {network(1), draw.Options{}},
	"hidden-layer": {network(2), draw.Options{}},
	"numbers": {network(2), draw.Options{
		Detail:    func(n *graph.Node) string { return "1.0000 -2.0000\n" + n.Shape().String() },
		Cotangent: func(n *graph.Node, k int) string { return "0.5000 -0.2500\n0.1000\n" + n.In(k).Shape().String() },
	}},
	"deep":       {network(8), draw.Options{Maps: 16}},
	"recurrence": {reader(), draw.Options{}},
}

// The diagrams in three forms.
func TestGolden(t *testing.T) {
	for name, c := range diagrams {
		for form, f := range map[string]func(*draw.Diagram, io.Writer) error{
			"svg": (*draw.Diagram).WriteSVG, "mermaid": (*draw.Diagram).WriteMermaid, "dot": (*draw.Diagram).WriteDOT,
		} {
			text := write(t, c.of, c.o, f)
			path := filepath.Join("testdata", name+"."+form)
			if *update {
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), text); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		}
	}
}

// Every reverse arrow of the composition is in the picture, and nothing goes
// backwards to what is no variable.
func TestReverseArrows(t *testing.T) {
	text := write(t, network(2), draw.Options{}, (*draw.Diagram).WriteMermaid)
	for _, r := range []string{"r₁φ[1]", "r₁ψ[1]", "rψ[1]", "rtanh", "rφ[2]", "r₁φ[2]", "rψ[2]", "rσ", "rL", "rmean"} {
		if !strings.Contains(text, `-. "`+r+`" .->`) {
			t.Errorf("no arrow %s in\n%s", r, text)
		}
	}
	if n := strings.Count(text, " .->"); n != 11 {
		t.Errorf("%d reverse arrows, want 11", n)
	}
}

// What is drawn of a long row is whole layers, and the arrow into what is left out
// has its name.
func TestFoldsByLayers(t *testing.T) {
	for maps := 10; maps <= 24; maps++ { // five are the last layer with L and mean
		text := write(t, network(8), draw.Options{Maps: maps}, (*draw.Diagram).WriteMermaid)
		if phi, tanh := strings.Count(text, `(["φ`), strings.Count(text, `(["tanh`); phi != tanh+1 {
			t.Errorf("at most %d maps: %d φ and %d tanh in\n%s", maps, phi, tanh, text)
		}
		if strings.Contains(text, "-.->") || strings.Count(text, `(["`) > maps {
			t.Errorf("at most %d maps: a reverse arrow without name, or too many maps, in\n%s", maps, text)
		}
	}
}

// The row begins with the examples, also if they are fixed, and a value that has
// the name of its map is named once.
func TestRowBeginsWithTheExamples(t *testing.T) {
	g := graph.New()
	x, w := g.Constant("x", zeros(2, 3)), g.Param("w", zeros(1, 2))
	l := ops.LogLoss(ops.Sigmoid(ops.MatMul(w, x)), g.Constant("y", zeros(1, 3))).Named("L")
	d := write(t, l, draw.Options{}, (*draw.Diagram).WriteMermaid)
	if !strings.Contains(d, "flowchart LR\n    n0[\"x<br>") || strings.Contains(d, "L = L") {
		t.Error(d)
	}
}

// SVG is well-formed, for names that are markup and for formulas of any form.
func TestSVGIsXML(t *testing.T) {
	g := graph.New()
	x := g.Input("<x> & \"y\"", 3, 3).Named("<x> & \"y\"")
	for _, j := range []*graph.Node{
		x, g.Const(2), ops.Sum(x), ops.Add(ops.Sum(ops.Mul(x, ops.Tanh(ops.T(x)))), ops.Sum(ops.MatMul(x, x))), network(30),
	} {
		text := write(t, j, draw.Options{Wrt: []*graph.Node{x}}, (*draw.Diagram).WriteSVG)
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%v: %v\n%s", j, err, text)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	g := graph.New()
	bad := graph.Add(g.Input("x", 2), g.Input("y", 3))
	if _, err := draw.Of(bad, draw.Options{}); !errors.Is(err, graph.ErrShape) {
		t.Errorf("a failed node: %v", err)
	}
	if _, err := draw.Of(g.Const(1), draw.Options{Wrt: []*graph.Node{nil}}); !errors.Is(err, graph.ErrGraph) {
		t.Errorf("nil: %v", err)
	}
	d, err := draw.Of(network(1), draw.Options{})
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	for i, f := range []func(io.Writer) error{d.WriteSVG, d.WriteMermaid, d.WriteDOT} {
		if err := f(writer{full}); !errors.Is(err, full) {
			t.Errorf("form %d: %v", i, err)
		}
	}
}

type writer struct{ err error }

func (w writer) Write([]byte) (int, error) { return 0, w.err }
