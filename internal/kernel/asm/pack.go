package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// packArgs are the offsets of the fields of the struct of that name.
const (
	packDst = 8 * iota
	packDstRow
	packSrc
	packSrcRow
	packSteps
	packEntries
)

// packing emits the copies that bring operands into the order in which outer reads
// them.
func packing(v *vec) {
	v.copyRows()
	if !v.wide { // AVX-512 uses that of AVX2
		v.transpose()
	}
}

// copyRows emits a copy of rows of at most two vectors. It writes whole vectors:
// entries past the end of a row are zero, or the beginning of the next.
func (v *vec) copyRows() {
	v.begin("copyRows", "func(t *packArgs)")
	v.Load(v.Param("t"), args)
	dst, dstRow, src, srcRow, rows, n := v.GP64(), v.GP64(), v.GP64(), v.GP64(), v.GP64(), v.GP64()
	for i, r := range []reg.Register{dst, dstRow, src, srcRow, rows, n} {
		v.MOVQ(v.arg(8*i), r)
	}
	v.CMPQ(n, operand.I8(v.lanes()))
	v.JGT(operand.LabelRef("two"))
	v.mask = v.tailMask(n)
	v.Label("narrow")
	v.move(v.loadTail(operand.Mem{Base: src}), operand.Mem{Base: dst})
	v.ADDQ(srcRow, src)
	v.ADDQ(dstRow, dst)
	v.DECQ(rows)
	v.JNZ(operand.LabelRef("narrow"))
	v.VZEROUPPER()
	v.RET()

	v.Label("two")
	v.SUBQ(operand.I8(v.lanes()), n)
	v.mask = v.tailMask(n)
	v.Label("broad")
	x, y := v.load(operand.Mem{Base: src}), v.loadTail(operand.Mem{Base: src, Disp: v.bytes()})
	v.move(x, operand.Mem{Base: dst})
	v.move(y, operand.Mem{Base: dst, Disp: v.bytes()})
	v.ADDQ(srcRow, src)
	v.ADDQ(dstRow, dst)
	v.DECQ(rows)
	v.JNZ(operand.LabelRef("broad"))
	v.end()
}

// transpose emits the transposition of square blocks as wide as a vector, one after
// another along the rows of the source.
func (v *vec) transpose() {
	v.begin("transpose", "func(t *packArgs)")
	v.Load(v.Param("t"), args)
	dst, dstRow, src, srcRow, blocks := v.GP64(), v.GP64(), v.GP64(), v.GP64(), v.GP64()
	for i, r := range []reg.Register{dst, dstRow, src, srcRow, blocks} {
		v.MOVQ(v.arg(8*i), r)
	}
	n := v.lanes()
	rows := make([]reg.Register, n/2) // rows 0, 2, 4, …
	for i := range rows {
		rows[i] = v.GP64()
	}
	v.Label("block")
	v.MOVQ(src, rows[0])
	for i := 1; i < len(rows); i++ {
		v.LEAQ(operand.Mem{Base: rows[i-1], Index: srcRow, Scale: 2}, rows[i])
	}
	// Each pass takes 16 bytes of every row: those of row i in the lower half of a
	// vector, those of row i+n/2 in the upper.
	for part := range 2 {
		at := func(i int) operand.Mem {
			m := operand.Mem{Base: rows[i/2], Disp: 16 * part}
			if i%2 > 0 {
				m = m.Idx(srcRow, 1)
			}
			return m
		}
		half := make([]reg.VecVirtual, n/2)
		for i := range half {
			half[i] = v.YMM()
			v.either(v.VMOVUPS, v.VMOVUPD, at(i), half[i].AsX())
			v.VINSERTF128(operand.U8(1), at(i+n/2), half[i], half[i])
		}
		for _, column := range v.transposeHalves(half) {
			v.move(column, operand.Mem{Base: dst})
			v.ADDQ(dstRow, dst)
		}
	}
	v.ADDQ(operand.I32(v.bytes()), src)
	v.DECQ(blocks)
	v.JNZ(operand.LabelRef("block"))
	v.end()
}

// transposeHalves transposes 4×4 entries of float32, or 2×2 of float64, in either
// half of its vectors.
func (v *vec) transposeHalves(x []reg.VecVirtual) []reg.VecVirtual {
	pair := func(unpack func(...operand.Op), x, y operand.Op) reg.VecVirtual {
		z := v.YMM()
		unpack(y, x, z)
		return z
	}
	if v.f64 {
		return []reg.VecVirtual{pair(v.VUNPCKLPD, x[0], x[1]), pair(v.VUNPCKHPD, x[0], x[1])}
	}
	lo01, hi01 := pair(v.VUNPCKLPS, x[0], x[1]), pair(v.VUNPCKHPS, x[0], x[1])
	lo23, hi23 := pair(v.VUNPCKLPS, x[2], x[3]), pair(v.VUNPCKHPS, x[2], x[3])
	return []reg.VecVirtual{
		pair(v.VUNPCKLPD, lo01, lo23), pair(v.VUNPCKHPD, lo01, lo23),
		pair(v.VUNPCKLPD, hi01, hi23), pair(v.VUNPCKHPD, hi01, hi23),
	}
}
