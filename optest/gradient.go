package optest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// GradientOptions is what Gradient may be told besides. The zero value is right
// for a j that depends on parameters and constants only.
type GradientOptions struct {
	// Feeds are the values of the inputs that j depends on.
	Feeds map[*graph.Node]*tensor.Dense

	// Second is a second opinion, such as the gradient of another library: the
	// entries of ∂j/∂w, row by row. SecondName heads its column.
	Second     func(j, w *graph.Node) ([]float64, error)
	SecondName string

	// SecondWrong says why the second opinion is known to be wrong, or to
	// refuse. It must then be so: the day it is mended the test fails.
	SecondWrong string

	// Tolerance is what the hand-derived gradient, the automatic one and the
	// second opinion may differ by, and DifferenceTolerance what finite
	// differences may, relative to the entry and to a thousandth of the largest
	// one. Zero is 1e-12 and 1e-7; for float32, 1e-5 and 1e-2.
	Tolerance, DifferenceTolerance float64
}

// Gradient compares four gradients of the scalar j with respect to w, a
// parameter or an input: hand, a node that the author derived by hand; the
// automatic graph.Gradient(j, w); a second opinion, if there is one; and finite
// differences. It fails, and prints all of them, if one differs from the
// hand-derived one; otherwise it logs them.
//
// w may also be a node computed from others, which has no differences. Of a
// large w only some entries are tried by differences.
func Gradient(t T, j, w, hand *graph.Node, options ...GradientOptions) {
	t.Helper()
	var o GradientOptions
	if len(options) > 0 {
		o = options[0]
	}
	if j.Err() == nil && w.Err() == nil {
		o = o.withDefaults(j.Graph().Dtype())
	}
	table, err := compareGradients(j, w, hand, o)
	switch {
	case err != nil:
		t.Errorf("gradient: %v", err)
	case len(table.complaints) > 0:
		t.Errorf("%s\n%v", strings.Join(table.complaints, "\n"), table)
	default:
		t.Logf("%v", table)
	}
}

func (o GradientOptions) withDefaults(dtype tensor.Dtype) GradientOptions {
	tolerance, differences := exact, 1e-7
	if dtype == tensor.Float32 {
		tolerance, differences = exact32, 1e-2
	}
	if o.Tolerance == 0 {
		o.Tolerance = tolerance
	}
	if o.DifferenceTolerance == 0 {
		o.DifferenceTolerance = differences
	}
	if o.SecondName == "" {
		o.SecondName = "second opinion"
	}
	return o
}

func compareGradients(j, w, hand *graph.Node, o GradientOptions) (*gradientTable, error) {
	if err := hand.Err(); err != nil {
		return nil, fmt.Errorf("the hand-derived formula does not build: %w", err)
	}
	engine := graph.Gradient(j, w)[0]
	if err := engine.Err(); err != nil {
		return nil, err
	}
	if hand.Shape() != w.Shape() {
		return nil, fmt.Errorf("the hand-derived formula has shape %v, w has %v: is a transpose or a sum missing?", hand.Shape(), w.Shape())
	}
	p, err := o.program(engine, hand)
	if err != nil {
		return nil, err
	}
	if err := p.Run(); err != nil {
		return nil, err
	}
	table := &gradientTable{title: fmt.Sprintf("gradient by %s %v", nameOf(w), w.Shape()), w: w}
	for _, c := range []struct {
		name string
		node *graph.Node
	}{{"hand", hand}, {"engine", engine}} {
		v, err := p.Value(c.node)
		if err != nil {
			return nil, err
		}
		table.add(column{name: c.name, entries: numbers(v), tolerance: o.Tolerance})
	}
	if o.Second != nil {
		table.addSecond(j, w, o)
	}
	differences, err := o.differences(j, w, len(table.columns[0].entries))
	if err != nil {
		return nil, err
	}
	table.add(differences)
	return table, nil
}

// program compiles outputs and feeds the inputs.
func (o GradientOptions) program(outputs ...*graph.Node) (*graph.Program, error) {
	p, err := graph.Compile(outputs...)
	if err != nil {
		return nil, err
	}
	for x, v := range o.Feeds {
		if err := p.Feed(x, v); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// addSecond asks for the second opinion.
func (g *gradientTable) addSecond(j, w *graph.Node, o GradientOptions) {
	entries, err := o.Second(j, w)
	if err == nil && len(entries) != len(g.columns[0].entries) {
		err = fmt.Errorf("%d entries for %d", len(entries), len(g.columns[0].entries))
	}
	c := column{name: o.SecondName, entries: entries, tolerance: o.Tolerance}
	if err != nil {
		n := len(g.columns[0].entries)
		c.entries, c.missing, c.note = filled(n, math.NaN()), slices.Repeat([]bool{true}, n), err.Error()
	}
	if o.SecondWrong == "" {
		if err != nil {
			g.complaints = append(g.complaints, fmt.Sprintf("%s: %s refuses: %v", g.title, o.SecondName, err))
		}
		g.add(c)
		return
	}
	if _, over := g.worst(c); err == nil && over <= 1 {
		g.complaints = append(g.complaints, fmt.Sprintf("%s: %s is right, but it was said to be wrong: %s", g.title, o.SecondName, o.SecondWrong))
	}
	c.note = strings.TrimSpace("known to be wrong: " + o.SecondWrong + " " + c.note)
	g.columns = append(g.columns, c)
}

// differences is the column of Richardson-extrapolated central differences by
// the n entries of w. It moves a parameter in place and puts it back.
func (o GradientOptions) differences(j, w *graph.Node, n int) (column, error) {
	const most = 200
	c := column{name: "differences", entries: filled(n, math.NaN()), missing: slices.Repeat([]bool{true}, n),
		slack: make([]float64, n), tolerance: o.DifferenceTolerance}
	value := w.Value()
	if w.Kind() == graph.Input {
		value = o.Feeds[w]
	}
	if value == nil {
		c.note = nameOf(w) + " is computed from other nodes, or not fed, and cannot be moved"
		return c, nil
	}
	p, err := o.program(j)
	if err != nil {
		return c, err
	}
	start := numbers(value)
	for i := 0; i < n; i += (n + most - 1) / most {
		s, err := differences(func(step float64) ([]float64, error) {
			moved := slices.Clone(start)
			moved[i] += step
			if w.Kind() == graph.Input {
				err = p.Feed(w, dense(value.Dtype(), graph.ShapeOf(value.Shape()...), moved))
			} else {
				write(value, moved)
				defer write(value, start)
			}
			return scalar(p, j, err)
		}, stepAt(j, start[i]))
		if err != nil {
			return c, err
		}
		c.entries[i], c.missing[i], c.slack[i] = s.value[0], false, s.noise[0]
		if value.Dtype() == tensor.Float32 {
			c.slack[i] *= 0x1p29 // float32 has 29 bits less
		}
	}
	return c, nil
}

// scalar runs p, unless there is an error already, and returns j.
func scalar(p *graph.Program, j *graph.Node, err error) ([]float64, error) {
	if err != nil {
		return nil, err
	}
	if err := p.Run(); err != nil {
		return nil, err
	}
	v, err := p.Value(j)
	if err != nil {
		return nil, err
	}
	return numbers(v), nil
}

// stepAt is the largest step of the differences. It is small, so that it seldom
// goes over the kink of a ReLU.
func stepAt(j *graph.Node, at float64) float64 {
	h := 0x1p-10
	if j.Graph().Dtype() == tensor.Float32 {
		h = 0x1p-4
	}
	return h * math.Max(1, math.Abs(at))
}
