package data

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"unicode/utf8"
)

// readLine reads the next line of the file: text in UTF-8 that ends in LF, in CRLF, or with the file.
func (r *recordReader) readLine() error {
	line, err := r.in.ReadSlice('\n')
	r.size += len(line)
	if err == bufio.ErrBufferFull {
		line, err = r.readLong(line)
	}
	switch {
	case r.size > r.limits.Row:
		return &errorAt{r.lines + 1, 1, fmt.Errorf("a row of more than %d bytes: a quote that is never closed, or lines that end in CR alone? (see CSV.Limits): %w", r.limits.Row, ErrLimit)}
	case err != nil && (err != io.EOF || len(line) == 0):
		return err
	}
	r.lines++
	r.line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
	if r.graphic = isGraphic(r.line); r.graphic {
		r.odd = false
		return nil
	}
	r.odd = bytes.IndexByte(r.line, '"') >= 0 || bytes.IndexByte(r.line, '\r') >= 0
	return r.checkText()
}

// isGraphic reports whether all bytes of a line are ASCII above the space, and no quotes, as those of numbers are.
func isGraphic(line []byte) bool {
	other := uint64(0) // its high bits are set by other bytes
	for ; len(line) >= 8; line = line[8:] {
		other |= notGraphic(binary.LittleEndian.Uint64(line))
	}
	rest := [8]byte{'0', '0', '0', '0', '0', '0', '0', '0'}
	copy(rest[:], line)
	return (other|notGraphic(binary.LittleEndian.Uint64(rest[:])))&eight(0x80) == 0
}

// notGraphic returns a word that has a high bit set in some byte if isGraphic refuses a byte of w, and none otherwise.
func notGraphic(w uint64) uint64 {
	quotes := w ^ eight('"')
	return w | (w - eight('!')) | (quotes - eight(1))
}

// readLong reads the rest of a line that begins with this piece and does not fit the buffer of in. It stops beyond the limit.
func (r *recordReader) readLong(piece []byte) ([]byte, error) {
	r.long = r.long[:0]
	for err := bufio.ErrBufferFull; ; r.size += len(piece) {
		r.long = extend(r.long, piece)
		if err != bufio.ErrBufferFull || r.size > r.limits.Row {
			return r.long, err
		}
		piece, err = r.in.ReadSlice('\n')
	}
}

// extend is append, but doubles a buffer that has to grow. So all smaller buffers together are no larger than the last.
func extend(buffer, text []byte) []byte {
	if size := len(buffer) + len(text); size > cap(buffer) {
		buffer = append(make([]byte, 0, max(size, 2*cap(buffer))), buffer...)
	}
	return append(buffer, text...)
}

// checkText returns an error unless the current line is text in UTF-8.
func (r *recordReader) checkText() error {
	if i := bytes.IndexByte(r.line, 0); i >= 0 {
		return r.at(i+1, "a byte 0: a binary file, or one that was damaged: %w", ErrFormat)
	}
	if utf8.Valid(r.line) {
		return nil
	}
	i := 0
	for c, size := utf8.DecodeRune(r.line); c != utf8.RuneError || size != 1; c, size = utf8.DecodeRune(r.line[i:]) {
		i += size
	}
	return r.at(i+1, "%s: %w", notUTF8(r.line, i), ErrFormat)
}
