// Package draw makes the document's diagrams from the graph itself: the maps
// φ, ψ, G, L with forward arrows, and beside each the arrow of rφ, rψ, rG, rL in
// another colour. What a diagram says, the caption says too: the composition of the
// reverse derivatives, as graph.Composition has it.
//
//	d, err := draw.Of(j, draw.Options{})
//	err = d.WriteSVG(file)
//
// There are three forms: SVG, drawn here without any other program, which follows the
// reader's choice of a light or a dark screen; Mermaid, for documents on GitHub; DOT,
// for Graphviz. Each depends on the formula only, so that a picture can be compared
// with an earlier one.
//
// A formula need not be a network: the whole of it is drawn, with skip connections,
// shared weights, penalties and gradients. Its longest row of maps is straight. No
// line runs behind a box or through a text. A wide picture goes on in a second band,
// as a text in a second line, and of a very deep formula the middle is left out. An op that
// has a map inside, as a scan has its step, unfolds: the map is drawn in a frame under the
// formula.
//
// Trace runs a formula on given values, forwards and backwards, and shows what passes
// on the way: as a listing, with the formula of each r, and as numbers in the diagram.
//
//	trace, err := draw.Trace(j, map[*graph.Node]*tensor.Dense{x: example, y: label})
//	fmt.Print(trace)
//	err = trace.Diagram.WriteSVG(file)
package draw
