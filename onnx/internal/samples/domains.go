package samples

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gorgonia.org/tensor"
)

// A Domain is where the values of an operand lie.
type Domain struct {
	name string
	draw func(rng *rand.Rand, dims []int) []float64
}

// The domains of numbers.
var (
	Any      = each("any", func(rng *rand.Rand) float64 { return rng.NormFloat64() })
	Wide     = each("wide", func(rng *rand.Rand) float64 { return 80 * (2*rng.Float64() - 1) })
	Small    = each("small", func(rng *rand.Rand) float64 { return 1e-3 * rng.NormFloat64() })
	Positive = each("positive", func(rng *rand.Rand) float64 { return 0.2 + 2*rng.Float64() })
	Unit     = each("unit", func(rng *rand.Rand) float64 { return 0.05 + 0.9*rng.Float64() })
	NearOne  = each("nearOne", func(rng *rand.Rand) float64 { return 1 + 0.01*rng.NormFloat64() })
	Whole    = each("whole", func(rng *rand.Rand) float64 { return float64(rng.IntN(5) - 2) }) // kinks and ties
	Labels   = each("label", func(rng *rand.Rand) float64 { return float64(rng.IntN(2)) })
	Signs    = each("sign", func(rng *rand.Rand) float64 { return float64(2*rng.IntN(2) - 1) })
)

// each draws the entries one by one.
func each(name string, entry func(rng *rand.Rand) float64) Domain {
	return Domain{name, func(rng *rand.Rand, dims []int) []float64 {
		v := make([]float64, size(dims))
		for i := range v {
			v[i] = entry(rng)
		}
		return v
	}}
}

// The domains of numbers of every size, in both float types: what is beyond float32 is
// 0 or ±∞ there.
var (
	Extreme = each("extreme", func(rng *rand.Rand) float64 {
		return extremes[rng.IntN(len(extremes))] * float64(2*rng.IntN(2)-1)
	})
	extremeUnit = each("extremeUnit", func(rng *rand.Rand) float64 {
		v := extremes[rng.IntN(half+1)]
		if rng.IntN(2) == 0 {
			return 1 - v
		}
		return v
	})
)

// The extremes are the ends of the range, about where exponentials and squares leave it,
// and numbers between. Entry half is ½; up to there all are 0 or float64s with all digits.
var extremes = []float64{
	0, 1e-300, 1e-200, 1e-160, 1e-45, 1e-40, 1e-30, 1e-20, 1e-8, 1e-4, 0.5,
	1, 3, 10, 20, 37, 50, 88, 89, 104, 700, 710, 746, 1e4, 1e8,
	1e20, 1e30, 3e38, 1e160, 1e200, 1.7e308, math.Inf(1), 5e-324,
}

const half = 10

// Large and Little are numbers of a float type whose squares are beyond its range.
func Large(dtype tensor.Dtype) Domain  { return scaled(dtype, 1e25, 1e200) }
func Little(dtype tensor.Dtype) Domain { return scaled(dtype, 1e-25, 1e-200) }

func scaled(dtype tensor.Dtype, single, double float64) Domain {
	size := double
	if dtype == tensor.Float32 {
		size = single
	}
	return each(fmt.Sprint(size), func(rng *rand.Rand) float64 { return size * rng.NormFloat64() })
}

// of returns the domain in which numbers are those of another one. Labels, indices and
// distributions stay what they are.
func (d Domain) of(numbers Domain) Domain {
	switch d.name {
	case Any.name, Wide.name, Small.name, Positive.name, NearOne.name, Whole.name:
		return numbers
	case Unit.name:
		return extremeUnit
	}
	return d
}

// Below are the whole numbers 0, 1, …, n−1: labels and indices.
func Below(n int) Domain {
	return each(fmt.Sprintf("below%d", n), func(rng *rand.Rand) float64 { return float64(rng.IntN(n)) })
}

// The domains of matrices (m, N) whose columns are distributions, and those that have
// all their weight on one class.
var (
	Columns = Domain{"columns", func(rng *rand.Rand, dims []int) []float64 {
		return columns(dims, func(column []float64) {
			total := 0.0
			for i := range column {
				column[i] = 0.05 + rng.Float64()
				total += column[i]
			}
			for i := range column {
				column[i] /= total
			}
		})
	}}
	OneHot = Domain{"oneHot", func(rng *rand.Rand, dims []int) []float64 {
		return columns(dims, func(column []float64) { column[rng.IntN(len(column))] = 1 })
	}}
)

// columns returns a matrix whose columns f sets.
func columns(dims []int, f func(column []float64)) []float64 {
	m, n := dims[0], dims[1]
	v, column := make([]float64, m*n), make([]float64, m)
	for j := range n {
		clear(column)
		f(column)
		for i := range m {
			v[i*n+j] = column[i]
		}
	}
	return v
}

func size(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}
