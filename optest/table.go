package optest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"adjoint/graph"
)

// A column is one opinion of the gradient. An entry that it does not have is
// NaN where missing is true.
type column struct {
	name      string
	entries   []float64
	missing   []bool    // nil if none is
	slack     []float64 // allowed besides the tolerance; nil is none
	tolerance float64
	text      []string // how an entry is printed where it is not ""; nil is as a number
	kinks     []int
	note      string
}

func (c *column) has(i int) bool { return c.missing == nil || !c.missing[i] }

// columns are the gradients, the hand-derived first.
func (c *gradients) columns() []*column {
	all := []*column{&c.hand, &c.engine}
	if c.second != nil {
		all = append(all, c.second)
	}
	return append(all, &c.differences)
}

// differing returns the entries at which two columns differ by more than is
// allowed. Two NaN do too: a gradient that is not a number is wrong.
func (c *gradients) differing(a, b *column) []int {
	var d []int
	for i := range a.entries {
		if a.has(i) && b.has(i) && (c.excess(a, b, i) > 1 || math.IsNaN(a.entries[i])) {
			d = append(d, i)
		}
	}
	return d
}

// excess is how many times what is allowed two columns are apart at an entry.
func (c *gradients) excess(a, b *column, i int) float64 {
	allowed := math.Max(a.tolerance, b.tolerance) * math.Max(c.size(a.entries[i]), c.size(b.entries[i]))
	for _, col := range []*column{a, b} {
		if col.slack != nil {
			allowed += col.slack[i]
		}
	}
	return excess(a.entries[i], b.entries[i], allowed)
}

// size is what an error of an entry d is relative to: the entry, and a thousandth
// of the largest finite one.
func (c *gradients) size(d float64) float64 {
	largest := 0.
	for _, v := range c.engine.entries {
		if isFinite(v) {
			largest = math.Max(largest, math.Abs(v))
		}
	}
	return math.Abs(d) + 1e-3*largest
}

// roundingNote says where rounding moves a formula by much more than the tolerance.
func (c *gradients) roundingNote(col *column) string {
	for i, r := range col.slack {
		if r > 1e3*col.tolerance*c.size(col.entries[i]) {
			return fmt.Sprintf("rounding alone moves %s by %.0e: does the formula subtract numbers that are nearly equal?", c.entryName(i), r)
		}
	}
	return ""
}

// print prints an entry of a column, with as many digits as tell it from those of
// the other columns.
func (c *gradients) print(col *column, i int) string {
	if col.text != nil && col.text[i] != "" {
		return col.text[i]
	}
	v := col.entries[i] + 0 // no −0
	for _, digits := range []int{6, 9, 12} {
		if !slices.ContainsFunc(c.columns(), func(other *column) bool {
			return other.has(i) && c.excess(col, other, i) > 1 &&
				fmt.Sprintf("%.*g", digits, v) == fmt.Sprintf("%.*g", digits, other.entries[i])
		}) {
			return fmt.Sprintf("%.*g", digits, v)
		}
	}
	return fmt.Sprintf("%.17g", v)
}

// String is the table of a comparison in which all agree.
func (c *gradients) String() string {
	return fmt.Sprintf("%s, %d entries, agree\n", c.title(), len(c.hand.entries)) + c.table(nil)
}

// table prints the first of the given entries, at which columns differ. If there are
// none it prints the first of all, and how far each column is from the hand-derived
// one.
func (c *gradients) table(entries []int) string {
	const most = 6
	of, agree := len(entries), len(entries) == 0
	if agree {
		of = len(c.hand.entries)
		for i := range min(most, of) {
			entries = append(entries, i)
		}
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(first string, cell func(col *column) string) {
		fmt.Fprintf(w, "%s\t", first)
		for _, col := range c.columns() {
			fmt.Fprintf(w, "%s\t", cell(col))
		}
		fmt.Fprintln(w)
	}
	row("entry", func(col *column) string { return col.name })
	for _, i := range entries[:min(most, len(entries))] {
		row(c.entryName(i), func(col *column) string {
			if !col.has(i) {
				return "-"
			}
			return c.print(col, i)
		})
	}
	if of > most {
		row(fmt.Sprintf("… %d more", of-most), func(*column) string { return "" })
	}
	if agree {
		row("relative error", func(col *column) string { return fmt.Sprintf("%.1e", c.furthest(col)) })
	}
	_ = w.Flush()
	for _, col := range c.columns() {
		if col.note != "" {
			fmt.Fprintf(&b, "%s: %s\n", col.name, col.note)
		}
	}
	return b.String()
}

// furthest is the largest relative distance of a column from the hand-derived one.
func (c *gradients) furthest(col *column) float64 {
	largest := 0.
	for i, v := range col.entries {
		if d := math.Abs(v - c.hand.entries[i]); col.has(i) && d != 0 {
			largest = math.Max(largest, d/c.size(c.hand.entries[i]))
		}
	}
	return largest
}

func (c *gradients) entryName(i int) string { return indexOf(c.w, i, c.n).String() }

// nameOf is how a node is called in messages: by its name, or by its formula if
// that is short.
func nameOf(n *graph.Node) string {
	const most = 40
	if n.Name() != "" {
		return n.Name()
	}
	if s := n.String(); len([]rune(s)) <= most {
		return s
	}
	return n.Label()
}
