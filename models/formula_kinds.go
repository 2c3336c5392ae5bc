package models

import (
	"fmt"
	"slices"
	"strconv"

	"adjoint/data"
	"adjoint/graph"
)

// named reports whether the outputs of a kind are probabilities of what has names.
func (k Kind) named() bool { return k == Binary || k == Categorical || k == Multilabel }

// inferred returns outputs with what follows from the targets and from the data set that
// feeds them: their kinds, and the names of classes.
func inferred(outputs []Output, targets []source, d *data.Dataset) ([]Output, error) {
	outputs = slices.Clone(outputs)
	for i := range outputs {
		o := &outputs[i]
		var t *source
		if at := slices.IndexFunc(targets, func(s source) bool { return s.leaf == o.Target }); at >= 0 && o.Target != nil {
			t = &targets[at]
		}
		var err error
		if o.Kind == Inferred {
			classes := 0
			if t != nil && t.label {
				classes = len(d.Classes)
			}
			o.Kind, err = kindOf(classes, width(o.P))
		}
		if err == nil && t != nil {
			err = o.fits(t)
		}
		if err == nil {
			err = o.nameClasses(t, d)
		}
		if err != nil {
			return nil, fmt.Errorf("output %q: %w", o.Name, err)
		}
	}
	return outputs, nil
}

// kindOf returns the kind of an output of k numbers for each example that is compared with
// one of so many classes, or with numbers if there are none.
func kindOf(classes, k int) (Kind, error) {
	switch {
	case classes == 0:
		return Numbers, nil
	case classes == 2 && k == 1:
		return Binary, nil
	case classes == k:
		return Categorical, nil
	}
	want := fmt.Sprintf("one for each class, as Dense{Units: %d, Activation: Softmax} has", classes)
	if classes == 2 {
		want = "one, as Dense{Units: 1, Activation: Sigmoid} has, or one for each class, by Softmax"
	}
	return 0, fmt.Errorf("%w: it has %d outputs for %d classes, want %s; if these are numbers to predict, read them with Task: data.Regression", ErrOutputs, k, classes, want)
}

// kindOfSeveral returns the kind of an output a that is compared with several targets: labels if
// the loss, or if there is none the last layer, is one of probabilities.
func kindOfSeveral(l Loss, a *graph.Node) Kind {
	if l.Name == LogLoss.Name || l.Name == LogLossFromLogits.Name || l.Of == nil && opName(a) == "Sigmoid" {
		return Multilabel
	}
	return Numbers
}

// fits returns an error unless the output can be compared with what t feeds: number by
// number, or classes with their positions, each at each place if there are places.
func (o *Output) fits(t *source) error {
	k, w := width(o.P), width(t.leaf)
	places := length(o.P) != 0
	if places == (length(t.leaf) != 0) && (w == 1 && o.Kind == Categorical || w == k && !(places && o.Kind == Categorical)) {
		return nil
	}
	return fmt.Errorf("%w: %d numbers (%v) are compared with %d of %s", ErrOutputs, k, o.Kind, w, t.leaf.Name())
}

// nameClasses sets the names of classes that are not set, and compares those that are with
// the label.
func (o *Output) nameClasses(t *source, d *data.Dataset) error {
	k := o.classes(width(o.P))
	switch {
	case !o.Kind.named():
		return nil
	case t != nil && t.label && d.Classes != nil && o.Kind != Multilabel:
		if o.Classes != nil && !slices.Equal(o.Classes, d.Classes) {
			return fmt.Errorf("%w: classes %.200q, the output has %.200q", data.ErrLabel, d.Classes, o.Classes)
		}
		o.Classes = slices.Clone(d.Classes)
	case o.Classes == nil && o.Kind == Multilabel && t != nil && !t.label:
		o.Classes = slices.Clone(t.columns)
	case o.Classes == nil:
		for i := range k {
			o.Classes = append(o.Classes, strconv.Itoa(i))
		}
	}
	if len(o.Classes) != k {
		return fmt.Errorf("%w: %d outputs for %d classes", ErrOutputs, k, len(o.Classes))
	}
	return nil
}

// labels turns predictions into class positions; single numbers stay as they are. It is nil
// for numbers, or labels, of which a row has several.
func (k Kind) labels(rows rowsOfNumbers) []float64 {
	if k == Multilabel || !k.named() && rows.width > 1 {
		return nil
	}
	y := make([]float64, rows.len())
	for i := range y {
		y[i] = k.label(rows.row(i))
	}
	return y
}

// label returns that of a row, which has one.
func (k Kind) label(p []float64) float64 {
	switch {
	case k == Categorical:
		return largest(p)
	case k != Binary:
		return p[0]
	case p[0] >= 0.5:
		return 1
	}
	return 0
}

// largest returns the position of the largest number, the first of equal ones.
func largest(p []float64) float64 {
	at := 0
	for k := range p {
		if p[k] > p[at] {
			at = k
		}
	}
	return float64(at)
}
