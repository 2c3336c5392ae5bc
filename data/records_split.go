package data

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// split takes the fields of a line without quotes where they lie.
func (r *recordReader) split() error {
	line, comma := r.line, r.comma[0]
	r.text = line
	from := 0
	for at := 0; at < len(line); at += 8 {
		for m := bytesOf(wordAt(line, at), comma); m != 0; m &= m - 1 {
			end := at + bits.TrailingZeros64(m)/8
			if end >= len(line) {
				break
			}
			if err := r.addPart(from, end); err != nil {
				return err
			}
			from = end + 1
		}
	}
	return r.addPart(from, len(line))
}

// wordAt returns eight bytes of a line, the first as the least significant; what is behind its end may be anything.
func wordAt(line []byte, at int) uint64 {
	if at+8 <= cap(line) {
		return binary.LittleEndian.Uint64(line[at : at+8])
	}
	var word [8]byte
	copy(word[:], line[at:])
	return binary.LittleEndian.Uint64(word[:])
}

// addPart adds a part of the line as a field.
func (r *recordReader) addPart(begin, end int) error {
	if len(r.fields) == r.limits.Fields {
		return r.tooMany(begin + 1)
	}
	if r.trim && begin < end && (r.line[begin] <= ' ' || r.line[begin] >= utf8.RuneSelf) {
		begin = end - len(bytes.TrimLeftFunc(r.line[begin:end], unicode.IsSpace))
	}
	if end-begin > r.limits.Field {
		return r.tooLong(r.lines, begin+1)
	}
	r.fields = append(r.fields, field{uint32(begin), uint32(end), 0, uint32(begin + 1)})
	return nil
}
