package exercises

// Beyond the document: a value that is used more than once.

// ReverseDiagonal returns the reverse derivative of x ↦ (x, x). There is a cotangent
// for each of the two outputs.
func ReverseDiagonal(zeta1, zeta2 *Node) *Node { return nil }

// ReverseResidual returns the reverse derivative of x ↦ x + tanh(wx) by x, where w is
// square and a = tanh(wx) is known already.
func ReverseResidual(w, x, a, zeta *Node) *Node { return nil }
