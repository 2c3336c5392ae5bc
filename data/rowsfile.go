package data

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
)

// rowsJSON describes the numbers of a file of rows.
type rowsJSON struct {
	Rows     int        `json:"rows"`
	Features []string   `json:"features"`
	Shape    []int      `json:"shape,omitempty"`
	Levels   [][]string `json:"levels,omitempty"`
	Classes  []string   `json:"classes,omitempty"`
	Target   string     `json:"target"`
	Source   string     `json:"source"`
	Dropped  int        `json:"dropped"`
	Y        bool       `json:"y"`
	Weights  bool       `json:"weights"`
	Guessed  []bool     `json:"guessed,omitempty"`
	Targets  []string   `json:"targets,omitempty"` // of Beside["y"]
}

// end writes what follows the features. Those of text are positions as they were met, and become those of the sorted texts.
func (w *rowsWriter) end(d *Dataset, rows int, positions [][]float64) error {
	info := rowsJSON{
		Rows: rows, Features: d.Features, Shape: d.Shape, Levels: d.Levels, Classes: d.Classes, Target: d.Target, Source: d.Source, Dropped: d.Dropped,
		Y: d.Y != nil, Weights: d.Weights != nil, Guessed: d.Guessed,
	}
	parts := [][]float64{d.Y, d.Weights}
	if b := d.Beside["y"]; b != nil {
		info.Targets = b.Features
		parts = append(parts, b.X)
	}
	for _, part := range parts {
		if err := w.floats(part); err != nil {
			return err
		}
	}
	text, err := json.Marshal(info)
	if err != nil {
		return err
	}
	text = binary.LittleEndian.AppendUint64(text, uint64(len(text)))
	if err := w.bytes(text); err != nil {
		return err
	}
	digest := w.sum.Sum(nil)
	if d.Levels != nil {
		if err := w.reorder(rows, len(d.Features), positions); err != nil {
			return err
		}
		digests, err := digestsOf(w.file, math.MaxInt64)
		if err != nil {
			return err
		}
		digest = digests[0]
	}
	if _, err := w.file.Seek(0, io.SeekEnd); err != nil {
		return err
	}
	if _, err := w.file.Write(digest); err != nil {
		return err
	}
	return w.file.Sync()
}

// reorder replaces positions of texts in the file by other ones.
func (w *rowsWriter) reorder(rows, n int, positions [][]float64) error {
	piece := make([]byte, 8*n*min(rows, PieceRows))
	for from := 0; from < rows; from += PieceRows {
		b := piece[:8*n*min(PieceRows, rows-from)]
		at := int64(rowsStart + 8*n*from)
		if _, err := w.file.ReadAt(b, at); err != nil {
			return err
		}
		for k, of := range positions {
			if of == nil {
				continue
			}
			for i := 8 * k; i < len(b); i += 8 * n {
				if x := math.Float64frombits(binary.LittleEndian.Uint64(b[i:])); !math.IsNaN(x) {
					binary.LittleEndian.PutUint64(b[i:], math.Float64bits(of[int(x)]))
				}
			}
		}
		if _, err := w.file.WriteAt(b, at); err != nil {
			return err
		}
	}
	return nil
}

// digestsOf returns the SHA-256 of the bytes of a file before each of some places, which ascend.
func digestsOf(f *os.File, ends ...int64) (digests [][]byte, err error) {
	sum, from := sha256.New(), int64(0)
	for _, end := range ends {
		if _, err := io.Copy(sum, io.NewSectionReader(f, from, end-from)); err != nil {
			return nil, err
		}
		digests, from = append(digests, sum.Sum(nil)), end
	}
	return digests, nil
}

// OpenRows opens a file that [Stream.Convert] or [Images.Convert] wrote. Its rows are in memory as far as they are
// in use. They must not be changed. The error wraps ErrFormat for another file, and for one of which a bit has changed.
// [Dataset.Close] closes it.
func OpenRows(path string) (*Dataset, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	d, err := openRows(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

func openRows(f *os.File) (*Dataset, error) {
	stat, err := f.Stat()
	if err != nil {
		return nil, err
	}
	size := stat.Size() - sha256.Size // without the digest
	head, tail := make([]byte, len(rowsMagic)), make([]byte, 8+sha256.Size)
	if size < rowsStart+8 {
		return nil, fmt.Errorf("no rows that were converted: %w", ErrFormat)
	}
	if _, err := f.ReadAt(head, 0); err != nil {
		return nil, err
	}
	if _, err := f.ReadAt(tail, size-8); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint64(tail)
	if string(head) != rowsMagic || length > uint64(size-rowsStart-8) {
		return nil, fmt.Errorf("no rows that were converted: %w", ErrFormat)
	}
	end := size - 8 - int64(length)
	digests, err := digestsOf(f, end, size)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(digests[1], tail[8:]) {
		return nil, fmt.Errorf("it has another digest than when it was converted: %w", ErrFormat)
	}
	text := make([]byte, length)
	if _, err := f.ReadAt(text, end); err != nil {
		return nil, err
	}
	var info rowsJSON
	if err := json.Unmarshal(text, &info); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return info.dataset(f, end, hex.EncodeToString(digests[0]))
}

// littleEndian returns an error if the numbers of this machine are not in the order of those in a file of rows.
func littleEndian() error {
	if one := []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x3f}; math.Float64frombits(binary.NativeEndian.Uint64(one)) != 1 {
		return fmt.Errorf("numbers in little-endian order, which this machine does not map: %w", ErrFormat)
	}
	return nil
}

// dataset returns the data set whose numbers end at a byte of the file, which have this digest.
func (info *rowsJSON) dataset(f *os.File, end int64, digest string) (*Dataset, error) {
	columns := len(info.Features) + len(info.Targets)
	if info.Y {
		columns++
	}
	if info.Weights {
		columns++
	}
	size, row := end-rowsStart, 8*int64(columns)
	if info.Rows < 1 || len(info.Features) == 0 || size%row != 0 || size/row != int64(info.Rows) {
		return nil, fmt.Errorf("%d rows of %d numbers in %d bytes: %w", info.Rows, columns, size, ErrFormat)
	}
	if err := littleEndian(); err != nil {
		return nil, err
	}
	m, err := mapFile(f, end, false)
	if err != nil {
		return nil, err
	}
	m.digest = digest
	d := &Dataset{
		Features: info.Features, Levels: info.Levels, Classes: info.Classes, Target: info.Target, Source: info.Source,
		Dropped: info.Dropped, Shape: info.Shape, Guessed: info.Guessed, Mapped: m,
	}
	at := rowsStart
	take := func(columns int) []float64 {
		v := m.floats(at, columns*info.Rows)
		at += 8 * columns * info.Rows
		return v
	}
	d.X = take(len(info.Features))
	if info.Y {
		d.Y = take(1)
	}
	if info.Weights {
		d.Weights = take(1)
	}
	if info.Targets != nil {
		d.Beside = map[string]*Dataset{"y": {X: take(len(info.Targets)), Features: info.Targets, Source: info.Source}}
	}
	if err := d.CheckNames(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return d, nil
}
