package optim_test

import (
	"fmt"
	"math"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A published rule for one number w with gradient g at step t = 1, 2, …, as its
// paper and PyTorch's documentation have it. Each call makes one with fresh state.
type published func() func(t int, w, g float64) float64

// rules are the rules of this package beside what was published.
var rules = []struct {
	name string
	rule optim.Rule
	published
}{
	{"SGD", optim.SGD{Rate: 0.1}, func() func(int, float64, float64) float64 {
		return func(_ int, w, g float64) float64 { return w - 0.1*g }
	}},
	{"Momentum", optim.SGD{Rate: 0.01, Momentum: 0.9}, momentum(0.01, 0.9, false)},
	{"Nesterov", optim.SGD{Rate: 0.01, Momentum: 0.95, Nesterov: true}, momentum(0.01, 0.95, true)},
	{"AdaGrad", optim.AdaGrad{Rate: 0.1}, adagrad(0.1, 1e-10)},
	{"AdaGrad of Keras", optim.AdaGrad{Rate: 0.1, Eps: 1e-7}, adagrad(0.1, 1e-7)},
	{"RMSProp", optim.RMSProp{Rate: 0.01}, rmsprop(0.01, 0.99, 1e-8)},
	{"RMSProp of Keras", optim.RMSProp{Rate: 0.01, Alpha: 0.9, Eps: 1e-7}, rmsprop(0.01, 0.9, 1e-7)},
	{"RMSProp α=0", optim.RMSProp{Rate: 0.01, Alpha: optim.Zero}, rmsprop(0.01, 0, 1e-8)},
	{"Adam", optim.Adam{Rate: 0.001}, adam(0.001, 0.9, 0.999, 1e-8, 0)},
	{"Adam of Keras", optim.Adam{Rate: 0.001, Eps: 1e-7}, adam(0.001, 0.9, 0.999, 1e-7, 0)},
	{"Adam β=0.5,0.8", optim.Adam{Rate: 0.1, Beta1: 0.5, Beta2: 0.8}, adam(0.1, 0.5, 0.8, 1e-8, 0)},
	{"Adam β₁=0", optim.Adam{Rate: 0.001, Beta1: optim.Zero}, adam(0.001, 0, 0.999, 1e-8, 0)},
	{"AdamW", optim.AdamW{Rate: 0.001}, adam(0.001, 0.9, 0.999, 1e-8, 0.01)},
	{"AdamW decay=0.3", optim.AdamW{Rate: 0.01, Beta1: 0.8, Beta2: 0.99, Eps: 1e-6, Decay: 0.3}, adam(0.01, 0.8, 0.99, 1e-6, 0.3)},
	{"LazyAdam", optim.LazyAdam{Rate: 0.001}, sparseAdam(0.001, 0.9, 0.999, 1e-8)},
	{"LazyAdam β=0.5,0.8", optim.LazyAdam{Rate: 0.1, Beta1: 0.5, Beta2: 0.8, Eps: 0.1}, sparseAdam(0.1, 0.5, 0.8, 0.1)},
}

func momentum(lr, mu float64, nesterov bool) published {
	return func() func(int, float64, float64) float64 {
		var b float64
		return func(t int, w, g float64) float64 {
			if t == 1 {
				b = g
			} else {
				b = mu*b + g
			}
			if nesterov {
				g += mu * b
			} else {
				g = b
			}
			return w - lr*g
		}
	}
}

func adagrad(lr, eps float64) published {
	return func() func(int, float64, float64) float64 {
		var sum float64
		return func(_ int, w, g float64) float64 {
			sum += g * g
			return w - lr*g/(math.Sqrt(sum)+eps)
		}
	}
}

func rmsprop(lr, alpha, eps float64) published {
	return func() func(int, float64, float64) float64 {
		var v float64
		return func(_ int, w, g float64) float64 {
			v = alpha*v + (1-alpha)*g*g
			return w - lr*g/(math.Sqrt(v)+eps)
		}
	}
}

func adam(lr, beta1, beta2, eps, decay float64) published {
	return func() func(int, float64, float64) float64 {
		var m, v float64
		return func(t int, w, g float64) float64 {
			w -= lr * decay * w
			m = beta1*m + (1-beta1)*g
			v = beta2*v + (1-beta2)*g*g
			mHat := m / (1 - math.Pow(beta1, float64(t)))
			vHat := v / (1 - math.Pow(beta2, float64(t)))
			return w - lr*mHat/(math.Sqrt(vHat)+eps)
		}
	}
}

func sparseAdam(lr, beta1, beta2, eps float64) published {
	return func() func(int, float64, float64) float64 {
		var m, v float64
		return func(t int, w, g float64) float64 {
			m += (1 - beta1) * (g - m)
			v += (1 - beta2) * (g*g - v)
			size := lr * math.Sqrt(1-math.Pow(beta2, float64(t))) / (1 - math.Pow(beta1, float64(t)))
			return w - size*m/(math.Sqrt(v)+eps)
		}
	}
}

// Every rule of this package, a type that has Slots, is beside what was published, and its package's doc names it.
func TestEveryRuleHasARow(t *testing.T) {
	names, err := os.ReadFile("../api/optim.txt")
	check(t, err)
	doc, err := os.ReadFile("doc.go")
	check(t, err)
	rows := map[string]bool{"Rule": true, "Rule32": true} // interfaces
	for _, r := range rules {
		rows[reflect.TypeOf(r.rule).Name()] = true
	}
	for _, m := range regexp.MustCompile(`(?m)^type (\w+), Slots\(\)`).FindAllStringSubmatch(string(names), -1) {
		if !rows[m[1]] {
			t.Errorf("optim.%s has no row in optim/rules_test.go: add one to rules, beside the rule as it was published", m[1])
		}
		if m[1] != "Rule32" && !strings.Contains(string(doc), "["+m[1]+"]") {
			t.Errorf("optim/doc.go does not name [%s]: add it to the rules", m[1])
		}
	}
}

// recorded returns the gradient of n entries at step t. Entries have scales from
// 1e-3 to 1e3, and each is exactly 0 now and then.
func recorded(t, n int) []float64 {
	g := normal(uint64(t), n)
	for i := range g {
		g[i] *= math.Pow(10, float64(i%7-3))
		if (t+i)%13 == 0 {
			g[i] = 0
		}
	}
	return g
}

// Fed the same 1000 gradients, a rule and what was published end at the same
// parameters.
func TestRulesAgreeWithPublished(t *testing.T) {
	const steps, n, m = 1000, 12, 5
	for _, r := range rules {
		for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			t.Run(fmt.Sprintf("%s/%v", r.name, dtype), func(t *testing.T) {
				as := func(x []float64, shape ...int) *tensor.Dense {
					if dtype == tensor.Float32 {
						return dense(narrow(x), shape...)
					}
					return dense(x, shape...)
				}
				g := graph.NewOf(dtype)
				w, b := g.Param("w", as(normal(1, n), 3, 4)), g.Param("b", as(normal(2, m), m, 1))
				x, y := g.Input("x", 3, 4), g.Input("y", m, 1)
				o := minimize(t, graph.Add(inner(w, x), inner(b, y)), r.rule)

				want := append(entries(w.Value()), entries(b.Value())...)
				move := make([]func(int, float64, float64) float64, n+m)
				for i := range move {
					move[i] = r.published()
				}
				for s := 1; s <= steps; s++ {
					gradient := as(recorded(s, n+m), n+m)
					exact := entries(gradient)
					check(t, o.Feed(x, as(exact[:n], 3, 4)))
					check(t, o.Feed(y, as(exact[n:], m, 1)))
					check(t, o.Step())
					for i := range want {
						want[i] = move[i](s, want[i], exact[i])
					}
				}
				tolerance := 1e-12
				if dtype == tensor.Float32 {
					tolerance = 2e-5 // 1000 roundings of 6e-8, most of which cancel
				}
				compare(t, append(entries(w.Value()), entries(b.Value())...), want, tolerance)
				if o.Steps() != steps {
					t.Errorf("%d steps, want %d", o.Steps(), steps)
				}
			})
		}
	}
}

func compare(t *testing.T, got, want []float64, tolerance float64) {
	t.Helper()
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tolerance*max(1, math.Abs(want[i]))) {
			t.Errorf("entry %d is %.17g, want %.17g", i, got[i], want[i])
		}
	}
}

// Whole trainings are those of the published rules on a gradient derived by hand:
// for logistic regression, ∇w = (a − y)xᵀ/N and ∇b = Σ(a − y)/N.
func TestTrainingsAgreeWithPublished(t *testing.T) {
	const n, rows = 3, 40
	// With a short memory a rule hops about the minimum in steps of full
	// length, whose signs hang on rounding: there trainings part for good.
	chaotic := map[string]bool{"RMSProp of Keras": true, "RMSProp α=0": true, "Adam β=0.5,0.8": true}
	xs, noise, start := normal(3, n*rows), normal(4, rows), normal(5, n+1)
	ys := make([]float64, rows)
	for j := range ys {
		if xs[j]-xs[rows+j]+noise[j] > 0 {
			ys[j] = 1
		}
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			g := graph.New()
			w, b := g.Param("w", dense(start[:n:n], 1, n)), g.Param("b", dense(start[n:], 1, 1))
			x, y := g.Input("x", n, graph.Batch), g.Input("y", 1, graph.Batch)
			a := ops.Sigmoid(ops.Bias(b, ops.MatMul(w, x)))
			o := minimize(t, ops.Mean(ops.LogLoss(a, y)), r.rule, w, b)
			check(t, o.Feed(x, dense(xs, n, rows)))
			check(t, o.Feed(y, dense(ys, 1, rows)))

			want := append([]float64(nil), start...)
			move := make([]func(int, float64, float64) float64, n+1)
			for i := range move {
				move[i] = r.published()
			}
			steps := 300
			if chaotic[r.name] {
				steps = 100
			}
			for s := 1; s <= steps; s++ {
				check(t, o.Step())
				gradient := make([]float64, n+1)
				for j := range rows {
					z := want[n]
					for i := range n {
						z += want[i] * xs[i*rows+j]
					}
					δ := (1/(1+math.Exp(-z)) - ys[j]) / rows
					for i := range n {
						gradient[i] += δ * xs[i*rows+j]
					}
					gradient[n] += δ
				}
				for i := range want {
					want[i] = move[i](s, want[i], gradient[i])
				}
			}
			compare(t, append(entries(w.Value()), entries(b.Value())...), want, 1e-9)
		})
	}
}

// narrowRule is Adam without its Move32: this one has another signature.
type narrowRule struct{ optim.Adam }

func (narrowRule) Move32() {}

// A rule without Move32 runs on float32 by way of float64.
func TestRuleWithoutFloat32(t *testing.T) {
	if _, ok := any(narrowRule{}).(optim.Rule32); ok {
		t.Fatal("narrowRule is a Rule32")
	}
	run := func(rule optim.Rule) []float64 {
		g := graph.NewOf(tensor.Float32)
		w, b := g.Param("w", dense(narrow(normal(1, 6)), 6)), g.Param("b", dense(narrow(normal(2, 2)), 2))
		x := g.Input("x", 6)
		o := minimize(t, graph.Add(inner(w, x), ops.Sum(ops.Square(b))), rule)
		for s := range 200 {
			check(t, o.Feed(x, dense(narrow(normal(uint64(s), 6)), 6)))
			check(t, o.Step())
		}
		return append(entries(w.Value()), entries(b.Value())...)
	}
	rule := optim.Adam{Rate: 0.01}
	compare(t, run(narrowRule{rule}), run(rule), 1e-5)
}

// mixed is Adam with one β₁ for large parameters and another for small ones.
type mixed struct{ optim.Adam }

func (r mixed) Move(s optim.Step, w, g []float64, slots ...[]float64) {
	if r.Beta1 = 0.9; len(w) == 1 {
		r.Beta1 = 0.5
	}
	r.Adam.Move(s, w, g, slots...)
}

// Rules can be made of rules: what a step shares between parameters is shared by
// those of one β only.
func TestRuleOfRules(t *testing.T) {
	run := func(rule optim.Rule) [2][]float64 {
		g := graph.New()
		w, b := g.Param("w", dense(normal(1, 6), 6)), g.Param("b", dense(normal(2, 1), 1))
		o := minimize(t, ops.Add(ops.Sum(ops.Square(w)), ops.Sum(ops.Square(b))), rule)
		for range 20 {
			check(t, o.Step())
		}
		return [2][]float64{entries(w.Value()), entries(b.Value())}
	}
	got := run(mixed{optim.Adam{Rate: 0.1}})
	compare(t, got[0], run(optim.Adam{Rate: 0.1, Beta1: 0.9})[0], 0)
	compare(t, got[1], run(optim.Adam{Rate: 0.1, Beta1: 0.5})[1], 0)
}

// telling is a rule that tells in which float type it ran.
type telling struct{ optim.SGD }

func (telling) Move(_ optim.Step, w, _ []float64, _ ...[]float64)   { w[0] = 64 }
func (telling) Move32(_ optim.Step, w, _ []float32, _ ...[]float32) { w[0] = 32 }

func TestRule32(t *testing.T) {
	for want, w := range map[float64]*tensor.Dense{64: dense([]float64{0}, 1), 32: dense([]float32{0}, 1)} {
		p := graph.NewOf(w.Dtype()).Param("w", w)
		check(t, minimize(t, ops.Sum(p), telling{optim.SGD{Rate: 1}}).Step())
		if got := entries(p.Value())[0]; got != want {
			t.Errorf("w = %g, want %g", got, want)
		}
	}
}
