package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// A neon writes vector code for arm64 and one float type. Go's assembler lacks most
// vector instructions of floats, so each is a WORD, beside the instruction as GNU's
// assembler reads it: check-neon.sh holds the two against each other.
//
// Values are named by numbers. They get registers when a function is finished: a value
// is live from where it is first named to where it is named last, a kept one to the end.
type neon struct {
	f64     bool
	text    *bytes.Buffer // the functions
	stubs   *bytes.Buffer // their declarations
	pool    *pool
	kernels []string // that belong in the tables

	lines  []neonLine
	values int
	kept   map[value]bool
}

// A value is a vector.
type value int

// A neonLine is an instruction with up to three values, or text of Go's assembler.
type neonLine struct {
	word   uint32
	format string // of the instruction: %s for a value with lanes, %Q, %D or %S for a register
	ops    []value
	bits   [3]int // where their registers go in the word
	raw    string
}

// A pool holds the constants of a file, 16 bytes each.
type pool struct {
	name  string
	words []uint64
	at    map[uint64]int
}

func (n *neon) size() int {
	if n.f64 {
		return 8
	}
	return 4
}

func (n *neon) lanes() int { return 16 / n.size() }

func (n *neon) typeName() string { return fmt.Sprintf("float%d", 8*n.size()) }

func (n *neon) symbol(kernel string) string { return fmt.Sprintf("%s%dNEON", kernel, 8*n.size()) }

func (n *neon) fraction() int { return (&vec{f64: n.f64}).fraction() }
func (n *neon) bias() int     { return (&vec{f64: n.f64}).bias() }

func (n *neon) value() value {
	n.values++
	return value(n.values)
}

// keep makes a value live to the end of the function.
func (n *neon) keep(v value) value {
	n.kept[v] = true
	return v
}

func (n *neon) raw(format string, args ...any) {
	n.lines = append(n.lines, neonLine{raw: fmt.Sprintf(format, args...)})
}

func (n *neon) emit(word uint32, format string, ops ...value) {
	n.lines = append(n.lines, neonLine{word: word, format: format, ops: ops, bits: [3]int{0, 5, 16}})
}

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

// registers gives every value a register: v0 to v31.
func (n *neon) registers() map[value]int {
	last := map[value]int{}
	for i, l := range n.lines {
		for _, v := range l.ops {
			if last[v] = i; n.kept[v] {
				last[v] = len(n.lines)
			}
		}
	}
	at := map[value]int{}
	var taken [32]bool
	for i, l := range n.lines {
		for _, v := range l.ops {
			if _, ok := at[v]; ok {
				continue
			}
			r := 0
			for taken[r] { // panics if there is no register left
				r++
			}
			at[v], taken[r] = r, true
		}
		for _, v := range l.ops {
			if last[v] == i {
				taken[at[v]] = false
			}
		}
	}
	return at
}

// begin starts a function, given its declaration without the name.
func (n *neon) begin(kernel, signature string, argBytes int) {
	n.lines, n.values, n.kept = nil, 0, map[value]bool{}
	fmt.Fprintf(n.stubs, "\n//go:noescape\nfunc %s%s\n", n.symbol(kernel), signature)
	fmt.Fprintf(n.text, "\n// func %s%s\nTEXT ·%s(SB), NOSPLIT, $0-%d\n", n.symbol(kernel), signature, n.symbol(kernel), argBytes)
	n.raw("MOVD $%s<>(SB), R11", n.pool.name)
}

// end prints the function.
func (n *neon) end() {
	at := n.registers()
	for _, l := range n.lines {
		if l.raw != "" {
			indent := "\t"
			if strings.HasSuffix(l.raw, ":") {
				indent = ""
			}
			fmt.Fprintf(n.text, "%s%s\n", indent, l.raw)
			continue
		}
		word, text := l.word, l.format
		for i, v := range l.ops {
			word |= uint32(at[v]) << l.bits[i]
			j := strings.IndexByte(text, '%')
			kind := strings.ToLower(text[j+1 : j+2])
			if text[j+1] == 's' {
				kind = "v"
			}
			text = text[:j] + kind + fmt.Sprint(at[v]) + text[j+2:]
		}
		fmt.Fprintf(n.text, "\tWORD $0x%08x // %s\n", word, text)
	}
}

// neonSubjects are the files.
var neonSubjects = []struct {
	name string
	emit func(n *neon)
}{
	{"arith", neonArithmetic},
	{"exp", neonTranscendental},
	{"gauss", neonGauss},
	{"update", neonUpdates},
	{"reduce", neonReductions},
	{"tile", neonProducts},
	{"taps", neonTaps},
}

// writeNEON writes the files of arm64.
func writeNEON(folder string) error {
	const header = "// Code generated by the module in the folder asm. DO NOT EDIT.\n\n//go:build arm64 && !noasm\n\n"
	var tables bytes.Buffer
	fmt.Fprintf(&tables, "%spackage kernel\n\nfunc setNEON(t32 *table[float32], t64 *table[float64]) {\n", header)
	for _, s := range neonSubjects {
		var text, stubs bytes.Buffer
		p := &pool{name: s.name + "NEON", at: map[uint64]int{}}
		for _, f64 := range []bool{false, true} {
			n := &neon{f64: f64, text: &text, stubs: &stubs, pool: p}
			s.emit(n)
			for _, kernel := range n.kernels {
				fmt.Fprintf(&tables, "\tt%d.%s = %s\n", 8*n.size(), kernel, n.symbol(kernel))
			}
		}
		var out bytes.Buffer
		fmt.Fprintf(&out, "%s#include \"textflag.h\"\n\n", header)
		if len(p.words) == 0 {
			p.words = []uint64{0}
		}
		for i, w := range p.words {
			fmt.Fprintf(&out, "DATA %s<>+%d(SB)/8, $0x%016x\nDATA %s<>+%d(SB)/8, $0x%016x\n", p.name, 16*i, w, p.name, 16*i+8, w)
		}
		fmt.Fprintf(&out, "GLOBL %s<>(SB), RODATA|NOPTR, $%d\n", p.name, 16*len(p.words))
		out.Write(text.Bytes())
		path := filepath.Join(folder, s.name+"_neon_arm64")
		if err := os.WriteFile(path+".s", out.Bytes(), 0o666); err != nil {
			return err
		}
		imports := ""
		if strings.Contains(stubs.String(), "unsafe.") {
			imports = "\nimport \"unsafe\"\n"
		}
		if err := os.WriteFile(path+".go", []byte(header+"package kernel\n"+imports+stubs.String()), 0o666); err != nil {
			return err
		}
	}
	fmt.Fprintln(&tables, "}")
	return os.WriteFile(filepath.Join(folder, "tables_arm64.go"), tables.Bytes(), 0o666)
}
