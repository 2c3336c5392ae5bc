package draw

import "math"

// The distances of a layout, in pixels.
const (
	lineRoom  = 7  // above and below the lines of an arrow
	slotGap   = 5  // between slots above each other
	boxGap    = 12 // and if one of them is a box
	narrowGap = 18 // between columns, for the head of an arrow
	wideGap   = 64
	portStep  = 15 // between arrows that come into a box
)

// fit makes each box high enough for the arrows on its sides.
func (l *layout) fit() {
	for i := range l.slots {
		s := &l.slots[i]
		if s.box < 0 {
			continue
		}
		half := max(s.up, portStep*max(l.reach(i, false), l.reach(i, true))+corner)
		s.up, s.down = half, half
	}
}

// level finds the heights of the slots: each as near to its neighbours as the
// others in its column allow, the spine on one line.
func (l *layout) level() {
	for _, column := range l.columns {
		y := 0.0
		for i, s := range column {
			if i > 0 {
				y += l.apart(column[i-1], s)
			}
			l.slots[s].y = y
		}
	}
	const rounds = 24
	for r := range rounds {
		for k := range l.columns {
			if r%2 == 0 {
				l.settle(k)
			} else {
				l.settle(len(l.columns) - 1 - k)
			}
		}
	}
	l.straighten()
	top := math.Inf(1)
	for _, s := range l.slots {
		top = min(top, s.y-s.up)
	}
	for i := range l.slots {
		l.slots[i].y = math.Round(l.slots[i].y - top)
	}
}

// apart is the least distance of the lines of two slots, b under a.
func (l *layout) apart(a, b int) float64 {
	gap := float64(slotGap)
	if l.slots[a].box >= 0 || l.slots[b].box >= 0 {
		gap = boxGap
	}
	return l.slots[a].down + gap + l.slots[b].up
}

// settle moves the slots of a column to where their neighbours pull them. What is
// above the spine and what is below it are moved for themselves.
func (l *layout) settle(c int) {
	column := l.columns[c]
	spine := -1
	for i, s := range column {
		if l.slots[s].spine {
			spine = i
		}
	}
	offset := make([]float64, len(column)) // of each slot, if all were pushed together
	for i := 1; i < len(column); i++ {
		offset[i] = offset[i-1] + l.apart(column[i-1], column[i])
	}
	wish, weight := make([]float64, len(column)), make([]float64, len(column))
	for i, s := range column {
		wish[i], weight[i] = l.pull(s)
		wish[i] -= offset[i]
	}
	level := math.Inf(-1) // of the spine, if all were pushed together
	if spine >= 0 {
		level = -offset[spine]
		for i, v := range isotonic(wish[:spine], weight[:spine]) {
			l.slots[column[i]].y = min(v, level) + offset[i]
		}
		l.slots[column[spine]].y = 0
	}
	for i, v := range isotonic(wish[spine+1:], weight[spine+1:]) {
		l.slots[column[spine+1+i]].y = max(v, level) + offset[spine+1+i]
	}
}

// pull returns the mean height of the neighbours of a slot in its band, and how much
// it counts. An arrow that passes
// through is kept straight, and so is one from a leaf that has no other.
func (l *layout) pull(s int) (y, weight float64) {
	for _, side := range [][]link{l.in[s], l.out[s]} {
		for _, k := range side {
			w := 1.0
			other := k.from + k.to - s
			if l.parted(s, other) {
				continue
			}
			if through := l.slots[s].box < 0 && l.slots[other].box < 0; through || len(l.in[other])+len(l.out[other]) == 1 {
				w = 4
			}
			y += w * l.slots[other].y
			weight += w
		}
	}
	if weight == 0 {
		return l.slots[s].y, 1
	}
	return y / weight, weight
}

// isotonic returns the ascending numbers nearest to wish, in the weighted sum of
// squares, by pooling adjacent violators (Barlow and others, 1972).
func isotonic(wish, weight []float64) []float64 {
	type pool struct {
		mean, weight float64
		n            int
	}
	var pools []pool
	for i, v := range wish {
		p := pool{v, weight[i], 1}
		for len(pools) > 0 && pools[len(pools)-1].mean >= p.mean {
			last := pools[len(pools)-1]
			sum := last.weight + p.weight
			p = pool{(last.mean*last.weight + p.mean*p.weight) / sum, sum, last.n + p.n}
			pools = pools[:len(pools)-1]
		}
		pools = append(pools, p)
	}
	var out []float64
	for _, p := range pools {
		for range p.n {
			out = append(out, p.mean)
		}
	}
	return out
}

// spread puts the columns beside each other, further apart where lines are steep.
func (l *layout) spread() {
	x := 0.0
	for c, column := range l.columns {
		if c > 0 {
			steep := 0.0
			for _, s := range column {
				for _, k := range l.in[s] {
					steep = max(steep, math.Abs(l.port(k, true)-l.port(k, false)))
				}
			}
			x += math.Round(min(wideGap, narrowGap+0.4*steep))
		}
		wide := 0.0
		for _, s := range column {
			wide = max(wide, l.slots[s].w)
		}
		l.left, l.right = append(l.left, x), append(l.right, x+wide)
		for _, s := range column {
			l.slots[s].x = x + wide/2
		}
		x += wide
	}
}
