package data

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// labels reads a column of labels, one at a time, and encodes them when all are known.
type labels struct {
	task  Task
	fixed bool           // the classes were given
	text  bool           // labels are text: y holds positions in names; else they are numbers, and y holds them
	names []string       // the classes given, or met so far
	at    map[string]int // the position of each in names
	y     []float64
}

func newLabels(task Task, classes []string) (*labels, error) {
	l := &labels{task: task, fixed: classes != nil, at: make(map[string]int)}
	if l.fixed && task == Regression {
		return nil, fmt.Errorf("classes for a regression: %w", ErrArgument)
	}
	if task < DetectTask || task > Regression {
		return nil, fmt.Errorf("task %d: %w", task, ErrArgument)
	}
	for _, name := range classes {
		key := canonical(name)
		if _, again := l.at[key]; again {
			return nil, fmt.Errorf("class %q is given twice: %w", name, ErrArgument)
		}
		l.at[key] = len(l.names)
		l.names = append(l.names, name)
	}
	return l, nil
}

// canonical writes equal numbers alike: 1.0 and 1e0 as 1. Other text is left as it is.
func canonical(label string) string {
	if v, err := parse(label); err == nil && isFinite(v) {
		return className(v)
	}
	return label
}

// className is the name of a class that is a number; −0 is 0.
func className(v float64) string { return strconv.FormatFloat(v+0, 'g', -1, 64) }

// add appends a label.
func (l *labels) add(label string) error {
	if l.fixed {
		at, ok := l.at[canonical(label)]
		if !ok {
			return fmt.Errorf("not among the classes %s: %w", list(l.names), ErrLabel)
		}
		l.y = append(l.y, float64(at))
		return nil
	}
	v, err := parse(label)
	text := err != nil
	switch {
	case text && l.task == Regression:
		return err
	case len(l.y) == 0:
		l.text = text
	case l.text != text:
		return fmt.Errorf("labels are text and numbers (a header? see CSV.Header and CSV.Classes): %w", ErrLabel)
	}
	if !text {
		if !isFinite(v) {
			return ErrNotFinite
		}
		l.y = append(l.y, v)
		return nil
	}
	at, ok := l.at[label]
	if !ok {
		label = strings.Clone(label) // not a part of the whole record
		at = len(l.names)
		l.at[label] = at
		l.names = append(l.names, label)
	}
	l.y = append(l.y, float64(at))
	return nil
}

// encode returns the targets and the names of the classes; these are nil for regression.
func (l *labels) encode() (y []float64, classes []string, err error) {
	switch {
	case l.fixed:
		return l.y, l.names, nil
	case !l.text:
		return encodeNumbers(l.y, l.task)
	}
	if err := checkCount(len(l.names), len(l.y), l.task); err != nil {
		return nil, nil, err
	}
	classes = slices.Sorted(slices.Values(l.names))
	position := make([]float64, len(classes)) // of each of l.names in classes
	for i, name := range classes {
		position[l.at[name]] = float64(i)
	}
	for k, at := range l.y {
		l.y[k] = position[int(at)]
	}
	return l.y, classes, nil
}

// encodeNumbers turns y, in place, into positions among its sorted distinct values, and names them; for regression
// it leaves y as it is, without classes.
func encodeNumbers(y []float64, task Task) ([]float64, []string, error) {
	fraction := func(v float64) bool { return v != math.Trunc(v) }
	if task == Regression || task == DetectTask && slices.ContainsFunc(y, fraction) {
		return y, nil, nil
	}
	values := slices.Clone(y)
	slices.Sort(values)
	values = slices.Compact(values)
	if err := checkCount(len(values), len(y), task); err != nil {
		return nil, nil, err
	}
	classes := make([]string, len(values))
	for i, v := range values {
		classes[i] = className(v)
	}
	for k, v := range y {
		at, _ := slices.BinarySearchFunc(values, v, cmp.Compare[float64])
		y[k] = float64(at)
	}
	return y, classes, nil
}

// checkCount refuses to guess that labels are classes if nearly every example has its own.
func checkCount(classes, rows int, task Task) error {
	if task == DetectTask && classes > 20 && 2*classes > rows {
		return fmt.Errorf("%d different labels in %d rows: classes or numbers? set the task: %w", classes, rows, ErrLabel)
	}
	return nil
}
