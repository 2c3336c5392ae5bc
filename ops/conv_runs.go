package ops

import (
	"slices"

	"adjoint/compute"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// How a conv is computed: no patch is copied. In an image whose examples are its last axis,
// what an entry of the window meets on its way along a row is one contiguous run, of W'·N
// entries if the stride is 1 and of N otherwise. So w∗x is a sum of products, one for each
// entry of the window, whose matrices are parts of w and x as they lie, and so are its
// derivatives: package kernel computes all of them in one pass, with the sums in registers.
// Where the window is past the edge the product is left out.
//
// That wants N to fill a vector. For fewer examples an image is copied into a frame of zeros,
// with columns that are a stride apart side by side, and runs are as long as the row.

const (
	fewExamples   = 16      // from so many on images are read as they lie,
	fewStrided    = 64      // and from so many on by a stride, or if they are a multiple of the few
	shortRow      = 32      // columns, up to which all rows are one run,
	shortPlane    = 128     // and for one channel of a group, whose tiles are longer
	runEntries    = 512     // of a run, more or less
	tileEntries   = 64      // of a row of a tile, or a divisor
	cachedEntries = 1 << 18 // that stay in the second cache
	shareFlop     = 1e6     // multiplications from which threads share a conv
	sharedParts   = 8       // of a conv that threads share, at least if it is large,
	sharedRows    = 12      // of so many rows each
	dotEntries    = 2048    // of a row in a block of a product with patches
)

func convolve[T compute.Float](op conv, y, bias *tensor.Dense, x []compute.View, floor bool) compute.Work {
	out, room := compute.Data[T](y), &room[T]{free: compute.Data[T](x[2].Dense)}
	if op.to == toWeights {
		c := newWeights(op, y.Shape(), imageOf[T](x[0]), imageOf[T](x[1]))
		c.y = out
		return c.lay(room)()
	}
	w := filterLike[T](x[0].Dims, op.Window)
	w.data = compute.Data[T](x[0].Dense)
	c := newRuns(op, y.Shape(), w, imageOf[T](x[1]))
	if c.y, c.floor = out, floor; bias != nil {
		c.bias = compute.Data[T](bias)
	}
	return c.lay(room)()
}

// A runsOf makes the runs of a conv to places or to an image, of weights w and b.
type runsOf[T compute.Float] struct {
	op      conv
	dims    [4]int
	y, bias []T
	w, read filter[T] // as they are, and as the runs read them, perhaps turned
	b       image[T]  // perhaps in a frame
	frame   *frame[T] // that, if it is
	whole   image[T]  // b as it was
	floor   bool
	across  Window  // as it lies on the columns of b
	rowHits [][]hit // what the window meets for each row of y
	colHits [][]hit // and each column
	list    []kernel.Run
	known   map[pattern][]kernel.Tap
	short   []bool // of the runs in list: whether the window is past the edge
}

// A pattern is the entries of the window that meet something: which is the first, and how many.
type pattern struct{ row, rows, col, cols int }

func (c *runsOf[T]) back() bool { return c.op.to == toImage }

func newRuns[T compute.Float](op conv, y []int, w filter[T], b image[T]) *runsOf[T] {
	return &runsOf[T]{op: op, dims: imageDims(y), w: w, read: w, b: b, whole: b, across: op.Window, known: map[pattern][]kernel.Tap{}}
}

// lay decides how to do it and takes room for that. What it returns binds the work.
func (c *runsOf[T]) lay(r *room[T]) (bind func() compute.Work) {
	op, d := c.op, c.dims
	few := c.b.n < fewExamples
	if op.Stride != Both(1) && c.b.n < fewStrided && c.b.n%fewExamples > 0 || few && d[2]*d[3] < c.shortRow() && op.Size != Both(1) {
		if bind = c.byTurning(r); bind == nil {
			bind = c.inPlanes(r)
		}
	}
	if bind == nil && few && op.Stride[1] == 1 {
		c.inRows(r, c.deal().slots(op.Groups))
	}
	if bind == nil && c.frame == nil {
		bind = c.byPanels(r)
	}
	if bind == nil {
		bind = c.asItLies
	}
	return bind
}

// shortRow returns how many columns of a row of y are too few for a run.
func (c *runsOf[T]) shortRow() int {
	if c.product().M == 1 {
		return shortPlane
	}
	return shortRow
}

// meet finds what the window meets.
func (c *runsOf[T]) meet() {
	c.rowHits, c.colHits = c.op.hits(0, c.dims[1], c.b.h, c.back()), c.across.hits(1, c.dims[2], c.b.w, c.back())
}

// asItLies is the work by runs of b as it lies, or in a frame.
func (c *runsOf[T]) asItLies() compute.Work {
	d := c.dims
	c.meet()
	c.makeRuns()
	p := c.product()
	p.LDC, p.Runs, p.Shares = d[1]*d[2]*d[3], c.list, max(1, min(p.M/sharedRows, sharedParts))
	p.Blocks = c.blocks(p.K, p.Shares)
	q := kernel.BindTaps(p, c.y, c.bias, c.w.data, c.b.data)
	var works []compute.Work
	if deal, f := c.deal(), c.frame; f != nil && f.slots < f.groups {
		each := q.Parts() / f.groups
		works = append(works, f.inSlots(deal, func(group int) { q.Do(group*each, (group+1)*each) }))
	} else {
		works = append(f.ready(deal), deal(q.Parts(), q.Do))
	}
	works = append(works, c.past(&p)...)
	if c.frame != nil {
		works = append(works, compute.InOnePart(c.afterFrame))
	}
	return compute.InTurn(works...)
}

// past returns what is left to be done where the window is past the edge.
func (c *runsOf[T]) past(p *kernel.TapProduct) (works []compute.Work) {
	if !c.back() && slices.Contains(c.short, true) {
		works = append(works, compute.InOnePart(func() { c.specials(p) }))
	}
	return works
}

// deal returns the dealer for what is to be multiplied.
func (c *runsOf[T]) deal() dealer {
	return dealt(float64(c.entries()) * float64(c.w.row) * float64(c.w.m) / float64(c.dims[0]))
}

// product is the form without runs.
func (c *runsOf[T]) product() kernel.TapProduct {
	g := c.op.Groups
	p := kernel.TapProduct{M: c.w.m / g, K: c.w.c, A: kernel.Layout{Row: c.w.row, Col: c.w.col}, BRow: c.b.atC, Floor: c.floor}
	if c.back() {
		p.M, p.K, p.A = p.K, p.M, kernel.Layout{Row: p.A.Col, Col: p.A.Row}
	}
	return p
}

// makeRuns makes the runs of every group: row by row as they lie, or, where the rows of b that a
// window shows are more than stay in the cache until it shows them again, down some columns at a time.
func (c *runsOf[T]) makeRuns() {
	p, n := c.product(), c.dims[3]
	columns := c.columnsAlike()
	down := c.op.Size[0] > 1 && c.op.Size[0]*c.b.w*n*p.K > cachedEntries
	for group := range c.op.Groups {
		for first := 0; first < len(columns); {
			end := first + 1
			for end < len(columns) && (!down || (columns[end][1]-columns[first][0])*n <= runEntries) {
				end++
			}
			for h := range c.rowHits {
				c.addRow(&p, group, h, columns[first:end])
			}
			first = end
		}
	}
}

// blocks returns where the runs of a group begin that are computed together. If all fill tiles, they are
// few. If not, what is left of them may be joined, and they are as many as what they read of b, of so
// many channels, stays in the second cache, with what the next read, and threads have enough to share.
func (c *runsOf[T]) blocks(channels, shares int) (first []int) {
	columns, whole := 0, true
	for _, r := range c.list {
		columns += r.Cols
		whole = whole && r.Cols%tileEntries == 0
	}
	most := runEntries
	if !whole {
		each := max(1, channels) // entries of b for each column
		if !c.back() {
			each *= c.op.Stride[0] * c.op.Stride[1]
		}
		cached := cachedEntries / each
		if columns > cached {
			cached /= 2
		}
		most = max(most, min(cached, columns*shares/sharedParts))
	}
	cols := most
	for i, r := range c.list {
		if cols+r.Cols > most || i > 0 && r.A != c.list[i-1].A {
			first, cols = append(first, i), 0
		}
		cols += r.Cols
	}
	return first
}

// addRow appends the runs of some columns of a row.
func (c *runsOf[T]) addRow(p *kernel.TapProduct, group, h int, columns [][2]int) {
	d, n, row := c.dims, c.dims[3], c.rowHits[h]
	for _, piece := range columns {
		first := piece[0]
		run := kernel.Run{
			C: group*p.M*d[1]*d[2]*n + (h*d[2]+first)*n, A: group * (c.w.m / c.op.Groups) * c.w.row,
			B: c.slot(group) * p.K * c.b.atC, Cin: group * p.M, Cols: (piece[1] - first) * n,
		}
		c.add(run, row, c.colHits[first], len(row)*len(c.colHits[first]) < c.op.Size[0]*c.op.Size[1])
	}
}

// columnsAlike returns the columns of y in pieces, each of a run: its first, and that after it.
func (c *runsOf[T]) columnsAlike() (list [][2]int) {
	n, most := c.b.n, runEntries
	if c.product().M < sharedRows { // which pass by once, so that nothing has to stay
		most = len(c.colHits) * n
	}
	for first := 0; first < len(c.colHits); {
		k := 1
		for c.b.atW == n && k*n < most && first+k < len(c.colHits) && follows(c.colHits[first], c.colHits[first+k], k) {
			k++
		}
		list = append(list, [2]int{first, first + k})
		first += k
	}
	return list
}

// add appends a run whose taps are the pairs of rows and columns that hit; it may go on with
// the last one.
func (c *runsOf[T]) add(run kernel.Run, rows, cols []hit, short bool) {
	taps, low := c.place(rows, cols)
	run.Taps = taps
	run.B += low
	if k := len(c.list) - 1; k >= 0 && len(run.Taps) > 0 {
		last := &c.list[k]
		if len(last.Taps) == len(run.Taps) && &last.Taps[0] == &run.Taps[0] && last.A == run.A &&
			last.C+last.Cols == run.C && last.B+last.Cols == run.B && last.Cin == run.Cin && last.Cols < runEntries {
			last.Cols += run.Cols
			return
		}
	}
	c.list, c.short = append(c.list, run), append(c.short, short)
}

// place returns the taps of the pairs of rows and columns that hit, and where the first of them in
// memory begins in b.
func (c *runsOf[T]) place(rows, cols []hit) (taps []kernel.Tap, low int) {
	if len(rows) == 0 || len(cols) == 0 {
		return nil, 0
	}
	low = min(rows[0].at, rows[len(rows)-1].at)*c.b.atH + min(cols[0].at, cols[len(cols)-1].at)*c.b.atW
	key := pattern{rows[0].tap, len(rows), cols[0].tap, len(cols)}
	if known, ok := c.known[key]; ok {
		return known, low
	}
	for _, i := range rows {
		for _, j := range cols {
			of, at := i.tap*c.read.h+j.tap*c.read.w, i.at*c.b.atH+j.at*c.b.atW-low
			if c.turned() {
				of, at = at, of
			}
			taps = append(taps, kernel.Tap{A: of, B: at})
		}
	}
	c.known[key] = taps
	return taps, low
}

// turned reports whether the runs read wᵀ, as B, and the image as A.
func (c *runsOf[T]) turned() bool { return len(c.read.data) > 0 && &c.read.data[0] != &c.w.data[0] }
