package play

import (
	"math"
	"strconv"
)

// A Number is a float64 that JSON can hold: NaN and the infinities are strings.
type Number float64

// MarshalJSON writes x.
func (x Number) MarshalJSON() ([]byte, error) {
	v := float64(x)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return strconv.AppendQuote(nil, strconv.FormatFloat(v, 'g', -1, 64)), nil
	}
	return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
}

func numbers(v []float64) []Number {
	all := make([]Number, len(v))
	for i, x := range v {
		all[i] = Number(x)
	}
	return all
}
