package graph

import "slices"

const (
	// blockBytes is what the values of a block take, more or less. Blocks pay if those
	// of all examples take blocksFrom; if most of it are inputs that every block copies,
	// blocksFar, which is beyond all but the last cache. blockShared is the most that
	// every block reads or adds up again: weights and their gradients.
	blockBytes  = 192 << 10
	blocksFrom  = 1 << 20
	blocksFar   = 8 << 20
	blockShared = 64 << 10

	// blockColumns divides the number of examples of a block: whole vectors.
	blockColumns = 64

	// A part, which a thread does alone, has blocksAPart of them or more, so that its
	// memory is used again. There are at most maxBlockParts parts.
	blocksAPart   = 2
	maxBlockParts = 16
)

// blocksMayPay reports whether the values of n examples are large enough for blocks.
func (c *code) blocksMayPay(n int) bool {
	bytes, _, copied := c.bytesOfExamples()
	from := blocksFrom
	if copied > bytes/2 {
		from = blocksFar
	}
	return n > blockColumns && bytes*n >= from
}

// pays reports whether blocks of n examples are worth it, as they have been cut.
func (b *blocked) pays(n int) bool { return b.bytesShared() <= blockShared && b.size(n) > 0 }

// inputsPrevail reports whether most of the values are inputs: those are read where
// they lie, if they can be. Else, copies being small, products are quicker on them.
func (c *code) inputsPrevail() bool {
	bytes, inputs, _ := c.bytesOfExamples()
	return inputs > bytes/2
}

// bytesOfExamples returns the size of all values of one example, that of the inputs
// among them, and that of inputs that blocks have to copy.
func (c *code) bytesOfExamples() (all, inputs, copied int) {
	size := func(v volume) int {
		if v.symbols == "" {
			return 0
		}
		return v.count * int(c.g.dtype.Size())
	}
	for _, v := range c.slots {
		all += size(v)
	}
	for _, x := range c.leaves {
		inputs += size(volumeOf(x.shape))
		if c.inOrder.get(x) {
			copied += size(volumeOf(x.shape))
		}
	}
	return all + inputs, inputs, copied
}

// bytesShared returns the size of what all blocks read and add up.
func (b *blocked) bytesShared() int {
	total := 0
	for _, n := range slices.Concat(b.given, b.sums) {
		total += volumeOf(n.shape).count
	}
	return total * int(b.inner.g.dtype.Size())
}

// size returns how many of n examples a block has, or 0 if n is too few for two.
func (b *blocked) size(n int) int {
	bytes, _, _ := b.inner.bytesOfExamples()
	most := blockBytes / bytes / blockColumns * blockColumns
	if most == 0 || n <= most {
		return 0
	}
	blocks := (n + most - 1) / most
	each := (n + blocks - 1) / blocks
	return (each + blockColumns - 1) / blockColumns * blockColumns
}

// parts returns how many parts n examples have.
func (b *blocked) parts(n int) int {
	size := b.size(n)
	return max(1, min((n+size-1)/size/blocksAPart, maxBlockParts))
}
