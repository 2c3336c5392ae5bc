package data

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// labels reads a column of labels, one at a time, and encodes them when all are known. The name of a class is its text
// in the file. Labels that are equal numbers, 1 and 1.0, are one class with the name that comes first.
type labels struct {
	task    Task
	fixed   bool            // the classes were given
	numbers map[decimal]int // those given that are numbers
	kind    labelKind
	names   []string        // the classes given, or the different labels met so far
	at      map[string]int  // the position of each in names
	most    int             // how many names there may be
	y       blocks[float64] // positions in names; under targets, the labels themselves
}

// labelKind is what the labels so far are.
type labelKind int

const (
	noLabels labelKind = iota
	textLabels
	numberLabels // whole ones, or those of a classification
	targets      // numbers of a regression
)

func newLabels(task Task, classes []string, most int) (*labels, error) {
	l := &labels{task: task, most: most, fixed: classes != nil, at: make(map[string]int), numbers: make(map[decimal]int)}
	if l.fixed && task == Regression {
		return nil, fmt.Errorf("classes for a regression: %w", ErrArgument)
	}
	if task < DetectTask || task > Regression {
		return nil, fmt.Errorf("task %d: %w", task, ErrArgument)
	}
	if task == Regression {
		l.kind = targets
	}
	if err := checkNames("classes", classes); err != nil {
		return nil, err
	}
	for _, name := range classes {
		if d, ok := newDecimal(name); ok {
			if i, again := l.numbers[d]; again {
				return nil, fmt.Errorf("classes %s and %s are one number: %w", quote(classes[i]), quote(name), ErrName)
			}
			l.numbers[d] = len(l.names)
		}
		l.at[name] = len(l.names)
		l.names = append(l.names, name)
	}
	return l, nil
}

// className is the name of a class that is a number: its digits, with an exponent only where encoding/json writes one.
// −0 is 0.
func className(v float64) string {
	format := byte('f')
	if a := math.Abs(v); a != 0 && a < 1e-6 || a >= 1e21 {
		format = 'g'
	}
	return strconv.FormatFloat(v+0, format, -1, 64)
}

// add appends a label.
func (l *labels) add(label []byte) error {
	at, ok := l.at[string(label)]
	if !ok {
		var err error
		if at, err = l.meet(label); err != nil {
			return err
		}
	}
	if l.kind != targets {
		l.y.append(float64(at))
	}
	return nil
}

// meet returns the position of a label that is not among the names yet, which it usually adds to them. A target of a
// regression it appends to y.
func (l *labels) meet(label []byte) (int, error) {
	if l.fixed {
		if d, ok := newDecimal(string(label)); ok {
			if at, ok := l.numbers[d]; ok {
				return at, nil
			}
		}
		return 0, fmt.Errorf("not among the classes %s: %w", list(l.names), ErrLabel)
	}
	v, err := parse(label)
	text := err != nil
	switch {
	case text && l.task == Regression:
		return 0, err
	case text && l.task == DetectTask && errors.Is(err, errCommas):
		return 0, fmt.Errorf("%w; for classes of such names set CSV.Task", err)
	case l.kind != noLabels && text != (l.kind == textLabels):
		return 0, fmt.Errorf("labels are text and numbers (a header? see CSV.Header and CSV.Classes): %w", ErrLabel)
	case text:
		l.kind = textLabels
	case !isFinite(v):
		return 0, ErrNotFinite
	case l.task == DetectTask && l.kind != targets && v != math.Trunc(v):
		l.makeTargets()
	case l.kind == noLabels:
		l.kind = numberLabels
	}
	if l.kind == targets {
		l.y.append(v)
		return 0, nil
	}
	if len(l.names) == l.most {
		return 0, fmt.Errorf("more than %d different labels: classes, numbers or names of rows? see CSV.Label, CSV.Task and CSV.Limits: %w", l.most, ErrLimit)
	}
	name := string(label)
	l.at[name] = len(l.names)
	l.names = append(l.names, name)
	return len(l.names) - 1, nil
}

// makeTargets turns the labels so far into targets of a regression.
func (l *labels) makeTargets() {
	for _, at := range l.y.join() {
		v, _ := parse([]byte(l.names[int(at)])) // it has been parsed before
		l.y.append(v)
	}
	l.kind, l.names, l.at = targets, nil, nil
}

// encode returns the targets and the names of the classes; these are nil for regression.
func (l *labels) encode() (y []float64, classes []string, err error) {
	y = l.y.join()
	switch {
	case l.fixed:
		return y, l.names, nil
	case l.kind == targets:
		return y, nil, nil
	}
	order, compare := ascending(make([]int, len(l.names))), l.compare()
	slices.SortStableFunc(order, compare)
	position := make([]float64, len(order)) // of each of l.names in classes
	for k, i := range order {
		if k == 0 || compare(order[k-1], i) != 0 {
			classes = append(classes, l.names[i])
		}
		position[i] = float64(len(classes) - 1)
	}
	if err := checkCount(len(classes), len(y), l.task); err != nil {
		return nil, nil, err
	}
	for k, at := range y {
		y[k] = position[int(at)]
	}
	return y, classes, nil
}

// compare returns the order of the classes, of two positions in names: by value if they are numbers, else by text.
func (l *labels) compare() func(i, j int) int {
	if l.kind == textLabels {
		return func(i, j int) int { return strings.Compare(l.names[i], l.names[j]) }
	}
	values := make([]decimal, len(l.names))
	for i, name := range l.names {
		values[i], _ = newDecimal(name) // it has been parsed before
	}
	return func(i, j int) int { return values[i].compare(values[j]) }
}

// encodeNumbers replaces each y by its position among the sorted distinct values, and returns their names. For a
// regression it leaves y unchanged and returns no names.
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
