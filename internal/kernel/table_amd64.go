//go:build amd64 && !noasm

package kernel

import "golang.org/x/sys/cpu"

// best is the highest level this processor has.
func best() level {
	switch {
	case cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL && cpu.X86.HasFMA:
		return avx512
	case cpu.X86.HasAVX2 && cpu.X86.HasFMA:
		return avx2
	}
	return plainGo
}

func fillTables(level, *table[float32], *table[float64]) {}
