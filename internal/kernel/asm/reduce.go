package main

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// sumBytes is the size of the running sums of a leaf: 64 lanes of float32, 32 of
// float64, whatever the vectors.
const sumBytes = 256

// reductions emits the kernels that make few numbers of many.
func reductions(v *vec) {
	v.leaf("sumLeaf", "x", func(s operand.Op, p *place) {
		v.addTo(s, p.load("x"))
	})
	v.leaf("dotLeaf", "x y", func(s operand.Op, p *place) {
		v.addMul(s, p.load("x"), p.load("y"))
	})
	v.largest()
	v.addRows()
}

// addTo sets s += x.
func (v *vec) addTo(s, x operand.Op) { v.either(v.VADDPS, v.VADDPD, x, s, s) }

// leaf emits a sum over slices of equal length: entry i goes to lane i modulo the
// number of lanes, and the lanes are halved in the end.
func (v *vec) leaf(kernel, slices string, accumulate func(s operand.Op, p *place)) {
	w := v.beginSlices(kernel, slices, "", v.floatType())
	s := make([]reg.VecVirtual, sumBytes/v.bytes())
	for i := range s {
		s[i] = v.zero()
	}
	w.whole(len(s), func() {
		for i := range s {
			accumulate(s[i], w.at(i))
		}
	})
	// Whole vectors that are left go to s[0], s[1], … and the last entries to the
	// sums after these.
	for i := range s {
		v.CMPQ(w.n, operand.I32(v.lanes()))
		v.JLT(operand.LabelRef(label("last", i)))
		accumulate(s[i], w.at(i))
		v.SUBQ(operand.I32(v.lanes()), w.n)
	}
	for i := range s {
		v.Label(label("last", i))
		w.rest("halve", func(p *place) {
			p.offset = i * v.bytes()
			accumulate(s[i], p)
		})
		if i < len(s)-1 {
			v.JMP(operand.LabelRef("halve"))
		}
	}
	v.Label("halve")
	for h := len(s) / 2; h > 0; h /= 2 {
		for i := range h {
			v.addTo(s[i], s[i+h])
		}
	}
	v.fold(s[0], v.VADDPS, v.VADDPD)
	v.Store(s[0].AsX(), v.ReturnIndex(0))
	v.end()
}

// fold combines the upper half of the lanes of x with the lower until one is left,
// in the lowest lane.
func (v *vec) fold(x reg.VecVirtual, single, double func(...operand.Op)) {
	if v.wide {
		h := v.YMM()
		v.VEXTRACTF64X4(operand.U8(1), x, h)
		v.either(single, double, h, x.AsY(), x.AsY())
	}
	h := v.XMM()
	v.VEXTRACTF128(operand.U8(1), x.AsY(), h)
	v.either(single, double, h, x.AsX(), x.AsX())
	v.VPERMILPD(operand.U8(1), x.AsX(), h)
	v.either(single, double, h, x.AsX(), x.AsX())
	if !v.f64 {
		v.VMOVSHDUP(x.AsX(), h)
		v.either(single, double, h, x.AsX(), x.AsX())
	}
}

// largest emits the maximum of at least one entry.
func (v *vec) largest() {
	w := v.beginSlices("max", "x", "", v.floatType())
	first := v.broadcast(w.at(0).mem("x"))
	best := make([]reg.VecVirtual, 4)
	for i := range best {
		best[i] = v.load(first)
	}
	take := func(i int, x operand.Op) { v.move(v.maximum(x, best[i]), best[i]) }
	w.whole(len(best), func() {
		for i := range best {
			take(i, w.at(i).load("x"))
		}
	})
	w.whole(1, func() { take(0, w.at(0).load("x")) })
	w.rest("fold", func(p *place) { take(1, v.choose(v.mask, p.load("x"), first)) })
	v.Label("fold")
	take(2, best[3])
	take(0, best[1])
	take(0, best[2])
	// NaN has stayed in its lane; the instruction alone would lose it.
	nans := v.GP32()
	v.maskBits(v.compare(unordered, best[0], best[0]), nans)
	v.TESTL(nans, nans)
	v.JZ(operand.LabelRef("numbers"))
	v.move(v.c(math.NaN()), best[0])
	v.Label("numbers")
	v.fold(best[0], v.VMAXPS, v.VMAXPD)
	v.Store(best[0].AsX(), v.ReturnIndex(0))
	v.end()
}

// addRows emits dst[j] += Σ x[i·ld+j] over m ≥ 1 rows, several vectors of columns at
// a time.
func (v *vec) addRows() {
	t := v.floatType()
	v.begin("addRows", "func(dst, x []"+t+", m, ld int)")
	dst := v.Load(v.Param("dst").Base(), v.GP64())
	n := v.Load(v.Param("dst").Len(), v.GP64())
	x := v.Load(v.Param("x").Base(), v.GP64())
	step := v.Load(v.Param("ld"), v.GP64())
	if v.f64 {
		v.SHLQ(operand.U8(3), step)
	} else {
		v.SHLQ(operand.U8(2), step)
	}
	w := &walk{v: v, names: []string{"dst", "x"}, base: map[string]reg.Register{"dst": dst, "x": x}, n: n}
	strip := func(name string, places ...*place) {
		row, m := v.GP64(), v.Load(v.Param("m"), v.GP64())
		v.MOVQ(x, row)
		s := make([]operand.Op, len(places))
		for i := range places {
			s[i] = v.zero()
		}
		v.Label(name)
		for i, p := range places {
			at := *p
			at.walk = &walk{v: v, base: map[string]reg.Register{"x": row}}
			v.addTo(s[i], at.load("x"))
		}
		v.ADDQ(step, row)
		v.DECQ(m)
		v.JNZ(operand.LabelRef(name))
		for i, p := range places {
			v.addTo(s[i], p.load("dst"))
			p.store("dst", s[i])
		}
	}
	w.whole(4, func() { strip("rows4", w.at(0), w.at(1), w.at(2), w.at(3)) })
	w.whole(1, func() { strip("rows1", w.at(0)) })
	w.rest("end", func(p *place) { strip("rowsTail", p) })
	v.Label("end")
	v.end()
}
