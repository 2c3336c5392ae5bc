package draw

import "slices"

// A picture is laid out in columns, after Sugiyama, Tagawa and Toda (1981): boxes
// stand in the even ones, the names of reverse derivatives in the odd ones between
// them. An arrow that passes through a column has a slot of its own there, so that
// nothing else is where it runs; between two columns there are only lines.

// A slot is a box, or a place that an arrow passes through.
type slot struct {
	box, arrow int // the one that it is; −1 for the other
	column     int
	spine      bool
	labelled   bool // the name of the arrow stands here, under its line

	w, up, down float64 // its size: above and below its line
	x, y        float64 // the middle of its line
}

// A link joins two slots in neighbouring columns by a part of an arrow.
type link struct{ from, to, arrow int }

// A layout is where everything stands.
type layout struct {
	d       *Diagram
	slots   []slot
	columns [][]int // the slots of each column, from the top down
	links   []link
	routes  [][]int // the slots of each arrow, its boxes included

	in, out [][]link  // of each slot
	left    []float64 // where each column begins
	right   []float64 // where it ends

	ends          []int         // the last column of each band
	turns         map[link]turn // of the links from one band to the next
	width, height float64
}

// newLayout lays out a diagram.
func newLayout(d *Diagram) *layout {
	l := &layout{d: d, columns: make([][]int, 2*d.depth-1)}
	for i, b := range d.boxes {
		w, h := boxSize(b)
		l.add(slot{box: i, arrow: -1, column: 2 * b.layer, spine: b.spine, w: w, up: h / 2, down: h / 2})
	}
	for i, a := range d.arrows {
		l.route(i, a)
	}
	l.arrange()
	l.in, l.out = make([][]link, len(l.slots)), make([][]link, len(l.slots))
	for _, k := range l.links {
		l.in[k.to] = append(l.in[k.to], k)
		l.out[k.from] = append(l.out[k.from], k)
	}
	l.order()
	l.fit()
	l.level()
	l.spread()
	l.wrap()
	return l
}

func (l *layout) add(s slot) int {
	l.slots = append(l.slots, s)
	i := len(l.slots) - 1
	l.columns[s.column] = append(l.columns[s.column], i)
	return i
}

// route gives an arrow a slot in every column between its boxes: in the last of
// them is its name.
func (l *layout) route(i int, a arrow) {
	from, to := l.d.boxes[a.from], l.d.boxes[a.to]
	route := []int{a.from}
	for c := 2*from.layer + 1; c < 2*to.layer; c++ {
		s := slot{box: -1, arrow: i, column: c, up: lineRoom, down: lineRoom}
		s.spine = from.spine && to.spine && to.layer == from.layer+1 && !l.taken(c)
		if c == 2*to.layer-1 && a.both {
			s.labelled = true
			w, h := labelSize(a)
			s.w, s.down = w, s.down+h
		}
		route = append(route, l.add(s))
	}
	route = append(route, a.to)
	for k := 1; k < len(route); k++ {
		l.links = append(l.links, link{route[k-1], route[k], i})
	}
	l.routes = append(l.routes, route)
}

// taken reports whether column c has a slot of the spine.
func (l *layout) taken(c int) bool {
	for _, s := range l.columns[c] {
		if l.slots[s].spine {
			return true
		}
	}
	return false
}

// arrange puts the slots of each column into the order in which they are met from
// the cost back, argument by argument, so that the first argument is on top.
func (l *layout) arrange() {
	into := make([][]int, len(l.d.boxes))
	read := make([]bool, len(l.d.boxes))
	for i, a := range l.d.arrows {
		into[a.to] = append(into[a.to], i)
		read[a.from] = true
	}
	met := make([]int, len(l.slots)) // when, from 1 on
	time := 0
	var visit func(b int)
	visit = func(b int) {
		if met[b] > 0 {
			return
		}
		time++
		met[b] = time
		for _, i := range into[b] {
			for _, s := range l.routes[i][1 : len(l.routes[i])-1] {
				time++
				met[s] = time
			}
			visit(l.d.arrows[i].from)
		}
	}
	for b := range l.d.boxes {
		if !read[b] {
			visit(b)
		}
	}
	for _, column := range l.columns {
		slices.SortFunc(column, func(a, b int) int { return met[a] - met[b] })
	}
}
