package adjoint_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Where |z| is large σ(z) rounds to 0 or 1 and a softmax to a corner, and the
// formulas of the document become 0·∞ if they are computed as they stand. Here
// their values, gradients and Hessian·v are held against the limits, in both
// float types.

// A saturated case is a scalar J of logits z, with plain references for J, its
// gradient and its Hessian·v.
type saturated struct {
	name string
	j    func(z, y *node) *node
	want func(z, y, v []float64) (j float64, gradient, hv []float64)
}

// assert holds the case against its reference at the m×N logits z, for targets y.
func (c saturated) assert(t *testing.T, m int, z, y, v []float64) {
	t.Helper()
	j, gradient, hv := c.want(z, y, v)
	for dtype, tolerance := range map[tensor.Dtype]float64{tensor.Float64: exact, tensor.Float32: 1e-5} {
		g := graph.NewOf(dtype)
		leaf := func(name string, v []float64) *node { return g.Param(name, denseOf(dtype, m, v)) }
		zs, ys, vs := leaf("z", z), leaf("y", y), leaf("v", v)
		J := c.j(zs, ys)
		wrt := []*node{zs}
		got := evaluate(t, J, graph.Gradient(J, zs)[0], graph.HVP(J, wrt, []*node{vs})[0])
		what := fmt.Sprintf("%s at z = %g, y = %g, %v: ", c.name, z, y, dtype)
		for i, want := range [][]float64{{j}, gradient, hv} {
			within(t, what+[]string{"J", "gradient", "Hessian·v"}[i], got[i], want, tolerance*max(1, largest(want)))
		}
	}
}

// denseOf returns a matrix of m rows of the given float type.
func denseOf(dtype tensor.Dtype, m int, v []float64) *tensor.Dense {
	if dtype == tensor.Float64 {
		return matrix(m, len(v)/m, append([]float64(nil), v...)...)
	}
	v32 := make([]float32, len(v))
	for i := range v {
		v32[i] = float32(v[i])
	}
	return tensor.New(tensor.WithShape(m, len(v)/m), tensor.WithBacking(v32))
}

// logisticOf is σ(z) and σ'(z), each without cancellation.
func logisticOf(z float64) (a, prime float64) {
	e := math.Exp(-math.Abs(z))
	a, prime = 1/(1+e), e/((1+e)*(1+e))
	if z < 0 {
		a = e / (1 + e)
	}
	return a, prime
}

// logLossOf is Σ L(σ(z), y), its gradient and its Hessian·v.
func logLossOf(z, y, v []float64) (j float64, gradient, hv []float64) {
	for i, z := range z {
		a, prime := logisticOf(z)
		j += math.Max(z, 0) - y[i]*z + math.Log1p(math.Exp(-math.Abs(z)))
		gradient, hv = append(gradient, a-y[i]), append(hv, prime*v[i])
	}
	return j, gradient, hv
}

// withSquares adds ½Σσ(z)² to logLossOf.
func withSquares(z, y, v []float64) (j float64, gradient, hv []float64) {
	j, gradient, hv = logLossOf(z, y, v)
	for i, z := range z {
		a, prime := logisticOf(z)
		j += a * a / 2
		gradient[i] += a * prime
		hv[i] += (prime*prime + a*prime*(1-2*a)) * v[i]
	}
	return j, gradient, hv
}

// writtenOut is −Σ [y log a + (1−y) log(1−a)].
func writtenOut(a, y *node) *node {
	return ops.Neg(ops.Sum(ops.Add(ops.Mul(y, ops.Log(a)), ops.Mul(ops.OneMinus(y), ops.Log(ops.OneMinus(a))))))
}

// σ(z) as 2.1.1 writes it.
func sigmoidWrittenOut(z *node) *node {
	return ops.Div(z.Graph().Const(1), ops.Add(z.Graph().Const(1), ops.Exp(ops.Neg(z))))
}

// σ(z) as 2.1.2 writes it: ½(tanh(z/2)+1).
func sigmoidByTanh(z *node) *node {
	return ops.Scale(0.5, ops.Add(ops.Tanh(ops.Scale(0.5, z)), z.Graph().Const(1)))
}

func halfSquares(a *node) *node { return ops.Scale(0.5, ops.Sum(ops.Square(a))) }

func TestSaturatedSigmoid(t *testing.T) {
	cases := []saturated{
		{"Σσ(z)", func(z, _ *node) *node { return ops.Sum(ops.Sigmoid(z)) }, func(z, _, v []float64) (j float64, gradient, hv []float64) {
			for i, z := range z {
				a, prime := logisticOf(z)
				j += a
				gradient, hv = append(gradient, prime), append(hv, prime*(1-2*a)*v[i])
			}
			return j, gradient, hv
		}},
		{"L(σ(z), y)", func(z, y *node) *node { return ops.Sum(ops.LogLoss(ops.Sigmoid(z), y)) }, logLossOf},
		{"L from logits", func(z, y *node) *node { return ops.Sum(ops.LogLossFromLogits(z, y)) }, logLossOf},
		{"L written out", func(z, y *node) *node { return writtenOut(ops.Sigmoid(z), y) }, logLossOf},
		{"L and σ written out", func(z, y *node) *node { return writtenOut(sigmoidWrittenOut(z), y) }, logLossOf},
		{"L of σ written out", func(z, y *node) *node { return ops.Sum(ops.LogLoss(sigmoidWrittenOut(z), y)) }, logLossOf},
		{"L of ½(tanh(z/2)+1)", func(z, y *node) *node { return ops.Sum(ops.LogLoss(sigmoidByTanh(z), y)) }, logLossOf},
		{"L and ½(tanh(z/2)+1) written out", func(z, y *node) *node { return writtenOut(sigmoidByTanh(z), y) }, logLossOf},
		{"L of 1 − ½(1−tanh(z/2))", func(z, y *node) *node {
			b := ops.Scale(0.5, ops.OneMinus(ops.Tanh(ops.Scale(0.5, z))))
			return ops.Sum(ops.LogLoss(ops.OneMinus(b), y))
		}, logLossOf},
		{"L with a used elsewhere", func(z, y *node) *node {
			a := ops.Sigmoid(z)
			return ops.Add(ops.Sum(ops.LogLoss(a, y)), halfSquares(a))
		}, withSquares},
		{"L written out with a used elsewhere", func(z, y *node) *node {
			a := ops.Sigmoid(z)
			return ops.Add(halfSquares(a), writtenOut(a, y))
		}, withSquares},
	}
	for _, c := range cases {
		for _, z := range []float64{-1000, -40, -1, 0, 0.5, 40, 1000} {
			for _, y := range []float64{0, 1, 0.25} {
				c.assert(t, 1, []float64{z}, []float64{y}, []float64{1.5})
			}
		}
		c.assert(t, 1, []float64{1000, -1000, 1000, -1000, 0.3}, []float64{1, 0, 0, 1, 1}, []float64{1, -2, 3, 0.5, 1})
	}
}

// softmaxOf is the softmax of the column z, and its logarithm.
func softmaxOf(z []float64) (s, log []float64) {
	top, sum := slices.Max(z), 0.0
	for _, z := range z {
		sum += math.Exp(z - top)
	}
	for _, z := range z {
		log = append(log, z-top-math.Log(sum))
		s = append(s, math.Exp(z-top)/sum)
	}
	return s, log
}

func inner(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// dSoftmax is S⊙(v − ⟨S, v⟩).
func dSoftmax(s, v []float64) []float64 {
	d, mean := make([]float64, len(s)), inner(s, v)
	for i, s := range s {
		d[i] = s * (v[i] - mean)
	}
	return d
}

// crossEntropyOf is −Σ y log softmax(z), its gradient and its Hessian·v, for
// labels that add up to 1.
func crossEntropyOf(z, y, v []float64) (j float64, gradient, hv []float64) {
	s, log := softmaxOf(z)
	for i := range z {
		j -= y[i] * log[i]
		gradient = append(gradient, s[i]-y[i])
	}
	return j, gradient, dSoftmax(s, v)
}

// entropyWithSquares adds ½Σ softmax(z)² to crossEntropyOf.
func entropyWithSquares(z, y, v []float64) (j float64, gradient, hv []float64) {
	j, gradient, hv = crossEntropyOf(z, y, v)
	s, _ := softmaxOf(z)
	ds, square := dSoftmax(s, v), inner(s, s)
	for i, g := range dSoftmax(s, s) {
		gradient[i] += g
		hv[i] += ds[i]*(s[i]-square) + s[i]*(ds[i]-2*inner(s, ds))
	}
	return j + square/2, gradient, hv
}

func TestSaturatedSoftmax(t *testing.T) {
	softmax := func(z *node) *node { return ops.Softmax(z, 0) }
	written := func(a, y *node) *node { return ops.Neg(ops.Sum(ops.Mul(y, ops.Log(a)))) }
	cases := []saturated{
		{"⟨y, softmax(z)⟩", func(z, y *node) *node { return ops.Dot(y, softmax(z)) }, func(z, y, v []float64) (j float64, gradient, hv []float64) {
			s, _ := softmaxOf(z)
			ds := dSoftmax(s, v)
			for i := range z {
				hv = append(hv, ds[i]*(y[i]-inner(s, y))-s[i]*inner(ds, y))
			}
			return inner(s, y), dSoftmax(s, y), hv
		}},
		{"cross-entropy∘softmax", func(z, y *node) *node { return ops.Sum(ops.CrossEntropy(softmax(z), y)) }, crossEntropyOf},
		{"cross-entropy from logits", func(z, y *node) *node { return ops.Sum(ops.CrossEntropyFromLogits(z, y)) }, crossEntropyOf},
		{"cross-entropy of labels", func(z, y *node) *node {
			label := ops.Add(ops.Slice(y, 0, 1, 2), ops.Scale(2, ops.Slice(y, 0, 2, 3)))
			return ops.Sum(ops.SparseCrossEntropyFromLogits(z, label))
		}, crossEntropyOf},
		{"KL∘softmax", func(z, y *node) *node { return ops.Sum(ops.KL(y, softmax(z))) }, crossEntropyOf},
		{"cross-entropy written out", func(z, y *node) *node { return written(softmax(z), y) }, crossEntropyOf},
		{"−⟨y, log softmax(z)⟩", func(z, y *node) *node { return ops.Neg(ops.Dot(y, ops.LogSoftmax(z, 0))) }, crossEntropyOf},
		{"cross-entropy with a used elsewhere", func(z, y *node) *node {
			a := softmax(z)
			return ops.Add(ops.Sum(ops.CrossEntropy(a, y)), halfSquares(a))
		}, entropyWithSquares},
		{"cross-entropy written out with a used elsewhere", func(z, y *node) *node {
			a := softmax(z)
			return ops.Add(halfSquares(a), written(a, y))
		}, entropyWithSquares},
	}
	for _, c := range cases {
		for _, z := range [][]float64{{1000, -1000, 0}, {-1000, -1000, -1000}, {1000, 1000, -1000}, {40, 0, -40}, {0.1, 0.2, -0.3}} {
			for _, y := range [][]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
				c.assert(t, 3, z, y, []float64{1, -2, 0.5})
			}
		}
	}
}

// Saturated gradients by hand, a − y, in four columns. gorgonia takes the formulas
// as they stand.
func TestSaturatedGradients(t *testing.T) {
	p := newPage(t)
	z, y := p.Param("z", matrix(1, 4, 1000, -1000, 40, -40)), p.Param("y", matrix(1, 4, 0, 1, 0, 1))
	a := ops.Sigmoid(z)
	p.gradient("saturated L", ops.Sum(ops.LogLoss(a, y)), z, ops.Sub(a, y))
	p.gradient("saturated L, written out", writtenOut(a, y), z, ops.Sub(a, y))
	z, y = p.Param("z", matrix(3, 1, 1000, -1000, 0)), p.Param("y", matrix(3, 1, 0, 1, 0))
	s := ops.Softmax(z, 0)
	p.gradient("saturated cross-entropy", ops.Sum(ops.CrossEntropy(s, y)), z, ops.Sub(s, y))
}

// A net that fits its data perfectly, every a exactly its label, trains on by
// descent for 10 000 steps and never has a NaN.
func TestPerfectFitTrainsOn(t *testing.T) {
	const steps = 10000
	for _, c := range []struct {
		name  string
		dtype tensor.Dtype
		cost  func(z, y *node) (a, j *node)
	}{
		{"L(σ(z), y)", tensor.Float64, func(z, y *node) (a, j *node) {
			a = ops.Sigmoid(z)
			return a, ops.Mean(ops.LogLoss(a, y))
		}},
		{"L(σ(z), y)", tensor.Float32, func(z, y *node) (a, j *node) {
			a = ops.Sigmoid(z)
			return a, ops.Mean(ops.LogLoss(a, y))
		}},
		{"L written out", tensor.Float64, func(z, y *node) (a, j *node) {
			a = ops.Sigmoid(z)
			return a, ops.Scale(0.25, writtenOut(a, y))
		}},
		{"cross-entropy∘softmax", tensor.Float32, func(z, y *node) (a, j *node) {
			s := ops.Softmax(ops.Concat(0, ops.Neg(z), z), 0)
			return ops.Slice(s, 0, 1, 2), ops.Mean(ops.CrossEntropy(s, ops.Concat(0, ops.OneMinus(y), y)))
		}},
	} {
		t.Run(fmt.Sprint(c.name, " ", c.dtype), func(t *testing.T) {
			g := graph.NewOf(c.dtype)
			leaf := func(name string, m int, v ...float64) *node { return g.Param(name, denseOf(c.dtype, m, v)) }
			x := leaf("x", 2, -1, -1, 1, 1, -1, 1, -1, 1)
			y := leaf("y", 1, 0, 1, 1, 0) // exclusive or
			w1, b1 := leaf("w1", 2, 30, 30, -30, -30), leaf("b1", 2, 30, 30)
			w2, b2 := leaf("w2", 1, 1000, 1000), leaf("b2", 1, -1000)
			a1 := ops.Tanh(ops.Bias(b1, ops.MatMul(w1, x)))
			a, j := c.cost(ops.Bias(b2, ops.MatMul(w2, a1)), y)
			params := []*node{w1, b1, w2, b2}
			step := graph.VJP(j, g.Const(0.5), params...)
			p, err := graph.Compile(append(step, a, j)...)
			if err != nil {
				t.Fatal(err)
			}
			for i := range steps {
				if err := p.Run(); err != nil {
					t.Fatal(err)
				}
				for k, w := range params {
					descend(w, numbers(t, p, step[k]))
				}
				if i%1000 == 0 || i == steps-1 {
					within(t, fmt.Sprintf("a after %d steps", i), numbers(t, p, a), []float64{0, 1, 1, 0}, 0)
					within(t, fmt.Sprintf("J after %d steps", i), numbers(t, p, j), []float64{0}, exact)
				}
			}
		})
	}
}

// descend is w := w − step.
func descend(w *node, step []float64) {
	v := w.Value()
	for i, s := range step {
		if v.Dtype() == tensor.Float64 {
			v.Float64s()[i] -= s
		} else {
			v.Float32s()[i] -= float32(s)
		}
	}
}
