package main

import (
	"fmt"
	"math"
)

// The instructions of vectors, as methods like those of vec.

// arrangement is how the lanes are written.
func (n *neon) arrangement() string {
	if n.f64 {
		return "2d"
	}
	return "4s"
}

// lanewise emits an instruction whose bit 22 tells the float type.
func (n *neon) lanewise(word uint32, name string, ops ...value) {
	if n.f64 {
		word |= 1 << 22
	}
	a := n.arrangement()
	format := name + " %s." + a
	for range ops[1:] {
		format += ", %s." + a
	}
	n.emit(word, format, ops...)
}

// new2 and new3 return a new value made of one or two others.
func (n *neon) new2(word uint32, name string, x value) value {
	r := n.value()
	n.lanewise(word, name, r, x)
	return r
}

func (n *neon) new3(word uint32, name string, x, y value) value {
	r := n.value()
	n.lanewise(word, name, r, x, y)
	return r
}

func (n *neon) add(x, y value) value     { return n.new3(0x4e20d400, "fadd", x, y) }
func (n *neon) sub(x, y value) value     { return n.new3(0x4ea0d400, "fsub", x, y) }
func (n *neon) mul(x, y value) value     { return n.new3(0x6e20dc00, "fmul", x, y) }
func (n *neon) div(x, y value) value     { return n.new3(0x6e20fc00, "fdiv", x, y) }
func (n *neon) max(x, y value) value     { return n.new3(0x4e20f400, "fmax", x, y) }
func (n *neon) min(x, y value) value     { return n.new3(0x4ea0f400, "fmin", x, y) }
func (n *neon) greater(x, y value) value { return n.new3(0x6ea0e400, "fcmgt", x, y) }
func (n *neon) atLeast(x, y value) value { return n.new3(0x6e20e400, "fcmge", x, y) }
func (n *neon) equal(x, y value) value   { return n.new3(0x4e20e400, "fcmeq", x, y) }
func (n *neon) sqrt(x value) value       { return n.new2(0x6ea1f800, "fsqrt", x) }
func (n *neon) abs(x value) value        { return n.new2(0x4ea0f800, "fabs", x) }
func (n *neon) neg(x value) value        { return n.new2(0x6ea0f800, "fneg", x) }

// addMul sets s += x·y and returns it, subMul s −= x·y.
func (n *neon) addMul(s, x, y value) value { n.lanewise(0x4e20cc00, "fmla", s, x, y); return s }
func (n *neon) subMul(s, x, y value) value { n.lanewise(0x4ea0cc00, "fmls", s, x, y); return s }

// bitwise returns what an instruction without lanes makes of x and y.
func (n *neon) bitwise(word uint32, name string, x, y value) value {
	r := n.value()
	n.emit(word, name+" %s.16b, %s.16b, %s.16b", r, x, y)
	return r
}

func (n *neon) and(x, y value) value    { return n.bitwise(0x4e201c00, "and", x, y) }
func (n *neon) or(x, y value) value     { return n.bitwise(0x4ea01c00, "orr", x, y) }
func (n *neon) andNot(x, y value) value { return n.bitwise(0x4e601c00, "bic", x, y) }

// choose returns x where the mask is set and else y, in place of the mask.
func (n *neon) choose(mask, x, y value) value {
	n.emit(0x6e601c00, "bsl %s.16b, %s.16b, %s.16b", mask, x, y)
	return mask
}

// copy returns a value that may be changed.
func (n *neon) copy(x value) value {
	r := n.value()
	n.emit(0x4ea01c00, "orr %s.16b, %s.16b, %s.16b", r, x, x)
	return r
}

// Whole numbers as wide as the entries.

func (n *neon) addInt(x, y value) value { return n.new3(0x4ea08400, "add", x, y) }
func (n *neon) subInt(x, y value) value { return n.new3(0x6ea08400, "sub", x, y) }

func (n *neon) shift(word uint32, name string, x value, by int, code int) value {
	r := n.value()
	a := n.arrangement()
	n.emit(word|uint32(code)<<16, fmt.Sprintf("%s %%s.%s, %%s.%s, #%d", name, a, a, by), r, x)
	return r
}

func (n *neon) shiftLeft(x value, by int) value {
	return n.shift(0x4f005400, "shl", x, by, 8*n.size()+by)
}

// shiftRight shifts in zeros, spread the sign.
func (n *neon) shiftRight(x value, by int) value {
	return n.shift(0x6f000400, "ushr", x, by, 16*n.size()-by)
}

func (n *neon) spread(x value) value {
	by := 8*n.size() - 1
	return n.shift(0x4f000400, "sshr", x, by, 16*n.size()-by)
}

// ifNegative returns a where the sign of z is set, else b.
func (n *neon) ifNegative(z, a, b value) value { return n.choose(n.spread(z), a, b) }

// c returns the constant x in all lanes, i the whole number x.
func (n *neon) c(x float64) value { return n.i((&vec{f64: n.f64}).bits(x)) }

func (n *neon) i(bits uint64) value {
	if !n.f64 {
		bits = bits<<32 | bits&math.MaxUint32
	}
	at, ok := n.pool.at[bits]
	if !ok {
		at = len(n.pool.words)
		n.pool.at[bits] = at
		n.pool.words = append(n.pool.words, bits)
	}
	r := n.value()
	n.emit(0x3dc00000|uint32(at)<<10|11<<5, fmt.Sprintf("ldr %%Q, [x11, #%d]", 16*at), r)
	return r
}
