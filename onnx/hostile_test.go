package onnx_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"adjoint/graph"
	"adjoint/internal/memtest"
	"adjoint/onnx"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// file is a model of nodes, with one input x of shape (N, 2) and the outputs that are named.
func file(nodes []proto.Node, outputs ...proto.Name) []byte {
	x := proto.Value{Name: "x", Element: proto.Float32, Dims: []proto.Dim{{Name: "N"}, {Known: true, Size: 2}}}
	m := proto.Model{IR: 8, Opsets: []proto.Opset{{Version: 17}}, Graph: &proto.Graph{Name: "g", Nodes: nodes, Inputs: []proto.Value{x}}}
	for _, y := range outputs {
		m.Graph.Outputs = append(m.Graph.Outputs, proto.Value{Name: y, Element: proto.Float32})
	}
	return m.Encode()
}

func node(op string, out proto.Name, in ...proto.Name) proto.Node {
	return proto.Node{Name: string(out), Op: op, In: in, Out: []proto.Name{out}}
}

func integers(v ...int) proto.Attribute { return proto.Attribute{Name: "value_ints", Value: v} }

// What is not read says so, and names the node, the operator, its opset and the reason.
func TestWhatIsNotRead(t *testing.T) {
	constant := func(out proto.Name, v ...int) proto.Node {
		n := node("Constant", out)
		n.Attributes = []proto.Attribute{integers(v...)}
		return n
	}
	for _, c := range []struct {
		name  string
		nodes []proto.Node
		says  []string
	}{
		{"unknown", []proto.Node{node("Fly", "y", "x")}, []string{`node "y", Fly of opset 17`, "no such operator"}},
		{"cyclic", []proto.Node{node("Relu", "y", "z"), node("Relu", "z", "y")}, []string{`reads "z" before`}},
		{"of itself", []proto.Node{node("Relu", "y", "y")}, []string{`reads "y" before`}},
		{"twice", []proto.Node{node("Relu", "y", "x"), node("Abs", "y", "x")}, []string{`computes "y" once more`}},
		{"no output", []proto.Node{node("Relu", "z", "x")}, []string{"output y", "no node computes it"}},
		{"no input", []proto.Node{node("Add", "y", "x")}, []string{"no input 1"}},
		{"dynamic", []proto.Node{node("NonZero", "y", "x")}, []string{"depends on the values"}},
		{"random", []proto.Node{node("RandomNormalLike", "y", "x")}, []string{"random numbers"}},
		{"shapes", []proto.Node{constant("s", 3), node("Reshape", "y", "x", "s")}, []string{"Reshape", "do not compose"}},
		{"unknown shape", []proto.Node{node("Reshape", "y", "x", "x")}, []string{"has to be known", "Dims"}},
		{"huge", []proto.Node{constant("s", math.MaxInt, math.MaxInt), node("ConstantOfShape", "z", "s"), node("Relu", "y", "z")}, []string{"ConstantOfShape", "too large"}},
		{"negative", []proto.Node{constant("s", -5), node("ConstantOfShape", "y", "s")}, []string{"ConstantOfShape"}},
		{"axis", []proto.Node{{Op: "Softmax", In: []proto.Name{"x"}, Out: []proto.Name{"y"}, Attributes: []proto.Attribute{{Name: "axis", Value: int64(9)}}}}, []string{"no such axis"}},
	} {
		_, err := onnx.Read(bytes.NewReader(file(c.nodes, "y")), onnx.ReadOptions{})
		if err == nil || !errors.Is(err, onnx.ErrNotRead) && !errors.Is(err, onnx.ErrFormat) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for _, s := range c.says {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("%s: %v does not say %q", c.name, err, s)
			}
		}
	}
}

// Bytes that were cut off or changed are an error or another file, never a panic.
func TestBrokenFiles(t *testing.T) {
	for _, whole := range [][]byte{modelFile(t), file([]proto.Node{node("Relu", "z", "x"), node("Softmax", "y", "z")}, "y")} {
		for n := range whole {
			if _, err := onnx.Read(bytes.NewReader(whole[:n]), onnx.ReadOptions{}); err == nil && n < len(whole)/2 {
				t.Errorf("%d bytes of %d are read", n, len(whole))
			}
			for _, bit := range []byte{1, 0x10, 0x80} {
				flipped := bytes.Clone(whole)
				flipped[n] ^= bit
				onnx.Read(bytes.NewReader(flipped), onnx.ReadOptions{})
			}
		}
	}
}

// modelFile is that of a layer.
func modelFile(t *testing.T) []byte {
	t.Helper()
	g := graph.NewOf(tensor.Float32)
	x := g.Input("x", 3, graph.Batch)
	w := g.Param("w", tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float32{1, 2, 3, 4, 5, 6})))
	var b bytes.Buffer
	if err := onnx.Write(&b, onnx.Options{}, ops.Softmax(ops.MatMul(w, x), 0).Named("y")); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A file does not choose how much memory is taken to read it: 1 MB of empty nodes, entries or
// opsets takes less than 64 MB.
func TestMemory(t *testing.T) {
	for name, b := range map[string][]byte{
		"empty nodes": append([]byte{0x3a, 0x80, 0x80, 0x40}, bytes.Repeat([]byte{0x0a, 0}, 1<<19)...),
		"zeros":       make([]byte, 1<<20),
		"entries":     bytes.Repeat([]byte{0x72, 0}, 1<<19),
		"opsets":      bytes.Repeat([]byte{0x42, 0}, 1<<19),
	} {
		took := memtest.Allocated(func() {
			if _, err := onnx.Read(bytes.NewReader(b), onnx.ReadOptions{}); err == nil {
				t.Errorf("%s are read", name)
			}
		})
		if took > memtest.Most {
			t.Errorf("%s: %d bytes take %d", name, len(b), took)
		}
	}
}

// Tensors beside the file are read from its folder and from nowhere else.
func TestExternalData(t *testing.T) {
	folder := t.TempDir()
	inside := filepath.Join(folder, "model")
	if err := os.Mkdir(inside, 0o700); err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string]string{filepath.Join(inside, "w.bin"): "\x00\x00\x80\x3f\x00\x00\x00\x40", filepath.Join(folder, "secret"): "12345678"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(folder, "secret"), filepath.Join(inside, "link")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(inside, "model.onnx")
	model := func(place ...proto.Entry) []byte {
		m := proto.Model{IR: 8, Opsets: []proto.Opset{{Version: 17}}, Graph: &proto.Graph{
			Nodes:        []proto.Node{node("Identity", "y", "w")},
			Initializers: []proto.Tensor{{Name: "w", Element: proto.Float32, Dims: []int{2}, External: place}},
			Outputs:      []proto.Value{{Name: "y", Element: proto.Float32}},
		}}
		if err := os.WriteFile(path, m.Encode(), 0o600); err != nil {
			t.Fatal(err)
		}
		return m.Encode()
	}
	for place, good := range map[string]bool{"w.bin": true, "../secret": false, "link": false, filepath.Join(folder, "secret"): false, "missing": false, ".": false} {
		bare := model(proto.Entry{Key: "location", Value: place})
		f, err := onnx.ReadFile(path, onnx.ReadOptions{})
		if (err == nil) != good {
			t.Errorf("%s: %v", place, err)
		}
		if good && err == nil {
			if v := graph.Values[float32](f.Params[0].Value()); v[0] != 1 || v[1] != 2 {
				t.Errorf("w = %v", v)
			}
		}
		if _, err := onnx.Read(bytes.NewReader(bare), onnx.ReadOptions{}); err == nil {
			t.Errorf("%s: read without a folder", place)
		}
	}
	// A part that is not in the file is not asked for.
	for _, part := range [][2]string{{"4", "8"}, {"8", "8"}, {"9", "1"}, {"-1", "8"}, {"9223372036854775807", "8"}, {"0", "4611686018427387904"}} {
		model(proto.Entry{Key: "location", Value: "w.bin"}, proto.Entry{Key: "offset", Value: part[0]}, proto.Entry{Key: "length", Value: part[1]})
		if _, err := onnx.ReadFile(path, onnx.ReadOptions{}); !errors.Is(err, onnx.ErrFormat) {
			t.Errorf("%s bytes from %s on of 8: %v", part[1], part[0], err)
		}
	}
}

// Sessions of one file, one for each goroutine, say the same.
func TestSessionsTogether(t *testing.T) {
	f, err := onnx.Read(bytes.NewReader(modelFile(t)), onnx.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Session()
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]onnx.Array{"x": {Dims: []int{3, 2}, Data: []float32{1, 2, 3, 4, 5, 6}}}
	want, err := s.Run(in)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 64 {
		c := s.Clone()
		all.Go(func() {
			for range 20 {
				got, err := c.Run(in)
				if err != nil || floatsOf(got[0])[0] != floatsOf(want[0])[0] {
					t.Errorf("%v, %v", got, err)
				}
			}
		})
	}
	all.Wait()
}

// Every operator is read, or there is a reason.
func TestSupport(t *testing.T) {
	read := 0
	for _, op := range onnx.Support() {
		if op.Read {
			read++
		} else if op.Limits == "" {
			t.Errorf("%s is not read, for no reason", op.Name)
		}
	}
	if read < 150 {
		t.Errorf("%d operators are read", read)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file([]proto.Node{node("Relu", "z", "x"), node("Softmax", "y", "z")}, "y"))
	f.Add(file([]proto.Node{node("Shape", "s", "x"), node("ConstantOfShape", "y", "s")}, "y"))
	f.Add(gelu(f).Encode())
	g := graph.New()
	a := ops.Scan(func(s *graph.Node, x ...*graph.Node) *graph.Node { return ops.Tanh(ops.Add(s, x[0])) },
		g.Input("s", 2, graph.Batch), g.Input("x", 2, graph.Extent("T"), graph.Batch))
	for _, write := range []func(w *bytes.Buffer) error{
		func(w *bytes.Buffer) error {
			return onnx.Write(w, onnx.Options{}, graph.Gradient(ops.Sum(a), a.Inputs()...)...)
		},
		func(w *bytes.Buffer) error { return onnx.WriteModel(w, seconds(), onnx.ModelOptions{}) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := onnx.Read(bytes.NewReader(b), onnx.ReadOptions{})
		if err == nil {
			file.Session() // may fail, and does not panic
		} else if !errors.Is(err, onnx.ErrNotRead) && !errors.Is(err, onnx.ErrFormat) {
			t.Errorf("%v is neither ErrNotRead nor ErrFormat", err)
		}
	})
}
