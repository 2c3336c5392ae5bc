package interop

import (
	"errors"
	"fmt"
	"slices"

	"adjoint/graph"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// ErrUnsupported is what the error of a formula that gorgonia cannot express
// wraps.
var ErrUnsupported = errors.New("gorgonia has no such op")

// ErrGorgonia is what the error wraps when gorgonia itself fails.
var ErrGorgonia = errors.New("gorgonia failed")

// Options are those of ToGorgonia.
type Options struct {
	// N is the number of examples, for which graph.Batch stands. A formula
	// without it needs none.
	N int
}

// A Formula is a formula of ours in gorgonia.
type Formula struct {
	Graph *gorgonia.ExprGraph

	// Output is the node that ToGorgonia was given.
	Output *gorgonia.Node

	// Node holds what every node became from which the output is computed. For
	// a leaf that is a leaf there, an input of gorgonia's, to which gradients
	// can be taken; parameters and constants have a copy of their value.
	Node map[*graph.Node]*gorgonia.Node
}

// ToGorgonia builds the formula of y in a new gorgonia graph: every op becomes
// the op of that name there, or else a few that make it up. It is built as it
// was written, not in its stable form.
//
// gorgonia has no erf (Erf, GELU), no Prod, no Gather by indices that are fed, and no
// StopGradient; and it has no functions of a user's. It broadcasts up to four axes,
// and slices and concatenates up to 256 entries of one.
//
// The error names the node and wraps ErrUnsupported if gorgonia has no such op,
// graph.ErrShape if the formula has a Batch and N is not positive, ErrGorgonia
// if gorgonia refuses, or is that of y.
func ToGorgonia(y *graph.Node, options ...Options) (f *Formula, err error) {
	if err := y.Err(); err != nil {
		return nil, err
	}
	b := &builder{
		Formula: &Formula{Graph: gorgonia.NewGraph(), Node: map[*graph.Node]*gorgonia.Node{}},
		dtype:   y.Graph().Dtype(),
	}
	if len(options) > 0 {
		b.n = options[0].N
	}
	formula := graph.InPrediction(y)[0]
	for _, n := range cone(formula) {
		if b.Node[n], err = b.build(n); err != nil {
			return nil, fmt.Errorf("to gorgonia: %s of shape %v: %w", n.Label(), n.Shape(), err)
		}
	}
	b.Node[y] = b.Node[formula]
	b.Output = b.Node[y]
	return b.Formula, nil
}

// Feed binds a copy of v to the leaf that an input became. The error wraps
// graph.ErrNotInput if x is no input of the formula, graph.ErrType, graph.ErrShape,
// or graph.ErrLayout if v is a view, which gorgonia would misread.
func (f *Formula) Feed(x *graph.Node, v *tensor.Dense) error {
	n := f.Node[x]
	if n == nil || x.Kind() != graph.Input {
		return fmt.Errorf("feed: %w of the formula", graph.ErrNotInput)
	}
	if err := plain(v); err != nil {
		return fmt.Errorf("feed %s: %w", x.Label(), err)
	}
	if v.Dtype() != n.Dtype() {
		return fmt.Errorf("feed %s: tensor of %v in a formula of %v: %w", x.Label(), v.Dtype(), n.Dtype(), graph.ErrType)
	}
	if !slices.Equal(n.Shape(), v.Shape()) {
		return fmt.Errorf("feed %s: tensor of shape %v, want %v: %w", x.Label(), v.Shape(), n.Shape(), graph.ErrShape)
	}
	return gorgonia.Let(n, valueOf(v))
}

// cone returns the nodes from which y is computed, y included, inputs first.
func cone(y *graph.Node) []*graph.Node {
	nodes, seen := []*graph.Node{y}, map[*graph.Node]bool{y: true}
	for i := 0; i < len(nodes); i++ {
		for _, x := range nodes[i].Inputs() {
			if !seen[x] {
				seen[x] = true
				nodes = append(nodes, x)
			}
		}
	}
	slices.SortFunc(nodes, func(a, b *graph.Node) int { return a.ID() - b.ID() })
	return nodes
}
