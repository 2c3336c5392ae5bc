package play

import (
	"math"
	"strconv"
)

// A Number is a float64 that JSON can hold: NaN and the infinities are strings.
type Number float64

// Numbers are encoded at once: a page asks for thousands of them in each frame.
type Numbers []Number

// MarshalJSON writes x.
func (x Number) MarshalJSON() ([]byte, error) { return x.append(nil), nil }

// MarshalJSON writes an array.
func (v Numbers) MarshalJSON() ([]byte, error) {
	text := append(make([]byte, 0, 12*len(v)+2), '[')
	for i, x := range v {
		if i > 0 {
			text = append(text, ',')
		}
		text = x.append(text)
	}
	return append(text, ']'), nil
}

// append writes x with the digits of a float32: the page shows four.
func (x Number) append(text []byte) []byte {
	v := float64(x)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return strconv.AppendQuote(text, strconv.FormatFloat(v, 'g', -1, 64))
	}
	return strconv.AppendFloat(text, v, 'g', 8, 64)
}

func numbers(v []float64) Numbers {
	all := make(Numbers, len(v))
	for i, x := range v {
		all[i] = Number(x)
	}
	return all
}
