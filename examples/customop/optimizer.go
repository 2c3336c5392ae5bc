package main

import "adjoint/optim"

// Heavy is descent with momentum: with v = 0 at first, v := μv − rate·g and w := w + v
// (Polyak 1964).
type Heavy struct{ Rate, Momentum float64 }

// LearningRate returns the rate before any schedule.
func (h Heavy) LearningRate() float64 { return h.Rate }

// Slots returns 1: v.
func (Heavy) Slots() int { return 1 }

// Move changes the entries w of a parameter whose gradient is g.
func (h Heavy) Move(s optim.Step, w, g []float64, slots ...[]float64) {
	v := slots[0]
	for i := range w {
		v[i] = h.Momentum*v[i] - s.Rate*g[i]
		w[i] += v[i]
	}
}
