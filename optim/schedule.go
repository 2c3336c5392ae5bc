package optim

import "math"

// A Schedule is the factor of the learning rate after k steps have been taken:
// the first step has the factor Schedule(0). It is a function of k alone, so
// that a training that is resumed at step k goes on with the same rate. A nil
// Schedule is the constant 1.
//
// A Schedule that cannot be what was asked for, such as StepDecay(0, 0.1), is
// NaN, and a factor that is NaN, negative or infinite makes Optimizer.Step
// return ErrRate.
type Schedule func(k int) float64

// Constant is c at every step.
func Constant(c float64) Schedule {
	return func(int) float64 { return c }
}

// StepDecay is gamma^⌊k/every⌋: the rate is multiplied by gamma every so many steps
// (PyTorch's StepLR).
func StepDecay(every int, gamma float64) Schedule { return Exponential(gamma).Every(every) }

// Exponential is gammaᵏ (PyTorch's ExponentialLR).
func Exponential(gamma float64) Schedule {
	return func(k int) float64 { return math.Pow(gamma, float64(k)) }
}

// Cosine falls from 1 to final along half a period of the cosine, and stays
// there,
//
//	final + (1−final)·(1 + cos(πk/steps))/2     for k < steps
//
// (I. Loshchilov, F. Hutter 2017, without restarts; PyTorch's
// CosineAnnealingLR, which rises again after so many steps, where this does not).
func Cosine(steps int, final float64) Schedule {
	if steps <= 0 {
		return Constant(math.NaN())
	}
	return func(k int) float64 {
		if k >= steps {
			return final
		}
		return final + (1-final)*(1+math.Cos(math.Pi*float64(k)/float64(steps)))/2
	}
}

// WarmUp rises linearly from 1/steps to 1, as (k+1)/steps, and stays 1 (P. Goyal et al.
// 2017). Combine it with another schedule by Times or Then.
func WarmUp(steps int) Schedule {
	if steps <= 0 {
		return Constant(math.NaN())
	}
	return func(k int) float64 { return min(1, float64(k+1)/float64(steps)) }
}

// Times is the product of two schedules.
func (s Schedule) Times(t Schedule) Schedule {
	return func(k int) float64 { return s.At(k) * t.At(k) }
}

// Then is s for so many steps and then next, which starts from its own step 0
// (PyTorch's SequentialLR).
func (s Schedule) Then(steps int, next Schedule) Schedule {
	if steps < 0 {
		return Constant(math.NaN())
	}
	return func(k int) float64 {
		if k < steps {
			return s.At(k)
		}
		return next.At(k - steps)
	}
}

// Every holds each value of s for n steps, s(⌊k/n⌋): a schedule by epochs, where
// n is the number of steps in one.
func (s Schedule) Every(n int) Schedule {
	if n <= 0 {
		return Constant(math.NaN())
	}
	return func(k int) float64 { return s.At(k / n) }
}

// At returns s(k), which is 1 for a nil s.
func (s Schedule) At(k int) float64 {
	if s == nil {
		return 1
	}
	return s(k)
}
