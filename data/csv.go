package data

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

// CSV says how a file is to be read. Its zero value reads what most files are: fields between commas, a header
// if there is one, the label last, numbers elsewhere, nothing missing.
//
// Files are as RFC 4180 and [encoding/csv] have them: quoted fields may hold commas, quotes and line ends; lines may
// end in CRLF; blank lines are skipped. A byte order mark is skipped, and so is white space around a field.
// Numbers are those of [strconv.ParseFloat].
type CSV struct {
	Source  string   // what messages call the file; "" is the path given to Open, or "CSV"
	Comma   rune     // what stands between fields; 0 is ','
	Comment rune     // lines that begin with it are skipped; 0 is no such lines
	Header  Header   // whether the first record holds the names of the columns
	Label   Column   // the label: Name("diagnosis"), At(0); the zero Column is the last
	NoLabel bool     // every column is a feature: examples to predict
	Drop    []Column // columns to pass over: an identifier, a remark
	Task    Task     // whether labels are classes or numbers
	Classes []string // the classes in their order, where it is known; another label is ErrLabel
	Missing Missing  // what to do with a missing value
	Marks   []string // what stands for a missing value; nil is "", NA, N/A, n/a, NaN, nan, NULL, null, None, ?
}

// Header says whether a file begins with the names of its columns.
type Header int

// DetectHeader takes the first record for a header if none of its fields is a number or a missing value other
// than "". A first record whose numbers only count, 0, 1, … or 1, 2, 3, …, could be either: that is ErrHeader.
const (
	DetectHeader Header = iota
	HasHeader
	NoHeader
)

// Task says what labels are.
type Task int

// DetectTask takes text and whole numbers for classes and other numbers for the targets of a regression, as
// scikit-learn's type_of_target does. Where that may be wrong it is ErrLabel: text among numbers, and more than 20
// different labels in fewer than twice as many examples.
//
// Under Classification any text or number is a class, but the two may mix only if CSV.Classes lists them.
// Under Regression every label is a number.
const (
	DetectTask Task = iota
	Classification
	Regression
)

// Missing is a policy for missing values.
type Missing int

// RefuseMissing makes a missing value an error: ErrMissing, or ErrNotFinite if it is written as NaN.
// DropMissing leaves out its row, and Dataset.Dropped counts them. KeepMissing leaves NaN in X, to be filled by an
// [Imputer] that was fitted on the training rows; a missing label is an error all the same.
const (
	RefuseMissing Missing = iota
	DropMissing
	KeepMissing
)

// Column tells a column of a file by its name or its position.
type Column struct {
	name  string
	at    int
	known columnKind
}

type columnKind int

const (
	lastColumn columnKind = iota
	namedColumn
	placedColumn
)

// Name is the column of that name in the header.
func Name(name string) Column { return Column{name: name, known: namedColumn} }

// At is the column at a position counted from 0, or backwards from the end: At(-1) is the last, as in Python.
func At(i int) Column { return Column{at: i, known: placedColumn} }

// find returns the column's position in a file of that many columns; names are nil without a header.
func (c Column) find(names []string, width int) (int, error) {
	switch c.known {
	case namedColumn:
		if names == nil {
			return 0, fmt.Errorf("%q in a file without a header: %w", c.name, ErrColumn)
		}
		return findName(names, c.name)
	case placedColumn:
		i := c.at
		if i < 0 {
			i += width
		}
		if i < 0 || i >= width {
			return 0, fmt.Errorf("At(%d) of %d columns: %w", c.at, width, ErrColumn)
		}
		return i, nil
	}
	return width - 1, nil
}

// Open reads the CSV file at path.
// An error says file:line:column and the text there, and wraps a sentinel of this package or the error of the file.
func Open(path string, o CSV) (*Dataset, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	if o.Source == "" {
		o.Source = path
	}
	return ReadCSV(f, o)
}

// ReadCSV reads a CSV file from r, to its end. Errors are those of [Open].
func ReadCSV(r io.Reader, o CSV) (*Dataset, error) {
	t, err := newTable(r, o)
	if err != nil {
		return nil, err
	}
	if err := t.begin(); err != nil {
		return nil, err
	}
	for {
		if err := t.example(); err != nil {
			return nil, err
		}
		switch err := t.next(); {
		case err == io.EOF:
			return t.end()
		case err != nil:
			return nil, err
		}
	}
}

// parse reads a number. Beyond the range of floats it is infinite.
func parse(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, ErrNumber
	}
	return v, nil
}
