package graph

import (
	"fmt"
	"io"
	"strings"
)

// WriteDOT writes the formula of the outputs as a Graphviz digraph: leaves as
// boxes, ops as ellipses with their shapes, and the nodes that a reverse
// derivative appended in another colour. The text depends on the formula only.
func WriteDOT(w io.Writer, outputs ...*Node) error {
	if err := firstError(outputs); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("digraph {\n\trankdir=LR;\n\tnode [fontname=\"Helvetica\"];\n")
	for _, n := range cone(outputs, nil) {
		label, shape, colour := n.name, "box", "black"
		if n.op != nil {
			shape = "ellipse"
			label = n.op.String()
			if n.name != "" {
				label = n.name + " = " + label
			}
		} else if label == "" {
			label = n.Label()
		}
		if n.reverseOf != nil {
			colour = "firebrick"
		}
		fmt.Fprintf(&b, "\tn%d [label=%q, shape=%s, color=%s];\n", n.id, label+"\n"+n.shape.String(), shape, colour)
		for i, x := range n.in {
			fmt.Fprintf(&b, "\tn%d -> n%d [color=%s", x.id, n.id, colour)
			if len(n.in) > 1 {
				fmt.Fprintf(&b, ", headlabel=%q", fmt.Sprint(i+1))
			}
			b.WriteString("];\n")
		}
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}
