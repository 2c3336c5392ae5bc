// Package proto has the messages that an ONNX file is made of, and writes and reads them.
//
// A file is one message of protocol buffers, a Model. The types below are those messages of
// onnx.proto that this module uses, with the fields that it uses; field and type numbers are
// those of ONNX's IR specification.
package proto

// A Name is that of a value: of an input, of a tensor, of what a node computes.
type Name string

// An Element is the type of a tensor's entries.
type Element int

// The types of entries.
const (
	Float32  Element = 1
	Uint8    Element = 2
	Int8     Element = 3
	Uint16   Element = 4
	Int16    Element = 5
	Int32    Element = 6
	Int64    Element = 7
	String   Element = 8
	Bool     Element = 9
	Float16  Element = 10
	Float64  Element = 11
	Uint32   Element = 12
	Uint64   Element = 13
	BFloat16 Element = 16
)

var elements = map[Element]string{
	Float32: "float32", Uint8: "uint8", Int8: "int8", Uint16: "uint16", Int16: "int16", Int32: "int32",
	Int64: "int64", String: "string", Bool: "bool", Float16: "float16", Float64: "float64",
	Uint32: "uint32", Uint64: "uint64", BFloat16: "bfloat16", 14: "complex64", 15: "complex128",
}

// A Model is a ModelProto: a file.
type Model struct {
	IR        int
	Producer  string
	Doc       string
	Graph     *Graph
	Opsets    []Opset
	Functions []Function
	Metadata  []Entry
}

// An Opset is an OperatorSetIdProto: the version of the operators of a domain.
type Opset struct {
	Domain  string
	Version int
}

// An Entry is a StringStringEntryProto.
type Entry struct{ Key, Value string }

// A Graph is a GraphProto: nodes in an order in which they can be computed.
type Graph struct {
	Name            string
	Nodes           []Node
	Initializers    []Tensor
	Inputs, Outputs []Value
	Values          []Value
}

// A Node is a NodeProto: an operator applied to values. An optional input that is left out is
// "", and so is an output that nobody wants.
type Node struct {
	Name, Domain, Op string
	Doc              string
	In, Out          []Name
	Attributes       []Attribute
}

// Reads calls visit for each value that n reads, and the nodes of its graphs; "" for one that is left out.
func (n *Node) Reads(visit func(Name)) {
	for _, x := range n.In {
		visit(x)
	}
	for _, a := range n.Attributes {
		inner, ok := a.Value.(*Graph)
		if !ok {
			continue
		}
		for i := range inner.Nodes {
			inner.Nodes[i].Reads(visit)
		}
		for _, y := range inner.Outputs {
			visit(y.Name)
		}
	}
}

// A Function is a FunctionProto: an operator that is defined in the file.
type Function struct {
	Domain, Name string
	In, Out      []Name
	Attributes   []string    // the names of those without a default
	Defaults     []Attribute // the others
	Nodes        []Node
	Opsets       []Opset
}

// An Attribute is an AttributeProto: a parameter of an operator. Its value is a float32, an
// int64, a string, a Tensor, a *Graph, a []float32, a []int or a []string. In a function it may
// be that of the function's attribute Ref instead.
type Attribute struct {
	Name  string
	Value any
	Ref   string
}

// A Tensor is a TensorProto. Its entries are in Raw, row by row in little-endian order, or in
// a file beside this one, or, read from a file, in one of the lists.
type Tensor struct {
	Name    Name
	Element Element
	Dims    []int
	Raw     []byte

	External []Entry  // where the entries are, if it is elsewhere
	Strings  []string // those of a tensor of strings
	fields   []packed // the lists of numbers
}

// A Value is a ValueInfoProto: the type and the shape of a value.
type Value struct {
	Name    Name
	Element Element // 0 if it is no tensor
	Dims    []Dim
	Shaped  bool // the file says how many axes there are
}

// A Dim is an extent of a value in a file: a number, if it is Known, or a name, or neither.
type Dim struct {
	Known bool
	Size  int
	Name  string
}

// String is the name of the type.
func (e Element) String() string {
	if s, ok := elements[e]; ok {
		return s
	}
	return "a type unknown"
}
