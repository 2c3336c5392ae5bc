package main

import (
	"fmt"
	"strings"
)

// A neonPlace is where the entries of each slice lie that are next.
type neonPlace struct {
	n      *neon
	single bool // one entry, not a vector
	at     map[string]int
}

// pointwise emits a kernel that does the same to every entry of its slices, a vector at
// a time and then one by one. Each slice is loaded, and stored to, once at most. The
// scalars are passed in all lanes.
func (n *neon) pointwise(kernel, slices, scalars string, body func(p *neonPlace, scalar map[string]value)) {
	n.kernels = append(n.kernels, kernel)
	names, numbers := strings.Fields(slices), strings.Fields(scalars)
	signature := "(" + strings.Join(names, ", ") + " []" + n.typeName()
	bytes := 24 * len(names)
	if len(numbers) > 0 {
		signature += ", " + strings.Join(numbers, ", ") + " " + n.typeName()
	}
	n.begin(kernel, signature+")", bytes+n.size()*len(numbers))
	at := map[string]int{}
	for i, name := range names {
		at[name] = i
		n.raw("MOVD %s_base+%d(FP), R%d", name, 24*i, i)
	}
	n.raw("MOVD %s_len+8(FP), R10", names[0])
	scalar := map[string]value{}
	for i, name := range numbers {
		n.raw("MOVD $%s+%d(FP), R12", name, bytes+n.size()*i)
		scalar[name] = n.keep(n.broadcast(12))
	}
	n.raw("CMP $%d, R10", n.lanes())
	n.raw("BLT rest")
	n.raw("loop:")
	body(&neonPlace{n: n, at: at}, scalar)
	n.raw("SUB $%d, R10", n.lanes())
	n.raw("CMP $%d, R10", n.lanes())
	n.raw("BGE loop")
	n.raw("rest:")
	n.raw("CBZ R10, end")
	n.raw("one:")
	body(&neonPlace{n: n, at: at, single: true}, scalar)
	n.raw("SUBS $1, R10")
	n.raw("BNE one")
	n.raw("end:")
	n.raw("RET")
	n.end()
}

// broadcast returns the entry that a register points to in all lanes.
func (n *neon) broadcast(register int) value {
	r := n.value()
	word := uint32(0x4d40c800)
	if n.f64 {
		word |= 1 << 10
	}
	n.emit(word|uint32(register)<<5, fmt.Sprintf("ld1r {%%s.%s}, [x%d]", n.arrangement(), register), r)
	return r
}

// load returns the entries of a slice that are next, with zeros past a single one. The
// slice is passed unless it is the one that is stored to.
func (p *neonPlace) load(slice string) value {
	r := p.n.value()
	p.access(0x3dc00000, 0x3cc00400, "ldr", slice, r, false)
	return r
}

// take is load of a slice that is not stored to.
func (p *neonPlace) take(slice string) value {
	r := p.n.value()
	p.access(0x3dc00000, 0x3cc00400, "ldr", slice, r, true)
	return r
}

func (p *neonPlace) store(slice string, x value) {
	p.access(0x3d800000, 0x3c800400, "str", slice, x, true)
}

// access emits a load or a store of a vector or of one entry.
func (p *neonPlace) access(plain, passing uint32, name, slice string, x value, pass bool) {
	register, bytes := 'Q', 16
	word := plain
	if pass {
		word = passing
	}
	if p.single {
		// The sizes of one entry are in bits 30 and 31, those of a vector in bit 23.
		register, bytes = 'S', 4
		word = word&^(1<<23) | 2<<30
		if p.n.f64 {
			register, bytes = 'D', 8
			word |= 1 << 30
		}
	}
	base := p.at[slice]
	text := fmt.Sprintf("%s %%%c, [x%d]", name, register, base)
	if pass {
		text += fmt.Sprintf(", #%d", bytes)
		word |= uint32(bytes) << 12
	}
	p.n.emit(word|uint32(base)<<5, text, x)
}
