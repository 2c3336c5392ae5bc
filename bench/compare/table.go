package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"adjoint/bench/internal/record"
)

// A figure is something that lines tell and a table shows.
type figure struct {
	title  string
	of     func(*record.Line) (float64, bool)
	format func(float64) string
	ratio  func(ours, theirs float64) float64 // above 1 where we are better; nil for none
	mean   bool                               // the table ends with the geometric mean of the ratios
}

var figures = []figure{
	{title: "Time of a step", of: stepTime, format: duration, ratio: less},
	{title: "Products, GFLOP/s", of: positive(func(l *record.Line) float64 { return l.GFLOPS }), format: short, ratio: more, mean: true},
	{title: "Building, with the gradient, until the first step", of: positive(func(l *record.Line) float64 { return l.BuildMs }), format: duration, ratio: less},
	{title: "Peak resident memory, MB", of: peakMemory, format: short, ratio: less},
	{title: "Allocations a step", of: optional(func(l *record.Line) *float64 { return l.AllocsPerStep }), format: short},
	{title: "Norm of the gradient where a fit ends", of: positive(func(l *record.Line) float64 { return l.GradientNorm }), format: scientific},
	{title: "Loss at the end; of W6, the first entry of the answer", of: optional(lossOrOutput), format: exact},
}

func less(ours, theirs float64) float64 { return theirs / ours }
func more(ours, theirs float64) float64 { return ours / theirs }

// stepTime is the time of all that is not told in GFLOP/s.
func stepTime(l *record.Line) (float64, bool) { return l.MsPerStep, l.MsPerStep > 0 && l.GFLOPS == 0 }

// peakMemory is that of all but the products, which share a process.
func peakMemory(l *record.Line) (float64, bool) {
	return l.PeakRSSMB, l.PeakRSSMB > 0 && l.GFLOPS == 0
}

func positive(of func(*record.Line) float64) func(*record.Line) (float64, bool) {
	return func(l *record.Line) (float64, bool) { return of(l), of(l) > 0 }
}

func optional(of func(*record.Line) *float64) func(*record.Line) (float64, bool) {
	return func(l *record.Line) (float64, bool) {
		if v := of(l); v != nil {
			return *v, true
		}
		return 0, false
	}
}

func lossOrOutput(l *record.Line) *float64 {
	if l.Output != nil {
		return l.Output
	}
	return l.FinalLoss
}

func duration(ms float64) string {
	switch {
	case ms < 1:
		return short(1e3*ms) + " µs"
	case ms < 1e3:
		return short(ms) + " ms"
	}
	return short(ms/1e3) + " s"
}

// short is x to three digits.
func short(x float64) string {
	if x == 0 {
		return "0"
	}
	decimals := 2 - int(math.Floor(math.Log10(math.Abs(x))))
	return strconv.FormatFloat(x, 'f', min(max(decimals, 0), 4), 64)
}

func scientific(x float64) string { return strconv.FormatFloat(x, 'e', 1, 64) }

func exact(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// tables prints the tables of all figures that the lines have.
func tables(w io.Writer, lines []record.Line) error {
	t := collect(lines)
	var text strings.Builder
	for _, m := range distinct(lines, func(l *record.Line) string { return l.Machine }) {
		fmt.Fprintf(&text, "%s\n\n", m)
	}
	for _, f := range figures {
		t.print(&text, f)
	}
	for _, m := range distinct(lines, missing) {
		fmt.Fprintf(&text, "- %s\n", m)
	}
	for _, m := range distinct(lines, func(l *record.Line) string { return l.Library }) {
		fmt.Fprintf(&text, "- %s\n", m)
	}
	text.WriteString(t.spread())
	_, err := io.WriteString(w, text.String())
	return err
}

func missing(l *record.Line) string {
	if l.Missing == "" {
		return ""
	}
	return fmt.Sprintf("%s is missing in %s: %s", l.Peer, l.Work, l.Missing)
}

// distinct are the different texts of lines, in their order, but for the empty.
func distinct(lines []record.Line, of func(*record.Line) string) (all []string) {
	for i := range lines {
		if s := of(&lines[i]); s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// A grid has the lines by row, what was measured, and column, who did it.
type grid struct {
	rows, peers []string
	cells       map[[2]string][]record.Line
}

func collect(lines []record.Line) *grid {
	g := &grid{peers: []string{us}, cells: map[[2]string][]record.Line{}}
	for _, l := range lines {
		if l.Missing != "" {
			continue
		}
		row := l.Case() + ", " + l.Dtype
		if l.Threads > 1 {
			row += fmt.Sprintf(", %d threads", l.Threads)
		}
		if !slices.Contains(g.rows, row) {
			g.rows = append(g.rows, row)
		}
		if !slices.Contains(g.peers, l.Peer) {
			g.peers = append(g.peers, l.Peer)
		}
		g.cells[[2]string{row, l.Peer}] = append(g.cells[[2]string{row, l.Peer}], l)
	}
	return g
}

// values are those of a figure, one of each round.
func (g *grid) values(f figure, row, peer string) (v []float64) {
	for _, l := range g.cells[[2]string{row, peer}] {
		if x, ok := f.of(&l); ok {
			v = append(v, x)
		}
	}
	return v
}

// print writes the table of a figure, with the rows and peers that have it.
func (g *grid) print(w io.Writer, f figure) {
	has := func(row, peer string) bool { return len(g.values(f, row, peer)) > 0 }
	rows := slices.DeleteFunc(slices.Clone(g.rows), func(row string) bool {
		return !slices.ContainsFunc(g.peers, func(p string) bool { return has(row, p) })
	})
	peers := slices.DeleteFunc(slices.Clone(g.peers), func(p string) bool {
		return !slices.ContainsFunc(rows, func(row string) bool { return has(row, p) })
	})
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(w, "| %s | %s |\n|---%s|\n", f.title, strings.Join(peers, " | "), strings.Repeat("|---", len(peers)))
	ratios := make([][]float64, len(peers))
	for _, row := range rows {
		fmt.Fprintf(w, "| %s |", row)
		ours := g.values(f, row, us)
		for i, p := range peers {
			v := g.values(f, row, p)
			if len(v) == 0 {
				fmt.Fprint(w, "  |")
				continue
			}
			fmt.Fprintf(w, " %s", f.format(median(v)))
			if f.ratio != nil && p != us && len(ours) > 0 {
				r := ratio(f, ours, v)
				ratios[i] = append(ratios[i], r)
				fmt.Fprintf(w, " (%s×)", short(r))
			}
			fmt.Fprint(w, " |")
		}
		fmt.Fprintln(w)
	}
	if f.mean {
		fmt.Fprint(w, "| geometric mean |")
		for _, r := range ratios {
			fmt.Fprintf(w, " %s |", geometricMean(r))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

// ratio is the median of the ratios of the rounds.
func ratio(f figure, ours, theirs []float64) float64 {
	var r []float64
	for i := range min(len(ours), len(theirs)) {
		r = append(r, f.ratio(ours[i], theirs[i]))
	}
	return median(r)
}

func geometricMean(r []float64) string {
	if len(r) == 0 {
		return ""
	}
	logs := 0.0
	for _, x := range r {
		logs += math.Log(x)
	}
	return short(math.Exp(logs/float64(len(r)))) + "×"
}

// spread says how far the rounds lie apart where they lie furthest.
func (g *grid) spread() string {
	worst, where, rounds := 0.0, "", 0
	for _, row := range g.rows {
		for _, p := range g.peers {
			var ms []float64
			for _, l := range g.cells[[2]string{row, p}] {
				ms = append(ms, l.MsPerStep)
			}
			if len(ms) == 0 {
				continue
			}
			rounds = max(rounds, len(ms))
			if s := slices.Max(ms)/slices.Min(ms) - 1; s > worst {
				worst, where = s, row+" by "+p
			}
		}
	}
	if rounds < 2 {
		return "- One round: no medians.\n"
	}
	return fmt.Sprintf("- Medians of %d rounds, which lie up to %.0f %% apart (%s). A ratio above 1 says that %s is better.\n", rounds, 100*worst, where, us)
}

// median leaves v as it is.
func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
