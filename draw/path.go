package draw

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A way is the line of an arrow: points, and how it gets from each to the next.
type way struct {
	at     []point
	smooth []bool // a curve, not a straight line, leads to the next point
	round  []bool // the point is a corner that is rounded off
}

type point struct{ x, y float64 }

func (w *way) add(x, y float64, smooth, round bool) {
	w.at = append(w.at, point{x, y})
	w.smooth, w.round = append(w.smooth, smooth), append(w.round, round)
}

// line is the path of an arrow, so far to the right of its middle: level through its
// slots and the columns they are in, curved between the columns.
func (p *picture) line(i int, offset float64, back bool) string {
	route := p.routes[i]
	first, last := p.slots[route[0]], p.slots[route[len(route)-1]]
	from, to := first.x+first.w/2, last.x-last.w/2
	if back { // the line ends with a level piece as long as the head
		from += headLength
	} else {
		to -= headLength
	}
	var w way
	w.add(from, p.port(link{route[0], route[1], i}, false)+offset, false, false)
	for k := 1; k < len(route); k++ {
		step := link{route[k-1], route[k], i}
		x1, x2 := p.right[p.slots[step.from].column], p.left[p.slots[step.to].column]
		if k == 1 {
			x1 = max(x1, from)
		}
		if k == len(route)-1 {
			x2 = min(x2, to)
		}
		y1, y2 := p.port(step, false)+offset, p.port(step, true)+offset
		if t, ok := p.turns[step]; ok {
			w.add(t.right-offset, y1, false, true)
			w.add(t.right-offset, t.across-offset, false, true)
			w.add(t.left-offset, t.across-offset, false, true)
			w.add(t.left-offset, y2, false, true)
		} else if y1 != y2 {
			w.add(x1, y1, true, false)
			w.add(x2, y2, false, false)
		}
	}
	w.add(to, w.at[len(w.at)-1].y, false, false)
	for k := range w.at {
		w.at[k] = point{w.at[k].x + p.dx, w.at[k].y + p.dy}
	}
	if back {
		w.reverse()
	}
	return w.path(offset)
}

// reverse turns the way round.
func (w *way) reverse() {
	slices.Reverse(w.at)
	slices.Reverse(w.round)
	slices.Reverse(w.smooth[:len(w.smooth)-1])
}

// path is the way as SVG has it. It has no step without length: the head at the end of one
// would point anywhere.
func (w *way) path(offset float64) string {
	const radius = 8
	var b strings.Builder
	at := fmt.Sprintf("%.1f,%.1f", w.at[0].x, w.at[0].y)
	b.WriteString("M" + at)
	straight := func(p point) {
		if to := fmt.Sprintf("%.1f,%.1f", p.x, p.y); to != at {
			b.WriteString(" L" + to)
			at = to
		}
	}
	curved := func(c1, c2, p point) {
		at = fmt.Sprintf("%.1f,%.1f", p.x, p.y)
		fmt.Fprintf(&b, " C%.1f,%.1f %.1f,%.1f %s", c1.x, c1.y, c2.x, c2.y, at)
	}
	for k := 1; k < len(w.at); k++ {
		a, z := w.at[k-1], w.at[k]
		switch {
		case w.smooth[k-1]:
			// The lines of a pair keep apart where they are steep.
			middle := (a.x+z.x)/2 - math.Copysign(1, (z.y-a.y)*(z.x-a.x))*offset
			curved(point{middle, a.y}, point{middle, z.y}, z)
		case w.round[k]:
			before, after := towards(z, a, radius), towards(z, w.at[k+1], radius)
			straight(before)
			curved(z, z, after)
		default:
			straight(z)
		}
	}
	return b.String()
}

// towards is the point at a distance from a on the way to b, but no more than half
// way.
func towards(a, b point, distance float64) point {
	length := math.Hypot(b.x-a.x, b.y-a.y)
	if length == 0 {
		return a
	}
	part := min(distance/length, 0.5)
	return point{a.x + (b.x-a.x)*part, a.y + (b.y-a.y)*part}
}
