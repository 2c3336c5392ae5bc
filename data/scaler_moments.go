package data

import (
	"math"
	"slices"
	"sync"

	"adjoint/internal/kernel"
)

// blockRows is how many rows are taken out of a table at once, few enough to stay in the nearest cache. A Scaler of more
// rows adds up the moments of blocks, in their order, so that rows in memory and in a file have the same bits.
const blockRows = 1 << 9

// moments are the mean and the standard deviation of numbers. The zero moments are those of none.
type moments struct {
	count  float64
	x0     float64 // the first number
	varies bool    // whether another is not x₀
	mean   float64
	rest   float64 // what mean lacks by rounding
	scale  float64
}

// momentsOf returns those of one block, which it overwrites. It sums
//
//	x     x − c, where c is the mean by the first sum, d by the second     ((x − c − d)/2ᵉ)², where 2ᵉ is near the largest |x − c|
//
// The mean is c + d, which avoids rounding errors in a column far from 0. The power of two is exact, and avoids underflow and
// overflow.
func momentsOf(x []float64) moments {
	m := moments{count: float64(len(x)), x0: x[0], mean: x[0]}
	if m.varies = slices.ContainsFunc(x, func(v float64) bool { return v != m.x0 }); !m.varies {
		return m
	}
	c := kernel.Sum(x) / m.count
	kernel.Shift(x, x, -c)
	d := kernel.Sum(x) / m.count
	m.mean, m.rest = twoSum(c, d)
	largest := kernel.Max(x)
	kernel.Scale(x, x, -1)
	exponent := exponentOf(max(largest, kernel.Max(x)))
	power := math.Ldexp(1, -exponent)
	kernel.Affine(x, x, power, power*d) // x was c − x
	kernel.Mul(x, x, x)
	m.scale = math.Ldexp(math.Sqrt(kernel.Sum(x)/m.count), exponent)
	return m
}

// exponentOf returns e, where 2ᵉ is near x and 2ᵉ and 2⁻ᵉ are floats.
func exponentOf(x float64) int {
	_, e := math.Frexp(x)
	return min(max(e, -1000), 1000)
}

// twoSum returns x + y, rounded, and what that lacks (D. Knuth).
func twoSum(x, y float64) (sum, rest float64) {
	sum = x + y
	z := sum - x
	return sum, (x - (sum - z)) + (y - z)
}

// add takes in those of another block, which is no larger. With d the difference of the means and n = a + b numbers,
//
//	mean := mean + d·b/n     σ² := (aσ² + bσ'²)/n + d²·ab/n²
//
// after T. Chan, G. Golub and R. LeVeque, "Algorithms for computing the sample variance", 1983.
func (m *moments) add(o moments) {
	if m.count == 0 {
		*m = o
		return
	}
	a, b, n := m.count, o.count, m.count+o.count
	half := o.mean/2 - m.mean/2 + (o.rest-m.rest)/2 // of d, which may overflow
	mean, rest := twoSum(m.mean, 2*b/n*half)
	m.count, m.mean, m.rest, m.varies = n, mean, m.rest+rest, m.varies || o.varies || o.x0 != m.x0
	m.scale = math.Hypot(math.Hypot(m.scale*math.Sqrt(a/n), o.scale*math.Sqrt(b/n)), 2*math.Sqrt(a*b)/n*half)
}

// result returns the mean and the deviation, which is 1 for a column that is constant up to rounding. For a constant column the
// two are x₀ and 1, exactly.
func (m *moments) result() (mean, scale float64) {
	mean = m.mean + m.rest
	switch {
	case !m.varies:
		return m.x0, 1
	case isRounding(m.scale, mean, m.count):
		return mean, 1
	}
	return mean, m.scale
}

// isRounding reports whether a deviation σ of n numbers of mean μ may be that of rounding: whether the variance is
// at most its own rounding error, nεσ² + (nμε)² with ε = 2⁻⁵². That is scikit-learn's _is_constant_feature, after
// T. Chan, G. Golub and R. LeVeque, "Algorithms for computing the sample variance", 1983; here without squares,
// which might overflow.
func isRounding(σ, μ, n float64) bool {
	const ε = 0x1p-52
	return σ*math.Sqrt(1-n*ε) <= n*ε*math.Abs(μ)
}

// deviation returns the mean and the standard deviation of x, one block, which it overwrites.
func deviation(x []float64) (mean, scale float64) {
	m := momentsOf(x)
	return m.result()
}

// moments returns those of the columns of d; of text, whose positions stay as they are, 0 and 1.
func (d *Dataset) moments() []moments {
	n, rows := len(d.Features), d.Rows()
	if d.Sparse != nil {
		return d.Sparse.moments(n)
	}
	list, taken := make([]moments, n), columnsTaken.Get().(*columnsOfBlock)
	defer columnsTaken.Put(taken)
	for row := 0; row < rows; row += blockRows {
		block, count := &Dataset{Features: d.Features, X: d.X[row*n:]}, min(rows-row, blockRows)
		for from := 0; from < n; from += blockColumns {
			to := min(from+blockColumns, n)
			columns(block, taken[:], count, from, to, nil)
			for j := from; j < to; j++ {
				if d.LevelsOf(j) == nil {
					list[j].add(momentsOf(taken[(j-from)*count:][:count]))
				}
			}
		}
		d.touch(count * n)
	}
	return list
}

// blockColumns is how many columns of a block are taken out at a time: more would read the rows fewer times.
const blockColumns = 16

// columnsOfBlock is memory for columns of a block.
type columnsOfBlock [blockColumns * blockRows]float64

var columnsTaken = sync.Pool{New: func() any { return new(columnsOfBlock) }}
