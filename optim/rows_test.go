package optim_test

import (
	"errors"
	"math"
	"runtime/debug"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A lookup is a cost that reads rows of a table (11, 5) by an index, and has weights beside it.
type lookup struct {
	table, w, index, j *graph.Node
}

func newLookup(dtype tensor.Dtype, cost func(l *lookup) *graph.Node) *lookup {
	as := func(seed uint64, shape ...int) *tensor.Dense {
		if x := normal(seed, shape[0]*shape[1]); dtype == tensor.Float32 {
			return dense(narrow(x), shape...)
		} else {
			return dense(x, shape...)
		}
	}
	g := graph.NewOf(dtype)
	l := &lookup{table: g.Param("table", as(1, 11, 5)), w: g.Param("w", as(2, 5, 5)), index: g.Input("index", graph.Batch)}
	l.j = cost(l)
	return l
}

// once reads the table once.
func once(l *lookup) *graph.Node {
	rows := ops.Gather(l.table, 0, l.index) // (N, 5)
	return ops.Sum(ops.Square(ops.Tanh(ops.MatMul(rows, l.w))))
}

// A cost for each way to use a table, and whether its gradient has rows.
var lookups = map[string]func(l *lookup) *graph.Node{
	"once": once,
	"a penalty": func(l *lookup) *graph.Node {
		return ops.Add(once(l), ops.Scale(0.1, ops.Sum(ops.Square(l.table))))
	},
	"a tied table": func(l *lookup) *graph.Node {
		return ops.Sum(ops.Square(ops.MatMul(l.table, ops.Tanh(ops.T(ops.Gather(l.table, 0, l.index))))))
	},
}

// reading are indices with rows that are read twice, and others that never are.
var reading = [][]float64{{3, 0, 3, 9, 4, 3}, {4}, {0, 9, 9, 1, 1, 2, 3, 9}, {10, 10}}

func (l *lookup) feed(t testing.TB, o *optim.Optimizer, index []float64) {
	t.Helper()
	if l.table.Value().Dtype() == tensor.Float32 {
		check(t, o.Feed(l.index, dense(narrow(index), len(index))))
		return
	}
	check(t, o.Feed(l.index, dense(slices.Clone(index), len(index))))
}

// SGD and AdaGrad move the rows that were read, and those alone, to the bits that they have where all
// entries move: so the same steps of a rule that is not known to leave rows alone end the same.
func TestRowsBits(t *testing.T) {
	clips := []optim.Clip{{}, {Value: 0.3}, {Norm: 0.5}}
	for name, cost := range lookups {
		for _, rule := range []optim.Rule32{optim.SGD{Rate: 0.1}, optim.AdaGrad{Rate: 0.1}, optim.SGD{Rate: 0.1, Momentum: 0.5}} {
			for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
				for _, clip := range clips {
					var ends [2][][]float64
					for i, rule := range []optim.Rule{rule, whole{rule}} {
						l := newLookup(dtype, cost)
						o := minimize(t, l.j, rule, l.table, l.w)
						o.Clip = clip
						for k, index := range slices.Concat(reading, reading) {
							l.feed(t, o, index)
							if k%2 == 0 {
								check(t, o.Step())
							} else {
								loss, err := o.StepLoss()
								check(t, err)
								ends[i] = append(ends[i], []float64{loss})
							}
							ends[i] = append(ends[i], entries(o.LastGradient()[0]), entries(o.LastGradient()[1]))
						}
						ends[i] = append(append(ends[i], entries(l.table.Value()), entries(l.w.Value())), o.State().Slots[0]...)
					}
					for k := range ends[0] {
						if clip.Norm > 0 {
							compareClose(t, ends[0][k], ends[1][k], dtype) // the norm is added up in another order
						} else if !slices.Equal(ends[0][k], ends[1][k]) {
							t.Errorf("%s, %T, %v, %+v: %v, want %v", name, rule, dtype, clip, ends[0][k], ends[1][k])
						}
					}
				}
			}
		}
	}
}

func compareClose(t *testing.T, got, want []float64, dtype tensor.Dtype) {
	t.Helper()
	tolerance := 1e-14
	if dtype == tensor.Float32 {
		tolerance = 1e-5
	}
	compare(t, got, want, tolerance)
}

// A table that is read twice has the rows of both: they add up, in another order.
func TestRowsOfTwoReads(t *testing.T) {
	cost := func(l *lookup) *graph.Node {
		other := ops.Gather(l.table, 0, ops.Minimum(l.index, l.index.Graph().Const(3)))
		return ops.Add(once(l), ops.Sum(ops.Square(other)))
	}
	var ends [2][]float64
	for i, rule := range []optim.Rule{optim.AdaGrad{Rate: 0.1}, whole{optim.AdaGrad{Rate: 0.1}}} {
		l := newLookup(tensor.Float64, cost)
		o := minimize(t, l.j, rule)
		for _, index := range reading {
			l.feed(t, o, index)
			check(t, o.Step())
		}
		ends[i] = entries(l.table.Value())
	}
	compare(t, ends[0], ends[1], 1e-14)
}

// LazyAdam ends where torch.optim.SparseAdam does: see testdata/sparseadam.py.
func TestLazyAdamIsPyTorchs(t *testing.T) {
	want := []float64{
		-0.6194734867293493, -0.5172863901481766, -0.41578200122930636,
		-0.253157049478652, -0.15362069686487834, -0.05552986503407771,
		-0.06560524491890843, 0.0, 0.06471690635999894,
		0.10885769239773882, 0.20451347603618006, 0.3027926286826371,
		0.5, 0.6000000000000001, 0.7,
	}
	g := graph.New()
	start, c := make([]float64, 15), make([]float64, 12)
	for i := range start {
		start[i] = float64(i)/10 - 0.7
	}
	for i := range c {
		c[i] = float64(i+1) / 4
	}
	w, index := g.Param("w", dense(start, 5, 3)), g.Input("index", 4)
	j := inner(g.Constant("c", dense(c, 4, 3)), ops.Square(ops.Gather(w, 0, index)))
	rule := optim.LazyAdam{Rate: 0.05, Beta1: 0.8, Beta2: 0.95, Eps: 1e-2}
	o := minimize(t, j, rule)
	for _, rows := range [][]float64{{1, 3, 1, 0}, {3, 3, 2, 1}, {0, 1, 1, 1}} {
		check(t, o.Feed(index, dense(rows, 4)))
		check(t, o.Step())
	}
	compare(t, entries(w.Value()), want, 1e-15)
}

// The options of LazyAdam are checked as those of Adam, by its name.
func TestLazyAdamOptions(t *testing.T) {
	g := graph.New()
	w := g.Param("w", dense([]float64{1}, 1))
	_, err := optim.Minimize(ops.Sum(w), optim.LazyAdam{Rate: 1, Beta2: 1})
	if !errors.Is(err, optim.ErrOption) || err.Error() != "LazyAdam: Beta2 = 1 is not in [0, 1): option out of range" {
		t.Error(err)
	}
	o := minimize(t, ops.Sum(w), optim.LazyAdam{Rate: 1})
	if err := o.Shrink(1, w); !errors.Is(err, optim.ErrOption) || optim.Proximal(optim.LazyAdam{}) {
		t.Error(err)
	}
}

// A training that is resumed has the bits of one that never stopped.
func TestRowsResume(t *testing.T) {
	for _, rule := range []optim.Rule{optim.SGD{Rate: 0.1}, optim.AdaGrad{Rate: 0.1}, optim.LazyAdam{Rate: 0.1}} {
		l := newLookup(tensor.Float64, once)
		o := minimize(t, l.j, rule)
		for i, index := range slices.Concat(reading, reading) {
			if i == 5 {
				other := minimize(t, l.j, rule)
				check(t, other.SetState(o.State()))
				o = other
			}
			l.feed(t, o, index)
			check(t, o.Step())
		}
		straight := newLookup(tensor.Float64, once)
		o = minimize(t, straight.j, rule)
		for _, index := range slices.Concat(reading, reading) {
			straight.feed(t, o, index)
			check(t, o.Step())
		}
		compare(t, entries(l.table.Value()), entries(straight.table.Value()), 0)
	}
}

// A proximal step shrinks rows that were not read too.
func TestRowsShrink(t *testing.T) {
	var ends [2][]float64
	for i := range ends {
		l := newLookup(tensor.Float64, once)
		o := minimize(t, l.j, optim.SGD{Rate: 0.1}, l.table, l.w)
		for k, index := range reading {
			if k == 1 && i == 0 {
				check(t, o.Shrink(0.5, l.table))
			}
			l.feed(t, o, index)
			check(t, o.Step())
			if k > 0 && i == 1 { // by hand
				for at, v := range l.table.Value().Float64s() {
					l.table.Value().Float64s()[at] = math.Copysign(max(math.Abs(v)-0.05, 0), v)
				}
			}
		}
		ends[i] = entries(l.table.Value())
	}
	compare(t, ends[0], ends[1], 1e-15)
}

// An index that is no row is an error of the step, and moves nothing; so are cotangents of rows that are
// not finite.
func TestRowsErrors(t *testing.T) {
	l := newLookup(tensor.Float64, func(l *lookup) *graph.Node { return ops.Sum(ops.Gather(l.table, 0, l.index)) })
	o := minimize(t, l.j, optim.SGD{Rate: 0.1})
	before := entries(l.table.Value())
	for _, bad := range []float64{11, -1, 0.5, math.NaN()} {
		l.feed(t, o, []float64{2, bad})
		if err := o.Step(); !errors.Is(err, graph.ErrValue) {
			t.Errorf("index %g: %v", bad, err)
		}
	}
	l.feed(t, o, []float64{10, 2})
	check(t, o.Step())
	for _, i := range []int{2, 10} {
		for k := range 5 {
			before[5*i+k] -= 0.1
		}
	}
	compare(t, entries(l.table.Value()), before, 0)

	l = newLookup(tensor.Float64, once)
	o = minimize(t, l.j, optim.SGD{Rate: 0.1})
	before = entries(l.w.Value())
	l.table.Value().Float64s()[5*3] = math.Inf(1)
	l.w.Value().Float64s()[0] = 0
	l.feed(t, o, []float64{3})
	if err := o.Step(); !errors.Is(err, optim.ErrDiverged) {
		t.Error(err)
	}
	compare(t, entries(l.w.Value())[1:], before[1:], 0)
}

// Once a step has seen as many rows, it allocates nothing.
func TestRowsAllocateNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	l := newLookup(tensor.Float32, once)
	o := minimize(t, l.j, optim.LazyAdam{Rate: 0.1})
	o.Clip = optim.Clip{Value: 1, Norm: 1}
	v := dense(narrow(reading[2]), len(reading[2]))
	step := func() {
		check(t, o.Feed(l.index, v))
		check(t, o.Step())
	}
	step()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	if n := testing.AllocsPerRun(20, step); n != 0 {
		t.Errorf("%g allocations", n)
	}
}
