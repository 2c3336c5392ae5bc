package data

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A format is a kind of file that is not CSV in UTF-8: what it is, what to do about it, and how to recognise it.
type format struct {
	what, cure string
	is         func(head []byte) bool
}

// headSize is the number of bytes of a file that are used to recognise its format.
const headSize = 16 << 10

const byteOrderMark = "\ufeff" // in UTF-8

// formats are tried in order. The signatures are those of the formats' specifications and of file(1).
var formats = []format{
	{"text in UTF-32", recode("UTF-32"), isUTF32},
	{"text in UTF-16", recode("UTF-16"), isUTF16},
	{"compressed by bzip2", "decompress it first (bunzip2)", both(begins("BZh"), has("1AY&SY"))},
	{"compressed by xz", "decompress it first (unxz)", begins("\xfd7zXZ\x00")},
	{"compressed by zstd", "decompress it first (unzstd)", begins("\x28\xb5\x2f\xfd")},
	{"an archive of 7-Zip", "unpack it first", begins("7z\xbc\xaf\x27\x1c")},
	{"a RAR archive", "unpack it first", begins("Rar!\x1a\x07")},
	{"a tar archive", "unpack it first (tar -xf)", func(head []byte) bool { return len(head) > 262 && string(head[257:262]) == "ustar" }},
	{"a spreadsheet of Excel (xlsx)", saveAs, both(isZip, has("xl/", "[Content_Types].xml"))},
	{"a spreadsheet of OpenDocument (ods)", saveAs, both(isZip, has("opendocument.spreadsheet"))},
	{"arrays of NumPy (npz)", "write the array with numpy.savetxt and delimiter=','", both(isZip, has(".npy"))},
	{"a zip archive", "unpack it first (unzip)", isZip},
	{"a spreadsheet of Excel (xls)", saveAs, begins("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")},
	{"a Parquet file", byPandas("read_parquet"), both(begins("PAR1", "PARE"), isBinary)},
	{"an Arrow file (Feather)", byPandas("read_feather"), both(begins("ARROW1", "FEA1"), isBinary)},
	{"an ORC file", byPandas("read_orc"), both(begins("ORC"), isBinary)},
	{"an HDF5 file", byPandas("read_hdf"), begins("\x89HDF\r\n\x1a\n")},
	{"an Avro file", "write its records as CSV", begins("Obj\x01")},
	{"an SQLite database", "write its table as CSV (sqlite3 -header -csv)", begins("SQLite format 3\x00")},
	{"an array of NumPy (npy)", "write it with numpy.savetxt and delimiter=','", begins("\x93NUMPY")},
	{"a pickle of Python", byPandas("read_pickle"), begins("\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05")},
	{"a PDF document", "find the table that it was made from", begins("%PDF-")},
	{"a page of HTML", "download the file itself: this may be a login page or an error message", beginsTag("<!doctype html", "<html", "<head", "<table", "<!--")},
	{"XML", "write its table as CSV", beginsTag("<?xml")},
	{"JSON", byPandas("read_json"), isJSON},
	{"an ARFF file of Weka", "keep the rows below @data, with the names of the attributes as a header", isARFF},
	{"a pointer of Git LFS", "fetch the file itself (git lfs pull)", begins("version https://git-lfs.")},
	{"a binary file", "write its table as CSV in UTF-8", hasZero},
}

const saveAs = "save it as CSV in UTF-8 in the spreadsheet program"

func byPandas(reader string) string {
	return fmt.Sprintf("write it as CSV (in pandas %s and to_csv with index=False)", reader)
}

func recode(encoding string) string {
	return fmt.Sprintf("save it in UTF-8 (iconv -f %s -t UTF-8)", encoding)
}

// checkFormat returns an error if the head of a file shows that it is not CSV in UTF-8.
func checkFormat(head []byte) error {
	text := bytes.TrimPrefix(head, []byte(byteOrderMark))
	for _, f := range formats {
		if f.is(text) {
			return fmt.Errorf("%s: %s: %w", f.what, f.cure, ErrFormat)
		}
	}
	return nil
}

// notUTF8 describes a line that is not UTF-8 from index i on.
func notUTF8(line []byte, i int) string {
	if isBinary(line) {
		return fmt.Sprintf("byte 0x%x among control characters: a binary file, or one that was damaged", line[i])
	}
	encoding := "Latin-1 or Windows-1252"
	if line[i] < 0xa0 { // letters of no ISO 8859, quotation marks and dashes of Windows
		encoding = "Windows-1252"
	}
	return fmt.Sprintf("byte 0x%x is no UTF-8: text in %s? %s", line[i], encoding, recode("WINDOWS-1252"))
}

func begins(signatures ...string) func([]byte) bool {
	return func(head []byte) bool {
		return slices.ContainsFunc(signatures, func(s string) bool { return bytes.HasPrefix(head, []byte(s)) })
	}
}

func has(parts ...string) func([]byte) bool {
	return func(head []byte) bool {
		return slices.ContainsFunc(parts, func(s string) bool { return bytes.Contains(head, []byte(s)) })
	}
}

func both(a, b func([]byte) bool) func([]byte) bool {
	return func(head []byte) bool { return a(head) && b(head) }
}

// beginsTag is begins behind white space and in any case, where no comma follows: <DATE>,<OPEN> is a header.
func beginsTag(tags ...string) func([]byte) bool {
	return func(head []byte) bool {
		text := bytes.TrimSpace(head)
		lower := strings.ToLower(string(text[:min(len(text), 64)]))
		return slices.ContainsFunc(tags, func(tag string) bool {
			rest, ok := strings.CutPrefix(lower, tag)
			return ok && !strings.HasPrefix(strings.TrimPrefix(rest, ">"), ",")
		})
	}
}

// isARFF looks for the first line that is no comment.
func isARFF(head []byte) bool {
	for line := range bytes.Lines(head) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '%' {
			return beginsTag("@relation")(line)
		}
	}
	return false
}

var isZip = begins("PK\x03\x04", "PK\x05\x06")

// isJSON reports whether an object, or a list of objects, lists or texts, begins.
func isJSON(head []byte) bool {
	text := bytes.TrimSpace(head)
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return false
	}
	inner := bytes.TrimSpace(text[1:])
	if text[0] == '{' {
		return begins(`"`, "}")(inner)
	}
	return begins("{", "[", `"`)(inner)
}

// isBinary reports whether there are control characters that no text has.
func isBinary(head []byte) bool {
	return slices.ContainsFunc(head, func(c byte) bool { return c < ' ' && !isTextControl(c) })
}

// isTextControl reports whether a control character is one of texts: white space, the end of a file of DOS, an escape.
func isTextControl(c byte) bool { return strings.IndexByte("\t\n\v\f\r\x1a\x1b", c) >= 0 }

func hasZero(head []byte) bool { return bytes.IndexByte(head, 0) >= 0 }

// isUTF32 and isUTF16 look for the byte order mark of the encoding, or for text without one.
func isUTF32(head []byte) bool {
	return begins("\xff\xfe\x00\x00", "\x00\x00\xfe\xff")(head) || isWide(head, 4)
}

func isUTF16(head []byte) bool {
	return begins("\xff\xfe", "\xfe\xff")(head) || isWide(head, 2)
}

// isWide reports whether head is text in units of so many bytes, of either order: no unit is a control
// character, and a quarter are ASCII, as digits, delimiters and line ends are.
func isWide(head []byte, width int) bool {
	littleEndian := func(unit []byte) (c uint32) {
		for i, b := range unit {
			c |= uint32(b) << (8 * i)
		}
		return c
	}
	bigEndian := func(unit []byte) (c uint32) {
		for _, b := range unit {
			c = c<<8 | uint32(b)
		}
		return c
	}
	if !hasZero(head) {
		return false
	}
	for _, order := range []func([]byte) uint32{littleEndian, bigEndian} {
		units, ascii, text := len(head)/width, 0, true
		for i := range units {
			c := order(head[i*width:][:width])
			text = text && c <= unicode.MaxRune && (c >= ' ' || isTextControl(byte(c)))
			if c < utf8.RuneSelf {
				ascii++
			}
		}
		if text && units >= 2 && 4*ascii >= units {
			return true
		}
	}
	return false
}
