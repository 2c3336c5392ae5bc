// Package exercises has the solutions of the sheet in the folder exercises, in files
// of the same names. They lie here, not there, so that who copies the sheet does not
// copy them.
package exercises

import "adjoint/ops"

// A Node is a value in a formula.
type Node = ops.Node
