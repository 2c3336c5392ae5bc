package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
)

// file puts a length before a header, and data after it.
func file(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

// tensor is a header with one tensor.
func tensor(dtype, shape, offsets string) string {
	return fmt.Sprintf(`{"w":{"dtype":%s,"shape":%s,"data_offsets":%s}}`, dtype, shape, offsets)
}

func TestHostileHeaders(t *testing.T) {
	two := func(a, b string) string {
		return `{"a":{"dtype":"F32","shape":[1],"data_offsets":` + a + `},"b":{"dtype":"F32","shape":[1],"data_offsets":` + b + `}}`
	}
	deep := strings.Repeat("[", 1_000_000)
	headers := map[string]string{
		"no header":             "",
		"no object":             "[]",
		"null":                  "null",
		"not JSON":              "{w}",
		"half":                  `{"w":`,
		"two objects":           "{}{}",
		"space first":           " {}",
		"not UTF-8":             "{\"__metadata__\":{\"k\":\"\xff\"}}",
		"a number":              `{"w":1}`,
		"a null tensor":         `{"w":null}`,
		"metadata numbers":      `{"__metadata__":{"k":1}}`,
		"metadata list":         `{"__metadata__":[]}`,
		"metadata null":         `{"__metadata__":null}`,
		"metadata twice":        `{"__metadata__":{},"__metadata__":{}}`,
		"metadata key twice":    `{"__metadata__":{"k":"","k":""}}`,
		"tensor twice":          `{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`,
		"tensor twice, escaped": `{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\u0077":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`,
		"dtype twice":           `{"w":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`,
		"another key":           `{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":0}}`,
		"no shape":              `{"w":{"dtype":"F32","data_offsets":[0,4]}}`,
		"no dtype":              `{"w":{"shape":[1],"data_offsets":[0,4]}}`,
		"no offsets":            `{"w":{"dtype":"F32","shape":[1]}}`,
		"case":                  `{"w":{"DTYPE":"F32","shape":[1],"data_offsets":[0,4]}}`,
		"dtype I32":             tensor(`"I32"`, "[1]", "[0,4]"),
		"dtype f32":             tensor(`"f32"`, "[1]", "[0,4]"),
		"dtype 32":              tensor("32", "[1]", "[0,4]"),
		"dtype too wide":        tensor(`"F64"`, "[1]", "[0,4]"),
		"shape of text":         tensor(`"F32"`, `["1"]`, "[0,4]"),
		"shape 1.0":             tensor(`"F32"`, "[1.0]", "[0,4]"),
		"shape 1e0":             tensor(`"F32"`, "[1e0]", "[0,4]"),
		"shape −1":              tensor(`"F32"`, "[-1]", "[0,4]"),
		"shape −0":              tensor(`"F32"`, "[-0]", "[0,0]"),
		"shape NaN":             tensor(`"F32"`, "[NaN]", "[0,4]"),
		"shape null":            tensor(`"F32"`, "[null]", "[0,4]"),
		"shape 1":               tensor(`"F32"`, "1", "[0,4]"),
		"shape larger":          tensor(`"F32"`, "[2]", "[0,4]"),
		"shape beyond 64 bits":  tensor(`"F32"`, "[18446744073709551617]", "[0,4]"),
		"product wraps to 1":    tensor(`"F32"`, "[4294967297,4294967297,18446744069414584321]", "[0,4]"),
		"product wraps to 0":    tensor(`"F32"`, "[4294967296,4294967296]", "[0,0]"),
		"product beyond int":    tensor(`"F32"`, "[4294967296,2147483648]", "[0,0]"),
		"bytes wrap":            tensor(`"F32"`, "[4611686018427387905]", "[0,4]"),
		"offsets of one":        tensor(`"F32"`, "[1]", "[4]"),
		"offsets of three":      tensor(`"F32"`, "[1]", "[0,4,8]"),
		"offsets of none":       tensor(`"F32"`, "[1]", "[]"),
		"offsets reversed":      tensor(`"F32"`, "[1]", "[4,0]"),
		"offsets huge":          tensor(`"F32"`, "[1]", "[9223372036854775800,9223372036854775804]"),
		"offsets beyond":        tensor(`"F32"`, "[2]", "[0,8]"),
		"negative offset":       tensor(`"F32"`, "[1]", "[-4,0]"),
		"a gap before":          tensor(`"F32"`, "[0]", "[4,4]"),
		"a gap":                 two("[0,4]", "[8,12]"),
		"overlap":               two("[0,4]", "[2,6]"),
		"the same place":        two("[0,4]", "[0,4]"),
		"bytes left over":       tensor(`"F32"`, "[0]", "[0,0]"),
		"deep lists":            `{"w":` + deep,
		"deep shape":            `{"w":{"shape":` + deep,
		"deep metadata":         `{"__metadata__":{"k":` + deep,
		"deep objects":          strings.Repeat(`{"w":`, 100_000),
		"deep, as a key":        `{` + deep,
	}
	for name, header := range headers {
		f, err := Read(bytes.NewReader(file(header, 0, 0, 0, 0)))
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
		if err != nil && len(err.Error()) > 400 {
			t.Errorf("%s: the error has %d bytes", name, len(err.Error()))
		}
	}
	// The same bytes with nothing wrong with them.
	if _, err := Read(bytes.NewReader(file(tensor(`"F32"`, "[1]", "[0,4]"), 0, 0, 0, 0))); err != nil {
		t.Error(err)
	}
}

func TestLengthOfHeader(t *testing.T) {
	for _, n := range []uint64{0, 1, 3, maxHeader, maxHeader + 1, math.MaxInt64, math.MaxUint64} {
		b := append(binary.LittleEndian.AppendUint64(nil, n), "{}"...)
		if _, err := Read(bytes.NewReader(b)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("length %d: %v", n, err)
		}
	}
	if _, err := Read(bytes.NewReader(file("{}"))); err != nil {
		t.Error(err)
	}
}

// A digest that is not where the text says it is, or no digest, is refused.
func TestHostileDigests(t *testing.T) {
	for _, header := range []string{
		`{"__metadata__":{"sha256":""}}`,
		`{"__metadata__":{"sha256":"` + noDigest + `"}}`,
		`{"__metadata__":{"sha256": "` + noDigest + `"}}`,
		`{"__metadata__":{"\u0073ha256":"` + noDigest + `"}}`,
		`{"__metadata__":{"sha256":"` + strings.Repeat("ζ", 32) + `"}}`,
		`{"__metadata__":{"sha256":"` + strings.Repeat("0", 1000) + `"}}`,
	} {
		if _, err := Read(bytes.NewReader(file(header))); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%.60s: %v", header, err)
		}
	}
}

// What a file claims costs nothing: only what is there does.
func TestMemoryIsBoundedByWhatIsThere(t *testing.T) {
	claims := map[string][]byte{
		"header": append(binary.LittleEndian.AppendUint64(nil, maxHeader), "{}"...),
		"tensor": file(tensor(`"F64"`, "[1152921504606846975]", "[0,9223372036854775800]"), make([]byte, 1000)...),
	}
	for name, b := range claims {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Read(bytes.NewReader(b))
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%s: %d bytes allocated for %d", name, n, len(b))
		}
	}
}
