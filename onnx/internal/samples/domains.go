package samples

import (
	"fmt"
	"math/rand/v2"
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
