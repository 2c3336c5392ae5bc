// Package exercises has the solutions of the sheet in the folder exercises, in files
// of the same names. They lie here, not there, so that who copies the sheet does not
// copy them. None uses another, so that a mistake that is planted in one costs that
// one alone.
package exercises

import "adjoint/ops"

// A Node is a value in a formula.
type Node = ops.Node
