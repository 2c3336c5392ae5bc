package exercises

import "adjoint/ops"

// ReverseBias is Σⱼ ζⱼ.
func ReverseBias(b, u, zeta *Node) *Node { return ops.SumTo(zeta, b.Shape()) }

// ReverseGain is Σᵢ ζᵢ⊙xᵢ.
func ReverseGain(s, x, zeta *Node) *Node { return ops.SumTo(ops.Mul(zeta, x), s.Shape()) }
