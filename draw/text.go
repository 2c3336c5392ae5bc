package draw

import (
	"fmt"
	"io"
	"strings"
)

// WriteDOT writes the diagram for Graphviz: maps as ellipses, leaves as boxes,
// reverse arrows dashed and in red, steps as clusters.
func (d *Diagram) WriteDOT(w io.Writer) error {
	var b strings.Builder
	b.WriteString("digraph {\n\trankdir=LR;\n\tnode [fontname=\"Helvetica\"];\n\tedge [fontname=\"Helvetica\"];\n")
	fmt.Fprintf(&b, "\tlabel=%q;\n\tfontname=\"Helvetica\";\n\tfontcolor=firebrick;\n", strings.Join(d.Caption, "\n"))
	d.dot(&b, "n")
	for i, s := range d.steps {
		fmt.Fprintf(&b, "\tsubgraph cluster%d {\n\tlabel=%q;\n\tfontcolor=black;\n\tstyle=dotted;\n", i+1, s.title)
		s.diagram.dot(&b, stepID(i)+"n")
		b.WriteString("\t}\n")
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// stepID is the name in a text of a step, with which the names of its nodes begin.
func stepID(i int) string { return fmt.Sprintf("s%d", i+1) }

// dot writes nodes, whose names begin so, and arrows.
func (d *Diagram) dot(b *strings.Builder, id string) {
	for i, x := range d.boxes {
		shape := [...]string{"ellipse", "box", "plaintext"}[x.kind]
		fmt.Fprintf(b, "\t%s%d [label=%q, shape=%s];\n", id, i, strings.TrimSpace(x.title+"\n"+x.detail), shape)
	}
	for _, a := range d.arrows {
		fmt.Fprintf(b, "\t%s%d -> %s%d;\n", id, a.from, id, a.to)
		if a.both {
			fmt.Fprintf(b, "\t%s%d -> %s%d [label=%q, color=firebrick, fontcolor=firebrick, style=dashed, constraint=false];\n", id, a.to, id, a.from, strings.TrimSpace(a.label+"\n"+a.detail))
		}
	}
}

// WriteMermaid writes the diagram as a Mermaid flowchart, which GitHub shows, with steps as subgraphs.
// Its title is the first line of the caption; all of it stands at the end, as comments.
func (d *Diagram) WriteMermaid(w io.Writer) error {
	var b strings.Builder
	if len(d.Caption) > 0 {
		fmt.Fprintf(&b, "---\ntitle: %q\n---\n", d.Caption[0])
	}
	b.WriteString("flowchart LR\n")
	links := &mermaidLinks{}
	d.mermaid(&b, "n", links)
	for i, s := range d.steps {
		fmt.Fprintf(&b, "    subgraph %s[\"%s\"]\n", stepID(i), escape(s.title))
		s.diagram.mermaid(&b, stepID(i)+"n", links)
		b.WriteString("    end\n")
	}
	if len(links.reverse) > 0 {
		fmt.Fprintf(&b, "    linkStyle %s stroke:#b22222,color:#b22222\n", strings.Join(links.reverse, ","))
	}
	for _, c := range d.Caption {
		fmt.Fprintf(&b, "    %%%% %s\n", c)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// mermaidLinks counts the links of a flowchart, and has the numbers of those that go backwards.
type mermaidLinks struct {
	count   int
	reverse []string
}

// mermaid writes nodes, whose names begin so, and arrows.
func (d *Diagram) mermaid(b *strings.Builder, id string, links *mermaidLinks) {
	for i, x := range d.boxes {
		left, right := [...]string{"([", "[", "("}[x.kind], [...]string{"])", "]", ")"}[x.kind]
		fmt.Fprintf(b, "    %s%d%s\"%s\"%s\n", id, i, left, lines(x.title, x.detail), right)
	}
	for _, a := range d.arrows {
		fmt.Fprintf(b, "    %s%d --> %s%d\n", id, a.from, id, a.to)
		links.count++
		if !a.both {
			continue
		}
		name := " -.-> "
		if a.label != "" {
			name = fmt.Sprintf(" -. \"%s\" .-> ", lines(a.label, a.detail))
		}
		fmt.Fprintf(b, "    %s%d%s%s%d\n", id, a.to, name, id, a.from)
		links.reverse = append(links.reverse, fmt.Sprint(links.count))
		links.count++
	}
}

// lines returns the lines of a label in the syntax of Mermaid.
func lines(title, detail string) string {
	return strings.ReplaceAll(escape(strings.TrimSpace(title+"\n"+detail)), "\n", "<br>")
}

// escape replaces the characters that are markup in Mermaid by their numbers.
func escape(s string) string {
	return strings.NewReplacer("\"", "#34;", "#", "#35;", "<", "#60;", ">", "#62;", "&", "#38;", ";", "#59;").Replace(s)
}
