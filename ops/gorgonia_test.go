package ops_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/interop"
	"adjoint/ops"
	"adjoint/optest"

	"gorgonia.org/tensor"
)

// notInGorgonia are the ops that gorgonia does not have and that no few of its ops
// make up, and why. Besides, it broadcasts up to four axes only.
var notInGorgonia = map[string]string{
	"Entrywise":    "a function of the user's",
	"Pointwise":    "a function of the user's",
	"Erf":          "no erf",
	"GELU":         "no erf",
	"Gather":       "indices are fixed when the graph is built",
	"SparseMatMul": "as Gather",
	"Prod":         "no product over an axis",
	"StopGradient": "no stop",
	"Scan":         "no loop",
	"ScanBack":     "no loop",
	"Range":        "none",
	"AddBelow":     "none",

	"Conv":          "examples come first, as many zeros on either side",
	"ConvTranspose": "none",
	"Patches":       "as Conv",
	"Fold":          "as Conv",
	"MaxPool":       "as Conv",
	"AvgPool":       "as Conv",
	"PadReflect":    "as Gather",
	"PadEdge":       "as Gather",
	"Standardize":   "batch normalisation is a machine of its own",
	"RMSNorm":       "none",
	"GroupNorm":     "none",

	"Solve":    "none",
	"Inverse":  "none of a matrix",
	"Det":      "none",
	"LogDet":   "none",
	"Cholesky": "none",

	"Tan":          "none",
	"Asin":         "none",
	"Acos":         "none",
	"Atan":         "none",
	"Sinh":         "none",
	"Cosh":         "none",
	"Asinh":        "none",
	"Acosh":        "none",
	"Atanh":        "none",
	"Floor":        "none",
	"Ceil":         "none",
	"Round":        "none",
	"Trunc":        "none",
	"Narrow":       "none",
	"Power":        "none that is right for every base",
	"Mod":          "none",
	"Whole":        "no integers in numbers",
	"CumSum":       "none",
	"GatherAlong":  "as Gather",
	"ScatterAlong": "as Gather",
	"ScatterAdd":   "as Gather",
	"ArgMax":       "none",
	"ArgMin":       "none",
	"TopIndices":   "none",
}

// wrongInGorgonia are those that it computes wrongly, and where.
var wrongInGorgonia = map[string]string{"Upsample": "the sum over two of six axes"}

// gorgonia has the same values and gradients over the whole op table, of an op by
// itself and of one in the middle of a formula; or it has no such op.
func TestGorgoniaAgrees(t *testing.T) {
	agree, asked := 0, map[string]bool{}
	for _, r := range table() {
		name := regexp.MustCompile(`^\w*`).FindString(r.Name)
		for _, dims := range shapesOf(r) {
			for _, n := range batchSizes(dims) {
				for _, cost := range []func(*gorgoniaCase, []*node) *node{alone, withNeighbours, derivative} {
					err := gorgoniaAgrees(r, dims, n, cost)
					refused := errors.Is(err, interop.ErrUnsupported)
					expected := notInGorgonia[name] != "" || rank(dims) > 4
					switch {
					case err == nil:
						agree++
					case wrongInGorgonia[name] != "":
					case refused && !expected:
						if asked[name] {
							continue
						}
						asked[name] = true
						t.Errorf("%s %v: %v: add a rule to package interop, or %s to notInGorgonia with the reason", r.Name, dims, err, name)
					case !refused:
						t.Errorf("%s %v, N = %d: %v", r.Name, dims, n, err)
					}
				}
			}
		}
	}
	t.Logf("%d gradients agree; refused: %v", agree, slices.Sorted(maps.Keys(notInGorgonia)))
}

// alone is J = Σ ρ⊙F(x).
func alone(f *gorgoniaCase, x []*node) *node {
	y := f.F(x...)
	return ops.Sum(ops.Mul(f.input(y.Shape().Dims(), optest.Between(-1, 1)), y))
}

// derivative is J = Σ ρ⊙rF_x(ζ), summed over the x.
func derivative(f *gorgoniaCase, x []*node) *node {
	smooth, _ := f.gradients(ops.Sum(f.F(x...)))
	y := f.F(x...)
	ζ := f.input(y.Shape().Dims(), optest.Between(-1, 1))
	j := f.g.Const(0)
	for _, r := range graph.VJP(y, ζ, smooth...) {
		ρ := f.input(r.Shape().Dims(), optest.Between(-1, 1))
		j = ops.Add(j, ops.Sum(ops.Mul(ρ, r)))
	}
	return j
}

// withNeighbours is a J in which x is computed and read by others besides F, and
// so is the cotangent of F: what gorgonia computes in place must not hurt them.
func withNeighbours(f *gorgoniaCase, x []*node) *node {
	between := slices.Clone(x)
	var others []*node
	smooth, _ := f.gradients(ops.Sum(f.F(x...)))
	for i, x := range x {
		if slices.Contains(smooth, x) {
			between[i] = ops.Mul(x, f.input(x.Shape().Dims(), optest.Between(0.999, 1)))
			others = append(others, ops.Mean(ops.Square(between[i])))
		}
	}
	y := f.F(between...)
	ρ := f.input(y.Shape().Dims(), optest.Between(-1, 1))
	j := ops.Sum(ops.Tanh(ops.Add(ops.Tanh(ρ), y)))
	for _, o := range append(others, ops.Mean(ops.Square(y))) {
		j = ops.Mul(j, ops.Shift(o, 1))
	}
	return j
}

// A gorgoniaCase is a row at some shapes, with values for the inputs.
type gorgoniaCase struct {
	row
	g      *graph.Graph
	n      int
	rng    *rand.Rand
	inputs []*node
	feeds  map[*node]*tensor.Dense
}

// input returns a new input, and feeds it.
func (f *gorgoniaCase) input(dims []int, from optest.Domain) *node {
	x := f.g.Input("x", dims...)
	shape := graph.ShapeOf(dims...).At(f.n).Dims()
	f.inputs = append(f.inputs, x)
	f.feeds[x] = dense(tensor.Float64, from.Draw(f.rng, volume(shape)), shape...)
	return x
}

// domain returns that of input i, as optest.Op has it.
func (f *gorgoniaCase) domain(i int) optest.Domain {
	if len(f.Domains) == 0 {
		return optest.Between(-2, 2)
	}
	return f.Domains[min(i, len(f.Domains)-1)]
}

// gorgoniaAgrees compares the gradients of J with respect to all inputs on which
// it depends smoothly. In J = Σ ρ⊙F(x) that by ρ is the value of F.
func gorgoniaAgrees(r row, dims [][]int, n int, cost func(*gorgoniaCase, []*node) *node) error {
	f := &gorgoniaCase{row: r, g: graph.New(), n: n, rng: rand.New(rand.NewPCG(7, 7)), feeds: map[*node]*tensor.Dense{}}
	for i, d := range dims {
		f.input(d, f.domain(i))
	}
	j := cost(f, slices.Clone(f.inputs))
	wrt, want := f.gradients(j)
	if len(wrt) == 0 {
		return nil
	}
	p, err := graph.Compile(want...)
	if err != nil {
		return err
	}
	for x, v := range f.feeds {
		if err := p.Feed(x, v); err != nil {
			return err
		}
	}
	if err := p.Run(); err != nil {
		return err
	}
	theirs, err := interop.Gradient(f.feeds, j, wrt...)
	if err != nil {
		return err
	}
	for i, x := range wrt {
		v, err := p.Value(want[i])
		if err != nil {
			return err
		}
		if k := differing(theirs[i], v.Float64s()); k >= 0 {
			return fmt.Errorf("gradient by input %d, entry %d: gorgonia has %v, want %v", x.ID(), k, theirs[i][k], v.Float64s()[k])
		}
	}
	return nil
}

// gradients returns the inputs on which j depends, and the gradients by them.
func (f *gorgoniaCase) gradients(j *node) (wrt, gradients []*node) {
	for _, x := range f.inputs {
		d := graph.Gradient(j, x)[0]
		if c, isConst := graph.ConstOf(d); !isConst || c != 0 {
			wrt, gradients = append(wrt, x), append(gradients, d)
		}
	}
	return wrt, gradients
}

// differing returns the position of an entry that differs by more than rounding, or
// −1.
func differing(got, want []float64) int {
	largest := 1.0
	for _, v := range want {
		largest = math.Max(largest, math.Abs(v))
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= 1e-13*largest) {
			return i
		}
	}
	return -1
}

func volume(shape []int) int {
	v := 1
	for _, d := range shape {
		v *= d
	}
	return v
}

// shapesOf returns the cases of a row, as optest.Op has them.
func shapesOf(r row) [][][]int {
	if r.Shapes == nil {
		return [][][]int{{{}}, {{1}}, {{5}}, {{2, 3}}, {{3, batch}}}
	}
	return r.Shapes
}

// batchSizes returns the N to try: one if there is no Batch.
func batchSizes(dims [][]int) []int {
	for _, d := range dims {
		if slices.Contains(d, batch) {
			return []int{1, 5}
		}
	}
	return []int{1}
}

func rank(dims [][]int) int {
	r := 0
	for _, d := range dims {
		r = max(r, len(d))
	}
	return r
}
