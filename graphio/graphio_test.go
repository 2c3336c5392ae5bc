package graphio_test

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/graphio"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

var update = flag.Bool("update", false, "rewrite the golden files")

type node = graph.Node

// apply is an op that has a formula as an argument.
type apply struct{ f *graph.Body }

func init() {
	graph.Register("test.Apply", graph.Any, func(a *graph.Args) graph.Op { return apply{a.Body()} })
	graph.Register("test.Hill", 1, func(*graph.Args) graph.Op { return hill })
}

var hill = &ops.Pointwise{
	Name:  "hill",
	Is:    graph.Description{Name: "test.Hill"},
	G:     func(z float64) float64 { return math.Exp(-z * z) },
	Prime: func(z, a *node) *node { return ops.Scale(-2, ops.Mul(z, a)) },
}

func (apply) String() string { return "apply" }
func (op apply) Describe() graph.Description {
	return graph.Description{Name: "test.Apply", Args: []any{op.f}}
}
func (op apply) Shape(x ...graph.Shape) (graph.Shape, error) { return op.f.Outputs()[0].Shape(), nil }
func (apply) Kernel() compute.Kernel                         { return compute.Kernel{} }
func (apply) Reverse(y, _ *node) []*node                     { return graph.NoDerivative(y) }

func matrix(rows, columns int, v ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(rows, columns), tensor.WithBacking(v))
}

// timesSoftmax is a⊙softmax(z), which has a better form that computes the softmax.
type timesSoftmax struct{}

func (timesSoftmax) String() string                              { return "⊙softmax" }
func (timesSoftmax) Shape(x ...graph.Shape) (graph.Shape, error) { return x[0], nil }
func (timesSoftmax) Kernel() compute.Kernel                      { return compute.Kernel{} }
func (timesSoftmax) Reverse(y, _ *node) []*node                  { return graph.NoDerivative(y) }
func (timesSoftmax) Stable(y *node) *node                        { return ops.Mul(y.In(0), ops.Softmax(y.In(1), 0)) }

// everything is a formula with all that a text can have.
func everything(t testing.TB) map[string][]*node {
	t.Helper()
	g := graph.New().NoStable()
	T := graph.Extent("T")
	w := g.Param("w", matrix(2, 3, 1, 2, 3, 4, 5, math.Copysign(0, -1)))
	x := g.Input("x", 3, graph.Batch)
	c := g.Constant("", matrix(2, 1, math.Inf(-1), math.Float64frombits(0x7ff8_dead_beef_0001)))
	mean := g.State("mean", matrix(2, 1, 0, 0))
	u := g.Random("u", 2, graph.Batch)
	z := ops.Add(ops.MatMul(w, x), c).Named("z")
	mean.Becomes(ops.Keep(ops.Mean, z, 1).Named("batch mean"))
	a := graph.Phase(ops.Drop(z, u, 0.5), ops.Sub(z, mean))
	long := g.Input("s", 2, T, graph.Times(4, graph.Batch), graph.Quotient(T, 2, 3, 5))
	part := ops.Slice(ops.Slice(long, 1, 1, graph.End), 1, 0, graph.Shift(T, -2))
	j := ops.Mean(ops.LogLoss(ops.Sigmoid(a), hill.Of(z)))
	return map[string][]*node{
		"J": {j}, "r": graph.Gradient(j, w), "odd": {
			part, g.Size(graph.Times(graph.Batch, T)), g.Const(math.Inf(-1), 2), g.Const(math.Copysign(0, -1)),
			g.Const(math.Float64frombits(0x7ff8_0000_0000_0123)), graph.Jacobian(g.Const(1, 2), g.Input("y", 2))[1],
			ops.Clip(x, math.Inf(-1), 0.1),
		},
		"loops": {apply3(t, g), apply3(t, g)},
	}
}

// apply3 applies a formula in which there is another, twice.
func apply3(t testing.TB, g *graph.Graph) *node {
	inner, x := graph.New(), (*node)(nil)
	x = inner.Input("x", 2, graph.Batch)
	f, err := graph.NewBody([]*node{x, inner.Input("unused")}, []*node{ops.Tanh(ops.Add(x, inner.Constant("k", matrix(2, 1, 1, 2)))), nil})
	if err != nil {
		t.Fatal(err)
	}
	outer := graph.New()
	a, b := outer.Input("a", 2, graph.Batch), outer.Input("b", 2, graph.Batch)
	h, err := graph.NewBody([]*node{b, a}, []*node{ops.Sub(graph.Apply(apply{f}, a), graph.Apply(apply{f}, b))})
	if err != nil {
		t.Fatal(err)
	}
	v := g.Input("v", 2, graph.Batch)
	return ops.Add(graph.Apply(apply{h}, v, v), graph.Apply(apply{f}, v))
}

// The text of a formula is a golden file, and what is read is written as it was.
func TestText(t *testing.T) {
	text, tensors, err := graphio.Encode(everything(t))
	if err != nil {
		t.Fatal(err)
	}
	const file = "testdata/everything.txt"
	if *update {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(golden, text) {
		t.Errorf("%v\n%s\nwant\n%s", err, text, golden)
	}
	roles, err := graphio.Decode(golden, tensors)
	if err != nil {
		t.Fatal(err)
	}
	if len(tensors) > 0 {
		t.Errorf("not taken: %v", tensors)
	}
	again, _, err := graphio.Encode(roles)
	if err != nil || !bytes.Equal(again, text) {
		t.Errorf("%v\n%s\nwas\n%s", err, again, text)
	}
	if !roles["J"][0].Graph().Literal() {
		t.Error("NoStable is lost")
	}
	mean, err := graph.States(roles["J"][0])
	if err != nil || len(mean) != 1 || mean[0].Update().Name() != "batch mean" {
		t.Errorf("states %v, %v", mean, err)
	}
}

// Floats keep their bits: of constants, arguments and values of leaves.
func TestFloatBits(t *testing.T) {
	roles := through(t, everything(t))
	for i, want := range map[int]uint64{2: 0xfff0_0000_0000_0000, 3: 0x8000_0000_0000_0000, 4: 0x7ff8_0000_0000_0123} {
		c, ok := graph.ConstOf(roles["odd"][i])
		if got := math.Float64bits(c); !ok || got != want {
			t.Errorf("constant %d has the bits %x, want %x", i, got, want)
		}
	}
	for _, n := range graph.Cone(roles["J"][0]) {
		for i, v := range map[int]uint64{0: 0xfff0_0000_0000_0000, 1: 0x7ff8_dead_beef_0001} {
			if n.Kind() == graph.Const && math.Float64bits(n.Value().Float64s()[i]) != v {
				t.Errorf("entry %d is %v", i, n.Value().Float64s()[i])
			}
		}
		if n.Name() == "w" && !math.Signbit(n.Value().Float64s()[5]) {
			t.Error("−0 became 0")
		}
	}
}

// A formula in two ops is one formula after a file.
func TestBodiesAreShared(t *testing.T) {
	roles := through(t, everything(t))
	bodies := map[*graph.Body]int{}
	for _, y := range roles["loops"] {
		for _, n := range graph.Cone(y) {
			if op, ok := n.Op().(apply); ok {
				bodies[op.f]++
				for _, m := range graph.Cone(op.f.Outputs()[0]) {
					if op, ok := m.Op().(apply); ok {
						bodies[op.f]++
					}
				}
			}
		}
	}
	// Each of two formulas h has an f, which is in it twice and once beside it.
	if len(bodies) != 4 {
		t.Errorf("%d formulas, want 4: %v", len(bodies), bodies)
	}
}

// A value with respect to which there is a derivative may have a second node of the same
// value, which a stable form computes anew. Both are kept, and programs are the same.
func TestTwins(t *testing.T) {
	g := graph.New()
	z := g.Input("z", 2, graph.Batch)
	a := ops.Softmax(z, 0)
	before := append(graph.Gradient(ops.Sum(graph.Apply(timesSoftmax{}, a, z)), a), a)
	after := through(t, map[string][]*node{"out": before})["out"]
	for _, list := range [][]*node{before, after} {
		twins := map[string]int{}
		for _, n := range graph.Cone(list...) {
			twins[n.String()]++
		}
		if twins["softmax(z)"] != 2 {
			t.Errorf("%d nodes softmax(z), want 2", twins["softmax(z)"])
		}
	}
	if b, a := program(t, before), program(t, after); b != a {
		t.Errorf("%s\nbecame\n%s", b, a)
	}
}

func program(t *testing.T, outputs []*node) string {
	t.Helper()
	p, err := graph.Compile(outputs...)
	if err != nil {
		t.Fatal(err)
	}
	return renumbered(p.String())
}

// renumbered numbers nodes as they come.
func renumbered(text string) string {
	number := map[string]string{}
	return regexp.MustCompile(`[%#]\d+`).ReplaceAllStringFunc(text, func(s string) string {
		if number[s] == "" {
			number[s] = fmt.Sprint("%", len(number))
		}
		return number[s]
	})
}

func through(t *testing.T, roles map[string][]*node) map[string][]*node {
	t.Helper()
	var b bytes.Buffer
	if err := graphio.Write(&b, roles); err != nil {
		t.Fatal(err)
	}
	read, err := graphio.Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// What was read is as before in print.
func TestPrint(t *testing.T) {
	roles := everything(t)
	read := through(t, roles)
	for _, role := range []string{"J", "r"} {
		if got, want := renumbered(read[role][0].String()), renumbered(roles[role][0].String()); got != want || strings.Count(got, "hill") == 0 {
			t.Errorf("%s: %s, was %s", role, got, want)
		}
	}
	w := func(of map[string][]*node) *node { return graph.Params(of["J"]...)[0] }
	if got, want := graph.Composition(read["J"][0], w(read)), graph.Composition(roles["J"][0], w(roles)); got != want {
		t.Errorf("%s, was %s", got, want)
	}
}

// The end of a slice is the same text whatever an int is.
func TestEnd(t *testing.T) {
	x := graph.New().Input("x", 3, graph.Extent("T"), graph.Batch)
	text, _, err := graphio.Encode(map[string][]*node{"last": {ops.Index(x, 1, -1)}})
	if err != nil || !strings.Contains(string(text), `"op":"Slice","args":[1,-1,9223372036854775807]`) {
		t.Fatalf("%s, %v", text, err)
	}
	if nodes, err := graphio.Decode(text, nil); err != nil || !strings.Contains(nodes["last"][0].String(), "slice[-1:](x)") {
		t.Errorf("%v, %v", nodes, err)
	}
}
