package exercises

import "adjoint/ops"

// ReverseG is G'(z)⊙ζ.
func ReverseG(prime, zeta *Node) *Node { return ops.Mul(prime, zeta) }

// TanhPrime is 1 − a².
func TanhPrime(z, a *Node) *Node { return ops.OneMinus(ops.Square(a)) }

// LeakyReLUPrime is β left of 0 and 1 from there on.
func LeakyReLUPrime(z *Node, beta float64) *Node {
	zero := ops.Scale(0, z)
	return ops.Add(ops.Scale(beta, ops.Less(z, zero)), ops.GreaterEqual(z, zero))
}

// ReverseSoftmax is a⊙(ζ − Σᵢ aᵢζᵢ).
func ReverseSoftmax(a, zeta *Node) *Node {
	return ops.Mul(a, ops.Sub(zeta, ops.Sum(ops.Mul(a, zeta), 0)))
}
