package kernel

import "fmt"

// A TapProduct is the form of C = Cin + Σₜ Aₜ·Bₜ, or of C += Σₜ Aₜ·Bₜ, a sum of products whose
// matrices lie at distances of their own in two slices: a convolution, read where it lies. The
// columns of C come in runs. Those of one run have the same taps, and are contiguous in c and in b.
type TapProduct struct {
	M, K  int    // Aₜ is M×K, Bₜ has K rows
	A     Layout // of every Aₜ
	BRow  int    // from one row of Bₜ to the next; rows are contiguous,
	LDC   int    // from one row of C to the next
	Floor bool   // negative entries of C become 0, as by [Relu]
	Add   bool   // the sums are added to what C has, and there is no Cin
	Runs  []Run

	// If it is not 0, rows of Bₜ are contiguous for [PanelColumns] columns only, a panel, and this is from
	// one panel to the next. Runs have whole panels then.
	BPanel int

	Blocks []int // where the runs begin that are computed together; nil: each is a block
	Shares int   // how many parts a block has, each of about as many rows; 0 is 1
}

// blocks is how many blocks there are.
func (p *TapProduct) blocks() int {
	if p.Blocks == nil {
		return len(p.Runs)
	}
	return len(p.Blocks)
}

// block returns the runs of a block, from ≤ i < to.
func (p *TapProduct) block(i int) (from, to int) {
	switch {
	case p.Blocks == nil:
		return i, i + 1
	case i+1 == len(p.Blocks):
		return p.Blocks[i], len(p.Runs)
	}
	return p.Blocks[i], p.Blocks[i+1]
}

// A Run is a number of columns of C and what they are the sum of. Without a tap that is
// the addend, or zero.
type Run struct {
	C, A, B int // where its first column, and its matrices, begin
	Cin     int // and its addends, one for each row
	Cols    int
	Taps    []Tap // runs may share them
}

// A Tap says how far from those of the run its matrices begin.
type Tap struct{ A, B int }

// A tapList is the taps of runs that share them.
type tapList struct {
	first *Tap
	count int
}

// list returns the taps of a run that has some.
func (r *Run) list() tapList { return tapList{&r.Taps[0], len(r.Taps)} }

// BoundTaps is a TapProduct of slices that stay where they are.
type BoundTaps[T Float] struct {
	p            TapProduct
	c, cin, a, b []T
	vectors      tapVectors // for the assembly
	plans        []tapPlan  // of all runs; nil where the assembly needs none
}

// BindTaps returns the product. cin has one addend for each row of C, or is nil. It panics
// if anything lies outside of its slice.
func BindTaps[T Float](p TapProduct, c, cin, a, b []T) *BoundTaps[T] {
	for _, r := range p.Runs {
		within("C", r.C, r.C+(p.M-1)*p.LDC+r.Cols, len(c))
		if cin != nil {
			within("Cin", r.Cin, r.Cin+p.M, len(cin))
		}
		for _, t := range r.Taps {
			within("A", r.A+t.A, r.A+t.A+(p.M-1)*p.A.Row+(p.K-1)*p.A.Col+1, len(a))
			within("B", r.B+t.B, r.B+t.B+p.endOfB(r.Cols, PanelColumns[T]()), len(b))
		}
	}
	q := &BoundTaps[T]{p: p, c: c, cin: cin, a: a, b: b}
	q.vectors, q.plans = q.prepare()
	return q
}

// endOfB is where the last of so many columns of Bₜ end, from the first on.
func (p *TapProduct) endOfB(cols, panel int) int {
	if p.BPanel == 0 {
		return (p.K-1)*p.BRow + cols
	}
	if panel == 0 || cols%panel > 0 {
		panic(fmt.Sprintf("kernel: %d columns in panels of %d", cols, panel))
	}
	return (p.K-1)*p.BRow + (cols/panel-1)*p.BPanel + panel
}

// On returns the same product of another b, which is not shorter.
func (q *BoundTaps[T]) On(b []T) *BoundTaps[T] {
	within("B", 0, len(q.b), len(b))
	on := *q
	on.b = b
	return &on
}

func within(name string, from, to, length int) {
	if from < 0 || to > length {
		panic(fmt.Sprintf("kernel: %s has the entries %d:%d of a slice of %d", name, from, to, length))
	}
}

// Parts is how many parts there are.
func (q *BoundTaps[T]) Parts() int { return q.p.blocks() * max(1, q.p.Shares) }

// Do computes the parts from ≤ i < to. It may be called for several of them at once.
func (q *BoundTaps[T]) Do(from, to int) {
	shares := max(1, q.p.Shares)
	for from < to {
		block, share := from/shares, from%shares
		end := min(to, (block+1)*shares)
		if share == 0 { // and whole blocks
			end = max(end, to/shares*shares)
		}
		s := strips{block, (end-1)/shares + 1, share * q.p.M / shares, ((end-1)%shares + 1) * q.p.M / shares}
		if !q.doVectors(s) {
			q.doTiles(s)
		}
		from = end
	}
}

// strips are some rows of some blocks, from ≤ i < to.
type strips struct{ block, toBlock, row, toRow int }

func (q *BoundTaps[T]) doTiles(s strips) {
	first, _ := q.p.block(s.block)
	_, end := q.p.block(s.toBlock - 1)
	for i := first; i < end; i++ {
		q.tiles(i, &q.plans[i], s.row, s.toRow)
	}
}

// begin sets some rows of a run to the addend, or to zero. Without a tap that is all there is.
func (q *BoundTaps[T]) begin(r *Run, row, rows int) {
	if q.p.Add {
		return
	}
	for i := row; i < row+rows; i++ {
		row, v := q.c[r.C+i*q.p.LDC:][:r.Cols], T(0)
		if q.cin != nil {
			v = q.cin[r.Cin+i]
		}
		if q.p.Floor && len(r.Taps) == 0 && v < 0 {
			v = 0
		}
		Fill(row, v)
	}
}
