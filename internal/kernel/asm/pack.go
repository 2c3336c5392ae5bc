package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// packArgs are the offsets of the fields of the struct of that name.
const (
	packDst = 8 * iota
	packDstRow
	packDstPart
	packSrc
	packSrcRow
	packSrcPart
	packRows
	packParts
	packEntries
)

// packing emits the copies that bring operands into the order in which outer reads
// them.
func packing(v *vec) {
	v.copyRows()
	v.copyPieces()
	if !v.wide { // AVX-512 uses that of AVX2
		v.transpose()
	}
}

// copyRows emits a copy of rows, each in parts of at most two vectors. It writes
// whole vectors: past the end of a part are zeros, or the part below.
func (v *vec) copyRows() {
	v.begin("copyRows", "func(t *packArgs)")
	v.Load(v.Param("t"), args)
	f := v.fields(packDst, packDstRow, packDstPart, packSrc, packSrcRow, packSrcPart, packRows, packEntries)
	dst, dstRow, dstPart, src, srcRow, srcPart, rows, n := f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]
	to, from, parts := v.GP64(), v.GP64(), v.GP64()

	loops := func(name string, copyPart func()) {
		v.mask = v.tailMask(n)
		v.Label(name + "Row")
		v.MOVQ(dst, to)
		v.MOVQ(src, from)
		v.MOVQ(v.arg(packParts), parts)
		v.Label(name + "Part")
		copyPart()
		v.ADDQ(dstPart, to)
		v.ADDQ(srcPart, from)
		v.DECQ(parts)
		v.JNZ(operand.LabelRef(name + "Part"))
		v.ADDQ(dstRow, dst)
		v.ADDQ(srcRow, src)
		v.DECQ(rows)
		v.JNZ(operand.LabelRef(name + "Row"))
		v.end()
	}
	v.CMPQ(n, operand.I8(v.lanes()))
	v.JGT(operand.LabelRef("two"))
	loops("one", func() {
		v.move(v.loadTail(operand.Mem{Base: from}), operand.Mem{Base: to})
	})
	v.Label("two")
	v.SUBQ(operand.I8(v.lanes()), n)
	loops("two", func() {
		x, y := v.load(operand.Mem{Base: from}), v.loadTail(operand.Mem{Base: from, Disp: v.bytes()})
		v.move(x, operand.Mem{Base: to})
		v.move(y, operand.Mem{Base: to, Disp: v.bytes()})
	})
}

// copyPieces emits a copy of rows, each in parts of any length. It writes nothing else.
func (v *vec) copyPieces() {
	v.begin("copyPieces", "func(t *packArgs)")
	v.Load(v.Param("t"), args)
	f := v.fields(packDst, packDstPart, packSrc, packSrcPart, packParts, packEntries)
	dst, dstPart, src, srcPart, parts, n := f[0], f[1], f[2], f[3], f[4], f[5]
	to, from, left, at, whole, end := v.GP64(), v.GP64(), v.GP64(), v.GP64(), v.GP64(), v.GP64()
	v.MOVQ(n, whole) // of the whole vectors, in bytes
	v.ANDQ(operand.I8(-v.lanes()), whole)
	v.SUBQ(whole, n)
	v.MOVQ(n, end)
	v.mask = v.tailMask(end)
	v.IMUL3Q(operand.I8(v.size()), whole, whole)
	v.Label("row")
	v.MOVQ(dst, to)
	v.MOVQ(src, from)
	v.MOVQ(parts, left)
	v.Label("part")
	v.XORQ(at, at)
	v.CMPQ(at, whole)
	v.JGE(operand.LabelRef("rest"))
	v.Label("vector")
	v.move(v.load(operand.Mem{Base: from, Index: at, Scale: 1}), operand.Mem{Base: to, Index: at, Scale: 1})
	v.ADDQ(operand.I8(v.bytes()), at)
	v.CMPQ(at, whole)
	v.JLT(operand.LabelRef("vector"))
	v.Label("rest")
	v.TESTQ(n, n)
	v.JZ(operand.LabelRef("next"))
	v.storeTail(v.loadTail(operand.Mem{Base: from, Index: at, Scale: 1}), operand.Mem{Base: to, Index: at, Scale: 1})
	v.Label("next")
	v.ADDQ(dstPart, to)
	v.ADDQ(srcPart, from)
	v.DECQ(left)
	v.JNZ(operand.LabelRef("part"))
	v.ADDQ(v.arg(packDstRow), dst)
	v.ADDQ(v.arg(packSrcRow), src)
	v.DECQ(v.arg(packRows))
	v.JNZ(operand.LabelRef("row"))
	v.end()
}

// fields loads fields of the arguments.
func (v *vec) fields(offsets ...int) []reg.Register {
	r := make([]reg.Register, len(offsets))
	for i, offset := range offsets {
		r[i] = v.GP64()
		v.MOVQ(v.arg(offset), r[i])
	}
	return r
}

// transpose emits the transposition of square blocks as wide as a vector, each a part's
// distance from the one before.
func (v *vec) transpose() {
	v.begin("transpose", "func(t *packArgs)")
	v.Load(v.Param("t"), args)
	f := v.fields(packDst, packDstRow, packSrc, packSrcRow, packParts)
	dst, dstRow, src, srcRow, blocks := f[0], f[1], f[2], f[3], f[4]
	n, to := v.lanes(), v.GP64()
	rows := make([]reg.Register, n/2) // rows 0, 2, 4, …
	for i := range rows {
		rows[i] = v.GP64()
	}
	v.Label("block")
	v.MOVQ(dst, to)
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
			v.move(column, operand.Mem{Base: to})
			v.ADDQ(dstRow, to)
		}
	}
	v.ADDQ(v.arg(packDstPart), dst)
	v.ADDQ(v.arg(packSrcPart), src)
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
