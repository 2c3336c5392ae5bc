package optim

import (
	"fmt"
	"math"

	"adjoint/graph"
)

// Standardized makes LBFGS and FISTA search for the weights that a layer wx + b would
// have if its features x were standardised:
//
//	ω = w⊙σ,  β = b + wμ      so that  wx + b = ω((x − μ)/σ) + β
//
// J is the same function and has the same minimum. But its curvature does not
// depend on the units of the features, nor on how far they are from 0. Nor does
// the gradient in ω and β, which the tolerance is compared with.
type Standardized struct {
	Weights, Bias *graph.Node // w, (m, n), and b, (m, 1): two parameters of the Objective
	Mean, Scale   []float64   // μ and σ > 0 of each of the n features
}

// A frame is the coordinates of a search, lists of as many numbers as the
// parameters have. The zero scale is for those that are the parameters themselves.
type frame struct {
	entries     []float64 // buffer: the entries of the parameters
	mean, scale []float64
	w, b, rows  int // where ω and β begin, and the number of outputs m
}

// frame checks s, which may be nil, against the parameters.
func (s *Standardized) frame(params []*graph.Node) (frame, error) {
	f, at := frame{w: -1, b: -1}, 0
	for _, p := range params {
		if s != nil && p == s.Weights {
			f.w = at
		}
		if s != nil && p == s.Bias {
			f.b = at
		}
		at += p.Value().Size()
	}
	f.entries = make([]float64, at)
	if s == nil {
		return f, nil
	}
	if f.w < 0 || f.b < 0 {
		return f, fmt.Errorf("Standardized: Weights %v and Bias %v, over which J is not minimised: %w", s.Weights, s.Bias, ErrParams)
	}
	n := len(s.Mean)
	f.rows = s.Bias.Value().Size()
	if s.Weights.Shape() != graph.ShapeOf(f.rows, n) || len(s.Scale) != n {
		return f, fmt.Errorf("Standardized: Weights %v and Bias %v for %d means and %d scales: %w",
			s.Weights.Shape(), s.Bias.Shape(), n, len(s.Scale), ErrOption)
	}
	for j, mean := range s.Mean {
		if err := positive(fmt.Sprintf("Standardized: Scale[%d]", j), s.Scale[j]); err != nil {
			return f, err
		}
		if !isFinite(mean) {
			return f, fmt.Errorf("Standardized: Mean[%d] = %g: %w", j, mean, ErrOption)
		}
	}
	f.mean, f.scale = s.Mean, s.Scale
	return f, nil
}

// enter turns entries of the parameters into coordinates, in place.
func (f frame) enter(x []float64) {
	f.each(func(i, j, k int) {
		x[f.b+i] += x[k] * f.mean[j]
		x[k] *= f.scale[j]
	})
}

// leave returns the entries of the parameters at u. They are overwritten by the
// next call.
func (f frame) leave(u []float64) []float64 {
	copy(f.entries, u)
	f.each(func(i, j, k int) {
		f.entries[k] /= f.scale[j]
		f.entries[f.b+i] -= f.entries[k] * f.mean[j]
	})
	return f.entries
}

// pull turns a gradient in the parameters into one in the coordinates, in place.
func (f frame) pull(g []float64) {
	f.each(func(i, j, k int) { g[k] = (g[k] - f.mean[j]*g[f.b+i]) / f.scale[j] })
}

// penalties turns λ|w| into λ/σ·|ω|, in place, as far as floats go: 0·∞ is no number.
func (f frame) penalties(λ []float64) {
	f.each(func(_, j, k int) { λ[k] = min(λ[k]/f.scale[j], math.MaxFloat64) })
}

// each calls do for each output i and feature j, with the place k of ωᵢⱼ.
func (f frame) each(do func(i, j, k int)) {
	for i := range f.rows {
		for j := range f.scale {
			do(i, j, f.w+i*len(f.scale)+j)
		}
	}
}
