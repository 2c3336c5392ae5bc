//go:build amd64 && !noasm

package kernel

// Runs rarely fill tiles of four vectors. Where theirs are whole, the vectors that the last tile of a
// run would leave are joined with those of other runs of its block that have the same taps and rows
// of A: those of a tile may lie anywhere.

// A tapTile is where the four vectors of a tile begin, in bytes: the first from b and from c on, the
// others from there on.
type tapTile struct {
	b, c           int
	bApart, cApart [joinedVectors - 1]int
}

// joinedVectors is the number of vectors of a tile.
const joinedVectors = 4

// A tapJoin is the joined vectors of runs that are alike.
type tapJoin struct {
	run     int        // one of them
	tiles   []tapTile  // the last may have a vector twice
	singles []tapPlace // one or two that are left
	ahead   int        // bytes to what the tiles of the next block read of B; 0 if there are none
}

// A tapPlace is where a vector begins in b and c, in entries.
type tapPlace struct{ b, c int }

// alikeRuns is what runs have in common whose vectors are joined.
type alikeRuns struct {
	taps   tapList
	a, cin int
}

// join returns what is joined of the runs from ≤ i < to, and takes that from their whole columns.
func (v *tapVectors) join(p *TapProduct, from, to, size int) (joins []tapJoin) {
	lanes := 64 / size
	known := map[alikeRuns]int{}
	var runs [][]int
	for i := from; i < to; i++ {
		r := &p.Runs[i]
		if len(r.Taps) == 0 || r.Cols%lanes > 0 {
			continue
		}
		key := alikeRuns{r.list(), r.A, r.Cin}
		k, ok := known[key]
		if !ok {
			k = len(runs)
			known[key], runs = k, append(runs, nil)
		}
		runs[k] = append(runs[k], i)
	}
	for _, alike := range runs {
		if len(alike) == 1 {
			continue
		}
		var places []tapPlace
		for _, i := range alike {
			r := &p.Runs[i]
			v.whole[i] -= r.Cols % (joinedVectors * lanes)
			for j := v.whole[i]; j < r.Cols; j += lanes {
				places = append(places, tapPlace{r.B + j, r.C + j})
			}
		}
		if len(places) > 0 {
			joins = append(joins, joined(alike[0], places, size))
		}
	}
	return joins
}

// joined returns vectors as tiles.
func joined(run int, places []tapPlace, size int) tapJoin {
	j := tapJoin{run: run}
	for len(places) >= joinedVectors-1 {
		first, n := places[0], min(joinedVectors, len(places))
		t := tapTile{b: first.b * size, c: first.c * size}
		for k := range t.bApart {
			next := places[min(k+1, n-1)]
			t.bApart[k], t.cApart[k] = (next.b-first.b)*size, (next.c-first.c)*size
		}
		j.tiles, places = append(j.tiles, t), places[n:]
	}
	j.singles = places
	return j
}

// lookAhead sets how far what is joined of each block is from that of the next with the same taps.
func (v *tapVectors) lookAhead() {
	for i := range len(v.blocks) - 1 {
		for k := range v.blocks[i].joins {
			j := &v.blocks[i].joins[k]
			for _, next := range v.blocks[i+1].joins {
				if v.first[next.run] == v.first[j.run] && min(len(j.tiles), len(next.tiles)) > 0 {
					j.ahead = next.tiles[0].b - j.tiles[0].b
				}
			}
		}
	}
}

// doJoin computes some rows of what is joined, as many as one tile has; t has what is the same for all.
func (q *BoundTaps[T]) doJoin(t outerArgs, j *tapJoin, row, rows, strip int) {
	size := sizeof[T]()
	q.aim(&t, j.run, row)
	t.moved, t.panels, t.rest, t.cinMoved, t.listed = 0, 0, 0, 0, 0
	for _, place := range j.singles {
		s := t
		s.b, s.c = pointer(q.b, place.b), pointer(q.c, row*q.p.LDC+place.c)
		if q.p.Add {
			s.cin, s.cinPanel = s.c, 1
		}
		s.tile, s.rest = narrowTile(rows), 64/size
		callOuter(size, &s)
	}
	if len(j.tiles) == 0 {
		return
	}
	t.b, t.c = pointer(q.b, 0), pointer(q.c, row*q.p.LDC)
	if q.p.Add {
		t.cin, t.cinPanel = t.c, 1
	}
	t.tile = rows // the number of that of four vectors
	if j.ahead != 0 && strip < q.vectors.depth {
		t.fetchOfB(j.ahead + strip*t.bRow)
	}
	t.list, t.panels = &j.tiles[0], len(j.tiles)
	callOuter(size, &t)
}
