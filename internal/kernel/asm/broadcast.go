package main

import (
	"strings"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
)

// entryPrefix begins the names of constants of which one entry lies in memory.
const entryPrefix = "entry"

// broadcastConstants lets instructions of AVX-512 that read one entry of a constant copy it to all lanes, which takes
// them no longer. A vector of 64 bytes in memory would do the same, but Go's linker aligns data to 32 bytes at most: in
// half of all programs each such vector would lie across two cache lines, and take two reads.
func broadcastConstants(fn *ir.Function) {
	for _, i := range fn.Instructions() {
		for _, op := range i.Operands {
			if m, ok := op.(operand.Mem); !ok || !strings.HasPrefix(m.Symbol.Name, entryPrefix) {
				continue
			}
			switch i.Opcode {
			case "VMOVUPS":
				i.Opcode = "VBROADCASTSS"
			case "VMOVUPD":
				i.Opcode = "VBROADCASTSD"
			default:
				i.Suffixes = append([]string{"BCST"}, i.Suffixes...)
			}
		}
	}
}
