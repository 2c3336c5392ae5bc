package draw

import (
	"fmt"
	"slices"
	"strings"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A Tracing is one run of a formula forwards and backwards with everything that
// passes on the way.
type Tracing struct {
	// Diagram is the formula with its numbers: a value in every box, and under
	// every reverse arrow what it brings back.
	Diagram *Diagram

	naming
	nodes     []*graph.Node
	ζ         map[*graph.Node]*graph.Node // the cotangent of each node that has one
	r         map[edge]*graph.Node        // what each reverse derivative adds to it
	value     map[*graph.Node]*tensor.Dense
	outermost *graph.Node // the cotangent of j
}

// An edge leads from input k of n to n.
type edge struct {
	n *graph.Node
	k int
}

// Trace runs j on the values of its inputs, such as those of one example, and then
// backwards: from the cotangent of j, which is 1 in every entry, each map of the
// formula hands its r of that to its inputs, and where a value is read more than
// once they add up (Proposition 2.3). The cotangents are those of wrt and of what
// depends on them; without wrt that is the parameters, or the inputs if there are
// none.
//
// j may be any formula, one that has gradients in it too. Trace takes it word by
// word: unlike those of graph.VJP, the cotangents do not pass through stable forms,
// and where an activation saturates they may be infinite or NaN. It appends to the
// graph of j.
//
// Errors are those of a node that failed to build, of an input without a value or
// with one of another shape, and of a map without a derivative.
func Trace(j *graph.Node, values map[*graph.Node]*tensor.Dense, wrt ...*graph.Node) (*Tracing, error) {
	if err := j.Err(); err != nil {
		return nil, err
	}
	j = graph.InPrediction(j)[0]
	t := &Tracing{
		nodes: graph.Cone(j), ζ: map[*graph.Node]*graph.Node{}, r: map[edge]*graph.Node{}, value: map[*graph.Node]*tensor.Dense{},
	}
	if len(wrt) == 0 {
		wrt = variables(j)
	}
	for _, w := range wrt {
		if err := w.Err(); err != nil {
			return nil, err
		}
	}
	t.naming = namingOf(j, wrt)
	if err := t.reversed(); err != nil {
		return nil, err
	}
	if err := t.run(values); err != nil {
		return nil, err
	}
	var err error
	t.Diagram, err = Of(j, Options{
		Wrt:    wrt,
		Detail: func(n *graph.Node) string { return Matrix(t.value[n]) },
		Cotangent: func(n *graph.Node, k int) string {
			return Matrix(t.value[t.r[edge{n, k}]])
		},
	})
	return t, err
}

// variables are the parameters of j, or its inputs.
func variables(j *graph.Node) []*graph.Node {
	if params := graph.Params(j); len(params) > 0 {
		return params
	}
	return slices.DeleteFunc(graph.Cone(j), func(n *graph.Node) bool { return n.Kind() != graph.Input })
}

// reversed appends the reverse derivative of every map, last to first.
func (t *Tracing) reversed() error {
	g := t.j.Graph()
	t.outermost = g.Input("ζ", t.j.Shape().Dims()...)
	if t.moves(t.j) {
		t.ζ[t.j] = t.outermost
	}
	for i := len(t.nodes) - 1; i >= 0; i-- {
		n := t.nodes[i]
		ζ := t.ζ[n]
		if ζ == nil || !slices.ContainsFunc(n.Inputs(), t.moves) {
			continue
		}
		r := n.Op().Reverse(n, ζ)
		if r != nil && len(r) != len(n.Inputs()) {
			return fmt.Errorf("draw: r%v returned %d cotangents for %d inputs: %w", n.Op(), len(r), len(n.Inputs()), graph.ErrShape)
		}
		for k, c := range r {
			x := n.In(k)
			if c == nil || !t.moves(x) {
				continue
			}
			t.r[edge{n, k}] = c
			if t.ζ[x] == nil {
				t.ζ[x] = c
			} else {
				t.ζ[x] = graph.Add(t.ζ[x], c)
			}
		}
	}
	return nil
}

// run computes all values: first that of j, which says what shape its cotangent has.
func (t *Tracing) run(values map[*graph.Node]*tensor.Dense) error {
	outputs := slices.Clone(t.nodes)
	for _, n := range t.nodes {
		if t.ζ[n] != nil {
			outputs = append(outputs, t.ζ[n])
		}
		for k := range n.Inputs() {
			if r := t.r[edge{n, k}]; r != nil {
				outputs = append(outputs, r)
			}
		}
	}
	p, err := runOn(values, t.j)
	if err != nil {
		return err
	}
	y, err := p.Value(t.j)
	if err != nil {
		return err
	}
	ones := y.Clone().(*tensor.Dense)
	if err := ones.Memset(one(ones.Dtype())); err != nil {
		return fmt.Errorf("draw: the cotangent of %s: %w", t.node(t.j), err)
	}
	all := map[*graph.Node]*tensor.Dense{}
	for n, v := range values {
		all[n] = v
	}
	if slices.ContainsFunc(graph.Cone(outputs...), func(n *graph.Node) bool { return n == t.outermost }) {
		all[t.outermost] = ones
	}
	if p, err = runOn(all, outputs...); err != nil {
		return err
	}
	for _, n := range outputs {
		v, err := p.Value(n)
		if err != nil {
			return err
		}
		t.value[n] = v.Clone().(*tensor.Dense)
	}
	return nil
}

func one(dtype tensor.Dtype) any {
	if dtype == tensor.Float32 {
		return float32(1)
	}
	return 1.0
}

// runOn compiles the outputs and runs them on the values.
func runOn(values map[*graph.Node]*tensor.Dense, outputs ...*graph.Node) (*graph.Program, error) {
	p, err := graph.Compile(outputs...)
	if err != nil {
		return nil, err
	}
	for n, v := range values {
		if err := p.Feed(n, v); err != nil {
			return nil, err
		}
	}
	return p, p.Run()
}

// Value returns the value of n, a node of the formula, or nil.
func (t *Tracing) Value(n *graph.Node) *tensor.Dense { return t.value[n] }

// Cotangent returns the cotangent of n, or nil if it has none.
func (t *Tracing) Cotangent(n *graph.Node) *tensor.Dense { return t.value[t.ζ[n]] }

// A Step is one value of a tracing.
type Step struct {
	Node  *graph.Node
	Input int           // backwards, the input of Node that Node's r brings the value to; else -1
	Name  string        // of the map or the leaf, "ψ[1]"; of the reverse derivative, "rψ[1]"; "" of a cotangent
	Text  string        // "z = ψ(b, u)", "∂J/∂u = rψ(ζ) = ζ"
	Value *tensor.Dense // not to be changed
}

// Forward returns the values of the formula in the order in which they are computed.
func (t *Tracing) Forward() []Step {
	var steps []Step
	for _, n := range t.nodes {
		steps = append(steps, Step{n, -1, t.mapOf(n), t.forward(n), t.value[n]})
	}
	return steps
}

// Backward returns the cotangents from that of j to those of what it depends on, each with
// the formula of the r that brings it back. ζ is the cotangent of the map's value. Where
// several come to a node, their sum follows the last of them.
func (t *Tracing) Backward() []Step {
	var steps []Step
	if t.ζ[t.j] != nil {
		steps = append(steps, Step{t.j, -1, "", t.derivative(t.j) + " = 1", t.Cotangent(t.j)})
	}
	come := map[*graph.Node]int{} // to a node, so far
	for i := len(t.nodes) - 1; i >= 0; i-- {
		n := t.nodes[i]
		for k := len(n.Inputs()) - 1; k >= 0; k-- {
			r, x := t.r[edge{n, k}], n.In(k)
			if r == nil {
				continue
			}
			text := fmt.Sprintf("%s(ζ) = %s", t.reverse(n, k), t.expression(r, t.ζ[n]))
			all := t.readings(x)
			if all == 1 {
				text = t.derivative(x) + " = " + text
			}
			steps = append(steps, Step{n, k, t.reverse(n, k), text, t.value[r]})
			if come[x]++; come[x] == all && all > 1 {
				steps = append(steps, Step{x, -1, "", t.derivative(x) + " = the sum of these", t.Cotangent(x)})
			}
		}
	}
	return steps
}

// String prints the steps, those of Forward first, and a composition for each of wrt.
func (t *Tracing) String() string {
	l := listing{}
	l.head("forward")
	for _, s := range t.Forward() {
		l.add(s.Text, s.Value)
	}
	l.head("backward, from ζ of a map's value to those of its inputs")
	for _, s := range t.Backward() {
		l.add(s.Text, s.Value)
	}
	l.head("")
	return l.String() + strings.Join(t.captions(), "\n") + "\n"
}

// mapOf names the map that makes n, or n if it is a leaf.
func (t *Tracing) mapOf(n *graph.Node) string {
	if n.Op() == nil {
		return t.node(n)
	}
	return t.op(n)
}

// forward is the line of a value: "z[1] = ψ(b[1], φ[1])".
func (t *Tracing) forward(n *graph.Node) string {
	if len(n.Inputs()) == 0 {
		return t.node(n)
	}
	return t.node(n) + " = " + t.application(n, func(x *graph.Node) string { return t.node(x) })
}

// derivative names the cotangent of n.
func (t *Tracing) derivative(n *graph.Node) string {
	return fmt.Sprintf("∂%s/∂%s", t.node(t.j), t.node(n))
}

// readings counts the edges that bring something back to x.
func (t *Tracing) readings(x *graph.Node) (count int) {
	for e := range t.r {
		if e.n.In(e.k) == x {
			count++
		}
	}
	return count
}
