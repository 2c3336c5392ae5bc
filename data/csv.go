package data

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// CSV says how a file is to be read. Its zero value reads what most files are: fields between commas, a header
// if there is one, the label last, numbers elsewhere, nothing missing.
//
// Files are as RFC 4180 and [encoding/csv] have them, in UTF-8: quoted fields may hold commas, quotes and line ends;
// lines may end in CRLF; blank lines are skipped. A byte order mark is skipped, and so is white space around a field.
// Numbers are those of [strconv.ParseFloat]. Other kinds of files, encodings and delimiters are recognised and refused:
// the error says what the file is and what to do.
//
// Classes and features are named as in the file. No two features may have one name. Labels that are equal numbers, 1 and
// 1.0, are one class, with the name that comes first; Classes gives a second file the names of the first.
type CSV struct {
	Source  string   // what messages call the file; "" is the path given to Open, or "CSV"
	Comma   rune     // what stands between fields; 0 is ',', and a file with another delimiter is ErrFormat
	Comment rune     // lines that begin with it are skipped; 0 is no such lines
	Header  Header   // whether the first record holds the names of the columns
	Label   Column   // the label: Name("diagnosis"), At(0); the zero Column is the last
	NoLabel bool     // every column is a feature: examples to predict
	Drop    []Column // columns to pass over: an identifier, a remark
	Task    Task     // whether labels are classes or numbers
	Classes []string // the classes in their order, where it is known; another label is ErrLabel
	Missing Missing  // what to do with a missing value
	Marks   []string // what stands for a missing value; nil is "", NA, N/A, n/a, NaN, NULL, null, None, ?; -999 is -999.0 too
	Limits  Limits   // how large a row and how many the classes may be
}

// Header says whether a file begins with the names of its columns.
type Header int

// DetectHeader takes the first record for a header if it has text where a feature is and none of its fields is a
// number or a missing value other than "". A first record whose numbers only count, 0, 1, … or 1, 2, 3, …, could be
// either: that is ErrHeader.
const (
	DetectHeader Header = iota
	HasHeader
	NoHeader
)

// Task says what labels are.
type Task int

// DetectTask takes text and whole numbers for classes and other numbers for the targets of a regression, as
// scikit-learn's type_of_target does. Where that may be wrong it is ErrLabel: text among numbers, and more than 20
// different labels in fewer than twice as many examples. A number with a comma, 1,5 or 1,234, is ErrNumber.
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
			return 0, fmt.Errorf("%s in a file without a header: %w", quote(c.name), ErrColumn)
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

// parse reads a number. Beyond the range of floats it is infinite. An error says of 1,5 what to do about its comma.
func parse(text []byte) (float64, error) {
	v, err := strconv.ParseFloat(string(text), 64)
	switch {
	case err == nil, errors.Is(err, strconv.ErrRange):
		return v, nil
	case bytes.IndexByte(text, ',') < 0:
		return 0, ErrNumber
	}
	if _, err := strconv.ParseFloat(strings.ReplaceAll(string(text), ",", ""), 64); err != nil {
		return 0, ErrNumber
	}
	return 0, errCommas
}

// errCommas is of numbers with a decimal comma, or with commas between thousands.
var errCommas = fmt.Errorf("write a decimal point, and no comma between thousands: %w", ErrNumber)
