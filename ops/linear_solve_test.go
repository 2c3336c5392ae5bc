package ops_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Values, gradients and gradients of |gradient|² of PyTorch 1.13 in float64, as testdata/linear.py
// prints them.
func TestLinearAlgebraAsPyTorch(t *testing.T) {
	stack := numbersOf([]int{2, 3, 3}, 2, -1, 0.5, 1, 3, -0.25, 0.5, 1, 4, 1, 2, 3, 4, 5, 6, 7, 8, 10)
	for _, c := range []struct {
		name            string
		f               func(a *node) *node
		at, weights     *tensor.Dense
		value, gradient []float64
		second          []float64
	}{{
		name: "Solve",
		f: func(a *node) *node {
			return ops.Solve(a, a.Graph().Constant("b", numbersOf([]int{2, 3, 2}, 1, 2, 0, -1, 3, 0.5, 1, 0, 0, 1, 2, -2)))
		},
		at: stack, weights: numbersOf([]int{2, 3, 2}, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7),
		value: []float64{0.299559471365639, 0.682819383259912, -0.039647577092511, -0.54625550660793, 0.722466960352423, 0.176211453744493,
			1.33333333333333, -3.33333333333333, -4.66666666666667, 7.66666666666667, 3, -4},
		gradient: []float64{1.22732830056861, -0.694637970851365, 1.24326107628714, 0.925187758349667, -0.504026858662113, 1.00044635059869,
			-0.2662966484892, 0.191891944342021, -0.136932601059597, 2.88888888888889, -3.44444444444444, 0.666666666666663,
			1.11111111111111, -2.55555555555556, 1.33333333333333, 0, 0, 0},
		second: []float64{-6.38469407202241, 0.939736062685103, -1.54658250919495, -2.65354741010994, -0.559278488766776, 1.12949959226803,
			-0.208890604842781, 0.582700623422737, -1.11747061644697, 50.8477366255144, -48.1893004115227, 2.79012345679019,
			175.621399176955, -244.600823045267, 72.1728395061727, -77.1358024691357, 110.567901234568, -34.074074074074},
	}, {
		name: "Det", f: ops.Det, at: stack, weights: numbersOf([]int{2}, 1, 1),
		value:    []float64{28.375, -3},
		gradient: []float64{12.25, -4.125, -0.5, 4.5, 7.75, -2.5, -1.25, 1, 7, 2, 2, -3, 4, -11, 6, -3, 6, -3},
		second: []float64{109.5, -51.875, 10.75, 47, 127.75, -30.125, 2.3125, 19.625, 121.75,
			-418, -8, 296, -40, 94, -28, 144, -36, -34},
	}, {
		name: "LogDet", f: ops.LogDet, at: stack, weights: numbersOf([]int{2}, 1, 1),
		value: []float64{3.34550847580157, 1.09861228866811},
		gradient: []float64{0.431718061674009, -0.145374449339207, -0.0176211453744493, 0.158590308370044, 0.273127753303965, -0.0881057268722467,
			-0.0440528634361233, 0.0352422907488987, 0.246696035242291, -0.666666666666667, -0.666666666666667, 1,
			-1.33333333333333, 3.66666666666667, -2, 1, -2, 1},
		second: []float64{-0.191568102919335, 0.0458741722188344, 0.0267218758728138, -0.0619566433785244, -0.0485697160565587, 0.0294350309389101,
			0.0362975965888247, -0.0023657180170475, -0.0359665738885498, -10.2962962962963, 35.2592592592593, -21.3333333333333,
			67.8518518518519, -188.37037037037, 105.333333333333, -38.2222222222222, 104.444444444444, -58},
	}, {
		name: "Cholesky", f: ops.Cholesky,
		at: numbersOf([]int{3, 3}, 4, 1, -0.5, 1, 3, 0.25, -0.5, 0.25, 2), weights: numbersOf([]int{3, 3}, 1, 0, 0, -2, 3, 0, 0.5, -1, 2),
		value: []float64{2, 0, 0, 0.5, 1.6583123951777, 0, -0.25, 0.226133508433323, 1.3734495390671},
		gradient: []float64{0.487000527276498, -0.789896644205639, 0.316210929800703, -0.789896644205639, 0.959188150109562, -0.400796853425988,
			0.316210929800703, -0.400796853425988, 0.728093731553645},
		second: []float64{-0.728152824004648, 0.843021222785972, -0.538298113222121, 0.843021222785971, -0.767944376695849, 0.618977840818702,
			-0.538298113222121, 0.618977840818702, -0.386922656320517},
	}} {
		g := graph.New()
		a := g.Input("a", c.at.Shape()...)
		y := c.f(a)
		first := graph.Gradient(ops.Dot(y, g.Constant("w", c.weights)), a)[0]
		second := graph.Gradient(ops.Dot(first, first), a)[0]
		got := valuesFor(t, map[*node]*tensor.Dense{a: c.at}, y, first, second)
		for i, want := range [][]float64{c.value, c.gradient, c.second} {
			for k, v := range want {
				if math.Abs(got[i][k]-v) > 1e-11*(1+math.Abs(v)) {
					t.Errorf("%s: %s, entry %d is %.15g, want %.15g", c.name, []string{"value", "gradient", "second order"}[i], k, got[i][k], v)
				}
			}
		}
	}
}

// By hand: the cofactors of ((1, 2), (2, 4)) are ((4, −2), (−2, 1)), and those of a matrix of
// rank 1 of three rows are all 0.
func TestGradientOfDetOfSingularMatrices(t *testing.T) {
	for _, c := range []struct{ a, want *tensor.Dense }{
		{numbersOf([]int{2, 2}, 1, 2, 2, 4), numbersOf([]int{2, 2}, 4, -2, -2, 1)},
		{numbersOf([]int{3, 3}, 1, 2, 3, 2, 4, 6, 3, 6, 9), numbersOf([]int{3, 3}, make([]float64, 9)...)},
	} {
		g := graph.New()
		a := g.Input("a", c.a.Shape()...)
		got := valuesFor(t, map[*node]*tensor.Dense{a: c.a}, graph.Gradient(ops.Det(a), a)[0], ops.LogDet(a))
		if !near(got[0], c.want.Float64s()) {
			t.Errorf("the gradient of det %v is %v, want %v", c.a, got[0], c.want)
		}
		if v := got[1][0]; v > -30 {
			t.Errorf("log|det %v| is %v, want -Inf or next to it", c.a, v)
		}
	}
}

// The determinant of a permutation P is 1 if it exchanges two columns an even number of times, else −1, and
// its gradient is det(P)·P: P⁻ᵀ is P.
func TestDetOfPermutations(t *testing.T) {
	for _, c := range []struct {
		of  [3]int
		det float64
	}{
		{[3]int{0, 1, 2}, 1}, {[3]int{0, 2, 1}, -1}, {[3]int{1, 0, 2}, -1}, {[3]int{1, 2, 0}, 1}, {[3]int{2, 0, 1}, 1}, {[3]int{2, 1, 0}, -1},
	} {
		p, want := make([]float64, 9), make([]float64, 9)
		for i, j := range c.of {
			p[3*i+j], want[3*i+j] = 1, c.det
		}
		a := matrix(graph.New(), "P", p[:3], p[3:6], p[6:])
		d := ops.Det(a)
		if got := computed(t, d, graph.Gradient(d, a)[0]); !near(got[0], []float64{c.det}) || !near(got[1], want) {
			t.Errorf("det of %v is %v, its gradient %v", c.of, got[0], got[1])
		}
	}
}

// What has no inverse, and what is not positive definite, is an error that says which matrix, of what is
// fed and of what is computed of it, in each Run.
func TestNoInverse(t *testing.T) {
	for _, c := range []struct {
		f    func(a *node) *node
		a    *tensor.Dense
		want string
	}{
		{ops.Inverse, numbersOf([]int{2, 2, 2}, 1, 0, 0, 1, 1, 2, 2, 4), "matrix 1 of the stack is singular"},
		{ops.Inverse, numbersOf([]int{2, 2}, 0.1, 0.2, 0.3, 0.6), "matrix 0 of the stack is singular"},
		{ops.Cholesky, numbersOf([]int{2, 2}, 1, 2, 2, 1), "matrix 0 of the stack is not positive definite"},
	} {
		for name, of := range map[string]func(a *node) *node{
			"fed":      c.f,
			"computed": func(a *node) *node { return ops.Sum(c.f(ops.Scale(2, ops.T(a)))) },
		} {
			g := graph.New()
			a := g.Input("a", c.a.Shape()...)
			y := of(a)
			p, err := graph.Compile(y)
			if err != nil {
				t.Fatal(name, err)
			}
			if err := p.Feed(a, c.a); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time nothing is fed
				if err := p.Run(); !errors.Is(err, graph.ErrValue) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v, %s: %v, want %s", c.a, name, err, c.want)
				}
			}
			if err := p.Feed(a, unitsLike(c.a)); err != nil {
				t.Fatal(err)
			}
			if err := p.Run(); err != nil {
				t.Errorf("the unit matrix, %s: %v", name, err)
			}
		}
	}
}

// unitsLike is a stack of unit matrices.
func unitsLike(a *tensor.Dense) *tensor.Dense {
	d := a.Shape()
	n, v := d[len(d)-1], make([]float64, d.TotalSize())
	for i := range v {
		if i%(n*n)%(n+1) == 0 {
			v[i] = 1
		}
	}
	return numbersOf(d, v...)
}
