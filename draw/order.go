package draw

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// The search begins from so many orders: that in which the arguments are met, and
// random ones. From each the columns are swept so often, forwards and backwards in
// turn.
const starts, sweeps = 8, 8

// An ordering is a search for the order of the slots in the columns of boxes in which
// the fewest lines cross. The slots between two such columns follow from it.
type ordering struct {
	*layout
	at            []int   // the place of each slot in its column
	before, after [][]int // the slots in the columns of boxes that each is joined to
}

// order puts the slots of each column into the order in which the fewest lines
// cross, as far as the barycentre heuristic finds it.
func (l *layout) order() {
	o := &ordering{layout: l, at: make([]int, len(l.slots)), before: make([][]int, len(l.slots)), after: make([][]int, len(l.slots))}
	for c := 1; c < len(l.columns); c += 2 {
		for _, s := range l.columns[c] {
			from, to := l.in[s][0].from, l.out[s][0].to
			o.before[to], o.after[from] = append(o.before[to], from), append(o.after[from], to)
		}
	}
	for _, column := range l.columns {
		o.number(column)
	}
	best, fewest := o.copyColumns(), o.crossings()
	r := rand.New(rand.NewPCG(1, 1)) // the same in every run
	for start := 0; start < starts && fewest > 0; start++ {
		if start > 0 {
			for _, column := range l.columns {
				r.Shuffle(len(column), func(i, k int) { column[i], column[k] = column[k], column[i] })
				o.number(column)
			}
		}
		for s := 0; s < sweeps && fewest > 0; s++ {
			o.sweep(s%2 == 0)
			if n := o.crossings(); n < fewest {
				best, fewest = o.copyColumns(), n
			}
		}
	}
	l.columns = best
	o.between()
}

// sweep orders the columns one after the other, each by the one before it, or
// backwards, each by the one after it.
func (o *ordering) sweep(forwards bool) {
	for k := 0; k < len(o.columns); k += 2 {
		if forwards {
			o.sort(k, o.before)
		} else {
			o.sort(len(o.columns)-1-k, o.after)
		}
	}
}

// number notes the places of a column.
func (o *ordering) number(column []int) {
	for i, s := range column {
		o.at[s] = i
	}
}

func (o *ordering) copyColumns() [][]int {
	columns := make([][]int, len(o.columns))
	for c := range columns {
		columns[c] = slices.Clone(o.columns[c])
	}
	return columns
}

// sort orders a column by the mean place of the neighbours on one side; a slot
// without neighbours keeps its place.
func (o *ordering) sort(column int, neighbours [][]int) {
	mean := map[int]float64{}
	for i, s := range o.columns[column] {
		mean[s] = float64(i)
		if len(neighbours[s]) > 0 {
			mean[s] = 0
			for _, x := range neighbours[s] {
				mean[s] += float64(o.at[x]) / float64(len(neighbours[s]))
			}
		}
	}
	slices.SortStableFunc(o.columns[column], func(a, b int) int { return cmp.Compare(mean[a], mean[b]) })
	o.number(o.columns[column])
}

// pair counts the crossings of the lines of a with those of b on one side, a above b.
func (o *ordering) pair(a, b int, neighbours [][]int) (n int) {
	for _, x := range neighbours[a] {
		for _, y := range neighbours[b] {
			if o.at[x] > o.at[y] {
				n++
			}
		}
	}
	return n
}

// crossings counts the pairs of lines that cross.
func (o *ordering) crossings() (n int) {
	for c := 0; c < len(o.columns); c += 2 {
		for i, a := range o.columns[c] {
			for _, b := range o.columns[c][i+1:] {
				n += o.pair(a, b, o.after)
			}
		}
	}
	return n
}

// between orders the slots between two columns of boxes: by where their arrows come
// from, and those of one box by where they go.
func (o *ordering) between() {
	for c, column := range o.columns {
		if c%2 == 0 {
			o.number(column)
		}
	}
	for c := 1; c < len(o.columns); c += 2 {
		slices.SortStableFunc(o.columns[c], func(a, b int) int {
			return cmp.Or(o.at[o.in[a][0].from]-o.at[o.in[b][0].from], o.at[o.out[a][0].to]-o.at[o.out[b][0].to])
		})
	}
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
