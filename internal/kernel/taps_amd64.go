//go:build amd64 && !noasm

package kernel

import "unsafe"

// A tapVectors is what the assembly wants to know of a TapProduct.
type tapVectors struct {
	taps  [][2]int // of all runs: how far from a and b they begin, in bytes
	first []int    // tap of a run
	rows  int      // of a strip, at most

	// Where A is large it is copied, strip by strip as it is read: packed are the taps by
	// their distance, and taps have that in the copy.
	packed []int
}

const (
	// A is copied if its entries along k lie so many bytes apart, and so many columns read it.
	packApart   = 512
	packColumns = 2048

	// tapColumns is the number of columns that all rows pass by before the next: what they
	// read of B stays in the second cache, and a strip of A in the first.
	tapColumns = 512
)

func (q *BoundTaps[T]) prepare() {
	if inUse == plainGo {
		return
	}
	p, v, size := &q.p, &q.vectors, sizeof[T]()
	cols, groups, copied := 0, map[int]bool{}, map[int]int{}
	for _, r := range p.Runs {
		cols += r.Cols
		groups[r.A] = true
		for _, t := range r.Taps {
			if _, ok := copied[t.A]; !ok {
				copied[t.A] = len(v.packed)
				v.packed = append(v.packed, t.A)
			}
		}
	}
	if v.rows = 6; inUse == avx512 && cols/max(1, len(p.Runs)) < 256/size {
		v.rows = 12
	}
	if len(groups) > 1 || cols < packColumns || p.A.Col*size < packApart {
		v.packed = nil
	}
	known := map[*Tap]int{}
	for _, r := range p.Runs {
		if len(r.Taps) == 0 {
			v.first = append(v.first, 0)
			continue
		}
		first, ok := known[&r.Taps[0]]
		if !ok {
			first = len(v.taps)
			known[&r.Taps[0]] = first
			for _, t := range r.Taps {
				a := t.A
				if v.packed != nil {
					a = copied[a] * p.K * v.rows
				}
				v.taps = append(v.taps, [2]int{a * size, t.B * size})
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
	var packed []T
	if q.vectors.packed != nil {
		strips := (q.p.M + q.vectors.rows - 1) / q.vectors.rows
		s := takeScratch[T](strips * q.stripSize())
		defer s.free()
		packed = s.buf
		q.pack(packed)
	}
	for from < to {
		first, cols := from, 0
		for ; from < to && (cols == 0 || cols+q.p.Runs[from].Cols <= tapColumns); from++ {
			cols += q.p.Runs[from].Cols
		}
		rest := packed
		for i := 0; i < q.p.M; {
			rows := q.rowsOf(i)
			for run := first; run < from; run++ {
				q.strip(run, i, rows, rest)
			}
			if i += rows; rest != nil {
				rest = rest[q.stripSize():]
			}
		}
	}
	return true
}

// pack copies A: to strips, of taps, of columns, of rows.
func (q *BoundTaps[T]) pack(dst []T) {
	p := &q.p
	for i := 0; i < p.M; {
		rows := q.rowsOf(i)
		for r := range rows {
			from := q.a[p.Runs[0].A+(i+r)*p.A.Row:]
			for t, a := range q.vectors.packed {
				to, at := dst[t*p.K*q.vectors.rows+r:], a
				for k := range p.K {
					to[k*q.vectors.rows] = from[at]
					at += p.A.Col
				}
			}
		}
		i += rows
		dst = dst[q.stripSize():]
	}
}

func (q *BoundTaps[T]) stripSize() int { return len(q.vectors.packed) * q.p.K * q.vectors.rows }

// rowsOf returns the number of rows of the strip that begins with row i.
func (q *BoundTaps[T]) rowsOf(i int) int {
	rows, _ := parts(q.p.M-i, q.vectors.rows)
	return rows
}

// strip computes some rows of a run. A is packed, if that is not nil.
func (q *BoundTaps[T]) strip(run, i, rows int, packed []T) {
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
		k:    p.K,
		taps: &v.taps[v.first[run]], tapBytes: int(unsafe.Sizeof([2]int{})) * len(r.Taps),
	}
	if p.Floor {
		t.floor = 1
	}
	if packed != nil {
		t.a, t.aRow, t.aCol = unsafe.Pointer(&packed[0]), size, v.rows*size
	}
	strip[T](doer[T]{}, &t, rows, r.Cols, panel, false)
}
