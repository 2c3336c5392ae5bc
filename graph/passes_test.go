package graph_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// twoHeads is a formula that gives every pass something to do: a hidden layer under a
// literal logistic loss and a cross-entropy, a penalty, and their gradient.
func twoHeads() (g *graph.Graph, x *graph.Node, outputs []*graph.Node) {
	g = graph.New()
	x = g.Input("x", 3, graph.Batch)
	y, classes := g.Input("y", 1, graph.Batch), g.Input("classes", 2, graph.Batch)
	param := func(name string, dims ...int) *graph.Node {
		n := tensor.Shape(dims).TotalSize()
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(i%3)/4 - 0.25
		}
		return g.Param(name, dense(dims, v...))
	}
	w, b := param("w", 4, 3), param("b", 4, 1)
	v, u := param("v", 1, 4), param("u", 2, 4)
	h := ops.Tanh(ops.Bias(b, ops.MatMul(w, x)).Named("z"))
	k := ops.Mean(ops.CrossEntropy(ops.Softmax(ops.MatMul(u, h), 0), classes))
	r := graph.Add(k, ops.Scale(0.01, ops.Sum(ops.Square(w))))
	j := graph.Add(r, ops.Mean(ops.LogLoss(ops.Sigmoid(ops.MatMul(v, h)), y))).Named("J")
	return g, x, append(graph.Gradient(j, w, b, v, u), j)
}

// What is known after each pass is written down.
func TestPasses(t *testing.T) {
	_, _, outputs := twoHeads()
	after, err := graph.After(outputs...)
	if err != nil {
		t.Fatal(err)
	}
	for _, pass := range graph.PassNames() {
		golden(t, "passes/"+pass+".txt", after[pass])
	}
}

// Each pass does what it is for: a line that is there before it is not there after it,
// or the other way round.
func TestWhatPassesDo(t *testing.T) {
	_, _, outputs := twoHeads()
	after, err := graph.After(outputs...)
	if err != nil {
		t.Fatal(err)
	}
	names := graph.PassNames()
	for _, c := range []struct{ pass, gone, new string }{
		{"draft", "", ` = L\(%\d+, y\)`},
		{"stabilise", ` = L\(%\d+, y\)`, ` = L∘σ\(%\d+, y\)`},
		{"stabilise", ` = crossEntropy\(`, ` = crossEntropy∘softmax\(%\d+, classes\)`},
		{"fuse", `z = ψ\(b, %\d+\)`, `z = ψ∘φ\(b, w, x\)`},
		{"absorb", `%\d+ = ᵀ\(x\)`, `, ᵀ\(x\)\)`},
		{"absorb", ` = φ\(w, x\)`, ``},
		{"split", ``, `once %\d+ = 1/\(N\)`},
		{"cluster", ``, ` = L∘σ\(.*\n.* = σ−`},
		{"pair", ``, `crossEntropy∘softmax.*\n.* = Σy·softmax−y`},
		{"group", ``, `⎡ %\d+ = crossEntropy∘softmax.*\n.*⎣ %\d+ = Σy·softmax−y`},
		{"place", ``, `J = \+\(.*slot \d`},
	} {
		before := ""
		for i, name := range names {
			if name == c.pass && i > 0 {
				before = after[names[i-1]]
			}
		}
		find := func(text, pattern string) bool { return regexp.MustCompile(pattern).MatchString(text) }
		if c.gone != "" && (!find(before, c.gone) || find(after[c.pass], c.gone)) {
			t.Errorf("%s: %s is not there before only:\n%s\n%s", c.pass, c.gone, before, after[c.pass])
		}
		if c.new != "" && (find(before, c.new) || !find(after[c.pass], c.new)) {
			t.Errorf("%s: %s is not there after only:\n%s\n%s", c.pass, c.new, before, after[c.pass])
		}
	}
}

// No two passes that follow each other may change places.
func TestOrderOfPassesIsChecked(t *testing.T) {
	names := graph.PassNames()
	for i := range names[1:] {
		if err := graph.CheckSwapped(i, i+1); err == nil || !strings.Contains(err.Error(), names[i]) {
			t.Errorf("%s before %s: %v", names[i+1], names[i], err)
		}
	}
	if err := graph.CheckSwapped(0, 0); err != nil {
		t.Errorf("as they are: %v", err)
	}
}

// Compile adds nothing to the graph, whatever it has to rewrite.
func TestCompileLeavesTheGraphAlone(t *testing.T) {
	g, _, outputs := twoHeads()
	h, w, b, a, j := logistic()
	for _, c := range []struct {
		g       *graph.Graph
		outputs []*graph.Node
	}{{g, outputs}, {g, outputs[4:]}, {h, []*graph.Node{j}}, {h, []*graph.Node{a, w, b, h.BatchSize()}}} {
		before, text := c.g.Len(), c.g.String()
		for _, o := range []graph.Options{{}, {NoFuse: true}} {
			if _, err := o.Compile(c.outputs...); err != nil {
				t.Fatal(err)
			}
		}
		if c.g.Len() != before || c.g.String() != text {
			t.Errorf("%d nodes, after Compile %d", before, c.g.Len())
		}
	}
}

// What is compiled is the formula as it was: the graph may grow on, with parameters and
// values that get the numbers of nodes that Compile made, and be compiled again.
func TestGraphGrowsOnAfterCompile(t *testing.T) {
	g := graph.New()
	x, w := g.Input("x", 1, graph.Batch), g.Param("w", dense([]int{1, 1}, 3))
	y := ops.Sum(ops.LogLoss(ops.Sigmoid(ops.MatMul(w, x)), g.Const(1, 1, graph.Batch)))
	p := compile(t, y)
	v := g.Param("v", dense([]int{1, 1}, 5))
	dy, z := graph.Gradient(y, w)[0], ops.MatMul(v, x)
	q := compile(t, y, dy, z)
	for _, p := range []*graph.Program{p, q, p.Clone()} {
		feed(t, p, x, dense([]int{1, 2}, 0, 0))
		if got := values(t, p, y)[0][0]; got < 1.386294361119 || got > 1.386294361120 { // 2·ln 2
			t.Errorf("2·ln 2 is %g", got)
		}
	}
	if got := values(t, q, dy, z); got[0][0] != 0 || got[1][0] != 0 {
		t.Errorf("at x = 0: %v", got)
	}
	w.Value().Float64s()[0] = 1
	feed(t, p, x, dense([]int{1, 1}, 2))
	if got := values(t, p, y)[0][0]; got < 0.1269280110 || got > 0.1269280111 { // ln(1 + e⁻²)
		t.Errorf("a parameter that was moved: %g", got)
	}
}

// Clones meet a new N while the graph that they were compiled from grows. The race
// detector sees to it that they do not look at it.
func TestClonesWhileTheGraphGrows(t *testing.T) {
	g, x, outputs := twoHeads()
	p, j := compile(t, outputs...), outputs[len(outputs)-1]
	nodes := graph.Cone(j)
	z := nodes[slices.IndexFunc(nodes, func(n *graph.Node) bool { return n.Name() == "z" })]
	var wg sync.WaitGroup
	for range 4 {
		q := p.Clone()
		wg.Go(func() {
			for n := 1; n < 3000; n *= 3 {
				if err := q.FeedBy(x, n, func(*tensor.Dense) error { return nil }); err != nil {
					t.Error(err)
				}
				_ = q.String()
			}
		})
	}
	for y := x; g.Len() < 5000; {
		y = ops.Tanh(y)
		graph.Gradient(ops.Sum(y), x)
		graph.Gradient(j, z) // while forms are found, ops take this value of the Program for a leaf
	}
	wg.Wait()
}

// A graph is compiled in many goroutines at once, each with what it adds to itself.
func TestCompileInManyGoroutines(t *testing.T) {
	g, _, outputs := twoHeads()
	before, want := g.Len(), compile(t, outputs...).String()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			p, err := graph.Compile(outputs...)
			if err != nil || p.String() != want {
				t.Errorf("%v: %v, want %s", err, p, want)
			}
		})
	}
	wg.Wait()
	if g.Len() != before {
		t.Errorf("%d nodes, after Compile %d", before, g.Len())
	}
}

// An op whose author made a mistake panics; the graph is built and compiled on.
func TestCompileAfterAPanic(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2)
	y := graph.Apply(careless{}, x)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		_, _ = graph.Compile(y)
	}()
	before := g.Len()
	z := ops.Tanh(x)
	if z.Graph() != g || g.Len() != before+1 {
		t.Errorf("a node that is added later is not in the graph of %d nodes", g.Len())
	}
	compile(t, z)
}

type careless struct{ graph.Op }

func (careless) String() string                              { return "careless" }
func (careless) Shape(x ...graph.Shape) (graph.Shape, error) { return x[0], nil }
func (careless) Stable(*graph.Node) *graph.Node              { panic("a mistake") }

// The checks that the build tag invariants turns on find mistakes.
func TestInvariants(t *testing.T) {
	for mistake, want := range map[string]string{
		"":           "<nil>",
		"shape":      "should have",
		"order":      "comes before",
		"missing":    "is not computed",
		"groups":     "groups",
		"size":       "which is smaller",
		"overwrites": "overwrites",
		"in use":     "reads tanh#9, whose slot",
		"output":     "slot of output z has been used again",
	} {
		_, _, outputs := twoHeads()
		if err := graph.Corrupt(mistake, outputs...); !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%q: %v", mistake, err)
		}
	}
}
