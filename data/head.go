package data

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"io"
	"unicode/utf8"
)

// open returns the text of a file, decompressed if it is that of gzip, from its first record on.
func (o *CSV) open(r io.Reader) (*bufio.Reader, error) {
	buf := bufio.NewReaderSize(r, 64<<10)
	head, _ := buf.Peek(2) // an error comes again
	if begins("\x1f\x8b")(head) {
		unzipped, err := gzip.NewReader(buf)
		if err != nil {
			return nil, err
		}
		buf = bufio.NewReaderSize(unzipped, 64<<10)
	}
	return buf, o.checkHead(buf)
}

// checkHead returns an error if the beginning of the file is that of another format. It skips a byte order mark and a
// line sep=, which it obeys, and sets the delimiter if it is not set.
func (o *CSV) checkHead(r *bufio.Reader) error {
	head, err := r.Peek(headSize)
	if err != nil && err != io.EOF {
		return err
	}
	if err := checkFormat(head); err != nil {
		return err
	}
	skip := 0
	if begins(byteOrderMark)(head) {
		skip = len(byteOrderMark)
	}
	if delimiter, size := separator(head[skip:]); size > 0 {
		o.Comma = cmp.Or(o.Comma, delimiter)
		skip += size
	}
	if o.Comma == 0 && o.DecimalComma {
		o.Comma = ';'
	}
	if o.Comma == 0 {
		if err := checkDelimiter(firstLines(head, err == io.EOF, o.Comment)); err != nil {
			return err
		}
		o.Comma = ','
	}
	_, err = r.Discard(skip)
	return err
}

// separator returns the delimiter that a line sep= names, with which Excel begins files, and the size of the line; 0 if the
// file begins otherwise.
func separator(head []byte) (delimiter rune, size int) {
	line, _, found := bytes.Cut(head, []byte("\n"))
	text := bytes.Trim(bytes.TrimRight(line, "\r"), `"`)
	text, ok := bytes.CutPrefix(text, []byte("sep="))
	delimiter, n := utf8.DecodeRune(text)
	if !ok || !found || n == 0 || n != len(text) {
		return 0, 0
	}
	return delimiter, len(line) + 1
}
