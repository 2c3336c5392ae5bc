package ops

import (
	"fmt"
	"math"

	"adjoint/compute"
	"adjoint/graph"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// A decomposition is that of a square matrix, PA = LU by gonum's LAPACK, in float64 for both float
// types.
type decomposition struct {
	lu    blas64.General
	swaps []int
	norm  float64 // the largest sum of absolute values of a column of A
	full  bool    // no pivot is 0
	work  []float64
	place []int
}

// decompositionOf is room for that of a matrix of n rows.
func decompositionOf(n int) *decomposition {
	return &decomposition{
		lu:    general(make([]float64, n*n), n, n),
		swaps: make([]int, n),
		work:  make([]float64, 4*n),
		place: make([]int, n),
	}
}

// general is a matrix of LAPACK's.
func general(data []float64, rows, columns int) blas64.General {
	return blas64.General{Rows: rows, Cols: columns, Stride: columns, Data: data}
}

// decompose decomposes a matrix, but not one that has an entry that is not finite, for which it
// returns false.
func decompose[T compute.Float](f *decomposition, a []T) (finite bool) {
	if !widenTo(f.lu.Data, a) {
		return false
	}
	f.norm = lapack64.Lange(lapack.MaxColumnSum, f.lu, f.work)
	f.full = lapack64.Getrf(f.lu, f.swaps)
	return true
}

// widenTo copies entries, and reports whether all are finite.
func widenTo[T compute.Float](to []float64, from []T) (finite bool) {
	rest := 0.0
	for i, v := range from {
		to[i] = float64(v)
		rest += to[i] * 0
	}
	return rest == 0
}

// narrowTo copies entries.
func narrowTo[T compute.Float](to []T, from []float64) {
	for i, v := range from {
		to[i] = T(v)
	}
}

// fillNaN is the result for a matrix that has an entry that is not finite.
func fillNaN[T compute.Float](y []T) {
	for i := range y {
		y[i] = T(math.NaN())
	}
}

// condition is about 1/(‖A‖₁‖A⁻¹‖₁), 0 for a matrix that is singular.
func (f *decomposition) condition() float64 {
	if !f.full {
		return 0
	}
	return lapack64.Gecon(lapack.MaxColumnSum, f.lu, f.norm, f.work, f.place)
}

// sign is that of the determinant of P, and of the pivots together: 0 if one of these is 0.
func (f *decomposition) sign() float64 {
	s := 1.0
	for i, j := range f.swaps {
		u := f.lu.Data[i*f.lu.Stride+i]
		if u == 0 {
			return 0
		}
		if (i != j) != (u < 0) {
			s = -s
		}
	}
	return s
}

// squareMatrices refuses shapes that are no stack of square matrices.
func squareMatrices(s Shape) error {
	d := s.Dims()
	if k := len(d) - 2; k < 0 || d[k] != d[k+1] {
		return fmt.Errorf("%w: want (…, n, n)", graph.ErrShape)
	}
	return nil
}
