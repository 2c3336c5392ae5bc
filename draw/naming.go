package draw

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"adjoint/graph"
)

// A naming gives every node and every reverse derivative one name, which boxes,
// arrows, captions and listings share.
type naming struct {
	j    *graph.Node
	wrt  []*graph.Node
	form []graph.Notation // of each of wrt; of j alone if there are none

	given map[*graph.Node]string // names other than a node's own
}

func namingOf(j *graph.Node, wrt []*graph.Node) naming {
	m := naming{j: j, wrt: wrt}
	for _, w := range wrt {
		m.form = append(m.form, graph.NotationOf(j, w))
	}
	if len(wrt) == 0 {
		m.form = []graph.Notation{graph.NotationOf(j, j)}
	}
	return m
}

// moves reports whether n depends on a node of wrt.
func (m naming) moves(n *graph.Node) bool {
	for i := range m.wrt {
		if m.form[i].DependsOn(n) {
			return true
		}
	}
	return false
}

// op names the map that makes n, with its layer: "φ[2]".
func (m naming) op(n *graph.Node) string { return shortNumbers(m.form[0].Op(n)) }

// shortNumbers leaves four digits of the numbers in a name.
func shortNumbers(name string) string {
	return longNumber.ReplaceAllStringFunc(name, func(s string) string {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return s
		}
		return strconv.FormatFloat(v, 'g', 4, 64)
	})
}

var longNumber = regexp.MustCompile(`\d+\.\d{5,}(e[-+]\d+)?`)

// node names the value n: by its own name, or by the map that makes it. A cost
// without a name is J.
func (m naming) node(n *graph.Node) string {
	switch name := m.given[n]; {
	case name != "":
		return name
	case n.Name() != "":
		return cut(n.Name())
	case n == m.j:
		return "J"
	case len(n.Inputs()) > 0:
		return m.op(n)
	}
	return cut(n.String())
}

// cut cuts a name to 24 letters.
func cut(name string) string {
	const most = 24
	if r := []rune(name); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return name
}

// box names the value n and the map that makes it: "z[1] = ψ[1]".
func (m naming) box(n *graph.Node) string {
	name := m.node(n)
	if len(n.Inputs()) == 0 || name == m.op(n) {
		return name
	}
	return name + " = " + m.op(n)
}

// reverse names the reverse derivative of the op of n in argument k as
// graph.Composition does: "rφ[2]" in the last argument, "r₁φ[2]" in another. All
// arguments are numbered where a path from one of wrt needs that, or two would
// have the same name.
func (m naming) reverse(n *graph.Node, k int) string {
	const plain, numbered = 1, 2
	needs := make([]int, len(n.Inputs()))
	for i := range m.wrt {
		for a, x := range n.Inputs() {
			switch {
			case !m.form[i].DependsOn(x):
			case m.form[i].Reverse(n, a) == "r"+m.form[i].Op(n):
				needs[a] |= plain
			default:
				needs[a] |= numbered
			}
		}
	}
	alike := 0
	for _, need := range needs {
		if need == plain {
			alike++
		}
	}
	if needs[k] == plain && alike == 1 {
		return "r" + m.op(n)
	}
	return "r" + subscripts.Replace(strconv.Itoa(k+1)) + m.op(n)
}

var subscripts = strings.NewReplacer("0", "₀", "1", "₁", "2", "₂", "3", "₃", "4", "₄", "5", "₅", "6", "₆", "7", "₇", "8", "₈", "9", "₉")

// maxPaths is the number of paths that a caption writes out, maxCaption that of
// the captions under a diagram.
const maxPaths, maxCaption = 4, 6

// captions write the derivative in each of wrt as a sum of compositions.
func (m naming) captions() []string {
	var lines []string
	for i, w := range m.wrt {
		if i == maxCaption {
			lines = append(lines, fmt.Sprintf("… and %d more", len(m.wrt)-maxCaption))
			break
		}
		lines = append(lines, fmt.Sprintf("∂%s/∂%s = %s", m.node(m.j), m.node(w), m.composition(m.form[i], w)))
	}
	return lines
}

// composition is graph.Composition in these names.
func (m naming) composition(f graph.Notation, w *graph.Node) string {
	switch {
	case m.j == w:
		return "1"
	case !f.DependsOn(m.j):
		return "0"
	}
	var paths []string
	var walk func(n *graph.Node, after []string)
	walk = func(n *graph.Node, after []string) {
		if len(paths) > maxPaths {
			return
		}
		if n == w {
			paths = append(paths, strings.Join(after, "∘"))
			return
		}
		for k, x := range n.Inputs() {
			if f.DependsOn(x) {
				walk(x, append([]string{m.reverse(n, k)}, after...))
			}
		}
	}
	walk(m.j, nil)
	if len(paths) > maxPaths {
		paths[maxPaths] = "…"
	}
	return strings.Join(paths, " + ")
}
