package safetensors

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Write writes the file, sealed. The error is that of w, or says what of the File
// the layout cannot hold.
func (f *File) Write(w io.Writer) error {
	tensors := slices.SortedFunc(slices.Values(f.Tensors), func(a, b Tensor) int {
		return cmp.Or(cmp.Compare(b.width(), a.width()), cmp.Compare(a.Name, b.Name))
	})
	header, err := headerOf(f.Metadata, tensors)
	if err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	digest := sha256.New()
	if err := write(digest, header, tensors); err != nil {
		return err
	}
	hex.Encode(digits(header, noDigest), digest.Sum(nil))
	return write(w, header, tensors)
}

// noDigest stands in the place of the digest while it is computed.
var noDigest = strings.Repeat("0", 2*sha256.Size)

// digits returns the part of the header that holds the digest, or nil. No text in
// the metadata looks like it, because a quote inside a text is escaped.
func digits(header []byte, digest string) []byte {
	before := `"` + DigestKey + `":"`
	i := bytes.Index(header, []byte(before+digest+`"`))
	if i < 0 || len(digest) != len(noDigest) {
		return nil
	}
	return header[i+len(before):][:len(digest)]
}

func write(w io.Writer, header []byte, tensors []Tensor) error {
	length := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	if _, err := w.Write(append(length, header...)); err != nil {
		return err
	}
	for _, t := range tensors {
		if err := writeNumbers(w, t.F32); err != nil {
			return err
		}
		if err := writeNumbers(w, t.F64); err != nil {
			return err
		}
	}
	return nil
}

func writeNumbers[T float32 | float64](w io.Writer, v []T) error {
	width := binary.Size(T(0))
	buffer := make([]byte, 0, min(piece, len(v)*width))
	for part := range slices.Chunk(v, piece/width) {
		b, err := binary.Append(buffer, binary.LittleEndian, part)
		if err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// An entry is what the header says of a tensor.
type entry struct {
	Dtype   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

// headerOf returns the header of tensors that lie in the order given, with
// noDigest for the digest.
func headerOf(metadata map[string]string, tensors []Tensor) ([]byte, error) {
	texts := map[string]string{DigestKey: noDigest}
	for k, v := range metadata {
		if k == DigestKey || !utf8.ValidString(k) || !utf8.ValidString(v) {
			return nil, fmt.Errorf("metadata %q: %q", k, v)
		}
		texts[k] = v
	}
	var b bytes.Buffer
	member := func(before, name string, value any) error {
		k, err := json.Marshal(name)
		if err != nil {
			return err
		}
		v, err := json.Marshal(value)
		fmt.Fprintf(&b, "%s%s:%s", before, k, v)
		return err
	}
	if err := member("{", metadataKey, texts); err != nil {
		return nil, err
	}
	names, offset := map[string]bool{metadataKey: true}, 0
	tokens := 5 + 2*len(texts) // as a parser counts them
	for _, t := range tensors {
		e, err := t.entry(offset)
		if err != nil {
			return nil, err
		}
		if names[t.Name] || !utf8.ValidString(t.Name) {
			return nil, fmt.Errorf("tensor %q: a name that is taken, or is no text", t.Name)
		}
		if err := member(",", t.Name, e); err != nil {
			return nil, err
		}
		names[t.Name], offset = true, e.Offsets[1]
		tokens += 13 + len(t.Shape)
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	if b.Len() > maxHeader || tokens > maxTokens {
		return nil, fmt.Errorf("header of %d bytes, at most %d, with %d names, values and brackets, at most %d", b.Len(), maxHeader, tokens, maxTokens)
	}
	return b.Bytes(), nil
}

// entry describes the tensor at an offset.
func (t Tensor) entry(offset int) (entry, error) {
	e := entry{"F64", append([]int{}, t.Shape...), [2]int{offset, offset}}
	if t.F32 != nil {
		e.Dtype = "F32"
	}
	n, err := sizeOf(t.Shape)
	if err != nil || n != len(t.F32)+len(t.F64) || (t.F32 == nil) == (t.F64 == nil) {
		return e, fmt.Errorf("tensor %q of shape %v: %d numbers F32, %d F64", t.Name, t.Shape, len(t.F32), len(t.F64))
	}
	e.Offsets[1] += n * t.width()
	return e, nil
}

// width is the number of bytes of a number.
func (t Tensor) width() int {
	if t.F32 != nil {
		return 4
	}
	return 8
}
