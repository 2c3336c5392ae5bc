package data

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf16"
)

// utf16Text and utf32Text encode a text as RFC 2781 and the Unicode standard (3.10) have it.
func utf16Text(text string, order binary.ByteOrder) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, 0, 0)
		order.PutUint16(b[len(b)-2:], unit)
	}
	return string(b)
}

func utf32Text(text string, order binary.ByteOrder) string {
	var b []byte
	for _, c := range text {
		b = append(b, 0, 0, 0, 0)
		order.PutUint32(b[len(b)-4:], uint32(c))
	}
	return string(b)
}

func unbase64(t *testing.T, text string) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// written returns what a writer of files of Go's library writes.
func written(t *testing.T, write func(w io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zipped(t *testing.T, name, text string) string {
	return written(t, func(w io.Writer) error {
		z := zip.NewWriter(w)
		f, err := z.Create(name)
		if err != nil {
			return err
		}
		_, err = f.Write([]byte(text))
		return errors.Join(err, z.Close())
	})
}

// Files in other formats are refused with what they are and what to do. They were written by Go's library, by the
// programs of Debian 13 that are named, or begin as the specification of the format says.
func TestOtherFormatsAreRecognised(t *testing.T) {
	const table = "a,b,y\n1,2,0\n3,4,1\n"
	const words = "größe,市,y\n1,2,да\n3,4,нет\n"
	tarred := written(t, func(w io.Writer) error {
		a := tar.NewWriter(w)
		err := a.WriteHeader(&tar.Header{Name: "t.csv", Mode: 0o600, Size: int64(len(table)), Format: tar.FormatUSTAR})
		_, err2 := a.Write([]byte(table))
		return errors.Join(err, err2, a.Close())
	})
	gzipped := written(t, func(w io.Writer) error {
		z := gzip.NewWriter(w)
		_, err := z.Write([]byte(tarred))
		return errors.Join(err, z.Close())
	})
	for _, c := range []struct{ name, text, what, cure string }{
		{"UTF-16 with a mark", utf16Text("\ufeff"+words, binary.LittleEndian), "text in UTF-16", "iconv -f UTF-16 -t UTF-8"},
		{"UTF-16, the other way, with a mark", utf16Text("\ufeff"+words, binary.BigEndian), "text in UTF-16", "iconv"},
		{"UTF-16 with a mark and hardly a character of ASCII", utf16Text("\ufeff市市市市市市,市市市市市市\n", binary.LittleEndian), "text in UTF-16", "iconv"},
		{"UTF-16", utf16Text(words, binary.LittleEndian), "text in UTF-16", "iconv"},
		{"UTF-16, the other way", utf16Text(table, binary.BigEndian), "text in UTF-16", "iconv"},
		{"UTF-16, long", utf16Text(strings.Repeat(words, 5000), binary.BigEndian), "text in UTF-16", "iconv"},
		{"UTF-32 with a mark", utf32Text("\ufeff"+words, binary.LittleEndian), "text in UTF-32", "iconv -f UTF-32 -t UTF-8"},
		{"UTF-32, the other way, with a mark", utf32Text("\ufeff"+table, binary.BigEndian), "text in UTF-32", "iconv"},
		{"UTF-32", utf32Text(table, binary.LittleEndian), "text in UTF-32", "iconv"},
		{"UTF-32, the other way", utf32Text(words, binary.BigEndian), "text in UTF-32", "iconv"},
		{"tar -z", gzipped, "tar archive", "tar -xf"},
		{"bzip2 -c", unbase64(t, "QlpoOTFBWSZTWV0MaA8AAANZgAAQAARgACAAACAgACIYaDACUDlhdyRThQkF0MaA8A=="), "bzip2", "bunzip2"},
		{"xz -c", unbase64(t, "/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAHYSx5CjEsMAoAoNO7NYWDzY8AASAIuxnZux+2830BAAAAAARZWg=="), "xz", "unxz"},
		{"zstd -c", unbase64(t, "KLUv/SQIQQAAYSx5CjEsMAqHlN8x"), "zstd", "unzstd"},
		{"tar", tarred, "tar archive", "tar -xf"},
		{"zip", zipped(t, "table.csv", table), "zip archive", "unzip"},
		{"xlsx, ECMA-376", zipped(t, "[Content_Types].xml", "<Types/>"), "xlsx", "save it as CSV in UTF-8"},
		{"ods, OpenDocument 1.3, part 2", "PK\x03\x04\n\x00\x00\x00\x00\x00mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK", "ods", "save it as CSV in UTF-8"},
		{"numpy.savez", "PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00!\x00\x8b\xe7\xcb,\x88\x00\x00\x00\x88\x00\x00\x00\t\x00\x14\x00arr_0.npy\x01\x00", "npz", "numpy.savetxt"},
		{"numpy.save", unbase64(t, "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnQ="), "npy", "numpy.savetxt"},
		{"xls, MS-CFB", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "xls", "save it as CSV in UTF-8"},
		{"Parquet", "PAR1\x15\x04\x15\x10", "Parquet", "read_parquet and to_csv"},
		{"Arrow IPC", "ARROW1\x00\x00\xff\xff", "Arrow", "read_feather"},
		{"HDF5", "\x89HDF\r\n\x1a\n\x00", "HDF5", "read_hdf"},
		{"sqlite3", "SQLite format 3\x00\x10\x00\x01\x01\x00@  ", "SQLite", "sqlite3 -header -csv"},
		{"pickle.dumps", unbase64(t, "gASVEwAAAAAAAABdlF2UKEc/8AAAAAAAAEsAZWEu"), "pickle", "read_pickle"},
		{"PDF", "%PDF-1.7\n%\xe2\xe3", "PDF", ""},
		{"HTML", "\n <!DOCTYPE html>\n<html><body>Sign in</body></html>", "HTML", "download the file itself"},
		{"HTML behind a mark", "\ufeff<html lang=\"en\">\n", "HTML", "download the file itself"},
		{"XML", "<?xml version=\"1.0\"?>\n<rows/>", "XML", ""},
		{"JSON, rows", "[{\"a\": 1, \"y\": 0},\n {\"a\": 2}]", "JSON", "read_json"},
		{"JSON, lists", " [\n[1, 2, 0],\n[3, 4, 1]]", "JSON", "read_json"},
		{"JSON lines", "{\"a\": 1, \"y\": 0}\n{\"a\": 2, \"y\": 1}\n", "JSON", "read_json"},
		{"ARFF", "% title\n@RELATION iris\n@ATTRIBUTE a REAL\n@DATA\n1,2\n", "ARFF", "@data"},
		{"Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 12\n", "Git LFS", "git lfs pull"},
		{"an object file", "\x7fELF\x02\x01\x01\x00\x00\x00", "binary", ""},
		{"small numbers of 16 bits", "\x01\x00\x02\x00\x03\x00\x10\x00", "binary", ""},
		{"small numbers of 32 bits", "\x01\x00\x00\x00\x02\x00\x00\x00", "binary", ""},
	} {
		d, err := read(c.text, CSV{})
		if d != nil || !errors.Is(err, ErrFormat) || !strings.HasPrefix(err.Error(), "f.csv: ") || len(err.Error()) > 250 {
			t.Errorf("%s: %v, %v, want ErrFormat", c.name, d, err)
		} else if !strings.Contains(err.Error(), c.what) || !strings.Contains(err.Error(), c.cure) {
			t.Errorf("%s: %v, which is without %q or %q", c.name, err, c.what, c.cure)
		}
	}
}

// What is wrong in the middle of a file is found there.
func TestOtherTextIsRecognised(t *testing.T) {
	const rows = "a,b,y\n1,2,0\n"
	for _, c := range []struct{ name, text, message string }{
		{"Latin-1, é", rows + "caf\xe9,4,1\n", "f.csv:3:4: byte 0xe9 is no UTF-8: text in Latin-1 or Windows-1252? save it in UTF-8 (iconv -f WINDOWS-1252 -t UTF-8)"},
		{"Latin-1 in the header", "gr\xf6\xdfe,b,y\n1,2,0\n", "f.csv:1:3: byte 0xf6"},
		{"Windows-1252, a quotation mark", rows + "3,4,\x93yes\x94\n", "f.csv:3:5: byte 0x93 is no UTF-8: text in Windows-1252?"},
		{"Windows-1252 in quotes", rows + "3,\"4\n5\x80\",1\n", "f.csv:4:2: byte 0x80"},
		{"a cut character", rows + "3,4,caf\xc3", "f.csv:3:8: byte 0xc3"},
		{"a surrogate", rows + "3,4,\xed\xa0\x80\n", "f.csv:3:5: byte 0xed"},
		{"far down", rows + strings.Repeat("1,2,0\n", 10000) + "1,2,\xfc\n", "f.csv:10003:5: byte 0xfc"},
		{"a zero far down", rows + strings.Repeat("1,2,0\n", 10000) + "1,2,\x00\n", "f.csv:10003:5: a byte 0: a binary file"},
		{"control characters", rows + "\x02\x01\xff,1,2\n", "f.csv:3:3: byte 0xff among control characters: a binary file"},
		{"CR alone", strings.ReplaceAll(rows, "\n", "\r"), "f.csv:1:6: lines that end in CR alone"},
		{"CR alone behind quotes", "\"a\",\"y\"\r\"1\",\"0\"\r", "f.csv:1:8: lines that end in CR alone"},
		{"CR alone below a header", "a,b,y\n1,2,0\r3,4,1\r", "f.csv:2:6: lines that end in CR alone"},
		{"CR alone in one column", "a\r1\r2\r", "f.csv:1:2: lines that end in CR alone"},
	} {
		d, err := read(c.text, CSV{})
		if d != nil {
			t.Errorf("%s is read: %v", c.name, d)
		}
		wantError(t, c.name, err, ErrFormat, c.message)
	}
}

func TestOtherDelimitersAreRecognised(t *testing.T) {
	for _, c := range []struct{ name, text, message string }{
		{"semicolons", "a;b;y\n1;2;0\n", `f.csv: fields stand between ";": set CSV.Comma to it`},
		{"tabs", "a\tb\ty\n1\t2\t0\n", `f.csv: fields stand between "\t": set CSV.Comma`},
		{"bars", "1|2|0\n1|2|1", `f.csv: fields stand between "|": set CSV.Comma`},
		{"blanks", "1 2 0\n1 2 1\n", `f.csv: fields stand between " ": set CSV.Comma`},
		{"semicolons, texts with commas in quotes", "\"a;a\";\"b, c\"\n1;0\n", `f.csv: fields stand between ";": set CSV.Comma`},
		{"semicolons below a comment that quotes", "# \"x\n\na;y\n1;0\n", `f.csv: fields stand between ";": set CSV.Comma`},
		// Decimal commas: rows of which a reader would make text, or other rows.
		{"decimal commas", "a;b;y\n1,5;2,5;0\n2,5;3,5;1\n", `f.csv: fields stand between ";", with decimal commas: set CSV.DecimalComma, and CSV.Comma to ";"`},
		{"decimal commas without a header", "1,5;0\n1,7;1\n", "with decimal commas"},
		{"decimal commas here and there", "a;y\n1,5;0\n2;1\n", "with decimal commas"},
		{"decimal commas and classes of text", "1,5;-2,5; yes\r\n1,7;+2,0; no\r\n", "with decimal commas"},
		{"decimal commas between tabs", "1,5\t0\n1,7\t1\n", `fields stand between "\t", with decimal commas`},
	} {
		d, err := read(c.text, CSV{Comment: '#'})
		if d != nil {
			t.Errorf("%s: read as %v", c.name, d)
		}
		wantError(t, c.name, err, ErrFormat, c.message)
	}
}

// What looks a little like something else and is CSV in UTF-8 is read.
func TestHonestFilesAreNotRefused(t *testing.T) {
	for _, c := range []struct {
		name, text string
		opts       CSV
	}{
		{"a header that begins as HTML does", "<TABLE>,<OPEN>,y\n1,2,0\n", CSV{}},
		{"names that begin as formats do", "PAR1,ORC,BZh,y\n1,2,3,0\n", CSV{}},
		{"PK in a header", "PK,y\n1,0\n", CSV{}},
		{"brackets", "[m],{s},y\n1,2,0\n", CSV{}},
		{"intervals", "\"[0, 1)\",\"{x\",y\n1,2,0\n", CSV{}},
		{"lists in a column that is dropped", "a,l,y\n1,3;4,0\n2,5;6,1\n", CSV{Drop: []Column{Name("l")}}},
		{"decimals beside lists", "0.5,1;2,g\n1.5,3;4,h\n", CSV{Drop: []Column{At(1)}}},
		{"classes of lists", "1.5,1;2\n2.5,2;3\n", CSV{}},
		{"classes of words between semicolons", "1,a;b\n2,b;c\n", CSV{}},
		{"names of words", "mean radius,max area,y\n1,2,0\n", CSV{}},
		{"one column", "mean;radius\n0.5\n", CSV{NoLabel: true, Header: HasHeader}},
		{"commas that are said to be", "1,5;0\n1,7;1\n", CSV{Comma: ','}},
		{"line ends in a quoted field", "n,a,y\n\"one\rtwo\r\nthree\",1,0\n", CSV{Drop: []Column{At(0)}}},
		{"CR twice", "a,y\r\r\n1,0\r\r\n", CSV{}},
		{"every script, and what UTF-16 has for it", "größe,市,да,😀,y\n1,2,3,4,한\n", CSV{}},
		{"the end of a DOS file in a field", "a,y\n1,0\x1a\n", CSV{}},
		{"classes with control characters", "a,y\n1,\x01\n2,\x02\n", CSV{}},
		{"classes with commas", "a,y\n1,\"Smith, J\"\n2,\"1,5\"\n", CSV{Task: Classification}},
	} {
		if _, err := read(c.text, c.opts); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
