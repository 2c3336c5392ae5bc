package exercises

// Patches has x[i+j] in row i and column j.
func Patches(x []float64, k int) [][]float64 {
	p := make([][]float64, k)
	for i := range p {
		p[i] = x[i : len(x)-k+1+i]
	}
	return p
}

// Fold adds up the cotangents of the windows that an entry of x is in.
func Fold(zeta [][]float64, n int) []float64 {
	x := make([]float64, n)
	for i, row := range zeta {
		for j, v := range row {
			x[i+j] += v
		}
	}
	return x
}

// ReverseConvolutionW is ζP(x)ᵀ.
func ReverseConvolutionW(x, zeta []float64, k int) []float64 {
	w := make([]float64, k)
	for i := range w {
		for j, v := range zeta {
			w[i] += v * x[i+j]
		}
	}
	return w
}

// ReverseConvolutionX is rP(wᵀζ).
func ReverseConvolutionX(w, zeta []float64, n int) []float64 {
	x := make([]float64, n)
	for i := range w {
		for j, v := range zeta {
			x[i+j] += v * w[i]
		}
	}
	return x
}
