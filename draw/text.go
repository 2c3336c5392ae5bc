package draw

import (
	"fmt"
	"io"
	"strings"
)

// WriteDOT writes the diagram for Graphviz: maps as ellipses, leaves as boxes,
// reverse arrows dashed and in red.
func (d *Diagram) WriteDOT(w io.Writer) error {
	var b strings.Builder
	b.WriteString("digraph {\n\trankdir=LR;\n\tnode [fontname=\"Helvetica\"];\n\tedge [fontname=\"Helvetica\"];\n")
	fmt.Fprintf(&b, "\tlabel=%q;\n\tfontname=\"Helvetica\";\n\tfontcolor=firebrick;\n", strings.Join(d.Caption, "\n"))
	for i, x := range d.boxes {
		shape := [...]string{"ellipse", "box", "plaintext"}[x.kind]
		fmt.Fprintf(&b, "\tn%d [label=%q, shape=%s];\n", i, strings.TrimSpace(x.title+"\n"+x.detail), shape)
	}
	for _, a := range d.arrows {
		fmt.Fprintf(&b, "\tn%d -> n%d;\n", a.from, a.to)
		if a.both {
			fmt.Fprintf(&b, "\tn%d -> n%d [label=%q, color=firebrick, fontcolor=firebrick, style=dashed, constraint=false];\n", a.to, a.from, strings.TrimSpace(a.label+"\n"+a.detail))
		}
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteMermaid writes the diagram as a Mermaid flowchart, which GitHub shows. Its
// title is the first line of the caption; all of it stands at the end, as comments.
func (d *Diagram) WriteMermaid(w io.Writer) error {
	var b strings.Builder
	if len(d.Caption) > 0 {
		fmt.Fprintf(&b, "---\ntitle: %q\n---\n", d.Caption[0])
	}
	b.WriteString("flowchart LR\n")
	for i, x := range d.boxes {
		left, right := [...]string{"([", "[", "("}[x.kind], [...]string{"])", "]", ")"}[x.kind]
		fmt.Fprintf(&b, "    n%d%s\"%s\"%s\n", i, left, lines(x.title, x.detail), right)
	}
	var reverse []string
	count := 0
	for _, a := range d.arrows {
		fmt.Fprintf(&b, "    n%d --> n%d\n", a.from, a.to)
		count++
		if !a.both {
			continue
		}
		name := " -.-> "
		if a.label != "" {
			name = fmt.Sprintf(" -. \"%s\" .-> ", lines(a.label, a.detail))
		}
		fmt.Fprintf(&b, "    n%d%sn%d\n", a.to, name, a.from)
		reverse = append(reverse, fmt.Sprint(count))
		count++
	}
	if len(reverse) > 0 {
		fmt.Fprintf(&b, "    linkStyle %s stroke:#b22222,color:#b22222\n", strings.Join(reverse, ","))
	}
	for _, c := range d.Caption {
		fmt.Fprintf(&b, "    %%%% %s\n", c)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// lines are those of a label, as Mermaid has them.
func lines(title, detail string) string {
	return strings.ReplaceAll(escape(strings.TrimSpace(title+"\n"+detail)), "\n", "<br>")
}

// escape writes what Mermaid reads as markup by its number.
func escape(s string) string {
	return strings.NewReplacer("\"", "#34;", "#", "#35;", "<", "#60;", ">", "#62;", "&", "#38;", ";", "#59;").Replace(s)
}
