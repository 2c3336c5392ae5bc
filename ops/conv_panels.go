package ops

import (
	"adjoint/compute"
	"adjoint/internal/kernel"
)

// Places by panels. Channels of an image lie far apart, often by a number of bytes that puts them
// all into the same lines of the first cache. So, where the assembly takes it, what the window
// shows is copied into a ring of rows, which stays in the second cache: in panels, of a few
// columns of examples, in which the channels follow each other. A row is copied once, when the
// window reaches it, over the row that it left last.

const (
	panelExamples = 16      // of which the examples are a multiple
	panelRows     = 12      // of a product, from which a copy pays
	panelEntries  = 1 << 19 // of the images, from which they do not stay near
	ringEntries   = 1 << 17 // that stay in the second cache
)

// A panelsOf is the work of a conv by panels. It goes over some columns and examples of y, a
// piece, row by row, then over the next piece.
type panelsOf[T compute.Float] struct {
	*runsOf[T]
	depth        int // channels of a group of b
	columns      int // of y, of a piece; the last may be narrower
	examples     int // of a piece
	across, rows int // columns and rows of a ring
	rings        [][]T
	products     []*kernel.BoundTaps[T] // one for each ring
	pieces       []panelPiece
	inRing       map[panelPattern][]kernel.Tap
}

// A panelPiece is the columns first ≤ w < end of y, so many examples from one on, of a group. It
// meets the columns from ≤ w < to of b.
type panelPiece struct{ group, example, first, end, from, to int }

// A panelPattern is what runs have in common whose taps are the same: the entries of the window, the
// row and the column of the ring that the first is in, and how many columns of it are a step apart.
type panelPattern struct {
	pattern
	ringRow, ringColumn, inPhase int
}

// byPanels lays out the work by panels, or returns nil if that is not how to do it.
func (c *runsOf[T]) byPanels(r *room[T]) (bind func() compute.Work) {
	b := &c.b
	if c.product().M < panelRows || c.entries()+b.c*b.h*b.w*b.n < panelEntries {
		return nil
	}
	return c.inRings(r, ringEntries)
}

// inRings lays out the work by panels, in rings of so many entries at most. It returns nil where
// panels are not to be had, and where a piece would be too small.
func (c *runsOf[T]) inRings(r *room[T], entries int) (bind func() compute.Work) {
	op := c.op
	if kernel.PanelColumns[T]() == 0 || c.b.n%panelExamples > 0 || op.Stride[0] > op.Size[0] || op.Stride[1] > op.Size[1] {
		return nil
	}
	c.meet()
	t := &panelsOf[T]{runsOf: c, depth: c.product().K, inRing: map[panelPattern][]kernel.Tap{}}
	for h := range c.dims[1] {
		from, to := t.rowsFor(h)
		t.rows = max(t.rows, to-from)
	}
	if !t.cut(entries) {
		return nil
	}
	for range c.deal().slots(frameSlots) {
		t.rings = append(t.rings, r.take(t.rows*t.across*t.columnEntries()))
	}
	return t.work
}

// rowsFor returns the rows from ≤ at < to of b that the window covers for a row of y, which neither
// begin nor end before those of the row before.
func (t *panelsOf[T]) rowsFor(h int) (from, to int) {
	op, rows := &t.op, t.b.h
	s, span := op.Stride[0], op.span(0)
	from = h*s - op.Before[0]
	to = from + span
	if t.back() {
		h += op.Before[0]
		from, to = (max(0, h-span+1)+s-1)/s, h/s+1
	}
	from = min(max(0, from), rows)
	return from, max(from, min(to, rows))
}

// reached returns the entries of b that are met, low ≤ at < high.
func reached(hits []hit) (low, high int) {
	for i, h := range hits {
		if i == 0 {
			low, high = h.at, h.at+1
		}
		low, high = min(low, h.at), max(high, h.at+1)
	}
	return low, high
}

// columnEntries is the number of entries of a column of a ring: of its panels, with a row more
// than they need, so that panels do not lie in the same lines of a cache.
func (t *panelsOf[T]) columnEntries() int { return t.examples * (t.depth + 1) }

// cut decides how large pieces are, and reports whether they are not too small: as many examples
// as can be, if no more than half the columns that are copied are copied again for the next piece.
func (t *panelsOf[T]) cut(entries int) bool {
	n, w := t.b.n, t.dims[2]
	for parts := 1; parts <= n/panelExamples; parts++ {
		if n%(parts*panelExamples) > 0 {
			continue
		}
		t.examples = n / parts
		most := entries / max(1, t.rows*t.columnEntries())
		for pieces := 1; pieces <= w; pieces++ {
			t.columns = (w + pieces - 1) / pieces
			t.across = t.widest()
			if 0 < t.across && t.across <= min(most, 2*t.columns*t.step()) {
				return true
			}
		}
	}
	return false
}

// step is how many columns of b are between those that neighbours in y meet.
func (t *panelsOf[T]) step() int {
	if t.back() {
		return 1
	}
	return t.op.Stride[1]
}

// widest returns how many columns a ring has room for.
func (t *panelsOf[T]) widest() (across int) {
	for first := 0; first < t.dims[2]; first += t.columns {
		p := t.piece(0, 0, first)
		across = max(across, t.inPhase(&p)*t.step())
	}
	return across
}

// piece returns the piece of some columns.
func (t *panelsOf[T]) piece(group, example, first int) panelPiece {
	p := panelPiece{group: group, example: example, first: first, end: min(first+t.columns, t.dims[2])}
	for _, hits := range t.colHits[p.first:p.end] {
		if low, high := reached(hits); p.to == 0 {
			p.from, p.to = low, high
		} else if high > low {
			p.from, p.to = min(p.from, low), max(p.to, high)
		}
	}
	return p
}

// inPhase is how many columns of b of a piece are a step apart.
func (t *panelsOf[T]) inPhase(p *panelPiece) int { return (p.to - p.from + t.step() - 1) / t.step() }

// column returns which column of a ring a column of b is in: those a step apart follow each other.
func (t *panelsOf[T]) column(p *panelPiece, at int) int {
	at -= p.from
	return at%t.step()*t.inPhase(p) + at/t.step()
}

// work returns the work.
func (t *panelsOf[T]) work() compute.Work {
	d, width := t.dims, kernel.PanelColumns[T]()
	p := t.product()
	p.LDC, p.BRow, p.BPanel = d[1]*d[2]*d[3], width, (t.depth+1)*width
	for group := range t.op.Groups {
		for example := 0; example < d[3]; example += t.examples {
			for first := 0; first < d[2]; first += t.columns {
				t.pieces = append(t.pieces, t.piece(group, example, first))
			}
		}
	}
	for i := range t.pieces {
		for h := range d[1] {
			p.Blocks = append(p.Blocks, len(t.list))
			t.addRowOf(&p, &t.pieces[i], h)
		}
	}
	p.Runs = t.list
	q := kernel.BindTaps(p, t.y, t.bias, t.w.data, t.rings[0])
	for _, ring := range t.rings {
		t.products = append(t.products, q.On(ring))
	}
	works := []compute.Work{{Parts: len(t.rings), Do: t.do}}
	return compute.InTurn(append(works, t.past(&p)...)...)
}

// do computes some parts of the rows of all pieces. Those that are dealt out together go by the
// ring of the first.
func (t *panelsOf[T]) do(from, to int) {
	high, next := t.dims[1], 0
	rows := len(t.pieces) * high
	for i := from * rows / len(t.rings); i < to*rows/len(t.rings); i++ {
		if i%high == 0 {
			next = 0
		}
		first, end := t.rowsFor(i % high)
		for next = max(next, first); next < end; next++ {
			t.copyRow(t.rings[from], &t.pieces[i/high], next)
		}
		t.products[from].Do(i, i+1)
	}
}

// copyRow copies a row of what a piece meets into a ring.
func (t *panelsOf[T]) copyRow(ring []T, p *panelPiece, row int) {
	b, width, step := &t.b, kernel.PanelColumns[T](), t.step()
	column := t.columnEntries()
	ring = ring[row%t.rows*t.across*column:]
	for k := range t.depth {
		from := (p.group*t.depth+k)*b.atC + row*b.atH + p.example
		for at := p.from; at < min(p.from+step, p.to); at++ {
			kernel.CopyPieces(ring, t.column(p, at)*column+k*width, b.data, from+at*b.atW, kernel.Pieces{
				Rows: (p.to - at + step - 1) / step, Parts: t.examples / width, Len: width,
				Row: step * b.atW, Part: width, ToRow: column, ToPart: (t.depth + 1) * width,
			})
		}
	}
}

// addRowOf appends the runs of a row of a piece.
func (t *panelsOf[T]) addRowOf(p *kernel.TapProduct, piece *panelPiece, h int) {
	d, n, row := t.dims, t.dims[3], t.rowHits[h]
	for first := piece.first; first < piece.end; {
		cols, end := t.colHits[first], first+1
		for t.examples == n && end < piece.end && t.goesOn(piece, cols, t.colHits[end], end-first) {
			end++
		}
		run := kernel.Run{
			C: (piece.group*p.M*d[1]*d[2]+h*d[2]+first)*n + piece.example, A: piece.group * (t.w.m / t.op.Groups) * t.w.row,
			Cin: piece.group * p.M, Cols: (end - first) * t.examples,
		}
		if len(row) > 0 && len(cols) > 0 {
			run.B = t.column(piece, cols[0].at) * t.columnEntries()
			run.Taps = t.tapsInRing(piece, row, cols)
		}
		t.list = append(t.list, run)
		t.short = append(t.short, len(row)*len(cols) < t.op.Size[0]*t.op.Size[1])
		first = end
	}
}

// goesOn reports whether b are the entries of a, so many columns further on in a ring.
func (t *panelsOf[T]) goesOn(p *panelPiece, a, b []hit, columns int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if b[i].tap != a[i].tap || t.column(p, b[i].at) != t.column(p, a[i].at)+columns {
			return false
		}
	}
	return true
}

// tapsInRing returns the taps of the pairs of rows and columns that hit.
func (t *panelsOf[T]) tapsInRing(p *panelPiece, rows, cols []hit) (taps []kernel.Tap) {
	first := t.column(p, cols[0].at)
	key := panelPattern{pattern{rows[0].tap, len(rows), cols[0].tap, len(cols)}, rows[0].at % t.rows, 0, t.inPhase(p)}
	if t.step() > 1 {
		key.ringColumn = first
	}
	if known, ok := t.inRing[key]; ok {
		return known
	}
	for _, i := range rows {
		for _, j := range cols {
			at := i.at%t.rows*t.across + t.column(p, j.at) - first
			taps = append(taps, kernel.Tap{A: i.tap*t.w.h + j.tap*t.w.w, B: at * t.columnEntries()})
		}
	}
	t.inRing[key] = taps
	return taps
}
