package optim

import "math/bits"

// A sum of n vectors is taken along a fixed binary tree, so that it has the same bits
// however many processes compute it. The tree has the vectors as leaves, in order. A
// node of m > 1 leaves has the largest power of two below m to the left.
//
// A tree says what one rank does, as a list of moves of a stack machine. A rank has the
// leaves of one whole subtree.
type tree struct {
	rank  int
	moves []move
}

// A move is one step of a rank.
type move struct {
	kind moveKind
	at   int // the leaf, or the rank of the other process
}

type moveKind int8

const (
	pushLeaf moveKind = iota // push leaf at
	addLeaf                  // add leaf at to the value on top
	addTop                   // replace the two values on top by their sum
	exchange                 // add to the value on top that of the rank at, which does the same
	receive                  // add to the value on top that of the rank at
	send                     // send the value on top to the rank at
	replace                  // replace the value on top by that of the rank at
)

// newTree returns what rank of size does to sum up leaves. There are at most as many
// ranks as leaves.
func newTree(leaves, rank, size int) *tree {
	t := &tree{rank: rank}
	t.up(span{0, leaves}, span{0, size})
	if !even(leaves, size) {
		t.down(leaves, span{0, size})
	}
	return t
}

// A span is the numbers from lo to hi-1.
type span struct{ lo, hi int }

func (s span) len() int       { return s.hi - s.lo }
func (s span) has(i int) bool { return s.lo <= i && i < s.hi }

// half is the number of leaves on the left side of a node of n > 1 leaves.
func half(n int) int { return 1 << (bits.Len(uint(n-1)) - 1) }

// deal divides the ranks of a node with two sides among them: evenly, and the odd one,
// and those for which the right side has no leaf, to the left.
func deal(leaves int, ranks span) (left, right span) {
	right = span{ranks.hi - min(ranks.len()/2, leaves-half(leaves)), ranks.hi}
	return span{ranks.lo, right.lo}, right
}

// even reports whether both sides of each node with several ranks have equally many.
// Then ranks exchange sums in pairs, and all end with the whole sum.
func even(leaves, ranks int) bool {
	if ranks == 1 {
		return true
	}
	left, right := deal(leaves, span{0, ranks})
	l := half(leaves)
	return left.len() == right.len() && even(l, left.len()) && even(leaves-l, right.len())
}

// up adds the moves that sum the leaves of a node. The first of its ranks has the sum
// then; all of them have it if the node is even.
func (t *tree) up(leaves, ranks span) {
	switch {
	case !ranks.has(t.rank):
		return
	case leaves.len() == 1:
		t.add(pushLeaf, leaves.lo)
		return
	}
	mid := leaves.lo + half(leaves.len())
	if ranks.len() == 1 {
		t.up(span{leaves.lo, mid}, ranks)
		if leaves.hi-mid == 1 {
			t.add(addLeaf, mid)
			return
		}
		t.up(span{mid, leaves.hi}, ranks)
		t.add(addTop, 0)
		return
	}
	left, right := deal(leaves.len(), ranks)
	t.up(span{leaves.lo, mid}, left)
	t.up(span{mid, leaves.hi}, right)
	switch {
	case even(leaves.len(), ranks.len()) && left.has(t.rank):
		t.add(exchange, t.rank+left.len())
	case even(leaves.len(), ranks.len()):
		t.add(exchange, t.rank-left.len())
	case t.rank == left.lo:
		t.add(receive, right.lo)
	case t.rank == right.lo:
		t.add(send, left.lo)
	}
}

// down adds the moves by which the first of the ranks of a node gives the sum to the
// others.
func (t *tree) down(leaves int, ranks span) {
	if ranks.len() == 1 || !ranks.has(t.rank) {
		return
	}
	left, right := deal(leaves, ranks)
	switch t.rank {
	case left.lo:
		t.add(send, right.lo)
	case right.lo:
		t.add(replace, left.lo)
	}
	t.down(half(leaves), left)
	t.down(leaves-half(leaves), right)
}

func (t *tree) add(kind moveKind, at int) { t.moves = append(t.moves, move{kind, at}) }
