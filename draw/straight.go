package draw

import "math"

// straighten makes the way of an arrow level as far as what stands above and below
// it allows: the longest stretches of its slots that have a height in common get
// that height, near the middle of the heights at which they begin and end.
func (l *layout) straighten() {
	at := l.positions()
	for _, route := range l.routes {
		between := route[1 : len(route)-1]
		for len(between) > 0 {
			low, high := math.Inf(-1), math.Inf(1)
			n := 0
			for ; n < len(between); n++ {
				a, b := l.room(between[n], at)
				if max(a, low) > min(b, high) || l.parted(between[0], between[n]) {
					break
				}
				low, high = max(a, low), min(b, high)
			}
			y := max(low, min(high, (l.slots[between[0]].y+l.slots[between[n-1]].y)/2))
			for _, s := range between[:n] {
				if !l.slots[s].spine {
					l.slots[s].y = y
				}
			}
			between = between[n:]
		}
	}
}

// room returns between which heights a slot can move if no other moves; that of
// the spine cannot.
func (l *layout) room(s int, at []int) (low, high float64) {
	if l.slots[s].spine {
		return l.slots[s].y, l.slots[s].y
	}
	low, high, y := math.Inf(-1), math.Inf(1), l.slots[s].y
	column, i := l.columns[l.slots[s].column], at[s]
	if i > 0 {
		low = min(y, l.slots[column[i-1]].y+l.apart(column[i-1], s))
	}
	if i < len(column)-1 {
		high = max(y, l.slots[column[i+1]].y-l.apart(s, column[i+1]))
	}
	return low, high
}
