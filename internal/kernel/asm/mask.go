package main

import (
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Comparisons, choices by their results, and the last vector of a slice, of which
// only some lanes are there.

// The predicates of compare.
const (
	less         = 0x11 // x < y, false for NaN
	equal        = 0x00 // x = y, false for NaN
	unordered    = 0x03 // x or y is NaN
	notEqual     = 0x04 // x ≠ y, true for NaN
	notLess      = 0x15 // x ≥ y or NaN
	notGreaterEq = 0x19 // x < y or NaN
)

// compare returns a mask of the lanes where the predicate holds. y may be in memory.
func (v *vec) compare(predicate int, x, y operand.Op) operand.Op {
	if v.wide {
		k := v.K()
		v.either(v.VCMPPS, v.VCMPPD, operand.U8(predicate), y, x, k)
		return k
	}
	r := v.reg()
	v.either(v.VCMPPS, v.VCMPPD, operand.U8(predicate), y, x, r)
	return r
}

// maskBits moves the bits of a mask to a general register.
func (v *vec) maskBits(mask, r operand.Op) {
	switch {
	case v.wide:
		v.KMOVW(mask, r)
	case v.f64:
		v.VMOVMSKPD(mask, r)
	default:
		v.VMOVMSKPS(mask, r)
	}
}

// maximum returns the larger of x and y, y at a tie, NaN if either is. y may not be
// in memory.
func (v *vec) maximum(x, y operand.Op) reg.VecVirtual {
	return v.choose(v.compare(unordered, x, x), x, v.max(x, y))
}

// minimum is to maximum as smaller is to larger.
func (v *vec) minimum(x, y operand.Op) reg.VecVirtual {
	return v.choose(v.compare(unordered, x, x), x, v.min(x, y))
}

// choose returns x where the mask is set and y elsewhere. x may be in memory.
func (v *vec) choose(mask, x, y operand.Op) reg.VecVirtual {
	r := v.reg()
	switch {
	case v.wide:
		v.either(v.VBLENDMPS, v.VBLENDMPD, x, y, mask, r)
	case v.f64:
		v.VBLENDVPD(mask, x, y, r)
	default:
		v.VBLENDVPS(mask, x, y, r)
	}
	return r
}

// ifNegative returns x where the sign bit of s is set and y elsewhere. x may be in
// memory.
func (v *vec) ifNegative(s, x, y operand.Op) reg.VecVirtual {
	if !v.wide { // a mask is its sign bits
		return v.choose(s, x, y)
	}
	return v.choose(v.signs(s), x, y)
}

// signs returns the mask of the lanes whose sign bit is set, of AVX-512.
func (v *vec) signs(s operand.Op) operand.Op {
	k := v.K()
	if v.f64 {
		v.VPMOVQ2M(s, k)
	} else {
		v.VPMOVD2M(s, k)
	}
	return k
}

// subIfNegative sets r = x − y where the sign bit of s is set, and returns it. y may be in memory.
func (v *vec) subIfNegative(s, x, y, r operand.Op) operand.Op {
	if !v.wide {
		return v.ifNegative(s, v.sub(x, y), r)
	}
	v.either(v.VSUBPS, v.VSUBPD, y, x, v.signs(s), r)
	return r
}

// mulAddWhere sets x = x·y + z where the mask is set, and 0 elsewhere, and returns it. z may be in
// memory, y not.
func (v *vec) mulAddWhere(mask, x, y, z operand.Op) operand.Op {
	switch {
	case !v.wide:
		return v.and(mask, v.mulAdd(x, y, z))
	case v.f64:
		v.VFMADD213PD_Z(z, y, mask, x)
	default:
		v.VFMADD213PS_Z(z, y, mask, x)
	}
	return x
}

// scaleWhere returns x·2ⁿ of a whole n, rounded once, where the mask is set, and 0 elsewhere. AVX2
// lacks it.
func (v *vec) scaleWhere(mask, x, n operand.Op) reg.VecVirtual {
	r := v.reg()
	if v.f64 {
		v.VSCALEFPD_Z(n, x, mask, r)
	} else {
		v.VSCALEFPS_Z(n, x, mask, r)
	}
	return r
}

// scale is scaleWhere in all lanes.
func (v *vec) scale(x, n operand.Op) reg.VecVirtual { return v.new3(v.VSCALEFPS, v.VSCALEFPD, x, n) }

// loadTail returns the entries that the mask selects, and zeros.
func (v *vec) loadTail(m operand.Op) reg.VecVirtual {
	r := v.reg()
	v.loadTailInto(m, v.mask, r)
	return r
}

func (v *vec) loadTailInto(m, mask, r operand.Op) {
	switch {
	case v.wide && v.f64:
		v.VMOVUPD_Z(m, mask, r)
	case v.wide:
		v.VMOVUPS_Z(m, mask, r)
	case v.f64:
		v.VMASKMOVPD(m, mask, r)
	default:
		v.VMASKMOVPS(m, mask, r)
	}
}

// storeTail writes the entries that the mask selects.
func (v *vec) storeTail(x, m operand.Op) { v.storeTailTo(x, v.mask, m) }

func (v *vec) storeTailTo(x, mask, m operand.Op) {
	switch {
	case v.wide:
		v.either(v.VMOVUPS, v.VMOVUPD, x, mask, m)
	case v.f64:
		v.VMASKMOVPD(x, mask, m)
	default:
		v.VMASKMOVPS(x, mask, m)
	}
}

// tailMask returns the mask of the first n entries, 0 ≤ n ≤ lanes. It changes n.
func (v *vec) tailMask(n reg.Register) operand.Op {
	mask := operand.Op(v.YMM())
	if v.wide {
		mask = v.K()
	}
	v.tailMaskInto(n, v.GP64(), mask)
	return mask
}

// tailMaskInto changes n and temp.
func (v *vec) tailMaskInto(n, temp reg.Register, mask operand.Op) {
	if v.wide {
		v.MOVQ(operand.I32(-1), temp)
		v.BZHIQ(n, temp, temp)
		v.KMOVW(temp.(reg.GP).As32(), mask)
		return
	}
	v.move(v.maskAddress(n, temp), mask)
}

// maskAddress is where a mask of the first n entries lies in memory, for AVX2. It
// changes n and temp.
func (v *vec) maskAddress(n, temp reg.Register) operand.Mem {
	// 32 bytes of ones, then 32 of zeros: the mask of n entries starts n before the
	// middle.
	m, ok := v.data["ones_zeros"]
	if !ok {
		m = v.StaticGlobal("ones_zeros")
		v.DataAttributes(attr.RODATA | attr.NOPTR)
		for i := range 8 {
			v.AppendDatum(operand.U64(math.MaxUint64 * (1 - uint64(i)/4)))
		}
		v.data["ones_zeros"] = m
	}
	v.LEAQ(m.Offset(32), temp)
	v.NEGQ(n)
	return operand.Mem{Base: temp, Index: n, Scale: uint8(v.size())}
}
