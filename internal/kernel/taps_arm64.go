//go:build arm64 && !noasm

package kernel

import "unsafe"

type tapVectors struct{}

// PanelColumns is 0: B cannot be in panels.
func PanelColumns[T Float]() int { return 0 }

func (q *BoundTaps[T]) prepare() (tapVectors, []tapPlan) { return tapVectors{}, planTaps[T](&q.p) }

// doVectors computes strips by NEON, if that is in use.
func (q *BoundTaps[T]) doVectors(s strips) bool {
	if inUse != neon {
		return false
	}
	first, _ := q.p.block(s.block)
	_, end := q.p.block(s.toBlock - 1)
	for i := first; i < end; i++ {
		if q.plans[i].steps == nil || q.p.Runs[i].Cols < 64/sizeof[T]() {
			q.tiles(i, &q.plans[i], s.row, s.toRow)
		} else {
			q.tilesNEON(&q.p.Runs[i], &q.plans[i], s.row, s.toRow)
		}
	}
	return true
}

// tilesNEON is tiles, of larger tiles. Rows past the last are the last once more.
func (q *BoundTaps[T]) tilesNEON(r *Run, plan *tapPlan, row, toRow int) {
	var sums [neonRows * 16]T
	p, panel := &q.p, 64/sizeof[T]()
	for from := 0; from < r.Cols; from += tapBlock {
		to := min(from+tapBlock, r.Cols)
		for i := row; i < toRow; i += neonRows {
			var a [neonRows]unsafe.Pointer
			for k := range a {
				a[k] = unsafe.Pointer(&q.a[plan.a+min(i+k, toRow-1)*p.A.Row])
			}
			for j := from; j < to; j += panel {
				at := min(j, r.Cols-panel)
				callTaps(&a, &q.b[plan.b+at], plan.steps, &sums)
				for k := range min(neonRows, toRow-i) {
					q.put(r, i+k, j, sums[k*panel:][j-at:panel])
				}
			}
		}
	}
}

func callTaps[T Float](a *[neonRows]unsafe.Pointer, b *T, steps []tapStep, sums *[neonRows * 16]T) {
	if sizeof[T]() == 4 {
		taps32NEON(a[0], a[1], a[2], a[3], unsafe.Pointer(b), unsafe.Pointer(&steps[0]), unsafe.Pointer(sums), len(steps))
	} else {
		taps64NEON(a[0], a[1], a[2], a[3], unsafe.Pointer(b), unsafe.Pointer(&steps[0]), unsafe.Pointer(sums), len(steps))
	}
}
