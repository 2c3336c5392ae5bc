package graph

import "fmt"

// A Body is a formula that is an argument of an op: what a loop does in a step, for one. Its
// values are a map of its inputs, which are leaves of a graph that holds nothing else. Ops
// hold it by pointer: the same Body is the same map.
type Body struct{ in, out []*Node }

// NewBody returns the map of the nodes in, inputs of one graph, whose values are out. A value
// that is nil is zero. The error is that of a node that failed, or wraps ErrGraph if a value
// depends on another input, or on a parameter.
func NewBody(in, out []*Node) (*Body, error) {
	b := &Body{in, out}
	var values []*Node
	for _, y := range out {
		if y != nil {
			values = append(values, y)
		}
	}
	if len(in) == 0 || len(values) == 0 {
		return nil, fmt.Errorf("%s: a formula of %d inputs and %d values, want both: %w", caller(), len(in), len(values), ErrGraph)
	}
	all := append(append([]*Node{}, in...), values...)
	if err := firstError(all); err != nil {
		return nil, err
	}
	own := map[*Node]bool{}
	for _, x := range in {
		if x.kind != Input || x.g != in[0].g || own[x] {
			return nil, fmt.Errorf("%s: input %s of a formula: want inputs of one graph, each once: %w", caller(), x.Label(), ErrGraph)
		}
		own[x] = true
	}
	for _, y := range values {
		if y.g != in[0].g {
			return nil, fmt.Errorf("%s: value %s of a formula: %w", caller(), y.Label(), ErrGraph)
		}
	}
	for _, n := range cone(values, nil) {
		if n.kind == Param || n.kind == Input && !own[n] {
			return nil, fmt.Errorf("%s: a formula depends on %s, which is none of its inputs: %w", caller(), n.Label(), ErrGraph)
		}
	}
	return b, nil
}

// Inputs returns the leaves of which the values are a map.
func (b *Body) Inputs() []*Node { return append([]*Node{}, b.in...) }

// Outputs returns the values; nil is zero.
func (b *Body) Outputs() []*Node { return append([]*Node{}, b.out...) }
