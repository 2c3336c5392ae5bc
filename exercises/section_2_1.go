package exercises

// Section 2 and 2.1: activations. z is m×N, and so are a and ζ.

// ReverseG returns rG(ζ) of Lemma 2.2. prime is G'(z).
func ReverseG(prime, zeta *Node) *Node { return nil }

// TanhPrime returns tanh'(z), where a = tanh(z) is known already.
func TanhPrime(z, a *Node) *Node { return nil }

// LeakyReLUPrime returns ReLU'(z; β) of 2.1.3, an entry for each of z. ops.Less and
// ops.GreaterEqual give 1 where they hold and 0 elsewhere.
func LeakyReLUPrime(z *Node, beta float64) *Node { return nil }

// ReverseSoftmax returns the reverse derivative of softmax at ζ, where
// a = softmax(z) is known already. Each column is an example of its own: ops.Sum(v, 0)
// has the sum of each, and ops.Mul, ops.Sub and ops.Add repeat it for every row.
func ReverseSoftmax(a, zeta *Node) *Node { return nil }
