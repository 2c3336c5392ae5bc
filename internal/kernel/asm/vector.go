package main

import (
	"fmt"
	"go/token"
	"go/types"
	"math"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A vec writes vector code for one instruction set and one float type. Its methods
// name what the instructions do, so that a kernel is written once for all four
// combinations. Operands are in the order of the formula, not of the assembler, and
// results are new registers unless the comment says otherwise.
type vec struct {
	*build.Context
	wide bool // AVX-512: 64-byte vectors and masks; otherwise AVX2
	f64  bool

	data    map[string]operand.Mem // constants of the file, by name
	inRegs  map[string]operand.Op  // constants that the current function keeps in registers
	mask    operand.Op             // of the entries of the last vector
	kernels []string               // that were begun and belong in the tables
}

// bytes is the size of a vector.
func (v *vec) bytes() int {
	if v.wide {
		return 64
	}
	return 32
}

// size is the size of an entry.
func (v *vec) size() int {
	if v.f64 {
		return 8
	}
	return 4
}

// lanes is the number of entries in a vector.
func (v *vec) lanes() int { return v.bytes() / v.size() }

// floatType is the name of the type of an entry.
func (v *vec) floatType() string { return fmt.Sprintf("float%d", 8*v.size()) }

// symbol is the name of the function of a kernel.
func (v *vec) symbol(kernel string) string {
	return fmt.Sprintf("%s%d%s", kernel, 8*v.size(), v.isa())
}

// isa names the instruction set.
func (v *vec) isa() string {
	if v.wide {
		return "AVX512"
	}
	return "AVX2"
}

// reg returns a new vector register.
func (v *vec) reg() reg.VecVirtual {
	if v.wide {
		return v.ZMM()
	}
	return v.YMM()
}

// either emits the first instruction for float32, the second for float64.
func (v *vec) either(single, double func(...operand.Op), ops ...operand.Op) {
	if v.f64 {
		double(ops...)
	} else {
		single(ops...)
	}
}

// constant returns a vector whose lanes all hold the given bits: for AVX2 it lies in memory, for
// AVX-512 one entry does, see broadcastConstants.
func (v *vec) constant(bits uint64) operand.Op {
	prefix, words := "lanes", v.bytes()/8
	if v.wide {
		prefix, words = entryPrefix, 1
	}
	name := fmt.Sprintf("%s%d_%0*x", prefix, 8*v.size(), 2*v.size(), bits)
	if r, ok := v.inRegs[name]; ok {
		return r
	}
	m, ok := v.data[name]
	if !ok {
		m = v.StaticGlobal(name)
		v.DataAttributes(attr.RODATA | attr.NOPTR)
		if !v.f64 {
			bits |= bits << 32
		}
		for range words {
			v.AppendDatum(operand.U64(bits))
		}
		v.data[name] = m
	}
	return m
}

// bits of x as an entry.
func (v *vec) bits(x float64) uint64 {
	if v.f64 {
		return math.Float64bits(x)
	}
	return uint64(math.Float32bits(float32(x)))
}

// c is the constant x in all lanes.
func (v *vec) c(x float64) operand.Op { return v.constant(v.bits(x)) }

// i is the whole number x in all lanes.
func (v *vec) i(x uint64) operand.Op { return v.constant(x) }

// keep loads constants into registers for the rest of the function.
func (v *vec) keep(xs ...float64) {
	for _, x := range xs {
		m, ok := v.c(x).(operand.Mem)
		if !ok {
			continue // kept already
		}
		v.inRegs[m.Symbol.Name] = v.load(m)
	}
}

// argTypes holds the names of the structs that kernels take, for signatures.
var argTypes = func() *types.Package {
	p := types.NewPackage("kernel", "kernel")
	for _, name := range []string{"outerArgs", "dotArgs", "packArgs", "runDotsArgs", "poolArgs"} {
		n := types.NewTypeName(token.NoPos, p, name, nil)
		types.NewNamed(n, types.NewStruct(nil, nil), nil)
		p.Scope().Insert(n)
	}
	return p
}()

// begin starts the function of a kernel.
func (v *vec) begin(kernel, signature string) {
	if !strings.HasPrefix(signature, "func(t *") {
		v.kernels = append(v.kernels, kernel)
	}
	v.inRegs = map[string]operand.Op{}
	v.Function(v.symbol(kernel))
	v.Attributes(attr.NOSPLIT)
	s, err := gotypes.ParseSignatureInPackage(argTypes, signature)
	if err != nil {
		panic(err)
	}
	v.Signature(s)
	v.Pragma("noescape")
}

// end returns from the function.
func (v *vec) end() {
	v.VZEROUPPER()
	v.RET()
}

// load returns x, a register or memory, in a new register.
func (v *vec) load(x operand.Op) reg.VecVirtual {
	r := v.reg()
	v.move(x, r)
	return r
}

// broadcast returns a vector of copies of the entry in memory.
func (v *vec) broadcast(m operand.Op) reg.VecVirtual {
	r := v.reg()
	v.either(v.VBROADCASTSS, v.VBROADCASTSD, m, r)
	return r
}

// move copies a vector between registers and memory.
func (v *vec) move(from, to operand.Op) { v.either(v.VMOVUPS, v.VMOVUPD, from, to) }

func (v *vec) zero() reg.VecVirtual {
	r := v.reg()
	v.zeroInto(r)
	return r
}

func (v *vec) zeroInto(r operand.Op) {
	if v.wide {
		v.VPXORD(r, r, r)
	} else {
		v.VXORPS(r, r, r)
	}
}

// new3 emits an instruction of three operands with a new register for its result.
func (v *vec) new3(single, double func(...operand.Op), x, y operand.Op) reg.VecVirtual {
	r := v.reg()
	v.either(single, double, y, x, r)
	return r
}

// x must be a register in all of these; y may be in memory.

func (v *vec) add(x, y operand.Op) reg.VecVirtual { return v.new3(v.VADDPS, v.VADDPD, x, y) }
func (v *vec) sub(x, y operand.Op) reg.VecVirtual { return v.new3(v.VSUBPS, v.VSUBPD, x, y) }
func (v *vec) mul(x, y operand.Op) reg.VecVirtual { return v.new3(v.VMULPS, v.VMULPD, x, y) }
func (v *vec) div(x, y operand.Op) reg.VecVirtual { return v.new3(v.VDIVPS, v.VDIVPD, x, y) }
func (v *vec) and(x, y operand.Op) reg.VecVirtual { return v.new3(v.VANDPS, v.VANDPD, x, y) }
func (v *vec) or(x, y operand.Op) reg.VecVirtual  { return v.new3(v.VORPS, v.VORPD, x, y) }

// abs returns |x|.
func (v *vec) abs(x operand.Op) reg.VecVirtual { return v.and(x, v.i(v.signBit()-1)) }

// min and max give y where x or y is NaN, and where both are zero.
func (v *vec) min(x, y operand.Op) reg.VecVirtual { return v.new3(v.VMINPS, v.VMINPD, x, y) }
func (v *vec) max(x, y operand.Op) reg.VecVirtual { return v.new3(v.VMAXPS, v.VMAXPD, x, y) }

func (v *vec) sqrt(x operand.Op) reg.VecVirtual {
	r := v.reg()
	if v.f64 {
		v.VSQRTPD(x, r)
	} else {
		v.VSQRTPS(x, r)
	}
	return r
}

// addMul sets s += x·y and returns it.
func (v *vec) addMul(s, x, y operand.Op) operand.Op {
	v.either(v.VFMADD231PS, v.VFMADD231PD, y, x, s)
	return s
}

// subMul sets s −= x·y and returns it.
func (v *vec) subMul(s, x, y operand.Op) operand.Op {
	v.either(v.VFNMADD231PS, v.VFNMADD231PD, y, x, s)
	return s
}

// mulAdd sets x = x·y + z and returns it. z may be in memory, y not.
func (v *vec) mulAdd(x, y, z operand.Op) operand.Op {
	v.either(v.VFMADD213PS, v.VFMADD213PD, z, y, x)
	return x
}

// Whole numbers as wide as the entries.

func (v *vec) addInt(x, y operand.Op) reg.VecVirtual { return v.new3(v.VPADDD, v.VPADDQ, x, y) }
func (v *vec) subInt(x, y operand.Op) reg.VecVirtual { return v.new3(v.VPSUBD, v.VPSUBQ, x, y) }

func (v *vec) shiftLeft(x operand.Op, n int) reg.VecVirtual {
	r := v.reg()
	v.either(v.VPSLLD, v.VPSLLQ, operand.U8(n), x, r)
	return r
}

// shiftRight shifts in zeros.
func (v *vec) shiftRight(x operand.Op, n int) reg.VecVirtual {
	r := v.reg()
	v.either(v.VPSRLD, v.VPSRLQ, operand.U8(n), x, r)
	return r
}
