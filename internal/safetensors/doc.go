// Package safetensors reads and writes files of the safetensors layout: named
// arrays of numbers behind a JSON header, which hold data and nothing that runs.
//
//	8 bytes    n, the length of the header, little-endian
//	n bytes    {"__metadata__":{"key":"text",…},"w1":{"dtype":"F64","shape":[2,3],"data_offsets":[0,48]},…}
//	the rest   the numbers of each tensor, row by row, little-endian
//
// Offsets count from the end of the header. The tensors lie side by side, without
// gaps and in any order, and nothing follows the last. Here the numbers are
// float32 (F32) or float64 (F64); a file with others is read to its end, and then
// is ErrDtype.
//
// What Write makes depends on the File alone: tensors of wider numbers come
// first, then those of smaller names, and spaces after the header align the data
// to 8 bytes, as the format's own library has it. Write seals the file: the
// metadata have an entry sha256, the SHA-256 of the whole file, in hexadecimal,
// computed with 64 zeros in its place. Other readers take it for a text as any
// other.
//
// Read does not trust what it reads. Every length is checked before it is used,
// memory grows with what is there and not with what is claimed, a header has
// bounds on its length and on what is in it, and a file that is not exactly as
// said above is ErrCorrupt. A digest that is wrong is not: it may be another
// program's entry of that name. Such a file is not Sealed.
package safetensors

import "errors"

// What errors of Read wrap that the file is to blame for.
var (
	ErrCorrupt = errors.New("not a whole safetensors file")
	ErrDtype   = errors.New("not numbers of float32 or float64")
)

// A File is what a file holds.
type File struct {
	Metadata map[string]string
	Tensors  []Tensor
	Sealed   bool // of a file that was read: it has a digest, which is right
}

// A Tensor is a named array of numbers, row by row. F32 or F64 is nil, and the
// other one is not.
type Tensor struct {
	Name  string
	Shape []int
	F32   []float32
	F64   []float64
}

// DigestKey is the entry of the metadata that holds the digest.
const DigestKey = "sha256"

const (
	metadataKey = "__metadata__"
	maxHeader   = 100_000_000 // bytes, as in the format's own library
	maxTokens   = 1 << 19     // names, values and brackets of a header: those of 37 000 tensors
	piece       = 1 << 16     // bytes that are read or written at once
)
