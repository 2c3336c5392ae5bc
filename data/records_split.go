package data

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode"
)

// split takes the fields of a line without quotes where they lie.
func (r *recordReader) split() error {
	line, comma, begin := r.line, r.comma[0], uint32(0)
	fields := r.fields[:cap(r.fields)] // as many as there are, or the limit, at least
	n, room := 0, min(len(fields), r.limits.Fields)
	for at := 0; at < len(line); at += 64 {
		for m := commas(line[at:], comma); m != 0 && n < room; m &= m - 1 {
			end := uint32(at + bits.TrailingZeros64(m))
			fields[n] = field{begin, end}
			begin = end + 1
			n++
		}
	}
	if n == room {
		return r.tooMany(int(begin) + 1)
	}
	fields[n] = field{begin, uint32(len(line))}
	r.text, r.fields = line, fields[:n+1]
	if r.trim && !r.graphic || len(line) > r.limits.Field {
		return r.trimFields()
	}
	return nil
}

// trimFields takes white space away in front of the fields of a line, and refuses those that are too long then.
func (r *recordReader) trimFields() error {
	for i := range r.fields {
		f := &r.fields[i]
		if r.trim {
			f.begin = f.end - uint32(len(bytes.TrimLeftFunc(r.line[f.begin:f.end], unicode.IsSpace)))
		}
		if int(f.end-f.begin) > r.limits.Field {
			return r.tooLong(r.lines, int(f.begin)+1)
		}
	}
	return nil
}

// commas returns a word with a bit for each of the first 64 bytes of a line, the first as the least significant: it is set where
// there is a comma.
func commas(line []byte, comma byte) (m uint64) {
	var padded [64]byte
	if len(line) < 64 {
		copy(padded[:], line)
		line = padded[:]
	}
	for i := 0; i < 64; i += 8 {
		const gather = 0x0002040810204081 // the high bits of bytes, in the highest byte
		m |= bytesOf(binary.LittleEndian.Uint64(line[i:i+8]), comma) * gather >> 56 << i
	}
	return m
}
