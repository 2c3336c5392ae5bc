package exercises

// Beyond the document: convolution is φ∘P. P lays out the windows of x as columns,
//
//	P(x)ᵢⱼ = x[i+j],  i < k,  j ≤ len(x) − k,
//
// and the output for weights w of length k is y = wP(x): y[j] = Σᵢ w[i] x[i+j].
// P is linear, so it has a reverse derivative of its own.

// Patches returns P(x) for windows of length k, row by row.
func Patches(x []float64, k int) [][]float64 { return nil }

// Fold returns rP(ζ), n numbers. ζ is as large as P(x), where x has length n.
func Fold(zeta [][]float64, n int) []float64 { return nil }

// ReverseConvolutionW returns the reverse derivative of the convolution by w, which
// has length k. ζ is as long as y.
func ReverseConvolutionW(x, zeta []float64, k int) []float64 { return nil }

// ReverseConvolutionX returns the reverse derivative of the convolution by x, which
// has length n.
func ReverseConvolutionX(w, zeta []float64, n int) []float64 { return nil }
