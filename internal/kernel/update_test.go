package kernel

import (
	"math"
	"testing"
)

// optimizer is an update with its rule in float64, as the documentation of
// torch.optim states it, and where PyTorch itself arrives in TestPyTorch.
type optimizer[T Float] struct {
	name  string
	torch [3]float64
	step  func(t int, w, g, a, b []T)
	rule  func(t int, w, g float64, a, b *float64) float64
}

func optimizers[T Float]() []optimizer[T] {
	const rate, mu, eps, b1, b2, decay = 0.1, 0.9, 1e-8, 0.9, 0.999, 0.01
	adam := func(name string, decay float64, torch [3]float64) optimizer[T] {
		return optimizer[T]{name, torch,
			func(t int, w, g, m, v []T) {
				step := AdamOptions{Rate: rate, Beta1: b1, Beta2: b2, Eps: eps, Decay: decay,
					Correction1: 1 - math.Pow(b1, float64(t)), Correction2: 1 - math.Pow(b2, float64(t))}.Step()
				Adam(w, g, m, v, &step)
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
		{"SGD", [...]float64{0.7625, -1.5499999999999998, 0.32489999999999997},
			func(_ int, w, g, _, _ []T) { SGD(w, g, rate) },
			func(_ int, w, g float64, _, _ *float64) float64 { return w - rate*g }},
		{"Momentum", [...]float64{0.5032999999999999, -1.373375, -0.2719710000000001},
			func(_ int, w, g, v, _ []T) { Momentum(w, g, v, rate, mu, false) },
			func(_ int, w, g float64, v, _ *float64) float64 {
				*v = mu**v + g
				return w - rate**v
			}},
		{"Nesterov", [...]float64{0.31547, -0.9860374999999999, -0.36987390000000014},
			func(_ int, w, g, v, _ []T) { Momentum(w, g, v, rate, mu, true) },
			func(_ int, w, g float64, v, _ *float64) float64 {
				*v = mu**v + g
				return w - rate*(g+mu**v)
			}},
		{"AdaGrad", [...]float64{0.8424042610927683, -1.8574943410881486, 0.4372550833191652},
			func(_ int, w, g, s, _ []T) { AdaGrad(w, g, s, rate, eps) },
			func(_ int, w, g float64, s, _ *float64) float64 {
				*s += g * g
				return w - rate*g/(math.Sqrt(*s)+eps)
			}},
		{"RMSProp", [...]float64{-0.5751241898819416, -0.5753489701366958, -0.1248187263328331},
			func(_ int, w, g, s, _ []T) { RMSProp(w, g, s, rate, 0.99, eps) },
			func(_ int, w, g float64, s, _ *float64) float64 {
				*s = 0.99**s + (1-0.99)*g*g
				return w - rate*g/(math.Sqrt(*s)+eps)
			}},
		adam("Adam", 0, [...]float64{0.7479718938801245, -1.8072916875292602, 0.2964060145514198}),
		adam("AdamW", decay, [...]float64{0.7443978955121903, -1.7996564629391825, 0.29486045077078477}),
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

// TestPyTorch holds the updates to where torch.optim of PyTorch 1.13.1 arrives in
// four steps in float64, with the same numbers.
func TestPyTorch(t *testing.T) { each(t, testPyTorch[float32], testPyTorch[float64]) }

func testPyTorch[T Float](t *testing.T) {
	for _, o := range optimizers[T]() {
		w, a, b := []T{1, -2, 0.5}, make([]T, 3), make([]T, 3)
		for i, g := range [][]T{{0.5, -1.25, 3}, {-0.25, 0.75, 1e-3}, {2, 0, -1.5}, {0.125, -4, 0.25}} {
			o.step(i+1, w, g, a, b)
		}
		for i, want := range o.torch {
			if d := math.Abs(float64(w[i]) - want); d > 8*epsilon[T]() {
				t.Errorf("%s: entry %d is %v, PyTorch has %v", o.name, i, w[i], want)
			}
		}
	}
}

// TestFading holds that state which nothing feeds ends as 0, and that nothing else does.
func TestFading(t *testing.T) { each(t, testFading[float32], testFading[float64]) }

func testFading[T Float](t *testing.T) {
	tiny, normal := T(0x1p-1000), T(0x1p-900)
	if sizeof[T]() == 4 {
		tiny, normal = 0x1p-110, 0x1p-90
	}
	for _, o := range optimizers[T]() {
		if o.name == "SGD" || o.name == "AdaGrad" { // nothing fades
			continue
		}
		for _, n := range sizes {
			w, g, a, b := make([]T, n), make([]T, n), make([]T, n), make([]T, n)
			for i := range w {
				w[i], a[i], b[i] = 1, tiny, tiny
				if i%3 == 0 {
					a[i], b[i] = normal, normal
				}
			}
			second := o.name == "Adam" || o.name == "AdamW"
			for range 3 {
				o.step(1, w, g, a, b)
			}
			for i := range w {
				if kept := i%3 == 0; a[i] != 0 != kept || second && b[i] != 0 != kept || !(math.Abs(float64(w[i])-1) < 0.01) {
					t.Fatalf("%s, entry %d of %d: w = %v, state %v and %v", o.name, i, n, w[i], a[i], b[i])
				}
			}
		}
	}
}

// TestFaintGradients holds that the mean of squares stays 0 where a square would be
// subnormal, and that a gradient which is not so small is in it.
func TestFaintGradients(t *testing.T) {
	each(t, testFaintGradients[float32], testFaintGradients[float64])
}

func testFaintGradients[T Float](t *testing.T) {
	faint, seen := T(0x1p-520), T(0x1p-450)
	if sizeof[T]() == 4 {
		faint, seen = 0x1p-70, 0x1p-40
	}
	squares := map[string]int{"AdaGrad": 0, "RMSProp": 0, "Adam": 1, "AdamW": 1}
	for _, o := range optimizers[T]() {
		which, ok := squares[o.name]
		if !ok {
			continue
		}
		for _, n := range sizes {
			w, g, states := make([]T, n), make([]T, n), [2][]T{make([]T, n), make([]T, n)}
			for i := range g {
				if g[i] = -faint; i%3 == 0 {
					g[i] = -seen
				}
			}
			o.step(1, w, g, states[0], states[1])
			for i, s := range states[which] {
				if s > 0 != (i%3 == 0) {
					t.Fatalf("%s, entry %d of %d: the mean of squares of %v is %v", o.name, i, n, g[i], s)
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
