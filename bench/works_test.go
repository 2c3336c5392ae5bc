package main

import (
	"math"
	"runtime"
	"testing"

	"gorgonia.org/tensor"
)

// must is for values that come with an error.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %.16g, want %.16g within %g", what, got, want, tolerance)
	}
}

var trainingTasks = []struct {
	work    string
	newTask func(tensor.Dtype) (*task, error)
}{{"W1", newLogistic}, {"W2", newFullBatch}, {"W3", newMiniBatch}, {"W4", newWide}}

// All that comes until a chain's first gradient is there makes few objects a layer,
// of its 13 nodes and 9 tensors.
func TestBuildMakesFewObjects(t *testing.T) {
	const layers, most = 1000, 65
	d := newChainData(tensor.Float32, layers)
	n := testing.AllocsPerRun(2, func() {
		if err := must(newChain(d))(t).Steps(1); err != nil {
			t.Error(err)
		}
	})
	if n > most*layers {
		t.Errorf("%.1f objects a layer, want at most %d", n/layers, most)
	}
}

// The losses at the end are those of PyTorch 1.13.0, as Debian 12 has it:
//
//	python3 bench/peers.py -work W3 -peer torch -dtype float64
//
// W1 and W2 are held to float64 in float32 too. Thousands of steps of W3 in float32
// take rounding far: there NumPy and PyTorch differ by 1e-8, and gorgonia from both
// by 1e-4.
func TestFinalLosses(t *testing.T) {
	torch := map[string][]struct {
		dtype           tensor.Dtype
		loss, tolerance float64
	}{
		"W1": {{tensor.Float64, 0.260429823592171, 1e-9}, {tensor.Float32, 0.260429823592171, 1e-6}},
		"W2": {{tensor.Float64, 0.1082639970664427, 1e-9}, {tensor.Float32, 0.1082639970664427, 1e-4}},
		"W3": {{tensor.Float64, 0.05356492176856833, 1e-9}, {tensor.Float32, 0.05339852311144418, 3e-4}},
		"W4": {{tensor.Float64, 0.008080972194917498, 1e-9}}, // in float32 it is 0.00808098
	}
	for _, w := range trainingTasks {
		for _, want := range torch[w.work] {
			task := must(w.newTask(want.dtype))(t)
			s := must(newTraining(task))(t)
			if err := s.Steps(task.steps); err != nil {
				t.Fatal(err)
			}
			near(t, w.work+" in "+want.dtype.String(), must(s.Loss())(t), want.loss, want.tolerance)
		}
	}
}

// The same of W5: its cost, by PyTorch 1.13.0 in float64.
func TestChainLosses(t *testing.T) {
	for layers, want := range map[int]float64{10: 0.19954896102488184, 100: 0.1126198115835493, 1000: 0.17306463595939153} {
		for dtype, tolerance := range map[tensor.Dtype]float64{tensor.Float64: 1e-9, tensor.Float32: 1e-6} {
			c := must(newChain(newChainData(dtype, layers)))(t)
			if err := c.Steps(1); err != nil {
				t.Fatal(err)
			}
			near(t, dtype.String(), must(c.Loss())(t), want, tolerance)
		}
	}
}

// The same of W8. In float32 PyTorch has 1.52266.
func TestLeNetLosses(t *testing.T) {
	for dtype, tolerance := range map[tensor.Dtype]float64{tensor.Float64: 1e-12, tensor.Float32: 1e-5} {
		s := must(newLeNetTraining(dtype))(t)
		if err := s.Steps(leNetSteps); err != nil {
			t.Fatal(err)
		}
		near(t, "W8 in "+dtype.String(), must(s.Loss())(t), 1.5233289441454594, tolerance)
	}
}

// The same of W6: the first entry of the answers, by PyTorch 1.13.0 in float32.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		nodes []int
		seed  uint64
		want  float64
	}{{small, smallSeed, 0.7073891162872314}, {wide, wideSeed, 0.009008093737065792}} {
		weights, x := heNormal(tensor.Float32, c.nodes, c.seed), normals(tensor.Float32, c.nodes[0], 1, 51, 1)
		for peer, newAnswer := range map[string]answerMaker{"adjoint": newAnswer, "gorgonia": newGorgoniaAnswer} {
			a := must(newAnswer(tensor.Float32, c.nodes, weights, x))(t)
			if err := a.Steps(2); err != nil {
				t.Fatal(err)
			}
			near(t, peer, entries(a.Answer())[0], c.want, 1e-6)
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// A fit ends where that of scikit-learn 1.2.1 does, and no further from the minimum:
// there the norm of the gradient is 6.3e-7.
//
//	python3 bench/peers.py -work fit -peer sklearn
func TestFit(t *testing.T) {
	f := &fit{data: logisticData(10, 1000), model: newLogisticModel(tensor.Float64, 1000)}
	if err := f.Steps(1); err != nil {
		t.Fatal(err)
	}
	near(t, "loss", must(f.Loss())(t), 0.2609598591384288, 2e-7)
	if norm := f.history.GradientNorm; !f.history.Converged || norm > 6.3e-7 {
		t.Errorf("converged %v, norm of the gradient %g", f.history.Converged, norm)
	}
}

// gorgonia is where this library is after as many steps, the first of which come
// after its warm-up, and those of W3 have batches of both sizes.
func TestGorgoniaAgrees(t *testing.T) {
	for _, w := range trainingTasks {
		task := must(w.newTask(tensor.Float64))(t)
		steps := map[string]int{"W1": 100, "W2": 20, "W3": 64, "W4": 2}[w.work]
		ours, theirs := must(newTraining(task))(t), must(newGorgoniaTraining(task))(t)
		for _, s := range []trainer{ours, theirs} {
			if err := s.Steps(steps); err != nil {
				t.Fatal(err)
			}
		}
		near(t, w.work, must(ours.Loss())(t), must(theirs.Loss())(t), 1e-9)
		if err := theirs.Close(); err != nil {
			t.Error(err)
		}
	}
	d := newChainData(tensor.Float64, 10)
	c := must(newGorgoniaChain(d))(t)
	if err := c.Steps(2); err != nil {
		t.Fatal(err)
	}
	near(t, "W5", must(c.Loss())(t), 0.19954896102488184, 1e-9)
}

// A product is that of the definition, whichever factor lies transposed.
func TestProducts(t *testing.T) {
	for _, s := range []shape{{m: 3, n: 5, k: 4}, {m: 3, n: 5, k: 4, transA: true}, {m: 3, n: 5, k: 4, transB: true}} {
		p := newProduct[float64](s)
		if err := p.Steps(1); err != nil {
			t.Fatal(err)
		}
		for i := range s.m {
			for j := range s.n {
				want := 0.0
				for k := range s.k {
					a, b := i*s.k+k, k*s.n+j
					if s.transA {
						a = k*s.m + i
					}
					if s.transB {
						b = j*s.k + k
					}
					want += p.a[a] * p.b[b]
				}
				near(t, "entry", p.c[i*s.n+j], want, 1e-15)
			}
		}
	}
}

// steppers are the works, in their float types.
func steppers(t *testing.T) map[string]stepper {
	all := map[string]stepper{}
	for _, w := range trainingTasks {
		all[w.work] = must(newTraining(must(w.newTask(dtypes[works[w.work].dtype]))(t)))(t)
	}
	all["W5/10"] = must(newChain(newChainData(tensor.Float32, 10)))(t)
	all["W5/100"] = must(newChain(newChainData(tensor.Float32, 100)))(t)
	all["W5/1000"] = must(newChain(newChainData(tensor.Float32, 1000)))(t)
	answer := func(nodes []int, seed uint64) stepper {
		x := normals(tensor.Float32, nodes[0], 1, 51, 1)
		return must(newAnswer(tensor.Float32, nodes, heNormal(tensor.Float32, nodes, seed), x))(t)
	}
	all["W6/small"], all["W6/wide"] = answer(small, smallSeed), answer(wide, wideSeed)
	return all
}

// A step allocates nothing, on one thread or on all.
func TestStepsAllocateNothing(t *testing.T) {
	for name, s := range steppers(t) {
		var failure error
		if n := testing.AllocsPerRun(3, func() { failure = s.Steps(1) }); n != 0 || failure != nil {
			t.Errorf("%s: %g allocations a step on one thread, error %v", name, n, failure)
		}
		least := uint64(math.MaxUint64) // other goroutines allocate too
		for range 5 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			failure = s.Steps(3)
			runtime.ReadMemStats(&after)
			least = min(least, after.Mallocs-before.Mallocs)
		}
		if least != 0 || failure != nil {
			t.Errorf("%s: %d allocations in three steps, error %v", name, least, failure)
		}
	}
}
