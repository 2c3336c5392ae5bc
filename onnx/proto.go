package onnx

import (
	"math"
	"strings"

	"adjoint/graph"

	"google.golang.org/protobuf/encoding/protowire"
)

// An ONNX file is one message of protocol buffers, a model. Below are the messages
// it is made of, with those of their fields that are written. The numbers of the
// fields, and of types, are those of ONNX's IR specification.

// What the files say of themselves.
const (
	irVersion = 8
	opset     = 17
	producer  = "adjoint"
)

// An elementType is the type of a tensor's entries.
type elementType int64

const (
	float32s elementType = 1
	int64s   elementType = 7
	bools    elementType = 9
	float64s elementType = 11
)

// A message is the encoding of a message: its fields, one after the other.
type message []byte

func (m *message) integer(field protowire.Number, v int64) {
	*m = protowire.AppendTag(*m, field, protowire.VarintType)
	*m = protowire.AppendVarint(*m, uint64(v))
}

func (m *message) float(field protowire.Number, v float32) {
	*m = protowire.AppendTag(*m, field, protowire.Fixed32Type)
	*m = protowire.AppendFixed32(*m, math.Float32bits(v))
}

func (m *message) bytes(field protowire.Number, v []byte) {
	*m = protowire.AppendTag(*m, field, protowire.BytesType)
	*m = protowire.AppendBytes(*m, v)
}

func (m *message) text(field protowire.Number, s string) {
	if s != "" {
		m.bytes(field, []byte(strings.ToValidUTF8(s, "\uFFFD")))
	}
}

// A modelProto is a ModelProto: a file.
type modelProto struct {
	doc      string
	graph    graphProto
	metadata []entry
}

// An entry is a StringStringEntryProto.
type entry struct{ key, value string }

func (p *modelProto) encode() message {
	var m, version message
	m.integer(1, irVersion)
	m.text(2, producer)
	m.text(6, p.doc)
	m.bytes(7, p.graph.encode())
	version.integer(2, opset)
	m.bytes(8, version)
	for _, e := range p.metadata {
		var pair message
		pair.text(1, e.key)
		pair.text(2, e.value)
		m.bytes(14, pair)
	}
	return m
}

// A graphProto is a GraphProto: the nodes in an order in which they can be
// computed.
type graphProto struct {
	name           string
	nodes          []nodeProto
	initializers   []tensorProto
	inputs, values []valueInfo
	outputs        []valueInfo
}

func (p *graphProto) encode() message {
	var m message
	for _, n := range p.nodes {
		m.bytes(1, n.encode())
	}
	m.text(2, p.name)
	for _, t := range p.initializers {
		m.bytes(5, t.encode())
	}
	for _, v := range p.inputs {
		m.bytes(11, v.encode())
	}
	for _, v := range p.outputs {
		m.bytes(12, v.encode())
	}
	for _, v := range p.values {
		m.bytes(13, v.encode())
	}
	return m
}

// A nodeProto is a NodeProto: an op applied to values, which are known by name.
type nodeProto struct {
	op         string
	in         []value
	out        value
	attributes []attribute
}

func (p *nodeProto) encode() message {
	var m message
	for _, v := range p.in {
		m.bytes(1, []byte(v)) // an optional input that is left out is ""
	}
	m.text(2, string(p.out))
	m.text(3, string(p.out)) // nodes have names too
	m.text(4, p.op)
	for _, a := range p.attributes {
		m.bytes(5, a.encode())
	}
	return m
}

// An attribute is an AttributeProto: a parameter of an op. Its value is an int64,
// a float32, a string, a []int or a tensorProto.
type attribute struct {
	name  string
	value any
}

func (p *attribute) encode() message {
	var m message
	m.text(1, p.name)
	kind := int64(0)
	switch v := p.value.(type) {
	case float32:
		kind = 1
		m.float(2, v)
	case int64:
		kind = 2
		m.integer(3, v)
	case string:
		kind = 3
		m.bytes(4, []byte(v))
	case tensorProto:
		kind = 4
		m.bytes(5, v.encode())
	case []int:
		kind = 7
		for _, i := range v {
			m.integer(8, int64(i))
		}
	}
	m.integer(20, kind)
	return m
}

// A tensorProto is a TensorProto: a constant, its entries row by row in
// little-endian order.
type tensorProto struct {
	name    value
	element elementType
	dims    []int
	raw     []byte
}

func (p *tensorProto) encode() message {
	var m message
	for _, d := range p.dims {
		m.integer(1, int64(d))
	}
	m.integer(2, int64(p.element))
	m.text(8, string(p.name))
	m.bytes(9, p.raw)
	return m
}

// A valueInfo is a ValueInfoProto: the type and the shape of a value. An extent
// that is no number is written as a parameter by its name: N, T·N.
type valueInfo struct {
	name    value
	element elementType
	shape   graph.Shape
}

func (p *valueInfo) encode() message {
	var m, typ, tensor, shape message
	for _, d := range p.shape.Dims() {
		var dim message
		if graph.Symbolic(d) {
			dim.text(2, graph.ExtentString(d))
		} else {
			dim.integer(1, int64(d))
		}
		shape.bytes(1, dim)
	}
	tensor.integer(1, int64(p.element))
	tensor.bytes(2, shape)
	typ.bytes(1, tensor)
	m.text(1, string(p.name))
	m.bytes(2, typ)
	return m
}
