package exercises

// Beyond the document: what is repeated on the way forward.

// ReverseBias returns the reverse derivative by b of ψ(b, u) = u + b, where b is m×1
// and is added to each of the N columns of u.
func ReverseBias(b, u, zeta *Node) *Node { return nil }

// ReverseGain returns the reverse derivative by s of (s, x) ↦ s⊙x, where s is 1×N, and
// multiplies every row of x, m×N.
func ReverseGain(s, x, zeta *Node) *Node { return nil }
