package graph

import "fmt"

// ExamplesApart returns an error, which wraps ErrShape and names the node, if not everything
// from which y is computed is either free of examples or keeps them apart: with N as its last
// axis, and no other symbol, and column j that of example j alone.
func ExamplesApart(y *Node) error {
	if err := y.Err(); err != nil {
		return err
	}
	var columns perNode[bool]
	for _, n := range cone([]*Node{y}, nil) {
		column := n.kind != Examples && n.shape.Symbolic()
		for _, x := range n.in {
			column = column || columns.get(x)
		}
		*columns.at(n) = column
		if apart := examplesLast(n.shape) && (len(n.in) == 0 || treatment(n, n.op.Kernel().IsEntrywise()) == Independent); column && !apart {
			return fmt.Errorf("%s of shape %v does not keep examples apart: %w", n.Label(), n.shape, ErrShape)
		}
	}
	return nil
}
