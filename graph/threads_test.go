package graph_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// wideNet is a net that has something for threads: products cut by rows and by
// columns, wide pointwise chains, a stack of products.
type wideNet struct {
	x, y    *graph.Node
	outputs []*graph.Node
	r       *rand.Rand
}

func newWideNet(dtype tensor.Dtype) *wideNet {
	n := &wideNet{r: rand.New(rand.NewPCG(3, 4))}
	g := graph.NewOf(dtype)
	n.x, n.y = g.Input("x", 30, graph.Batch), g.Input("y", 5, graph.Batch)
	param := func(name string, dims ...int) *graph.Node { return g.Param(name, n.random(dtype, dims...)) }
	w1, b1, w2, b2 := param("w1", 40, 30), param("b1", 40, 1), param("w2", 5, 40), param("b2", 5, 1)
	z := ops.Bias(b1, ops.MatMul(w1, n.x))
	a := ops.Mul(ops.Tanh(z), ops.Sigmoid(ops.Scale(2, ops.Tanh(z))))
	j := ops.Mean(ops.CrossEntropyFromLogits(ops.Bias(b2, ops.MatMul(w2, a)), ops.Softmax(n.y, 0)))
	stack := param("s", 6, 20, 30)
	h := ops.Sum(ops.MatMul(stack, ops.MatMul(n.x, ops.T(n.x))))
	wrt := []*graph.Node{w1, b1, w2, b2, n.x}
	n.outputs = append(graph.Gradient(j, wrt...), j, a, graph.Gradient(h, stack)[0])
	return n
}

func (n *wideNet) random(dtype tensor.Dtype, dims ...int) *tensor.Dense {
	t := tensor.New(tensor.WithShape(dims...), tensor.Of(dtype))
	for i := range t.Len() {
		if v := n.r.NormFloat64() / 4; dtype == tensor.Float32 {
			t.Float32s()[i] = float32(v)
		} else {
			t.Float64s()[i] = v
		}
	}
	return t
}

// run returns the bits of all outputs for N examples.
func (n *wideNet) run(t *testing.T, p *graph.Program, examples int) []string {
	t.Helper()
	n.r = rand.New(rand.NewPCG(5, uint64(examples)))
	dtype := n.x.Graph().Dtype()
	feed(t, p, n.x, n.random(dtype, 30, examples))
	feed(t, p, n.y, n.random(dtype, 5, examples))
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	var bits []string
	for _, o := range n.outputs {
		v, err := p.Value(o)
		if err != nil {
			t.Fatal(err)
		}
		bits = append(bits, fmt.Sprintf("%x", v.Data()))
	}
	return bits
}

// withThreads runs f with GOMAXPROCS n.
func withThreads(n int, f func()) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
	f()
}

// Values are the same to the bit at any number of threads, and with pointwise ops
// computed in tiles or one after the other.
func TestSameBitsWithThreads(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		n := newWideNet(dtype)
		p := compile(t, n.outputs...)
		for _, examples := range []int{1, 7, 1000, 1500} {
			var want []string
			withThreads(1, func() { want = n.run(t, p, examples) })
			for _, threads := range []int{2, 3, 8} {
				withThreads(threads, func() {
					for range 5 {
						if got := n.run(t, p, examples); !slices.Equal(got, want) {
							t.Fatalf("%v, N = %d, %d threads: other values", dtype, examples, threads)
						}
					}
				})
			}
		}
	}
}

// A chain of pointwise ops computed in tiles has the values of its ops one by one,
// also where they overwrite each other, at every number of entries about a tile's.
func TestTiles(t *testing.T) {
	g := graph.New()
	x := g.Input("x", graph.Batch)
	a := x
	for range 5 {
		a = ops.Mul(ops.Tanh(ops.Add(a, x)), ops.Sigmoid(a))
	}
	small := ops.Tanh(ops.Tanh(g.Param("w", dense([]int{3}, 1, 2, 3))))
	outputs := []*graph.Node{a, ops.Square(a), small, ops.Square(small), ops.Exp(a)}
	tiled := compile(t, outputs...)
	plain, err := graph.Options{NoFuse: true}.Compile(outputs...)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(tiled.String(), "⎡") || strings.Contains(plain.String(), "⎡") {
		t.Errorf("tiles are not in the compiled program alone:\n%v", tiled)
	}
	for _, n := range []int{1, 2, 1023, 1024, 1025, 2048, 2049, 50000} {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(i%1000)/100 - 5
		}
		feed(t, tiled, x, dense([]int{n}, v...))
		feed(t, plain, x, dense([]int{n}, v...))
		got, want := values(t, tiled, outputs...), values(t, plain, outputs...)
		for i := range want {
			if !slices.Equal(got[i], want[i]) {
				t.Errorf("N = %d: output %d differs", n, i)
			}
		}
	}
}

// With helpers at work, a Run allocates nothing. (AllocsPerRun would switch them off.)
func TestNoAllocationWithThreads(t *testing.T) {
	withThreads(2, func() {
		n := newWideNet(tensor.Float32)
		p := compile(t, n.outputs...)
		n.run(t, p, 1000)
		repeat := func(times int) {
			for range times {
				if err := p.Run(); err != nil {
					t.Fatal(err)
				}
			}
		}
		repeat(20)
		var allocs uint64
		for range 10 { // helpers that were kept waiting end, and others start
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			repeat(100)
			runtime.ReadMemStats(&after)
			if allocs = after.Mallocs - before.Mallocs; allocs <= 10 { // the runtime's own
				return
			}
		}
		if !raceEnabled {
			t.Errorf("%d allocations in 100 runs", allocs)
		}
	})
}

// Programs that run at the same time get their own values, whoever has the helpers.
func TestThreadsOfManyPrograms(t *testing.T) {
	withThreads(4, func() {
		n := newWideNet(tensor.Float64)
		p := compile(t, n.outputs...)
		want := n.run(t, p, 900)
		var all sync.WaitGroup
		for range 8 {
			q := p.Clone()
			m := *n
			all.Go(func() {
				for range 5 {
					if got := m.run(t, q, 900); !slices.Equal(got, want) {
						t.Error("other values")
					}
				}
			})
		}
		all.Wait()
	})
}

func TestSetThreads(t *testing.T) {
	if n := graph.SetThreads(1); n != 0 {
		t.Errorf("before: %d threads", n)
	}
	if n := graph.SetThreads(0); n != 1 {
		t.Errorf("after SetThreads(1): %d", n)
	}
}
