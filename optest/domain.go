package optest

import (
	"math"
	"math/rand/v2"
)

// A Domain says from where the entries of an input are drawn, so that the op is
// smooth around them.
type Domain struct {
	intervals [][2]float64
	apart     bool
	fixed     []float64
}

// Between is a union of open intervals, given by their ends: Between(-2, 2), or
// Between(-2, 0, 0, 2) for an op with a kink at 0. The op is smooth in each.
func Between(ends ...float64) Domain {
	if len(ends) < 2 || len(ends)%2 == 1 {
		panic("optest: Between wants the two ends of each interval")
	}
	var d Domain
	for i := 0; i < len(ends); i += 2 {
		if !(ends[i] < ends[i+1]) {
			panic("optest: the ends of an interval are in order")
		}
		d.intervals = append(d.intervals, [2]float64{ends[i], ends[i+1]})
	}
	return d
}

// Apart is the interval (low, high), with no two entries of the input close to
// each other: for ops that have ties, such as the maximum over an axis.
func Apart(low, high float64) Domain {
	d := Between(low, high)
	d.apart = true
	return d
}

// Values are the numbers that an entry may be: labels, indices, conditions. The
// op has no derivative with respect to such an input, and its r is nil there.
func Values(v ...float64) Domain {
	if len(v) == 0 {
		panic("optest: Values of nothing")
	}
	return Domain{fixed: v}
}

// smooth reports whether derivatives with respect to the input make sense.
func (d Domain) smooth() bool { return d.fixed == nil }

// draw returns n entries, and for each a radius within which the op is smooth.
func (d Domain) draw(rng *rand.Rand, n int) (x, radius []float64) {
	x, radius = make([]float64, n), make([]float64, n)
	for i, rank := range rng.Perm(n) {
		switch {
		case d.fixed != nil:
			x[i] = d.fixed[rng.IntN(len(d.fixed))]
		case d.apart:
			low, high := d.intervals[0][0], d.intervals[0][1]
			cell := (high - low) / float64(n)
			x[i] = low + cell*(float64(rank)+0.3+0.4*rng.Float64())
			radius[i] = 0.25 * cell
		default:
			x[i], radius[i] = d.inside(rng)
		}
	}
	return x, radius
}

// inside draws a number from one of the intervals, at some distance from its
// ends.
func (d Domain) inside(rng *rand.Rand) (x, radius float64) {
	const margin = 1. / 16
	ends := d.intervals[rng.IntN(len(d.intervals))]
	low, high := ends[0], ends[1]
	x = low + (high-low)*(margin+(1-2*margin)*rng.Float64())
	return x, 0.5 * math.Min(x-low, high-x)
}

// Draw returns n entries from the domain.
func (d Domain) Draw(rng *rand.Rand, n int) []float64 {
	x, _ := d.draw(rng, n)
	return x
}
