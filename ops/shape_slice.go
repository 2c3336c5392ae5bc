package ops

import (
	"fmt"
	"math"
	"slices"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.LinearMap   = slice{}
	_ graph.Examplewise = slice{}
	_ graph.Describer   = slice{}
	_ graph.Needer      = slice{}
	_ mover             = slice{}
)

func init() {
	graph.Register("Slice", 1, func(a *graph.Args) graph.Op { return describedSlice(a) })
}

// Slice is the part of x whose index on an axis is from ≤ i < to; the axis stays. A
// negative axis counts from the end; from and to do not, and graph.End is the extent of the
// axis. The whole of x is x.
//
// Of an axis T, [2:graph.End] has T−2 entries, and [0:3] is an error of the Program for fewer
// than 3. An end may be a symbol where that says, whatever it is, how many entries there are:
// [0:T] and [T:graph.End] of an axis of T+3. The error of an axis that is not there wraps
// graph.ErrAxis, that of a range past the ends, or that cannot be told, graph.ErrShape; an
// empty range is graph.ErrEmpty.
//
//	d(ξ) = Slice(ξ)     r(ζ) = ζ among zeros, of the shape of x
func Slice(x *Node, axis, from, to int) *Node {
	a, err := x.Shape().Axis(axis)
	if err != nil {
		return graph.Apply(slice{axis: axis, from: from, n: to - from}, x)
	}
	extent := x.Shape().Dim(a)
	if to == graph.End {
		to = extent
	}
	if from == 0 && to == extent {
		return x
	}
	op := sliceOf(extent, a, from, to)
	if !op.within(extent) {
		err := fmt.Errorf("%w: [%s:%s] of axis %d, which is %s", graph.ErrShape, graph.ExtentString(from), graph.ExtentString(to), a, graph.ExtentString(extent))
		return refuse("slice", err, x)
	}
	return graph.Apply(op, x)
}

// Index is the entries of x whose index on an axis is i, without the axis, as NumPy's x[i]. A
// negative axis or i counts from the end. The errors are those of Slice.
func Index(x *Node, axis, i int) *Node {
	a, err := x.Shape().Axis(axis)
	if err != nil {
		return Slice(x, axis, i, i+1)
	}
	extent := x.Shape().Dim(a)
	if i < 0 && extent >= 0 {
		i += extent
	}
	y := Slice(x, a, max(i, 0), max(i, 0)+1)
	switch {
	case i < 0 && extent >= 0:
		y = refuse("index", fmt.Errorf("%w: %d on axis %d, which is %d", graph.ErrShape, i-extent, a, extent), x)
	case i < 0:
		y = graph.Apply(slice{axis: a, from: -i, n: 1, back: true}, x)
	}
	return Reshape(y, slices.Delete(x.Shape().Dims(), a, a+1)...)
}

// A slice has n entries of an axis, which may be symbolic. It begins at index from, or, if
// back is set, from entries before the end.
type slice struct {
	axis, from, n int
	back          bool
}

// sliceOf returns the slice [from:to] of an axis of some extent.
func sliceOf(extent, axis, from, to int) slice {
	n, ok := graph.Difference(to, from)
	switch {
	case ok && n < 0:
		n = noEntries
	case from >= 0 && !ok:
		n = graph.Shift(to, -from)
	case from < 0:
		back, told := graph.Difference(extent, from)
		if !ok || !told {
			n = noEntries
		}
		return slice{axis: axis, from: back, n: n, back: true}
	}
	return slice{axis: axis, from: from, n: n}
}

// noEntries is an extent that no slice has.
const noEntries = math.MinInt

func (op slice) String() string {
	from, to := op.ends()
	switch {
	case to == graph.End:
		return fmt.Sprintf("slice[%d:]", from)
	case op.back:
		return fmt.Sprintf("slice[%d:%d]", from, to)
	}
	return fmt.Sprintf("slice[%d:%s]", from, graph.ExtentString(to))
}

// ends returns what the slice is from and to. Numbers that count from the end are negative.
func (op slice) ends() (from, to int) {
	switch {
	case !op.back && op.n < 0:
		return op.from, graph.Shift(op.n, op.from)
	case !op.back:
		return op.from, op.from + op.n
	case op.n == op.from:
		return -op.from, graph.End
	}
	return -op.from, op.n - op.from
}

// Describe says by a negative first index that both count from the end of the axis, which is
// graph.End.
func (op slice) Describe() graph.Description {
	from, to := op.ends()
	return named("Slice", op.axis, from, to)
}

// describedSlice returns the slice of a description.
func describedSlice(a *graph.Args) slice {
	axis, from := a.Axis(), a.Int()
	if from >= 0 {
		return sliceOf(0, axis, from, a.Extent())
	}
	op := slice{axis: axis, from: -from, n: -from, back: true}
	if to := a.Int(); to != graph.End {
		op.n += to
	}
	return op
}

func (op slice) Shape(s ...Shape) (Shape, error) {
	axis, err := s[0].Axis(op.axis)
	if err != nil {
		return Shape{}, err
	}
	if d := s[0].Dim(axis); !op.within(d) {
		return Shape{}, fmt.Errorf("%w: axis %d is %s", graph.ErrShape, axis, graph.ExtentString(d))
	}
	return resized(s[0], axis, op.n), nil
}

// within reports whether the slice may be one of an axis of some extent.
func (op slice) within(extent int) bool {
	if op.from < 0 || op.n == noEntries {
		return false
	}
	switch left, ok := graph.Difference(extent, op.n); {
	case op.back:
		return op.n >= 0 && op.n <= op.from && (extent < 0 || op.from <= extent)
	case ok:
		return left >= op.from
	}
	return op.n >= 0 // extent is a symbol: see Needs
}

// Needs returns what the extent of the axis is more than.
func (op slice) Needs(s ...Shape) []int { return op.needs(s[0].Dim(op.axis)) }

func (op slice) needs(extent int) []int {
	least := op.from
	if !op.back {
		least += max(op.n, 0)
	}
	if graph.Symbolic(extent) && least > 1 && op.n >= 0 {
		return []int{graph.Shift(extent, 1-least)}
	}
	return nil
}

func (op slice) Reverse(y, ζ *Node) []*Node {
	return []*Node{pad(ζ, op.axis, op.from, op.back, y.In(0).Shape().Dim(op.axis))}
}

func (op slice) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, x[0], op.axis)
}

func (slice) Linear() []int { return nil }
func (slice) moves()        {}

func (op slice) Kernel() compute.Kernel {
	return compute.Bound(op, cut[float32], cut[float64]).AsPart(op.lies).AsRows(op.rows)
}

// rows returns where the slice is, and that it has the strides of the whole.
func (op slice) rows(_, x []int) (from int, strides []int) {
	strides = rowMajor(x)
	return start(op.from, op.back, x[op.axis]) * strides[op.axis], strides
}

// lies reports where the slice is if it lies in one piece: where no axis comes before its own.
func (op slice) lies(x []int) (from int, ok bool) {
	return start(op.from, op.back, x[op.axis]) * product(x[op.axis+1:]), allOnes(x[:op.axis])
}

func cut[T compute.Float](op slice, y *tensor.Dense, x ...*tensor.Dense) func() {
	_, n, after := around(x[0], op.axis)
	out, in := compute.Data[T](y), compute.Data[T](x[0])[start(op.from, op.back, n)*after:]
	run := y.Shape()[op.axis] * after
	return func() { copyRuns(out, in, run, n*after) }
}

// start is the index, on an axis of extent n, of what begins at from, or so far before the end.
func start(from int, back bool, n int) int {
	if back {
		return n - from
	}
	return from
}

// copyRuns copies from runs of one length to runs of another, as many as there are
// and as much of each as both have.
func copyRuns[T compute.Float](out, in []T, outRun, inRun int) {
	n := min(outRun, inRun)
	for o, i := 0, 0; o < len(out) && i < len(in); o, i = o+outRun, i+inRun {
		copy(out[o:o+n], in[i:i+n])
	}
}
