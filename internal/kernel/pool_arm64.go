//go:build arm64 && !noasm

package kernel

import "unsafe"

func maxPoolNEON[T Float](r *PoolRow, y, x []T) {
	from, count, size := &r.Entries[0], len(r.Entries), sizeof[T]()
	to, in := unsafe.Pointer(&y[0]), unsafe.Pointer(&x[0])
	if size == 4 {
		maxPool32NEON(in, to, nil, nil, from, count, r.Places, r.Step*size, r.N*size, r.N)
	} else {
		maxPool64NEON(in, to, nil, nil, from, count, r.Places, r.Step*size, r.N*size, r.N)
	}
}

func maxGiveNEON[T Float](r *PoolRow, out, x, y, zeta []T) {
	clearApart(r, out)
	from, count, size := &r.Entries[0], len(r.Entries), sizeof[T]()
	to, in, most, ζ := unsafe.Pointer(&out[0]), unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0]), unsafe.Pointer(&zeta[0])
	if size == 4 {
		maxGive32NEON(in, most, ζ, to, from, count, r.Places, r.Step*size, r.N*size, r.N)
	} else {
		maxGive64NEON(in, most, ζ, to, from, count, r.Places, r.Step*size, r.N*size, r.N)
	}
}
