package ops

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/graph"
)

var (
	_ graph.Expander       = scanAdjoint{}
	_ graph.Differentialer = scanAdjoint{}
	_ graph.Examplewise    = scanAdjoint{}
	_ graph.Describer      = scanAdjoint{}
)

func init() {
	for _, back := range []bool{false, true} {
		graph.Register(directed("ScanAdjoint", back), graph.Any, func(a *graph.Args) graph.Op {
			return scanAdjoint{a.Body(), back, a.Int(), a.Int()}
		})
	}
}

// scanAdjoint is a value of the adjoint recursion of a scan, whose step is body, for the cotangent
// of one of its values:
//
//	(μ, s, S, x…, ζ, z…) ↦ (μ_0, r_x f(λ)…)     μ_t = r f(ζ_t + μ_{t+1})     λ_t = ζ_t + μ_{t+1}
//
// where s is the state before, S the trajectory, x the other inputs, and z what f emits for it.
// Cotangents that are zero are left out. It goes the other way than the scan, a stretch of times
// after the other: nothing but what it reads and its values is kept for all times.
type scanAdjoint struct {
	body      *graph.Body
	back      bool
	of, value int
}

func (op scanAdjoint) String() string { return "r" + scan{op.body, op.back, op.of}.String() }

func (op scanAdjoint) Describe() graph.Description {
	return named(directed("ScanAdjoint", op.back), op.body, op.of, op.value)
}

func (op scanAdjoint) Kernel() compute.Kernel {
	body, _ := op.define() // Shape has seen to the error
	return graph.Loop{Body: body, Times: stretch, Back: !op.back, Ahead: true, Value: op.value}.Kernel()
}

// define returns the map of a stretch, (μ, S one step late, x…, ζ, z…) ↦ values….
func (op scanAdjoint) define() (*graph.Body, error) {
	shapes := slices.Concat(timed(op.body.Inputs()), timed(op.body.Outputs()[op.of:op.of+1]), timed(emitted(op.body)))
	shapes = slices.Insert(shapes, 0, op.body.Inputs()[0].Shape())
	return op.body.Define(fmt.Sprintf("%s %d", directed("ScanAdjoint", op.back), op.of), func(in ...*Node) []*Node {
		return op.values(inSteps, in[0], in[1:])
	}, shapes...)
}

// values returns all values, of μ and of what f and its adjoint are applied to at all times.
func (op scanAdjoint) values(by func(*graph.Body, bool, []*Node) []*Node, μ *Node, in []*Node) []*Node {
	g, k := μ.Graph(), len(op.body.Inputs())
	before, ζ, z := in[:k], in[k], in[k+1:]
	t := timing{before[0].Shape().Dim(before[0].Shape().Rank() - 2), μ.Shape().Dim(μ.Shape().Rank() - 1)}
	loop, rest := op.body.Adjoint()
	args := slices.Concat([]*Node{μ}, before)
	for i, v := range op.body.Outputs() {
		if i == op.of {
			args = append(args, ζ)
		} else {
			args = append(args, g.Const(0, t.of(v).Dims()...))
		}
	}
	known := map[*Node]*Node{}
	for i, n := range emitted(op.body) {
		known[n] = t.flat(z[i])
	}
	ε := scan{body: loop, back: !op.back}.loop(by, args, known)
	args[0] = delay(!op.back, μ, ε[1])
	values := ε[:1:1]
	for i, r := range rest.At(t.columns(), t.lifted(append(args, ε[2:]...), rest), known) {
		switch {
		case r == nil:
		case op.body.Inputs()[1+i].Shape().HasBatch():
			values = append(values, t.fold(r))
		default:
			values = append(values, r)
		}
	}
	return values
}

// Expand is the value, of all times at once.
func (op scanAdjoint) Expand(in ...*Node) *Node {
	before := delay(op.back, in[1], in[2])
	return op.values(inScans, in[0], append([]*Node{before}, in[3:]...))[op.value]
}

func (op scanAdjoint) Reverse(y, ζ *Node) []*Node { return graph.Through(op, y, ζ) }
func (op scanAdjoint) Differential(y *Node, ξ ...*Node) *Node {
	return graph.ThroughForward(op, y, ξ...)
}

func (op scanAdjoint) Shape(s ...Shape) (Shape, error) {
	k := len(op.body.Inputs())
	if len(s) < k+3 {
		return Shape{}, fmt.Errorf("%w: %d inputs of the adjoint of a scan of %d", graph.ErrShape, len(s), k)
	}
	t, err := scan{op.body, op.back, op.of}.timing(slices.Concat(s[1:2], s[3:k+2]))
	if err != nil {
		return Shape{}, err
	}
	want := []Shape{s[1], s[1], t.of(op.body.Inputs()[0])}
	want = append(want, s[3:k+2]...)
	want = append(want, t.of(op.body.Outputs()[op.of]))
	for _, z := range emitted(op.body) {
		want = append(want, t.of(z))
	}
	if !slices.Equal(s, want) {
		return Shape{}, fmt.Errorf("%w: inputs %v of the adjoint of a scan, want %v", graph.ErrShape, s, want)
	}
	inputs := op.inputs()
	if op.value < 0 || op.value >= len(inputs) {
		return Shape{}, fmt.Errorf("%w: value %d of the adjoint of a scan, which has %d", graph.ErrShape, op.value, len(inputs))
	}
	if _, err := op.define(); err != nil {
		return Shape{}, err
	}
	if i := inputs[op.value]; i > 0 {
		return s[2+i], nil
	}
	return s[1], nil
}

// inputs returns which input of the step each value is the cotangent of.
func (op scanAdjoint) inputs() []int {
	of := []int{0}
	_, rest := op.body.Adjoint()
	for i, r := range rest.Outputs() {
		if r != nil {
			of = append(of, 1+i)
		}
	}
	return of
}

// Examples: the cotangent of what is the same for all examples is a sum over them.
func (op scanAdjoint) Examples(symbol int, s ...Shape) graph.Treatment {
	t := overStates(symbol, s[0])
	if i := op.inputs()[op.value]; t == graph.Independent && !op.body.Inputs()[i].Shape().HasBatch() {
		return graph.Summed
	}
	return t
}
