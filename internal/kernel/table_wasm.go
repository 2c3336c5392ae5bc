//go:build wasm && !noasm

package kernel

// levels are those of a program for WebAssembly: a machine that has no vectors does not
// load it.
func levels() []level { return []level{plainGo, simd} }

// fillTables replaces the kernels of plain Go by those of a level.
func fillTables(l level, t32 *table[float32], t64 *table[float64]) {
	if l != simd {
		return
	}
	setSIMD(t32, t64)
	t32.sumLeaf, t64.sumLeaf = sumLeafSIMD[float32], sumLeafSIMD[float64]
	t32.dotLeaf, t64.dotLeaf = dotLeafSIMD[float32], dotLeafSIMD[float64]
	t32.max, t64.max = maxSIMD[float32], maxSIMD[float64]
	t32.addRows, t64.addRows = addRowsSIMD[float32], addRowsSIMD[float64]
}
