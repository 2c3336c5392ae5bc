//go:build amd64 && !noasm

package kernel

//go:generate go run -C asm . ..

import "golang.org/x/sys/cpu"

// levels are those that this processor has, the best last.
func levels() []level {
	all := []level{plainGo}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		all = append(all, avx2)
		if cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL {
			all = append(all, avx512)
		}
	}
	return all
}

// fillTables replaces the kernels of plain Go by those of a level.
func fillTables(l level, t32 *table[float32], t64 *table[float64]) {
	switch l {
	case avx2:
		setAVX2(t32, t64)
	case avx512:
		setAVX512(t32, t64)
	}
	if l != plainGo {
		t32.maxPool, t64.maxPool = maxPoolVector[float32], maxPoolVector[float64]
		t32.maxGive, t64.maxGive = maxGiveVector[float32], maxGiveVector[float64]
	}
}
