package draw

import (
	"cmp"
	"math"
	"slices"
)

// A wide picture is broken into bands, like a text into lines, so that it can be
// read in a page. An arrow goes on from one band to the next round the end of the
// first, between the two, and round the beginning of the second.

const (
	bandWidth  = 960 // that a picture has without being broken
	usualWidth = 800 // of the bands of one that is
	goingOn    = 250 // what an arrow that goes on is worth in width
	laneStep   = 17  // between arrows beside each other
	bandGap    = 18
)

// A turn is where an arrow goes down at the end of a band, back, and down again.
type turn struct{ right, across, left float64 }

// wrap breaks the columns into bands and moves them to their places.
func (l *layout) wrap() {
	l.turns = map[link]turn{}
	l.ends = l.breaks()
	ends := l.ends
	if len(ends) > 1 {
		l.level() // anew, now that heights in other bands do not count
	}
	lanes := 0
	for _, c := range ends[:len(ends)-1] {
		lanes = max(lanes, len(l.crossing(c)))
	}
	indent := 0.0
	if lanes > 0 {
		indent = float64(lanes)*laneStep + bandGap/2
	}
	first := 0
	low := make([]float64, len(ends))
	for i, last := range ends {
		top := 0.0
		if i > 0 {
			top = low[i-1] + bandGap + laneStep*float64(len(l.crossing(ends[i-1])))
		}
		low[i] = l.place(first, last, indent, top)
		first = last + 1
	}
	for i, last := range ends[:len(ends)-1] {
		l.lead(last, low[i])
	}
	l.height = low[len(low)-1]
}

// breaks returns the last column of each band: that of a box, near equal parts of
// what is left, and where few arrows go on. What fits in one band is not broken.
func (l *layout) breaks() (ends []int) {
	last := len(l.columns) - 1
	whole, start, from := l.right[last], 0.0, 0
	if whole <= bandWidth {
		return []int{last}
	}
	for bands := math.Ceil(whole / usualWidth); bands > 1 && whole-start > bandWidth; bands-- {
		target := start + (whole-start)/bands
		best, least := last, math.Inf(1)
		for c := from + 2; c < last; c += 2 {
			if cost := math.Abs(l.right[c]-target) + goingOn*float64(len(l.crossing(c))); cost < least {
				best, least = c, cost
			}
		}
		if best == last {
			break
		}
		ends = append(ends, best)
		from, start = best, l.left[best+1]
	}
	return append(ends, last)
}

// parted reports whether two slots stand in different bands.
func (l *layout) parted(a, b int) bool {
	at := func(s int) int { i, _ := slices.BinarySearch(l.ends, l.slots[s].column); return i }
	return at(a) != at(b)
}

// crossing returns the links from column c to the next, from the top down.
func (l *layout) crossing(c int) (links []link) {
	for _, s := range l.columns[c] {
		links = append(links, l.out[s]...)
	}
	slices.SortStableFunc(links, func(a, b link) int { return cmp.Compare(l.port(a, false), l.port(b, false)) })
	return links
}

// place moves the columns from first to last to a band that begins at the height y,
// and returns where it ends.
func (l *layout) place(first, last int, indent, y float64) float64 {
	top, low := math.Inf(1), math.Inf(-1)
	for _, column := range l.columns[first : last+1] {
		for _, s := range column {
			top, low = min(top, l.slots[s].y-l.slots[s].up), max(low, l.slots[s].y+l.slots[s].down)
		}
	}
	dx, dy := indent-l.left[first], y-top
	for c := first; c <= last; c++ {
		l.left[c], l.right[c] = l.left[c]+dx, l.right[c]+dx
		for _, s := range l.columns[c] {
			l.slots[s].x, l.slots[s].y = l.slots[s].x+dx, l.slots[s].y+dy
		}
	}
	l.width = max(l.width, l.right[last])
	return low + dy
}

// lead leads the arrows that go on from column c round the end of its band, which is
// as low as low: the uppermost on the outside.
func (l *layout) lead(c int, low float64) {
	links := l.crossing(c)
	l.width = max(l.width, l.right[c]+laneStep*float64(len(links))+bandGap/2)
	arriving := slices.Clone(links)
	slices.SortStableFunc(arriving, func(a, b link) int { return cmp.Compare(l.port(a, true), l.port(b, true)) })
	for i, k := range links {
		l.turns[k] = turn{
			right:  l.right[c] + laneStep*float64(len(links)-i),
			across: low + laneStep*float64(len(links)-i),
			left:   l.left[c+1] - laneStep*float64(slices.Index(arriving, k)+1),
		}
	}
}
