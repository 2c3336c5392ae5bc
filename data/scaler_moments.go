package data

import (
	"math"
	"slices"

	"adjoint/internal/kernel"
)

// blockRows is how many rows are taken out of a table at once. A Scaler of more rows has the sums of blocks, added in
// their order, so that rows in memory and in a file have the same bits.
const blockRows = 1 << 16

// moments finds the mean and the standard deviation of a column. It takes the blocks of the column three times, to sum
//
//	x     x − c, where c is the mean by the first sums     ((x − Mean)/2ᵉ)², where 2ᵉ is near the largest |x − c|
//
// The second sums correct the mean, which avoids rounding errors in a column far from 0. The power of two is exact, and
// avoids underflow and overflow. For a constant column the two are x₀ and 1, exactly.
type moments struct {
	count    float64
	x0       float64
	varies   bool    // whether a number is not x₀
	kept     bool    // whether there is one block, of which a pass takes what the pass before left
	shift    float64 // what a pass adds to a block
	sum      float64 // of the blocks of a pass
	largest  float64 // |x − c|
	mean     float64 // c, and then the mean
	exponent int
	scale    float64
}

// passes is how often moments take each block.
const passes = 3

// take adds a block in a pass, and overwrites it.
func (m *moments) take(pass int, x []float64) {
	if pass == 0 {
		m.varies = m.varies || slices.ContainsFunc(x, func(v float64) bool { return v != m.x0 })
		m.sum += kernel.Sum(x)
		return
	}
	if !m.varies {
		return
	}
	if pass == 1 {
		kernel.Shift(x, x, m.shift)
		m.sum += kernel.Sum(x)
		m.largest = max(m.largest, kernel.Max(x))
		kernel.Scale(x, x, -1)
		m.largest = max(m.largest, kernel.Max(x))
		return
	}
	power := math.Ldexp(1, -m.exponent)
	kernel.Affine(x, x, power, power*m.shift)
	kernel.Mul(x, x, x)
	m.sum += kernel.Sum(x)
}

// end ends a pass.
func (m *moments) end(pass int) {
	switch sum := m.sum / m.count; pass {
	case 0:
		m.mean, m.shift = sum, -sum
	case 1:
		c := m.mean
		m.mean += sum
		m.shift = -m.mean
		if m.kept { // it is c − x now; the sum is exact where rounding matters: the two are neighbours there
			m.shift = m.mean - c
		}
		_, m.exponent = math.Frexp(m.largest)
		m.exponent = min(max(m.exponent, -1000), 1000) // so that both powers are floats
	case 2:
		m.scale = math.Ldexp(math.Sqrt(sum), m.exponent)
	}
	m.sum = 0
}

// result returns the mean and the deviation, which is 1 for a column that is constant up to rounding.
func (m *moments) result() (mean, scale float64) {
	switch {
	case !m.varies:
		return m.x0, 1
	case isRounding(m.scale, m.mean, m.count):
		return m.mean, 1
	}
	return m.mean, m.scale
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
	m := moments{count: float64(len(x)), x0: x[0], kept: true}
	for pass := range passes {
		m.take(pass, x)
		m.end(pass)
	}
	return m.result()
}

// moments returns those of the columns of d; of text, whose positions stay as they are, 0 and 1. Of a table of one block a
// few columns are taken at a time, which are kept between passes; one of several blocks is read whole in each pass.
func (d *Dataset) moments() []moments {
	n, rows := len(d.Features), d.Rows()
	if d.Sparse != nil {
		return d.Sparse.moments(n)
	}
	const width = 4 // columns are taken out so many at a time: the rows are read fewer times
	kept, group, height := rows <= blockRows, n, min(rows, blockRows)
	if kept {
		group = 1
	}
	list, taken := make([]moments, n), make([]float64, min(n, width)*height)
	for j := range list {
		if d.LevelsOf(j) == nil {
			list[j] = moments{count: float64(rows), x0: d.X[j], kept: kept}
		}
	}
	for from := 0; from < n; from += group {
		to := min(from+group, n)
		for pass := range passes {
			for row := 0; row < rows; row += blockRows {
				count := min(rows-row, blockRows)
				for j := from; j < to; j++ {
					if j%width == 0 && (pass == 0 || !kept) {
						block := &Dataset{Features: d.Features, X: d.X[row*n:]}
						columns(block, taken, count, j, min(j+width, n), nil)
					}
					if d.LevelsOf(j) == nil {
						list[j].take(pass, taken[j%width*count:][:count])
					}
				}
				d.touch(count * n)
			}
			for j := from; j < to; j++ {
				list[j].end(pass)
			}
		}
	}
	return list
}
