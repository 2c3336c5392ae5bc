package kernel

// A Share says how a product is dealt out to threads: in parts that are strips of
// rows or of columns of C.
type Share struct {
	Parts  int
	step   int  // rows or columns of a part
	byRows bool // or by columns
}

const (
	// shareWork is the number of multiplications of a part from which it pays to
	// give it away.
	shareWork = 1 << 15

	rowStep    = 4
	columnStep = 8  // of a narrow product
	wideStep   = 32 // of any other, whole panels
	narrow     = 8 * wideStep
)

// Share returns how to deal out the product. The side on which it is cut is the one
// where less of the other factor has to be gathered again for every part.
func (p *Product) Share() Share {
	again := func(strided bool, size int) int { // what a part more costs
		if strided {
			return size
		}
		return size / 4
	}
	byRows, byColumns := again(p.B.Col != 1, p.K*p.N), again(p.A.Col != 1, p.M*p.K)
	s := Share{step: columnStep}
	if p.N >= narrow {
		s.step = wideStep
	}
	extent := p.N
	if p.N < 2*columnStep || byRows < byColumns && p.M >= 2*rowStep {
		s, extent = Share{step: rowStep, byRows: true}, p.M
	}
	each := max(1, p.M*p.N*p.K/max(1, extent)*s.step)
	s.step *= (shareWork + each - 1) / each
	s.Parts = max(1, (extent+s.step-1)/s.step)
	return s
}
