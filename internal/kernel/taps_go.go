package kernel

import "unsafe"

// A tapPlan lists the products that every entry of C is the sum of, all taps of a run, one
// after the other.
type tapPlan struct {
	a, b  int       // where the factors of the first lie
	steps []tapStep // of all, how far from those of the first they lie
}

// A tapStep is a distance in A and one in B, in bytes.
type tapStep struct{ a, b int }

// planTaps returns the plans of all runs. Those of the same taps share their steps.
func planTaps[T Float](p *TapProduct) []tapPlan {
	plans, known, size := make([]tapPlan, len(p.Runs)), map[tapList][]tapStep{}, sizeof[T]()
	for i, r := range p.Runs {
		if len(r.Taps) == 0 || p.K == 0 {
			continue
		}
		first, taps := r.Taps[0], r.list()
		steps := known[taps]
		if steps == nil {
			steps = make([]tapStep, 0, len(r.Taps)*p.K)
			for _, t := range r.Taps {
				for k := range p.K {
					steps = append(steps, tapStep{(t.A - first.A + k*p.A.Col) * size, (t.B - first.B + k*p.BRow) * size})
				}
			}
			known[taps] = steps
		}
		plans[i] = tapPlan{a: r.A + first.A, b: r.B + first.B, steps: steps}
	}
	return plans
}

// tapBlock is the number of columns that all rows pass by before the next: what they read of
// B stays near.
const tapBlock = 64

// tiles computes rows of a run tile by tile. The last of a row ends where the run ends.
func (q *BoundTaps[T]) tiles(run int, plan *tapPlan, row, toRow int) {
	p, r := &q.p, &q.p.Runs[run]
	if plan.steps == nil {
		q.begin(r, row, toRow-row)
		return
	}
	var sums [tileRows * tileCols]T
	width := min(tileCols, r.Cols)
	for from := 0; from < r.Cols; from += tapBlock {
		to := min(from+tapBlock, r.Cols)
		for i := row; i < toRow; i += tileRows {
			a0 := unsafe.Pointer(&q.a[plan.a+i*p.A.Row])
			a1 := unsafe.Pointer(&q.a[plan.a+min(i+1, toRow-1)*p.A.Row])
			for j := from; j < to; j += tileCols {
				at := max(0, min(j, r.Cols-tileCols))
				b := unsafe.Pointer(&q.b[plan.b+at])
				if width == tileCols {
					tapTileGo(plan.steps, a0, a1, b, &sums)
				} else {
					tapColumnsGo(plan.steps, a0, a1, b, width, &sums)
				}
				again := j - at // columns that the tile before has
				q.put(r, i, j, sums[again:width])
				if i+1 < toRow {
					q.put(r, i+1, j, sums[tileCols+again:][:width-again])
				}
			}
		}
	}
}

// put sets entries of row i of a run, from column j on, to their sums and the addend, or adds the
// sums to them.
func (q *BoundTaps[T]) put(r *Run, i, j int, sums []T) {
	row := q.c[r.C+i*q.p.LDC+j:][:len(sums)]
	if q.p.Add {
		for k, s := range sums {
			row[k] += s
		}
	} else {
		var addend T
		if q.cin != nil {
			addend = q.cin[r.Cin+i]
		}
		for k, s := range sums {
			row[k] = addend + s
		}
	}
	if q.p.Floor {
		for k, v := range row {
			row[k] = max(v, 0)
		}
	}
}

// tapTileGo sets the sums of a tile, in the order of the steps.
func tapTileGo[T Float](steps []tapStep, a0, a1, b unsafe.Pointer, sums *[tileRows * tileCols]T) {
	var s00, s01, s02, s03, s10, s11, s12, s13 T
	for ; len(steps) >= 4; steps = steps[4:] {
		s := steps[0]
		row := (*[tileCols]T)(unsafe.Add(b, s.b))
		x, y := *(*T)(unsafe.Add(a0, s.a)), *(*T)(unsafe.Add(a1, s.a))
		s00, s01, s02, s03 = s00+x*row[0], s01+x*row[1], s02+x*row[2], s03+x*row[3]
		s10, s11, s12, s13 = s10+y*row[0], s11+y*row[1], s12+y*row[2], s13+y*row[3]

		s = steps[1]
		row = (*[tileCols]T)(unsafe.Add(b, s.b))
		x, y = *(*T)(unsafe.Add(a0, s.a)), *(*T)(unsafe.Add(a1, s.a))
		s00, s01, s02, s03 = s00+x*row[0], s01+x*row[1], s02+x*row[2], s03+x*row[3]
		s10, s11, s12, s13 = s10+y*row[0], s11+y*row[1], s12+y*row[2], s13+y*row[3]

		s = steps[2]
		row = (*[tileCols]T)(unsafe.Add(b, s.b))
		x, y = *(*T)(unsafe.Add(a0, s.a)), *(*T)(unsafe.Add(a1, s.a))
		s00, s01, s02, s03 = s00+x*row[0], s01+x*row[1], s02+x*row[2], s03+x*row[3]
		s10, s11, s12, s13 = s10+y*row[0], s11+y*row[1], s12+y*row[2], s13+y*row[3]

		s = steps[3]
		row = (*[tileCols]T)(unsafe.Add(b, s.b))
		x, y = *(*T)(unsafe.Add(a0, s.a)), *(*T)(unsafe.Add(a1, s.a))
		s00, s01, s02, s03 = s00+x*row[0], s01+x*row[1], s02+x*row[2], s03+x*row[3]
		s10, s11, s12, s13 = s10+y*row[0], s11+y*row[1], s12+y*row[2], s13+y*row[3]
	}
	for _, s := range steps {
		row := (*[tileCols]T)(unsafe.Add(b, s.b))
		x, y := *(*T)(unsafe.Add(a0, s.a)), *(*T)(unsafe.Add(a1, s.a))
		s00, s01, s02, s03 = s00+x*row[0], s01+x*row[1], s02+x*row[2], s03+x*row[3]
		s10, s11, s12, s13 = s10+y*row[0], s11+y*row[1], s12+y*row[2], s13+y*row[3]
	}
	*sums = [...]T{s00, s01, s02, s03, s10, s11, s12, s13}
}

// tapColumnsGo is tapTileGo of fewer columns.
func tapColumnsGo[T Float](steps []tapStep, a0, a1, b unsafe.Pointer, cols int, sums *[tileRows * tileCols]T) {
	for j := range cols {
		var s0, s1 T
		for _, s := range steps {
			v := *(*T)(unsafe.Add(b, s.b))
			s0 += *(*T)(unsafe.Add(a0, s.a)) * v
			s1 += *(*T)(unsafe.Add(a1, s.a)) * v
		}
		sums[j], sums[tileCols+j] = s0, s1
		b = unsafe.Add(b, unsafe.Sizeof(sums[0]))
	}
}
