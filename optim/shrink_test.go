package optim_test

import (
	"errors"
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// Of ½⟨w − c, h⊙(w − c)⟩ + λΣ|w| the minimum is S(c, λ/h), entry by entry. Every
// rule of this package goes there, and where it is 0 it is 0.
func TestShrinkMinimum(t *testing.T) {
	h, c := []float64{1, 2, 4, 1, 2}, []float64{3, -1, 0.1, -0.4, 0.2}
	const λ = 0.5
	want := []float64{2.5, -0.75, 0, 0, 0}
	for name, rule := range map[string]optim.Rule{
		"SGD":      optim.SGD{Rate: 0.1},
		"momentum": optim.SGD{Rate: 0.02, Momentum: 0.9},
		"Nesterov": optim.SGD{Rate: 0.02, Momentum: 0.9, Nesterov: true},
		"AdaGrad":  optim.AdaGrad{Rate: 0.5},
		"RMSProp":  optim.RMSProp{Rate: 0.02},
		"Adam":     optim.Adam{Rate: 0.02},
		"AdamW":    optim.AdamW{Rate: 0.02, Decay: 1e-9},
	} {
		for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			as := func(x []float64) *tensor.Dense {
				if dtype == tensor.Float32 {
					return dense(narrow(x), len(x))
				}
				return dense(x, len(x))
			}
			g := graph.NewOf(dtype)
			w := g.Param("w", as([]float64{1, 1, 1, -1, 0}))
			j := ops.Scale(0.5, ops.Sum(ops.Mul(g.Constant("h", as(h)), ops.Square(ops.Sub(w, g.Constant("c", as(c)))))))
			o := minimize(t, j, rule)
			o.Schedule = optim.Cosine(4000, 0)
			check(t, o.Shrink(λ, w))
			for range 4000 {
				check(t, o.Step())
			}
			got := entries(w.Value())
			for i := range want {
				if (got[i] == 0) != (want[i] == 0) || math.Abs(got[i]-want[i]) > 1e-3 {
					t.Errorf("%s, %v: %v, want %v", name, dtype, got, want)
					break
				}
			}
		}
	}
}

// A first step by hand. J = ⟨g, w⟩ has the gradient g. SGD goes to S(w − rate·g,
// rate·λ); Adam's first step is rate·g/(|g| + ε), and its step for a gradient of 1 is
// rate/(|g| + ε).
func TestShrinkStep(t *testing.T) {
	w0, slope := []float64{1, -1, 0.05, 0.5}, []float64{0.5, 0.25, 1, -2}
	const rate, λ, ε = 0.1, 0.75, 1e-8
	soft := func(w, c float64) float64 { return math.Copysign(max(math.Abs(w)-c, 0), w) }
	for name, c := range map[string]struct {
		rule optim.Rule
		gain func(g float64) float64
	}{
		"SGD":     {optim.SGD{Rate: rate}, func(float64) float64 { return rate }},
		"Adam":    {optim.Adam{Rate: rate}, func(g float64) float64 { return rate / (math.Abs(g) + ε) }},
		"AdaGrad": {optim.AdaGrad{Rate: rate, Eps: ε}, func(g float64) float64 { return rate / (math.Abs(g) + ε) }},
		"RMSProp": {optim.RMSProp{Rate: rate}, func(g float64) float64 { return rate / (0.1*math.Abs(g) + ε) }}, // √((1−α)g²)
	} {
		g := graph.New()
		w, free := g.Param("w", dense(append([]float64(nil), w0...), 4)), g.Param("free", dense([]float64{1}, 1))
		j := ops.Add(inner(w, g.Constant("g", dense(slope, 4))), ops.Sum(free))
		o := minimize(t, j, c.rule)
		check(t, o.Shrink(λ, w))
		check(t, o.Step())
		want := make([]float64, 4)
		for i := range want {
			want[i] = soft(w0[i]-c.gain(slope[i])*slope[i], c.gain(slope[i])*λ)
		}
		compare(t, entries(w.Value()), want, 1e-9)
		compare(t, entries(free.Value()), []float64{1 - c.gain(1)}, 1e-9)
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func TestShrinkErrors(t *testing.T) {
	g := graph.New()
	w, v := g.Param("w", dense([]float64{1}, 1)), g.Param("v", dense([]float64{1}, 1))
	o := minimize(t, ops.Sum(w), optim.SGD{Rate: 1})
	for name, err := range map[string]error{
		"negative": o.Shrink(-1, w), "NaN": o.Shrink(math.NaN(), w), "infinite": o.Shrink(math.Inf(1), w),
		"a rule of one's own": minimize(t, ops.Sum(w), signs{}).Shrink(1, w),
	} {
		if !errors.Is(err, optim.ErrOption) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := o.Shrink(1, v); !errors.Is(err, optim.ErrParams) {
		t.Errorf("another parameter: %v", err)
	}
	if optim.Proximal(signs{}) || !optim.Proximal(optim.AdamW{Rate: 1}) {
		t.Error("which rules have proximal steps")
	}
}

// signs is a rule of one's own.
type signs struct{}

func (signs) LearningRate() float64 { return 1 }
func (signs) Slots() int            { return 0 }
func (signs) Move(s optim.Step, w, g []float64, _ ...[]float64) {
	for i := range w {
		w[i] -= math.Copysign(s.Rate, g[i])
	}
}
