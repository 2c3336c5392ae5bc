package safetensors

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"adjoint/internal/memtest"
)

// Read refuses a file, or what it read is written and read again the same. It
// takes no more than a fixed multiple of the file's size.
func FuzzRead(f *testing.F) {
	f.Add(written(f, example()))
	f.Add(written(f, &File{}))
	f.Add(file(entryOf(`"F32"`, "[1]", "[0,4]"), 0, 0, 128, 63))
	f.Add(file(entryOf(`"F6_E2M3"`, "[2,2]", "[0,3]"), 0, 0, 0))
	f.Add(file(`{"__metadata__":{"sha256":"none"}}`))
	f.Add(file(`{"__metadata__":{"k":"v"},"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}  `, make([]byte, 8)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		var got *File
		var err error
		n := memtest.Allocated(func() { got, err = Read(bytes.NewReader(b)) })
		if n > min(memtest.Most, uint64(1<<20+200*len(b))) {
			t.Fatalf("%d bytes allocated for %d", n, len(b))
		}
		memtest.CheckProcess(t)
		if err != nil {
			if errors.Is(err, ErrCorrupt) == errors.Is(err, ErrDtype) || got != nil {
				t.Fatalf("%v, %v", got, err)
			}
			return
		}
		if _, ok := got.Metadata[DigestKey]; ok && got.Sealed {
			t.Fatal("the digest is left in the metadata")
		} else if ok {
			return // another's entry of that name, which Write refuses
		}
		again, err := Read(bytes.NewReader(written(t, got)))
		if err != nil {
			t.Fatal(err)
		}
		if bytesOf(again) != bytesOf(got) || !reflect.DeepEqual(again.Metadata, got.Metadata) {
			t.Fatalf("%+v became %+v", got, again)
		}
	})
}

// bytesOf is what Write makes of f: NaN is equal to itself there.
func bytesOf(f *File) string {
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return err.Error()
	}
	return b.String()
}
