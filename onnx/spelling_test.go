package onnx_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/internal/memtest"
	"adjoint/onnx"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
)

// gelu is a file of GELU(x) for five numbers.
func gelu(t testing.TB) *proto.Model {
	t.Helper()
	g := graph.New()
	x := g.Input("x", 5)
	var file bytes.Buffer
	if err := onnx.Write(&file, onnx.Options{}, ops.GELU(x).Named("y")); err != nil {
		t.Fatal(err)
	}
	m, err := proto.Decode(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func opsOf(t *testing.T, m *proto.Model) (text string, y float64) {
	t.Helper()
	f, err := onnx.Read(bytes.NewReader(m.Encode()), onnx.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Session()
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.Run(map[string]onnx.Array{"x": {Dims: []int{5}, Data: []float64{1, 2, 3, 4, 5}}})
	if err != nil {
		t.Fatal(err)
	}
	if is := f.Outputs[0].Node.Op().String(); is == "GELU" && f.Graph.Len() > 2 {
		t.Errorf("%d nodes are read for GELU(x)", f.Graph.Len())
	}
	return f.Outputs[0].Node.Op().String(), floatsOf(out[0])[0]
}

// An op that the file has as several nodes is that op again. Where the nodes are no longer those
// of the op, they say what is computed, and not the doc string.
func TestSpelledOps(t *testing.T) {
	want := 0.5 * (1 + math.Erf(math.Sqrt(0.5)))
	is, y := opsOf(t, gelu(t))
	if is != "GELU" || math.Abs(y-want) > 1e-15 {
		t.Errorf("%s(1) = %g, want GELU(1) = %g", is, y, want)
	}
	for name, change := range map[string]func(g *proto.Graph){
		"a number":    func(g *proto.Graph) { twice(t, g) },
		"an operator": func(g *proto.Graph) { g.Nodes[len(g.Nodes)-1].Op = "Add" },
		"an operand": func(g *proto.Graph) {
			last := &g.Nodes[len(g.Nodes)-1]
			last.In[0] = last.In[1]
		},
	} {
		m := gelu(t)
		change(m.Graph)
		is, y := opsOf(t, m)
		if is == "GELU" || math.Abs(y-want) < 1e-3 {
			t.Errorf("%s was changed: %s(1) = %g", name, is, y)
		}
		for i := range m.Graph.Nodes {
			m.Graph.Nodes[i].Doc = ""
		}
		if _, plain := opsOf(t, m); plain != y {
			t.Errorf("%s was changed: %g, without doc strings %g", name, y, plain)
		}
	}
}

// twice doubles all numbers of a graph.
func twice(t *testing.T, g *proto.Graph) {
	for i := range g.Initializers {
		v := &g.Initializers[i]
		list, err := v.Floats()
		if err != nil {
			t.Fatal(err)
		}
		v.Raw = nil
		for _, x := range list {
			bits := math.Float64bits(2 * x)
			for shift := 0; shift < 64; shift += 8 {
				v.Raw = append(v.Raw, byte(bits>>shift))
			}
		}
	}
}

// A doc string that would make much of little is not followed.
func TestSpelledOpsCostLittle(t *testing.T) {
	m := gelu(t)
	last := &m.Graph.Nodes[len(m.Graph.Nodes)-1]
	last.Doc = strings.Join([]string{
		`{"formula":1,"float":"float64","nodes":2}`,
		`{"kind":"input","name":"x","shape":[1,1,4000,"N"]}`,
		`{"op":"Patches","args":[[1,2000,1,1,0,0,0,0,1,1]],"in":[0],"shape":[1,1,2000,1,2001,"N"]}`,
		`{"roles":{"x":[0],"y":[1]}}`, "",
	}, "\n")
	file := m.Encode()
	n := memtest.Allocated(func() {
		if _, err := onnx.Read(bytes.NewReader(file), onnx.ReadOptions{}); err != nil {
			t.Error(err)
		}
	})
	if n > 1<<20 {
		t.Errorf("%d bytes of memory for %d", n, len(file))
	}
	if is, _ := opsOf(t, m); strings.Contains(is, "patches") {
		t.Error("a false doc string is followed")
	}
}
