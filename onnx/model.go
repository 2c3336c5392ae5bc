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

// A Model is a fitted model, such as [models.Deep] and [models.Logistic].
type Model interface {
	Formula() (models.Formula, error)
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
// model's float type.
//
// Its output is probability, of shape (N, 1) for P(y = 1|x) or (N, k) for k classes, or
// prediction, of shape (N, 1), for a regression, of the model's float type; and label, an
// int64 of shape (N), if it was asked for. The names of features and classes are in the
// file's metadata, under "features" and "classes", each a JSON array.
//
// The error is one of m.Formula's or of Write's.
func WriteModel(w io.Writer, m Model, o ModelOptions) error {
	f, err := m.Formula()
	if err != nil {
		return fmt.Errorf("onnx: %w", err)
	}
	low := newLowering()
	p := low.lower(f.P)
	if err := p.Err(); err != nil {
		return fmt.Errorf("onnx: %w", err)
	}
	b := newBuilder(o.Name, f.X.Graph().Dtype())
	b.enter(f.X, m.Scaler(), o)
	probability := b.promise(o.output(m), b.element, o.shape(p.Shape().Dim(0)))
	labels := value("")
	if o.Labels && m.Classes() != nil {
		labels = b.promise("label", proto.Int64, graph.ShapeOf(graph.Batch))
	}
	err = b.translate([]*graph.Node{p}, func(n *graph.Node) value { return b.unique(low.nameOf(n)) })
	if err != nil {
		return err
	}
	b.exit(probability, b.value[p], o)
	if labels != "" {
		b.label(labels, b.value[p], p.Shape().Dim(0))
	}
	return b.write(w, proto.Model{Doc: o.Doc, Metadata: metadata(m)})
}

// output is the name of what the model predicts.
func (o ModelOptions) output(m Model) value {
	if m.Classes() == nil {
		return "prediction"
	}
	return "probability"
}

// shape is the shape of n numbers an example.
func (o ModelOptions) shape(n int) graph.Shape {
	if o.Columns {
		return graph.ShapeOf(n, graph.Batch)
	}
	return graph.ShapeOf(graph.Batch, n)
}

// enter adds the input, standardised if that is asked for. For the formula, rows of
// examples become columns.
func (b *builder) enter(features *graph.Node, s *data.Scaler, o ModelOptions) {
	shape := o.shape(features.Shape().Dim(0))
	c := call{builder: b, name: b.unique("x")}
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
	b.value[features], b.turned[features] = c.transpose(x, []int{1, 0}), x
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

// exit makes the output of p, whose examples are columns.
func (b *builder) exit(output, p value, o ModelOptions) {
	if o.Columns {
		b.apply(output, "Identity", []value{p})
	} else {
		b.apply(output, "Transpose", []value{p}, attribute("perm", []int{1, 0}))
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

// metadata are the names of features and classes.
func metadata(m Model) []proto.Entry {
	var list []proto.Entry
	add := func(key string, names []string) {
		if names != nil {
			text, _ := json.Marshal(names) // of strings never fails
			list = append(list, proto.Entry{Key: key, Value: string(text)})
		}
	}
	add("features", m.Features())
	add("classes", m.Classes())
	return list
}
