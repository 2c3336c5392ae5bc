package kernel

// Pieces are those of a tensor that is copied: Rows rows of Parts pieces of Len entries each. A row
// begins Row entries after the one before, and a piece Part after the one before, which may be
// negative, in the tensor that is copied and in the copy.
type Pieces struct {
	Rows, Parts, Len int
	Row, Part        int // from one to the next in what is copied
	ToRow, ToPart    int // and in the copy
}

// CopyPieces copies the pieces of src, of which the first begins at an entry, to those of dst.
func CopyPieces[T Float](dst []T, to int, src []T, from int, p Pieces) {
	if p.Rows <= 0 || p.Parts <= 0 || p.Len <= 0 {
		return
	}
	inside("CopyPieces", len(dst), to, p.ToRow*(p.Rows-1), p.ToPart*(p.Parts-1), p.Len)
	inside("CopyPieces", len(src), from, p.Row*(p.Rows-1), p.Part*(p.Parts-1), p.Len)
	if p.Row == p.Len && p.ToRow == p.Len {
		p.Rows, p.Row, p.ToRow, p.Parts, p.Part, p.ToPart = p.Parts, p.Part, p.ToPart, p.Rows, p.Row, p.ToRow
	}
	if p.Part == p.Len && p.ToPart == p.Len {
		p.Parts, p.Len = 1, p.Parts*p.Len
	}
	switch {
	case p.Len == 1:
		copyEntries(dst, to, src, from, &p)
	case !copyPiecesVector(dst[to:], src[from:], &p):
		copyPiecesGo(dst, to, src, from, &p)
	}
}

// copyEntries copies pieces of one entry.
func copyEntries[T Float](dst []T, to int, src []T, from int, p *Pieces) {
	for range p.Rows {
		d, s := to, from
		for range p.Parts {
			dst[d] = src[s]
			d += p.ToPart
			s += p.Part
		}
		to, from = to+p.ToRow, from+p.Row
	}
}

// inside panics unless pieces from a place on, to as far as the last row and the last part go, lie in a
// slice of a length.
func inside(kernel string, length, from, rows, parts, n int) {
	if end := from + max(rows, 0) + max(parts, 0) + n; end > length || from+min(rows, 0)+min(parts, 0) < 0 {
		badLength(kernel, end, length)
	}
}

func copyPiecesGo[T Float](dst []T, to int, src []T, from int, p *Pieces) {
	for range p.Rows {
		d, s := to, from
		for range p.Parts {
			copy(dst[d:d+p.Len], src[s:])
			d, s = d+p.ToPart, s+p.Part
		}
		to, from = to+p.ToRow, from+p.Row
	}
}
