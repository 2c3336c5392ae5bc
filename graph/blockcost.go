package graph

import "slices"

const (
	// leastBlock is what the values of a block take, more or less; if every block reads and
	// adds up more than half of that again, weights and their gradients, twice as much as
	// those, up to mostBlock, which the second cache holds. Blocks pay if the values of all
	// examples take blocksFrom; if most of it are inputs that every block copies, blocksFar,
	// which is beyond all but the last cache.
	leastBlock = 192 << 10
	mostBlock  = 1 << 20
	blocksFrom = 1 << 20
	blocksFar  = 8 << 20

	// The examples of a block have blockColumns entries in a piece, or a multiple: whole
	// vectors.
	blockColumns = 64

	// A part, which a thread does alone, has blocksAPart of them or more, so that its
	// memory is used again. There are at most maxBlockParts parts.
	blocksAPart   = 2
	maxBlockParts = 16
)

// A cost is what the values of one example take, in bytes.
type cost struct {
	all    int // in slots and as inputs
	inputs int
	copied int // inputs of which blocks have to make a copy
}

// costOf returns what the values of one of the examples that a symbol counts take.
func (c *code) costOf(symbol int, at sizes) (of cost) {
	one := at.with(symbol, 1)
	size := func(v volume) int {
		if !slices.Contains(v.symbols.All(), symbol) {
			return 0
		}
		return v.at(one) * int(c.g.dtype.Size())
	}
	sizes := make([]int, len(c.volumes))
	for i, v := range c.volumes {
		sizes[i] = size(v)
	}
	for _, v := range c.slots {
		of.all += sizes[v]
	}
	for _, x := range c.leaves {
		bytes := size(volumeOf(x.shape))
		of.inputs += bytes
		if c.inOrder(x) {
			of.copied += bytes
		}
	}
	of.all += of.inputs
	return of
}

// inputsPrevail reports whether most of the values are inputs: those are read where
// they lie, if they can be. Else, copies being small, products are quicker on them.
func (of cost) inputsPrevail() bool { return of.inputs > of.all/2 }

// large reports whether the values of n examples are worth blocks.
func (of cost) large(n int) bool {
	from := blocksFrom
	if of.copied > of.all/2 {
		from = blocksFar
	}
	return of.all >= (from+n-1)/n
}

// blocksMayPay reports whether the values of all examples are large enough for blocks, and
// examples enough.
func (c *code) blocksMayPay(symbol int, at sizes) bool {
	n := at.of(symbol)
	return n > grain(c.leaves, symbol, at) && c.costOf(symbol, at).large(n)
}

// pays reports whether blocks are worth it, as they have been cut: if there are some, which
// compute more than they all read and add up again, and do not keep most of it.
func (b *blocked) pays(at sizes) bool {
	of, entry, kept := b.inner.costOf(b.symbol, at), int(b.inner.g.dtype.Size()), 0
	for _, n := range b.kept {
		kept += volumeOf(n.shape).at(at.with(b.symbol, 1)) * entry
	}
	size := b.size(at)
	return size > 0 && of.large(at.of(b.symbol)) && 2*kept <= of.all && b.bytesShared(at) <= size*(of.all-of.inputs)
}

// bytesShared returns the size of what all blocks read and add up.
func (b *blocked) bytesShared(at sizes) int {
	total := 0
	for _, n := range slices.Concat(b.given, b.sums) {
		total += volumeOf(n.shape).at(at)
	}
	return total * int(b.inner.g.dtype.Size())
}

// size returns how many examples a block has, or 0 if there are too few for two blocks.
func (b *blocked) size(at sizes) int {
	n, grain := at.of(b.symbol), max(grain(b.inner.leaves, b.symbol, at), grain(b.inner.run, b.symbol, at))
	bytes := min(max(leastBlock, 2*b.bytesShared(at)), mostBlock)
	most := bytes / b.inner.costOf(b.symbol, at).all / grain * grain
	if most == 0 || n <= most {
		return 0
	}
	blocks := (n + most - 1) / most
	each := (n + blocks - 1) / blocks
	return (each + grain - 1) / grain * grain
}

// grain returns what the number of examples of a block is a multiple of, a power of 2, for
// these values.
func grain(values []*Node, symbol int, at sizes) int {
	grain := 1
	for _, n := range values {
		if l, ok := n.shape.layoutOf(symbol); ok {
			run := l.run(at, n.shape.dimsAt(at, &few{}))
			for grain < blockColumns && grain*run%blockColumns != 0 {
				grain *= 2
			}
		}
	}
	return grain
}

// parts returns how many parts there are.
func (b *blocked) parts(at sizes) int {
	n, size := at.of(b.symbol), b.size(at)
	return max(1, min((n+size-1)/size/blocksAPart, maxBlockParts))
}
