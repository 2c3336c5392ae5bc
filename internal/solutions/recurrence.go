package exercises

// ReverseInputs goes backwards: what reaches s[t] is its own ζ and w times what
// has reached the sum inside s[t+1].
func ReverseInputs(w float64, s, zeta []float64) []float64 {
	x, next := make([]float64, len(zeta)), 0.
	for t := len(zeta) - 1; t >= 0; t-- {
		next = (zeta[t] + w*next) * (1 - s[t+1]*s[t+1])
		x[t] = next
	}
	return x
}

// ReverseWeight is the sum over t of byX[t] s[t].
func ReverseWeight(byX, s []float64) []float64 {
	sum := 0.
	for t, v := range byX {
		sum += v * s[t]
	}
	return []float64{sum}
}
