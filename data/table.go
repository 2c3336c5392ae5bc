package data

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// A table reads one CSV file into d, a record at a time.
type table struct {
	CSV
	in     *csv.Reader
	d      *Dataset
	labels *labels
	marks  map[string]bool // what stands for a missing value

	record   []string // the fields of the current record, trimmed
	names    []string // of the columns of the file; nil without a header
	width    int      // how many there are
	features []int    // the positions of the features
	label    int      // the position of the label; -1 if there is none
}

var defaultMarks = []string{"", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "?"}

func newTable(r io.Reader, o CSV) (*table, error) {
	if o.Source == "" {
		o.Source = "CSV"
	}
	if o.Comma == 0 {
		o.Comma = ','
	}
	if o.Marks == nil {
		o.Marks = defaultMarks
	}
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", o.Source, err)
	}
	labels, err := newLabels(o.Task, o.Classes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Source, err)
	}
	t := &table{CSV: o, labels: labels, marks: make(map[string]bool), d: &Dataset{Source: o.Source}, label: -1}
	for _, mark := range o.Marks {
		t.marks[mark] = true
	}
	buf := bufio.NewReader(r)
	if err := skipMark(buf); err != nil {
		return nil, fmt.Errorf("%s:1: %w", o.Source, err)
	}
	t.in = o.reader(buf)
	t.in.FieldsPerRecord = -1 // counted by next
	t.in.ReuseRecord = true
	t.in.TrimLeadingSpace = o.Comma != '\t' && o.Comma != ' '
	return t, nil
}

// skipMark passes over the byte order mark of UTF-8, and refuses those of UTF-16.
func skipMark(r *bufio.Reader) error {
	mark, err := r.Peek(3)
	switch {
	case err != nil && err != io.EOF:
		return err
	case string(mark) == "\ufeff":
		_, err = r.Discard(len(mark))
		return err
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")):
		return fmt.Errorf("text in UTF-16, not UTF-8: %w", ErrSyntax)
	}
	return nil
}

// reader returns a reader of o's delimiters.
func (o CSV) reader(r io.Reader) *csv.Reader {
	in := csv.NewReader(r)
	in.Comma, in.Comment = o.Comma, o.Comment
	return in
}

// check says whether the options are possible.
func (o CSV) check() error {
	_, err := o.reader(strings.NewReader("")).Read()
	switch {
	case err != io.EOF:
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
		record, err := t.in.Read()
		if err == io.EOF {
			return err
		}
		if syntax, ok := errors.AsType[*csv.ParseError](err); ok {
			return fmt.Errorf("%s:%d:%d: %v: %w", t.Source, syntax.Line, syntax.Column, syntax.Err, ErrSyntax)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", t.Source, err)
		}
		for i, field := range record {
			record[i] = strings.TrimSpace(field)
		}
		t.record = record
		switch {
		case len(record) == 1 && record[0] == "" && t.width != 1:
			continue
		case t.width != 0 && len(record) != t.width:
			return fmt.Errorf("%s:%d: %d fields where the first record has %d: %w", t.Source, t.line(), len(record), t.width, ErrRagged)
		}
		return nil
	}
}

// example reads the current record.
func (t *table) example() error {
	if missing, err := t.missing(); missing || err != nil {
		return err
	}
	for _, i := range t.features {
		v, err := t.number(i)
		if err != nil {
			return err
		}
		t.d.X = append(t.d.X, v)
	}
	if t.label >= 0 {
		if err := t.labels.add(t.record[t.label]); err != nil {
			return t.fail(t.label, err)
		}
	}
	t.d.Lines = append(t.d.Lines, t.line())
	return nil
}

// missing applies the policy for missing values to the current record. It returns true if the row is left out.
func (t *table) missing() (bool, error) {
	check := func(i int, keep bool) (bool, error) {
		switch {
		case !t.marks[t.record[i]], keep:
			return false, nil
		case t.Missing == DropMissing:
			t.d.Dropped++
			return true, nil
		}
		if v, err := parse(t.record[i]); err == nil && math.IsNaN(v) {
			return false, t.fail(i, ErrNotFinite)
		}
		return false, t.fail(i, ErrMissing)
	}
	for _, i := range t.features {
		if missing, err := check(i, t.Missing == KeepMissing); missing || err != nil {
			return missing, err
		}
	}
	if t.label < 0 {
		return false, nil
	}
	return check(t.label, false)
}

// number reads feature i: NaN if it is missing, and finite otherwise.
func (t *table) number(i int) (float64, error) {
	if t.Missing == KeepMissing && t.marks[t.record[i]] {
		return math.NaN(), nil
	}
	v, err := parse(t.record[i])
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
	if len(t.d.Lines) == 0 {
		return nil, fmt.Errorf("%s: every one of %d rows has a missing value: %w", t.Source, t.d.Dropped, ErrEmpty)
	}
	if t.label >= 0 {
		var err error
		if t.d.Y, t.d.Classes, err = t.labels.encode(); err != nil {
			return nil, fmt.Errorf("%s: %w", t.Source, err)
		}
	}
	return t.d, nil
}

// line is that of the current record in the file.
func (t *table) line() int {
	line, _ := t.in.FieldPos(0)
	return line
}

// fail names the place and the text of field i of the current record.
func (t *table) fail(i int, err error) error {
	line, column := t.in.FieldPos(i)
	name := fmt.Sprintf("field %d of %d", i+1, t.width)
	if t.names != nil {
		name = fmt.Sprintf("column %q", t.names[i])
	}
	return fmt.Errorf("%s:%d:%d: %q in %s: %w", t.Source, line, column, t.record[i], name, err)
}
