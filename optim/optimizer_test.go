package optim_test

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A net is a small network with a batch of either size to feed.
type net struct {
	*optim.Optimizer
	x, y    *graph.Node
	batches [2][2]*tensor.Dense // x and y
}

func newNet(t testing.TB, dtype tensor.Dtype, rule optim.Rule) net {
	t.Helper()
	as := func(seed uint64, shape ...int) *tensor.Dense {
		x := normal(seed, tensor.Shape(shape).TotalSize())
		if dtype == tensor.Float32 {
			return dense(narrow(x), shape...)
		}
		return dense(x, shape...)
	}
	g := graph.NewOf(dtype)
	x, y := g.Input("x", 4, graph.Batch), g.Input("y", 1, graph.Batch)
	a := ops.Tanh(ops.Bias(g.Param("b1", as(1, 5, 1)), ops.MatMul(g.Param("w1", as(2, 5, 4)), x)))
	a = ops.Bias(g.Param("b2", as(3, 1, 1)), ops.MatMul(g.Param("w2", as(4, 1, 5)), a))
	n := net{x: x, y: y, Optimizer: minimize(t, ops.Mean(ops.Square(ops.Sub(a, y))), rule)}
	for i, size := range []int{6, 2} {
		n.batches[i] = [2]*tensor.Dense{as(uint64(5+i), 4, size), as(uint64(7+i), 1, size)}
	}
	return n
}

func (n net) feed(t testing.TB, batch int) {
	t.Helper()
	check(t, n.Feed(n.x, n.batches[batch][0]))
	check(t, n.Feed(n.y, n.batches[batch][1]))
}

func (n net) entries() []float64 {
	var all []float64
	for _, w := range n.Params() {
		all = append(all, entries(w.Value())...)
	}
	return all
}

// train takes steps on batches of 6, 6, 2, 6, 6, 2, … examples.
func (n net) train(t testing.TB, steps int) {
	t.Helper()
	for range steps {
		n.feed(t, n.Steps()%3/2)
		check(t, n.Step())
	}
}

// A step of descent is the document's w := w − rJ(α), a VJP, to the bit.
func TestDescentIsTheDocuments(t *testing.T) {
	g := graph.New()
	w := g.Param("w", dense(normal(1, 3), 3))
	j := ops.Sum(ops.Square(ops.Tanh(w)))
	const α = 0.25 // a power of two, so that α·∇J is not rounded
	p, err := graph.Compile(ops.Sub(w, graph.VJP(j, g.Const(α), w)[0]))
	check(t, err)
	check(t, p.Run())
	want, err := p.Value(ops.Sub(w, graph.VJP(j, g.Const(α), w)[0]))
	check(t, err)
	moved := entries(want)
	check(t, minimize(t, j, optim.SGD{Rate: α}).Step())
	if got := entries(w.Value()); !slices.Equal(got, moved) {
		t.Errorf("w = %v, want %v", got, moved)
	}
}

// Only the parameters that are named move, and only from gradients of J.
func TestNamedParameters(t *testing.T) {
	g := graph.New()
	w, b := g.Param("w", dense([]float64{3}, 1)), g.Param("b", dense([]float64{5}, 1))
	unused := g.Param("unused", dense([]float64{7}, 1))
	j := ops.Sum(ops.Mul(w, b))
	o := minimize(t, j, optim.SGD{Rate: 1}, b, unused)
	check(t, o.Step())
	if w, b, u := entries(w.Value())[0], entries(b.Value())[0], entries(unused.Value())[0]; w != 3 || b != 2 || u != 7 {
		t.Errorf("w, b, unused = %g, %g, %g, want 3, 2, 7", w, b, u)
	}
	if p := minimize(t, j, optim.SGD{Rate: 1}).Params(); !slices.Equal(p, []*graph.Node{w, b}) {
		t.Errorf("parameters of J are %v", p)
	}
}

// Where the gradient in one parameter is another, all move at once from where they
// were: ∇wb = (b, w).
func TestGradientIsAParameter(t *testing.T) {
	g := graph.New()
	w, b := g.Param("w", dense([]float64{3})), g.Param("b", dense([]float64{5}))
	o := minimize(t, ops.Mul(w, b), optim.SGD{Rate: 1})
	for _, want := range [][2]float64{{-2, 2}, {-4, 4}, {-8, 8}} {
		check(t, o.Step())
		if w, b := entries(w.Value())[0], entries(b.Value())[0]; w != want[0] || b != want[1] {
			t.Errorf("w, b = %g, %g, want %g", w, b, want)
		}
		for i, p := range o.Params() {
			if o.LastGradient()[i] == p.Value() || o.LastGradient()[i] == o.Params()[1-i].Value() {
				t.Error("the gradient is the tensor of a parameter")
			}
		}
	}
}

// J, ∇J, both and the gradient after a step tell one story, whichever is asked
// for first and however the number of examples changes.
func TestObjective(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		n := newNet(t, dtype, optim.SGD{Rate: 0.1})
		if g := n.LastGradient(); g != nil {
			t.Errorf("gradient before any evaluation: %v", g)
		}
		for i := range 12 {
			n.feed(t, i%3%2)
			fresh := newNet(t, dtype, optim.SGD{Rate: 0.1})
			for k, w := range fresh.Params() {
				check(t, tensor.Copy(w.Value(), n.Params()[k].Value()))
			}
			fresh.feed(t, i%3%2)
			wantLoss, want, err := fresh.LossGradient()
			check(t, err)

			var loss float64
			var gradient []*tensor.Dense
			switch i % 4 {
			case 0:
				gradient, err = n.Gradient()
				check(t, err)
				loss, err = n.Loss()
			case 1:
				loss, gradient, err = n.LossGradient()
			case 2:
				loss, err = n.StepLoss()
				gradient = n.LastGradient()
			case 3:
				loss, err = n.Loss()
				check(t, err)
				err = n.Step()
				gradient = n.LastGradient()
			}
			check(t, err)
			if loss != wantLoss {
				t.Errorf("%d: loss %g, want %g", i, loss, wantLoss)
			}
			for k := range want {
				if got, want := entries(gradient[k]), entries(want[k]); !slices.Equal(got, want) {
					t.Errorf("%d: gradient of %v is %v, want %v", i, n.Params()[k], got, want)
				}
			}
		}
	}
}

// An input on which J depends but its gradient does not is asked for by J alone, and can be
// fed before that.
func TestInputOfTheLossAlone(t *testing.T) {
	g := graph.New()
	w, x, c := g.Param("w", dense([]float64{3}, 1)), g.Input("x", 1), g.Input("c", 1)
	o := minimize(t, ops.Sum(ops.Add(ops.Mul(w, x), c)), optim.SGD{Rate: 1})
	check(t, o.Feed(x, dense([]float64{2}, 1)))
	check(t, o.Step()) // w is 3 − 2
	if _, err := o.Loss(); !errors.Is(err, graph.ErrUnfed) || !strings.Contains(err.Error(), "c") {
		t.Errorf("loss without c: %v", err)
	}
	check(t, o.Feed(c, dense([]float64{10}, 1)))
	loss, err := o.Loss()
	check(t, err)
	if loss != 12 {
		t.Errorf("loss %g, want 12", loss)
	}
}

// The same start gives the same bits, run after run and whatever the number of
// threads.
func TestReproducible(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		var want []float64
		for i := range 20 {
			runtime.GOMAXPROCS([]int{1, 2, 4}[i%3])
			n := newNet(t, dtype, optim.Adam{Rate: 0.01})
			n.Clip.Norm = 0.5
			n.train(t, 50)
			if i == 0 {
				want = n.entries()
			}
			if got := n.entries(); !slices.Equal(got, want) {
				t.Fatalf("run %d of %v: %v, want %v", i, dtype, got, want)
			}
		}
	}
}

// No step allocates: not on a batch of the other size, nor with a schedule, nor
// where gradients are clipped.
func TestStepAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		for _, r := range append(rules, struct {
			name string
			rule optim.Rule
			published
		}{"a user's", narrowRule{optim.Adam{Rate: 0.1}}, nil}) {
			n := newNet(t, dtype, r.rule)
			n.Schedule = optim.WarmUp(10).Times(optim.Cosine(1000, 0.1))
			n.Clip = optim.Clip{Value: 0.3, Norm: 0.2}
			n.train(t, 6)
			step := func() {
				if _, err := n.StepLoss(); err != nil {
					t.Error(err)
				}
				if err := n.Step(); err != nil {
					t.Error(err)
				}
				if _, err := n.Loss(); err != nil {
					t.Error(err)
				}
			}
			if a := testing.AllocsPerRun(20, step); a != 0 {
				t.Errorf("%s, %v: %g allocations a step", r.name, dtype, a)
			}
			// AllocsPerRun allows one thread only; count with all of them too.
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range 200 {
				step()
			}
			runtime.ReadMemStats(&after)
			if a := after.Mallocs - before.Mallocs; a > 100 {
				t.Errorf("%s, %v: %d allocations in 200 steps", r.name, dtype, a)
			}
		}
	}
}
