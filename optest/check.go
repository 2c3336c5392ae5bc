package optest

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strings"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// T is what Check and Gradient use of a *testing.T.
type T interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
}

// Check asserts every Law of an op, at random points (the same in every run), at
// all its shapes and in both float types. Each failure is an Errorf that names
// the law and the entry, gives both numbers, and says what it usually means.
func Check(t T, op Op) Report {
	t.Helper()
	c := newChecker(t, op)
	if c.validRow() {
		for _, dims := range op.shapes() {
			c.at(dims)
		}
		c.stated()
		c.badInput()
	}
	return c.conclude()
}

// A checker is one call of Check.
type checker struct {
	t      T
	op     Op
	rng    *rand.Rand
	report Report
	where  string      // the shapes and float type at hand
	broken map[Law]int // failures
	waived map[Law]int // failures of laws that the op is exempt from
	logged map[string]bool
}

func newChecker(t T, op Op) *checker {
	if op.Name == "" {
		op.Name = "op"
	}
	seed := fnv.New64a()
	seed.Write([]byte(op.Name))
	if f := op.F; f != nil {
		op.F = func(x ...*graph.Node) *graph.Node { return graph.InPrediction(f(x...))[0] }
	}
	c := &checker{t: t, op: op, rng: rand.New(rand.NewPCG(seed.Sum64(), 1))}
	c.broken, c.waived, c.logged = map[Law]int{}, map[Law]int{}, map[string]bool{}
	c.report.count(op.base())
	return c
}

// at asserts the laws at one list of shapes.
func (c *checker) at(dims [][]int) {
	c.t.Helper()
	var twin *formula
	for _, dtype := range floatTypes {
		c.in(dims, dtype)
		f := c.build(Value, dims, dtype, c.smooth(dims))
		if f == nil {
			return
		}
		f.twin, twin = twin, f
		for _, n := range batchSizes(dims) {
			c.in(dims, dtype, n)
			at := c.draw(f.first, n)
			for _, l := range laws {
				if l.types == both || l.types == dtype {
					c.guard(l.law, func() error { c.t.Helper(); return l.check(c, f, n, at) })
				}
			}
		}
	}
}

var (
	floatTypes = []tensor.Dtype{tensor.Float64, tensor.Float32}
	both       = tensor.Dtype{}
)

// laws are the checks that are made at a point, for one float type or both.
var laws = []struct {
	law   Law
	types tensor.Dtype
	check func(c *checker, f *formula, n int, at place) error
}{
	{Value, tensor.Float64, (*checker).value},
	{Differential, tensor.Float64, (*checker).firstOrder},
	{SecondOrder, tensor.Float64, (*checker).secondOrder},
	{Linear, tensor.Float64, (*checker).linear},
	{Subsets, tensor.Float64, (*checker).subsets},
	{Independent, tensor.Float64, (*checker).independent},
	{Batches, tensor.Float64, (*checker).batches},
	{Float32, tensor.Float32, (*checker).float32},
	{Pure, both, (*checker).pure},
	{Kernels, both, (*checker).kernels},
	{Specials, both, (*checker).specials},
	{NoAllocation, both, (*checker).noAllocation},
	{Files, both, (*checker).kept},
}

// A formula is an op at one list of shapes in one float type: the map and its
// reverse derivative, each with derivatives.
type formula struct {
	dims          [][]int
	first, second *mapping
	twin          *formula // the one in float64 of the one in float32
}

// smooth tells which inputs are differentiated.
func (c *checker) smooth(dims [][]int) []bool {
	smooth := make([]bool, len(dims))
	for i := range dims {
		smooth[i] = c.op.domain(i).smooth()
	}
	return smooth
}

// build builds the op at shapes; nil means that it failed, and was reported as a
// breach of the law at hand.
func (c *checker) build(law Law, dims [][]int, dtype tensor.Dtype, smooth []bool) (f *formula) {
	c.t.Helper()
	c.guard(law, func() error {
		c.t.Helper()
		g, x := graph.NewOf(dtype), make([]*graph.Node, len(dims))
		for i, d := range dims {
			x[i] = g.Input(fmt.Sprintf("x%d", i), d...)
		}
		y := c.op.F(x...)
		if err := y.Err(); err != nil {
			hint := ""
			if c.op.Shapes == nil {
				hint = "\n\tthey are those of an Op that lists none: Shapes says which shapes this one takes"
			}
			c.fail(law, "the op refuses these shapes: %v%s", err, hint)
			return nil
		}
		first, err := differentiate(x, []*graph.Node{y}, smooth)
		if err != nil {
			c.fail(Reverse, "the derivatives do not build or compile: %v%s", err, hintForError(err))
			return nil
		}
		f = &formula{dims: dims, first: first}
		return nil
	})
	return f
}

// draw returns a point of the op's domains.
func (c *checker) draw(m *mapping, n int) place {
	p := place{make([][]float64, len(m.in)), make([][]float64, len(m.in))}
	for i, x := range m.in {
		p.x[i], p.radius[i] = c.op.domain(i).draw(c.rng, entries(x, n))
		if x.Graph().Dtype() == tensor.Float32 {
			for j, v := range p.x[i] {
				p.x[i][j] = float64(float32(v))
			}
		}
	}
	return p
}

// A place is a list of inputs, with the radius within which the op is smooth.
type place struct{ x, radius [][]float64 }

// batchSizes returns the numbers of examples to run a case with: 0 alone if its
// shapes have no Batch.
func batchSizes(dims [][]int) []int {
	for _, d := range dims {
		if graph.ShapeOf(d...).HasBatch() {
			return []int{7, 1, 32}
		}
	}
	return []int{0}
}

// in sets where the checker is, for messages.
func (c *checker) in(dims [][]int, dtype tensor.Dtype, n ...int) {
	s := make([]string, len(dims))
	for i, d := range dims {
		s[i] = graph.ShapeOf(d...).String()
	}
	c.where = fmt.Sprintf("%s, %v", strings.Join(s, " "), dtype)
	if len(n) > 0 && n[0] > 0 {
		c.where += fmt.Sprintf(", N = %d", n[0])
	}
}

// guard runs the check of a law. An error or a panic breaks it.
func (c *checker) guard(law Law, check func() error) {
	c.t.Helper()
	defer func() {
		if p := recover(); p != nil {
			c.fail(law, "panic: %v\n%s", p, panicSite())
		}
	}()
	if err := check(); err != nil {
		c.fail(law, "%v%s", err, hintForError(err))
	}
}

// panicSite returns the innermost calls of a panic that is being recovered.
func panicSite() string {
	const most = 5
	var pc [64]uintptr
	frames := runtime.CallersFrames(pc[:runtime.Callers(1, pc[:])])
	var site []string
	for inside := false; len(site) < most; {
		f, more := frames.Next()
		if inside && !strings.HasPrefix(f.Function, "runtime.") {
			site = append(site, fmt.Sprintf("\t%s:%d %s", filepath.Base(f.File), f.Line, f.Function))
		}
		inside = inside || f.Function == "runtime.gopanic"
		if !more {
			break
		}
	}
	return strings.Join(site, "\n")
}

// fail reports that a law is broken.
func (c *checker) fail(law Law, format string, args ...any) {
	c.t.Helper()
	const most = 3 // messages for one law
	if c.op.Exempt[law] != "" {
		c.waived[law]++
		return
	}
	c.report.Failures++
	if c.broken[law]++; c.broken[law] <= most {
		c.t.Errorf("%s (%s) breaks the law %q: %s", c.op.Name, c.where, law, fmt.Sprintf(format, args...))
	}
}

// note logs a line, once.
func (c *checker) note(format string, args ...any) {
	c.t.Helper()
	if line := fmt.Sprintf(format, args...); !c.logged[line] {
		c.logged[line] = true
		c.t.Logf("%s: %s", c.op.Name, line)
	}
}

// validRow reports whether the row is one that can be checked.
func (c *checker) validRow() bool {
	c.t.Helper()
	c.where = "row"
	known := map[Law]bool{}
	for _, law := range Laws() {
		known[law] = true
	}
	for law, reason := range c.op.Exempt {
		if !known[law] || reason == "" {
			c.report.Failures++
			c.t.Errorf("%s: Exempt[%q] = %q: want a law and a reason", c.op.Name, law, reason)
		}
	}
	if c.op.F == nil {
		c.fail(Value, "the row has no F")
	}
	return c.report.Failures == 0
}

// conclude adds up the exemptions and returns the report.
func (c *checker) conclude() Report {
	c.t.Helper()
	for _, law := range Laws() {
		reason := c.op.Exempt[law]
		switch {
		case reason == "":
		case c.waived[law] == 0 && !(law == Value && c.op.Value == nil && c.op.Entry == nil):
			c.report.Failures++
			c.t.Errorf("%s is exempt from the law %q (%s) but obeys it: remove the exemption", c.op.Name, law, reason)
		default:
			c.report.Exemptions++
			c.note("exempt from %q: %s", law, reason)
		}
		if more := c.broken[law] - 3; more > 0 {
			c.t.Errorf("%s breaks the law %q %d more times", c.op.Name, law, more)
		}
	}
	if c.op.Value == nil && c.op.Entry == nil && c.op.Exempt[Value] == "" {
		c.report.Exemptions++
		c.note("its value was compared with nothing: neither Entry nor Value is stated")
	}
	return c.report
}
