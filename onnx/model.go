package onnx

import (
	"encoding/json"
	"fmt"
	"io"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/onnx/internal/proto"
)

// A Model is a fitted model, such as [models.Deep], [models.Logistic] and [models.Formula].
type Model interface {
	Formula() (*models.Formula, error)
	Features() []string   // names of the features
	Classes() []string    // names of the classes; nil for a regression
	Scaler() *data.Scaler // nil if features are taken as they are
}

// ModelOptions are those of WriteModel. With the zero value the file predicts from
// rows of features, as they are in the data, what PredictProba does.
type ModelOptions struct {
	Name string // of the graph in the file; "" is adjoint
	Doc  string // a description, which viewers show

	Columns       bool // examples are columns, as in the formula
	NoStandardize bool // leave out the standardiser: the features are standardised already
	Labels        bool // of a classifier, a second output: the class that Predict returns, as an integer
}

// WriteModel writes a fitted model as an ONNX file.
//
// Its input is x, a row an example, of shape (N, n). If the file standardises, x is
// float64 whatever the model's float type, as for PredictProba: float32 would round
// features such as times in seconds by more than they differ. Otherwise x is of the
// model's float type. A formula with several inputs has one for each, by name, with
// examples on the first axis.
//
// A model that has a preparer takes the rows of a table. Its columns of numbers are x, in their
// order, of float64 with NaN for a gap. Each column of text is an input of its own, of strings of shape
// (N, 1), by its name, with "" for a gap. What the preparer refuses makes the prediction NaN, or is an
// error of the runtime. Dates cannot be written.
//
// Its output is probability, of shape (N, 1) for P(y = 1|x) or (N, k) for k classes or labels,
// or prediction, of shape (N, 1) or (N, k) for a regression, of the model's float type; and
// label, an int64 of shape (N), of classes if it was asked for. A formula with several outputs has one for each,
// by name, and labels by the name with _label. The names of features and classes are in the
// file's metadata, under "features" and "classes", each a JSON array; of labels, "kind" is
// multilabel. [File.Roles] reads them.
//
// The error is one of m.Formula's or of Write's.
func WriteModel(w io.Writer, m Model, o ModelOptions) error {
	f, err := m.Formula()
	if err != nil {
		return fmt.Errorf("onnx: %w", err)
	}
	low := newLowering()
	predictions := make([]*graph.Node, len(f.Outputs))
	for i, out := range f.Outputs {
		predictions[i] = low.lower(graph.InPrediction(out.P)[0])
		if err := predictions[i].Err(); err != nil {
			return fmt.Errorf("onnx: %w", err)
		}
	}
	b := newBuilder(o.Name, f.Inputs[0].Graph().Dtype())
	b.whole = low.whole
	if err := b.enterInputs(f, m, o); err != nil {
		return err
	}
	type promised struct{ prediction, label value }
	promises := make([]promised, len(f.Outputs))
	for i, out := range f.Outputs {
		name, label, classes := named(out.Name), named(out.Name)+"_label", out.Classes
		if len(f.Outputs) == 1 {
			name, label, classes = o.output(m), "label", m.Classes()
		}
		promises[i].prediction = b.promise(name, b.element, o.shape(predictions[i]))
		one := out.Kind != models.Multilabel && predictions[i].Shape().Rank() == 2 // no label at each place
		if o.Labels && classes != nil && one {
			promises[i].label = b.promise(label, proto.Int64, graph.ShapeOf(graph.Batch))
		}
	}
	err = b.translate(predictions, func(n *graph.Node) value { return b.unique(low.nameOf(n)) })
	if err != nil {
		return err
	}
	for i, p := range predictions {
		b.exit(promises[i].prediction, p, o)
		if promises[i].label != "" {
			b.label(promises[i].label, b.value[p], p.Shape().Dim(0))
		}
	}
	return b.write(w, proto.Model{Doc: o.Doc, Metadata: metadata(m, f)})
}

// enterInputs makes the inputs of the formula, from rows of numbers or of a table.
func (b *builder) enterInputs(f *models.Formula, m Model, o ModelOptions) error {
	if p := preparerOf(m); p != nil {
		return b.enterTable(f, m, p, o)
	}
	for _, x := range f.Inputs {
		name, scaler := named(x.Name()), m.Scaler()
		if len(f.Inputs) == 1 {
			name = "x"
		} else {
			scaler = nil
		}
		b.enter(name, x, scaler, o)
	}
	return nil
}

// output is the name of what the model predicts.
func (o ModelOptions) output(m Model) value {
	if m.Classes() == nil {
		return "prediction"
	}
	return "probability"
}

// shape is the shape in the file of a value whose last axis is examples.
func (o ModelOptions) shape(n *graph.Node) graph.Shape {
	dims := n.Shape().Dims()
	if o.Columns {
		return n.Shape()
	}
	last := len(dims) - 1
	return graph.ShapeOf(append([]int{dims[last]}, dims[:last]...)...)
}

// lastFirst is the permutation that takes the last of so many axes to the front, and
// firstLast the other way.
func lastFirst(rank int) []int { return append([]int{rank - 1}, ascending(0, rank-1)...) }
func firstLast(rank int) []int { return append(ascending(1, rank), 0) }

// ascending returns from, …, to−1.
func ascending(from, to int) []int {
	list := make([]int, 0, to)
	for i := from; i < to; i++ {
		list = append(list, i)
	}
	return list
}

// enter adds an input, standardised if that is asked for. For the formula, rows of
// examples become columns.
func (b *builder) enter(name value, features *graph.Node, s *data.Scaler, o ModelOptions) {
	shape := o.shape(features)
	c := call{builder: b, name: b.unique(name)}
	var x value
	if s != nil && !o.NoStandardize {
		x = c.standardized(b.input(c.name, proto.Float64, shape), s, shape.At(1).Dims())
	} else {
		x = b.input(c.name, b.element, shape)
	}
	if o.Columns {
		b.value[features] = x
		return
	}
	b.value[features] = c.transpose(x, firstLast(shape.Rank()))
	if shape.Rank() == 2 {
		b.turned[features] = x
	}
}

// standardized is (x − mean)/scale of an x in float64, in which it is computed; dims are
// those of mean and scale.
func (c *call) standardized(x value, s *data.Scaler, dims []int) value {
	mean := c.tensor(c.unique("mean"), proto.Float64, dims, entriesOf(proto.Float64, s.Mean...))
	scale := c.tensor(c.unique("scale"), proto.Float64, dims, entriesOf(proto.Float64, s.Scale...))
	z := c.quotient(c.difference(x, mean), scale)
	if c.element == proto.Float64 {
		return z
	}
	return c.cast(z, c.element)
}

// exit makes the output of p, whose examples are the last axis.
func (b *builder) exit(output value, p *graph.Node, o ModelOptions) {
	if o.Columns {
		b.apply(output, "Identity", []value{b.value[p]})
	} else {
		b.apply(output, "Transpose", []value{b.value[p]}, attribute("perm", lastFirst(p.Shape().Rank())))
	}
}

// label makes the output of class numbers: of the most probable class, the first if
// there are several; of two classes with one probability, the second from ½ on.
func (b *builder) label(output, p value, classes int) {
	if classes > 1 {
		b.apply(output, "ArgMax", []value{p}, attribute("axis", int64(0)), attribute("keepdims", int64(0)))
		return
	}
	c := call{builder: b, name: output}
	second := c.cast(c.do("GreaterOrEqual", p, c.number(0.5)), proto.Int64)
	b.apply(output, "Squeeze", []value{second, c.integers(0)})
}

// The keys of metadata of which Roles makes use.
const (
	featuresKey = "features"
	classesKey  = "classes"
	kindKey     = "kind"
)

// metadata are the names of features and classes, and whether these are labels.
func metadata(m Model, f *models.Formula) []proto.Entry {
	var list []proto.Entry
	add := func(key string, names []string) {
		if names != nil {
			text, _ := json.Marshal(names) // of strings never fails
			list = append(list, proto.Entry{Key: key, Value: string(text)})
		}
	}
	add(featuresKey, m.Features())
	add(classesKey, m.Classes())
	if kind := f.Outputs[0].Kind; kind == models.Multilabel {
		list = append(list, proto.Entry{Key: kindKey, Value: kind.String()})
	}
	return list
}
