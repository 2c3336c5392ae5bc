package adjoint_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A chain is a network of many layers tanh(ψ(b, φ(w, a))) of one width, with its
// cost J, the mean of the squares of what comes out.
type chain struct {
	*graph.Graph
	x, j *node
	w    []*node // the weights, then the biases
}

// newChain builds a chain of L layers.
func newChain(dtype tensor.Dtype, L, width, examples int) *chain {
	rng := rand.New(rand.NewPCG(1, uint64(L)))
	random := func(rows, columns int, scale float64) *tensor.Dense {
		v := make([]float64, rows*columns)
		for i := range v {
			v[i] = scale * rng.NormFloat64()
		}
		return denseOf(dtype, rows, v)
	}
	c := &chain{Graph: graph.NewOf(dtype)}
	c.x = c.Param("x", random(width, examples, 1))
	a, scale := c.x, 1.3/math.Sqrt(float64(width))
	var biases []*node
	for range L {
		w, b := c.Param("w", random(width, width, scale)), c.Param("b", random(width, 1, 0.1))
		c.w, biases = append(c.w, w), append(biases, b)
		a = ops.Tanh(ops.Bias(b, ops.MatMul(w, a)))
	}
	c.w = append(c.w, biases...)
	c.j = ops.Mean(ops.Square(a))
	return c
}

// The derivatives of a chain, in all its parameters.
func (c *chain) gradient() []*node { return graph.Gradient(c.j, c.w...) }
func (c *chain) jvp() []*node      { return []*node{graph.JVP(c.j, c.w, c.ones())} }
func (c *chain) hessian() []*node  { return graph.HVP(c.j, c.w, c.ones()) }

// ones is the direction in which every parameter grows alike.
func (c *chain) ones() []*node {
	ones := make([]*node, len(c.w))
	for i, w := range c.w {
		ones[i] = c.Const(1, w.Shape().Dims()...)
	}
	return ones
}

// Whatever is built from a chain of 1000 layers is ten times what is built from
// one of 100, but for what does not depend on the length; a second compile is the
// first; and the derivatives are finite.
func TestChainIsLinearInItsLength(t *testing.T) {
	sizes := map[string][]int{}
	for _, L := range []int{100, 1000} {
		size := func(what string, n int) { sizes[what] = append(sizes[what], n) }
		c := newChain(tensor.Float64, L, 3, 2)
		all := []*node{c.j}
		size("nodes of J", c.Len())
		size("String of J", len(c.j.String()))
		for _, derivative := range []struct {
			name  string
			build func() []*node
		}{{"gradient", c.gradient}, {"JVP", c.jvp}, {"Hessian·v", c.hessian}} {
			before := c.Len()
			d := derivative.build()
			all = append(all, d...)
			size("nodes of "+derivative.name, c.Len()-before)
			size("String of "+derivative.name, len(d[0].String()))
		}
		p, err := graph.Compile(all...)
		if err != nil {
			t.Fatal(err)
		}
		size("String of Graph", len(c.String()))
		size("String of Program", len(p.String()))
		nodes := c.Len()
		again, err := graph.Compile(all...)
		if err != nil {
			t.Fatal(err)
		}
		if again.String() != p.String() || c.Len() != nodes {
			t.Errorf("%d layers: a second compile is not the first", L)
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		for i, n := range all {
			for _, v := range numbers(t, p, n) {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%d layers: output %d is %g", L, i, v)
				}
			}
		}
	}
	for what, n := range sizes {
		// Node numbers have one digit more.
		if ratio := float64(n[1]) / float64(n[0]); ratio > 12 {
			t.Errorf("%s: %d at 100 layers, %d at 1000", what, n[0], n[1])
		}
	}
}

// The gradient of a long chain is that of the recursion of 3.1, carried out on
// plain slices.
func TestGradientOfALongChain(t *testing.T) {
	const L, m = 1000, 3
	c := newChain(tensor.Float64, L, m, 1)
	got := evaluate(t, append([]*node{c.x, c.j}, append(c.w, c.gradient()...)...)...)
	x, params, gradient := got[0], got[2:2+2*L], got[2+2*L:]
	w, b := params[:L], params[L:]
	a := [][]float64{x}
	for l := range L {
		next := make([]float64, m)
		for i := range next {
			next[i] = math.Tanh(b[l][i] + inner(w[l][i*m:(i+1)*m], a[l]))
		}
		a = append(a, next)
	}
	δ := make([]float64, m)
	for i, a := range a[L] {
		δ[i] = 2 * a / m * (1 - a*a)
	}
	for l := L - 1; l >= 0; l-- {
		dw := make([]float64, m*m)
		for i, δ := range δ {
			for k, a := range a[l] {
				dw[i*m+k] = δ * a
			}
		}
		near(t, fmt.Sprintf("∂J/∂W[%d]", l+1), gradient[l], dw, 1e-9)
		near(t, fmt.Sprintf("∂J/∂b[%d]", l+1), gradient[L+l], δ, 1e-9)
		below := make([]float64, m)
		for k, a := range a[l] {
			for i, δ := range δ {
				below[k] += w[l][i*m+k] * δ
			}
			below[k] *= 1 - a*a
		}
		δ = below
	}
}

// A run of a program allocates nothing, by any number of threads.
func TestRunAllocatesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name  string
		build func() (j *node, w []*node)
	}{
		{"logistic regression", func() (*node, []*node) { return costOf(rng, 10, 1) }},
		{"10-32-8-1", func() (*node, []*node) { return costOf(rng, 10, 32, 8, 1) }},
		{"chain of 1000", func() (*node, []*node) {
			c := newChain(tensor.Float32, 1000, 3, 2)
			return c.j, c.w
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			j, w := c.build()
			p, err := graph.Compile(append(graph.Gradient(j, w...), j)...)
			if err != nil {
				t.Fatal(err)
			}
			var failure error
			run := func() { failure = p.Run() }
			if n := testing.AllocsPerRun(20, run); n != 0 || failure != nil {
				t.Errorf("%g allocations a run, error %v", n, failure)
			}
			if n := allocations(run); n >= 1 { // AllocsPerRun sets GOMAXPROCS to 1
				t.Errorf("%g allocations a run with threads", n)
			}
		})
	}
}

// allocations returns how often f allocates, with the threads that there are. Of
// several counts it takes the least: other goroutines allocate too.
func allocations(f func()) float64 {
	const runs = 50
	least := math.Inf(1)
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			f()
		}
		runtime.ReadMemStats(&after)
		least = min(least, float64(after.Mallocs-before.Mallocs)/runs)
	}
	return least
}

// costOf builds a network of ReLU layers of n nodes, and one of σ, on 1000
// examples, and its cost and parameters.
func costOf(rng *rand.Rand, n ...int) (j *node, w []*node) {
	const N = 1000
	g := graph.New()
	random := func(name string, rows, columns int) *node {
		v := make([]float64, rows*columns)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		return g.Param(name, matrix(rows, columns, v...))
	}
	a := random("x", n[0], N)
	for l := 1; l < len(n); l++ {
		w = append(w, random("w", n[l], n[l-1]), random("b", n[l], 1))
		a = ops.Bias(w[len(w)-1], ops.MatMul(w[len(w)-2], a))
		if l < len(n)-1 {
			a = ops.ReLU(a)
		}
	}
	y := ops.GreaterEqual(random("y", 1, N), g.Const(0))
	return ops.Mean(ops.LogLoss(ops.Sigmoid(a), y)), w
}

// What is linear in the tests is linear in time: 1000 layers cost at most 12
// times what 100 do.
func BenchmarkChain(b *testing.B) {
	for _, L := range []int{100, 1000} {
		b.Run(fmt.Sprint(L), func(b *testing.B) {
			for b.Loop() {
				c := newChain(tensor.Float32, L, 16, 32)
				outputs := slices.Concat([]*node{c.j}, c.gradient(), c.jvp(), c.hessian())
				p, err := graph.Compile(outputs...)
				check(err)
				if len(outputs[1].String()) == 0 || len(p.String()) == 0 {
					b.Fatal("nothing is printed")
				}
			}
		})
	}
}
