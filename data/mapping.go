package data

import (
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"
)

// A Mapping is a file whose numbers are the rows of a data set. They are in memory as far as they are in use: pages that
// were read are let go from time to time, and come back from the system's cache, or the disk, when they are read again.
type Mapping struct {
	bytes   []byte
	digest  string       // of the rows, or of those that they were made of
	touched atomic.Int64 // bytes, since pages were let go
	part    bool         // of a data set that is still open
}

// Digest returns the SHA-256 of the numbers in the file of [OpenRows], in hexadecimal, and which of its rows these are. What
// [Dataset.Room] has room for is made of rows, and has the digest of these.
func (m *Mapping) Digest() string { return m.digest }

// resident is how many bytes of a Mapping are read before its pages are let go.
const resident = 32 << 20

// mapFile maps a file of that size.
func mapFile(f *os.File, size int64, write bool) (*Mapping, error) {
	if size <= 0 || int64(int(size)) != size {
		return nil, fmt.Errorf("%s: a file of %d bytes: %w", f.Name(), size, ErrFormat)
	}
	b, err := mapBytes(f, int(size), write)
	if err != nil {
		return nil, fmt.Errorf("%s: mapped into memory: %w", f.Name(), err)
	}
	return &Mapping{bytes: b}, nil
}

// floats are n numbers from a byte on, which is a multiple of 8.
func (m *Mapping) floats(from, n int) []float64 {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*float64)(unsafe.Pointer(&m.bytes[from])), n)
}

// touch says that so many numbers were read or written.
func (d *Dataset) touch(numbers int) {
	m := d.Mapped
	if m == nil {
		return
	}
	if m.touched.Add(8*int64(numbers)) >= resident {
		m.touched.Store(0)
		letGo(m.bytes)
	}
}

// ahead says that rows will be read soon.
func (d *Dataset) ahead(from, to int) {
	n := 8 * len(d.Features)
	if m := d.Mapped; m != nil {
		const page = 1 << 16 // or a multiple of a page
		start := int(uintptr(unsafe.Pointer(&d.X[0]))-uintptr(unsafe.Pointer(&m.bytes[0]))) + from*n
		start -= start % page
		soon(m.bytes[start:min(start+(to-from)*n+page, len(m.bytes))])
	}
}

// Close gives back the file of a data set of [OpenRows], or of [Dataset.Room] for one. Its numbers must not be read any
// more. Of other data sets it does nothing.
func (d *Dataset) Close() error {
	if d == nil || d.Mapped == nil {
		return nil
	}
	m := d.Mapped
	d.X, d.Y, d.Weights, d.Beside, d.Mapped = nil, nil, nil, nil, nil
	if m.part {
		return nil
	}
	return unmapBytes(m.bytes)
}

// part returns the rows from, …, to−1 of a Mapped data set, as long as that is open.
func (d *Dataset) part(from, to int) *Dataset {
	n := len(d.Features)
	c := *d
	c.X, c.Mapped = d.X[from*n:to*n], &Mapping{bytes: d.Mapped.bytes, part: true, digest: fmt.Sprint(d.Mapped.digest, ": ", from, " to ", to)}
	if d.Y != nil {
		c.Y = d.Y[from:to]
	}
	if d.Weights != nil {
		c.Weights = d.Weights[from:to]
	}
	c.Beside = nil
	for name, b := range d.Beside {
		if c.Beside == nil {
			c.Beside = map[string]*Dataset{}
		}
		of, k := *b, len(b.Features)
		of.X = b.X[from*k : to*k]
		c.Beside[name] = &of
	}
	return &c
}

// Room returns a data set with the examples of d, and other features: zeros, to be written. It shares the targets and the like
// with d. Where d is Mapped, X is a file too, which has no name and is gone when it is closed.
func (d *Dataset) Room(features []string, levels [][]string) (*Dataset, error) {
	c := *d
	c.Features, c.Levels, c.Guessed, c.Shape, c.Mapped = features, levels, nil, nil, nil
	n := d.Rows() * len(features)
	if d.Mapped == nil {
		c.X = make([]float64, n)
		return &c, nil
	}
	f, err := os.CreateTemp("", "adjoint-rows-*")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	defer os.Remove(f.Name())
	if err := f.Truncate(8 * int64(n)); err != nil {
		return nil, fmt.Errorf("%s: room for %d numbers: %w", f.Name(), n, err)
	}
	if c.Mapped, err = mapFile(f, 8*int64(n), true); err != nil {
		return nil, err
	}
	c.Mapped.digest = d.Mapped.digest
	c.X = c.Mapped.floats(0, n)
	return &c, nil
}

// PieceRows is how many rows Pieces passes on at once, at most.
const PieceRows = 4096

// Pieces calls do for the rows from, …, to−1 of d, a piece of them at a time, in order. It says of each piece that it was
// read, and written in to where that is not nil: rows of a file that are gone through in this way stay in memory no longer than needed.
func (d *Dataset) Pieces(into *Dataset, do func(from, to int) error) error {
	for from, rows := 0, d.Rows(); from < rows; from += PieceRows {
		to := min(from+PieceRows, rows)
		if err := do(from, to); err != nil {
			return err
		}
		d.touch((to - from) * len(d.Features))
		if into != nil {
			into.touch((to - from) * len(into.Features))
		}
	}
	return nil
}
