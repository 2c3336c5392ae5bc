package optim

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/internal/grouptest"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A step of a rule that leaves rows alone does not evaluate a gradient as large as the table.
func TestRowsAreNotScattered(t *testing.T) {
	for _, rule := range []Rule{SGD{Rate: 1}, AdaGrad{Rate: 1}, LazyAdam{Rate: 1}, SGD{Rate: 1, Momentum: 0.5}, Adam{Rate: 1}} {
		g := graph.New()
		table, index := g.Param("table", normals(tensor.Float64, 1, 11, 5)), g.Input("index", graph.Batch)
		o, err := Minimize(ops.Sum(ops.Square(ops.Gather(table, 0, index))), rule)
		if err != nil {
			t.Fatal(err)
		}
		o.plan()
		if got := len(o.tables.list) == 1; got != sparse(rule) {
			t.Errorf("%T: by rows is %v", rule, got)
		}
		for _, n := range graph.Cone(o.formulas[ofStepLoss].outputs...) {
			if n.Shape() == table.Shape() && n != table {
				t.Errorf("%T: a step computes %v", rule, n)
			}
		}
	}
}

// trainRows moves rows of a table and a matrix by three steps, whole ones or in parts that a group shares. The penalty is on
// the table, or else on the matrix.
func trainRows(rule Rule, penalty bool, group Group, whole bool) ([]float64, error) {
	const parts = 4
	index := [][]float64{{3, 0}, {3, 9}, {3, 4}, {0, 9}}
	g := graph.New()
	table, at := g.Param("table", normals(tensor.Float64, 1, 11, 5)), g.Input("index", graph.Batch)
	w := g.Param("w", normals(tensor.Float64, 2, 5, 5))
	mean := ops.Mean(ops.Square(ops.Tanh(ops.MatMul(ops.Gather(table, 0, at), w))))
	on := w
	if penalty {
		on = table
	}
	rest := ops.Scale(0.1, ops.Sum(ops.Square(on)))
	j := mean
	if whole {
		j = ops.Add(mean, rest)
	}
	o, err := Minimize(j, rule, table, w)
	if err != nil {
		return nil, err
	}
	feed := func(rows []float64) error { // others in each step
		v := slices.Clone(rows)
		for i := range v {
			v[i] = float64((int(v[i]) + o.Steps()/2) % 11)
		}
		return o.Feed(at, tensor.New(tensor.WithShape(len(v)), tensor.WithBacking(v)))
	}
	if !whole {
		err = o.Split(Parts{Count: parts, Group: group, Feed: func(part int) (float64, error) {
			return 1. / parts, feed(index[part])
		}}, rest)
	}
	for range 3 {
		if whole {
			err = errors.Join(err, feed(slices.Concat(index...)))
		}
		err = errors.Join(err, o.Step())
		_, lossErr := o.StepLoss()
		err = errors.Join(err, lossErr)
	}
	return append(graph.Values[float64](table.Value()), graph.Values[float64](w.Value())...), err
}

// Any number of processes that compute parts of a step move the rows that one of them has read, to the
// same bits; and those are, to rounding, those of a step without parts.
func TestRowsInParts(t *testing.T) {
	for _, rule := range []Rule{SGD{Rate: 0.1}, AdaGrad{Rate: 0.1}, LazyAdam{Rate: 0.1}} {
		for _, penalty := range []bool{false, true} {
			want, err := trainRows(rule, penalty, nil, true)
			if err != nil {
				t.Fatal(err)
			}
			alone, err := trainRows(rule, penalty, nil, false)
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range alone {
				if d := v - want[i]; !(d < 1e-9 && d > -1e-9) {
					t.Errorf("%T, penalty %v: entry %d is %g, want %g", rule, penalty, i, v, want[i])
				}
			}
			for _, size := range []int{2, 3, 4} {
				err := grouptest.Together(size, func(g *grouptest.Member) error {
					end, err := trainRows(rule, penalty, g, false)
					if err == nil && !slices.Equal(end, alone) {
						err = fmt.Errorf("%T, rank %d of %d: %v, want %v", rule, g.Rank(), size, end, alone)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		}
	}
}
