package graph_test

import (
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// Where σ(z) rounds to 0 or 1 the literal formula has no value; the stable form,
// its gradients and its Hessian·v do, whoever else uses a.
func TestStableForms(t *testing.T) {
	for _, z := range []float64{-1000, -40, 0.3, 40, 1000} {
		for _, y := range []float64{0, 1, 0.25} {
			g := graph.New()
			zs, ys := g.Param("z", dense([]int{1, 1}, z)), g.Const(y, 1, 1)
			a := ops.Sigmoid(zs)
			j := ops.Add(ops.Sum(ops.LogLoss(a, ys)), ops.Sum(ops.Scale(0.5, ops.Mul(a, a))))
			dz := graph.Gradient(j, zs)[0]
			hv := graph.HVP(j, []*graph.Node{zs}, []*graph.Node{g.Const(1, 1, 1)})[0]
			got := eval(t, j, dz, hv)
			s := 1 / (1 + math.Exp(-z))
			prime := s * (1 - s)
			want := []float64{
				math.Max(z, 0) - y*z + math.Log1p(math.Exp(-math.Abs(z))) + s*s/2,
				s - y + s*prime,
				prime + prime*prime + s*prime*(1-2*s),
			}
			for i, w := range want {
				if math.Abs(got[i][0]-w) > 1e-14*(1+math.Abs(w)) {
					t.Errorf("z = %g, y = %g: value %d is %g, want %g", z, y, i, got[i][0], w)
				}
			}
		}
	}
}

// With respect to a itself the derivative is the literal rL, also together with
// z, whose own derivative stays stable.
func TestLiteralDerivativeInA(t *testing.T) {
	g := graph.New()
	z := g.Param("z", dense([]int{1, 1}, 0.7))
	a := ops.Sigmoid(z)
	l := ops.LogLoss(a, g.Const(1, 1, 1))
	j := ops.Sum(l)
	r := graph.Gradient(j, z, a, l)
	s := 1 / (1 + math.Exp(-0.7))
	for i, want := range []float64{s - 1, -1 / s, 1} {
		if got := eval(t, r[i])[0][0]; math.Abs(got-want) > 1e-15 {
			t.Errorf("derivative %d is %g, want %g", i, got, want)
		}
	}
	one := g.Const(1, 1, 1)
	d := graph.JVP(j, []*graph.Node{z, a}, []*graph.Node{one, one})
	if got := eval(t, d)[0][0]; math.Abs(got-(s-1-1/s)) > 1e-15 {
		t.Errorf("dJ(1, 1) = %g, want %g", got, s-1-1/s)
	}
	z.Value().Float64s()[0] = 1000 // a is 1
	if got := eval(t, r[0], r[1]); got[0][0] != 0 || got[1][0] != -1 {
		t.Errorf("at z = 1000: %v, want 0 and -1", got)
	}
}

// Stabilising visits each node once in the life of a graph: it appends nothing
// the second time.
func TestStabilisingIsDoneOnce(t *testing.T) {
	g, w, _, _, j := logistic()
	compile(t, graph.Gradient(j, w)[0])
	n := g.Len()
	compile(t, graph.Gradient(j, w)[0])
	if g.Len() != n {
		t.Errorf("%d nodes, then %d", n, g.Len())
	}
}
