package data

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"adjoint/internal/npy"

	"github.com/google/go-cmp/cmp"
)

func TestNPZ(t *testing.T) {
	d := Iris()
	var file bytes.Buffer
	if err := d.WriteNPZ(&file); err != nil {
		t.Fatal(err)
	}
	got, err := ReadNPZ(&file, Classification)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{d.X, d.Y}, []any{got.X, got.Y}); diff != "" {
		t.Error(diff)
	}
	// np.savez(f, X=np.array([[1.5], [2]], "<f4"), y=np.array([True, False])), and np.save(f, np.array([[1, 2]], "u1"))
	var zip, single bytes.Buffer
	err = errors.Join(npy.EncodeZip(&zip, map[string]npy.Array{"X": {Dims: []int{2, 1}, Data: []float32{1.5, 2}}, "y": {Dims: []int{2}, Data: []bool{true, false}}}),
		npy.Encode(&single, npy.Array{Dims: []int{1, 2}, Data: []uint8{1, 2}}))
	if err != nil {
		t.Fatal(err)
	}
	got, err = ReadNPZ(&zip, Classification)
	if err != nil || got.X[0] != 1.5 || got.Y[0] != 1 || got.Y[1] != 0 {
		t.Errorf("float32 and bool: %+v, %v", got, err)
	}
	got, err = ReadNPZ(&single, DetectTask)
	if err != nil || got.X[1] != 2 || got.Y != nil {
		t.Errorf("one array of bytes: %+v, %v", got, err)
	}
	// np.save(f, np.zeros((2, 3, 2), "u1")), and pictures of several channels.
	for _, c := range []struct{ dims, want []int }{{[]int{2, 3, 2}, []int{1, 3, 2}}, {[]int{2, 3, 8, 8}, []int{3, 8, 8}}, {[]int{2, 3, 2, 2, 2}, nil}} {
		size := 1
		for _, n := range c.dims {
			size *= n
		}
		var file bytes.Buffer
		if err := npy.Encode(&file, npy.Array{Dims: c.dims, Data: make([]uint8, size)}); err != nil {
			t.Fatal(err)
		}
		got, err := ReadNPZ(&file, DetectTask)
		if err != nil || len(got.Features) != size/2 || !slices.Equal(got.Shape, c.want) {
			t.Errorf("%v: %v, %v", c.dims, got, err)
		}
	}
	for name, arrays := range map[string]map[string]npy.Array{
		"channels last": {"X": {Dims: []int{1, 5, 5, 3}, Data: make([]uint8, 75)}},
		"another array": {"Z": {Dims: []int{1}, Data: []float64{1}}},
		"one axis":      {"X": {Dims: []int{1}, Data: []float64{1}}},
		"no columns":    {"X": {Dims: []int{3, 0}, Data: []float64{}}},
		"small numbers": {"X": {Dims: []int{1, 1}, Data: []int8{1}}},
	} {
		var file bytes.Buffer
		if err := npy.EncodeZip(&file, arrays); err != nil {
			t.Fatal(err)
		}
		if d, err := ReadNPZ(&file, DetectTask); !errors.Is(err, ErrFormat) && !errors.Is(err, ErrEmpty) {
			t.Errorf("%s: %v, %v", name, d, err)
		}
	}
	if d, err := ReadNPZ(bytes.NewReader([]byte("a,y\n1,2\n")), DetectTask); !errors.Is(err, ErrFormat) {
		t.Errorf("CSV: %v, %v", d, err)
	}
}
