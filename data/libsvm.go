package data

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
)

// LibSVM says how to read a file of sparse rows in the format of LIBSVM and SVMlight, a row a line: its label, and then the
// index and the value of each feature that is not 0, in ascending order of the index:
//
//	+1 3:0.5 17:1 # a comment
//
// Labels are those of a CSV file. A file may be compressed by gzip. Features have no names: they are x0, x1, …. A field qid:3
// behind the label is passed over. (scikit-learn's load_svmlight_file.)
type LibSVM struct {
	Source   string   // the name of the file in messages; "" is the path given to OpenLibSVM, or "LibSVM"
	Features int      // how many there are; 0 is up to the largest index
	FromZero bool     // indices begin at 0, also in a file in which 0 does not occur; else they begin at 1 unless 0 occurs
	Task     Task     // whether labels are classes or numbers
	Classes  []string // the classes in their order, where it is known
	Limits   Limits   // Fields is how many features there may be
}

// OpenLibSVM reads the file at path. Errors name file:line:column and the text there, and wrap those that errors of
// [Open] wrap.
func OpenLibSVM(path string, o LibSVM) (*Dataset, error) {
	return openFile(path, &o.Source, func(f io.Reader) (*Dataset, error) { return ReadLibSVM(f, o) })
}

// ReadLibSVM reads a file from r, to its end. The data set has Sparse rows. Errors are those of [OpenLibSVM].
func ReadLibSVM(r io.Reader, o LibSVM) (*Dataset, error) {
	if o.Source == "" {
		o.Source = "LibSVM"
	}
	t, err := newTable(r, CSV{Source: o.Source, Comma: Blanks, Comment: '#', Task: o.Task, Classes: o.Classes, Limits: o.Limits})
	if err != nil {
		return nil, err
	}
	if o.Features < 0 || o.Features > t.in.limits.Fields {
		return nil, fmt.Errorf("%s: %d features, of %d at most (see LibSVM.Limits): %w", o.Source, o.Features, t.in.limits.Fields, ErrArgument)
	}
	read := sparseReader{table: t, sparse: &Sparse{Starts: []int{0}}, fromZero: o.FromZero, largest: -1}
	for {
		switch err := t.next(); {
		case err == io.EOF:
			return read.end(o.Features)
		case err != nil:
			return nil, err
		}
		if err := read.row(); err != nil {
			return nil, err
		}
		t.width = 0 // of the next row
	}
}

// A sparseReader reads rows, each a record of a table.
type sparseReader struct {
	*table
	sparse   *Sparse
	lines    []int
	fromZero bool // as far as it is known
	largest  int  // index
}

// row reads the current record.
func (t *sparseReader) row() error {
	t.width = len(t.in.fields)
	if err := t.present(t.in.field(0)); err != nil {
		return t.fail(0, err)
	}
	if err := t.labels.add(t.in.field(0)); err != nil {
		return t.fail(0, err)
	}
	before := -1
	for i := 1; i < t.width; i++ {
		field := t.in.field(i)
		if field[0] == '#' {
			break
		}
		if i == 1 && bytes.HasPrefix(field, []byte("qid:")) {
			continue
		}
		index, v, err := t.entry(field)
		if err == nil && index <= before {
			err = fmt.Errorf("index %d after %d: they have to ascend: %w", index, before, ErrColumn)
		}
		if err != nil {
			return t.fail(i, err)
		}
		before = index
		t.fromZero = t.fromZero || index == 0
		if t.largest = max(t.largest, index); v != 0 {
			t.sparse.Columns, t.sparse.Values = append(t.sparse.Columns, int32(index)), append(t.sparse.Values, v)
		}
	}
	t.sparse.add()
	t.lines = append(t.lines, t.in.first)
	return nil
}

// entry reads a field 17:0.5.
func (t *sparseReader) entry(field []byte) (index int, v float64, err error) {
	left, right, ok := bytes.Cut(field, []byte(":"))
	if !ok {
		return 0, 0, fmt.Errorf("want index:value: %w", ErrNumber)
	}
	if index, err = strconv.Atoi(string(left)); err != nil || index < 0 {
		return 0, 0, fmt.Errorf("index %s is no whole number from 0 on: %w", quote(left), ErrNumber)
	}
	if index > t.in.limits.Fields {
		return 0, 0, fmt.Errorf("index %d, of %d features at most (see LibSVM.Limits.Fields): %w", index, t.in.limits.Fields, ErrLimit)
	}
	if v, err = parse(right); err == nil && !isFinite(v) {
		err = ErrNotFinite
	}
	return index, v, err
}

// end returns the data set of so many features; 0 is as many as the indices want.
func (t *sparseReader) end(features int) (*Dataset, error) {
	if len(t.lines) == 0 {
		return nil, fmt.Errorf("%s: %w", t.Source, ErrEmpty)
	}
	if !t.fromZero {
		for e := range t.sparse.Columns {
			t.sparse.Columns[e]--
		}
		t.largest--
	}
	if features == 0 {
		features = max(t.largest+1, 1)
	}
	if t.largest >= features {
		return nil, fmt.Errorf("%s: column %d where there are %d features: %w", t.Source, t.largest, features, ErrColumn)
	}
	d := &Dataset{Sparse: t.sparse, Features: Names(features), Target: "y", Source: t.Source, Lines: t.lines}
	var err error
	if d.Y, d.Classes, err = t.labels.encode(); err != nil {
		return nil, fmt.Errorf("%s: %w", t.Source, err)
	}
	return d, nil
}

// WriteLibSVM writes d in the format of [LibSVM], with indices from 1. Labels are the names of classes, or numbers, or 0 if there are
// none; the numbers read back the same. The error wraps ErrName for a class whose name is no number.
func (d *Dataset) WriteLibSVM(w io.Writer) error {
	if err := d.Check(); err != nil {
		return err
	}
	for _, name := range d.Classes {
		if _, err := parse([]byte(name)); err != nil {
			return fmt.Errorf("%s: class %s in a LibSVM file, where labels are numbers: %w", d.source(), quote(name), ErrName)
		}
	}
	out := bufio.NewWriter(w)
	for i := range d.Rows() {
		switch {
		case d.Classes != nil:
			_, _ = out.WriteString(d.Classes[int(d.Y[i])])
		case d.Y != nil:
			_, _ = out.Write(strconv.AppendFloat(nil, d.Y[i], 'g', -1, 64))
		default:
			_ = out.WriteByte('0')
		}
		columns, values := d.entriesOf(i)
		for k, v := range values {
			if columns != nil {
				k = int(columns[k])
			}
			if v != 0 {
				fmt.Fprintf(out, " %d:%s", k+1, strconv.FormatFloat(v, 'g', -1, 64))
			}
		}
		_ = out.WriteByte('\n')
	}
	return out.Flush() // has the first error
}
