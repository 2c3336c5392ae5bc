package kernel

import "testing"

// TestLengths holds that an operand of the wrong length panics.
func TestLengths(t *testing.T) {
	two, three := make([]float64, 2), make([]float64, 3)
	for name, f := range map[string]func(){
		"Exp":     func() { Exp(two, three) },
		"Add x":   func() { Add(two, three, two) },
		"Add y":   func() { Add(two, two, three) },
		"Dot":     func() { Dot(two, three) },
		"Max":     func() { Max([]float64{}) },
		"RowSums": func() { RowSums(two, three, 2, 2, 2) },
		"Adam":    func() { Adam(two, two, three, two, &AdamStep{}) },
		"Gemm A":  func() { Gemm(&Product{M: 2, N: 1, K: 2, A: RowMajor(2), B: RowMajor(1), LDC: 1}, two, nil, three, two) },
	} {
		mustPanic(t, name, f)
	}
}
