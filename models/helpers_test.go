package models_test

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"

	"gorgonia.org/tensor"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// standardised returns all rows of d, standardised with divisor N.
func standardised(t testing.TB, d *data.Dataset) *data.Dataset {
	t.Helper()
	s, err := data.FitScaler(d)
	check(t, err)
	d, err = s.Transform(d)
	check(t, err)
	return d
}

// split returns d parted with its classes in proportion.
func split(t testing.TB, d *data.Dataset, test float64, seed uint64) (train, rest *data.Dataset) {
	t.Helper()
	train, rest, err := d.Split(data.SplitOptions{Test: test, Stratify: true, Seed: seed})
	check(t, err)
	return train, rest
}

func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.17g, want %.17g to %g", what, got, want, tolerance)
	}
}

// onThreads runs f with GOMAXPROCS 1, 2 and 4.
func onThreads(t *testing.T, f func(t *testing.T)) {
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for _, n := range []int{1, 2, 4} {
		runtime.GOMAXPROCS(n)
		f(t)
	}
}

// fixed is an Init with the given weights.
func fixed(values []float64) models.Init {
	return func(w []float64, _, _ int, _ models.Draw) { copy(w, values) }
}

// entries returns the entries of a tensor as float64.
func entries(v *tensor.Dense) []float64 {
	if v.Dtype() == tensor.Float32 {
		w := make([]float64, 0, v.Size())
		for _, x := range v.Float32s() {
			w = append(w, float64(x))
		}
		return w
	}
	return v.Float64s()
}

// network is 10-32-8-1, the document's.
func network() *models.Deep {
	return &models.Deep{Seed: 1, Layers: []models.Layer{
		models.Dense{Units: 32, Activation: models.ReLU},
		models.Dense{Units: 8, Activation: models.ReLU},
		models.Dense{Units: 1, Activation: models.Sigmoid},
	}}
}

// A formulated is a model that can be asked for its graph.
type formulated interface {
	Formula() (*models.Formula, error)
}

// costOf returns J on the rows of d, which are as the network sees them, and its
// gradient, one list a parameter.
func costOf(t testing.TB, m formulated, d *data.Dataset) (j float64, gradient [][]float64) {
	t.Helper()
	f, err := m.Formula()
	check(t, err)
	return evaluate(t, f, d, f.Cost)
}

// evaluate returns the value of a scalar of the formula on rows of d, all if
// there are none, and its gradient.
func evaluate(t testing.TB, f *models.Formula, d *data.Dataset, j *graph.Node, rows ...int) (float64, [][]float64) {
	t.Helper()
	gradients := graph.Gradient(j, f.Params...)
	p := fed(t, f, d, rows, append(gradients, j)...)
	check(t, p.Run())
	var lists [][]float64
	for _, g := range gradients {
		lists = append(lists, slices.Clone(read(t, p, g)))
	}
	return read(t, p, j)[0], lists
}

// valueOf returns a function that evaluates a scalar of the formula on d, for the
// parameters as they are then.
func valueOf(t testing.TB, f *models.Formula, d *data.Dataset, j *graph.Node) func() float64 {
	t.Helper()
	p := fed(t, f, d, nil, j)
	return func() float64 {
		check(t, p.Run())
		return read(t, p, j)[0]
	}
}

// fed compiles outputs of the formula and feeds rows of d, all if there are none.
func fed(t testing.TB, f *models.Formula, d *data.Dataset, rows []int, outputs ...*graph.Node) *graph.Program {
	t.Helper()
	n := len(rows)
	if n == 0 {
		n = d.Rows()
	}
	p, err := graph.Compile(outputs...)
	check(t, err)
	x := tensor.New(tensor.WithShape(f.Inputs[0].Shape().Dim(0), n), tensor.Of(tensor.Float64))
	y := tensor.New(tensor.WithShape(f.Targets[0].Shape().Dim(0), n), tensor.Of(tensor.Float64))
	check(t, d.Gather(x.Float64s(), rows))
	if f.Targets[0].Shape().Dim(0) == 1 {
		check(t, d.GatherY(y.Float64s(), rows))
	} else {
		check(t, d.GatherOneHot(y.Float64s(), rows))
	}
	check(t, p.Feed(f.Inputs[0], x))
	check(t, p.Feed(f.Targets[0], y))
	return p
}

func read(t testing.TB, p *graph.Program, n *graph.Node) []float64 {
	t.Helper()
	v, err := p.Value(n)
	check(t, err)
	return entries(v)
}

func norm(lists ...[]float64) float64 {
	squares := 0.0
	for _, l := range lists {
		for _, x := range l {
			squares += x * x
		}
	}
	return math.Sqrt(squares)
}
