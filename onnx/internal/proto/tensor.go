package proto

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"

	"google.golang.org/protobuf/encoding/protowire"
)

// packed is one field of a list of numbers of a tensor, with the wire type of its entries.
type packed struct {
	field
	of protowire.Type
}

// DecodeTensor reads a tensor that is a file of its own.
func DecodeTensor(file []byte) (*Tensor, error) {
	t, err := readTensor(file)
	if err == nil {
		_, err = t.Len()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return &t, nil
}

func readTensor(m []byte) (t Tensor, err error) {
	err = each(m, func(f field) error {
		switch f.number {
		case 1:
			return numbers(f, protowire.VarintType, func(v uint64) { t.Dims = append(t.Dims, Int(int64(v))) })
		case 2:
			t.Element = Element(f.integer)
		case 3:
			return errors.New("tensors in segments are not read")
		case 4:
			t.fields = append(t.fields, packed{f, protowire.Fixed32Type})
		case 5, 7, 11:
			t.fields = append(t.fields, packed{f, protowire.VarintType})
		case 6:
			t.Strings = append(t.Strings, f.text())
		case 8:
			t.Name = Name(f.text())
		case 9:
			t.Raw = f.bytes
		case 10:
			t.fields = append(t.fields, packed{f, protowire.Fixed64Type})
		case 13:
			return appended(&t.External, f, readEntry)
		}
		return nil
	})
	return t, err
}

// size returns the number of entries that a tensor of these extents has.
func size(dims []int) (int, error) {
	n := uint64(1)
	for _, d := range dims {
		hi, lo := bits.Mul64(n, uint64(d))
		if d < 0 || hi != 0 || lo > min(math.MaxInt32*64, math.MaxInt) {
			return 0, fmt.Errorf("a tensor of shape %v", dims)
		}
		n = lo
	}
	return int(n), nil
}

// width is how many bytes an entry takes, 0 for a type that is not read.
func (e Element) width() int {
	switch e {
	case Uint8, Int8, Bool:
		return 1
	case Uint16, Int16, Float16, BFloat16:
		return 2
	case Float32, Int32, Uint32:
		return 4
	case Float64, Int64, Uint64:
		return 8
	}
	return 0
}

// Float reports whether the entries are floating-point numbers.
func (e Element) Float() bool {
	return e == Float32 || e == Float64 || e == Float16 || e == BFloat16
}

// Range returns the least and the largest number of a type of integers, as far as float64
// has it, and false for other types.
func (e Element) Range() (least, most float64, ok bool) {
	if e.Float() || e.width() == 0 {
		return 0, 0, false
	}
	width := float64(8 * e.width())
	switch e {
	case Bool:
		return 0, 1, true
	case Uint8, Uint16, Uint32, Uint64:
		return 0, math.Exp2(width) - 1, true
	}
	return -math.Exp2(width - 1), math.Exp2(width-1) - 1, true
}

// Len returns the number of entries, and an error, which wraps ErrFormat, if the file has not
// as many as the shape says.
func (t *Tensor) Len() (int, error) {
	n, err := size(t.Dims)
	if err != nil {
		return 0, fmt.Errorf("%w: tensor %s: %w", ErrFormat, t.Name, err)
	}
	have := len(t.Strings)
	switch w := t.Element.width(); {
	case t.Element == String:
	case w == 0:
		return 0, fmt.Errorf("%w: tensor %s has entries of %s", ErrFormat, t.Name, t.Element)
	case len(t.fields) > 0:
		have = 0
		for _, f := range t.fields {
			if err := numbers(f.field, f.of, func(uint64) { have++ }); err != nil {
				return 0, fmt.Errorf("%w: tensor %s: %w", ErrFormat, t.Name, err)
			}
		}
	default:
		have = len(t.Raw) / w
		if len(t.Raw)%w != 0 {
			have = -1
		}
	}
	if have != n {
		return 0, fmt.Errorf("%w: tensor %s of shape %v has %d entries", ErrFormat, t.Name, t.Dims, have)
	}
	return n, nil
}

// Each calls do for the entries of a tensor of numbers that has passed Len, as the bits of
// their type.
func (t *Tensor) each(do func(i int, bits uint64)) {
	if len(t.fields) > 0 {
		i := 0
		for _, f := range t.fields {
			numbers(f.field, f.of, func(v uint64) { // of which Len knows that they can be read
				do(i, v)
				i++
			})
		}
		return
	}
	w := t.Element.width()
	for i := range len(t.Raw) / w {
		raw := t.Raw[i*w:]
		switch w {
		case 1:
			do(i, uint64(raw[0]))
		case 2:
			do(i, uint64(binary.LittleEndian.Uint16(raw)))
		case 4:
			do(i, uint64(binary.LittleEndian.Uint32(raw)))
		default:
			do(i, binary.LittleEndian.Uint64(raw))
		}
	}
}

// numbers is Len of a tensor of numbers.
func (t *Tensor) numbers() (int, error) {
	if t.Element == String {
		return 0, fmt.Errorf("%w: tensor %s has texts for numbers", ErrFormat, t.Name)
	}
	return t.Len()
}

// Floats returns the entries as numbers. Those of float16 and bfloat16 are what they are, as
// are those of float32 and float64; an integer may be rounded.
func (t *Tensor) Floats() ([]float64, error) {
	n, err := t.numbers()
	if err != nil {
		return nil, err
	}
	v := make([]float64, n)
	t.each(func(i int, bits uint64) { v[i] = t.Element.number(bits) })
	return v, nil
}

// Floats32 is Floats of a tensor whose entries float32 has.
func (t *Tensor) Floats32() ([]float32, error) {
	n, err := t.numbers()
	if err != nil {
		return nil, err
	}
	v := make([]float32, n)
	t.each(func(i int, bits uint64) { v[i] = float32(t.Element.number(bits)) })
	return v, nil
}

// Ints returns the entries of a tensor of integers or booleans; of uint64, those beyond int64
// are ErrFormat.
func (t *Tensor) Ints() ([]int, error) {
	n, err := t.numbers()
	if err != nil {
		return nil, err
	}
	v := make([]int, n)
	t.each(func(i int, bits uint64) {
		n := t.Element.integer(bits)
		if v[i] = Int(n); t.Element == Uint64 && n < 0 {
			err = fmt.Errorf("%w: tensor %s has the entry %d", ErrFormat, t.Name, bits)
		}
	})
	return v, err
}

// number is an entry by its bits.
func (e Element) number(bits uint64) float64 {
	switch e {
	case Float32:
		return float64(math.Float32frombits(uint32(bits)))
	case Float64:
		return math.Float64frombits(bits)
	case Float16:
		return half(uint16(bits))
	case BFloat16:
		return float64(math.Float32frombits(uint32(bits) << 16))
	case Uint64:
		return float64(bits)
	}
	return float64(e.integer(bits))
}

// integer is an entry of integers by its bits, which may have been extended to 64.
func (e Element) integer(bits uint64) int64 {
	switch e {
	case Bool:
		if bits != 0 {
			return 1
		}
		return 0
	case Int8:
		return int64(int8(bits))
	case Int16:
		return int64(int16(bits))
	case Int32:
		return int64(int32(bits))
	case Uint8:
		return int64(uint8(bits))
	case Uint16:
		return int64(uint16(bits))
	case Uint32:
		return int64(uint32(bits))
	}
	return int64(bits)
}

// Int returns n as an int: the nearest one where an int has 32 bits. So the end of a slice
// that is the largest int64 is beyond every axis still.
func Int(n int64) int { return int(max(math.MinInt, min(n, math.MaxInt))) }

// half is a number of float16: a sign, five bits of exponent and ten of fraction.
func half(b uint16) float64 {
	exponent, fraction := int(b>>10)&31, float64(b&1023)
	v := 0.0
	switch exponent {
	case 0:
		v = math.Ldexp(fraction, -24)
	case 31:
		v = math.Inf(1)
		if fraction != 0 {
			v = math.NaN()
		}
	default:
		v = math.Ldexp(1024+fraction, exponent-25)
	}
	if b>>15 == 1 {
		v = -v
	}
	return v
}
