package graph

import (
	"cmp"
	"slices"
)

// A formula that treats examples one by one, and adds up over them, can be computed
// a block of examples at a time: as J = (1/N) Σ Fⱼ, so rJ = (1/N) Σ rFⱼ, "by
// linearity (and independence of our training data)" (2.2). What is computed on the
// way then stays in the nearest caches, and is as large as a block, not as N.
//
// Examples are what any symbol counts, wherever it is in a shape. Three things are apart:
// roles says what may be computed in blocks, a cost whether that pays, and a blockPlan
// computes it.

// A blocked is what is computed in blocks: a formula of its own.
type blocked struct {
	symbol  int     // what counts the examples
	inner   *code   // what is computed block by block, from inputs, weights and values of outer
	given   []*Node // those values and weights
	sums    []*Node // what inner adds up over blocks
	mean    []bool  // whether a sum is a mean
	kept    []*Node // what inner computes of each example, and others read or ask for
	inPlace bool    // inputs are read where they lie, if they can be, rather than copied
}

// results are the values of a blocked: they come into being together.
func (b *blocked) results() []*Node { return slices.Concat(b.sums, b.kept) }

// inBlocks returns code that computes examples in blocks, or c itself if the formula mixes
// them or blocks do not pay. Of several symbols it takes the one of the largest number for
// which they do.
func (c *code) inBlocks(at sizes) *code {
	if c.separate {
		return c
	}
	symbols := slices.Clone(c.symbols)
	slices.SortStableFunc(symbols, func(a, b int) int { return cmp.Compare(at.of(b), at.of(a)) })
	for _, s := range symbols {
		if !c.blocksMayPay(s, at) {
			continue
		}
		outer := c.cut(s, c.roles(s), at)
		if outer.block == nil || !outer.block.pays(at) {
			continue
		}
		if invariants {
			must("blocks", outer.verify())
		}
		return outer
	}
	return c
}

// inBlock reports whether the group is that of what is computed in blocks.
func (s *scheduled) inBlock(group []*Node) bool {
	return s.block != nil && group[0] == s.block.results()[0]
}
