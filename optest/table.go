package optest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"adjoint/graph"
)

// A gradientTable holds one column for each gradient, the hand-derived first.
type gradientTable struct {
	title      string
	w          *graph.Node
	columns    []column
	complaints []string
}

// A column is one opinion of the gradient. An entry that it does not have is
// NaN where missing is true.
type column struct {
	name      string
	entries   []float64
	missing   []bool
	slack     []float64 // allowed besides the tolerance
	tolerance float64
	note      string
}

// add appends a column, and complains if it differs from the first.
func (g *gradientTable) add(c column) {
	g.columns = append(g.columns, c)
	if worst, over := g.worst(c); over > 1 {
		complaint := fmt.Sprintf("%s: %s gives %.15g at %s where the hand-derived formula gives %.15g",
			g.title, c.name, c.entries[worst], g.entryName(worst), g.columns[0].entries[worst])
		if factor, ok := ratio(g.columns[0].entries, c.entries); ok && c.missing == nil {
			complaint += fmt.Sprintf("; the formula is %.6g times it everywhere: a sign or a factor (1/N?) is wrong", factor)
		}
		g.complaints = append(g.complaints, complaint)
	}
}

// worst returns the entry at which c differs most from the first column, and how
// many times what is allowed.
func (g *gradientTable) worst(c column) (entry int, over float64) {
	for i := range c.entries {
		if c.missing != nil && c.missing[i] {
			continue
		}
		allowed := c.tolerance * g.scale(i)
		if c.slack != nil {
			allowed += c.slack[i]
		}
		if e := excess(c.entries[i], g.columns[0].entries[i], allowed); e > over || math.IsNaN(c.entries[i]) {
			entry, over = i, e
			if math.IsNaN(c.entries[i]) {
				return i, math.Inf(1)
			}
		}
	}
	return entry, over
}

// scale is what an error at entry i is relative to: the hand-derived entry, and
// a thousandth of the largest.
func (g *gradientTable) scale(i int) float64 {
	largest := 0.
	for _, v := range g.columns[0].entries {
		largest = math.Max(largest, math.Abs(v))
	}
	return math.Abs(g.columns[0].entries[i]) + 1e-3*largest
}

// String prints the entries at which the columns differ most, and the largest
// relative error of each column.
func (g *gradientTable) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d entries\n", g.title, len(g.columns[0].entries))
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "entry\t")
	for _, c := range g.columns {
		fmt.Fprintf(w, "%s\t", c.name)
	}
	fmt.Fprintln(w)
	for _, i := range g.rows() {
		fmt.Fprintf(w, "%s\t", g.entryName(i))
		for _, c := range g.columns {
			if c.missing != nil && c.missing[i] {
				fmt.Fprint(w, "-\t")
			} else {
				fmt.Fprintf(w, "%.12g\t", c.entries[i])
			}
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, "largest relative error\t")
	for _, c := range g.columns {
		largest := 0.
		for i := range c.entries {
			if c.missing == nil || !c.missing[i] {
				largest = math.Max(largest, g.errorAt(c, i))
			}
		}
		fmt.Fprintf(w, "%.1e\t", largest)
	}
	fmt.Fprintln(w)
	_ = w.Flush()
	for _, c := range g.columns {
		if c.note != "" {
			fmt.Fprintf(&b, "%s: %s\n", c.name, c.note)
		}
	}
	return b.String()
}

// errorAt is the relative error of entry i.
func (g *gradientTable) errorAt(c column, i int) float64 {
	if d := math.Abs(c.entries[i] - g.columns[0].entries[i]); d != 0 {
		return d / g.scale(i)
	}
	return 0
}

// rows returns the entries at which the columns differ most, in order.
func (g *gradientTable) rows() []int {
	const most = 8
	rows := make([]int, len(g.columns[0].entries))
	disagreement := make([]float64, len(rows))
	for i := range rows {
		rows[i] = i
		for _, c := range g.columns {
			if c.missing == nil || !c.missing[i] {
				allowed := c.tolerance * g.scale(i)
				disagreement[i] = math.Max(disagreement[i], excess(c.entries[i], g.columns[0].entries[i], allowed))
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b int) int {
		switch {
		case disagreement[a] > disagreement[b]:
			return -1
		case disagreement[a] < disagreement[b]:
			return 1
		}
		return 0
	})
	rows = rows[:min(len(rows), most)]
	slices.Sort(rows)
	return rows
}

func (g *gradientTable) entryName(i int) string {
	shape := g.w.Shape()
	n := 1
	if shape.HasBatch() {
		n = max(1, len(g.columns[0].entries)/size(shape.At(1).Dims()))
	}
	return indexOf(g.w, i, n).String()
}

func nameOf(n *graph.Node) string {
	if n.Name() != "" {
		return n.Name()
	}
	return n.String()
}
