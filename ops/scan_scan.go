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
	graph.Register("Scan", graph.Any, func(a *graph.Args) graph.Op { return scan{body: a.Body()} })
	graph.Register("ScanBack", graph.Any, func(a *graph.Args) graph.Op { return scan{a.Body(), true} })
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
	return applyScan(body, back, append(all, captured...), nil)
}

// applyScan computes at once, for all times, what does not need the state. Some values of the
// body at all times may be known.
func applyScan(body *graph.Body, back bool, in []*Node, known map[*Node]*Node) *Node {
	if first, second, keep := body.Split(); first != nil {
		t, err := timesOf(shapesOf(in), body)
		if err != nil {
			return refuse("scan", err, in...)
		}
		used := make([]*Node, 0, len(keep))
		for _, i := range keep {
			used = append(used, in[i])
		}
		for _, v := range first.At(t.columns(), t.lifted(in, body), known) {
			used = append(used, t.fold(v))
		}
		in, body = used, second
	}
	return graph.Apply(scan{body, back}, in...)
}

type scan struct {
	body *graph.Body
	back bool
}

func (op scan) String() string {
	if op.back {
		return "scan←"
	}
	return "scan"
}

// Describe has the step for an argument, whose inputs are the state, those with times, and
// weights.
func (op scan) Describe() graph.Description {
	if op.back {
		return named("ScanBack", op.body)
	}
	return named("Scan", op.body)
}

func (op scan) loop() graph.Loop       { return graph.Loop{Body: op.body, Back: op.back} }
func (op scan) Kernel() compute.Kernel { return op.loop().Kernel() }

func (scan) Examples(symbol int, s ...Shape) graph.Treatment { return overStates(symbol, s[0]) }

func (op scan) Shape(s ...Shape) (Shape, error) {
	if err := op.body.CheckStep(); err != nil {
		return Shape{}, err
	}
	t, err := timesOf(s, op.body)
	if err != nil {
		return Shape{}, err
	}
	values := op.body.Outputs()
	d := values[0].Shape().Dims()
	if len(values) > 1 {
		d = []int{0, 0}
		for _, v := range values {
			d[0] += rows(v)
		}
	}
	return graph.ShapeOf(append(d[:len(d)-1], t.t, t.n)...), nil
}

func (op scan) Reverse(y, ζ *Node) []*Node {
	loop, rest := op.body.Adjoint()
	in, before, t := op.unrolled(y)
	zero := y.Graph().Const(0, in[0].Shape().Dims()...)
	known := op.emitted(loop, y, t)
	adjoint := slices.Concat([]*Node{zero}, before, op.split(ζ, t))
	ε := scan{body: loop}.split(applyScan(loop, !op.back, adjoint, known), t)
	adjoint[0] = delay(!op.back, zero, ε[0])
	r := rest.At(t.columns(), t.lifted(append(adjoint, ε[1:]...), rest), known)
	for i, x := range op.body.Inputs()[1:] {
		if r[i] != nil && x.Shape().HasBatch() {
			r[i] = t.fold(r[i])
		}
	}
	return append([]*Node{end(!op.back, ε[0])}, r...)
}

// emitted returns the values that the adjoint needs of f and that y emits, or a loop beside y,
// which computes both: see PairedKernel.
func (op scan) emitted(adjoint *graph.Body, y *Node, t timing) map[*Node]*Node {
	first, _, _ := adjoint.Split()
	if first == nil {
		return nil
	}
	if body := op.body.Emitting(first.Outputs()); body != nil {
		op.body = body
		y = graph.Apply(op, y.Inputs()...)
	}
	known, nodes := map[*Node]*Node{}, op.body.Outputs()
	for i, v := range op.split(y, t)[1:] {
		known[nodes[i+1]] = t.flat(v)
	}
	return known
}

// PairedKernel computes y beside a loop over the same body that emits more.
func (op scan) PairedKernel(g graph.Op) compute.Kernel {
	beside, ok := g.(scan)
	if !ok {
		return compute.Kernel{}
	}
	return op.loop().PairedKernel(beside.loop())
}

func (op scan) Differential(y *Node, ξ ...*Node) *Node {
	in, before, t := op.unrolled(y)
	x, inputs := t.lifted(before, op.body), op.body.Inputs()
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
	σ := applyScan(op.body.Tangent(driven), op.back, loop, nil)
	if len(op.body.Outputs()) == 1 {
		return σ
	}
	moving, tangents = append([]int{0}, moving...), append([]*Node{t.flat(delay(op.back, start, σ))}, tangents...)
	return op.join(σ, op.body.Differential(moving...).At(t.columns(), append(x, tangents...), nil)[1:], t)
}

// unrolled returns the inputs of y, and what f is applied to at all times: those with the
// trajectory, one step late, as the first.
func (op scan) unrolled(y *Node) (in, before []*Node, t timing) {
	in = y.Inputs()
	t, _ = timesOf(shapesOf(in), op.body) // Shape has seen to the error
	before = slices.Clone(in)
	before[0] = delay(op.back, in[0], op.split(y, t)[0])
	return in, before, t
}

// split returns the values of the body at all times, which are the rows of y if they are several.
func (op scan) split(y *Node, t timing) []*Node {
	values := op.body.Outputs()
	if len(values) == 1 {
		return []*Node{y}
	}
	from := 0
	for i, v := range values {
		d := v.Shape().Dims()
		values[i] = Reshape(Slice(y, 0, from, from+rows(v)), append(d[:len(d)-1], t.t, t.n)...)
		from += rows(v)
	}
	return values
}

// join is the inverse of split, of a state at all times and of the other values for T·N columns,
// of which nil is zero.
func (op scan) join(state *Node, others []*Node, t timing) *Node {
	values := op.body.Outputs()
	all := []*Node{Reshape(state, rows(values[0]), t.t, t.n)}
	for i, v := range values[1:] {
		e := state.Graph().Const(0, rows(v), t.t, t.n)
		if others[i] != nil {
			e = Reshape(others[i], rows(v), t.t, t.n)
		}
		all = append(all, e)
	}
	return Concat(0, all...)
}

// rows is the number of entries of a value of a body for one example.
func rows(v *Node) int {
	d := v.Shape().Dims()
	return graph.Times(d[:len(d)-1]...)
}
