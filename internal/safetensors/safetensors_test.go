package safetensors

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	independent "github.com/nlpodyssey/safetensors"
)

// example is a file with every kind of tensor and of number.
func example() *File {
	return &File{
		Metadata: map[string]string{"format": "a <text> with \"quotes\", ζ and \n", "sha": `"sha256":"` + noDigest + `"`},
		Tensors: []Tensor{
			{Name: "w2", Shape: []int{2, 3}, F32: []float32{1, -2, 0.1, float32(math.Inf(1)), math.MaxFloat32, math.SmallestNonzeroFloat32}},
			{Name: "w1", Shape: []int{1, 3}, F64: []float64{math.Copysign(0, -1), math.Pi, math.SmallestNonzeroFloat64}},
			{Name: "", Shape: []int{}, F64: []float64{42}},
			{Name: "none", Shape: []int{3, 0}, F64: []float64{}},
			{Name: "b", Shape: []int{1}, F32: []float32{0.5}},
		},
	}
}

func written(t testing.TB, f *File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// large is a file whose tensors take several pieces.
func large() *File {
	v := make([]float64, 3*piece/8+1)
	for i := range v {
		v[i] = float64(i) / 3
	}
	return &File{Tensors: []Tensor{{Name: "v", Shape: []int{len(v)}, F64: v}, {Name: "w", Shape: []int{1}, F32: []float32{1}}}}
}

// What was written comes back, and in the order of the format: wide numbers
// first, then names.
func TestRoundTrip(t *testing.T) {
	for _, f := range []*File{example(), large(), {}} {
		got, err := Read(iotest.HalfReader(bytes.NewReader(written(t, f))))
		if err != nil {
			t.Fatal(err)
		}
		want := &File{Metadata: map[string]string{}, Sealed: true}
		for k, v := range f.Metadata {
			want.Metadata[k] = v
		}
		for _, name := range []string{"", "none", "v", "w1", "b", "w", "w2"} {
			for _, x := range f.Tensors {
				if x.Name == name {
					want.Tensors = append(want.Tensors, x)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("−written +read\n%s", diff)
		}
	}
	got, err := Read(bytes.NewReader(written(t, example())))
	if err != nil || !math.Signbit(got.Tensors[2].F64[0]) {
		t.Errorf("−0 came back as %v, %v", got.Tensors[2].F64, err)
	}
}

// Bits of NaN are kept.
func TestNaNBits(t *testing.T) {
	const bits = 0x7ff8_dead_beef_0001
	f := &File{Tensors: []Tensor{{Name: "x", Shape: []int{1}, F64: []float64{math.Float64frombits(bits)}}}}
	got, err := Read(bytes.NewReader(written(t, f)))
	if err != nil || math.Float64bits(got.Tensors[0].F64[0]) != bits {
		t.Errorf("%v, %v", got, err)
	}
}

// A reader that nobody here wrote finds the same tensors and metadata, aligned to
// 8 bytes.
func TestIndependentReader(t *testing.T) {
	f := example()
	file := written(t, f)
	n, metadata, err := independent.ReadMetadata(file)
	if err != nil {
		t.Fatal(err)
	}
	if n%8 != 0 || metadata.Metadata()["format"] != f.Metadata["format"] {
		t.Errorf("header of %d bytes, metadata %q", n, metadata.Metadata())
	}
	st, err := independent.Deserialize(file)
	if err != nil || st.Len() != len(f.Tensors) {
		t.Fatal(st.Len(), err)
	}
	for _, want := range f.Tensors {
		got, ok := st.Tensor(want.Name)
		data, err := binary.Append(nil, binary.LittleEndian, append([]float64{}, want.F64...))
		dtype := independent.F64
		if want.F32 != nil {
			data, err = binary.Append(nil, binary.LittleEndian, want.F32)
			dtype = independent.F32
		}
		if err != nil {
			t.Fatal(err)
		}
		shape := make([]uint64, len(want.Shape))
		for i, extent := range want.Shape {
			shape[i] = uint64(extent)
		}
		if !ok || got.DType() != dtype || !slices.Equal(got.Shape(), shape) || !bytes.Equal(got.Data(), data) {
			t.Errorf("%q: %v %v %v", want.Name, got.DType(), got.Shape(), got.Data())
		}
	}
}

// The data begin at a multiple of 8 bytes, whatever the header says.
func TestAlignment(t *testing.T) {
	for n := range 9 {
		file := written(t, &File{Metadata: map[string]string{"key": strings.Repeat("x", n)}})
		if len(file)%8 != 0 || file[len(file)-1] != '}' && file[len(file)-1] != ' ' {
			t.Errorf("a header of %d bytes, with %d more", len(file)-8, n)
		}
	}
}

// The file of the format's own tests of alignment
// (github.com/huggingface/safetensors, tensor.rs, attn0).
func TestPublishedFile(t *testing.T) {
	file := "H\x00\x00\x00\x00\x00\x00\x00" + `{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}` + "       " +
		"\x00\x00\x00\x00\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x40\x40\x00\x00\x80\x40\x00\x00\xa0\x40"
	got, err := Read(strings.NewReader(file))
	want := &File{Metadata: map[string]string{}, Tensors: []Tensor{{Name: "attn0", Shape: []int{1, 1, 2, 3}, F32: []float32{0, 1, 2, 3, 4, 5}}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// Tensors may lie in another order than they are named in, behind an unsealed
// header that other spaces pad.
func TestOtherOrder(t *testing.T) {
	got, err := Read(bytes.NewReader(file(
		`{"a":{"shape":[1],"data_offsets":[4,8],"dtype":"F32"}, "b" : {"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`+"\r\n\t ",
		0, 0, 128, 63, 0, 0, 0, 64)))
	if err != nil {
		t.Fatal(err)
	}
	if got.Sealed || got.Tensors[0].Name != "b" || got.Tensors[0].F32[0] != 1 || got.Tensors[1].F32[0] != 2 {
		t.Errorf("%+v", got)
	}
}

// The digest is what the documentation says, and equal files have equal bytes.
func TestDigest(t *testing.T) {
	f := example()
	file := written(t, f)
	slices.Reverse(f.Tensors)
	if !bytes.Equal(file, written(t, f)) {
		t.Error("the bytes depend on the order of the tensors")
	}
	i := bytes.Index(file, []byte(`"sha256":"`)) + len(`"sha256":"`)
	got := string(file[i : i+64])
	copy(file[i:], strings.Repeat("0", 64))
	sum := sha256.Sum256(file)
	if want := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

// No change of a single bit and no truncation goes unnoticed.
func TestEveryBitFlipAndTruncation(t *testing.T) {
	whole := written(t, example())
	for i := range whole {
		for bit := range 8 {
			file := bytes.Clone(whole)
			file[i] ^= 1 << bit
			// A flip in the key sha256 leaves a file without a digest.
			if f, err := Read(bytes.NewReader(file)); !errors.Is(err, ErrCorrupt) && (err != nil || f.Sealed) {
				t.Errorf("bit %d of byte %d (%q): %v", bit, i, whole[i], err)
			}
		}
		if _, err := Read(bytes.NewReader(whole[:i])); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%d of %d bytes: %v", i, len(whole), err)
		}
	}
	if _, err := Read(bytes.NewReader(append(whole, 0))); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a byte more: %v", err)
	}
}

// An error of the reader is not the file's fault; one of the writer comes back.
func TestErrorsOfOthers(t *testing.T) {
	broken := errors.New("broken")
	whole := written(t, large())
	for _, n := range []int{0, 4, 8, 20, 500, 70_000, len(whole)} {
		r := io.MultiReader(bytes.NewReader(whole[:n]), iotest.ErrReader(broken))
		if _, err := Read(r); !errors.Is(err, broken) || errors.Is(err, ErrCorrupt) {
			t.Errorf("after %d bytes: %v", n, err)
		}
		if err := large().Write(&limited{n, broken}); n < len(whole) && !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

// limited is a writer that fails after n bytes.
type limited struct {
	n   int
	err error
}

func (l *limited) Write(p []byte) (int, error) {
	if l.n -= len(p); l.n < 0 {
		return 0, l.err
	}
	return len(p), nil
}

func TestWriteRefuses(t *testing.T) {
	one, half := []float64{1}, math.MaxInt/2+1
	for _, f := range []*File{
		{Metadata: map[string]string{"sha256": ""}},
		{Metadata: map[string]string{"key": "\xff"}},
		{Metadata: map[string]string{"\xff": ""}},
		{Tensors: []Tensor{{Name: "x"}}},
		{Tensors: []Tensor{{Name: "x", F64: one, F32: []float32{}}}},
		{Tensors: []Tensor{{Name: "x", Shape: []int{2}, F64: one}}},
		{Tensors: []Tensor{{Name: "x", Shape: []int{-1, -1}, F64: one}}},
		{Tensors: []Tensor{{Name: "x", Shape: []int{half, half, 0}, F64: []float64{}}}},
		{Tensors: []Tensor{{Name: "x", F64: one}, {Name: "x", F64: one}}},
		{Tensors: []Tensor{{Name: "__metadata__", F64: one}}},
		{Tensors: []Tensor{{Name: "\xff", F64: one}}},
	} {
		if err := f.Write(io.Discard); err == nil {
			t.Errorf("%+v was written", f)
		}
	}
}
