package kernel

import "math"

// Logarithms in plain Go, over slices of float64.
//
// x = 2ᵏ·z, and c is the number next to z in a table of 1/c and log c. Then log x =
// k·log 2 + log c + log(1+r) with r = (z−c)/c and |r| ≤ 1/256.

const (
	logBits = 45 // of the fraction, between one c and the next
	one     = 0x3ff0000000000000
)

// logSeries returns log(1+r), by the first terms.
func logSeries(r float64) float64 {
	return r + r*r*(-1./2+r*(1./3+r*(-1./4+r*(1./5+r*(-1./6+r*(1./7))))))
}

// logSeries32 is logSeries with the accuracy that float32 needs.
func logSeries32(r float64) float64 {
	return r + r*r*(-1./2+r*(1./3+r*(-1./4)))
}

// logs replaces every entry of x by its logarithm.
func logs[T Float](x []float64) {
	short := sizeof[T]() == 4
	for i, v := range x {
		down := 0.0
		if !(v >= 0x1p-1022 && v <= math.MaxFloat64) {
			switch {
			case v > 0 && v < 1:
				v, down = v*0x1p54, 54
			case v == 0:
				x[i] = math.Inf(-1)
				continue
			case v > 0:
				continue
			default:
				x[i] = math.NaN()
				continue
			}
		}
		u := math.Float64bits(v)
		at := u - logFirst + 1<<(logBits-1)
		k := int64(at) >> 52
		z := math.Float64frombits(u - uint64(k)<<52)
		c := math.Float64frombits(logFirst + at&(1<<52-1<<logBits))
		e := &logTable[at>>logBits%logSteps]
		r := (z - c) * e.inverse
		n := float64(k) - down
		if short {
			x[i] = n*math.Ln2 + (e.log + logSeries32(r))
		} else {
			x[i] = n*ln2Hi + (e.log + (n*ln2Lo + logSeries(r)))
		}
	}
}

// log1ps replaces every entry 0 ≤ x ≤ 1 by log(1+x).
func log1ps[T Float](x []float64) {
	short := sizeof[T]() == 4
	for i, v := range x {
		at := math.Float64bits(1+v) - logFirst + 1<<(logBits-1)
		k := at >> 52 % 2
		c := math.Float64frombits(logFirst + at&(1<<53-1<<logBits)) // times 2ᵏ
		e := &logTable[at>>logBits%logSteps]
		r := ((1 - c) + v) * math.Float64frombits(math.Float64bits(e.inverse)-k<<52)
		n := float64(int64(k))
		if short {
			x[i] = n*math.Ln2 + (e.log + logSeries32(r))
		} else {
			x[i] = n*ln2Hi + (e.log + (n*ln2Lo + logSeries(r)))
		}
	}
}
