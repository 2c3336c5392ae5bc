package main

import "math"

// neonPools emits what pools emits. Registers are those of window.
func neonPools(n *neon) {
	n.window("maxPool", func(p *neonPlace, again string) {
		n.raw("MOVD.P 8(R12), R13")
		n.seek()
		most := n.keep(p.load("x"))
		n.raw("CMP R5, R12")
		n.raw("BEQ %sDone", again)
		n.raw("%s:", again)
		n.raw("MOVD.P 8(R12), R13")
		n.seek()
		x := p.load("x")
		larger := n.or(n.greater(x, most), n.isNaN(x)) // the first at a tie
		r := n.choose(larger, x, most)
		n.emit(0x4ea01c00, "orr %s.16b, %s.16b, %s.16b", most, r, r)
		n.raw("CMP R5, R12")
		n.raw("BNE %s", again)
		n.raw("%sDone:", again)
		n.raw("ADD R19, R1, R14")
		p.store("y", most)
	})
	n.window("maxGive", func(p *neonPlace, again string) {
		n.raw("ADD R19, R1, R14")
		y := n.keep(p.load("y"))
		n.raw("ADD R19, R2, R14")
		zeta := n.keep(p.load("zeta"))
		open := n.keep(n.i(math.MaxUint64)) // the examples whose largest entry has not come yet
		n.raw("%s:", again)
		n.raw("MOVD.P 8(R12), R13")
		n.seek()
		found := n.and(n.equal(p.load("x"), y), open)
		n.emit(0x4e601c00, "bic %s.16b, %s.16b, %s.16b", open, open, found)
		out := p.load("out")
		p.store("out", n.choose(found, n.add(out, zeta), out))
		n.raw("CMP R5, R12")
		n.raw("BNE %s", again)
	})
}

// seek makes the entry of the window in R13 addresses in x and out, of the examples at R19.
func (n *neon) seek() {
	shift := 2
	if n.f64 {
		shift = 3
	}
	n.raw("ADD R13<<%d, R19, R13", shift)
	n.raw("ADD R13, R0, R14")
	n.raw("ADD R13, R3, R15")
}

// window emits a loop over the places of a row and the examples of a place, with a body for
// the entries of a window, which begin at R12 and end at R5: of a vector of examples, and of
// one.
func (n *neon) window(kernel string, body func(p *neonPlace, again string)) {
	n.begin(kernel, "(x, y, zeta, out unsafe.Pointer, entries *int, count, places, xStep, yStep, n int)", 80)
	for i, name := range []string{"x", "y", "zeta", "out", "entries", "count", "places", "xStep", "yStep", "n"} {
		n.raw("MOVD %s+%d(FP), R%d", name, 8*i, i)
	}
	n.raw("ADD R5<<3, R4, R5")
	n.raw("place:")
	n.raw("MOVD ZR, R19")
	n.raw("MOVD R9, R10")
	part := func(label, next string, single bool, count, bytes int) {
		n.raw("%s:", label)
		n.raw("CMP $%d, R10", count)
		n.raw("BLT %s", next)
		n.raw("MOVD R4, R12")
		at := map[string]int{"x": 14, "y": 14, "zeta": 14, "out": 15}
		body(&neonPlace{n: n, single: single, at: at}, label+"Entry")
		n.raw("ADD $%d, R19", bytes)
		n.raw("SUB $%d, R10", count)
		n.raw("B %s", label)
	}
	part("vector", "one", false, n.lanes(), 16)
	part("one", "next", true, 1, n.size())
	n.raw("next:")
	n.raw("ADD R7, R0")
	n.raw("ADD R7, R3")
	n.raw("ADD R8, R1")
	n.raw("ADD R8, R2")
	n.raw("SUBS $1, R6")
	n.raw("BNE place")
	n.raw("RET")
	n.end()
}
