package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"adjoint/internal/memtest"
)

// file puts a length before a header, and data after it.
func file(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

// tensor is a header with one tensor.
func entryOf(dtype, shape, offsets string) string {
	return fmt.Sprintf(`{"w":{"dtype":%s,"shape":%s,"data_offsets":%s}}`, dtype, shape, offsets)
}

// two is a header with two tensors of one number each.
func two(a, b string) string {
	return fmt.Sprintf(`{"a":{"dtype":"F32","shape":[1],"data_offsets":%s},"b":{"dtype":"F32","shape":[1],"data_offsets":%s}}`, a, b)
}

// Each header has one thing wrong with it, which the error names, and as much
// data as there would have to be if it were right.
func TestHostileHeaders(t *testing.T) {
	deep := strings.Repeat("[", 1_000_000)
	for _, c := range []struct {
		name, header string
		data         int
		want         string
	}{
		{"no header", "", 0, "EOF"},
		{"no object", "[]", 0, `"[", want`},
		{"null", "null", 0, `"<nil>", want`},
		{"not JSON", "{w}", 0, "invalid character"},
		{"half", `{"w":`, 0, "EOF"},
		{"two objects", "{}{}", 0, "follows"},
		{"more", "{}x", 0, "follows"},
		{"space first", " {}", 0, "begins with {"},
		{"not UTF-8", "{\"__metadata__\":{\"k\":\"\xff\"}}", 0, "not text"},
		{"a number", `{"w":1}`, 0, `"1", want`},
		{"a null tensor", `{"w":null}`, 0, `"<nil>", want`},
		{"metadata numbers", `{"__metadata__":{"k":1}}`, 0, "want a text"},
		{"metadata list", `{"__metadata__":[]}`, 0, `"[", want`},
		{"metadata null", `{"__metadata__":null}`, 0, `"<nil>", want`},
		{"metadata twice", `{"__metadata__":{},"__metadata__":{}}`, 0, "twice"},
		{"metadata key twice", `{"__metadata__":{"k":"","k":""}}`, 0, "twice"},
		{"tensor twice", `{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, 0, "twice"},
		{"tensor twice, escaped", `{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\u0077":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, 0, "twice"},
		{"dtype twice", `{"w":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4, "twice"},
		{"another key", `{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":0}}`, 4, `key "x"`},
		{"no shape", `{"w":{"dtype":"F32","data_offsets":[0,4]}}`, 4, "needs"},
		{"no dtype", `{"w":{"shape":[1],"data_offsets":[0,4]}}`, 4, "needs"},
		{"no offsets", `{"w":{"dtype":"F32","shape":[1]}}`, 4, "needs"},
		{"case", `{"w":{"DTYPE":"F32","shape":[1],"data_offsets":[0,4]}}`, 4, `key "DTYPE"`},
		{"dtype F128", entryOf(`"F128"`, "[1]", "[0,16]"), 16, `dtype "F128"`},
		{"dtype f32", entryOf(`"f32"`, "[1]", "[0,4]"), 4, `dtype "f32"`},
		{"no dtype", entryOf(`""`, "[0]", "[0,0]"), 0, `dtype ""`},
		{"wide dtype", entryOf(`"I64"`, "[1]", "[0,4]"), 4, "64 bits each"},
		{"half a byte", entryOf(`"F4"`, "[3]", "[0,1]"), 1, "4 bits each"},
		{"bits wrap to 0", entryOf(`"F64"`, "[288230376151711744]", "[0,0]"), 0, "64 bits each"},
		{"long shape", entryOf(`"F32"`, "["+strings.Repeat("1,", 1000)+"2]", "[0,4]"), 4, "shape [1 1"},
		{"dtype 32", entryOf("32", "[1]", "[0,4]"), 4, "want a text"},
		{"dtype too wide", entryOf(`"F64"`, "[1]", "[0,4]"), 4, "64 bits each"},
		{"shape of text", entryOf(`"F32"`, `["1"]`, "[0,4]"), 4, "no size"},
		{"shape 1.0", entryOf(`"F32"`, "[1.0]", "[0,4]"), 4, "no size"},
		{"shape 1e0", entryOf(`"F32"`, "[1e0]", "[0,4]"), 4, "no size"},
		{"shape −1", entryOf(`"F32"`, "[-1]", "[0,4]"), 4, "no size"},
		{"shape −0", entryOf(`"F32"`, "[-0]", "[0,0]"), 0, "no size"},
		{"shape NaN", entryOf(`"F32"`, "[NaN]", "[0,4]"), 4, "invalid character"},
		{"shape null", entryOf(`"F32"`, "[null]", "[0,4]"), 4, "no size"},
		{"shape 1", entryOf(`"F32"`, "1", "[0,4]"), 4, `"1", want`},
		{"shape larger", entryOf(`"F32"`, "[2]", "[0,4]"), 4, "shape [2]"},
		{"shape beyond 64 bits", entryOf(`"F32"`, "[18446744073709551617]", "[0,4]"), 4, "no size"},
		{"product wraps to 1", entryOf(`"F32"`, "[4294967297,4294967297,18446744069414584321]", "[0,4]"), 4, "no size"},
		{"product wraps to 0", entryOf(`"F32"`, "[4294967296,4294967296]", "[0,0]"), 0, "shape [4294967296 4294967296]"},
		{"product beyond int", entryOf(`"F32"`, "[4294967296,2147483648]", "[0,0]"), 0, "shape [4294967296 2147483648]"},
		{"product beyond int, times 0", entryOf(`"F32"`, "[4294967296,4294967296,0]", "[0,0]"), 0, "shape [4294967296 4294967296 0]"},
		{"bytes wrap to 4", entryOf(`"F32"`, "[4611686018427387905]", "[0,4]"), 4, "shape [4611686018427387905]"},
		{"offsets of one", entryOf(`"F32"`, "[1]", "[4]"), 4, "two offsets"},
		{"offsets of three", entryOf(`"F32"`, "[1]", "[0,4,8]"), 4, "two offsets"},
		{"offsets of none", entryOf(`"F32"`, "[1]", "[]"), 4, "two offsets"},
		{"offsets reversed", entryOf(`"F32"`, "[1]", "[4,0]"), 4, "at 4 to 0"},
		{"offsets huge", entryOf(`"F32"`, "[1]", "[9223372036854775800,9223372036854775804]"), 4, "begins at 9223372036854775800"},
		{"offsets beyond", entryOf(`"F32"`, "[2]", "[0,8]"), 4, "ends in"},
		{"negative offset", entryOf(`"F32"`, "[1]", "[-4,0]"), 4, "no size"},
		{"a gap before", entryOf(`"F32"`, "[0]", "[4,4]"), 0, "begins at 4"},
		{"a gap", two("[0,4]", "[8,12]"), 8, "begins at 8"},
		{"overlap", two("[0,4]", "[2,6]"), 8, "begins at 2"},
		{"the same place", two("[0,4]", "[0,4]"), 8, "begins at 0"},
		{"bytes left over", entryOf(`"F32"`, "[0]", "[0,0]"), 1, "something after"},
		{"deep lists", `{"w":` + deep, 0, `"[", want`},
		{"deep shape", `{"w":{"shape":` + deep, 0, "no size"},
		{"deep metadata", `{"__metadata__":{"k":` + deep, 0, "want a text"},
		{"deep objects", strings.Repeat(`{"w":`, 100_000), 0, `key "w"`},
		{"deep, as a key", `{` + deep, 0, ""},
	} {
		f, err := Read(bytes.NewReader(file(c.header, make([]byte, c.data)...)))
		// An int of 32 bits has not the sizes of some.
		beyond := strconv.IntSize == 32 && err != nil && strings.Contains(err.Error(), "no size")
		if !errors.Is(err, ErrCorrupt) || f != nil || !beyond && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v", c.name, f, err)
		}
		if err != nil && len(err.Error()) > 400 {
			t.Errorf("%s: the error has %d bytes", c.name, len(err.Error()))
		}
	}
	// The same with nothing wrong with it.
	for header, n := range map[string]int{entryOf(`"F32"`, "[1]", "[0,4]"): 4, two("[4,8]", "[0,4]"): 8} {
		if _, err := Read(bytes.NewReader(file(header, make([]byte, n)...))); err != nil {
			t.Error(err)
		}
	}
}

func TestLengthOfHeader(t *testing.T) {
	for _, n := range []uint64{0, 1, 3, maxHeader, maxHeader + 1, math.MaxInt64, math.MaxUint64} {
		b := append(binary.LittleEndian.AppendUint64(nil, n), "{}"...)
		_, err := Read(bytes.NewReader(b))
		if !errors.Is(err, ErrCorrupt) || n > maxHeader != strings.Contains(err.Error(), "at most") {
			t.Errorf("length %d: %v", n, err)
		}
	}
	if _, err := Read(bytes.NewReader(file("{}"))); err != nil {
		t.Error(err)
	}
}

// A digest that is not where the text says it is, or no digest, or one of
// something else, does not seal a file.
func TestHostileDigests(t *testing.T) {
	for _, header := range []string{
		`{"__metadata__":{"sha256":""}}`,
		`{"__metadata__":{"sha256":"` + noDigest + `"}}`,
		`{"__metadata__":{"sha256": "` + noDigest + `"}}`,
		`{"__metadata__":{"\u0073ha256":"` + noDigest + `"}}`,
		`{"__metadata__":{"sha256":"` + strings.Repeat("ζ", 32) + `"}}`,
		`{"__metadata__":{"sha256":"` + strings.Repeat("0", 1000) + `"}}`,
		`{"__metadata__":{"sha256":"of the training data: e3b0c44298fc1c14"}}`,
		`{"__metadata__":{}}`,
	} {
		if f, err := Read(bytes.NewReader(file(header))); err != nil || f.Sealed {
			t.Errorf("%.60s: %+v, %v", header, f, err)
		}
	}
}

// A header of more tokens than a parser reads is refused when it has read so many,
// whatever they are; one with as many is read.
func TestTokensOfHeader(t *testing.T) {
	empty := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`, i)
		}
		return b.String()
	}
	for name, header := range map[string]string{
		"tensors":  `{"__metadata__":{}` + empty(maxTokens/14) + "}",
		"metadata": `{"__metadata__":{` + metadata(maxTokens/2-1) + "}}",
		"a shape":  entryOf(`"F32"`, "[0"+strings.Repeat(",1", maxTokens)+"]", "[0,0]"),
	} {
		_, err := Read(bytes.NewReader(file(header)))
		if !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "more than 524288 names") || len(err.Error()) > 400 {
			t.Errorf("%s: %.500v", name, err)
		}
	}
	most := `{"__metadata__":{` + metadata(maxTokens/2-3) + "}}" // a token less than there may be
	if f, err := Read(bytes.NewReader(file(most))); err != nil || len(f.Metadata) != maxTokens/2-3 {
		t.Error(err)
	}
	texts := map[string]string{}
	for i := range maxTokens / 2 {
		texts[strconv.Itoa(i)] = ""
	}
	many := make([]Tensor, maxTokens/13)
	for i := range many {
		many[i] = Tensor{Name: strconv.Itoa(i), Shape: []int{0}, F32: []float32{}}
	}
	for _, f := range []*File{{Metadata: texts}, {Tensors: many}} {
		if err := f.Write(io.Discard); err == nil || !strings.Contains(err.Error(), "at most 524288") {
			t.Errorf("Write: %v", err)
		}
	}
}

// metadata is n entries of metadata.
func metadata(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"%d":"",`, i)
	}
	return strings.TrimSuffix(b.String(), ",")
}

// A whole file of numbers that are neither float32 nor float64 is ErrDtype, and
// not a whole one ErrCorrupt. Widths are those of the format's own library
// (github.com/huggingface/safetensors, tensor.rs, Dtype.bitsize).
func TestOtherDtypes(t *testing.T) {
	for dtype, bytesOf8 := range map[string]int{
		"BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
		"I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "C64": 64, "I64": 64, "U64": 64,
	} {
		header := fmt.Sprintf(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]},"w":{"dtype":%q,"shape":[2,4],"data_offsets":[0,%d]}}`,
			bytesOf8, bytesOf8+4, dtype, bytesOf8)
		whole := file(header, make([]byte, bytesOf8+4)...)
		f, err := Read(bytes.NewReader(whole))
		if !errors.Is(err, ErrDtype) || errors.Is(err, ErrCorrupt) || f != nil || !strings.Contains(err.Error(), `"w" is `+dtype) {
			t.Errorf("%s: %v", dtype, err)
		}
		for _, n := range []int{1, 4, 5, bytesOf8 + 4} {
			if _, err := Read(bytes.NewReader(whole[:len(whole)-n])); !errors.Is(err, ErrCorrupt) || errors.Is(err, ErrDtype) {
				t.Errorf("%s, %d bytes less: %v", dtype, n, err)
			}
		}
		if _, err := Read(bytes.NewReader(append(whole, 0))); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s, a byte more: %v", dtype, err)
		}
	}
}

// What a file claims costs nothing: only what is there does.
func TestMemoryIsBoundedByWhatIsThere(t *testing.T) {
	claims := map[string][]byte{
		"header": append(binary.LittleEndian.AppendUint64(nil, maxHeader), "{}"...),
		"tensor": file(entryOf(`"F64"`, "[1152921504606846975]", "[0,9223372036854775800]"), make([]byte, 1000)...),
		"100 MB": file(entryOf(`"F64"`, "[12500000]", "[0,100000000]"), make([]byte, 1000)...),
	}
	for name, b := range claims {
		var err error
		n := memtest.Allocated(func() { _, err = Read(bytes.NewReader(b)) })
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
		if n > 1<<20 {
			t.Errorf("%s: %d bytes allocated for %d", name, n, len(b))
		}
	}
}
