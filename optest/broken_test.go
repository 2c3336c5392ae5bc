package optest_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"

	"gorgonia.org/tensor"
)

type (
	node  = graph.Node
	shape = graph.Shape
)

// A recorder is an optest.T that keeps what it is told.
type recorder struct{ errors, logs []string }

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}
func (r *recorder) Logf(format string, args ...any) {
	r.logs = append(r.logs, fmt.Sprintf(format, args...))
}

// check runs Check and returns what it reports.
func check(op optest.Op) (errors string, report optest.Report) {
	r := &recorder{}
	report = optest.Check(r, op)
	return strings.Join(r.errors, "\n"), report
}

// square is z ↦ z², an op whose parts a test replaces by broken ones.
//
//	d(ξ) = 2z⊙ξ     r(ζ) = 2z⊙ζ
type square struct {
	shape   func(s ...shape) (shape, error)
	forward func(y *tensor.Dense, x ...*tensor.Dense)
	reverse func(y, ζ *node) []*node
	d       func(y *node, ξ ...*node) *node
}

func (*square) String() string { return "square" }

func (op *square) Shape(s ...shape) (shape, error) {
	if op.shape != nil {
		return op.shape(s...)
	}
	return s[0], nil
}

func (op *square) Kernel() compute.Kernel {
	if op.forward != nil {
		return compute.Loop(op.forward, op.forward)
	}
	return compute.Loop(squares[float32], squares[float64])
}

// squared is what the kernel of an unbroken square does.
func squared(y *tensor.Dense, x ...*tensor.Dense) {
	if y.Dtype() == tensor.Float32 {
		squares[float32](y, x...)
	} else {
		squares[float64](y, x...)
	}
}

func squares[T compute.Float](y *tensor.Dense, x ...*tensor.Dense) {
	in, out := compute.Data[T](x[0]), compute.Data[T](y)
	for i, v := range in {
		out[i] = v * v
	}
}

func (op *square) Reverse(y, ζ *node) []*node {
	if op.reverse != nil {
		return op.reverse(y, ζ)
	}
	return []*node{ops.Scale(2, ops.Mul(y.In(0), ζ))}
}

func (op *square) Differential(y *node, ξ ...*node) *node {
	if op.d != nil {
		return op.d(y, ξ...)
	}
	return ops.Scale(2, ops.Mul(y.In(0), ξ[0]))
}

func (op *square) row() optest.Op {
	return optest.Op{
		Name:  "square",
		F:     func(x ...*node) *node { return graph.Apply(op, x...) },
		Entry: func(x ...float64) float64 { return x[0] * x[0] },
	}
}

// alter returns a loop that computes the squares and then changes entries.
func alter(f func(i int, y float64, single bool) float64) func(y *tensor.Dense, x ...*tensor.Dense) {
	return func(y *tensor.Dense, x ...*tensor.Dense) {
		squared(y, x...)
		if y.Dtype() == tensor.Float32 {
			for i, v := range y.Float32s() {
				y.Float32s()[i] = float32(f(i, float64(v), true))
			}
			return
		}
		for i, v := range y.Float64s() {
			y.Float64s()[i] = f(i, v, false)
		}
	}
}

var sink []float64

// Every mistake in an op is reported as a breach of the law that it breaks, with
// what it usually means.
func TestBrokenSquare(t *testing.T) {
	calls := 0.
	for name, test := range map[string]struct {
		op   square
		law  optest.Law
		text string
	}{
		"sign of r": {square{reverse: func(y, ζ *node) []*node {
			return []*node{ops.Scale(-2, ops.Mul(y.In(0), ζ))}
		}}, optest.Reverse, "the sign of rF is wrong"},
		"sign of d": {square{d: func(y *node, ξ ...*node) *node {
			return ops.Scale(-2, ops.Mul(y.In(0), ξ[0]))
		}}, optest.Differential, "the sign of dF is wrong"},
		"r is not the adjoint of d": {square{reverse: func(y, ζ *node) []*node {
			return []*node{ops.Scale(2.001, ops.Mul(y.In(0), ζ))}
		}}, optest.Adjoint, "the left side gives"},
		"lost factor": {square{reverse: func(y, ζ *node) []*node {
			return []*node{ops.Mul(y.In(0), ζ)}
		}}, optest.Reverse, "rF is 0.5 times what it should be"},
		"nil cotangent": {square{reverse: func(_, _ *node) []*node {
			return []*node{nil}
		}}, optest.Reverse, "does the rule return nil for it"},
		"too many cotangents": {square{reverse: func(_, ζ *node) []*node {
			return []*node{ζ, ζ}
		}}, optest.Reverse, "one cotangent for each input"},
		"second order": {square{reverse: func(y, ζ *node) []*node {
			return []*node{ops.Scale(2, ops.Mul(ops.StopGradient(y.In(0)), ζ))}
		}}, optest.SecondOrder, "r(rF) is zero, but the output depends on this input"},
		"r clips": {square{reverse: func(y, ζ *node) []*node {
			return []*node{ops.Scale(2, ops.Mul(y.In(0), ops.Clip(ζ, -9, 9)))}
		}}, optest.Linear, "is it clipped"},
		"r of both signs alike": {square{reverse: func(y, ζ *node) []*node {
			return []*node{ops.Scale(2, ops.Mul(y.In(0), ops.Abs(ζ)))}
		}}, optest.Linear, "r(αζ₁+βζ₂)"},
		"wrong value": {square{forward: alter(func(i int, y float64, _ bool) float64 {
			return y + 1e-9
		})}, optest.Value, "the reference"},
		"wrong float32": {square{forward: alter(func(i int, y float64, single bool) float64 {
			if single {
				return y * 1.001
			}
			return y
		})}, optest.Float32, "float64"},
		"changes its input": {square{forward: func(y *tensor.Dense, x ...*tensor.Dense) {
			squared(y, x...)
			if y.Dtype() == tensor.Float64 {
				x[0].Float64s()[0] += 1e-15
			}
		}}, optest.Pure, "inputs, entry 0: after the run"},
		"keeps state": {square{forward: alter(func(_ int, y float64, _ bool) float64 {
			calls += 1e-15
			return y + calls
		})}, optest.Pure, "a second run"},
		"depends on y": {square{forward: func(y *tensor.Dense, x ...*tensor.Dense) {
			first := y.Dtype() == tensor.Float64 && y.Float64s()[0] == 1e30
			squared(y, x...)
			if first {
				y.Float64s()[0]++
			}
		}}, optest.Pure, "onto a y full of 1e30"},
		"allocates": {square{forward: func(y *tensor.Dense, x ...*tensor.Dense) {
			sink = make([]float64, 2)
			squared(y, x...)
		}}, optest.NoAllocation, "in [square]"},
		"swallows NaN": {square{forward: alter(func(_ int, y float64, _ bool) float64 {
			if y >= 0 {
				return y
			}
			return 0
		})}, optest.Specials, "NaN is swallowed"},
		"caps infinity": {square{forward: alter(func(_ int, y float64, _ bool) float64 {
			return math.Min(y, math.MaxFloat32)
		})}, optest.Specials, "the reference gives +Inf"},
		"wrong shape": {square{shape: func(s ...shape) (shape, error) {
			return graph.ShapeOf(append([]int{1}, s[0].Dims()...)...), nil
		}}, optest.Reverse, "a tangent of the output's shape"},
		"panics": {square{shape: func(s ...shape) (shape, error) {
			_ = s[0].Dims()[:3]
			return s[0], nil
		}}, optest.Value, "panic"},
		"forward panics": {square{forward: func(y *tensor.Dense, x ...*tensor.Dense) {
			if y.Shape().Dims() > 3 {
				panic("rank")
			}
			squared(y, x...)
		}}, optest.BadInput, "panic: rank"},
		"error of no kind": {square{shape: func(s ...shape) (shape, error) {
			if s[0].Rank() > 2 {
				return s[0], fmt.Errorf("no")
			}
			return s[0], nil
		}}, optest.BadInput, "wraps neither"},
		"reverse fails": {square{reverse: func(y, ζ *node) []*node {
			if y.Shape().Rank() > 2 {
				return graph.NoDerivative(y)
			}
			return (&square{}).Reverse(y, ζ)
		}}, optest.BadInput, "its derivatives fail"},
	} {
		t.Run(name, func(t *testing.T) {
			errors, report := check(test.op.row())
			if report.Failures == 0 {
				t.Fatal("not reported")
			}
			for _, want := range []string{fmt.Sprintf("breaks the law %q", test.law), test.text} {
				if !strings.Contains(errors, want) {
					t.Errorf("no %q in\n%s", want, errors)
				}
			}
		})
	}
}

// The op itself breaks no law.
func TestSquare(t *testing.T) {
	errors, report := check((&square{}).row())
	if report.Failures != 0 || errors != "" || report.Exemptions != 0 {
		t.Errorf("%v\n%s", report, errors)
	}
	if report.Ops() != 1 || report.Checks < 100 {
		t.Errorf("%v: few checks", report)
	}
}

// Of one entry every wrong derivative is some number times the right one: that is
// a lost factor only where the number, or one over it, is whole.
func TestFactorOfOneEntry(t *testing.T) {
	for factor, hint := range map[float64]bool{1: true, 6: true, 2.6: false} { // in the place of 2
		op := square{reverse: func(y, ζ *node) []*node {
			return []*node{ops.Scale(factor, ops.Mul(y.In(0), ζ))}
		}}
		row := op.row()
		row.Shapes = [][][]int{{{1}}}
		errors, report := check(row)
		if report.Failures == 0 || strings.Contains(errors, "is a factor lost") != hint {
			t.Errorf("%g for 2: %d failures\n%s", factor, report.Failures, errors)
		}
	}
}
