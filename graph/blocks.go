package graph

// A formula that treats examples one by one, and adds up over them, can be computed
// a block of examples at a time: as J = (1/N) Σ Fⱼ, so rJ = (1/N) Σ rFⱼ, "by
// linearity (and independence of our training data)" (2.2). What is computed on the
// way then stays in the nearest caches, and is as large as a block, not as N.

// examples are the sizes where N is n.
func examples(n int) sizes { return sizes{{Batch, n}} }

// A blocked is code cut in two.
type blocked struct {
	inner   *code   // what is computed block by block, from inputs, weights and values of outer
	given   []*Node // those values and weights
	sums    []*Node // what inner adds up over blocks, for outer
	mean    []bool  // whether a sum is a mean
	inPlace bool    // inputs are read where they lie, if they can be, rather than copied
}

// inBlocks returns code that computes examples in blocks, or c itself if the formula mixes
// them, has other symbols than N, or blocks do not pay.
func (c *code) inBlocks(at sizes) *code {
	n := at.of(Batch)
	if c.separate || len(c.symbols) != 1 || !c.blocksMayPay(n) {
		return c
	}
	roles, ok := c.roles()
	if !ok {
		return c
	}
	outer, b := c.cut(roles)
	if !b.pays(n) {
		return c
	}
	if invariants {
		must("blocks", outer.verify())
	}
	return outer
}
