package ops

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/graph"
)

var (
	_ graph.Differentialer = scan{}
	_ graph.Pairer         = scan{}
	_ graph.Examplewise    = scan{}
	_ graph.Describer      = scan{}
)

func init() {
	for _, back := range []bool{false, true} {
		graph.Register(directed("Scan", back), graph.Any, func(a *graph.Args) graph.Op { return scanOf(a.Body(), back) })
		graph.Register(directed("ScanValue", back), graph.Any, func(a *graph.Args) graph.Op { return scan{a.Body(), back, a.Int()} })
	}
}

// directed is the name of an op that runs from the first time to the last, or back.
func directed(name string, back bool) string {
	if back {
		return name[:4] + "Back" + name[4:]
	}
	return name
}

// A Step is a map f of a state s (m, N) and of inputs x (n, N) to the next state. It may use
// weights, and other nodes without examples, of the graph outside, and keeps examples apart.
type Step func(s *Node, x ...*Node) *Node

// Scan is the recurrence S = (s_0, …, s_{T−1}), s_t = f(s_{t−1}, x_t), from the state s₋₁ = start
// of shape (m, N) over inputs x of shape (n, T, N). Its value is the trajectory (m, T, N), of
// which Index(S, 1, -1) is the last state. States and inputs may have more axes before these. T
// and N may be symbols. f is called once, to be built.
//
// r is the adjoint recursion, which is a Scan backwards in time; what θ and x have to do with it
// is one map of T·N examples:
//
//	μ_t = r_s f(ζ_t + μ_{t+1})     λ_t = ζ_t + μ_{t+1}     r(ζ) = (μ_0, r_x f(λ), r_θ f(λ))
//
// and d is σ_t = d_s f(σ_{t−1}) + d_x f(ξ_t) + d_θ f(η), a Scan too.
//
// The errors of other shapes, of a step that mixes examples, and of one that uses a value with
// examples of the graph outside, which has to be an input, wrap graph.ErrShape.
func Scan(f Step, start *Node, x ...*Node) *Node { return scanOver(f, false, start, x) }

// ScanBack is Scan with time running from T−1 down to 0: s_t = f(s_{t+1}, x_t), s_T = start.
func ScanBack(f Step, start *Node, x ...*Node) *Node { return scanOver(f, true, start, x) }

func scanOver(f Step, back bool, start *Node, x []*Node) *Node {
	all, err := graph.OneGraph(append([]*Node{start}, x...)...)
	if err != nil {
		return refuse("scan", err, start)
	}
	shapes := make([]Shape, len(all))
	for i, n := range all {
		d := n.Shape().Dims()
		k := len(d) - 1
		if i > 0 {
			k--
		}
		if len(all) < 2 || k < 1 {
			return refuse("scan", fmt.Errorf("%w: want a state (m, N) and inputs (n, T, N)", graph.ErrShape), all...)
		}
		shapes[i] = graph.ShapeOf(append(d[:k], graph.Batch)...)
	}
	body, captured, err := graph.Trace(all[0].Graph(), func(x ...*Node) *Node { return f(x[0], x[1:]...) }, shapes...)
	if err != nil {
		return refuse("scan", err, all...)
	}
	return graph.Apply(scan{body: body, back: back}, append(all, captured...)...)
}

// scan is a value of a step at all times, the first of which is the state.
type scan struct {
	body  *graph.Body
	back  bool
	value int
}

func (op scan) String() string {
	s := "scan"
	if op.back {
		s = "scan←"
	}
	if op.value > 0 {
		s += fmt.Sprintf("[%d]", op.value)
	}
	return s
}

// Describe has the step for an argument, whose inputs are the state, those with times, and
// weights. That of ScanValue, which occurs in derivatives, has more values than the state.
func (op scan) Describe() graph.Description {
	if len(op.body.Outputs()) > 1 {
		return named(directed("ScanValue", op.back), op.body, op.value)
	}
	return named(directed("Scan", op.back), op.body)
}

func (op scan) Kernel() compute.Kernel { return op.stretches().Kernel() }

// stretches is the loop over (s, x…) ↦ (s after all times, values…).
func (op scan) stretches() graph.Loop {
	body, _ := op.define() // Shape has seen to the error
	return graph.Loop{Body: body, Times: stretch, Back: op.back, Value: 1 + op.value}
}

// define returns the map of a stretch.
func (op scan) define() (*graph.Body, error) {
	in := op.body.Inputs()
	shapes := append([]Shape{in[0].Shape()}, timed(in[1:])...)
	return op.body.Define(directed("Scan", op.back), func(in ...*Node) []*Node {
		return op.loop(inSteps, in, nil)
	}, shapes...)
}

// loop returns the state after the last step, and the values of the step at all times, of which
// some are known. What does not need the state is computed for all times at once.
func (op scan) loop(by func(body *graph.Body, back bool, in []*Node) []*Node, in []*Node, known map[*Node]*Node) []*Node {
	body := op.body
	if first, second, keep := body.Split(); first != nil {
		t, _ := timesOf(shapesOf(in), body) // Shape has seen to the error
		used := make([]*Node, 0, len(keep))
		for _, i := range keep {
			used = append(used, in[i])
		}
		for _, v := range first.At(t.columns(), t.lifted(in, body), known) {
			used = append(used, t.fold(v))
		}
		in, body = used, second
	}
	return by(body, op.back, in)
}

// inScans returns the values of a loop, each a scan; inSteps as they are in a stretch.
func inScans(body *graph.Body, back bool, in []*Node) []*Node {
	var values []*Node
	for i := range body.Outputs() {
		values = append(values, graph.Apply(scan{body, back, i}, in...))
	}
	return append([]*Node{end(back, values[0])}, values...)
}

func inSteps(body *graph.Body, back bool, in []*Node) []*Node {
	var values []*Node
	for i := range 1 + len(body.Outputs()) {
		values = append(values, graph.Apply(steps{body, back, i}, in...))
	}
	return values
}

func (scan) Examples(symbol int, s ...Shape) graph.Treatment { return overStates(symbol, s[0]) }

func (op scan) Shape(s ...Shape) (Shape, error) {
	t, err := op.timing(s)
	if err == nil {
		_, err = op.define()
	}
	if err != nil {
		return Shape{}, err
	}
	return t.of(op.body.Outputs()[op.value]), nil
}

func (op scan) timing(s []Shape) (timing, error) {
	if err := op.body.CheckStep(); err != nil {
		return timing{}, err
	}
	if n := len(op.body.Outputs()); op.value < 0 || op.value >= n {
		return timing{}, fmt.Errorf("%w: value %d of a step of %d", graph.ErrShape, op.value, n)
	}
	return timesOf(s, op.body)
}

func (op scan) Reverse(y, ζ *Node) []*Node {
	in := y.Inputs()
	zero := y.Graph().Const(0, in[0].Shape().Dims()...)
	args := slices.Concat([]*Node{zero, in[0], op.states(y)}, in[1:], []*Node{ζ})
	for i := range emitted(op.body) {
		args = append(args, graph.Apply(scan{emitting(op.body), op.back, 1 + i}, in...))
	}
	r, adjoint := make([]*Node, len(in)), scanAdjoint{body: op.body, back: op.back, of: op.value}
	for k, i := range adjoint.inputs() {
		adjoint.value = k
		r[i] = graph.Apply(adjoint, args...)
	}
	return r
}

// states is the trajectory.
func (op scan) states(y *Node) *Node {
	if op.value == 0 && len(op.body.Outputs()) == 1 {
		return y
	}
	return graph.Apply(scan{body: op.body.State(), back: op.back}, y.Inputs()...)
}

// emitting is body with all that its adjoint reads of it, and emitted are these nodes.
func emitting(body *graph.Body) *graph.Body {
	loop, _ := body.Adjoint()
	if first, _, _ := loop.Split(); first != nil {
		if more := body.Emitting(first.Outputs()); more != nil {
			return more
		}
	}
	return body
}

func emitted(body *graph.Body) []*Node { return emitting(body).Outputs()[1:] }

// PairedKernel computes y beside a value that the same steps emit.
func (op scan) PairedKernel(g graph.Op) compute.Kernel {
	beside, ok := g.(scan)
	if !ok || op.body == beside.body || op.back != beside.back || !beside.body.EmitsAllOf(op.body) {
		return compute.Kernel{}
	}
	return op.stretches().PairedKernel(beside.stretches())
}

func (op scan) Differential(y *Node, ξ ...*Node) *Node {
	in, inputs := y.Inputs(), op.body.Inputs()
	t, _ := timesOf(shapesOf(in), op.body) // Shape has seen to the error
	before := slices.Clone(in)
	before[0] = delay(op.back, in[0], op.states(y))
	x := t.lifted(before, op.body)
	var moving []int
	var tangents []*Node
	for i, ξ := range ξ {
		if i > 0 && ξ != nil {
			if inputs[i].Shape().HasBatch() {
				ξ = t.flat(ξ)
			}
			moving, tangents = append(moving, i), append(tangents, ξ)
		}
	}
	start, loop := ξ[0], slices.Concat([]*Node{ξ[0]}, before)
	if start == nil {
		start = y.Graph().Const(0, in[0].Shape().Dims()...)
		loop[0] = start
	}
	driven := false
	if len(moving) > 0 {
		if d := op.body.Differential(moving...).At(t.columns(), slices.Concat(x, tangents), nil)[0]; d != nil {
			loop, driven = append(loop, t.fold(d)), true
		}
	}
	σ := graph.Apply(scan{body: op.body.Tangent(driven), back: op.back}, loop...)
	if op.value == 0 {
		return σ
	}
	moving, tangents = append([]int{0}, moving...), append([]*Node{t.flat(delay(op.back, start, σ))}, tangents...)
	if d := op.body.Differential(moving...).At(t.columns(), append(x, tangents...), nil)[op.value]; d != nil {
		return t.fold(d)
	}
	return nil
}
