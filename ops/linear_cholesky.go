package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gorgonia.org/tensor"
)

var _ graph.Describer = cholesky{}

func init() {
	register("Cholesky", 1, cholesky{})
}

// Cholesky is the lower triangular matrix l with a positive diagonal for which llᵀ = a, of each
// matrix of a stack of shape (…, n, n). It is that of the symmetric part (a + aᵀ)/2, so that
// gradients are symmetric.
//
//	d(ξ) = l·Φ(l⁻¹ξl⁻ᵀ)     r(ζ) = l⁻ᵀ·Φ(lᵀζ)·l⁻¹, both for symmetric a and ξ
//
// where Φ takes the lower triangle and half of the diagonal. A matrix that is not positive
// definite is an error of Run that wraps graph.ErrValue; the error of other shapes wraps
// graph.ErrShape. Murray, Differentiation of the Cholesky decomposition, 2016.
func Cholesky(a *Node) *Node {
	if err := squareMatrices(a.Shape()); err != nil || a.Err() != nil {
		return refuse("cholesky", err, a)
	}
	return graph.Apply(cholesky{}, Scale(0.5, Add(a, T(a))))
}

type cholesky struct{}

func (cholesky) String() string                  { return "cholesky" }
func (cholesky) Describe() graph.Description     { return named("Cholesky") }
func (cholesky) Shape(s ...Shape) (Shape, error) { return s[0], squareMatrices(s[0]) }

func (cholesky) Reverse(l, ζ *Node) []*Node {
	half := lowerHalf(MatMul(T(l), ζ))
	left := Solve(T(l), half)
	return []*Node{T(Solve(T(l), T(left)))}
}

// lowerHalf is Φ.
func lowerHalf(x *Node) *Node {
	d := x.Shape().Dims()
	i := Range(x.Graph().Const(0), d[len(d)-1])
	row, column := ExpandDims(i, 1), ExpandDims(i, 0)
	return Mul(Scale(0.5, Add(Greater(row, column), GreaterEqual(row, column))), x)
}

func (op cholesky) Kernel() compute.Kernel {
	return compute.Refusing(op, choleskys[float32], choleskys[float64])
}

func choleskys[T compute.Float](_ cholesky, y *tensor.Dense, x ...*tensor.Dense) func() error {
	d := y.Shape()
	n := d[len(d)-1]
	out, a, l := compute.Data[T](y), compute.Data[T](x[0]), make([]float64, n*n)
	return func() error {
		for i := range len(a) / (n * n) {
			to := out[i*n*n:][:n*n]
			if !widenTo(l, a[i*n*n:][:n*n]) {
				fillNaN(to)
				continue
			}
			if _, definite := lapack64.Potrf(blas64.Symmetric{N: n, Stride: n, Data: l, Uplo: blas.Lower}); !definite {
				return fmt.Errorf("%w: matrix %d of the stack is not positive definite; add a small multiple of the identity", graph.ErrValue, i)
			}
			narrowTo(to, l)
			for row := range n {
				clear(to[row*n+row+1 : (row+1)*n])
			}
		}
		return nil
	}
}
