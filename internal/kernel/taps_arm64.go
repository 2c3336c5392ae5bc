//go:build arm64 && !noasm

package kernel

import "unsafe"

type tapVectors struct{}

func (q *BoundTaps[T]) prepare() (tapVectors, []tapPlan) { return tapVectors{}, planTaps[T](&q.p) }

// doVectors computes runs by NEON, if that is in use.
func (q *BoundTaps[T]) doVectors(from, to int) bool {
	if inUse != neon {
		return false
	}
	for i := from; i < to; i++ {
		if q.plans[i].steps == nil || q.p.Runs[i].Cols < 64/sizeof[T]() {
			q.tiles(i, &q.plans[i])
		} else {
			q.tilesNEON(&q.p.Runs[i], &q.plans[i])
		}
	}
	return true
}

// tilesNEON is tiles, of larger tiles. Rows past the last are the last once more.
func (q *BoundTaps[T]) tilesNEON(r *Run, plan *tapPlan) {
	var sums [neonRows * 16]T
	p, panel := &q.p, 64/sizeof[T]()
	for from := 0; from < r.Cols; from += tapBlock {
		to := min(from+tapBlock, r.Cols)
		for i := 0; i < p.M; i += neonRows {
			var a [neonRows]unsafe.Pointer
			for k := range a {
				a[k] = unsafe.Pointer(&q.a[plan.a+min(i+k, p.M-1)*p.A.Row])
			}
			for j := from; j < to; j += panel {
				at := min(j, r.Cols-panel)
				callTaps(&a, &q.b[plan.b+at], plan.steps, &sums)
				for k := range min(neonRows, p.M-i) {
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
