package data

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"adjoint/internal/mem"
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
	sum  hash.Hash
	size int64 // bytes that were written
	rows int
}

// writeRows has write write what follows the head of a file of rows, whole or not at all.
func writeRows(path string, write func(w *rowsWriter) error) (err error) {
	if err := littleEndian(); err != nil {
		return err
	}
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
	head := make([]byte, rowsStart)
	copy(head, rowsMagic)
	if err := w.bytes(head); err != nil {
		return err
	}
	return write(w)
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

// floats writes numbers as they lie in memory, which writeRows has checked to be in little-endian order.
func (w *rowsWriter) floats(x []float64) error { return w.bytes(mem.Bytes(x)) }

// bytes writes b, which has the system begin to bring it to the disk: what is large would otherwise wait there for the end.
func (w *rowsWriter) bytes(b []byte) error {
	w.sum.Write(b)
	n, err := w.file.Write(b)
	writeSoon(w.file, w.size, int64(n))
	w.size += int64(n)
	return err
}
