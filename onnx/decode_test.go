package onnx_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// A reader of ONNX files for tests, which knows of protocol buffers what protowire
// does, and of ONNX the numbers of fields.

// A fields is a message: the values of its fields, a uint64 or []byte each.
type fields map[protowire.Number][]any

func decode(t *testing.T, b []byte) fields {
	t.Helper()
	m := fields{}
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		b = b[n:]
		var v any
		switch kind {
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var bits uint32
			bits, n = protowire.ConsumeFixed32(b)
			v = uint64(bits)
		case protowire.BytesType:
			v, n = protowire.ConsumeBytes(b)
		default:
			t.Fatalf("field %d has wire type %d", number, kind)
		}
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		m[number], b = append(m[number], v), b[n:]
	}
	return m
}

// only are the values of a field, and those are all that the test expects.
func (m fields) integers(n protowire.Number) []int {
	var list []int
	for _, v := range m[n] {
		list = append(list, int(v.(uint64)))
	}
	return list
}

func (m fields) integer(n protowire.Number) int {
	if l := m.integers(n); len(l) == 1 {
		return l[0]
	}
	return -1
}

func (m fields) texts(n protowire.Number) []string {
	var list []string
	for _, v := range m[n] {
		list = append(list, string(v.([]byte)))
	}
	return list
}

func (m fields) text(n protowire.Number) string { return strings.Join(m.texts(n), "|") }

func (m fields) messages(t *testing.T, n protowire.Number) []fields {
	var list []fields
	for _, v := range m[n] {
		list = append(list, decode(t, v.([]byte)))
	}
	return list
}

// A parsed is what a file says.
type parsed struct {
	ir, opset       int
	producer, doc   string
	name            string
	inputs, outputs []string // "x: float(3, N)"
	values          []string
	nodes           []parsedNode
	tensors         []parsedTensor
	metadata        map[string]string
}

type parsedNode struct {
	op         string
	in, out    []string
	attributes []string // "axis=1"
}

type parsedTensor struct {
	name, kind string
	dims       []int
	entries    []float64
}

func parse(t *testing.T, file []byte) parsed {
	t.Helper()
	m := decode(t, file)
	g := m.messages(t, 7)[0]
	p := parsed{
		ir: m.integer(1), opset: m.messages(t, 8)[0].integer(2),
		producer: m.text(2), doc: m.text(6), name: g.text(2), metadata: map[string]string{},
	}
	for _, e := range m.messages(t, 14) {
		p.metadata[e.text(1)] = e.text(2)
	}
	p.inputs, p.outputs, p.values = infos(t, g, 11), infos(t, g, 12), infos(t, g, 13)
	for _, n := range g.messages(t, 1) {
		node := parsedNode{op: n.text(4), in: n.texts(1), out: n.texts(2)}
		for _, a := range n.messages(t, 5) {
			node.attributes = append(node.attributes, attribute(t, a))
		}
		p.nodes = append(p.nodes, node)
	}
	for _, i := range g.messages(t, 5) {
		p.tensors = append(p.tensors, tensorOf(t, i))
	}
	return p
}

var elements = map[int]string{1: "float", 7: "int64", 8: "string", 9: "bool", 11: "double"}

func infos(t *testing.T, g fields, n protowire.Number) []string {
	var list []string
	for _, v := range g.messages(t, n) {
		typ := v.messages(t, 2)[0].messages(t, 1)[0]
		var dims []string
		for _, d := range typ.messages(t, 2)[0].messages(t, 1) {
			if d[2] != nil {
				dims = append(dims, d.text(2))
			} else {
				dims = append(dims, fmt.Sprint(d.integer(1)))
			}
		}
		list = append(list, fmt.Sprintf("%s: %s(%s)", v.text(1), elements[typ.integer(1)], strings.Join(dims, ", ")))
	}
	return list
}

// attribute returns an attribute as text, and checks that its type is that of the
// field that is set.
func attribute(t *testing.T, a fields) string {
	t.Helper()
	var value any
	switch a.integer(20) {
	case 1:
		value = math.Float32frombits(uint32(a.integer(2)))
	case 2:
		value = a.integer(3)
	case 3:
		value = fmt.Sprintf("%q", a.text(4))
	case 4:
		value = tensorOf(t, a.messages(t, 5)[0]).String()
	case 7:
		value = a.integers(8)
	case 8:
		value = a.texts(9)
	default:
		t.Errorf("attribute %s has type %d", a.text(1), a.integer(20))
	}
	return fmt.Sprintf("%s=%v", a.text(1), value)
}

func tensorOf(t *testing.T, m fields) parsedTensor {
	t.Helper()
	p := parsedTensor{name: m.text(8), kind: elements[m.integer(2)], dims: m.integers(1)}
	raw, size := m[9][0].([]byte), 1
	for _, d := range p.dims {
		size *= d
	}
	width := 8
	if p.kind == "float" {
		width = 4
	}
	if len(raw) != size*width {
		t.Errorf("tensor %s of shape %v has %d bytes", p.name, p.dims, len(raw))
	}
	for ; len(raw) > 0; raw = raw[width:] {
		switch p.kind {
		case "float":
			p.entries = append(p.entries, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))))
		case "double":
			p.entries = append(p.entries, math.Float64frombits(binary.LittleEndian.Uint64(raw)))
		case "int64":
			p.entries = append(p.entries, float64(int64(binary.LittleEndian.Uint64(raw))))
		default:
			t.Fatalf("tensor %s has type %q", p.name, p.kind)
		}
	}
	return p
}

func (p parsedTensor) String() string { return fmt.Sprintf("%s%v %v", p.kind, p.dims, p.entries) }

// String is the file as text.
func (p parsed) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s, IR %d, opset %d, by %s\n", p.name, p.ir, p.opset, p.producer)
	if p.doc != "" {
		fmt.Fprintln(&s, p.doc)
	}
	for _, key := range []string{"features", "classes"} {
		if v, ok := p.metadata[key]; ok {
			fmt.Fprintf(&s, "%s %s\n", key, v)
		}
	}
	for _, v := range p.inputs {
		fmt.Fprintln(&s, "input ", v)
	}
	for _, i := range p.tensors {
		fmt.Fprintf(&s, "tensor %s: %v\n", i.name, i)
	}
	for _, n := range p.nodes {
		fmt.Fprintf(&s, "  %s = %s(%s)", strings.Join(n.out, ", "), n.op, strings.Join(n.in, ", "))
		if len(n.attributes) > 0 {
			fmt.Fprintf(&s, " %s", strings.Join(n.attributes, " "))
		}
		fmt.Fprintln(&s)
	}
	for _, v := range p.outputs {
		fmt.Fprintln(&s, "output", v)
	}
	for _, v := range p.values {
		fmt.Fprintln(&s, "value ", v)
	}
	return s.String()
}

// wellFormed checks what every file has to be: each value has one name, and is there
// before it is read; nothing is there that nobody reads.
func wellFormed(t *testing.T, p parsed) {
	t.Helper()
	there, read := map[string]bool{}, map[string]bool{}
	define := func(name string) {
		if name == "" || there[name] {
			t.Errorf("the name %q is given twice, or empty", name)
		}
		there[name] = true
	}
	nameIn := func(info string) string { return info[:strings.LastIndex(info, ": ")] }
	for _, v := range p.inputs {
		define(nameIn(v))
	}
	for _, i := range p.tensors {
		define(i.name)
	}
	for _, n := range p.nodes {
		for _, x := range n.in {
			if x != "" && !there[x] {
				t.Errorf("%s reads %q before it is there", n.op, x)
			}
			read[x] = true
		}
		for _, y := range n.out {
			define(y)
		}
	}
	for _, v := range p.outputs {
		if read[nameIn(v)] = true; !there[nameIn(v)] {
			t.Errorf("output %s is never computed", v)
		}
	}
	for _, v := range p.values {
		if !there[nameIn(v)] || slices.Contains(p.outputs, v) {
			t.Errorf("value %s is not there, or an output", v)
		}
	}
	for _, n := range p.nodes {
		if !read[n.out[0]] {
			t.Errorf("nobody reads %s", n.out[0])
		}
	}
	for _, i := range p.tensors {
		if !read[i.name] {
			t.Errorf("nobody reads tensor %s", i.name)
		}
	}
}
