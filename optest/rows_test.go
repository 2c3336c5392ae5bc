package optest_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"

	"gorgonia.org/tensor"
)

// rule is a correct op with its reverse derivative replaced.
type rule struct {
	graph.Op
	reverse func(y, ζ *node) []*node
}

func (r *rule) Reverse(y, ζ *node) []*node { return r.reverse(y, ζ) }

// withRule makes the op of F(x…) and gives it another reverse derivative.
func withRule(f func(x ...*node) *node, reverse func(y, ζ *node) []*node) func(x ...*node) *node {
	r := &rule{reverse: reverse}
	return func(x ...*node) *node {
		y := f(x...)
		if y.Err() != nil {
			return y
		}
		if r.Op == nil {
			r.Op = y.Op()
		}
		return graph.Apply(r, y.Inputs()...)
	}
}

// twin is (a, b) ↦ a⊙b with every optional reading, each of which a test may
// break.
type twin struct {
	bind   func(y *tensor.Dense, x ...*tensor.Dense) func()
	kernel func(y []float64, x ...[]float64)
	expand func(x ...*node) *node
	d      func(y *node, ξ ...*node) *node
	r      func(y, ζ *node) []*node
	stable func(y *node) *node
}

func (*twin) String() string { return "twin" }
func (*twin) Shape(s ...shape) (shape, error) {
	if s[0] != s[1] {
		return s[0], graph.ErrShape
	}
	return s[0], nil
}

func multiply[T compute.Float](y []T, x ...[]T) {
	for i := range y {
		y[i] = x[0][i] * x[1][i]
	}
}

func (op *twin) Reverse(y, ζ *node) []*node {
	if op.r != nil {
		return op.r(y, ζ)
	}
	return graph.Through(op, y, ζ)
}

func (op *twin) Expand(x ...*node) *node {
	if op.expand != nil {
		return op.expand(x...)
	}
	return ops.Mul(x[0], x[1])
}

func (op *twin) Kernel() compute.Kernel {
	switch {
	case op.bind != nil:
		bind := func(op *twin, y *tensor.Dense, x ...*tensor.Dense) func() { return op.bind(y, x...) }
		return compute.Bound(op, bind, bind)
	case op.kernel != nil:
		return compute.Entrywise(multiply[float32], op.kernel)
	}
	return compute.Entrywise(multiply[float32], multiply[float64])
}

// bound is what the kernel of an unbroken twin does.
func bound(y *tensor.Dense, x ...*tensor.Dense) func() { return (&twin{}).Kernel().Bind(y, x...).All }

func (op *twin) Stable(y *node) *node {
	if op.stable != nil {
		return op.stable(y)
	}
	return nil
}

// claims is a twin that says that it is linear in some inputs.
type claims struct {
	*twin
	in string // the numbers of the inputs
}

func (op claims) Linear() []int {
	var list []int
	for _, c := range op.in {
		list = append(list, int(c-'0'))
	}
	return list
}

// claiming is the row of a twin that says so.
func claiming(in string) optest.Op {
	row := (&twin{}).row()
	row.F = func(x ...*node) *node { return graph.Apply(claims{&twin{}, in}, x...) }
	return row
}

// stated is a twin with a further reading.
type stated struct{ *twin }

func (op stated) Differential(y *node, ξ ...*node) *node { return op.d(y, ξ...) }

func (op *twin) row() optest.Op {
	return optest.Op{
		Name: "twin",
		F: func(x ...*node) *node {
			if op.d != nil {
				return graph.Apply(stated{op}, x...)
			}
			return graph.Apply(op, x...)
		},
		Shapes: [][][]int{{{2, 3}, {2, 3}}, {{3, graph.Batch}, {3, graph.Batch}}},
		Entry:  func(x ...float64) float64 { return x[0] * x[1] },
	}
}

// treats is an op that says something else of examples.
type treats struct {
	graph.Op
	how graph.Treatment
}

func (op treats) Examples(int, ...shape) graph.Treatment { return op.how }

// totals is ops.Sum, or an op like it, over the examples.
func totals(f func(x *node, axes ...int) *node, how graph.Treatment, value func(sum, n float64) float64) optest.Op {
	return optest.Op{
		Name:   "totals",
		F:      func(x ...*node) *node { return graph.Apply(treats{f(x[0], 1).Op(), how}, x...) },
		Shapes: [][][]int{{{2, graph.Batch}}},
		Value: func(x ...optest.Array) optest.Array {
			n := x[0].Dims[1]
			return optest.ArrayOf([]int{2}, func(i []int) (s float64) {
				for j := range n {
					s += x[0].At(i[0], j)
				}
				return value(s, float64(n))
			})
		},
	}
}

// sums is ops.Bias or an op like it, at shapes that it broadcasts.
func sums(f func(x ...*node) *node) optest.Op {
	return optest.Op{Name: "sums", F: f, Shapes: [][][]int{{{3, 1}, {3, 4}}},
		Entry: func(x ...float64) float64 { return x[0] + x[1] }}
}

func matMul(f func(x ...*node) *node) optest.Op {
	return optest.Op{Name: "matMul", F: f, Shapes: [][][]int{{{3, 3}, {3, 3}}}, Value: func(x ...optest.Array) optest.Array {
		return optest.ArrayOf([]int{3, 3}, func(i []int) (s float64) {
			for k := range 3 {
				s += x[0].At(i[0], k) * x[1].At(k, i[1])
			}
			return s
		})
	}}
}

// Every mistake in an op of two inputs, or in a row, is reported.
func TestBrokenRows(t *testing.T) {
	bias, mul := optest.Binary(ops.Bias), optest.Binary(ops.MatMul)
	labelled := func(f func(x ...*node) *node) optest.Op {
		return optest.Op{Name: "labelled", F: f, Shapes: [][][]int{{{3}, {3}}},
			Domains: []optest.Domain{optest.Between(-1, 1), optest.Values(0, 1)},
			Entry:   func(x ...float64) float64 { return x[0] * x[1] }}
	}
	with := func(op optest.Op, change func(*optest.Op)) optest.Op {
		change(&op)
		return op
	}
	for name, test := range map[string]struct {
		op   optest.Op
		law  optest.Law
		text string
	}{
		"no sum over a broadcast axis": {sums(withRule(bias, func(_, ζ *node) []*node {
			return []*node{ζ, ζ}
		})), optest.Reverse, "is a sum over a broadcast axis missing"},
		"sum of one column": {sums(withRule(bias, func(_, ζ *node) []*node {
			return []*node{ops.Slice(ζ, 1, 0, 1), ζ}
		})), optest.Reverse, "are terms of a sum missing"},
		"mean for sum": {sums(withRule(bias, func(z, ζ *node) []*node {
			return []*node{ops.Scale(0.25, ops.SumTo(ζ, z.In(0).Shape())), ζ}
		})), optest.Reverse, "rF is 0.25 times"},
		"missing transpose": {matMul(withRule(mul, func(y, ζ *node) []*node {
			return []*node{ops.T(ops.MatMul(ζ, ops.T(y.In(1)))), ops.MatMul(ops.T(y.In(0)), ζ)}
		})), optest.Reverse, "but for a transpose of this input"},
		"inputs exchanged": {matMul(withRule(mul, func(y, ζ *node) []*node {
			return []*node{ops.MatMul(ops.T(y.In(0)), ζ), ops.MatMul(ζ, ops.T(y.In(1)))}
		})), optest.Reverse, "r gives"},
		"a sum, not a mean": {
			totals(ops.Sum, graph.Averaged, func(sum, _ float64) float64 { return sum }), optest.Examples, "in the way Averaged",
		},
		"a mean, not a sum": {
			totals(ops.Mean, graph.Summed, func(sum, n float64) float64 { return sum / n }), optest.Examples, "in the way Summed",
		},
		"examples are mixed": {optest.Op{
			Name:   "shares",
			F:      func(x ...*node) *node { return graph.Apply(treats{ops.Softmax(x[0], 1).Op(), graph.Independent}, x...) },
			Shapes: [][][]int{{{1, graph.Batch}}},
			Value: func(x ...optest.Array) optest.Array {
				return optest.ArrayOf(x[0].Dims, func(i []int) float64 {
					total := 0.
					for j := range x[0].Dims[1] {
						total += math.Exp(x[0].At(0, j))
					}
					return math.Exp(x[0].At(0, i[1])) / total
				})
			},
		}, optest.Examples, "in the way Independent"},
		"kernel": {(&twin{kernel: func(y []float64, x ...[]float64) {
			multiply(y, x...)
			y[0] *= 1 + 0x1p-50
		}}).row(), optest.Kernels, "the kernel of twin in 3 parts"},
		"not in place": {(&twin{kernel: func(y []float64, x ...[]float64) {
			copy(y, x[0])
			for i := range y {
				y[i] *= x[1][i]
			}
		}}).row(), optest.Kernels, "in place of input 1"},
		"bind": {(&twin{bind: func(y *tensor.Dense, x ...*tensor.Dense) func() {
			first, run := true, bound(y, x...)
			return func() {
				run()
				if !first && y.Dtype() == tensor.Float64 {
					y.Float64s()[0]++
				}
				first = false
			}
		}}).row(), optest.Kernels, "the kernel of twin, run again"},
		"bind remembers": {(&twin{bind: func(y *tensor.Dense, x ...*tensor.Dense) func() {
			early := x[0].Clone().(*tensor.Dense)
			return bound(y, early, x[1])
		}}).row(), optest.Value, "F gives"},
		"definition": {(&twin{expand: func(x ...*node) *node { return ops.Add(x[0], x[1]) }, r: func(y, ζ *node) []*node {
			return []*node{ops.Mul(y.In(1), ζ), ops.Mul(y.In(0), ζ)}
		}}).row(), optest.Definition, "its definition"},
		"stable form": {(&twin{stable: func(y *node) *node {
			return ops.Mul(y.In(0), ops.Scale(1.0001, y.In(1)))
		}}).row(), optest.Definition, "twin gives"},
		"nil tangent": {(&twin{d: func(y *node, ξ ...*node) *node {
			if ξ[0] == nil || ξ[1] == nil {
				return nil
			}
			return ops.Add(ops.Mul(y.In(1), ξ[0]), ops.Mul(y.In(0), ξ[1]))
		}}).row(), optest.Subsets, "a nil ξ[i] is zero"},
		"linear in both, not together": {claiming("01"), optest.Linear, "twin, which says that it is linear"},
		"linear in all":                {claiming(""), optest.Linear, "twin, which says that it is linear"},
		"linear in one, not the other": {claiming("0"), optest.Differential, "F"},
		"linear in no such input":      {claiming("2"), optest.Linear, "its input 2 of 2"},
		"inputs that are not independent": {(&twin{r: func(y, ζ *node) []*node {
			a, b := y.In(0), y.In(1)
			return graph.VJP(ops.Mul(a, b), ζ, a, b)
		}}).row(), optest.Independent, "graph.Through"},
		"derivative by a label": {labelled(optest.Binary(ops.Mul)), optest.Reverse, "so r is nil there"},
		"batch size": {with((&twin{}).row(), func(op *optest.Op) {
			op.F = func(x ...*node) *node {
				if y := ops.Mul(x[0], x[1]); y.Shape().Rank() != 2 || y.Shape().Dim(1) == graph.Batch {
					return y
				}
				return ops.Mul(x[0], x[0])
			}
			op.Shapes = [][][]int{{{3, graph.Batch}, {3, graph.Batch}}}
		}), optest.Batches, "the graph without"},
		"stated": {with((&square{}).row(), func(op *optest.Op) {
			op.Points = []optest.Point{{X: [][]float64{{3}}, Y: []float64{9}, R: [][]float64{{7}}, Why: "by hand"}}
		}), optest.Stated, "the row (by hand) 7"},
		"shape of the value": {with((&square{}).row(), func(op *optest.Op) {
			op.Entry, op.Value = nil, func(x ...optest.Array) optest.Array { return optest.Scalar(x[0].Data[0]) }
		}), optest.Value, "the value has shape"},
		"refused shapes": {with((&twin{}).row(), func(op *optest.Op) {
			op.Shapes = [][][]int{{{2}, {3}}}
		}), optest.Value, "the op refuses these shapes"},
		"shapes of a row that lists none": {with((&square{}).row(), func(op *optest.Op) {
			op.Shapes, op.F = nil, func(x ...*node) *node { return ops.MatMul(x[0], x[0]) }
		}), optest.Value, "Shapes says which shapes this one takes"},
		"a failed node": {with((&square{}).row(), func(op *optest.Op) {
			good := op.F
			op.F = func(x ...*node) *node {
				if x[0].Err() != nil {
					return graph.New().Const(1)
				}
				return good(x...)
			}
		}), optest.BadInput, "is a failed node"},
		"nil node": {with((&square{}).row(), func(op *optest.Op) {
			good := op.F
			op.F = func(x ...*node) *node {
				_ = x[0].Name()
				return good(x...)
			}
		}), optest.BadInput, "nil pointer"},
		"no function": {optest.Op{Name: "nothing"}, optest.Value, "no F"},
		"kink in the domain": {optest.Op{Name: "abs", F: optest.Unary(ops.Abs), Domains: []optest.Domain{optest.Between(-0.1, 0.1)},
			Shapes: [][][]int{{{40}}, {{39}}, {{38}}}, Entry: func(x ...float64) float64 { return max(x[0], -x[0]) }}, optest.Differential, "is the domain smooth here?"},
	} {
		t.Run(name, func(t *testing.T) {
			errors, report := check(test.op)
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

// The ops that the broken ones are made from break no law.
func TestRows(t *testing.T) {
	for _, op := range []optest.Op{
		(&twin{}).row(), (&twin{bind: bound}).row(),
		sums(optest.Binary(ops.Bias)), matMul(optest.Binary(ops.MatMul)),
	} {
		if errors, report := check(op); report.Failures != 0 {
			t.Errorf("%v\n%s", report, errors)
		}
	}
}

// An exemption is counted, and one without need or reason is a failure.
func TestExemptions(t *testing.T) {
	wrong := square{reverse: func(y, ζ *node) []*node { return []*node{ops.Scale(2, ops.Mul(y.In(0), ops.Clip(ζ, -9, 9)))} }}
	row := wrong.row()
	row.Exempt = map[optest.Law]string{optest.Linear: "it clips"}
	errors, report := check(row)
	if strings.Contains(errors, `"linear"`) || report.Exemptions != 1 {
		t.Errorf("%v\n%s", report, errors)
	}

	row = (&square{}).row()
	row.Exempt = map[optest.Law]string{optest.Linear: "it clips"}
	if errors, report = check(row); report.Failures != 1 || !strings.Contains(errors, "remove the exemption") {
		t.Errorf("%v\n%s", report, errors)
	}
	for _, exempt := range []map[optest.Law]string{{optest.Linear: ""}, {"gravity": "it flies"}} {
		row.Exempt = exempt
		if errors, report = check(row); report.Failures != 1 || !strings.Contains(errors, "want a law and a reason") {
			t.Errorf("%v\n%s", report, errors)
		}
	}

	row = optest.Op{F: optest.Unary(ops.Square)}
	if errors, report = check(row); report.Failures != 0 || report.Exemptions != 1 {
		t.Errorf("without a reference: %v\n%s", report, errors)
	}
}

// Reports add up, and count an op once.
func TestReport(t *testing.T) {
	var total optest.Report
	for _, name := range []string{"square", "square(again)", "other"} {
		row := (&square{}).row()
		row.Name = name
		_, r := check(row)
		total.Add(r)
	}
	text := total.String()
	if total.Ops() != 2 || !strings.HasPrefix(text, "ops 2, checks ") || !strings.HasSuffix(text, ", exemptions 0, failures 0") {
		t.Error(text)
	}
	if !slices.Contains(optest.Laws(), optest.NoAllocation) || len(optest.Laws()) != 19 {
		t.Error(optest.Laws())
	}
}
