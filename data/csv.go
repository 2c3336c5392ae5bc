package data

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"adjoint/internal/numeral"
)

// CSV says how to read a file. The zero value reads most files: fields separated by commas, with or without a header,
// the label in the last column, numbers or text in the others, and no missing values. A file may be compressed by gzip, and
// may begin with a line sep=; as Excel writes it.
//
// The format is that of RFC 4180 and [encoding/csv], in UTF-8. Quoted fields may hold commas, quotes and line ends. Lines
// may end in CRLF. Blank lines, a byte order mark and white space around a field are skipped. Numbers are decimals, such as
// -1.5e3, and inf, infinity and nan in any case, which an error refuses; 1_0 and 0x1p-2 are text. A column is text if its
// first value is no number: see Types, and [Dataset.Describe]. Other kinds of files, encodings and delimiters are recognised
// and refused: the error says what the file is and what to do.
//
// The names of classes and features are the texts in the file. No two features may have the same name. Labels that are
// equal numbers, 1 and 1.0, are one class, with the name that comes first. To read a second file with the classes of the
// first, set Classes.
type CSV struct {
	Source  string   // the name of the file in messages; "" is the path given to Open, or "CSV"
	Comma   rune     // the delimiter of fields, or Blanks; 0 is ',', and a file with another delimiter is ErrFormat
	Comment rune     // lines that begin with it are skipped; 0 is no such lines
	Header  Header   // whether the first record holds the names of the columns
	Label   Column   // the label: Name("diagnosis"), At(0); the zero Column is the last
	Labels  []Column // several targets, all numbers, in place of the label: they are Beside["y"] of the data set
	Weight  Column   // the weight of the example in a training; the zero Column is none
	NoLabel bool     // every column is a feature: examples to predict
	Drop    []Column // columns to pass over: an identifier, a remark
	Task    Task     // whether labels are classes or numbers
	Classes []string // the classes in their order, where it is known; another label is ErrLabel
	Missing Missing  // what to do with a missing value
	Marks   []string // what stands for a missing value; nil is "", NA, N/A, n/a, NaN, NULL, null, None, ?; -999 is -999.0 too
	Limits  Limits   // how large a row and how many the classes may be

	Types        map[string]Type // of features by name, where the first value of a column is not typical; x0, x1, … without a header
	DecimalComma bool            // 1,5 is one and a half; Comma 0 is then ';'
}

// Blanks as CSV.Comma means that fields stand between runs of spaces and tabs.
const Blanks rune = -1

// Header says whether a file begins with the names of its columns.
type Header int

// DetectHeader takes the first record for a header if the field of some feature is text, and no field is a number or a
// missing value other than "". A first record of consecutive numbers, 0, 1, … or 1, 2, 3, …, could be a header or an
// example: the error wraps ErrHeader.
const (
	DetectHeader Header = iota
	HasHeader
	NoHeader
)

// Task says what labels are.
type Task int

// DetectTask takes text and whole numbers for classes, and other numbers for the targets of a regression, as
// scikit-learn's type_of_target does. If that may be wrong the error wraps ErrLabel: for text among numbers, and for more
// than 20 different labels in fewer than twice as many examples. A number with a comma, 1,5 or 1,234, is ErrNumber.
//
// With Classification any text or number is a class, but both may occur only if CSV.Classes lists them.
// With Regression every label must be a number.
const (
	DetectTask Task = iota
	Classification
	Regression
)

// Missing is a policy for missing values.
type Missing int

// RefuseMissing makes a missing value an error: ErrMissing, or ErrNotFinite if its text is NaN.
// DropMissing leaves out rows with missing values, and counts them in Dataset.Dropped. KeepMissing puts NaN into X, for an
// [Imputer] that was fitted on the training rows; a missing label is still an error.
const (
	RefuseMissing Missing = iota
	DropMissing
	KeepMissing
)

// Column identifies a column of a file by its name or its position.
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

// Name returns the Column of that name in the header.
func Name(name string) Column { return Column{name: name, known: namedColumn} }

// At returns the Column at a position counted from 0, or from the end: At(-1) is the last, as in Python.
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
// An error names file:line:column and the text there, and wraps a sentinel of this package or the error of the file.
func Open(path string, o CSV) (*Dataset, error) {
	return openFile(path, &o.Source, func(f io.Reader) (*Dataset, error) { return ReadCSV(f, o) })
}

// openFile has read read the file at path, which is the source in messages unless there is one.
func openFile(path string, source *string, read func(f io.Reader) (*Dataset, error)) (*Dataset, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	if *source == "" {
		*source = path
	}
	return read(f)
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

// check returns an error unless the options are valid.
func (o CSV) check() error {
	delimits := func(c rune) bool {
		return c == 0 || c == Blanks || c != '"' && c != '\r' && c != '\n' && c != utf8.RuneError && utf8.ValidRune(c)
	}
	switch {
	case !delimits(o.Comma), !delimits(o.Comment), o.Comment != 0 && (o.Comment == o.Comma || o.Comment == ',' && o.Comma == 0):
		return fmt.Errorf("comma %q, comment %q: %w", o.Comma, o.Comment, ErrArgument)
	case o.DecimalComma && o.Comma == ',':
		return fmt.Errorf("fields and decimals both by a comma: %w", ErrArgument)
	case o.Labels != nil && (o.NoLabel || o.Label != Column{}):
		return fmt.Errorf("several labels beside Label or NoLabel: %w", ErrArgument)
	case o.Header < DetectHeader || o.Header > NoHeader:
		return fmt.Errorf("header %d: %w", o.Header, ErrArgument)
	case o.Missing < RefuseMissing || o.Missing > KeepMissing:
		return fmt.Errorf("missing %d: %w", o.Missing, ErrArgument)
	}
	return nil
}

// parse reads a number. It is infinite beyond the range of floats. The error for a number with a comma, such as 1,5, says
// what to do about it.
func parse(text []byte) (float64, error) {
	if v, ok := parseShort(text); ok {
		return v, nil
	}
	v, err := numeral.Parse(string(text))
	switch {
	case err == nil, errors.Is(err, strconv.ErrRange):
		return v, nil
	case bytes.IndexByte(text, ',') < 0:
		return 0, ErrNumber
	}
	if _, err := numeral.Parse(strings.ReplaceAll(string(text), ",", "")); err != nil {
		return 0, ErrNumber
	}
	return 0, errCommas
}

// errCommas is the error of a number with a decimal comma, or with commas between thousands.
var errCommas = fmt.Errorf("write a decimal point, or set CSV.DecimalComma, and no comma between thousands: %w", ErrNumber)

// errWord is the error of a word in a column that began with a number.
var errWord = fmt.Errorf("the column began with a number: set CSV.Types if it is text, CSV.Marks if this means a missing value: %w", ErrNumber)
