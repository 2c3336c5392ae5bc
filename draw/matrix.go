package draw

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// mostEntries is how many rows and columns of a matrix are shown.
const mostEntries = 6

// Matrix prints a value: a scalar as a number; a vector as a row; a matrix a row a
// line, in brackets, its columns aligned. Of a tensor of more axes the rows are
// those of its last. Of many rows or columns the first five are shown and "…". It
// is "" for nil.
//
//	⎡ 0.5000 -0.2500⎤
//	⎣ 0.1000  0.7500⎦
func Matrix(v *tensor.Dense) string {
	if v == nil {
		return ""
	}
	entries := graph.Values[float64](v)
	format := formatOf(entries)
	if v.Dims() == 0 {
		return format(entries[0])
	}
	columns := v.Shape()[v.Dims()-1]
	var rows [][]string
	for len(entries) > 0 {
		if len(rows) == mostEntries-1 && len(entries) > columns {
			rows = append(rows, []string{"…"})
			break
		}
		var row []string
		for k, x := range entries[:columns] {
			if k == mostEntries-1 && columns > mostEntries {
				row = append(row, "…")
				break
			}
			row = append(row, format(x))
		}
		rows, entries = append(rows, row), entries[columns:]
	}
	return bracketed(rows)
}

// bracketed aligns the columns and sets the brackets.
func bracketed(rows [][]string) string {
	var width []int
	for _, row := range rows {
		for k, s := range row {
			if k == len(width) {
				width = append(width, 0)
			}
			width[k] = max(width[k], utf8.RuneCountInString(s))
		}
	}
	var lines []string
	for i, row := range rows {
		cells := make([]string, len(width))
		for k := range cells {
			s := ""
			if k < len(row) {
				s = row[k]
			}
			cells[k] = fmt.Sprintf("%*s", width[k], s)
		}
		left, right := "⎢", "⎥"
		switch {
		case len(rows) == 1:
			left, right = "[", "]"
		case i == 0:
			left, right = "⎡", "⎤"
		case i == len(rows)-1:
			left, right = "⎣", "⎦"
		}
		lines = append(lines, left+strings.Join(cells, " ")+right)
	}
	return strings.Join(lines, "\n")
}

// formatOf is the format of numbers: four decimals, or four digits if that would
// lose them.
func formatOf(entries []float64) func(float64) string {
	format := "%.4f"
	for _, x := range entries {
		if a := math.Abs(x); a >= 1e5 || a > 0 && a < 5e-4 {
			format = "%.4g"
		}
	}
	return func(x float64) string { return fmt.Sprintf(format, x) }
}

// A listing is lines of a formula and the value beside it.
type listing struct {
	lines []listed
}

type listed struct {
	text  string
	value []string
	head  bool
}

// widest is the length of a formula that has its value beside it: that of a longer
// one stands under it.
const widest = 60

func (l *listing) head(text string) { l.lines = append(l.lines, listed{text, nil, true}) }

func (l *listing) add(text string, value *tensor.Dense) {
	l.lines = append(l.lines, listed{text, strings.Split(Matrix(value), "\n"), false})
}

func (l *listing) String() string {
	beside := 0
	for _, x := range l.lines {
		if n := utf8.RuneCountInString(x.text); !x.head && n <= widest {
			beside = max(beside, n)
		}
	}
	var b strings.Builder
	for i, x := range l.lines {
		if x.head {
			if i > 0 {
				b.WriteString("\n")
			}
			if x.text != "" {
				b.WriteString(x.text + "\n")
			}
			continue
		}
		text := x.text
		if utf8.RuneCountInString(text) > beside {
			fmt.Fprintf(&b, "  %s\n", text)
			text = ""
		}
		for _, row := range x.value {
			b.WriteString(strings.TrimRight(fmt.Sprintf("  %-*s  %s", beside, text, row), " ") + "\n")
			text = ""
		}
	}
	return b.String()
}
