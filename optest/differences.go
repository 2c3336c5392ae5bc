package optest

import "math"

// A slope is the derivative of a list of numbers by one number, as finite
// differences see it, with an estimate of the error and the noise that rounding
// makes.
type slope struct{ value, err, noise []float64 }

// differences returns the derivative at 0 of f, by central differences with the
// steps h, h/2, h/4, … extrapolated to step 0 (Richardson). Of all
// extrapolations it takes, entry by entry, the one whose neighbours agree best
// with it (Ridders).
func differences(f func(step float64) ([]float64, error), h float64) (slope, error) {
	const levels = 6
	var s slope
	var last [][]float64 // extrapolations that end at the last step, by order
	for level := range levels {
		step := math.Ldexp(h, -level)
		plus, err := f(step)
		if err != nil {
			return slope{}, err
		}
		minus, err := f(-step)
		if err != nil {
			return slope{}, err
		}
		row := [][]float64{make([]float64, len(plus))}
		for i := range plus {
			row[0][i] = (plus[i] - minus[i]) / (2 * step)
		}
		if level == 0 {
			s = slope{append([]float64(nil), row[0]...), filled(len(plus), math.Inf(1)), make([]float64, len(plus))}
		}
		for i := range plus {
			s.noise[i] = math.Max(s.noise[i], 1e-13*math.Max(math.Abs(plus[i]), math.Abs(minus[i]))/h)
		}
		for order, coarse := range last {
			fine, next := row[order], make([]float64, len(plus))
			weight := math.Ldexp(1, 2*(order+1)) // the error is a series in step²
			for i := range next {
				next[i] = fine[i] + (fine[i]-coarse[i])/(weight-1)
				e := math.Max(math.Abs(next[i]-fine[i]), math.Abs(next[i]-coarse[i]))
				if e <= s.err[i] || math.IsNaN(next[i]) {
					s.value[i], s.err[i] = next[i], e
				}
			}
			row = append(row, next)
		}
		last = row
	}
	return s, nil
}

func filled(n int, v float64) []float64 {
	s := make([]float64, n)
	for i := range s {
		s[i] = v
	}
	return s
}
