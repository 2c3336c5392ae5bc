package data

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode"

	"adjoint/internal/memtest"
)

// newRecords reads text through a buffer of the smallest size, so that lines are longer.
func newRecords(text string, comma, comment rune) *recordReader {
	limits, _ := Limits{}.withDefaults()
	r := &recordReader{in: bufio.NewReaderSize(strings.NewReader(text), 16), comma: []byte(string(comma)), trim: !unicode.IsSpace(comma), limits: limits}
	if comment != 0 {
		r.comment = []byte(string(comment))
	}
	return r
}

// FuzzRecords holds the reader of records against encoding/csv: of every text in UTF-8 it makes the same fields, at
// the same lines and columns, up to the same record in which it finds an error.
func FuzzRecords(f *testing.F) {
	for _, text := range []string{
		"", "\n\n", "a,b\n1,2", "a,b\r\n1,2\r\n", "a,b\r", "a,b\r\r\n", "\"a\"\r\r\n", "\"a\"\r", "a\rb,c\n", "\"a\rb\",c\n", "\"a\r\nb\",c\n",
		"\"a,\"\"b\"\"\n\nc\" ,d\n", "\"a\" \n", " \"a\",\t b\n", "a\"b,c\n", "\"a\"b,c\n", "\"", "\"\"\"", "\"\"", "\"a\n\"", "\"\n\n", ",", ",\n,,\n",
		"#a\n1\n #b\n", "#\"\n1,2\n", "1,#\n", "a;b;\"c;\"\n", "é,\u3000x\u00a0,\u2028\n", "a\tb\t\n\t\t\n", "\u3000a\u3000\"b\"\n", "a\v\"b\"\v\n",
		"0123456789abcdef,0123456789abcdef\n\"0123456789\nabcdef\",x\n", "\xff", "a\x00b", "\ufeffa",
	} {
		for k := range 6 {
			f.Add(text, k)
		}
	}
	commas, comments := []rune{',', ';', '\t', ' ', '\u3000', '\v'}, []rune{0, '#', 'é'}
	f.Fuzz(func(t *testing.T, text string, options int) {
		comma, comment := commas[uint(options)%6], comments[uint(options)/6%3]
		want := csv.NewReader(strings.NewReader(text))
		want.Comma, want.Comment, want.FieldsPerRecord, want.TrimLeadingSpace = comma, comment, -1, !unicode.IsSpace(comma)
		got := newRecords(text, comma, comment)
		for {
			record, wantErr := want.Read()
			err := got.next()
			switch {
			case errors.Is(err, ErrFormat):
				return // encoding/csv takes it
			case wantErr == io.EOF && err == io.EOF:
				return
			case errors.Is(wantErr, csv.ErrBareQuote) || errors.Is(wantErr, csv.ErrQuote):
				if !errors.Is(err, ErrSyntax) {
					t.Fatalf("%q: %v, want an error as %v", text, err, wantErr)
				}
				return
			case err != nil || wantErr != nil:
				t.Fatalf("%q: %v, want %v", text, err, wantErr)
			}
			if len(got.fields) != len(record) {
				t.Fatalf("%q: %d fields, want %q", text, len(got.fields), record)
			}
			for i, field := range record {
				line, column := got.place(i)
				wantLine, wantColumn := want.FieldPos(i)
				if string(got.field(i)) != strings.TrimSpace(field) || line != wantLine || column != wantColumn {
					t.Fatalf("%q: field %d is %q at %d:%d, want %q at %d:%d", text, i, got.field(i), line, column, field, wantLine, wantColumn)
				}
			}
		}
	})
}

func TestLimits(t *testing.T) {
	const text = "a,b,y\n10,\"2\n0\",x\n"
	for _, c := range []struct {
		limits  Limits
		message string // of the error; "" is none
	}{
		{Limits{}, ""},
		{Limits{Fields: 3, Row: 11, Field: 3}, ""}, // 10,"2⏎0",x⏎ has 11 bytes
		{Limits{Classes: 1}, ""},
		{Limits{Fields: 2}, "f.csv:1:5: more than 2 fields in a row"},
		{Limits{Row: 10}, "f.csv:3:1: a row of more than 10 bytes"},
		{Limits{Field: 2}, "f.csv:2:4: a field of more than 2 bytes"},
		{Limits{Field: 1}, "f.csv:2:1: a field of more than 1 bytes"},
	} {
		_, err := read(text, CSV{Limits: c.limits, Label: At(-1), Drop: []Column{At(1)}})
		if c.message != "" {
			wantError(t, fmt.Sprint(c.limits), err, ErrLimit, c.message)
		} else if err != nil {
			t.Errorf("%v: %v", c.limits, err)
		}
	}
	_, err := read("1,g\n2,h\n1,g\n3,i\n", CSV{Limits: Limits{Classes: 2}})
	wantError(t, "classes", err, ErrLimit, `f.csv:4:3: "i" in field 2 of 2: more than 2 different labels`)
	if _, err = read("1,7\n2,8.5\n1,9\n3,10\n", CSV{Limits: Limits{Classes: 1}}); err != nil {
		t.Errorf("targets are no classes: %v", err)
	}
	_, err = read("# "+strings.Repeat("-", 1<<17)+"\n1,2\n", CSV{Comment: '#', Limits: Limits{Row: 1 << 16}})
	wantError(t, "a comment", err, ErrLimit, "f.csv:1:1: a row of more than 65536 bytes")
	_, err = read("1,2\n"+strings.Repeat("0", 1<<17)+",2\n", CSV{Limits: Limits{Row: 1 << 16}})
	wantError(t, "a long line", err, ErrLimit, "f.csv:2:1: a row of more than 65536 bytes")
}

// What a hostile file takes is bounded by the limits, to a few times that of 16 MiB, and never by its length.
func TestHostileFilesTakeLittleMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates beside every allocation")
	}
	const most = 6 * 16 << 20
	long := func(text string) io.Reader { return io.MultiReader(strings.NewReader("a,y\n1,2\n"), repeated(text)) }
	for _, c := range []struct {
		name string
		in   io.Reader
		opts CSV
		want error
	}{
		{"16 MiB of commas", strings.NewReader(strings.Repeat(",", 16<<20)), CSV{}, ErrLimit},
		{"16 MiB of empty quotes", strings.NewReader(strings.Repeat("\"\",", 16<<20/3)), CSV{}, ErrLimit},
		{"16 MiB of numbers, said to be few", strings.NewReader(strings.Repeat("1,", 8<<20)), CSV{Limits: Limits{Fields: 1000}}, ErrLimit},
		{"16 MiB of one field", strings.NewReader("a,y\n" + strings.Repeat("1", 16<<20+1)), CSV{}, ErrLimit},
		{"a quote that is never closed", io.MultiReader(strings.NewReader("a,y\n1,\""), repeated("text, and more of it\n")), CSV{}, ErrLimit},
		{"a line of 40 MiB", long("1"), CSV{Limits: Limits{Row: 1 << 20}}, ErrLimit},
		{"a comment of 40 MiB", long("#"), CSV{Comment: '#', Limits: Limits{Row: 1 << 20}}, ErrLimit},
		{"40 MiB of blanks", long(" "), CSV{Limits: Limits{Row: 1 << 20}}, ErrLimit},
	} {
		var err error
		if used := memtest.Allocated(func() { _, err = ReadCSV(c.in, c.opts) }); used > most {
			t.Errorf("%s takes %d MiB, want at most %d", c.name, used>>20, most>>20)
		}
		if !errors.Is(err, c.want) || len(err.Error()) > 250 {
			t.Errorf("%s: %.300v, want %v", c.name, err, c.want)
		}
	}
}

// repeated reads the text over and over, for 40 MiB.
func repeated(text string) io.Reader {
	piece, pieces := strings.Repeat(text, 1<<20/len(text)), make([]io.Reader, 40)
	for i := range pieces {
		pieces[i] = strings.NewReader(piece)
	}
	return io.MultiReader(pieces...)
}

// An honest file takes a few times its size, however its bytes are dealt to rows and fields. A number of two bytes
// takes eight in X; a row has a line, and a column a name.
func TestHonestFilesTakeAFewTimesTheirSize(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates beside every allocation")
	}
	random := func(i int) string { return fmt.Sprintf("%.8f", 1/float64(i+3)) }
	table := func(rows, columns int, number func(i int) string) []byte {
		var b bytes.Buffer
		for i := range rows {
			for j := range columns {
				b.WriteString(number(i*columns+j) + ",")
			}
			fmt.Fprintln(&b, i%2)
		}
		return b.Bytes()
	}
	for _, c := range []struct {
		name  string
		text  []byte
		opts  CSV
		times uint64 // the size of the file
	}{
		{"many rows of 30 numbers", table(20000, 30, random), CSV{}, 3},
		{"many rows of 4 bytes, which become 24", bytes.Repeat([]byte("1,0\n2,1\n"), 200000), CSV{}, 14},
		{"3 rows of 100 000 numbers", table(3, 100000, random), CSV{}, 8},
		{"a text of 10 MB in a column that is dropped", append([]byte("\"y\",z,n\n"), slices.Concat([]byte("1,2,\""), bytes.Repeat([]byte("a, b\n"), 2<<20), []byte("\"\n"))...), CSV{Label: At(0), Drop: []Column{At(2)}}, 5},
	} {
		runtime.GC()
		var err error
		used := memtest.Allocated(func() { _, err = ReadCSV(bytes.NewReader(c.text), c.opts) })
		t.Logf("%s: %d bytes, %.1f times as much allocated", c.name, len(c.text), float64(used)/float64(len(c.text)))
		if err != nil || used > c.times*uint64(len(c.text)) {
			t.Errorf("%s: %v, a file of %d kB takes %d kB, want at most %d times as much", c.name, err, len(c.text)>>10, used>>10, c.times)
		}
	}
}

// A line is graphic if each of its bytes is, wherever it stands.
func TestGraphicLines(t *testing.T) {
	for size := range 20 {
		line := bytes.Repeat([]byte("7"), size)
		if !isGraphic(line) {
			t.Errorf("%q is not", line)
		}
		for at := range line {
			for c := range 256 {
				line[at] = byte(c)
				if got, want := isGraphic(line), c > ' ' && c < 0x80 && c != '"'; got != want {
					t.Fatalf("%q: %t", line, got)
				}
			}
			line[at] = '7'
		}
	}
}
