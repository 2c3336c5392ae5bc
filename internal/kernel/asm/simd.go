package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A simd writes vector code for WebAssembly and one float type. Go's assembler has no
// vectors there, and no way to write a byte, so an instruction is spelled in what it has:
//
//   - LocalSet is the byte 0x21 and takes no operand, so the byte after it is the number of
//     the local variable that is set, to a zero that was put on the stack before.
//   - Br $n is the byte 0x0c, which becomes that number, and n in LEB128: the prefix 0xfd of
//     vector instructions, and an opcode other than 0.
//   - Block $0x83 is the bytes 0x02 and 0xfd: with Unreachable, 0x00, it is the load of a
//     vector, whose opcode is 0.
//   - Instructions of one byte without operands follow as the alignment and the offset of a
//     load or a store.
//
// Variables 2 and 12 are R0 and R10 if R0 to R10 are all used: these two belong to the
// spelling. A machine that runs the program checks all types before it begins.
//
// No variable can hold a vector. So a vector is an expression on the stack, and what is
// needed twice is read from memory twice, which costs little beside the arithmetic.
type simd struct {
	f64     bool
	text    *bytes.Buffer // the functions
	stubs   *bytes.Buffer // their declarations
	kernels []string      // that belong in the tables
}

func (s *simd) size() int {
	if s.f64 {
		return 8
	}
	return 4
}

func (s *simd) lanes() int       { return 16 / s.size() }
func (s *simd) typeName() string { return fmt.Sprintf("float%d", 8*s.size()) }

// symbol is the name of a function: the kernel, or what it calls for whole vectors.
func (s *simd) symbol(kernel string) string { return fmt.Sprintf("%s%dSIMD", kernel, 8*s.size()) }

func (s *simd) raw(format string, args ...any) {
	fmt.Fprintf(s.text, "\t"+format+"\n", args...)
}

// begin starts a function, given its declaration without the name.
func (s *simd) begin(name, signature string, argBytes int) {
	fmt.Fprintf(s.stubs, "\n//go:noescape\nfunc %s%s\n", name, signature)
	fmt.Fprintf(s.text, "\n// func %s%s\nTEXT ·%s(SB), NOSPLIT, $0-%d\n", name, signature, name, argBytes)
	for r := range 11 {
		s.raw("Get R%d; Drop", r)
	}
}

// words starts a function whose arguments are words, and loads them to R1, R2 and so on.
func (s *simd) words(kernel, signature string, names ...string) {
	s.begin(s.symbol(kernel), signature, 8*len(names))
	for i, name := range names {
		s.raw("I64Load %s+%d(FP); Set R%d", name, 8*i, 1+i)
	}
}

// A vectorOp is an instruction for each of the two float types.
type vectorOp struct {
	name     string
	f32, f64 int
}

var (
	vSplat  = vectorOp{"splat", 0x13, 0x14}
	vEq     = vectorOp{"eq", 0x41, 0x47}
	vNe     = vectorOp{"ne", 0x42, 0x48}
	vLt     = vectorOp{"lt", 0x43, 0x49}
	vGt     = vectorOp{"gt", 0x44, 0x4a}
	vAbs    = vectorOp{"abs", 0xe0, 0xec}
	vSqrt   = vectorOp{"sqrt", 0xe3, 0xef}
	vAdd    = vectorOp{"add", 0xe4, 0xf0}
	vSub    = vectorOp{"sub", 0xe5, 0xf1}
	vMul    = vectorOp{"mul", 0xe6, 0xf2}
	vDiv    = vectorOp{"div", 0xe7, 0xf3}
	vMax    = vectorOp{"max", 0xe9, 0xf5}
	vAnd    = vectorOp{"and", 0x4e, 0x4e}
	vAndNot = vectorOp{"andnot", 0x4f, 0x4f}
	vOr     = vectorOp{"or", 0x50, 0x50}
	vSelect = vectorOp{"bitselect", 0x52, 0x52}
)

// vector emits an instruction on what is on the stack.
func (s *simd) vector(op vectorOp) {
	code, shape := op.f32, "f32x4"
	if s.f64 {
		code, shape = op.f64, "f64x2"
	}
	if op.f32 == op.f64 {
		shape = "v128"
	}
	n := 0x7d | code&0x7f<<7
	if code > 0x7f {
		n = 0x7d | code<<7 | 1<<14
	}
	s.raw("I64Const $0; LocalSet; Br $%#x // %s.%s", n, shape, op.name)
}

// read emits the load of a vector, of whose address the stack has the base.
func (s *simd) read(offset int) {
	s.raw("I64Const $0; LocalSet; Block $0x83; Unreachable; %s // v128.load %d", memArg(offset), offset)
}

// write emits the store of the vector on the stack, below which the base of its address is.
func (s *simd) write(offset int) {
	s.raw("I64Const $0; LocalSet; Br $%#x; %s // v128.store %d", 0x7d|0x0b<<7, memArg(offset), offset)
}

// byteNames are instructions of Go's assembler that are one byte.
var byteNames = map[int]string{
	0x00: "Unreachable", 0x01: "Nop", 0x50: "I64Eqz", 0x60: "F32Ge", 0x70: "I32RemU",
	0x80: "I64DivU", 0x81: "I64RemS", 0x82: "I64RemU", 0x83: "I64And",
	0x84: "I64Or", 0x85: "I64Xor", 0x86: "I64Shl", 0x87: "I64ShrS",
	0x90: "F32Nearest", 0xa0: "F64Add", 0xb0: "I64TruncF64S", 0xc0: "I32Extend8S",
}

// memArg spells an alignment of two bytes and an offset, in LEB128 of one to three bytes.
// Of offsets from 128 on there are those of 0, 16, 32, 48 or 64 more than a multiple of it.
func memArg(offset int) string {
	bytes := []int{0x01, offset}
	if _, short := byteNames[offset]; offset >= 128 {
		bytes = []int{0x01, 0x80 | offset&0x7f, 0x80 | offset>>7, 0}
	} else if !short {
		bytes = []int{0x01, 0x80 | offset, 0}
	}
	var names []string
	for _, b := range bytes {
		name, ok := byteNames[b]
		if !ok {
			panic(fmt.Sprintf("no instruction is the byte %#x, of the offset %d", b, offset))
		}
		names = append(names, name)
	}
	return strings.Join(names, "; ")
}

// base puts the address in a register on the stack.
func (s *simd) base(register int) { s.raw("Get R%d; I32WrapI64", register) }

// step adds to a register what the stack has.
func (s *simd) step(register int, format string, args ...any) {
	s.raw("Get R%d; %s; I64Add; Set R%d", register, fmt.Sprintf(format, args...), register)
}

// repeat emits a loop that runs as often as a register says, at least once, and counts
// that down to 0.
func (s *simd) repeat(register int, body func()) {
	s.raw("Loop")
	body()
	s.step(register, "I64Const $-1")
	s.raw("Get R%d; I64Eqz; I32Eqz; BrIf $0", register)
	s.raw("End")
}

// while emits a loop that runs while a register holds least or more, which the body lowers.
func (s *simd) while(register, least int, body func()) {
	s.raw("Block")
	s.raw("Loop")
	s.raw("Get R%d; I64Const $%d; I64LtS; BrIf $1", register, least)
	body()
	s.raw("Br $0")
	s.raw("End")
	s.raw("End")
}

// simdSubjects are the files.
var simdSubjects = []struct {
	name string
	emit func(s *simd)
}{
	{"arith", simdArithmetic},
	{"update", simdUpdates},
	{"lanes", simdLanes},
	{"product", simdProducts},
}

// writeSIMD writes the files of WebAssembly.
func writeSIMD(folder string) error {
	const header = "// Code generated by the module in the folder asm. DO NOT EDIT.\n\n//go:build wasm && !noasm\n\n"
	var tables bytes.Buffer
	fmt.Fprintf(&tables, "%spackage kernel\n\nfunc setSIMD(t32 *table[float32], t64 *table[float64]) {\n", header)
	for _, subject := range simdSubjects {
		text, stubs := bytes.NewBufferString(header+"#include \"textflag.h\"\n"), new(bytes.Buffer)
		for _, f64 := range []bool{false, true} {
			s := &simd{f64: f64, text: text, stubs: stubs}
			subject.emit(s)
			for _, kernel := range s.kernels {
				fmt.Fprintf(&tables, "\tt%d.%s = %s\n", 8*s.size(), kernel, s.symbol(kernel))
			}
		}
		if err := writeSubject(filepath.Join(folder, subject.name+"_simd_wasm"), header, text.Bytes(), stubs.String()); err != nil {
			return err
		}
	}
	fmt.Fprintln(&tables, "}")
	return os.WriteFile(filepath.Join(folder, "tables_wasm.go"), tables.Bytes(), 0o666)
}
