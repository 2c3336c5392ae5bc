//go:build amd64 && !noasm

package kernel

import "unsafe"

// A tapVectors is what the assembly wants to know of a TapProduct.
type tapVectors struct {
	taps  [][2]int // of all runs: how far from a and b they begin, in bytes
	first []int    // tap of a run
	depth int      // of a tap, a divisor of K
	rows  int      // of a strip, at most
}

const (
	// A tap of more products is cut into taps of at most so many, and of at least so many if
	// their number allows it: what the entries of a window read of the same rows of A and B is
	// then in the first cache from the first of them on.
	mostDeep, leastDeep = 8, 4

	// tapColumns is the number of columns that all rows pass by before the next: what they
	// read of B stays in the second cache.
	tapColumns = 512
)

// tapDepth returns how deep the taps of a product of depth k are.
func tapDepth(k int) int {
	for d := min(k, mostDeep); d >= leastDeep; d-- {
		if k%d == 0 {
			return d
		}
	}
	return k
}

func (q *BoundTaps[T]) prepare() {
	if inUse == plainGo {
		return
	}
	p, v, size := &q.p, &q.vectors, sizeof[T]()
	cols := 0
	for _, r := range p.Runs {
		cols += r.Cols
	}
	if v.rows = 6; inUse == avx512 && cols/max(1, len(p.Runs)) < 256/size {
		v.rows = 12
	}
	v.depth = tapDepth(p.K)
	type list struct {
		first *Tap
		count int
	}
	known := map[list]int{}
	for _, r := range p.Runs {
		if len(r.Taps) == 0 {
			v.first = append(v.first, 0)
			continue
		}
		taps := list{&r.Taps[0], len(r.Taps)}
		first, ok := known[taps]
		if !ok {
			first = len(v.taps)
			known[taps] = first
			for k := 0; k < p.K; k += v.depth {
				for _, t := range r.Taps {
					v.taps = append(v.taps, [2]int{(t.A + k*p.A.Col) * size, (t.B + k*p.BRow) * size})
				}
			}
		}
		v.first = append(v.first, first)
	}
}

// doVectors computes runs with the assembly in use, if there is any.
func (q *BoundTaps[T]) doVectors(from, to int) bool {
	if inUse == plainGo {
		return false
	}
	for from < to {
		first, cols := from, 0
		for ; from < to && (cols == 0 || cols+q.p.Runs[from].Cols <= tapColumns); from++ {
			cols += q.p.Runs[from].Cols
		}
		for i := 0; i < q.p.M; {
			rows, _ := parts(q.p.M-i, q.vectors.rows)
			for run := first; run < from; run++ {
				q.strip(run, i, rows)
			}
			i += rows
		}
	}
	return true
}

// strip computes some rows of a run.
func (q *BoundTaps[T]) strip(run, i, rows int) {
	p, v, r, size := &q.p, &q.vectors, &q.p.Runs[run], sizeof[T]()
	if len(r.Taps) == 0 {
		q.begin(r, i, rows)
		if p.Floor {
			for k := i; k < i+rows; k++ {
				row := q.c[r.C+k*p.LDC:][:r.Cols]
				Relu(row, row)
			}
		}
		return
	}
	panel := 64 / size
	if inUse == avx512 {
		panel *= 2
	}
	t := outerArgs{
		a: pointer(q.a, r.A+i*p.A.Row), aRow: p.A.Row * size, aCol: p.A.Col * size,
		b: pointer(q.b, r.B), bRow: p.BRow * size, bPanel: panel * size,
		c: pointer(q.c, r.C+i*p.LDC), cRow: p.LDC * size,
		cin: pointer(q.cin, r.Cin+i), cinRow: size,
		k:    v.depth,
		taps: &v.taps[v.first[run]], tapBytes: int(unsafe.Sizeof([2]int{})) * len(r.Taps) * (p.K / v.depth),
	}
	if p.Floor {
		t.floor = 1
	}
	strip[T](doer[T]{}, &t, rows, r.Cols, panel, false)
}
