package safetensors

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

// Read reads a file to its end, and says whether it is Sealed. The error wraps
// ErrCorrupt or ErrDtype, or is that of r.
func Read(r io.Reader) (*File, error) {
	f, err := read(r)
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	return f, nil
}

func read(r io.Reader) (*File, error) {
	length, header, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	metadata, places, err := parseHeader(header)
	if err != nil {
		return nil, err
	}
	seal := newSeal(length, header, metadata)
	r = io.TeeReader(r, seal)
	f := &File{Metadata: metadata}
	var other *place // the first of numbers that a Tensor does not have
	for _, p := range places {
		t := Tensor{Name: p.name, Shape: p.shape}
		switch p.dtype {
		case "F32":
			t.F32, err = readNumbers[float32](r, p.n)
		case "F64":
			t.F64, err = readNumbers[float64](r, p.n)
		default:
			_, err = io.CopyN(io.Discard, r, int64(p.end-p.begin))
			other = cmp.Or(other, &p)
		}
		if err != nil {
			return nil, inside(err, fmt.Sprintf("tensor %.80q", p.name))
		}
		f.Tensors = append(f.Tensors, t)
	}
	if n, err := io.ReadFull(r, make([]byte, 1)); n > 0 || err != io.EOF {
		return nil, inside(err, "something after the last tensor")
	}
	if other != nil {
		return nil, fmt.Errorf("%w: tensor %.80q is %s", ErrDtype, other.name, other.dtype)
	}
	if f.Sealed = seal.holds(); f.Sealed {
		delete(f.Metadata, DigestKey)
	}
	return f, nil
}

// readHeader returns the 8 bytes of the length, and the header.
func readHeader(r io.Reader) (length, header []byte, err error) {
	length = make([]byte, 8)
	if _, err := io.ReadFull(r, length); err != nil {
		return nil, nil, inside(err, "the length of its header")
	}
	n := binary.LittleEndian.Uint64(length)
	if n > maxHeader {
		return nil, nil, fmt.Errorf("%w: header of %d bytes, at most %d", ErrCorrupt, n, maxHeader)
	}
	var b bytes.Buffer // which grows as the bytes come
	if _, err := io.CopyN(&b, r, int64(n)); err != nil {
		return nil, nil, inside(err, "its header")
	}
	return length, b.Bytes(), nil
}

// readNumbers reads n numbers. It takes no more memory than a few times what has
// come.
func readNumbers[T float32 | float64](r io.Reader, n int) ([]T, error) {
	width := binary.Size(T(0))
	v, most := []T{}, min(n, piece/width)
	buffer := make([]byte, most*width)
	for len(v) < n {
		k := min(n-len(v), most)
		if _, err := io.ReadFull(r, buffer[:k*width]); err != nil {
			return nil, err
		}
		v = append(v, make([]T, k)...)
		if _, err := binary.Decode(buffer, binary.LittleEndian, v[len(v)-k:]); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// inside says where reading stopped. It is the file's fault if the reader is at
// its end, or had more to give than it should.
func inside(err error, where string) error {
	switch {
	case err == nil:
		return fmt.Errorf("%w: there is %s", ErrCorrupt, where)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: it ends in %s", ErrCorrupt, where)
	}
	return fmt.Errorf("%s: %w", where, err)
}

// A seal is a digest to be compared when all has been read.
type seal struct {
	hash.Hash
	want string
}

// newSeal returns the seal of a file: one that never holds, if its digest is not
// there or not one that Write could have written.
func newSeal(length, header []byte, metadata map[string]string) seal {
	s := seal{sha256.New(), metadata[DigestKey]}
	place := digits(header, s.want)
	if place == nil {
		return seal{Hash: s.Hash}
	}
	copy(place, noDigest)
	s.Write(length)
	s.Write(header)
	return s
}

func (s seal) holds() bool { return s.want == hex.EncodeToString(s.Sum(nil)) }
