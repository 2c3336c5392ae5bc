package onnx

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/onnx/internal/importer"
	"adjoint/onnx/internal/proto"

	"gorgonia.org/tensor"
)

// ErrFormat is what the error of bytes that are no ONNX file wraps.
var ErrFormat = proto.ErrFormat

// ErrNotRead is what the error of a file wraps that is an ONNX file, and has something that is
// not read.
var ErrNotRead = importer.ErrUnsupported

// ReadOptions are those of Read. The zero value is right for most files.
type ReadOptions struct {
	// Dims are extents, by the names that the file has for them, or, where it has none, by
	// that of the input and the number of the axis: "x.0". An extent that is not here is a
	// symbol of its name, and the number of examples is graph.Batch: the first extent whose
	// name speaks of a batch, or is N; else that of the first axis of an input.
	Dims map[string]int

	// Fixed are inputs that become constants, such as a rate on which branches depend.
	Fixed map[string]*tensor.Dense

	// Frozen reports whether a tensor of the file is a constant. If it is nil none is: tensors
	// of floating-point numbers with an axis at least are parameters.
	Frozen func(name string) bool

	// Folder is where the entries are of tensors that are not in the file itself. Nothing
	// outside of it is read. "" refuses such tensors.
	Folder string

	// Dtype is the float type of the formula. The zero Dtype is float64 if the file has such
	// numbers, but for those of File.Front and those by which Port.Scaler standardises, else float32.
	Dtype tensor.Dtype
}

// A File is the formula of an ONNX file, and what the file says of it.
type File struct {
	Graph           *graph.Graph
	Inputs, Outputs []Port
	Params          []*graph.Node
	Opset           int
	Producer, Doc   string
	Metadata        map[string]string

	// Front is what the file computes in float64 of numbers and texts before anything else, and then rounds to
	// float32, as of the columns of a table: gaps are filled, texts become numbers. Graph is of float32 then, and
	// has what Front computes as Inputs, by the names of Front.Outputs. Front has no parameters. It is nil if
	// the file does nothing of the kind, or if ReadOptions.Dtype is float64.
	Front *File
}

// A Port is an input or an output of a file.
type Port struct {
	Name string
	Type string // of entries: "float32", "int64", "bool", …
	Dims []int  // extents in the file's order
	Node *graph.Node
	Axes []int // axis i of the file is axis Axes[i] of Node, whose examples are the last
	// Names are texts, of which the entries of Node are places. An input of strings has those
	// that the file knows; any other is fed as the place after the last.
	Names []string

	// Scaler standardises the numbers of an input in float64, before they are rounded to the float32 of
	// Node, as the file does. Tensor and Feed do so. It is nil where Node is what the file takes.
	Scaler   *data.Scaler
	examples int // the axis of the file that is no feature of Scaler's
}

// Read reads an ONNX file of opset 7 or later.
//
// Inputs are Input leaves, with the number of examples as the last axis; tensors of the file
// are parameters or constants. Integers and booleans are whole numbers in the formula's float
// type; where that cannot have one exactly, reading, or Run, fails. Numbers of float16 and
// bfloat16 are computed with as float32. What a file computes of shapes is computed while it is
// read. A branch is read if its condition is known; else both are computed, and the condition
// chooses. A loop is read if it is known how often it goes round.
//
// The error of bytes that are no ONNX file wraps ErrFormat, of a file that is not read
// ErrNotRead; it names the node, the operator, its opset and the reason. See Support.
func Read(r io.Reader, o ReadOptions) (*File, error) {
	bytes, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	return read(bytes, o)
}

// ReadFile is Read for a file by its path. Tensors in files beside it are read too.
func ReadFile(path string, o ReadOptions) (*File, error) {
	bytes, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	if o.Folder == "" {
		o.Folder = filepath.Dir(path)
	}
	f, err := read(bytes, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

func read(bytes []byte, o ReadOptions) (*File, error) {
	m, err := proto.Decode(bytes)
	if err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	options := importer.Options{Dims: o.Dims, Fixed: o.Fixed, Frozen: o.Frozen, Dtype: o.Dtype, Spelled: spellingsOf(m, len(bytes)).find}
	if o.Folder != "" {
		options.Load = loader(o.Folder)
	}
	f, err := importer.Read(m, len(bytes), options)
	if err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	file := fileOf(m, f)
	if f.Front != nil {
		file.Front = fileOf(m, f.Front)
	}
	return file, nil
}

// fileOf returns the formula of a file, or that of its front.
func fileOf(m *proto.Model, f *importer.Formula) *File {
	file := &File{Graph: f.Graph, Params: f.Params, Producer: m.Producer, Doc: m.Doc, Metadata: map[string]string{}}
	for _, s := range m.Opsets {
		if s.Domain == "" || s.Domain == "ai.onnx" {
			file.Opset = s.Version
		}
	}
	for _, e := range m.Metadata {
		file.Metadata[e.Key] = e.Value
	}
	file.Inputs, file.Outputs = ports(f.Inputs), ports(f.Outputs)
	file.nameFeatures()
	return file
}

func ports(list []importer.Port) []Port {
	var ports []Port
	for _, p := range list {
		q := Port{Name: p.Name, Type: p.Type.String(), Dims: p.Dims, Node: p.Node, Axes: p.Axes, Names: p.Names}
		if s := p.Standardizer; s != nil {
			q.Scaler, q.examples = &data.Scaler{Mean: s.Mean, Scale: s.Scale}, s.Examples
		}
		ports = append(ports, q)
	}
	return ports
}

// loader reads parts of files in a folder.
func loader(folder string) importer.Loader {
	return func(name string, offset, length int64) (bytes []byte, err error) {
		root, err := os.OpenRoot(folder)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, root.Close()) }()
		file, err := root.Open(filepath.FromSlash(name))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotRead, err)
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		info, err := file.Stat()
		switch {
		case err != nil:
			return nil, err
		case !info.Mode().IsRegular():
			return nil, fmt.Errorf("%w: %s: %w", ErrNotRead, name, fs.ErrInvalid)
		}
		if length < 0 {
			length = info.Size() - offset
		}
		if offset < 0 || length < 0 || length > math.MaxInt-offset || offset+length > info.Size() {
			return nil, fmt.Errorf("%w: %d bytes from %d on of %s, which has %d", ErrFormat, length, offset, name, info.Size())
		}
		bytes = make([]byte, length)
		_, err = file.ReadAt(bytes, offset)
		return bytes, err
	}
}

// An Operator of ONNX, and whether Read knows it.
type Operator struct {
	Name   string // with its domain before it, if that is not ONNX's own
	Read   bool
	Limits string // what of it is not read, or why it is not
}

// Support lists the operators of ONNX that Read knows, and those that it does not, by name.
func Support() []Operator {
	var list []Operator
	for _, s := range importer.Supported() {
		list = append(list, Operator(s))
	}
	return list
}

// DecodeTensor reads a file of one tensor, as the standard's tests store inputs and outputs.
func DecodeTensor(file []byte) (Array, error) {
	t, err := proto.DecodeTensor(file)
	if err != nil {
		return Array{}, fmt.Errorf("onnx: %w", err)
	}
	if t.Element == proto.String {
		return Array{t.Dims, t.Strings}, nil
	}
	values, err := t.Floats()
	if err != nil {
		return Array{}, fmt.Errorf("onnx: %w", err)
	}
	return Array{t.Dims, entriesAs(t.Element.String(), values)}, nil
}
