//go:build arm64 && !noasm

package kernel

// levels are those that this processor has, the best last. Every arm64 has NEON.
func levels() []level { return []level{plainGo, neon} }

// fillTables replaces the kernels of plain Go by those of a level.
func fillTables(l level, t32 *table[float32], t64 *table[float64]) {
	if l != neon {
		return
	}
	setNEON(t32, t64)
	t32.sumLeaf, t64.sumLeaf = sumLeafNEON[float32], sumLeafNEON[float64]
	t32.dotLeaf, t64.dotLeaf = dotLeafNEON[float32], dotLeafNEON[float64]
	t32.max, t64.max = maxNEON[float32], maxNEON[float64]
	t32.maxPool, t64.maxPool = maxPoolNEON[float32], maxPoolNEON[float64]
	t32.maxGive, t64.maxGive = maxGiveNEON[float32], maxGiveNEON[float64]
}
