package exercises

import "adjoint/ops"

// LogLossGradient is σ(z) − y.
func LogLossGradient(z, y *Node) *Node { return ops.Sub(ops.Sigmoid(z), y) }

// CrossEntropyGradient is softmax(z) − y.
func CrossEntropyGradient(z, y *Node) *Node { return ops.Sub(ops.Softmax(z, 0), y) }
