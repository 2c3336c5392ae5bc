//go:build (arm64 || wasm) && !noasm

package kernel

// addsLast reports whether an addend comes after all k products of an entry.
func addsLast(int) bool { return false }

// gemmVector computes a block of C by vectors, with the choices that gemmGo makes. But for
// scalar products, the bits are those of plain Go on WebAssembly, which has no FMA.
func gemmVector[T Float](_ doer[T], p *Product, c, cin, a, b []T, i0, i1, j0, j1 int) {
	begin(p, c, cin, i0, i1, j0, j1)
	switch {
	case p.K == 0:
	case p.N == 1 && p.A.Col == 1 && p.B.Row == 1:
		dotsVector(c[i0*p.LDC:], p.LDC, a[i0*p.A.Row:], p.A.Row, b[:p.K], i1-i0)
	case p.M == 1 && p.B.Row == 1 && p.A.Col == 1:
		dotsVector(c[j0:], 1, b[j0*p.B.Col:], p.B.Col, a[:p.K], j1-j0)
	case p.N == 1 && p.A.Row == 1 && p.LDC == 1:
		for k := range p.K {
			Axpy(c[i0:i1], a[k*p.A.Col+i0:k*p.A.Col+i1], b[k*p.B.Row])
		}
	case p.M == 1 && p.B.Col == 1:
		for k := range p.K {
			Axpy(c[j0:j1], b[k*p.B.Row+j0:k*p.B.Row+j1], a[k*p.A.Col])
		}
	default:
		tilesVector(p, c, a, b, i0, i1, j0, j1)
	}
}
