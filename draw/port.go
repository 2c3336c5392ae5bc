package draw

import (
	"cmp"
	"math"
	"slices"
)

// reach is how far from the middle of a box the arrows on one side of it end, in
// steps.
func (l *layout) reach(s int, out bool) float64 {
	links, middle := l.sorted(s, out)
	return max(middle, float64(len(links)-1)-middle)
}

// sorted returns the links on one side of a box from the top down, and which of
// them is in the middle of the box: that of the spine, if there is one.
func (l *layout) sorted(s int, out bool) (links []link, middle float64) {
	links = l.in[s]
	if out {
		links = l.out[s]
	}
	at := l.positions()
	links = slices.Clone(links)
	slices.SortStableFunc(links, func(a, b link) int { return cmp.Compare(at[a.from+a.to-s], at[b.from+b.to-s]) })
	for i, k := range links {
		if l.slots[s].spine && l.slots[k.from+k.to-s].spine {
			return links, float64(i)
		}
	}
	return links, float64(len(links)-1) / 2
}

// port returns the height at which a link begins, or ends.
func (l *layout) port(k link, end bool) float64 {
	s := k.from
	if end {
		s = k.to
	}
	if l.slots[s].box < 0 {
		return l.slots[s].y
	}
	links, middle := l.sorted(s, !end)
	return math.Round(l.slots[s].y + portStep*(float64(slices.Index(links, k))-middle))
}
