package optim_test

import (
	"errors"
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"
)

// Schedules are their closed forms.
func TestSchedules(t *testing.T) {
	cosine := func(k, steps, final float64) float64 {
		return final + (1-final)*(1+math.Cos(math.Pi*k/steps))/2
	}
	for _, c := range []struct {
		name     string
		schedule optim.Schedule
		want     func(k int) float64
	}{
		{"nil", nil, func(int) float64 { return 1 }},
		{"constant", optim.Constant(0.3), func(int) float64 { return 0.3 }},
		{"step", optim.StepDecay(30, 0.1), func(k int) float64 { return math.Pow(0.1, math.Floor(float64(k)/30)) }},
		{"exponential", optim.Exponential(0.99), func(k int) float64 { return math.Pow(0.99, float64(k)) }},
		{"cosine", optim.Cosine(100, 0), func(k int) float64 { return cosine(min(float64(k), 100), 100, 0) }},
		{"cosine to 0.2", optim.Cosine(70, 0.2), func(k int) float64 { return cosine(min(float64(k), 70), 70, 0.2) }},
		{"warm-up", optim.WarmUp(10), func(k int) float64 { return min(1, float64(k+1)/10) }},
		{"warm-up then cosine", optim.WarmUp(10).Then(10, optim.Cosine(50, 0)), func(k int) float64 {
			if k < 10 {
				return float64(k+1) / 10
			}
			return cosine(min(float64(k-10), 50), 50, 0)
		}},
		{"warm-up times exponential", optim.WarmUp(10).Times(optim.Exponential(0.9)), func(k int) float64 {
			return min(1, float64(k+1)/10) * math.Pow(0.9, float64(k))
		}},
		{"then nil", optim.Constant(0.5).Then(3, nil), func(k int) float64 {
			if k < 3 {
				return 0.5
			}
			return 1
		}},
		{"by epochs", optim.Exponential(0.5).Every(25), func(k int) float64 { return math.Pow(0.5, float64(k/25)) }},
		{"a user's", func(k int) float64 { return 1 / float64(k+1) }, func(k int) float64 { return 1 / float64(k+1) }},
	} {
		for k := range 200 {
			if got, want := c.schedule.At(k), c.want(k); math.Abs(got-want) > 1e-15 {
				t.Errorf("%s: %g at step %d, want %g", c.name, got, k, want)
			}
		}
	}
	// A few values by hand.
	for _, c := range []struct {
		got, want float64
	}{
		{optim.StepDecay(30, 0.1)(29), 1},
		{optim.StepDecay(30, 0.1)(30), 0.1},
		{optim.Cosine(100, 0)(0), 1},
		{optim.Cosine(100, 0)(50), 0.5},
		{optim.Cosine(100, 0)(1000), 0},
		{optim.WarmUp(4)(0), 0.25},
		{optim.WarmUp(4)(3), 1},
	} {
		if math.Abs(c.got-c.want) > 1e-15 {
			t.Errorf("%g, want %g", c.got, c.want)
		}
	}
}

// The first step has the factor Schedule(0).
func TestScheduleOfSteps(t *testing.T) {
	g := graph.New()
	w := g.Param("w", dense([]float64{0}, 1))
	o := minimize(t, ops.Sum(w), optim.SGD{Rate: 2}) // ∇J = 1
	o.Schedule = func(k int) float64 { return []float64{1, 0.5, 0}[k] }
	for k, want := range []float64{-2, -3, -3} {
		if rate := o.Rate(); rate != 2*o.Schedule(k) {
			t.Errorf("rate %g before step %d", rate, k)
		}
		check(t, o.Step())
		if got := entries(w.Value())[0]; got != want {
			t.Errorf("w = %g after step %d, want %g", got, k, want)
		}
	}
}

// A schedule that cannot be stops the step, and nothing moves.
func TestImpossibleSchedule(t *testing.T) {
	for name, s := range map[string]optim.Schedule{
		"StepDecay": optim.StepDecay(0, 0.1),
		"Cosine":    optim.Cosine(0, 0),
		"WarmUp":    optim.WarmUp(-1),
		"Then":      optim.WarmUp(1).Then(-1, nil),
		"Every":     optim.WarmUp(1).Every(0),
		"Times":     optim.WarmUp(0).Times(optim.WarmUp(1)),
		"negative":  optim.Constant(-1),
		"infinite":  optim.Constant(math.Inf(1)),
	} {
		g := graph.New()
		w := g.Param("w", dense([]float64{1}, 1))
		o := minimize(t, ops.Sum(w), optim.SGD{Rate: 2})
		o.Schedule = s
		if err := o.Step(); !errors.Is(err, optim.ErrRate) {
			t.Errorf("%s: %v", name, err)
		}
		if got := entries(w.Value())[0]; got != 1 || o.Steps() != 0 {
			t.Errorf("%s: w = %g after %d steps", name, got, o.Steps())
		}
	}
}
