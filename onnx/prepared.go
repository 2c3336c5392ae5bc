package onnx

import (
	"fmt"
	"math"
	"slices"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/onnx/internal/proto"
	"adjoint/prepare"
)

// learning is the domain of operators on texts, and their version: LabelEncoder of 2019.
const (
	learning      = "ai.onnx.ml"
	learningOpset = 2
)

// preparerOf returns the preparer of a model; nil if its features are numbers.
func preparerOf(m Model) *prepare.Preparer {
	if m, ok := m.(interface{ Preparer() *prepare.Preparer }); ok {
		return m.Preparer()
	}
	return nil
}

// A table is the raw columns of the rows, (N, 1), as inputs of the file: those of numbers in float64, NaN where there
// is a gap, and those of text, "" where there is one.
type table struct {
	*builder
	numbers value // (N, n), all columns of numbers, in their order
	columns []value
	made    map[string]value // prepared columns by name
}

// prepared makes the prepared columns of a table.
func (b *builder) prepared(p *prepare.Preparer) (*table, error) {
	t := &table{builder: b, made: map[string]value{}}
	names, types := p.Inputs()
	n := 0
	for _, is := range types {
		if is == data.NumberType {
			n++
		}
	}
	if n > 0 {
		t.numbers = b.input(b.unique("x"), proto.Float64, graph.ShapeOf(graph.Batch, n))
	}
	n = 0
	for j, is := range types {
		if is == data.TextType {
			t.columns = append(t.columns, b.input(b.unique(named(names[j])), proto.String, graph.ShapeOf(graph.Batch, 1)))
			continue
		}
		c := t.call(names[j])
		t.columns = append(t.columns, c.do("Slice", t.numbers, c.integers(n), c.integers(n+1), c.integers(1)))
		n++
	}
	for _, o := range p.Outputs() {
		v := t.columns[o.From]
		for _, m := range o.Maps {
			c := t.call(o.Name)
			var err error
			if v, err = c.apply(v, m, types[o.From]); err != nil {
				return nil, fmt.Errorf("onnx: column %.60q: %w", o.Name, err)
			}
		}
		t.made[o.Name] = v
	}
	return t, nil
}

// A cell makes the values of one column.
type cell struct{ *call }

func (t *table) call(name string) cell {
	return cell{&call{builder: t.builder, name: t.unique(named(name))}}
}

// apply returns a map of a column v, (N, 1).
func (c cell) apply(v value, m prepare.Map, is data.Type) (value, error) {
	switch m := m.(type) {
	case prepare.Fill:
		return c.where(c.do("IsNaN", v), c.doubles(m.Value), v), nil
	case prepare.Missing:
		if is == data.TextType {
			v = c.encoded(v, []string{""}, 1)
			return c.do("Gather", c.doubles(1, 0), v), nil
		}
		return c.cast(c.do("IsNaN", v), proto.Float64), nil
	case prepare.Scale:
		return c.quotient(c.difference(v, c.doubles(m.Shift)), c.doubles(m.By)), nil
	case prepare.Cut:
		at := c.sumRow(c.cast(c.do("GreaterOrEqual", v, c.row(m.Edges)), proto.Float64))
		return c.where(c.do("IsNaN", v), v, at), nil
	case prepare.Lookup:
		texts := append(slices.Clone(m.Texts), "")
		values := append(slices.Clone(m.Values), orNaN(m.Missing), orNaN(m.Unknown))
		if slices.Contains(m.Texts, "") {
			return "", fmt.Errorf("the text \"\", which stands for a gap: %w", ErrUnsupported)
		}
		return c.do("Gather", c.doubles(values...), c.encoded(v, texts, len(texts))), nil
	case prepare.Find:
		return c.found(v, m), nil
	}
	return "", fmt.Errorf("%T: no operator reads dates; give their parts as columns: %w", m, ErrUnsupported)
}

// found is Find: each number is compared with all of those that there are.
func (c cell) found(v value, m prepare.Find) value {
	same := c.cast(c.do("Equal", v, c.row(m.Numbers)), proto.Float64)
	hit := c.do("Greater", c.sumRow(same), c.doubles(0))
	is := c.sumRow(c.product(same, c.row(m.Values)))
	return c.where(c.do("IsNaN", v), c.doubles(orNaN(m.Missing)), c.where(hit, is, c.doubles(orNaN(m.Unknown))))
}

// encoded is the place of each text among those, and another where it is none of them.
func (c cell) encoded(v value, texts []string, other int) value {
	places := make([]int, len(texts))
	for i := range places {
		places[i] = i
	}
	out := c.part()
	c.file.Nodes = append(c.file.Nodes, proto.Node{
		Name: string(out), Domain: learning, Op: "LabelEncoder", In: []value{v}, Out: []value{out},
		Attributes: []proto.Attribute{attribute("keys_strings", texts), attribute("values_int64s", places), attribute("default_int64", int64(other))},
	})
	c.texts = true
	return out
}

// doubles is a vector of float64, or one as a scalar.
func (c cell) doubles(v ...float64) value {
	dims := []int{len(v)}
	if len(v) == 1 {
		dims = nil
	}
	return c.tensor(c.unique("table"), proto.Float64, dims, entriesOf(proto.Float64, v...))
}

// row is a row of float64, (1, k).
func (c cell) row(v []float64) value {
	return c.tensor(c.unique("table"), proto.Float64, []int{1, len(v)}, entriesOf(proto.Float64, v...))
}

// sumRow is the sum over a row, (N, 1).
func (c cell) sumRow(v value) value {
	return c.node("ReduceSum", []value{v, c.integers(1)}, attribute("keepdims", int64(1)))
}

// orNaN is *v, and NaN if there is none.
func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// enterPrepared makes an input of the formula from prepared columns, standardised by s if it is not nil.
func (t *table) enterPrepared(x *graph.Node, columns []string, s *data.Scaler) error {
	if x.Shape().Rank() != 2 || x.Shape().Dim(0) != len(columns) {
		return fmt.Errorf("onnx: %s of shape %v takes %d prepared columns: %w", x.Name(), x.Shape(), len(columns), ErrUnsupported)
	}
	parts := make([]value, len(columns))
	for i, name := range columns {
		if parts[i] = t.made[name]; parts[i] == "" {
			return fmt.Errorf("onnx: %s takes the column %.60q, which is not prepared: %w", x.Name(), name, ErrUnsupported)
		}
	}
	c := &call{builder: t.builder, name: t.unique("prepared")}
	rows := c.node("Concat", parts, attribute("axis", int64(1)))
	if s != nil {
		rows = c.standardized(rows, s, []int{len(columns)})
	} else if t.element != proto.Float64 {
		rows = c.cast(rows, t.element)
	}
	t.value[x], t.turned[x] = c.transpose(rows, []int{1, 0}), rows
	return nil
}

// enterTable makes the inputs of the formula of a model that has a preparer.
func (b *builder) enterTable(f *models.Formula, m Model, p *prepare.Preparer, o ModelOptions) error {
	if o.Columns || o.NoStandardize {
		return fmt.Errorf("onnx: Columns and NoStandardize are of models that take numbers, this one has a preparer: %w", ErrUnsupported)
	}
	t, err := b.prepared(p)
	if err != nil {
		return err
	}
	for _, x := range f.Inputs {
		columns := f.Columns[x.Name()]
		switch {
		case columns == nil && len(f.Inputs) == 1:
			for _, out := range p.Outputs() {
				columns = append(columns, out.Name)
			}
		case columns == nil:
			columns = []string{x.Name()}
		}
		if err := t.enterPrepared(x, columns, m.Scaler()); err != nil {
			return err
		}
	}
	return nil
}
