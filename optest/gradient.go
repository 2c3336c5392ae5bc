package optest

import (
	"errors"
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
	// one. Zero is 1e-12 and 1e-7; for float32, 1e-5 both.
	Tolerance, DifferenceTolerance float64

	// Step is the largest step of the finite differences. Zero is a step chosen
	// for each entry: a larger one where the derivative is small beside J, a
	// smaller one where J has a kink nearby.
	Step float64
}

// Gradient compares three gradients of the scalar j with respect to w, which is
// any node but a Const: hand, which the author derived; the automatic
// graph.Gradient(j, w); finite differences. A second opinion may be a fourth. They
// are independent. The differences move the entries of w, 200 at most, and compute
// j anew; they and a formula by hand are computed literally, op by op in float64,
// also in a graph of float32; only the automatic gradient passes through the
// compiler.
//
// hand is one of
//
//	*graph.Node               a formula, of w's shape
//	float64, []float64        entries, row by row
//	[][]float64, mat.Matrix   a matrix
//	Array, *tensor.Dense      a tensor
//	func(at At) any           a function of the values of nodes that returns one of these numbers
//
// If one of them differs Gradient fails, with one message: how many entries
// differ and by how much; whether the differences confirm the hand-derived
// gradient or the automatic one; which mistake explains the hand-derived one, such
// as a lost 1/N or a transpose; and the entries in question. Otherwise it logs a
// table. Formulas may differ by what their own rounding amounts to, as it shows when
// every step is rounded to and fro; a note says where that is much.
func Gradient(t T, j, w *graph.Node, hand any, options ...GradientOptions) {
	t.Helper()
	var o GradientOptions
	if len(options) > 0 {
		o = options[0]
	}
	c, err := compareGradients(j, w, hand, o)
	if errors.Is(err, graph.ErrUnfed) {
		err = fmt.Errorf("%w: GradientOptions.Feeds has the values of inputs", err)
	}
	if err != nil {
		t.Errorf("gradient: %v", err)
		return
	}
	if message := c.verdict(); message != "" {
		t.Errorf("%s", message)
		return
	}
	t.Logf("%v", c)
}

func (o GradientOptions) withDefaults(dtype tensor.Dtype) GradientOptions {
	tolerance, differences := exact, 1e-7
	if dtype == tensor.Float32 {
		tolerance, differences = exact32, exact32
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

func compareGradients(j, w *graph.Node, hand any, o GradientOptions) (*gradients, error) {
	for _, n := range []*graph.Node{j, w} {
		if err := n.Err(); err != nil {
			return nil, err
		}
	}
	o, j = o.withDefaults(j.Graph().Dtype()), graph.InPrediction(j)[0]
	gradient := graph.Gradient(j, w)[0]
	p, err := o.program(gradient) // it refuses feeds that do not fit
	if err != nil {
		return nil, err
	}
	l, err := newLiteral(o.Feeds)
	if err != nil {
		return nil, err
	}
	if err := p.Run(); err != nil {
		return nil, err
	}
	engine, err := p.Value(gradient)
	if err != nil {
		return nil, err
	}
	_, rounding, err := l.evaluate(gradient, w)
	if err != nil {
		return nil, err
	}
	d, err := l.handOf(hand, w)
	if err != nil {
		return nil, err
	}
	c := &gradients{literal: l, j: j, w: w, tolerance: o.Tolerance,
		engine: column{name: "engine", entries: numbers(engine), slack: rounding, tolerance: o.Tolerance}}
	if dims := w.Shape().At(l.n).Dims(); !slices.Equal(d.Dims, dims) && !(len(dims) < 2 && size(d.Dims) == size(dims)) {
		return nil, c.wrongShape(d)
	}
	c.hand = column{name: "hand", entries: d.Data, slack: d.rounding, tolerance: o.Tolerance}
	c.hand.note, c.engine.note = c.roundingNote(&c.hand), c.roundingNote(&c.engine)
	if c.differences, err = l.differences(o, j, w, c.size); err != nil {
		return nil, err
	}
	if o.Second != nil {
		c.addSecond(o)
	}
	return c, nil
}

// wrongShape is the error of a hand-derived gradient that has not the shape of w.
func (c *gradients) wrongShape(d handDerived) error {
	got := graph.ShapeOf(d.Dims...)
	if d.node != nil {
		got = d.node.Shape()
	}
	hint := "is a transpose or a sum missing?"
	dims := c.w.Shape().At(c.n).Dims()
	switch want := (Array{dims, c.engine.entries}); {
	case len(dims) != 2 || len(d.Dims) != 2:
		if size(d.Dims) == size(dims) && alike(d.Data, want.Data, c.likeness()) {
			hint = "its entries are right: reshape it"
		}
	case slices.Equal(transposedArray(d.Array).Dims, dims) && alike(transposedArray(d.Array).Data, want.Data, c.likeness()):
		hint = "its transpose is right"
	case dims[0] == d.Dims[0] && dims[1] == 1 && alike(rowSums(d.Array), want.Data, c.likeness()):
		hint = "the sum of its columns is right: add up over the examples"
	case dims[0] == d.Dims[0] && dims[1] == 1 && alike(times(1/float64(d.Dims[1]), rowSums(d.Array)), want.Data, c.likeness()):
		hint = "the mean of its columns is right: average over the examples"
	}
	return fmt.Errorf("the hand-derived gradient has shape %v, %s has %v: %s", got, nameOf(c.w), c.w.Shape(), hint)
}

// addSecond asks for the second opinion.
func (c *gradients) addSecond(o GradientOptions) {
	entries, err := o.Second(c.j, c.w)
	n := len(c.hand.entries)
	if err == nil && len(entries) != n {
		err = fmt.Errorf("%d entries for %d", len(entries), n)
	}
	s := &column{name: o.SecondName, entries: entries, slack: c.hand.slack, tolerance: o.Tolerance}
	if err != nil {
		s.entries, s.missing, s.note = filled(n, math.NaN()), slices.Repeat([]bool{true}, n), err.Error()
	}
	c.second = s
	if o.SecondWrong != "" {
		s.note = strings.TrimSpace("known to be wrong: " + o.SecondWrong + " " + s.note)
		c.secondWrong, c.secondRefuses = o.SecondWrong, err != nil
	} else if err != nil {
		c.secondRefuses = true
		s.note = "refuses: " + s.note
	}
}
