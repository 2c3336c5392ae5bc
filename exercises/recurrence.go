package exercises

// Beyond the document: s[t] = tanh(w s[t−1] + x[t−1]) for t = 1 … T, in numbers. The
// states s have length T+1, as s[0] is given. ζ has an entry for each of s[1] … s[T].

// ReverseInputs returns the reverse derivative by x, T numbers. A state acts on
// its own entry of ζ and, through the next state, on all that come later.
func ReverseInputs(w float64, s, zeta []float64) []float64 { return nil }

// ReverseWeight returns the reverse derivative by w, one number in a slice. byX is
// what ReverseInputs returns.
func ReverseWeight(byX, s []float64) []float64 { return nil }
