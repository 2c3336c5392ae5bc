package main

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"adjoint/bench/internal/record"
	"adjoint/internal/mem"
)

// A stepper is work that can be done in steps.
type stepper interface {
	Steps(k int) error
	Close() error
}

// A trainer is work that ends with a loss.
type trainer interface {
	stepper
	Loss() (float64, error) // of all examples, after the steps
}

// measure times blocks of steps, each from the start: a block has a stepper of its
// own. The figures are the median of the blocks; of the allocations it is the least,
// as the runtime allocates too. The peak of memory is that before any loss is
// evaluated.
func measure(blocks, steps int, start func() (stepper, error)) (l record.Line, err error) {
	seconds := make([]float64, blocks)
	allocs := math.Inf(1)
	for i := range blocks {
		runtime.GC() // what the block before has left
		s, err := start()
		if err != nil {
			return l, err
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		begin := time.Now()
		if err := s.Steps(steps); err != nil {
			return l, err
		}
		seconds[i] = time.Since(begin).Seconds()
		runtime.ReadMemStats(&after)
		allocs = min(allocs, float64(after.Mallocs-before.Mallocs)/float64(steps))
		l.PeakRSSMB = round(mem.Peak())
		if t, ok := s.(trainer); ok && i == blocks-1 {
			loss, err := t.Loss()
			if err != nil {
				return l, err
			}
			l.FinalLoss = &loss
		}
		if err := s.Close(); err != nil {
			return l, err
		}
	}
	second := median(seconds) / float64(steps)
	l.MsPerStep, l.StepsPerS, l.AllocsPerStep = round(1e3*second), round(1/second), new(round(allocs))
	return l, nil
}

// median sorts v.
func median(v []float64) float64 {
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// round keeps five digits: the clock has no more.
func round(x float64) float64 {
	var r float64
	fmt.Sscanf(fmt.Sprintf("%.5g", x), "%g", &r)
	return r
}
