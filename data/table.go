package data

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"unicode"
	"unicode/utf8"
)

// A table reads one CSV file into d, a record at a time.
type table struct {
	CSV
	in     *recordReader
	d      *Dataset
	labels *labels
	marks  marks

	x     blocks[float64] // as Dataset.X
	lines blocks[int]     // as Dataset.Lines
	row   []float64       // the features of the current record

	names    []string // of the columns of the file; nil without a header
	width    int      // how many there are
	features []int    // the positions of the features
	label    int      // the position of the label; -1 if there is none
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
	buf := bufio.NewReaderSize(r, 64<<10)
	if err := o.checkHead(buf); err != nil {
		return fail(err)
	}
	if o.Comma == 0 {
		o.Comma = ','
	}
	in := &recordReader{in: buf, comma: []byte(string(o.Comma)), trim: !unicode.IsSpace(o.Comma), limits: limits}
	if o.Comment != 0 {
		in.comment = []byte(string(o.Comment))
	}
	return &table{CSV: o, in: in, labels: labels, marks: newMarks(o.Marks), d: &Dataset{Source: o.Source}, label: -1}, nil
}

// checkHead returns an error if the beginning of the file is that of another format. It skips a byte order mark.
func (o CSV) checkHead(r *bufio.Reader) error {
	head, err := r.Peek(headSize)
	if err != nil && err != io.EOF {
		return err
	}
	if err := checkFormat(head); err != nil {
		return err
	}
	if o.Comma == 0 {
		if err := checkDelimiter(firstLines(head, err == io.EOF, o.Comment)); err != nil {
			return err
		}
	}
	if begins(byteOrderMark)(head) {
		_, err = r.Discard(len(byteOrderMark))
		return err
	}
	return nil
}

// check returns an error unless the options are valid.
func (o CSV) check() error {
	delimits := func(c rune) bool {
		return c == 0 || c != '"' && c != '\r' && c != '\n' && c != utf8.RuneError && utf8.ValidRune(c)
	}
	switch {
	case !delimits(o.Comma), !delimits(o.Comment), o.Comment != 0 && (o.Comment == o.Comma || o.Comment == ',' && o.Comma == 0):
		return fmt.Errorf("comma %q, comment %q: %w", o.Comma, o.Comment, ErrArgument)
	case o.Header < DetectHeader || o.Header > NoHeader:
		return fmt.Errorf("header %d: %w", o.Header, ErrArgument)
	case o.Missing < RefuseMissing || o.Missing > KeepMissing:
		return fmt.Errorf("missing %d: %w", o.Missing, ErrArgument)
	}
	return nil
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
	t.row = t.row[:0]
	var bad error // the first
	for _, i := range t.features {
		v, err := t.number(i)
		if err == errDrop {
			t.d.Dropped++
			return nil
		}
		if bad == nil {
			bad = err
		}
		t.row = append(t.row, v)
	}
	if t.label >= 0 && t.marks.has(t.in.field(t.label)) {
		if t.Missing == DropMissing {
			t.d.Dropped++
			return nil
		}
		return t.fail(t.label, missingError(t.in.field(t.label)))
	}
	if bad != nil {
		return bad
	}
	if t.label >= 0 {
		if err := t.labels.add(t.in.field(t.label)); err != nil {
			return t.fail(t.label, err)
		}
	}
	t.x.append(t.row...)
	t.lines.append(t.in.first)
	return nil
}

// errDrop means that a row is to be left out.
var errDrop = errors.New("left out")

// number reads feature i: NaN if it is missing and kept, and finite otherwise. It returns errDrop if the row is to be left out.
func (t *table) number(i int) (float64, error) {
	text := t.in.field(i)
	switch missing := t.marks.has(text); {
	case missing && t.Missing == KeepMissing:
		return math.NaN(), nil
	case missing && t.Missing == DropMissing:
		return 0, errDrop
	case missing:
		return 0, t.fail(i, missingError(text))
	}
	v, err := parse(text)
	switch {
	case err == ErrNumber:
		err = errWord
	case err == nil && !isFinite(v):
		err = ErrNotFinite
	}
	if err != nil {
		return 0, t.fail(i, err)
	}
	return v, nil
}

// end returns the data set.
func (t *table) end() (*Dataset, error) {
	if t.lines.len() == 0 {
		return nil, fmt.Errorf("%s: every one of %d rows has a missing value: %w", t.Source, t.d.Dropped, ErrEmpty)
	}
	if t.label >= 0 {
		var err error
		if t.d.Y, t.d.Classes, err = t.labels.encode(); err != nil {
			return nil, fmt.Errorf("%s: %w", t.Source, err)
		}
	}
	t.d.X, t.d.Lines = t.x.join(), t.lines.join()
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
