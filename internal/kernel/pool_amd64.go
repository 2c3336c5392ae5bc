//go:build amd64 && !noasm

package kernel

import "unsafe"

// poolArgs are the arguments of the assembly maxPool and maxGive, which knows the fields by
// their order. Steps are in bytes.
type poolArgs struct {
	x, y, zeta, out unsafe.Pointer
	entries         *int
	count           int // of the entries, in bytes
	places          int
	xStep, yStep    int // from one place to the next
	n               int
	kept            int // −1: maxGive adds to out; 0: it sets out
}

func poolArgsOf[T Float](r *PoolRow, x, y []T) poolArgs {
	size := sizeof[T]()
	return poolArgs{
		x: pointer(x, 0), y: pointer(y, 0),
		entries: &r.Entries[0], count: 8 * len(r.Entries),
		places: r.Places, xStep: r.Step * size, yStep: r.N * size, n: r.N,
	}
}

func maxPoolVector[T Float](r *PoolRow, y, x []T) {
	t := poolArgsOf(r, x, y)
	switch {
	case sizeof[T]() == 4 && inUse == avx512:
		maxPool32AVX512(&t)
	case sizeof[T]() == 4:
		maxPool32AVX2(&t)
	case inUse == avx512:
		maxPool64AVX512(&t)
	default:
		maxPool64AVX2(&t)
	}
}

func maxGiveVector[T Float](r *PoolRow, out, x, y, zeta []T) {
	t := poolArgsOf(r, x, y)
	t.zeta, t.out = pointer(zeta, 0), pointer(out, 0)
	if !r.Apart {
		t.kept = -1
	}
	switch {
	case sizeof[T]() == 4 && inUse == avx512:
		maxGive32AVX512(&t)
	case sizeof[T]() == 4:
		maxGive32AVX2(&t)
	case inUse == avx512:
		maxGive64AVX512(&t)
	default:
		maxGive64AVX2(&t)
	}
}
