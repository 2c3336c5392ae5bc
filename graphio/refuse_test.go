package graphio_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/graphio"
	"adjoint/internal/memtest"
	"adjoint/internal/safetensors"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// What a file cannot hold is refused when it is written, with the cure.
func TestWriteRefuses(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2)
	w := g.Param("w", matrix(1, 1, 1))
	unnamed := &ops.Pointwise{Name: "mine", G: math.Sqrt}
	unknown := &ops.Pointwise{Name: "mine", G: math.Sqrt, Is: graph.Description{Name: "test.Unknown"}}
	another := &ops.Pointwise{Name: "mine", G: math.Sqrt, Is: graph.Description{Name: "Sqrt"}}
	for name, c := range map[string]struct {
		nodes []*node
		want  error
		says  string
	}{
		"nothing":              {nil, graph.ErrGraph, "no nodes"},
		"a node that failed":   {[]*node{ops.Reshape(x, 3)}, graph.ErrShape, "refuse_test.go"},
		"nil":                  {[]*node{nil}, graph.ErrGraph, ""},
		"two graphs":           {[]*node{x, graph.New().Input("x", 2)}, graph.ErrGraph, ""},
		"an op without name":   {[]*node{unnamed.Of(x)}, graphio.ErrOp, "field Is"},
		"an unknown op":        {[]*node{unknown.Of(x)}, graph.ErrUnregistered, `graph.Register("test.Unknown", …)`},
		"another's name":       {[]*node{another.Of(x)}, graphio.ErrOp, "which makes"},
		"two parameters":       {[]*node{w, g.Param("w", matrix(1, 1, 1))}, graphio.ErrName, `"w"`},
		"a parameter, a state": {[]*node{w, g.State("w", matrix(1, 1, 1))}, graphio.ErrName, `"w"`},
		"no name":              {[]*node{g.Param("", matrix(1, 1, 1))}, graphio.ErrName, "no name"},
		"a constant's name":    {[]*node{g.Param("constant.1", matrix(1, 1, 1)), g.Constant("c", matrix(1, 1, 1))}, graphio.ErrName, "constant.1"},
		"no text":              {[]*node{g.Input("\xff", 2)}, graphio.ErrName, `"\xff"`},
		"an argument":          {[]*node{graph.Apply(odd{[2]int{1, 2}}, x)}, graph.ErrValue, "1 arguments, want 0"},
		"a long line":          {[]*node{ops.Concat(0, slicesOf(x, 600_000)...)}, graphio.ErrOp, "bytes"},
	} {
		err := graphio.Write(io.Discard, map[string][]*node{"y": c.nodes})
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := graphio.Write(io.Discard, map[string][]*node{"\xff": {x}}); !errors.Is(err, graphio.ErrName) {
		t.Errorf("a role that is no text: %v", err)
	}
}

// odd is an op with an argument of a kind that files do not have.
type odd struct{ pair [2]int }

func init() {
	graph.Register("test.Odd", 1, func(*graph.Args) graph.Op { return odd{[2]int{1, 2}} })
}

func (odd) String() string { return "odd" }
func (odd) Describe() graph.Description {
	return graph.Description{Name: "test.Odd", Args: []any{[2]int{1, 2}}}
}
func (odd) Shape(x ...graph.Shape) (graph.Shape, error) { return x[0], nil }
func (odd) Kernel() compute.Kernel                      { return compute.Kernel{} }
func (odd) Reverse(y, _ *node) []*node                  { return graph.NoDerivative(y) }

func slicesOf(x *node, n int) []*node {
	list := make([]*node, n)
	for i := range list {
		list[i] = x
	}
	return list
}

// small is a formula for forgeries.
const small = `{"formula":1,"float":"float64","bodies":1,"nodes":5}
{"body":0,"nodes":1,"inputs":[0],"outputs":[0]}
{"kind":"input","shape":[2],"name":"b"}
{"kind":"param","shape":[2,1],"name":"w"}
{"kind":"input","shape":[1,"N"],"name":"x"}
{"op":"MatMul","in":[0,1],"shape":[2,"N"],"name":"z"}
{"op":"Affine","args":[{"float":2},{"float":0}],"in":[2],"shape":[2,"N"],"by":2}
{"kind":"state","shape":[2,1],"name":"s","becomes":0}
{"roles":{"y":[3],"s":[4]}}
`

func smallTensors() map[string]*tensor.Dense {
	return map[string]*tensor.Dense{"w": matrix(2, 1, 1, 2), "s": matrix(2, 1, 0, 0)}
}

// A text that says what cannot be is refused, with the line.
func TestHostileTexts(t *testing.T) {
	if _, err := graphio.Decode([]byte(small), smallTensors()); err != nil {
		t.Fatal(err)
	}
	corrupt, format, unregistered := graphio.ErrCorrupt, graphio.ErrFormat, graph.ErrUnregistered
	for name, c := range map[string]struct {
		before, after string
		want          error
	}{
		"a later version":         {`"formula":1`, `"formula":2`, format},
		"another float type":      {`float64`, `bfloat16`, format},
		"an unknown field":        {`"float"`, `"double":1,"float"`, format},
		"no JSON":                 {`{"formula"`, `{{"formula"`, format},
		"another kind of leaf":    {`"kind":"param"`, `"kind":"hyper"`, format},
		"an op of nobody":         {`"op":"Affine"`, `"op":"Affinity"`, unregistered},
		"a cycle":                 {`"in":[0,1]`, `"in":[0,2]`, corrupt},
		"a later node":            {`"in":[0,1]`, `"in":[0,3]`, corrupt},
		"a node below 0":          {`"in":[0,1]`, `"in":[-1,1]`, corrupt},
		"an input less":           {`"in":[0,1]`, `"in":[0]`, corrupt},
		"an input more":           {`"in":[2]`, `"in":[2,2]`, corrupt},
		"another shape":           {`"in":[0,1],"shape":[2,"N"]`, `"in":[0,1],"shape":[2,3]`, corrupt},
		"shapes that do not fit":  {`"kind":"input","shape":[1,"N"]`, `"kind":"input","shape":[3,"N"]`, corrupt},
		"another order":           {`"in":[0,1]`, `"in":[1,0]`, corrupt},
		"the r of a later node":   {`"by":2`, `"by":3`, corrupt},
		"the r of a leaf":         {`"by":2`, `"by":0`, corrupt},
		"nodes less":              {`"nodes":5`, `"nodes":4`, corrupt},
		"nodes more":              {`"nodes":5`, `"nodes":6`, corrupt},
		"nodes without number":    {`"nodes":5`, fmt.Sprintf(`"nodes":%d`, math.MaxInt), corrupt},
		"nodes below 0":           {`"nodes":5`, `"nodes":-5`, corrupt},
		"bodies more":             {`"bodies":1`, `"bodies":1000000000`, corrupt},
		"another body":            {`"body":0`, `"body":1`, corrupt},
		"a body of no inputs":     {`"inputs":[0]`, `"inputs":[]`, corrupt},
		"a body of no node":       {`"outputs":[0]`, `"outputs":[1]`, corrupt},
		"a body of zeros":         {`"outputs":[0]`, `"outputs":[null]`, corrupt},
		"no argument":             {`[{"float":2},{"float":0}]`, `[{"float":2}]`, corrupt},
		"an argument more":        {`{"float":0}]`, `{"float":0},1]`, corrupt},
		"another argument":        {`{"float":2}`, `"2"`, corrupt},
		"an argument of no kind":  {`{"float":2}`, `{"double":2}`, corrupt},
		"an argument of two":      {`{"float":2}`, `{"float":2,"bits":"0"}`, corrupt},
		"a null":                  {`{"float":2}`, `null`, corrupt},
		"a float for an int":      {`{"float":2}`, `2.5`, corrupt},
		"a body of nobody":        {`{"float":2}`, `{"body":7}`, corrupt},
		"a bad number":            {`{"float":2}`, `{"float":1e999}`, corrupt},
		"bits":                    {`{"float":2}`, `{"bits":"zz"}`, corrupt},
		"NaN for a slope":         {`{"float":2}`, `{"bits":"7ff8000000000000"}`, corrupt},
		"the same node twice":     {small[strings.Index(small, `{"op":"Affine"`):strings.Index(small, `{"roles"`)], strings.Repeat(`{"kind":"extent","extent":"N","shape":[]}`+"\n", 2), corrupt},
		"an extent of a number":   {`"kind":"input","shape":[1,"N"],"name":"x"`, `"kind":"extent","extent":3,"shape":[]`, corrupt},
		"an extent of no name":    {`"shape":[1,"N"]`, `"shape":[1,"N N"]`, corrupt},
		"a negative extent":       {`"shape":[1,"N"]`, `"shape":[1,-1]`, corrupt},
		"an extent of 0":          {`"shape":[1,"N"]`, `"shape":[0,"N"]`, corrupt},
		"a huge shape":            {`"shape":[1,"N"]`, `"shape":[4611686018427387904,"N",4]`, corrupt},
		"a product of texts":      {`"shape":[1,"N"]`, `"shape":[1,{"times":["N","?"]}]`, corrupt},
		"a quotient by 0":         {`"shape":[1,"N"]`, `"shape":[1,{"of":"N","a":1,"b":0,"c":0}]`, corrupt},
		"a quotient and more":     {`"shape":[1,"N"]`, `"shape":[1,{"of":"N","a":1,"b":0,"c":2,"d":1}]`, corrupt},
		"a deep extent":           {`"shape":[1,"N"]`, `"shape":[1,` + strings.Repeat(`{"times":[`, 5000) + `"N"` + strings.Repeat(`]}`, 5000) + `]`, corrupt},
		"deep JSON":               {`"shape":[1,"N"]`, `"shape":` + strings.Repeat(`[`, 100_000), corrupt},
		"a leaf with inputs":      {`"kind":"input","shape":[1,"N"]`, `"kind":"input","in":[0],"shape":[1,"N"]`, corrupt},
		"a leaf that is an op":    {`"kind":"input","shape":[1,"N"]`, `"kind":"input","op":"Exp","shape":[1,"N"]`, corrupt},
		"no tensor":               {`"name":"w"`, `"name":"v"`, corrupt},
		"a tensor of two":         {`"kind":"state","shape":[2,1],"name":"s"`, `"kind":"state","shape":[2,1],"name":"w"`, corrupt},
		"a tensor of N":           {`"kind":"param","shape":[2,1]`, `"kind":"param","shape":[2,"N"]`, corrupt},
		"a parameter that moves":  {`"kind":"param","shape":[2,1]`, `"kind":"param","becomes":0,"shape":[2,1]`, corrupt},
		"moving to no node":       {`"becomes":0`, `"becomes":5`, corrupt},
		"moving to another shape": {`"becomes":0`, `"becomes":2`, corrupt},
		"a role of no node":       {`"y":[3]`, `"y":[5]`, corrupt},
		"no roles":                {"{\"roles\":{\"y\":[3],\"s\":[4]}}\n", "", corrupt},
		"more":                    {"{\"roles\":{\"y\":[3],\"s\":[4]}}\n", "{\"roles\":{}}\n\n", corrupt},
		"two on a line":           {`"name":"x"}`, `"name":"x"}{}`, corrupt},
		"no last line":            {"[4]}}\n", "[4]}}", corrupt},
		"a long line":             {`"name":"x"`, `"name":"` + strings.Repeat("x", 2<<20) + `"`, corrupt},
	} {
		text := strings.Replace(small, c.before, c.after, 1)
		if text == small {
			t.Fatalf("%s: no %s", name, c.before)
		}
		var err error
		n := memtest.Allocated(func() { _, err = graphio.Decode([]byte(text), smallTensors()) })
		if !errors.Is(err, c.want) || (c.want == corrupt) != errors.Is(err, corrupt) || !strings.Contains(err.Error(), "formula:") {
			t.Errorf("%s: %v", name, err)
		}
		if n > uint64(1<<20+200*len(text)) {
			t.Errorf("%s: %d bytes allocated", name, n)
		}
	}
	for i := range small {
		if _, err := graphio.Decode([]byte(small[:i]), smallTensors()); err == nil {
			t.Errorf("%d bytes of the text are enough", i)
		}
	}
}

// Every file that was cut or of which a bit was flipped is refused.
func TestHostileFiles(t *testing.T) {
	g := graph.New()
	y := ops.Tanh(ops.MatMul(g.Param("w", matrix(2, 1, 1, 2)), g.Input("x", 1, graph.Batch)))
	var b bytes.Buffer
	if err := graphio.Write(&b, map[string][]*node{"y": {y}}); err != nil {
		t.Fatal(err)
	}
	file := b.Bytes()
	for i := range file {
		if _, err := graphio.Read(bytes.NewReader(file[:i])); !errors.Is(err, graphio.ErrCorrupt) {
			t.Errorf("%d bytes: %v", i, err)
		}
		for bit := range 8 {
			flipped := bytes.Clone(file)
			flipped[i] ^= 1 << bit
			if _, err := graphio.Read(bytes.NewReader(flipped)); !errors.Is(err, graphio.ErrCorrupt) && !errors.Is(err, graphio.ErrFormat) {
				t.Errorf("bit %d of byte %d: %v", bit, i, err)
			}
		}
	}
	for name, c := range map[string]struct {
		want error
		do   func(f *safetensors.File)
	}{
		"no formula":    {graphio.ErrFormat, func(f *safetensors.File) { f.Metadata = nil }},
		"a tensor more": {graphio.ErrCorrupt, func(f *safetensors.File) { f.Tensors = append(f.Tensors, safetensors.Of("v", matrix(1, 1, 1))) }},
		"no entries": {graphio.ErrCorrupt, func(f *safetensors.File) {
			f.Tensors = append(f.Tensors, safetensors.Tensor{Name: "v", Shape: []int{0}, F64: []float64{}})
		}},
		"single numbers": {graphio.ErrCorrupt, func(f *safetensors.File) { f.Tensors[0].F32, f.Tensors[0].F64 = []float32{1, 2}, nil }},
	} {
		f, err := safetensors.Read(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		c.do(f)
		var forged bytes.Buffer
		if err := f.Write(&forged); err != nil {
			t.Fatal(err)
		}
		if _, err := graphio.Read(&forged); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := errors.New("broken")
	if err := graphio.Write(failing{broken}, map[string][]*node{"y": {y}}); !errors.Is(err, broken) {
		t.Errorf("the error of a writer: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
