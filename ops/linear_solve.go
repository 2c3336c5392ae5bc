package ops

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/graph"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = solve{}
	_ graph.Describer      = solve{}
)

func init() {
	register("Solve", 2, solve{})
}

// Solve is the x for which ax = b, of stacks of matrices a of shape (…, n, n) and b of shape
// (…, n, m): x = a⁻¹b. The axes before the last two broadcast as those of MatMul. A vector b is a
// matrix of one column, ExpandDims(b, -1).
//
//	d(ξ, η) = a⁻¹(η − ξx)     r(ζ) = (−a⁻ᵀζxᵀ, a⁻ᵀζ)
//
// A singular matrix is an error of Run that wraps graph.ErrValue, and so is one whose condition
// number is more than 2⁵³. The error of other shapes wraps graph.ErrShape. Golub and Van Loan,
// Matrix Computations, 3.4.
func Solve(a, b *Node) *Node {
	a, b = broadcastStacks(a, b)
	return graph.Apply(solve{}, a, b)
}

// Inverse is a⁻¹, of a stack of matrices of shape (…, n, n).
//
//	d(ξ) = −a⁻¹ξa⁻¹     r(ζ) = −a⁻ᵀζa⁻ᵀ
//
// The errors are those of Solve, by which it is computed; Solve(a, b) is faster and more accurate
// than MatMul(Inverse(a), b).
func Inverse(a *Node) *Node {
	d := a.Shape().Dims()
	if err := squareMatrices(a.Shape()); err != nil || a.Err() != nil {
		return refuse("inverse", err, a)
	}
	return Solve(a, identityMatrix(a.Graph(), d[len(d)-1]))
}

// identityMatrix is the matrix of n rows with ones on its diagonal.
func identityMatrix(g *graph.Graph, n int) *Node {
	i := Range(g.Const(0), n)
	return Equal(ExpandDims(i, 1), ExpandDims(i, 0))
}

type solve struct{}

func (solve) String() string              { return "⁻¹" }
func (solve) Describe() graph.Description { return named("Solve") }

func (solve) Shape(s ...Shape) (Shape, error) {
	a, b := s[0].Dims(), s[1].Dims()
	k := len(a) - 2
	if squareMatrices(s[0]) != nil || len(b) != len(a) || !slices.Equal(a[:k+1], b[:k+1]) {
		return Shape{}, fmt.Errorf("%w: want (…, n, n) and (…, n, m)", graph.ErrShape)
	}
	return s[1], nil
}

func (solve) Reverse(x, ζ *Node) []*Node {
	b := Solve(T(x.In(0)), ζ)
	return []*Node{Neg(MatMul(b, T(x))), b}
}

func (solve) Differential(x *Node, ξ ...*Node) *Node {
	δ := plus(ξ[1], maybe(ξ[0], func(ξ *Node) *Node { return Neg(MatMul(ξ, x)) }))
	return Solve(x.In(0), δ)
}

func (op solve) Kernel() compute.Kernel {
	return compute.Refusing(op, solves[float32], solves[float64])
}

func solves[T compute.Float](_ solve, y *tensor.Dense, x ...*tensor.Dense) func() error {
	d := y.Shape()
	n, m := d[len(d)-2], d[len(d)-1]
	out, a, b := compute.Data[T](y), compute.Data[T](x[0]), compute.Data[T](x[1])
	f, columns := decompositionOf(n), general(make([]float64, n*m), n, m)
	return func() error {
		for i := range len(a) / (n * n) {
			to := out[i*n*m:][:n*m]
			if !decompose(f, a[i*n*n:][:n*n]) {
				fillNaN(to)
				continue
			}
			if c := f.condition(); c < 0x1p-53 {
				return fmt.Errorf("%w: matrix %d of the stack is singular: 1/(‖A‖‖A⁻¹‖) is %.2g; add a small multiple of the identity, or leave out what depends on the rest", graph.ErrValue, i, c)
			}
			widenTo(columns.Data, b[i*n*m:][:n*m])
			lapack64.Getrs(blas.NoTrans, f.lu, columns, f.swaps)
			narrowTo(to, columns.Data)
		}
		return nil
	}
}
