package onnx

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/onnx/internal/proto"
)

// ErrUnsupported is what the error of a formula that ONNX cannot express wraps.
var ErrUnsupported = errors.New("ONNX has no such op")

// Options are those of Write. The zero value is right for most formulas.
type Options struct {
	Name string // of the graph in the file; "" is adjoint
	Doc  string // a description, which viewers show

	// Inputs are the inputs of the file, in this order. If there are none, they are
	// those from which the outputs are computed, in the order in which they were
	// made. One that nothing is computed from is an input too if it is listed, and N
	// can be read from it.
	Inputs []*graph.Node

	scalers map[*graph.Node]*data.Scaler // of those that the file standardises in float64
	of      *File                        // whose front is written before the formula; nil if it has none
}

// Write writes the formula of the outputs as an ONNX file.
//
// The inputs of the file are Input leaves; parameters and constants are in it with
// the values they have now. Every value has the name of its node, or % and the
// number of the node; where two would have one name, the second has a number
// after it, and what is not UTF-8 is replaced. The extent Batch is the dimension N, whatever that is when the file is
// run. The formula is written in its stable form, as Compile would run it, and so
// nodes may be appended to the graph. The same formula gives the same bytes.
//
// The error names the node and wraps ErrUnsupported if ONNX has no such op,
// graph.ErrUnfed if the outputs need an input that is not in Options.Inputs, or if
// they need N and no input has it, graph.ErrNotOutput if there are no outputs,
// graph.ErrNotInput, graph.ErrGraph, graph.ErrSize if the file would be larger than
// the 2 GiB that the format allows, or is that of an output, or w's. Unless it is
// w's, nothing has been written.
func Write(w io.Writer, o Options, outputs ...*graph.Node) error {
	if err := check(o.Inputs, outputs); err != nil {
		return err
	}
	low := newLowering()
	roots := make([]*graph.Node, len(outputs))
	for i, y := range outputs {
		roots[i] = low.lower(y)
		if err := roots[i].Err(); err != nil {
			return fmt.Errorf("onnx: %w", err)
		}
	}
	b := newBuilder(o.Name, outputs[0].Graph().Dtype())
	inputs := o.Inputs
	if len(inputs) == 0 {
		inputs = inputsOf(roots)
	}
	if o.of != nil {
		if err := b.enterFront(o.of); err != nil {
			return err
		}
		inputs = slices.DeleteFunc(inputs, func(x *graph.Node) bool { return b.value[x] != "" })
	}
	b.whole = low.whole
	for _, x := range inputs {
		b.enter(nameOf(x), x, o.scalers[x], ModelOptions{Columns: true})
	}
	names := map[*graph.Node]value{}
	for i, y := range outputs {
		name := b.promise(nameOf(y), b.element, y.Shape())
		if root := roots[i]; names[root] == "" {
			names[root] = name
		}
	}
	err := b.translate(roots, func(n *graph.Node) value {
		if name := names[n]; name != "" {
			return name
		}
		return b.unique(low.nameOf(n))
	})
	if err != nil {
		return err
	}
	for i, root := range roots {
		b.deliver(b.value[root], b.file.Outputs[i].Name)
	}
	return b.write(w, proto.Model{Doc: o.Doc})
}

// check reports what is wrong with the arguments of Write.
func check(inputs, outputs []*graph.Node) error {
	if len(outputs) == 0 {
		return fmt.Errorf("onnx: no outputs: %w", graph.ErrNotOutput)
	}
	for _, n := range slices.Concat(outputs, inputs) {
		if err := n.Err(); err != nil {
			return fmt.Errorf("onnx: %w", err)
		}
		if n.Graph() != outputs[0].Graph() {
			return fmt.Errorf("onnx: %s and %s: %w", outputs[0].Label(), n.Label(), graph.ErrGraph)
		}
	}
	for i, x := range inputs {
		if x.Kind() != graph.Input || slices.Contains(inputs[:i], x) {
			return fmt.Errorf("onnx: %s in Options.Inputs: %w, or twice", x.Label(), graph.ErrNotInput)
		}
	}
	return nil
}

// inputsOf returns the Input leaves from which y is computed.
func inputsOf(y []*graph.Node) []*graph.Node {
	return slices.DeleteFunc(cone(y, reads), func(n *graph.Node) bool { return n.Kind() != graph.Input })
}

// nameOf is the name of a node in the file, if it is not taken.
func nameOf(n *graph.Node) value {
	if n.Name() != "" {
		return named(n.Name())
	}
	return value("%" + strconv.Itoa(n.ID()))
}

// named is a name as the file has it: texts are UTF-8 there.
func named(name string) value { return value(strings.ToValidUTF8(name, "\uFFFD")) }

// deliver makes the value of an output known by the name of the output.
func (b *builder) deliver(v, output value) {
	if v != output {
		b.apply(output, "Identity", []value{v})
	}
}

// write writes the file.
func (b *builder) write(w io.Writer, file proto.Model) error {
	b.prune()
	file.IR, file.Producer, file.Opsets = irVersion, producer, []proto.Opset{{Version: opset}}
	if b.texts {
		file.Opsets = append(file.Opsets, proto.Opset{Domain: learning, Version: learningOpset})
	}
	file.Graph = &b.file
	m := file.Encode()
	if len(m) > math.MaxInt32 {
		return fmt.Errorf("onnx: a file of %d bytes: %w", len(m), graph.ErrSize)
	}
	_, err := w.Write(m)
	return err
}
