// Package exercises is a sheet of derivatives to derive by hand. Each function
// returns nil until you complete it; README.md says how.
//
// A *Node is a matrix in a formula, such as ops.MatMul(w, x). A []float64 or a
// [][]float64, row by row, is computed by loops. zeta is the cotangent ζ that r
// is applied to.
package exercises

import "adjoint/ops"

// A Node is a value in a formula.
type Node = ops.Node
