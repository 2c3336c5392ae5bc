package ops_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// The correction is PyTorch's (1.13, unbiased=True) and NumPy's ddof.
func TestCorrection(t *testing.T) {
	for _, c := range []struct {
		name       string
		f          func(x *node, c float64, axes ...int) *node
		correction float64
		value      float64
		gradient   []float64
	}{
		{"var", ops.CorrectedVariance, 0, 2.1875, []float64{-0.875, -0.375, 0.125, 1.125}},
		{"var", ops.CorrectedVariance, 1, 2.9166666666666665, []float64{-1.1666666666666665, -0.5, 0.16666666666666666, 1.5}},
		{"var", ops.CorrectedVariance, 3, 8.75, []float64{-3.5, -1.5, 0.5, 4.5}}, // by hand: Σ(x−2.75)² = 8.75
		{"std", ops.CorrectedStd, 0, 1.479019945774904, []float64{-0.2958039891549808, -0.1267731382092775, 0.042257712736425826, 0.3803194146278324}},
		{"std", ops.CorrectedStd, 1, 1.707825127659933, []float64{-0.3415650255319866, -0.14638501094227996, 0.04879500364742666, 0.43915503282683993}},
	} {
		for _, dtype := range floatTypes {
			g := graph.NewOf(dtype)
			x := matrix(g, "x", []float64{1, 2, 3, 5})
			y := c.f(x, c.correction)
			got := computed(t, y, graph.Gradient(y, x)[0])
			at := fmt.Sprintf("%s with correction %g, %v: ", c.name, c.correction, dtype)
			expect(t, at+"value", got[0][0], c.value, dtype)
			for i, want := range c.gradient {
				expect(t, at+"gradient", got[1][i], want, dtype)
			}
		}
	}
}

// Where x is constant the gradient of a standard deviation is exactly 0, as PyTorch's,
// also where the mean of x is rounded; that of a line beside it is not. Its square is
// the variance, with the Hessian 2(v − mean(v))/n.
func TestStdOfConstant(t *testing.T) {
	for _, dtype := range floatTypes {
		for _, v := range []float64{0, 2, 0.1, -1e9 / 3, 1e-30} {
			for _, n := range []int{1, 3, 7, 10, 1000} {
				g := graph.NewOf(dtype)
				ramp := make([]float64, n)
				for i := range ramp {
					ramp[i] = float64(i)
				}
				x, ξ := matrix(g, "x", slices.Repeat([]float64{v}, n), ramp), matrix(g, "v", ramp, ramp)
				std := ops.Std(x, 1)
				dx := graph.Gradient(ops.Sum(std), x)[0]
				hv := graph.HVP(ops.Sum(ops.Square(std)), []*node{x}, []*node{ξ})[0]
				got := computed(t, std, dx, hv)
				if slices.ContainsFunc(got[1][:n], func(d float64) bool { return d != 0 }) || got[0][0] != 0 {
					t.Errorf("%v, %d times %g: std %g with gradient %g", dtype, n, v, got[0][0], got[1][:n])
				}
				if n > 1 && got[1][n] == 0 {
					t.Errorf("%v: gradient 0 of a ramp", dtype)
				}
				for i, d := range got[2] {
					expect(t, fmt.Sprintf("%v, %d times %g: HVP of the square", dtype, n, v), d, 2*(ramp[i%n]-float64(n-1)/2)/float64(n), dtype)
				}
			}
		}
	}
}

// No more entries than the correction is an error: of the constructor, or of Run where
// it is a matter of the number of examples.
func TestDegreesOfFreedom(t *testing.T) {
	g := graph.New()
	fixed, x := g.Input("fixed", 1, 3), g.Input("x", 2, batch)
	for name, y := range map[string]*node{
		"1 − 1": ops.CorrectedVariance(fixed, 1, 0), "3 − 3": ops.CorrectedStd(fixed, 3), "3 − 4": ops.CorrectedVariance(fixed, 4),
		"NaN": ops.CorrectedStd(x, math.NaN(), 1), "−Inf": ops.CorrectedVariance(x, math.Inf(-1), 1), "Inf": ops.CorrectedVariance(fixed, math.Inf(1)),
	} {
		if err := y.Err(); !errors.Is(err, graph.ErrValue) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := ops.Std(fixed, 2).Err(); !errors.Is(err, graph.ErrAxis) {
		t.Errorf("no such axis: %v", err)
	}
	p, err := graph.Compile(ops.CorrectedVariance(x, 1, 1))
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{1: "1 entries with a correction of 1", 2: ""} {
		err := errors.Join(p.Feed(x, dense(g.Dtype(), make([]float64, 2*n), 2, n)), p.Run())
		if (err == nil) != (want == "") || err != nil && (!errors.Is(err, graph.ErrValue) || !strings.Contains(err.Error(), want)) {
			t.Errorf("N = %d: %v", n, err)
		}
	}
}
