package onnx_test

import (
	"bytes"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/onnx"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
	"adjoint/sequence"

	"gorgonia.org/tensor"
)

// A recurrence over T times, in either direction, reads back as one op, for every T and N, with the
// values that it had; so does its gradient, whose loops have values beside the state. Its doc strings do not
// help: this is what files of other programs are.
func TestLoopsOverASymbol(t *testing.T) {
	for name, o := range map[string]sequence.Options{"Scan": {}, "ScanBack": {Back: true}} {
		g := graph.New()
		w, u, b := g.Param("w", graph.Tensor(waves(24), 12, 2)), g.Param("u", graph.Tensor(waves(36), 12, 3)), g.Param("b", graph.Tensor(waves(12), 12, 1))
		x := g.Input("x", 2, graph.Extent("T"), graph.Batch)
		y := sequence.LSTM(w, u, b).Over(x, o)
		out := append([]*graph.Node{y}, graph.Gradient(ops.Sum(ops.Square(y)), w, u, b, x)...)
		var file bytes.Buffer
		if err := onnx.Write(&file, onnx.Options{}, out...); err != nil {
			t.Fatal(err)
		}
		m, err := proto.Decode(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.Graph.Nodes {
			m.Graph.Nodes[i].Doc = ""
		}
		back, err := onnx.Read(bytes.NewReader(m.Encode()), onnx.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if n := loopsIn(back.Outputs[0].Node); !maps.Equal(n, map[string]int{name: 1}) {
			t.Errorf("%s reads back as %v", name, n)
		}
		for _, dims := range [][]int{{2, 3, 4}, {2, 2, 1}, {2, 5, 2}} {
			same(t, back, x, out, dims)
		}
	}
}

func waves(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.Sin(float64(i*i + 1))
	}
	return v
}

// loopsIn counts the loops of a formula, by name.
func loopsIn(y ...*graph.Node) map[string]int {
	loops := map[string]int{}
	for _, n := range graph.Cone(y...) {
		if op, ok := n.Op().(graph.Describer); ok && strings.HasPrefix(op.Describe().Name, "Scan") {
			loops[op.Describe().Name]++
		}
	}
	return loops
}

// bodiesIn counts the steps of the loops of a formula.
func bodiesIn(y []*graph.Node) int {
	bodies := map[*graph.Body]bool{}
	for _, n := range graph.Cone(y...) {
		if op, ok := n.Op().(graph.Describer); ok {
			for _, a := range op.Describe().Args {
				if b, ok := a.(*graph.Body); ok {
					bodies[b] = true
				}
			}
		}
	}
	return len(bodies)
}

// same compares what was read with a formula of x, of these extents.
func same(t *testing.T, back *onnx.File, x *graph.Node, y []*graph.Node, dims []int) {
	t.Helper()
	s, err := back.Session()
	if err != nil {
		t.Fatal(err)
	}
	in := waves(tensor.Shape(dims).TotalSize())
	out, err := s.Run(map[string]onnx.Array{"x": {Dims: dims, Data: in}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := graph.Compile(y...)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Feed(x, graph.Tensor(in, dims...)), p.Run()); err != nil {
		t.Fatal(err)
	}
	for k, n := range y {
		v, err := p.Value(n)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range v.Float64s() {
			if got := floatsOf(out[k])[i]; !(math.Abs(got-want) < 1e-13) {
				t.Fatalf("output %d of %v: entry %d is %v, want %v", k, dims, i, got, want)
			}
		}
		if !slices.Equal(out[k].Dims, v.Shape()) {
			t.Errorf("output %d of %v has shape %v, want %v", k, dims, out[k].Dims, v.Shape())
		}
	}
}

// The gradient of a recurrence over any T, and the gradient of that, are read as the loops that they were, of the
// same steps, and compute the same bits; where a loop was changed, the change counts.
func TestGradientOfLoopsBack(t *testing.T) {
	for _, o := range []sequence.Options{{}, {Back: true}} {
		g := graph.New()
		w, u, b := g.Param("w", graph.Tensor(waves(24), 12, 2)), g.Param("u", graph.Tensor(waves(36), 12, 3)), g.Param("b", graph.Tensor(waves(12), 12, 1))
		x := g.Input("x", 2, graph.Extent("T"), graph.Batch)
		y := ops.Sum(ops.Square(sequence.LSTM(w, u, b).Over(x, o)))
		outputs := graph.Gradient(y, w, u, b, x)
		outputs = append(outputs, graph.Gradient(ops.Sum(ops.Square(outputs[0])), u, x)...)
		p, err := graph.Compile(outputs...)
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := onnx.Write(&file, onnx.Options{}, outputs...); err != nil {
			t.Fatal(err)
		}
		m, err := proto.Decode(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		back, err := onnx.Read(&file, onnx.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var read []*graph.Node
		for _, p := range back.Outputs {
			read = append(read, p.Node)
		}
		if got, want := bodiesIn(read), bodiesIn(outputs); got != want {
			t.Errorf("%d steps of loops, want %d", got, want)
		}
		s, err := back.Session()
		if err != nil {
			t.Fatal(err)
		}
		var before []float64
		for _, dims := range [][]int{{2, 3, 4}, {2, 1, 1}, {2, 65, 2}} {
			in := waves(graph.Times(dims...))
			out, err := s.Run(map[string]onnx.Array{"x": {Dims: dims, Data: in}})
			if err := errors.Join(err, p.Feed(x, graph.Tensor(in, dims...)), p.Run()); err != nil {
				t.Fatal(err)
			}
			want, err := p.Values()
			if err != nil {
				t.Fatal(err)
			}
			if before == nil {
				before = slices.Clone(want[0].Float64s())
			}
			for i, v := range want {
				if !slices.Equal(floatsOf(out[i]), v.Float64s()) {
					t.Errorf("%+v of %v: gradient %d is %v, want %v", o, dims, i, floatsOf(out[i]), v)
				}
			}
		}
		testChangedLoops(t, m, before)
	}
}

// testChangedLoops changes the first loop of m in two ways. Its first output for x of 2·3·4 waves is not that of before.
func testChangedLoops(t *testing.T, m *proto.Model, before []float64) {
	t.Helper()
	loop := slices.IndexFunc(m.Graph.Nodes, func(n proto.Node) bool { return n.Op == "Scan" })
	inner := m.Graph.Nodes[loop].Attributes[0].Value.(*proto.Graph)
	state := inner.Inputs[0].Name
	for _, change := range []func(){ // a name that is there twice, and another state
		func() {
			inner.Inputs[0].Name = "w" // as a weight outside is
			for _, n := range inner.Nodes {
				for i, x := range n.In {
					if x == state {
						n.In[i] = "w"
					}
				}
			}
		},
		func() { inner.Nodes[len(inner.Nodes)-1].In[0] = inner.Inputs[0].Name },
	} {
		change()
		back, err := onnx.Read(bytes.NewReader(m.Encode()), onnx.ReadOptions{})
		if errors.Is(err, onnx.ErrNotRead) { // its gradient is none of a loop
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		s, err := back.Session()
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.Run(map[string]onnx.Array{"x": {Dims: []int{2, 3, 4}, Data: waves(24)}})
		if err != nil {
			t.Fatal(err)
		}
		if slices.Equal(floatsOf(out[0]), before) {
			t.Error("a loop that was changed is read as it was")
		}
	}
}
