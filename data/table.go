package data

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode"
)

// A table reads one CSV file into d, a record at a time.
type table struct {
	CSV
	in     *recordReader
	d      *Dataset
	labels *labels
	marks  marks

	x     blocks[float64] // as Dataset.X
	y     blocks[float64] // of several targets, as X of Beside["y"]
	w     blocks[float64] // as Dataset.Weights
	lines blocks[int]     // as Dataset.Lines

	names    []string // of the columns of the file; nil without a header
	width    int      // how many there are
	features []int    // the positions of the features
	texts    []texts  // of each feature
	label    int      // the position of the label; -1 if there is none
	targets  []int    // the positions of several targets
	weight   int      // the position of the weight; -1 if there is none
	read     int      // rows whose features were taken away
	dotted   []byte   // a number with a decimal comma, with a point

	positions [][]float64 // of the texts of each feature, by the place that X has; nil for numbers
}

// newTable checks the options and the format of the file.
func newTable(r io.Reader, o CSV) (*table, error) {
	if o.Source == "" {
		o.Source = "CSV"
	}
	fail := func(err error) (*table, error) { return nil, fmt.Errorf("%s: %w", o.Source, err) }
	if err := o.check(); err != nil {
		return fail(err)
	}
	limits, err := o.Limits.withDefaults()
	if err != nil {
		return fail(err)
	}
	labels, err := newLabels(o.Task, o.Classes, limits.Classes)
	if err != nil {
		return fail(err)
	}
	buf, err := o.open(r)
	if err != nil {
		return fail(err)
	}
	in := &recordReader{in: buf, trim: !unicode.IsSpace(o.Comma), limits: limits}
	if o.Comma != Blanks {
		in.comma = []byte(string(o.Comma))
	}
	if o.Comment != 0 {
		in.comment = []byte(string(o.Comment))
	}
	return &table{CSV: o, in: in, labels: labels, marks: newMarks(o.Marks), d: &Dataset{Source: o.Source}, label: -1, weight: -1}, nil
}

// next reads the next record that is not blank. It returns io.EOF, unwrapped, after the last.
func (t *table) next() error {
	for {
		err := t.in.next()
		if err == io.EOF {
			return err
		}
		if at, ok := errors.AsType[*errorAt](err); ok {
			return fmt.Errorf("%s:%w", t.Source, at)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", t.Source, err)
		}
		switch fields := len(t.in.fields); {
		case fields == 1 && len(t.in.field(0)) == 0 && t.width != 1:
			continue
		case t.width != 0 && fields != t.width:
			return fmt.Errorf("%s:%d: %d fields where the first record has %d: %w", t.Source, t.in.first, fields, t.width, ErrRagged)
		}
		return nil
	}
}

// example reads the current record. With DropMissing, a missing value takes precedence over a field that is not a number.
func (t *table) example() error {
	if t.Missing == DropMissing && t.hasMissing() {
		t.d.Dropped++
		return nil
	}
	row := t.x.more(len(t.features))
	for k, i := range t.features {
		var ok bool
		if t.texts[k].is == NumberType && len(t.marks.numbers) == 0 { // then a decimal stands for no missing value
			f, text := t.in.fields[i], t.in.text
			if row[k], ok = parseWord(text, int(f.begin), int(f.end)); !ok {
				row[k], ok = parseDigits(text[f.begin:f.end])
			}
		}
		if ok {
			continue
		}
		var err error
		if row[k], err = t.value(k, i); err != nil {
			return t.fail(i, err)
		}
	}
	t.lines.append(t.in.first)
	if t.label >= 0 {
		field := t.field(t.label)
		err := t.present(field)
		if err == nil {
			err = t.labels.add(field)
		}
		if err != nil {
			return t.fail(t.label, err)
		}
	}
	for _, i := range t.targets {
		v, err := t.number(i)
		if err != nil {
			return err
		}
		t.y.append(v)
	}
	if t.weight < 0 {
		return nil
	}
	v, err := t.number(t.weight)
	if err == nil && v < 0 {
		err = t.fail(t.weight, fmt.Errorf("a weight: %w", ErrArgument))
	}
	t.w.append(v)
	return err
}

// hasMissing reports whether a field that is read is missing.
func (t *table) hasMissing() bool {
	missing := func(i int) bool { return i >= 0 && t.marks.has(t.in.field(i)) }
	return slices.ContainsFunc(t.features, missing) || slices.ContainsFunc(t.targets, missing) || missing(t.label) || missing(t.weight)
}

// field returns field i of the current record, with a point for a decimal comma.
func (t *table) field(i int) []byte {
	field := t.in.field(i)
	if !t.DecimalComma || bytes.Count(field, []byte(",")) != 1 {
		return field
	}
	t.dotted = append(t.dotted[:0], field...)
	t.dotted[bytes.IndexByte(field, ',')] = '.'
	if _, err := parse(t.dotted); err != nil {
		return field
	}
	return t.dotted
}

// present returns an error if a field is missing.
func (t *table) present(field []byte) error {
	if t.marks.has(field) {
		return missingError(field)
	}
	return nil
}

// value reads feature k, field i of the record: a finite number, the position of a text, or NaN if it is missing and kept.
func (t *table) value(k, i int) (float64, error) {
	field := t.field(i)
	if t.marks.has(field) {
		if t.Missing == KeepMissing {
			return math.NaN(), nil
		}
		return 0, fmt.Errorf("set CSV.Missing to DropMissing, or to KeepMissing and give the model a Prepare: %w", missingError(field))
	}
	texts := &t.texts[k]
	if texts.is == TextType {
		return texts.add(t.in.field(i), t.in.limits.Texts)
	}
	v, err := parse(field)
	switch {
	case err == ErrNumber && texts.is == DetectType:
		texts.is, texts.guessed = TextType, true
		return texts.add(t.in.field(i), t.in.limits.Texts)
	case err == ErrNumber:
		err = errWord
	case err == nil && !isFinite(v):
		err = ErrNotFinite
	}
	texts.is = NumberType
	return v, err
}

// number reads field i as a finite number.
func (t *table) number(i int) (float64, error) {
	field := t.field(i)
	err := t.present(field)
	v := 0.0
	if err == nil {
		v, err = parse(field)
	}
	if err == nil && !isFinite(v) {
		err = ErrNotFinite
	}
	if err != nil {
		return 0, t.fail(i, err)
	}
	return v, nil
}

// end returns the data set.
func (t *table) end() (*Dataset, error) {
	if t.lines.len() == 0 && t.read == 0 {
		return nil, fmt.Errorf("%s: every one of %d rows has a missing value: %w", t.Source, t.d.Dropped, ErrEmpty)
	}
	if t.label >= 0 {
		var err error
		if t.d.Y, t.d.Classes, err = t.labels.encode(); err != nil {
			return nil, fmt.Errorf("%s: %w", t.Source, err)
		}
	}
	t.d.X, t.d.Lines = t.x.join(), t.lines.join()
	if t.weight >= 0 {
		t.d.Weights = t.w.join()
	}
	if t.targets != nil {
		t.d.Beside = map[string]*Dataset{"y": {X: t.y.join(), Features: t.targetNames(), Source: t.Source, Lines: t.d.Lines}}
	}
	if err := t.sortTexts(); err != nil {
		return nil, err
	}
	t.d.reorder(t.positions)
	return t.d, nil
}

// fail returns err with the place and the text of field i of the current record.
func (t *table) fail(i int, err error) error {
	line, column := t.in.place(i)
	name := fmt.Sprintf("field %d of %d", i+1, t.width)
	if t.names != nil {
		name = "column " + quote(t.names[i])
	}
	return fmt.Errorf("%s:%d:%d: %s in %s: %w", t.Source, line, column, quote(t.in.field(i)), name, err)
}
