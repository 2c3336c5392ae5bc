// Package npy reads and writes tensors as NumPy's files: NPY, one tensor, and NPZ, a zip file
// of some with names.
package npy

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ErrFormat is what the error of bytes wraps that are no such file, or one that is not read.
var ErrFormat = errors.New("no NumPy file that is read")

// An Array is a tensor. Data is a slice of bool, of a type of integers of fixed size, float32 or
// float64; entries lie row by row.
type Array struct {
	Dims []int
	Data any
}

// most is the largest number of bytes of a tensor that is read.
const most = 1<<31 - 1

const magic = "\x93NUMPY"

var header = regexp.MustCompile(`'(descr|fortran_order|shape)'\s*:\s*('[^']*'|True|False|\([^)]*\))`)

// Decode reads an NPY file, of numbers in little-endian order. What it makes is as large as
// the file.
func Decode(file []byte) (Array, error) {
	fail := func(format string, args ...any) (Array, error) {
		return Array{}, fmt.Errorf("%w: "+format, append([]any{ErrFormat}, args...)...)
	}
	if len(file) < 10 || string(file[:6]) != magic {
		return fail("it does not begin as one")
	}
	size, from := int(binary.LittleEndian.Uint16(file[8:])), 10
	if file[6] > 1 {
		if len(file) < 12 {
			return fail("it ends in its header")
		}
		size, from = int(binary.LittleEndian.Uint32(file[8:])), 12
	}
	if size < 0 || size > len(file)-from {
		return fail("it ends in its header")
	}
	fields := map[string]string{}
	for _, m := range header.FindAllStringSubmatch(string(file[from:from+size]), -1) {
		fields[m[1]] = m[2]
	}
	if fields["fortran_order"] != "False" {
		return fail("its entries lie column by column")
	}
	dims, n, err := parseDims(fields["shape"])
	if err != nil {
		return fail("shape %s", fields["shape"])
	}
	descr := strings.Trim(fields["descr"], "'")
	data := slice(descr, n, len(file)-from-size)
	if data == nil {
		return fail("%d entries of type %q in %d bytes", n, descr, len(file)-from-size)
	}
	if b, ok := data.([]bool); ok {
		for i := range b {
			b[i] = file[from+size+i] != 0
		}
		return Array{dims, data}, nil
	}
	return Array{dims, data}, binary.Read(bytes.NewReader(file[from+size:]), binary.LittleEndian, data)
}

// parseDims reads "(2, 3)", and returns the number of entries too.
func parseDims(text string) (dims []int, n int, err error) {
	n = 1
	for _, d := range strings.Split(strings.Trim(text, "()"), ",") {
		if d = strings.TrimSpace(d); d == "" {
			continue
		}
		k, err := strconv.Atoi(d)
		hi, lo := bits.Mul64(uint64(n), uint64(k))
		if err != nil || k < 0 || hi != 0 || lo > most {
			return nil, 0, ErrFormat
		}
		dims, n = append(dims, k), int(lo)
	}
	if text == "" {
		return nil, 0, ErrFormat
	}
	return dims, n, nil
}

// slice returns room for n entries of a type, if there are as many bytes.
func slice(descr string, n, have int) any {
	room := func(width int, make func() any) any {
		if n*width != have {
			return nil
		}
		return make()
	}
	switch strings.TrimLeft(descr, "<|=") {
	case "f8":
		return room(8, func() any { return make([]float64, n) })
	case "f4":
		return room(4, func() any { return make([]float32, n) })
	case "i8":
		return room(8, func() any { return make([]int64, n) })
	case "i4":
		return room(4, func() any { return make([]int32, n) })
	case "i2":
		return room(2, func() any { return make([]int16, n) })
	case "i1":
		return room(1, func() any { return make([]int8, n) })
	case "u8":
		return room(8, func() any { return make([]uint64, n) })
	case "u4":
		return room(4, func() any { return make([]uint32, n) })
	case "u2":
		return room(2, func() any { return make([]uint16, n) })
	case "u1":
		return room(1, func() any { return make([]uint8, n) })
	case "b1":
		return room(1, func() any { return make([]bool, n) })
	}
	return nil
}

// descr is the type of entries as NumPy writes it.
func descr(data any) (string, error) {
	switch data.(type) {
	case []float64:
		return "<f8", nil
	case []float32:
		return "<f4", nil
	case []int64:
		return "<i8", nil
	case []int32:
		return "<i4", nil
	case []int16:
		return "<i2", nil
	case []int8:
		return "|i1", nil
	case []uint64:
		return "<u8", nil
	case []uint32:
		return "<u4", nil
	case []uint16:
		return "<u2", nil
	case []uint8:
		return "|u1", nil
	case []bool:
		return "|b1", nil
	}
	return "", fmt.Errorf("npy: entries in a %T", data)
}

// Encode writes an NPY file, of version 1.
func Encode(w io.Writer, a Array) error {
	kind, err := descr(a.Data)
	if err != nil {
		return err
	}
	dims := make([]string, len(a.Dims))
	for i, d := range a.Dims {
		dims[i] = strconv.Itoa(d) + ","
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, strings.Join(dims, " "))
	const before = 10 // of the text, which ends on a multiple of 64
	text += strings.Repeat(" ", 63-(before+len(text))%64) + "\n"
	if len(text) > 1<<16-1 {
		return fmt.Errorf("npy: %d axes", len(a.Dims))
	}
	start := binary.LittleEndian.AppendUint16([]byte(magic+"\x01\x00"), uint16(len(text)))
	if _, err := w.Write(append(start, text...)); err != nil {
		return err
	}
	return binary.Write(w, binary.LittleEndian, a.Data)
}

// DecodeZip reads an NPZ file: tensors by their names.
func DecodeZip(file []byte) (map[string]Array, error) {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	all, left := map[string]Array{}, int64(most)
	for _, f := range z.File {
		name, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			return nil, fmt.Errorf("%w: %s in it", ErrFormat, f.Name)
		}
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFormat, err)
		}
		content, err := io.ReadAll(io.LimitReader(r, left+1))
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrFormat, f.Name, err)
		}
		if left -= int64(len(content)); left < 0 {
			return nil, fmt.Errorf("%w: more than %d bytes in it", ErrFormat, most)
		}
		if all[name], err = Decode(content); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return all, nil
}

// EncodeZip writes an NPZ file, whose tensors are in the order of their names.
func EncodeZip(w io.Writer, all map[string]Array) error {
	z := zip.NewWriter(w)
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		f, err := z.Create(name + ".npy")
		if err != nil {
			return err
		}
		if err := Encode(f, all[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return z.Close()
}
