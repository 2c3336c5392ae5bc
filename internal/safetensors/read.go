package safetensors

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

// Read reads a file to its end, and checks its digest if it has one. The error
// wraps ErrCorrupt, or is that of r.
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
	f := &File{Metadata: metadata}
	seal, err := f.unseal(length, header)
	if err != nil {
		return nil, err
	}
	r = io.TeeReader(r, seal)
	for _, p := range places {
		t := Tensor{Name: p.name, Shape: p.shape}
		if p.width == 4 {
			t.F32, err = readNumbers[float32](r, p.n)
		} else {
			t.F64, err = readNumbers[float64](r, p.n)
		}
		if err != nil {
			return nil, inside(err, fmt.Sprintf("tensor %q", p.name))
		}
		f.Tensors = append(f.Tensors, t)
	}
	if n, err := io.ReadFull(r, make([]byte, 1)); n > 0 || err != io.EOF {
		return nil, inside(err, "something after the last tensor")
	}
	return f, seal.check()
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

// A seal is a digest to be checked when all has been read; none if want is "".
type seal struct {
	hash.Hash
	want string
}

// unseal takes the digest out of the metadata.
func (f *File) unseal(length, header []byte) (seal, error) {
	s := seal{Hash: sha256.New()}
	s.want, f.Sealed = f.Metadata[digestKey]
	if !f.Sealed {
		return s, nil
	}
	delete(f.Metadata, digestKey)
	place := digits(header, s.want)
	if place == nil {
		return s, fmt.Errorf("%w: digest %.80q", ErrCorrupt, s.want)
	}
	copy(place, noDigest)
	s.Write(length)
	s.Write(header)
	return s, nil
}

func (s seal) check() error {
	if got := hex.EncodeToString(s.Sum(nil)); s.want != "" && got != s.want {
		return fmt.Errorf("%w: SHA-256 is %s, it says %s", ErrCorrupt, got, s.want)
	}
	return nil
}
