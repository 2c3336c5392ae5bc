package data

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"unicode"
)

// A recordReader reads the records of a CSV file, one at a time and within limits. It takes the same texts as
// encoding/csv and makes the same fields of them, but refuses what is no UTF-8 and lines that end in CR alone.
// The memory it takes is a few times that of the largest record.
type recordReader struct {
	in             *bufio.Reader
	comma, comment []byte // comma is nil for runs of blanks, comment if there are no comments
	trim           bool   // white space before a field, and before its quote, is no part of it
	limits         Limits

	line    []byte  // the current line, without its end
	odd     bool    // the line has a quote or a CR
	graphic bool    // isGraphic of it
	long    []byte  // holds a line that is longer than the buffer of in
	lines   int     // how many lines have been read
	size    int     // the bytes of the current record so far
	first   int     // the line where the current record begins
	text    []byte  // what fields are parts of: the line, or unquoted
	fields  []field // where they are
	places  []place // of the fields in the file; none where the text is the line

	unquoted []byte // fields one behind the other, without their quotes
}

// A field of a record is a part of the text.
type field struct{ begin, end uint32 }

// A place is where a field begins in the file: a column, counted in bytes from 1, of a line, counted from the first of the record.
type place struct{ line, column uint32 }

// An errorAt is an error at a place of the file.
type errorAt struct {
	line, column int
	err          error
}

func (e *errorAt) Error() string { return fmt.Sprintf("%d:%d: %v", e.line, e.column, e.err) }
func (e *errorAt) Unwrap() error { return e.err }

// at returns an error at a column of the current line.
func (r *recordReader) at(column int, format string, args ...any) error {
	return &errorAt{r.lines, column, fmt.Errorf(format, args...)}
}

// next reads the next record. Lines with nothing in them and comments are skipped. It returns io.EOF after the last.
func (r *recordReader) next() error {
	for r.line = nil; len(r.line) == 0; {
		r.size = 0
		if err := r.readLine(); err != nil {
			return err
		}
		if r.comment != nil && bytes.HasPrefix(r.line, r.comment) {
			r.line = nil
		}
	}
	r.first = r.lines
	r.fields, r.places = slices.Grow(r.fields[:0], min(r.count()+1, r.limits.Fields)), r.places[:0]
	if !r.odd && len(r.comma) == 1 {
		return r.split()
	}
	r.unquoted = slices.Grow(r.unquoted[:0], len(r.line))
	defer func() { r.text = r.unquoted }()
	for column := 1; ; {
		if len(r.fields) == r.limits.Fields {
			return r.tooMany(column)
		}
		if r.trim {
			column += len(r.line)
			r.line = bytes.TrimLeftFunc(r.line, unicode.IsSpace)
			column -= len(r.line)
		}
		if r.comma == nil && len(r.line) == 0 && len(r.fields) > 0 {
			return nil // blanks at the end of the line delimit nothing
		}
		read := r.plain
		if r.odd && bytes.HasPrefix(r.line, quoteMark) {
			read = r.quoted
		}
		end, err := read(column)
		if err != nil || end == 0 {
			return err
		}
		column = end
	}
}

func (r *recordReader) tooMany(column int) error {
	return r.at(column, "more than %d fields in a row (see CSV.Limits): %w", r.limits.Fields, ErrLimit)
}

var quoteMark = []byte{'"'}

// plain reads a field without quotes. It returns the column behind the comma that follows it, or 0 at the end of the record.
func (r *recordReader) plain(column int) (int, error) {
	text, rest, more := r.cut()
	if r.odd {
		if i := bytes.IndexByte(text, '"'); i >= 0 {
			return 0, r.at(column+i, "a quote within a field that does not begin with one: write it twice, and the field between quotes: %w", ErrSyntax)
		}
		if i := bytes.IndexByte(text, '\r'); i >= 0 && len(bytes.TrimSpace(text[i:])) > 0 {
			return 0, r.bareCR(column + i)
		}
	}
	err := r.add(text, r.lines, column)
	r.endField(r.lines, column)
	if !more {
		return 0, err
	}
	r.line = rest
	return column + len(text) + r.delimiter(), err
}

const blanks = " \t"

// count returns how many delimiters there are in the current line, at most.
func (r *recordReader) count() int {
	if r.comma == nil {
		return len(bytes.Fields(r.line))
	}
	return bytes.Count(r.line, r.comma)
}

// cut returns the current line before the first delimiter and after it.
func (r *recordReader) cut() (text, rest []byte, found bool) {
	if r.comma != nil {
		return bytes.Cut(r.line, r.comma)
	}
	i := bytes.IndexAny(r.line, blanks)
	if i < 0 {
		return r.line, nil, false
	}
	return r.line[:i], r.line[i+1:], true
}

// delimited reports whether a delimiter is next in the line.
func (r *recordReader) delimited(line []byte) bool {
	if r.comma == nil {
		return len(line) > 0 && bytes.IndexByte([]byte(blanks), line[0]) >= 0
	}
	return bytes.HasPrefix(line, r.comma)
}

// delimiter returns the size of a delimiter: of blanks, which may follow each other, that of the first.
func (r *recordReader) delimiter() int { return max(len(r.comma), 1) }

// quoted reads a field that begins with a quote. It returns what plain does.
func (r *recordReader) quoted(column int) (int, error) {
	line, start := r.lines, column
	r.line = r.line[1:]
	column++
	for {
		text, rest, found := bytes.Cut(r.line, quoteMark)
		if err := r.add(text, line, start); err != nil {
			return 0, err
		}
		if !found { // the field goes on in the next line
			r.unquoted = append(r.unquoted, '\n')
			switch err := r.readLine(); {
			case err == io.EOF:
				return 0, &errorAt{line, start, fmt.Errorf("a quote that is never closed: %w", ErrSyntax)}
			case err != nil:
				return 0, err
			}
			column = 1
			continue
		}
		r.line = rest
		column += len(text) + 1
		switch {
		case bytes.HasPrefix(rest, quoteMark):
			r.unquoted = append(r.unquoted, '"')
			r.line = rest[1:]
			column++
			continue
		case r.delimited(rest):
			r.endField(line, start)
			r.line = rest[r.delimiter():]
			return column + r.delimiter(), nil
		case len(rest) == 0:
			r.endField(line, start)
			return 0, nil
		case rest[0] == '\r':
			return 0, r.bareCR(column)
		}
		return 0, r.at(column-1, "a quote within a quoted field: write it twice: %w", ErrSyntax)
	}
}

// add appends to the text of the current field, which begins at the line and the column.
func (r *recordReader) add(text []byte, line, column int) error {
	if len(r.unquoted)-r.begin()+len(text) > r.limits.Field {
		return r.tooLong(line, column)
	}
	r.unquoted = extend(r.unquoted, text)
	return nil
}

func (r *recordReader) tooLong(line, column int) error {
	return &errorAt{line, column, fmt.Errorf("a field of more than %d bytes: a quote that is never closed? (see CSV.Limits): %w", r.limits.Field, ErrLimit)}
}

// endField ends the current field, which begins at the line and the column.
func (r *recordReader) endField(line, column int) {
	r.fields = append(r.fields, field{uint32(r.begin()), uint32(len(r.unquoted))})
	r.places = append(r.places, place{uint32(line - r.first), uint32(column)})
}

func (r *recordReader) bareCR(column int) error {
	return r.at(column, "lines that end in CR alone, as on an old Macintosh: make them end in LF (tr '\\r' '\\n'): %w", ErrFormat)
}

// begin returns where the current field begins in unquoted: where the one before it ends.
func (r *recordReader) begin() int {
	if len(r.fields) == 0 {
		return 0
	}
	return int(r.fields[len(r.fields)-1].end)
}

// field returns field i of the current record without white space around it. It is valid until next is called.
func (r *recordReader) field(i int) []byte {
	text := r.text[r.fields[i].begin:r.fields[i].end]
	if n := len(text); n > 0 && text[0]-'!' <= '~'-'!' && text[n-1]-'!' <= '~'-'!' {
		return text // no white space, in ASCII
	}
	return bytes.TrimSpace(text)
}

// place returns the line and the column of the file where field i of the current record begins.
func (r *recordReader) place(i int) (line, column int) {
	if len(r.places) == 0 {
		return r.first, int(r.fields[i].begin) + 1
	}
	return r.first + int(r.places[i].line), int(r.places[i].column)
}
