package interop

import (
	"fmt"
	"slices"

	"adjoint/graph"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Gradient returns the entries, row by row, of gorgonia's gradient of the scalar j
// for each node of wrt: j's formula is built there, differentiated by gorgonia's
// Grad (by Backpropagate, which does the same, where a node of wrt is no leaf) and
// run once by its TapeMachine. Feeds are the values of the inputs that j depends
// on; N is read off them.
//
// Unlike graph.Gradient, it is an error if j does not depend on a node of wrt. The
// error wraps graph.ErrNotScalar, graph.ErrGraph for such a node, graph.ErrUnfed,
// or is one of ToGorgonia or Feed.
func Gradient(feeds map[*graph.Node]*tensor.Dense, j *graph.Node, wrt ...*graph.Node) (gradient [][]float64, err error) {
	if err := j.Err(); err != nil {
		return nil, err
	}
	if j.Shape() != (graph.Shape{}) {
		return nil, fmt.Errorf("gradient of %s of shape %v: %w", j.Label(), j.Shape(), graph.ErrNotScalar)
	}
	f, err := ToGorgonia(j, Options{N: examples(feeds)})
	if err != nil {
		return nil, err
	}
	if err := f.feed(feeds); err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil {
			err = failure(p)
		}
	}()
	nodes := make(gorgonia.Nodes, len(wrt))
	for i, w := range wrt {
		if nodes[i] = f.Node[w]; nodes[i] == nil {
			return nil, fmt.Errorf("gradient of %s: it does not depend on node %d of wrt: %w", j.Label(), i, graph.ErrGraph)
		}
	}
	values, err := f.run(f.differentiate(nodes))
	if err != nil {
		return nil, err
	}
	for _, v := range values {
		d, err := entries(v)
		if err != nil {
			return nil, fmt.Errorf("gradient of %s: %w", j.Label(), err)
		}
		gradient = append(gradient, d)
	}
	return gradient, nil
}

// SecondOpinion returns Gradient as a function of a scalar and one node, which is
// what optest.GradientOptions asks for.
func SecondOpinion(feeds map[*graph.Node]*tensor.Dense) func(j, w *graph.Node) ([]float64, error) {
	return func(j, w *graph.Node) ([]float64, error) {
		d, err := Gradient(feeds, j, w)
		if err != nil {
			return nil, err
		}
		return d[0], nil
	}
}

// examples is what Batch is in feeds, or 0.
func examples(feeds map[*graph.Node]*tensor.Dense) int {
	for x, v := range feeds {
		if axis := slices.Index(x.Shape().Dims(), graph.Batch); axis >= 0 && v != nil && axis < v.Dims() {
			return v.Shape()[axis]
		}
	}
	return 0
}

// feed feeds all inputs of the formula. A feed of another input is ignored.
func (f *Formula) feed(feeds map[*graph.Node]*tensor.Dense) error {
	for x := range f.Node {
		if x.Kind() != graph.Input {
			continue
		}
		v, ok := feeds[x]
		if !ok {
			return fmt.Errorf("%s of shape %v: %w", x.Label(), x.Shape(), graph.ErrUnfed)
		}
		if err := f.Feed(x, v); err != nil {
			return err
		}
	}
	return nil
}

// differentiate returns the gradients of the output.
func (f *Formula) differentiate(wrt gorgonia.Nodes) gorgonia.Nodes {
	if slices.ContainsFunc(wrt, func(n *node) bool { return n.Op() != nil }) {
		one := f.Graph.AddNode(gorgonia.NewConstant(floatOf(f.Output.Dtype(), 1)))
		return all(gorgonia.Backpropagate(gorgonia.Nodes{f.Output}, gorgonia.Nodes{one}, wrt))
	}
	return all(gorgonia.Grad(f.Output, wrt...))
}

func all(nodes gorgonia.Nodes, err error) gorgonia.Nodes {
	if err != nil {
		panic(err)
	}
	return nodes
}

// run computes nodes. A value is read while the machine runs: afterwards another
// may be in its place.
func (f *Formula) run(nodes gorgonia.Nodes) ([]gorgonia.Value, error) {
	values := make([]gorgonia.Value, len(nodes))
	for i, n := range nodes {
		gorgonia.Read(n, &values[i])
	}
	machine := gorgonia.NewTapeMachine(f.Graph)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		return nil, failure(err)
	}
	return values, nil
}
