package proto

import (
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// ErrFormat is what the error of bytes that are no ONNX file wraps.
var ErrFormat = errors.New("no ONNX file")

// deepest is how many graphs may be inside each other, as branches and bodies of loops are.
const deepest = 32

// Decode reads a file. What it returns shares memory with it, and takes no more than a small
// multiple of it: nothing is made that no bytes of the file stand for. The error wraps
// ErrFormat.
func Decode(file []byte) (*Model, error) {
	m := &Model{}
	err := each(file, func(f field) (err error) {
		switch f.number {
		case 1:
			m.IR = Int(int64(f.integer))
		case 2:
			m.Producer = f.text()
		case 6:
			m.Doc = f.text()
		case 7:
			m.Graph, err = readGraph(f.bytes, 0)
		case 8:
			err = appended(&m.Opsets, f, readOpset)
		case 14:
			err = appended(&m.Metadata, f, readEntry)
		case 25:
			err = appended(&m.Functions, f, readFunction)
		}
		return err
	})
	if err == nil && m.Graph == nil {
		err = errors.New("there is no graph in it")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return m, nil
}

// A field of a message: a number or bytes, as its wire type says.
type field struct {
	number  protowire.Number
	kind    protowire.Type
	integer uint64
	bytes   []byte
}

func (f field) text() string   { return string(f.bytes) }
func (f field) float() float32 { return math.Float32frombits(uint32(f.integer)) }

// each calls do for the fields of a message.
func each(m []byte, do func(f field) error) error {
	for len(m) > 0 {
		f := field{}
		var n int
		if f.number, f.kind, n = protowire.ConsumeTag(m); n < 0 {
			return protowire.ParseError(n)
		}
		m = m[n:]
		switch f.kind {
		case protowire.VarintType:
			f.integer, n = protowire.ConsumeVarint(m)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(m)
			f.integer = uint64(v)
		case protowire.Fixed64Type:
			f.integer, n = protowire.ConsumeFixed64(m)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(m)
		default:
			return fmt.Errorf("field %d has wire type %d", f.number, f.kind)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		if err := do(f); err != nil {
			return err
		}
		m = m[n:]
	}
	return nil
}

// appended reads a message and appends it to a list.
func appended[T any](list *[]T, f field, read func(m []byte) (T, error)) error {
	v, err := read(f.bytes)
	if err == nil {
		*list = append(*list, v)
	}
	return err
}

func readOpset(m []byte) (o Opset, err error) {
	err = each(m, func(f field) error {
		switch f.number {
		case 1:
			o.Domain = f.text()
		case 2:
			o.Version = Int(int64(f.integer))
		}
		return nil
	})
	if err == nil && o.Version < 1 {
		err = errors.New("an opset without a version")
	}
	return o, err
}

func readEntry(m []byte) (e Entry, err error) {
	err = each(m, func(f field) error {
		switch f.number {
		case 1:
			e.Key = f.text()
		case 2:
			e.Value = f.text()
		}
		return nil
	})
	if err == nil && e.Key == "" {
		err = errors.New("an entry without a key")
	}
	return e, err
}

func readGraph(m []byte, depth int) (*Graph, error) {
	if depth > deepest {
		return nil, fmt.Errorf("graphs more than %d deep", deepest)
	}
	g := &Graph{}
	err := each(m, func(f field) error {
		switch f.number {
		case 1:
			return appended(&g.Nodes, f, func(m []byte) (Node, error) { return readNode(m, depth) })
		case 2:
			g.Name = f.text()
		case 5:
			return appended(&g.Initializers, f, readTensor)
		case 11:
			return appended(&g.Inputs, f, readValue)
		case 12:
			return appended(&g.Outputs, f, readValue)
		case 15:
			return errors.New("sparse initializers are not read")
		}
		return nil
	})
	return g, err
}

func readNode(m []byte, depth int) (n Node, err error) {
	err = each(m, func(f field) error {
		switch f.number {
		case 1:
			n.In = append(n.In, Name(f.text()))
		case 2:
			n.Out = append(n.Out, Name(f.text()))
		case 3:
			n.Name = f.text()
		case 4:
			n.Op = f.text()
		case 5:
			return appended(&n.Attributes, f, func(m []byte) (Attribute, error) { return readAttribute(m, depth) })
		case 6:
			n.Doc = f.text()
		case 7:
			n.Domain = f.text()
		}
		return nil
	})
	if err == nil && (n.Op == "" || len(n.Out) == 0) {
		err = fmt.Errorf("node %q without an operator or an output", n.Name)
	}
	return n, err
}

func readFunction(m []byte) (p Function, err error) {
	err = each(m, func(f field) error {
		switch f.number {
		case 1:
			p.Name = f.text()
		case 4:
			p.In = append(p.In, Name(f.text()))
		case 5:
			p.Out = append(p.Out, Name(f.text()))
		case 6:
			p.Attributes = append(p.Attributes, f.text())
		case 7:
			return appended(&p.Nodes, f, func(m []byte) (Node, error) { return readNode(m, 0) })
		case 9:
			return appended(&p.Opsets, f, readOpset)
		case 10:
			p.Domain = f.text()
		case 11: // a default: a value if the call gives none
			a, err := readAttribute(f.bytes, 0)
			p.Defaults = append(p.Defaults, a)
			return err
		}
		return nil
	})
	if err == nil && p.Name == "" {
		err = errors.New("a function without a name")
	}
	return p, err
}

func readAttribute(m []byte, depth int) (a Attribute, err error) {
	kind := 0
	var single field
	var floats []float32
	var ints []int
	var texts []string
	err = each(m, func(f field) error {
		switch f.number {
		case 1:
			a.Name = f.text()
		case 2, 3, 4, 5, 6:
			single = f
		case 7:
			return numbers(f, protowire.Fixed32Type, func(v uint64) { floats = append(floats, math.Float32frombits(uint32(v))) })
		case 8:
			return numbers(f, protowire.VarintType, func(v uint64) { ints = append(ints, Int(int64(v))) })
		case 9:
			texts = append(texts, f.text())
		case 20:
			kind = Int(int64(f.integer))
		case 21:
			a.Ref = f.text()
		}
		return nil
	})
	if err != nil || a.Ref != "" {
		return a, err
	}
	if a.Name == "" {
		return a, errors.New("an attribute without a name")
	}
	if kind == 0 && single.number > 0 { // files of old versions say no type
		kind = int(single.number) - 1
	}
	switch kind {
	case kindFloat:
		a.Value = single.float()
	case kindInt:
		a.Value = int64(single.integer)
	case kindString:
		a.Value = single.text()
	case kindTensor:
		a.Value, err = readTensor(single.bytes)
	case kindGraph:
		a.Value, err = readGraph(single.bytes, depth+1)
	case kindFloats:
		a.Value = floats
	case kindInts:
		a.Value = ints
	case kindStrings:
		a.Value = texts
	}
	return a, err
}

// numbers calls do for those of a repeated field, which may be packed.
func numbers(f field, kind protowire.Type, do func(v uint64)) error {
	if f.kind != protowire.BytesType {
		do(f.integer)
		return nil
	}
	for m := f.bytes; len(m) > 0; {
		var v uint64
		var n int
		switch kind {
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(m)
		case protowire.Fixed32Type:
			var u uint32
			u, n = protowire.ConsumeFixed32(m)
			v = uint64(u)
		default:
			v, n = protowire.ConsumeFixed64(m)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		do(v)
		m = m[n:]
	}
	return nil
}
