package data

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"os"
	"path/filepath"
)

// A Stream is the rows of CSV files that together may be larger than memory. Convert reads them once and writes a file of
// numbers, which [OpenRows] maps into memory:
//
//	err := data.Stream{Files: paths, CSV: data.CSV{Label: data.Name("y")}}.Convert("rows.adjoint")
//	rows, err := data.OpenRows("rows.adjoint")
//	defer rows.Close()
//	history, err := m.Fit(ctx, rows, models.FitOptions{})
//
// The data set is that of the files read one after the other by [ReadCSV], to the bit, without Lines. Each file has the
// same columns; if the first has a header all have it.
type Stream struct {
	Files []string // of CSV, which may be compressed by gzip
	CSV   CSV      // how they are read

	// Progress is called with the bytes that were read, and those that there are, from time to time, and at the end: such as
	// progress.Bytes(os.Stderr, "rows").
	Progress func(read, total int64)
}

// The file begins with rowsMagic, padded to rowsStart bytes. X, Y, the weights and several targets follow, in
// little-endian order; then what describes them, its length, and the SHA-256 of all before.
const (
	rowsMagic = "adjoint rows 1\n"
	rowsStart = 4096
)

// Convert writes the rows to the file at path, whole or not at all. The memory it takes is that of the targets, and of the
// texts that there are.
func (s Stream) Convert(path string) error {
	if len(s.Files) == 0 {
		return fmt.Errorf("data: a stream of no files: %w", ErrEmpty)
	}
	return writeRows(path, func(w *rowsWriter) error {
		t, err := s.read(w)
		if err != nil {
			return err
		}
		d, err := t.end()
		if err != nil {
			return err
		}
		return w.end(d, w.rows, t.positions)
	})
}

// read writes the features of all files, and returns the table of the rest.
func (s Stream) read(w *rowsWriter) (*table, error) {
	progress, err := s.meter()
	if err != nil {
		return nil, err
	}
	var t *table
	for _, path := range s.Files {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("data: %w", err)
		}
		t, err = s.readFile(t, path, progress.of(f), w)
		f.Close()
		if err != nil {
			return nil, err
		}
	}
	return t, w.write(t)
}

// readFile reads a file as the next of a table; t is nil for the first.
func (s Stream) readFile(t *table, path string, r io.Reader, w *rowsWriter) (*table, error) {
	o := s.CSV
	o.Source = path
	next, err := newTable(r, o)
	if err != nil {
		return nil, err
	}
	if t == nil {
		t = next
		err = t.begin()
	} else {
		err = t.goOn(next)
	}
	for err == nil {
		if err = t.example(); err != nil {
			break
		}
		if t.x.len() >= 1<<17 {
			if err = w.write(t); err != nil {
				break
			}
		}
		err = t.next()
	}
	if err == io.EOF {
		err = nil
	}
	return t, err
}

// goOn makes a table read another file, and reads its first record.
func (t *table) goOn(next *table) error {
	names, width, features := t.names, t.width, t.d.Features
	next.width = 0
	if t.names != nil {
		next.Header = HasHeader
	} else {
		next.Header = NoHeader
	}
	t.in, t.Source = next.in, next.Source
	if err := next.begin(); err != nil {
		return err
	}
	if next.width != width {
		return fmt.Errorf("%s: %d columns where the first file has %d: %w", t.Source, next.width, width, ErrRagged)
	}
	if err := CheckFeatures(features, next.d.Features); err != nil || names != nil && next.d.Target != t.d.Target {
		return fmt.Errorf("%s: other columns than in the first file: %w", t.Source, errors.Join(err, ErrColumn))
	}
	return nil
}

// A meter calls a Progress.
type meter struct {
	read, total, told int64
	tell              func(read, total int64)
}

func (s Stream) meter() (*meter, error) {
	m := &meter{tell: s.Progress}
	for _, path := range s.Files {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("data: %w", err)
		}
		m.total += info.Size()
	}
	return m, nil
}

func (m *meter) of(r io.Reader) io.Reader { return &metered{r, m} }

type metered struct {
	io.Reader
	*meter
}

func (r *metered) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.read += int64(n)
	if r.tell != nil && (r.read-r.told >= 1<<20 || r.read == r.total && r.told < r.read) {
		r.told = r.read
		r.tell(r.read, r.total)
	}
	return n, err
}

// A rowsWriter writes a file of rows.
type rowsWriter struct {
	file *os.File
	out  *bufio.Writer
	sum  hash.Hash
	rows int
	raw  []byte
}

// writeRows has write write what follows the head of a file of rows, whole or not at all.
func writeRows(path string, write func(w *rowsWriter) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".rows-*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err == nil {
			err = os.Rename(f.Name(), path)
		}
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	w := &rowsWriter{file: f, sum: sha256.New()}
	w.out = bufio.NewWriterSize(io.MultiWriter(f, w.sum), 1<<20)
	if err := w.header(); err != nil {
		return err
	}
	return write(w)
}

func (w *rowsWriter) header() error {
	head := make([]byte, rowsStart)
	copy(head, rowsMagic)
	_, err := w.out.Write(head)
	return err
}

// write writes the features that the table has read, and takes them away from it.
func (w *rowsWriter) write(t *table) error {
	w.rows += t.lines.len()
	t.read += t.lines.len()
	t.lines.reset()
	for _, x := range append(t.x.full, t.x.last) {
		if err := w.floats(x); err != nil {
			return err
		}
	}
	t.x.reset()
	return nil
}

func (w *rowsWriter) floats(x []float64) error {
	for len(x) > 0 {
		n := min(len(x), 1<<14)
		w.raw = w.raw[:0]
		for _, v := range x[:n] {
			w.raw = binary.LittleEndian.AppendUint64(w.raw, math.Float64bits(v))
		}
		if _, err := w.out.Write(w.raw); err != nil {
			return err
		}
		x = x[n:]
	}
	return nil
}
