package ops_test

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"
)

// loses reports whether less than half the digits of got are right. What is too small for
// a normal number may be anything as small; and what vanishes in the precision of hypers
// has no digits.
func loses(got float64, want real, dtype tensor.Dtype) bool {
	half, least, most := 1e-8, 0., math.MaxFloat64
	if dtype == tensor.Float32 {
		half, least, most = 3e-4, 0x1p-126, math.MaxFloat32
	}
	w, _ := want.Float64()
	switch {
	case math.Abs(w) > most, math.Abs(w) < 1e-200:
		return false
	case math.Abs(w) < 16*least:
		return !(math.Abs(got) < 32*least)
	}
	return !(math.Abs(got-w) <= half*math.Abs(w))
}

// tally counts, for each of value, gradient and Hessian·v, the expressions of which some
// entry has lost more than half its digits.
type tally struct{ tried, value, gradient, hv int }

func (c *tally) add(got []float64, want []real, dtype tensor.Dtype) (lost bool) {
	c.tried++
	lose := func(from, to int, count *int) {
		for i := from; i < to; i++ {
			if loses(got[i], want[i], dtype) {
				*count++
				lost = true
				return
			}
		}
	}
	n := (len(want) - 1) / 2
	lose(0, 1, &c.value)
	lose(1, 1+n, &c.gradient)
	lose(1+n, 1+2*n, &c.hv)
	return lost
}

func (c tally) String() string {
	return fmt.Sprintf("%5d %8d %8d %8d", c.tried, c.value, c.gradient, c.hv)
}
