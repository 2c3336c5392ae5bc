package draw

import (
	"cmp"
	"slices"
)

// sweeps is how often the columns are ordered, forwards and backwards in turn.
const sweeps = 12

// order puts the slots of each column into the order in which the fewest lines
// cross, as far as the barycentre heuristic finds it.
func (l *layout) order() {
	best, fewest := l.copyColumns(), l.crossings()
	for s := 0; s < sweeps && fewest > 0; s++ {
		for k := range l.columns {
			if s%2 == 0 {
				l.sort(k, l.in)
			} else {
				l.sort(len(l.columns)-1-k, l.out)
			}
		}
		l.swap()
		if n := l.crossings(); n < fewest {
			best, fewest = l.copyColumns(), n
		}
	}
	l.columns = best
}

func (l *layout) copyColumns() [][]int {
	columns := make([][]int, len(l.columns))
	for c := range columns {
		columns[c] = slices.Clone(l.columns[c])
	}
	return columns
}

// positions returns the place of each slot in its column.
func (l *layout) positions() []int {
	at := make([]int, len(l.slots))
	for _, column := range l.columns {
		for i, s := range column {
			at[s] = i
		}
	}
	return at
}

// sort orders a column by the mean place of the neighbours on one side; a slot
// without neighbours keeps its place.
func (l *layout) sort(column int, neighbours [][]link) {
	at := l.positions()
	weight := map[int]float64{}
	for i, s := range l.columns[column] {
		weight[s] = float64(i)
		if len(neighbours[s]) > 0 {
			weight[s] = 0
			for _, k := range neighbours[s] {
				weight[s] += float64(at[k.from+k.to-s]) / float64(len(neighbours[s]))
			}
		}
	}
	slices.SortStableFunc(l.columns[column], func(a, b int) int { return cmp.Compare(weight[a], weight[b]) })
}

// swap exchanges neighbours in a column as long as fewer lines cross.
func (l *layout) swap() {
	for better := true; better; {
		better = false
		at := l.positions()
		for _, column := range l.columns {
			for i := 1; i < len(column); i++ {
				a, b := column[i-1], column[i]
				if l.pair(a, b, at) > l.pair(b, a, at) {
					column[i-1], column[i] = b, a
					at[a], at[b] = i, i-1
					better = true
				}
			}
		}
	}
}

// pair counts the crossings of the lines of a with those of b, a above b.
func (l *layout) pair(a, b int, at []int) (n int) {
	for _, side := range [][][]link{l.in, l.out} {
		for _, p := range side[a] {
			for _, q := range side[b] {
				if at[p.from+p.to-a] > at[q.from+q.to-b] {
					n++
				}
			}
		}
	}
	return n
}

// crossings counts the pairs of lines that cross.
func (l *layout) crossings() (n int) {
	at := l.positions()
	for _, column := range l.columns {
		for i, a := range column {
			for _, b := range column[i+1:] {
				for _, p := range l.out[a] {
					for _, q := range l.out[b] {
						if at[p.to] > at[q.to] {
							n++
						}
					}
				}
			}
		}
	}
	return n
}
