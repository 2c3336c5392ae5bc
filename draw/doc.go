// Package draw makes the document's diagrams from the graph itself: the maps
// φ, ψ, G, L in a row with forward arrows, and under them the reverse arrows
// rφ, rψ, rG, rL in another colour. What a diagram says, the caption says too: it
// is graph.Composition.
//
//	d, err := draw.Of(j, draw.Options{})
//	err = d.WriteSVG(file)
//
// There are three forms: SVG, drawn here without any other program; Mermaid, for
// documents on GitHub; DOT, for Graphviz. Each depends on the formula only, so
// that a picture can be compared with an earlier one.
//
// A formula need not be a network. The longest row of maps is drawn, and what
// else they read stands above them, a longer expression by its beginning.
package draw
