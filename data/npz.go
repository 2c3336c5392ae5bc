package data

import (
	"fmt"
	"io"
	"slices"

	"adjoint/internal/npy"
)

// ReadNPZ reads the examples of a file that numpy.savez wrote with arrays X, rows of features, and y, a target for each row,
// if there is one. If X has more axes the features of a row are all that follows the first: of pictures, with axes (N, rows,
// columns) or (N, channels, rows, columns), [Dataset.Shape] is set, and bytes stay 0 to 255. Arrays of other types of numbers become float64. task is that of [New]. The file of one array, as
// numpy.save writes it, is X. It is read to its end. The error wraps ErrFormat for another file or other arrays, else
// it is that of New.
func ReadNPZ(r io.Reader, task Task) (*Dataset, error) {
	file, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("data: NPZ: %w", err)
	}
	arrays := map[string]npy.Array{}
	if isZip(file) {
		arrays, err = npy.DecodeZip(file)
	} else {
		arrays["X"], err = npy.Decode(file)
	}
	if err != nil {
		return nil, fmt.Errorf("data: NPZ: %w: %w", err, ErrFormat)
	}
	for name := range arrays {
		if name != "X" && name != "y" {
			return nil, fmt.Errorf("data: NPZ: array %s, want X and y: %w", quote(name), ErrFormat)
		}
	}
	dims := arrays["X"].Dims
	x, err := numbersOf(arrays, "X", max(2, len(dims)))
	if err != nil {
		return nil, err
	}
	y, err := numbersOf(arrays, "y", 1)
	if err != nil {
		return nil, err
	}
	width := 1
	for _, n := range dims[1:] {
		width *= n
	}
	if width == 0 {
		return nil, fmt.Errorf("data: NPZ: X has no columns: %w", ErrEmpty)
	}
	d, err := New(slices.Collect(slices.Chunk(x, width)), y, task)
	switch {
	case err != nil:
		return nil, err
	case len(dims) == 3:
		d.Shape = append([]int{1}, dims[1:]...)
	case len(dims) == 4 && dims[3] <= 4 && dims[1] > 4:
		return nil, fmt.Errorf("data: NPZ: X of shape %v has its channels last; write X.transpose(0, 3, 1, 2): %w", dims, ErrFormat)
	case len(dims) == 4:
		d.Shape = slices.Clone(dims[1:])
	}
	return d, nil
}

// numbersOf returns an array of so many axes as float64; nil if y is not there.
func numbersOf(arrays map[string]npy.Array, name string, axes int) ([]float64, error) {
	a, ok := arrays[name]
	if !ok && name == "y" {
		return nil, nil
	}
	if len(a.Dims) != axes {
		return nil, fmt.Errorf("data: NPZ: %s has shape %v, want %d axes: %w", name, a.Dims, axes, ErrFormat)
	}
	switch v := a.Data.(type) {
	case []float64:
		return v, nil
	case []float32:
		return float64s(v), nil
	case []int64:
		return float64s(v), nil
	case []int32:
		return float64s(v), nil
	case []uint8:
		return float64s(v), nil
	case []bool:
		list := make([]float64, len(v))
		for i, b := range v {
			if b {
				list[i] = 1
			}
		}
		return list, nil
	}
	return nil, fmt.Errorf("data: NPZ: %s of %T; write it with astype(float): %w", name, a.Data, ErrFormat)
}

func float64s[T float32 | int64 | int32 | uint8](v []T) []float64 {
	list := make([]float64, len(v))
	for i, x := range v {
		list[i] = float64(x)
	}
	return list
}

// WriteNPZ writes X and y, if there are targets, as numpy.load reads them. Columns of text are positions in Levels. The
// names of features and classes are not kept.
func (d *Dataset) WriteNPZ(w io.Writer) error {
	if err := d.checkShape(); err != nil {
		return err
	}
	if err := d.checkDense("an array"); err != nil {
		return err
	}
	arrays := map[string]npy.Array{"X": {Dims: []int{d.Rows(), len(d.Features)}, Data: d.X}}
	if d.Y != nil {
		arrays["y"] = npy.Array{Dims: []int{d.Rows()}, Data: d.Y}
	}
	return npy.EncodeZip(w, arrays)
}
