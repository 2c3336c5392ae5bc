package data_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"slices"
	"testing"

	"adjoint/data"
)

// Three images of 1×2 pixels and their labels, by the description of the format.
var (
	idxImages = []byte{0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 51, 102, 1, 2}
	idxLabels = []byte{0, 0, 8, 1, 0, 0, 0, 3, 2, 0, 1}
)

func TestReadIDX(t *testing.T) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write(idxImages); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, images := range [][]byte{idxImages, zipped.Bytes()} {
		d, err := data.ReadIDX(bytes.NewReader(images), bytes.NewReader(idxLabels))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Check(); err != nil {
			t.Error(err)
		}
		if !slices.Equal(d.X, []float64{0, 1, 0.2, 0.4, 1. / 255, 2. / 255}) || !slices.Equal(d.Y, []float64{2, 0, 1}) || !slices.Equal(d.Classes, []string{"0", "1", "2"}) || d.Rows() != 3 || !slices.Equal(d.Shape, []int{1, 1, 2}) {
			t.Errorf("%+v", d)
		}
	}
}

// Other files are errors, and what a head promises is not asked for.
func TestReadIDXRefuses(t *testing.T) {
	huge := []byte{0, 0, 8, 3, 0, 1, 0, 0, 0, 0, 255, 0, 0, 0, 0, 200}
	for name, c := range map[string]struct {
		images, labels []byte
		want           error
	}{
		"nothing":       {nil, idxLabels, data.ErrIDX},
		"text":          {[]byte("label,x\n1,2\n"), idxLabels, data.ErrIDX},
		"floats":        {append([]byte{0, 0, 13, 3}, idxImages[4:]...), idxLabels, data.ErrIDX},
		"no extents":    {idxImages[:9], idxLabels, data.ErrIDX},
		"too short":     {idxImages[:20], idxLabels, data.ErrIDX},
		"too long":      {append(slices.Clone(idxImages), 1), idxLabels, data.ErrIDX},
		"huge":          {huge, idxLabels, data.ErrIDX},
		"overflow":      {[]byte{0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255}, idxLabels, data.ErrIDX},
		"broken gzip":   {[]byte{0x1f, 0x8b, 1, 2, 3}, idxLabels, data.ErrIDX},
		"swapped":       {idxLabels, idxImages, data.ErrIDX},
		"other numbers": {idxImages, []byte{0, 0, 8, 1, 0, 0, 0, 1, 2}, data.ErrLength},
		"no images":     {[]byte{0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 2}, []byte{0, 0, 8, 1, 0, 0, 0, 0}, data.ErrEmpty},
	} {
		if _, err := data.ReadIDX(bytes.NewReader(c.images), bytes.NewReader(c.labels)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want one that wraps %q", name, err, c.want)
		}
	}
}
