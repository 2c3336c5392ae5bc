package ops

import (
	"math"

	"adjoint/compute"
	"adjoint/graph"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gorgonia.org/tensor"
)

var (
	_ graph.Describer = determinant{}
	_ graph.Describer = cofactors{}
)

func init() {
	register("Det", 1, determinant{})
	register("LogDet", 1, determinant{log: true})
	register("Cofactors", 1, cofactors{})
}

// Det is the determinant, of each matrix of a stack of shape (…, n, n): the result has the shape
// (…). Where it leaves the range of floats, LogDet does not.
//
//	d(ξ) = ⟨C, ξ⟩     r(ζ) = ζC, with the cofactors C of a, which are |a|a⁻ᵀ
//
// The gradient is right for singular matrices too. Derivatives of it want an inverse: the errors
// are those of Inverse. The error of other shapes wraps graph.ErrShape. Magnus and Neudecker,
// Matrix Differential Calculus, 8.3.
func Det(a *Node) *Node { return graph.Apply(determinant{}, a) }

// LogDet is log|det a|, of each matrix of a stack of shape (…, n, n): the result has the shape
// (…). It is −∞ for a singular matrix, of which the gradient is an error as that of Inverse.
//
//	d(ξ) = ⟨a⁻ᵀ, ξ⟩     r(ζ) = ζa⁻ᵀ
func LogDet(a *Node) *Node { return graph.Apply(determinant{log: true}, a) }

type determinant struct{ log bool }

func (op determinant) String() string {
	if op.log {
		return "log|det|"
	}
	return "det"
}

func (op determinant) Describe() graph.Description {
	if op.log {
		return named("LogDet")
	}
	return named("Det")
}

func (determinant) Shape(s ...Shape) (Shape, error) {
	if err := squareMatrices(s[0]); err != nil {
		return Shape{}, err
	}
	return reduced(s[0], graph.IntsOf(s[0].Rank()-2, s[0].Rank()-1))
}

func (op determinant) Reverse(y, ζ *Node) []*Node {
	var slope *Node
	if a := y.In(0); op.log {
		slope = Inverse(T(a))
	} else {
		slope = graph.Apply(cofactors{}, a)
	}
	return []*Node{Mul(ExpandDims(ExpandDims(ζ, -1), -1), slope)}
}

func (op determinant) Kernel() compute.Kernel {
	return compute.Bound(op, determinants[float32], determinants[float64])
}

func determinants[T compute.Float](op determinant, y *tensor.Dense, x ...*tensor.Dense) func() {
	d := x[0].Shape()
	n := d[len(d)-1]
	out, a, f := compute.Data[T](y), compute.Data[T](x[0]), decompositionOf(n)
	return func() {
		for i := range out {
			switch {
			case !decompose(f, a[i*n*n:][:n*n]):
				out[i] = T(math.NaN())
			case op.log:
				out[i] = T(f.logDet())
			default:
				out[i] = T(f.det())
			}
		}
	}
}

// det is the product of the pivots.
func (f *decomposition) det() float64 {
	d := f.sign()
	for i := range f.swaps {
		d *= math.Abs(f.lu.Data[i*f.lu.Stride+i])
	}
	return d
}

// logDet is the logarithm of |det|.
func (f *decomposition) logDet() float64 {
	sum := 0.0
	for i := range f.swaps {
		sum += ln(math.Abs(f.lu.Data[i*f.lu.Stride+i]))
	}
	return sum
}

// cofactors are C = det(a)a⁻ᵀ, the gradient of det(a), which is continued to singular matrices:
// with a = USVᵀ it is det(U)det(V)·U·D·Vᵀ, where Dᵢ is the product of the other singular values.
//
//	d(ξ) = ⟨a⁻ᵀ, ξ⟩C − Cξᵀa⁻ᵀ     r(ζ) = ⟨C, ζ⟩a⁻ᵀ − Cζᵀa⁻ᵀ
type cofactors struct{}

func (cofactors) String() string { return "cof" }

// Cofactors are the derivatives of a determinant by its entries.
func (cofactors) Describe() graph.Description     { return named("Cofactors") }
func (cofactors) Shape(s ...Shape) (Shape, error) { return s[0], squareMatrices(s[0]) }

func (cofactors) Reverse(y, ζ *Node) []*Node {
	inverse := Inverse(T(y.In(0)))
	return []*Node{Sub(Mul(Keep(Sum, Mul(y, ζ), -1, -2), inverse), MatMul(MatMul(y, T(ζ)), inverse))}
}

func (op cofactors) Kernel() compute.Kernel {
	return compute.Bound(op, bindCofactors[float32], bindCofactors[float64])
}

func bindCofactors[T compute.Float](_ cofactors, y *tensor.Dense, x ...*tensor.Dense) func() {
	d := y.Shape()
	n := d[len(d)-1]
	out, in, w := compute.Data[T](y), compute.Data[T](x[0]), newCofactorWork(n)
	return func() {
		for i := range len(in) / (n * n) {
			to := out[i*n*n:][:n*n]
			if !widenTo(w.a.Data, in[i*n*n:][:n*n]) || !w.compute() {
				fillNaN(to)
				continue
			}
			narrowTo(to, w.a.Data)
		}
	}
}

// A cofactorWork is memory for the cofactors of a matrix.
type cofactorWork struct {
	a, u, vt blas64.General
	s, work  []float64
	signs    *decomposition
}

func newCofactorWork(n int) *cofactorWork {
	square := func() blas64.General { return general(make([]float64, n*n), n, n) }
	w := &cofactorWork{a: square(), u: square(), vt: square(), s: make([]float64, n), signs: decompositionOf(n)}
	size := make([]float64, 1)
	lapack64.Gesvd(lapack.SVDAll, lapack.SVDAll, w.a, w.u, w.vt, w.s, size, -1)
	w.work = make([]float64, int(size[0]))
	return w
}

// compute puts the cofactors of a in the place of a. It returns false if the singular values
// are not found.
func (w *cofactorWork) compute() bool {
	if !lapack64.Gesvd(lapack.SVDAll, lapack.SVDAll, w.a, w.u, w.vt, w.s, w.work, len(w.work)) {
		return false
	}
	decompose(w.signs, w.u.Data)
	sign := w.signs.sign()
	decompose(w.signs, w.vt.Data)
	sign *= w.signs.sign()
	n := len(w.s)
	clear(w.a.Data)
	for k := range n {
		others := sign
		for j, s := range w.s {
			if j != k {
				others *= s
			}
		}
		for i := range n {
			c := others * w.u.Data[i*n+k]
			for j := range n {
				w.a.Data[i*n+j] += c * w.vt.Data[k*n+j]
			}
		}
	}
	return true
}
