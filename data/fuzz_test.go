package data

import (
	"encoding/csv"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What ReadCSV may report of a text, whatever it is.
var readErrors = []error{
	ErrFormat, ErrSyntax, ErrLimit, ErrHeader, ErrEmpty, ErrRagged, ErrColumn, ErrName, ErrNumber, ErrMissing, ErrNotFinite, ErrLabel,
	ErrArgument,
}

// FuzzReadCSV: no text makes ReadCSV panic; its errors wrap a sentinel; what it reads can be learned from, has at least
// a row, is what encoding/csv and strconv read at the lines it names, and is the same when written and read again.
func FuzzReadCSV(f *testing.F) {
	for _, text := range []string{
		"", "\n", "a,b,y\n1,2,0\n", "1,2,g\n3,4,h\n", "0,1,2\n", "\ufeffa,\"b\"\"\",y\r\n1,2,0\r\n\r\n", "a;b\n1;2\n",
		"a,y\n1,NaN\n,0\nInf,1\n1e999,2\n", "a,y\n1\n1,2,3\n", "a,\"y\n1,2", "\xff\xfe\x00", ",,\n,,\n", "a,y\n1,0.5\n2,-0\n",
		" \n1 , 2\n\"\"\n", "#\n1,\"#\n2\"\n",
	} {
		for _, options := range []uint16{0, 1, 2, 3 << 2, 1 << 4, 2 << 4, 1 << 6, 2 << 6, 3 << 8, 1 << 11} {
			f.Add(text, options)
		}
	}
	f.Fuzz(func(t *testing.T, text string, options uint16) {
		o := optionsOf(options)
		d, err := ReadCSV(strings.NewReader(text), o)
		if err != nil {
			if d != nil || !strings.HasPrefix(err.Error(), "f.csv:") {
				t.Fatalf("%v and the error %v", d, err)
			}
			if !slices.ContainsFunc(readErrors, func(want error) bool { return errors.Is(err, want) }) {
				t.Fatalf("%v wraps none of the sentinels", err)
			}
			return
		}
		if err := d.Check(); err != nil && o.Missing != KeepMissing {
			t.Fatalf("Check: %v", err)
		}
		if err := d.CheckNames(); err != nil {
			t.Fatal(err)
		}
		fields := fieldsByLine(t, text, o)
		for i := range d.Rows() {
			for _, x := range d.Row(i) {
				if !math.IsNaN(x) && !slices.ContainsFunc(fields[d.Lines[i]], func(field string) bool { return equals(field, x) }) {
					t.Fatalf("row %d has %v, line %d has %q", i, x, d.Lines[i], fields[d.Lines[i]])
				}
			}
		}
		if slices.ContainsFunc(d.Classes, func(c string) bool { return strings.Contains(c, "\r") }) {
			return // a reader makes \n of \r\n
		}
		again, err := ReadCSV(strings.NewReader(write(t, d)), CSV{Header: HasHeader, Task: o.Task, NoLabel: d.Y == nil, Missing: o.Missing})
		if err != nil {
			t.Fatalf("written and read again: %v", err)
		}
		same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
		if !slices.EqualFunc(d.X, again.X, same) || !slices.Equal(d.Y, again.Y) || len(d.Classes) != len(again.Classes) {
			t.Fatalf("written and read again, %+v becomes %+v", d, again)
		}
	})
}

// optionsOf makes options of bits.
func optionsOf(bits uint16) CSV {
	o := CSV{
		Source:  "f.csv",
		Comma:   []rune{0, ';', '\t', ' '}[bits>>2&3],
		Header:  Header(bits & 3),
		Task:    Task(bits >> 4 & 3),
		Missing: Missing(bits >> 6 & 3),
		Label:   []Column{{}, At(0), At(1), Name("y")}[bits>>8&3],
		NoLabel: bits>>10&1 == 1,
	}
	if bits>>11&1 == 1 {
		o.Drop = []Column{At(-1)}
	}
	if bits>>12&1 == 1 {
		o.Comment = '#'
	}
	return o
}

func equals(field string, x float64) bool {
	v, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
	return err == nil && v == x
}

// fieldsByLine returns the fields of the records of text by the line where each begins.
func fieldsByLine(t *testing.T, text string, o CSV) map[int][]string {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	r.FieldsPerRecord = -1
	r.Comment = o.Comment
	r.TrimLeadingSpace = o.Comma == 0 || o.Comma == ';'
	if o.Comma != 0 {
		r.Comma = o.Comma
	}
	fields := make(map[int][]string)
	for {
		record, err := r.Read()
		if record == nil {
			return fields
		}
		if err != nil {
			t.Fatal(err)
		}
		line, _ := r.FieldPos(0)
		fields[line] = record
	}
}

// write writes d as CSV, the label last.
func write(t *testing.T, d *Dataset) string {
	var text strings.Builder
	w := csv.NewWriter(&text)
	header := Names(len(d.Features))
	if d.Y != nil {
		header = append(header, "label")
	}
	records := [][]string{header}
	for i := range d.Rows() {
		var record []string
		for _, x := range d.Row(i) {
			record = append(record, className(x))
		}
		switch {
		case d.Classes != nil:
			record = append(record, d.Classes[int(d.Y[i])])
		case d.Y != nil:
			record = append(record, className(d.Y[i]))
		}
		records = append(records, record)
	}
	if err := w.WriteAll(records); err != nil {
		t.Fatal(err)
	}
	return text.String()
}
