package npy

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"testing"
)

// What NumPy 1.24 writes of np.array([[1, 2, 3], [4, 5, 6]], '<i4') and of np.float32(0.5).
const (
	matrix = "934e554d5059010076007b276465736372273a20273c6934272c2027666f727472616e5f6f72646572273a2046616c73652c20277368617065273a2028322c2033292c207d202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020200a010000000200000003000000040000000500000006000000"
	number = "934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046616c73652c20277368617065273a2028292c207d20202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020200a0000003f"
)

func TestNumPy(t *testing.T) {
	for text, want := range map[string]Array{
		matrix: {[]int{2, 3}, []int32{1, 2, 3, 4, 5, 6}},
		number: {nil, []float32{0.5}},
	} {
		file, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(file)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%v, %v, want %v", got, err, want)
		}
		for n := range file {
			if _, err := Decode(file[:n]); !errors.Is(err, ErrFormat) {
				t.Errorf("%d bytes of %d: %v", n, len(file), err)
			}
		}
	}
}

func TestBack(t *testing.T) {
	all := map[string]Array{
		"a": {[]int{2}, []float64{1, 2}}, "b": {[]int{1, 2}, []bool{true, false}}, "c": {[]int{3}, []uint8{1, 2, 255}},
		"d": {[]int{1}, []int64{-1 << 62}}, "e": {[]int{0, 3}, []float32{}},
	}
	var file bytes.Buffer
	if err := EncodeZip(&file, all); err != nil {
		t.Fatal(err)
	}
	got, err := DecodeZip(file.Bytes())
	if err != nil || !reflect.DeepEqual(got, all) {
		t.Errorf("%v, %v", got, err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range []string{matrix, number} {
		file, _ := hex.DecodeString(text)
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := Decode(file)
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := Encode(&again, a); err != nil {
			t.Error(err)
		}
	})
}
