package proto

import (
	"math"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
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

// Encode returns the file.
func (p *Model) Encode() []byte {
	var m message
	m.integer(1, int64(p.IR))
	m.text(2, p.Producer)
	m.text(6, p.Doc)
	m.bytes(7, p.Graph.encode())
	for _, o := range p.Opsets {
		var version message
		version.text(1, o.Domain)
		version.integer(2, int64(o.Version))
		m.bytes(8, version)
	}
	for _, e := range p.Metadata {
		m.bytes(14, e.encode())
	}
	return m
}

func (p *Graph) encode() message {
	var m message
	for _, n := range p.Nodes {
		m.bytes(1, n.encode())
	}
	m.text(2, p.Name)
	for _, t := range p.Initializers {
		m.bytes(5, t.encode())
	}
	for _, v := range p.Inputs {
		m.bytes(11, v.encode())
	}
	for _, v := range p.Outputs {
		m.bytes(12, v.encode())
	}
	for _, v := range p.Values {
		m.bytes(13, v.encode())
	}
	return m
}

func (p *Node) encode() message {
	var m message
	for _, v := range p.In {
		m.bytes(1, []byte(v)) // an optional input that is left out is ""
	}
	for _, v := range p.Out {
		m.bytes(2, []byte(v))
	}
	m.text(3, p.Name)
	m.text(4, p.Op)
	for _, a := range p.Attributes {
		m.bytes(5, a.encode())
	}
	m.text(6, p.Doc)
	m.text(7, p.Domain)
	return m
}

// The types of attributes.
const (
	kindFloat = 1 + iota
	kindInt
	kindString
	kindTensor
	kindGraph
	kindFloats
	kindInts
	kindStrings
)

func (p *Attribute) encode() message {
	var m message
	m.text(1, p.Name)
	kind := int64(0)
	switch v := p.Value.(type) {
	case float32:
		kind = kindFloat
		m.float(2, v)
	case int64:
		kind = kindInt
		m.integer(3, v)
	case string:
		kind = kindString
		m.bytes(4, []byte(v))
	case Tensor:
		kind = kindTensor
		m.bytes(5, v.encode())
	case *Graph:
		kind = kindGraph
		m.bytes(6, v.encode())
	case []int:
		kind = kindInts
		for _, i := range v {
			m.integer(8, int64(i))
		}
	case []string:
		kind = kindStrings
		for _, s := range v {
			m.bytes(9, []byte(s))
		}
	}
	m.integer(20, kind)
	return m
}

func (p *Tensor) encode() message {
	var m message
	for _, d := range p.Dims {
		m.integer(1, int64(d))
	}
	m.integer(2, int64(p.Element))
	m.text(8, string(p.Name))
	if len(p.External) == 0 {
		m.bytes(9, p.Raw)
		return m
	}
	for _, e := range p.External {
		m.bytes(13, e.encode())
	}
	m.integer(14, 1) // the entries are elsewhere
	return m
}

func (p *Entry) encode() message {
	var m message
	m.text(1, p.Key)
	m.text(2, p.Value)
	return m
}

func (p *Value) encode() message {
	var m, typ, tensor, shape message
	for _, d := range p.Dims {
		var dim message
		if d.Name != "" {
			dim.text(2, d.Name)
		} else {
			dim.integer(1, int64(d.Size))
		}
		shape.bytes(1, dim)
	}
	tensor.integer(1, int64(p.Element))
	if p.Shaped || len(p.Dims) > 0 {
		tensor.bytes(2, shape)
	}
	typ.bytes(1, tensor)
	m.text(1, string(p.Name))
	m.bytes(2, typ)
	return m
}
