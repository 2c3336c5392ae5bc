package optim

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/optimize"
)

// A line search ends on any numbers: on noise, on J falling for ever, on one that
// is nowhere defined, and where there is no way down at all.
func TestLineSearchEnds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	noise := func(float64) (f, slope float64) {
		return 1 + 0x1p-23*float64(r.IntN(3)-1), 1e-11 * r.NormFloat64()
	}
	for range 2000 {
		searchOn(t, -1e-11, 1, noise)
	}
	if !searchOn(t, -1, 1, func(step float64) (float64, float64) { return 1 - step, -1 }) {
		t.Error("no step is accepted although J falls and falls")
	}
	for _, c := range []struct{ slope, step float64 }{{-1, 1}, {math.NaN(), 1}, {-1, 0}, {0, 1}, {math.Inf(-1), 1}} {
		if searchOn(t, c.slope, c.step, func(float64) (float64, float64) { return math.NaN(), math.NaN() }) {
			t.Errorf("slope %g, step %g: NaN is accepted", c.slope, c.step)
		}
	}
	for _, slope := range []float64{math.NaN(), 0, 1} {
		if searchOn(t, slope, 1, func(float64) (float64, float64) { return 0.5, 0 }) {
			t.Errorf("slope %g: a step is accepted", slope)
		}
	}
}

// Where J is infinite from a step of 0.3 on, the search steps back and never tries
// that far again, however steep the way down: at 1 − s it takes the last step
// before.
func TestLineSearchAfterInfinity(t *testing.T) {
	for _, beyond := range [][2]float64{{math.Inf(1), 1}, {math.NaN(), math.NaN()}, {0, math.Inf(-1)}} {
		largest, first := 0.0, true
		accepted := searchOn(t, -1, 1, func(step float64) (f, slope float64) {
			if !first {
				largest = max(largest, step)
			}
			if first = false; step >= 0.3 {
				return beyond[0], beyond[1]
			}
			return 1 - step, -1
		})
		if !accepted || largest >= 1 {
			t.Errorf("%v beyond 0.3: accepted %v, tried again at %g", beyond, accepted, largest)
		}
	}
}

// searchOn searches on f and reports whether a step was accepted.
func searchOn(t *testing.T, slope, step float64, f func(step float64) (f, slope float64)) bool {
	t.Helper()
	s := &lineSearch{rounding: 1e-9}
	s.Init(1, slope, step)
	for range maxTrials + 1 {
		op, next, err := s.Iterate(f(step))
		if op == optimize.MajorIteration || err != nil {
			return err == nil
		}
		step = next
	}
	t.Fatalf("slope %g, step %g: no end", slope, step)
	return false
}
