//go:build amd64 && !noasm

package kernel

import "unsafe"

// A tapVectors is what the assembly wants to know of a TapProduct.
type tapVectors struct {
	taps   [][2]int // of all runs: how far from a and b they begin, in bytes; after the last of a run, the first of the next panel
	first  []int    // tap of a run
	depth  int      // of a tap, a divisor of K
	rows   int      // of a strip, at most
	whole  []int    // columns of a run that are not joined
	blocks []runBlock
}

// A runBlock is the runs of a block, from ≤ i < to, their columns, and what of them is joined.
type runBlock struct {
	from, to, cols int
	joins          []tapJoin
}

const (
	// A tap of more products is cut into taps of at most so many, and of at least so many if their
	// number allows it, as what a tap reads of B is fetched into the first cache while the one before
	// it is added. Where columns of A are apart, the first part of every tap comes before the second of
	// any: what the entries of a window read of the same rows of A and B stays there from the first of
	// them on.
	mostDeep, leastDeep = 8, 4

	// tapColumns is the number of columns that all rows pass by before the next: what they
	// read of B stays in the second cache.
	tapColumns = 512

	// What the next columns read of B is fetched by as many strips of rows as a tap has rows of B, one
	// each, line by line: what follows in a row is what the processor goes on with by itself.
	lineBytes = 64

	// pairBytes is the width of a tile of four vectors.
	pairBytes = 4 * lineBytes
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

// PanelColumns is how many columns a panel of B has, or 0 where B cannot be in panels.
func PanelColumns[T Float]() int {
	if inUse != avx2 {
		return 0
	}
	return 64 / sizeof[T]()
}

func (q *BoundTaps[T]) prepare() (v tapVectors, plans []tapPlan) {
	if inUse == plainGo {
		return v, planTaps[T](&q.p)
	}
	p, size := &q.p, sizeof[T]()
	cols, joined := 0, false
	v.whole, v.blocks = make([]int, len(p.Runs)), make([]runBlock, p.blocks())
	for i := range v.blocks {
		b := &v.blocks[i]
		b.from, b.to = p.block(i)
		for run := b.from; run < b.to; run++ {
			v.whole[run] = p.Runs[run].Cols
			b.cols += v.whole[run]
		}
		if inUse == avx512 {
			b.joins = v.join(p, b.from, b.to, size)
		}
		cols += b.cols
		joined = joined || b.joins != nil
	}
	if v.rows = 6; inUse == avx512 && !joined && cols/max(1, len(p.Runs)) < 256/size {
		v.rows = 12
	}
	v.depth = tapDepth(p.K)
	known := map[tapList]int{}
	for _, r := range p.Runs {
		if len(r.Taps) == 0 {
			v.first = append(v.first, 0)
			continue
		}
		taps := r.list()
		first, ok := known[taps]
		if !ok {
			first = len(v.taps)
			known[taps] = first
			pieces := p.K / v.depth
			for i := range len(r.Taps) * pieces {
				k, t := i/len(r.Taps)*v.depth, r.Taps[i%len(r.Taps)]
				if p.A.Col == 1 {
					k, t = i%pieces*v.depth, r.Taps[i/pieces]
				}
				v.taps = append(v.taps, [2]int{(t.A + k*p.A.Col) * size, (t.B + k*p.BRow) * size})
			}
			next := v.taps[first]
			next[1] += pairBytes
			v.taps = append(v.taps, next)
		}
		v.first = append(v.first, first)
	}
	v.lookAhead()
	return v, nil
}

// doVectors computes strips with the assembly in use, if there is any.
func (q *BoundTaps[T]) doVectors(s strips) bool {
	if inUse == plainGo {
		return false
	}
	p, size := &q.p, sizeof[T]()
	t := outerArgs{
		aRow: p.A.Row * size, aCol: p.A.Col * size, bRow: p.BRow * size,
		cRow: p.LDC * size, cinRow: size, k: q.vectors.depth,
	}
	if p.Floor {
		t.floor = 1
	}
	if p.Add {
		t.cinRow = t.cRow
	}
	for from := s.block; from < s.toBlock; {
		first, cols := from, 0
		for ; from < s.toBlock && (cols == 0 || cols+q.vectors.blocks[from].cols <= tapColumns); from++ {
			cols += q.vectors.blocks[from].cols
		}
		for i, line := s.row, 0; i < s.toRow; line++ {
			rows, _ := parts(s.toRow-i, q.vectors.rows)
			q.doRows(&t, q.vectors.blocks[first:from], i, rows, line)
			i += rows
		}
	}
	return true
}

// doRows computes some rows of blocks, as many as one tile has, the strip-th of these; t has what all have.
func (q *BoundTaps[T]) doRows(t *outerArgs, blocks []runBlock, row, rows, strip int) {
	p, size := &q.p, sizeof[T]()
	from, to := blocks[0].from, blocks[len(blocks)-1].to
	tile, vectors := wideTile(rows, false)
	for run := from; run < to; run++ {
		r, cols := &p.Runs[run], q.vectors.whole[run]
		if len(r.Taps) == 0 {
			q.begin(r, row, rows)
		} else if cols > 0 {
			q.aim(t, run, row)
			t.fetchRows(rows)
			if next := run + to - from; strip < q.vectors.depth && next < len(p.Runs) && p.Runs[next].B != r.B {
				t.fetchOfB((p.Runs[next].B-r.B)*size + strip*t.bRow)
			}
			q.strip(t, rows, cols, tile, vectors)
		}
	}
	t.fetchRows(rows)
	for i := range blocks {
		for j := range blocks[i].joins {
			q.doJoin(*t, &blocks[i].joins[j], row, rows, strip)
		}
	}
}

// aim has t begin at row i of a run.
func (q *BoundTaps[T]) aim(t *outerArgs, run, i int) {
	p, v, r := &q.p, &q.vectors, &q.p.Runs[run]
	t.a, t.b = pointer(q.a, r.A+i*p.A.Row), pointer(q.b, r.B)
	t.c, t.cin = pointer(q.c, r.C+i*p.LDC), pointer(q.cin, r.Cin+i)
	if p.Add {
		t.cin = t.c
	}
	t.taps = &v.taps[v.first[run]]
	t.tapBytes = int(unsafe.Sizeof(*t.taps)) * len(r.Taps) * (p.K / v.depth)
}

// strip computes as many rows as one tile has: first with the wide tile, if there is one of so
// many vectors, then with that of a panel.
func (q *BoundTaps[T]) strip(t *outerArgs, rows, cols, tile, vectors int) {
	size := sizeof[T]()
	panel := 64 / size
	if inUse == avx512 {
		panel *= 2
	}
	t.bPanel, t.bPair, t.moved, t.cinMoved = panel*size, panel*size, 0, 0
	if q.p.BPanel > 0 {
		t.bPanel, vectors = q.p.BPanel*size, 0
	}
	if w := vectors * panel / 2; w > 0 && cols >= w {
		t.tile, t.panels, t.rest, t.bPanel = tile, cols/w, 0, w*size
		n := cols / w * w
		if q.p.Add {
			t.cinPanel = t.bPanel
		}
		callOuter(sizeof[T](), t)
		if cols -= n; cols == 0 {
			return
		}
		t.c, t.bPanel = unsafe.Add(t.c, n*size), panel*size
	}
	if q.p.Add {
		t.cin, t.cinPanel, t.cinMoved = t.c, panel*size, 0
	}
	t.tile, t.panels, t.rest = narrowTile(rows), cols/panel, cols%panel
	callOuter(sizeof[T](), t)
}
