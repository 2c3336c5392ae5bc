// Package draw makes the document's diagrams from a graph: the maps φ, ψ, G, L in a row
// with forward arrows, and under them the reverse arrows rφ, rψ, rG, rL in another
// colour. The caption is the same as a formula: graph.Composition.
//
//	d, err := draw.Of(j, draw.Options{})
//	err = d.WriteSVG(file)
//
// There are three formats: SVG, drawn without any other program; Mermaid, for documents
// on GitHub; DOT, for Graphviz. The output depends on the formula only, so that a picture
// can be compared with an earlier one.
//
// A formula need not be a network. The longest row of maps is drawn, with their other
// inputs above them. Of a long expression only the beginning is shown.
package draw
