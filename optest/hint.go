package optest

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"adjoint/graph"
)

// hintForError says what an error from a rule usually means.
func hintForError(err error) string {
	text := err.Error()
	switch {
	case errors.Is(err, graph.ErrShape) && strings.Contains(text, "cotangent") && strings.Contains(text, "its input"):
		return "\n\tReverse returns one cotangent for each input, of the input's shape: is a sum over a broadcast axis missing, or a transpose?"
	case errors.Is(err, graph.ErrShape) && strings.Contains(text, "cotangents for"):
		return "\n\tReverse returns one cotangent for each input, nil for zero, in the order of the inputs"
	case errors.Is(err, graph.ErrShape) && strings.Contains(text, "tangent of shape"):
		return "\n\tDifferential returns a tangent of the output's shape: is a broadcast or a transpose missing?"
	case errors.Is(err, graph.ErrNotLinear):
		return "\n\trF_x(ζ) is linear in ζ: ζ enters as one factor of a product, never squared, compared or through a function"
	case errors.Is(err, graph.ErrNoDerivative):
		return "\n\tan op without derivative is checked by a row whose inputs are Values"
	}
	return ""
}

// hintForDerivative says what wrong derivatives usually mean. got and want are
// the derivatives of every output entry by one input, the input's entries
// slower; dims are the input's extents.
func hintForDerivative(rule string, dims []int, outputs int) func(got, want []float64) string {
	const tolerance = 1e-6
	return func(got, want []float64) string {
		switch factor, ok := ratio(got, want, tolerance); {
		case allZero(got):
			return fmt.Sprintf("%s is zero, but the output depends on this input: does the rule return nil for it?", rule)
		case ok && near(factor, -1, tolerance, 1):
			return fmt.Sprintf("the sign of %s is wrong throughout", rule)
		case ok && (len(want) > 1 || whole(factor, tolerance)): // one entry is always some number times another
			return fmt.Sprintf("%s is %.6g times what it should be: is a factor lost or there twice (a 1/N, a 2, an extent)?", rule, factor)
		case transposed(got, want, dims, outputs, tolerance):
			return fmt.Sprintf("%s is right but for a transpose of this input", rule)
		case someZero(got, want, tolerance):
			return fmt.Sprintf("%s is right where it is not zero: are terms of a sum missing, over a broadcast axis or a second use of the input?", rule)
		case allZero(want):
			return fmt.Sprintf("the output does not depend on this input, but %s is not zero", rule)
		}
		return ""
	}
}

// whole reports whether c or 1/c is a whole number, as a factor that is lost is.
func whole(c, tolerance float64) bool {
	return near(c, math.Round(c), tolerance, 1) || near(1/c, math.Round(1/c), tolerance, 1)
}

// ratio returns c if got = c·want, within a relative tolerance.
func ratio(got, want []float64, tolerance float64) (c float64, ok bool) {
	var top, bottom float64
	for i, w := range want {
		top += got[i] * w
		bottom += w * w
	}
	if c = top / bottom; bottom == 0 || math.IsNaN(c) {
		return 0, false
	}
	return c, alike(got, times(c, want), tolerance)
}

func transposed(got, want []float64, dims []int, outputs int, tolerance float64) bool {
	if len(dims) != 2 || dims[0] != dims[1] || len(got) != size(dims)*outputs {
		return false
	}
	n := dims[0]
	swapped := ArrayOf([]int{n, n, outputs}, func(i []int) float64 { return want[(i[1]*n+i[0])*outputs+i[2]] })
	return alike(got, swapped.Data, tolerance)
}

func someZero(got, want []float64, tolerance float64) bool {
	for i := range got {
		if got[i] != 0 && !near(got[i], want[i], tolerance, largest(want)) {
			return false
		}
	}
	return true
}

func allZero(v []float64) bool { return largest(v) == 0 }

// largest returns the largest absolute value, NaN if one is NaN.
func largest(v []float64) float64 {
	most := 0.
	for _, v := range v {
		most = math.Max(most, math.Abs(v))
	}
	return most
}

// alike reports whether two lists are near, entry by entry.
func alike(a, b []float64, tolerance float64) bool {
	size := math.Max(largest(a), largest(b))
	for i := range a {
		if !near(a[i], b[i], tolerance, size) {
			return false
		}
	}
	return true
}

// near reports whether numbers are equal within a tolerance, relative to them and
// to a thousandth of the size of the numbers that they are among.
func near(a, b, tolerance, size float64) bool {
	return math.Abs(a-b) <= tolerance*(1e-3*size+math.Abs(a)+math.Abs(b))
}
