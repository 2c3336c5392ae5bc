package kernel

import (
	"fmt"
	"math/bits"
)

// Leaf is the number of consecutive entries that a sum adds in one piece. Work
// that is cut at multiples of Leaf can be summed leaf by leaf with the bits of [Sum].
const Leaf = 1024

// Sum returns the sum of x, 0 if x is empty.
//
// The order of its additions is fixed. Entries are grouped in leaves of [Leaf]; a
// leaf is added in lanes (64 of float32, 32 of float64: entry i goes to lane i
// modulo that number) that are then halved until one is left; the sums of the
// leaves are added in a binary tree, as [SumTree] does. So the bits are the same
// on every instruction set, and the error grows with the logarithm of len(x).
func Sum[T Float](x []T) T {
	leaf := tableOf[T]().sumLeaf
	if len(x) <= Leaf {
		return leaf(x)
	}
	var t tree[T]
	for len(x) > 0 {
		n := min(Leaf, len(x))
		t.push(leaf(x[:n]))
		x = x[n:]
	}
	return t.sum()
}

// SumLeaves sets parts[i] to the sum of the i-th leaf of x, x[i·Leaf:(i+1)·Leaf];
// the last may be shorter. It needs len(parts) = ⌈len(x)/Leaf⌉.
func SumLeaves[T Float](parts, x []T) {
	need("SumLeaves", (len(x)+Leaf-1)/Leaf, len(parts))
	leaf := tableOf[T]().sumLeaf
	for i := range parts {
		parts[i] = leaf(x[i*Leaf : min((i+1)*Leaf, len(x))])
	}
}

// SumTree returns the sum of the leaves' sums: SumTree(parts) after
// SumLeaves(parts, x) has the bits of Sum(x).
func SumTree[T Float](parts []T) T {
	var t tree[T]
	for _, p := range parts {
		t.push(p)
	}
	return t.sum()
}

// A tree adds the numbers pushed on it in pairs, the pairs in pairs, and so on. An
// odd one waits for the end. It works as a binary counter does: sums[l] is the sum
// of 2ˡ numbers where bit l of n is set.
type tree[T Float] struct {
	n    uint
	sums [bits.UintSize]T
}

func (t *tree[T]) push(x T) {
	l := 0
	for ; t.n>>l&1 == 1; l++ {
		x = t.sums[l] + x
	}
	t.sums[l] = x
	t.n++
}

func (t *tree[T]) sum() T {
	if t.n == 0 {
		return 0
	}
	l := bits.TrailingZeros(t.n)
	x := t.sums[l]
	for l++; l < bits.Len(t.n); l++ {
		if t.n>>l&1 == 1 {
			x = t.sums[l] + x
		}
	}
	return x
}

// Dot returns Σ x[i]·y[i], grouped as [Sum] groups. Its bits depend on the
// instruction set: the products may be rounded before they are added, or not.
func Dot[T Float](x, y []T) T {
	need("Dot", len(x), len(y))
	leaf := tableOf[T]().dotLeaf
	if len(x) <= Leaf {
		return leaf(x, y)
	}
	var t tree[T]
	for len(x) > 0 {
		n := min(Leaf, len(x))
		t.push(leaf(x[:n], y[:n]))
		x, y = x[n:], y[n:]
	}
	return t.sum()
}

// Max returns the largest entry of x, NaN if one is NaN. It panics if x is empty.
func Max[T Float](x []T) T {
	if len(x) == 0 {
		panic("kernel: Max of no entries")
	}
	return tableOf[T]().max(x)
}

// RowSums sets dst[i] to the [Sum] of row i of the m×n matrix x, whose entry (i, j)
// is x[i·ld+j].
func RowSums[T Float](dst, x []T, m, n, ld int) {
	checkMatrix("RowSums", m, n, ld, len(x))
	need("RowSums", m, len(dst))
	if n > Leaf {
		for i := range dst {
			dst[i] = Sum(x[i*ld : i*ld+n])
		}
		return
	}
	leaf := tableOf[T]().sumLeaf
	for i := range dst {
		dst[i] = leaf(x[i*ld : i*ld+n])
	}
}

// ColSums sets dst[j] to the sum of column j of the m×n matrix x, whose entry
// (i, j) is x[i·ld+j]. Every column is added from top to bottom, in pieces of 64
// rows that are then added in order.
func ColSums[T Float](dst, x []T, m, n, ld int) {
	checkMatrix("ColSums", m, n, ld, len(x))
	need("ColSums", n, len(dst))
	clear(dst)
	const piece = 64
	addRows := tableOf[T]().addRows
	for ; m > 0 && n > 0; m -= piece {
		addRows(dst, x, min(m, piece), ld)
		x = x[min(len(x), piece*ld):]
	}
}

// ColMax sets dst[j] to the largest entry of column j of the m×n matrix x, whose
// entry (i, j) is x[i·ld+j], and to NaN if one is NaN. It panics if m is 0.
func ColMax[T Float](dst, x []T, m, n, ld int) {
	checkMatrix("ColMax", m, n, ld, len(x))
	need("ColMax", n, len(dst))
	if m == 0 {
		panic("kernel: ColMax of no rows")
	}
	copy(dst, x[:n])
	maximum := tableOf[T]().maximum
	for i := 1; i < m; i++ {
		maximum(dst, dst, x[i*ld:i*ld+n])
	}
}

// checkMatrix panics unless an m×n matrix with rows ld apart lies in length entries.
func checkMatrix(kernel string, m, n, ld, length int) {
	if m < 0 || n < 0 || ld < n && m > 1 || m > 0 && n > 0 && (m-1)*ld+n > length {
		panic(fmt.Sprintf("kernel: %s: a %d×%d matrix with rows %d apart does not fit in %d entries", kernel, m, n, ld, length))
	}
}
