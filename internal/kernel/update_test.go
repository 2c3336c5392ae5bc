package kernel

import (
	"math"
	"testing"
)

// optimizer is an update with its rule in float64, as the documentation of
// torch.optim states it.
type optimizer[T Float] struct {
	name string
	step func(t int, w, g, a, b []T)
	rule func(t int, w, g float64, a, b *float64) float64
}

func optimizers[T Float]() []optimizer[T] {
	const rate, mu, eps, b1, b2, decay = 0.1, 0.9, 1e-8, 0.9, 0.999, 0.01
	adam := func(decay float64) optimizer[T] {
		return optimizer[T]{"Adam",
			func(t int, w, g, m, v []T) {
				Adam(w, g, m, v, &AdamStep{Rate: rate, Beta1: b1, Beta2: b2, Eps: eps, Decay: decay,
					Correction1: 1 - math.Pow(b1, float64(t)), Correction2: 1 - math.Pow(b2, float64(t))})
			},
			func(t int, w, g float64, m, v *float64) float64 {
				w -= rate * decay * w
				*m = b1**m + (1-b1)*g
				*v = b2**v + (1-b2)*g*g
				mHat := *m / (1 - math.Pow(b1, float64(t)))
				vHat := *v / (1 - math.Pow(b2, float64(t)))
				return w - rate*mHat/(math.Sqrt(vHat)+eps)
			}}
	}
	return []optimizer[T]{
		{"SGD",
			func(_ int, w, g, _, _ []T) { SGD(w, g, rate) },
			func(_ int, w, g float64, _, _ *float64) float64 { return w - rate*g }},
		{"Momentum",
			func(_ int, w, g, v, _ []T) { Momentum(w, g, v, rate, mu, false) },
			func(_ int, w, g float64, v, _ *float64) float64 {
				*v = mu**v + g
				return w - rate**v
			}},
		{"Nesterov",
			func(_ int, w, g, v, _ []T) { Momentum(w, g, v, rate, mu, true) },
			func(_ int, w, g float64, v, _ *float64) float64 {
				*v = mu**v + g
				return w - rate*(g+mu**v)
			}},
		{"AdaGrad",
			func(_ int, w, g, s, _ []T) { AdaGrad(w, g, s, rate, eps) },
			func(_ int, w, g float64, s, _ *float64) float64 {
				*s += g * g
				return w - rate*g/(math.Sqrt(*s)+eps)
			}},
		{"RMSProp",
			func(_ int, w, g, s, _ []T) { RMSProp(w, g, s, rate, 0.99, eps) },
			func(_ int, w, g float64, s, _ *float64) float64 {
				*s = 0.99**s + (1-0.99)*g*g
				return w - rate*g/(math.Sqrt(*s)+eps)
			}},
		adam(0),
		adam(decay),
	}
}

func TestUpdates(t *testing.T) { each(t, testUpdates[float32], testUpdates[float64]) }

func testUpdates[T Float](t *testing.T) {
	for _, o := range optimizers[T]() {
		for i, n := range sizes {
			w, wIntact := guarded[T](t, n, i%3)
			a, aIntact := guarded[T](t, n, i%2)
			b, bIntact := guarded[T](t, n, i%4)
			clear(a)
			clear(b)
			copy(w, normal[T](n))
			want, a64, b64 := make([]float64, n), make([]float64, n), make([]float64, n)
			for j, v := range w {
				want[j] = float64(v)
			}
			r := newRand()
			g := make([]T, n)
			for step := 1; step <= 5; step++ {
				for j := range g {
					g[j] = T(r.NormFloat64())
				}
				o.step(step, w, g, a, b)
				for j := range want {
					want[j] = o.rule(step, want[j], float64(g[j]), &a64[j], &b64[j])
				}
			}
			wIntact()
			aIntact()
			bIntact()
			for j := range want {
				for _, p := range [][2]float64{{float64(w[j]), want[j]}, {float64(a[j]), a64[j]}, {float64(b[j]), b64[j]}} {
					if !(math.Abs(p[0]-p[1]) <= 20*epsilon[T]()*(1+math.Abs(p[1]))) {
						t.Fatalf("%s, entry %d of %d: %v, should be %v", o.name, j, n, p[0], p[1])
					}
				}
			}
		}
	}
}

// TestUpdateNaN holds that a gradient of NaN is seen in the parameter.
func TestUpdateNaN(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for _, o := range optimizers[float32]() {
			s := make([]float32, 3*9)
			g := make([]float32, 9)
			g[8] = float32(nan)
			o.step(1, s[:9], g, s[9:18], s[18:])
			if s[8] == s[8] || s[7] != 0 {
				t.Errorf("%s: parameters %v", o.name, s[:9])
			}
		}
	})
}
