package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// poolArgs are the offsets of the fields of the struct of that name.
const (
	poolX = 8 * iota
	poolY
	poolZeta
	poolOut
	poolEntries
	poolCount
	poolPlaces
	poolXStep
	poolYStep
	poolN
	poolKept
)

// pools emits, for a row of places of a window on an image whose examples are contiguous:
//
//   - maxPool, the largest of the entries of the window, NaN if there is one;
//   - maxGive, which adds ζ to the first entry that is y, or, with kept 0, sets the entries to ζ and
//     zeros.
func pools(v *vec) {
	v.pool("maxPool", func(p *poolLoop) {
		most := v.reg()
		v.loadTailInto(p.entry(poolX), v.mask, most)
		p.each(func() {
			v.move(v.maximum(p.load(poolX), most), most) // the first at a tie
		}, true)
		v.storeTail(most, operand.Mem{Base: p.fields[poolY], Index: p.at, Scale: 1})
	})
	v.pool("maxGive", func(p *poolLoop) {
		here := func(field int) operand.Mem { return operand.Mem{Base: p.fields[field], Index: p.at, Scale: 1} }
		y, zeta := v.loadTail(here(poolY)), v.loadTail(here(poolZeta))
		open := v.copyMask(v.mask) // the examples whose largest entry has not come yet
		kept := v.andMask(v.maskIn(poolKept), v.mask)
		p.each(func() {
			x := p.load(poolX)
			found := v.andMask(v.compare(equal, x, y), open)
			v.andNotMask(found, open)
			out := v.reg()
			v.loadTailInto(p.entry(poolOut), kept, out)
			v.storeTail(v.addWhere(found, out, zeta), p.entry(poolOut))
		}, false)
	})
}

// A poolLoop is a loop over the places of a row, the examples of a place and the entries of a
// window.
type poolLoop struct {
	v              *vec
	name           string
	fields         map[int]reg.GPVirtual // where x and out are at the place, and y and ζ
	at             reg.GPVirtual         // how far along the examples, in bytes
	now, end, move reg.GPVirtual         // the entry of the window, and how far it is
}

// entry is where the examples of the entry of the window begin in x or out.
func (p *poolLoop) entry(field int) operand.Mem {
	return operand.Mem{Base: p.fields[field], Index: p.move, Scale: 1}
}

func (p *poolLoop) load(field int) reg.VecVirtual { return p.v.loadTail(p.entry(field)) }

// seek finds how far the entry of the window is.
func (p *poolLoop) seek() {
	p.v.MOVQ(operand.Mem{Base: p.now}, p.move)
	p.v.LEAQ(operand.Mem{Base: p.at, Index: p.move, Scale: uint8(p.v.size())}, p.move)
}

// each repeats a body for the entries of the window, or for all but the first.
func (p *poolLoop) each(body func(), butFirst bool) {
	v := p.v
	v.Label(p.name + "Entry")
	if butFirst {
		v.ADDQ(operand.I8(8), p.now)
		v.CMPQ(p.now, p.end)
		v.JEQ(operand.LabelRef(p.name + "Done"))
		p.seek()
		body()
		v.JMP(operand.LabelRef(p.name + "Entry"))
		v.Label(p.name + "Done")
		return
	}
	p.seek()
	body()
	v.ADDQ(operand.I8(8), p.now)
	v.CMPQ(p.now, p.end)
	v.JNE(operand.LabelRef(p.name + "Entry"))
}

func (v *vec) pool(name string, body func(p *poolLoop)) {
	v.begin(name, "func(t *poolArgs)")
	v.Load(v.Param("t"), args)
	p := &poolLoop{v: v, name: name, fields: map[int]reg.GPVirtual{}, at: v.GP64(), now: v.GP64(), end: v.GP64(), move: v.GP64()}
	for _, f := range []int{poolX, poolY, poolZeta, poolOut} {
		p.fields[f] = v.GP64()
		v.MOVQ(v.arg(f), p.fields[f])
	}
	left, count := v.GP64(), v.GP64()
	v.MOVQ(v.arg(poolEntries), p.end)
	v.ADDQ(v.arg(poolCount), p.end)
	v.Label(name + "Place")
	v.XORQ(p.at, p.at)
	v.MOVQ(v.arg(poolN), left)
	v.Label(name + "Vector")
	v.MOVQ(operand.I32(int32(v.lanes())), count)
	v.CMPQ(left, count)
	v.CMOVQLT(left, count)
	v.mask = v.tailMask(count)
	v.MOVQ(v.arg(poolEntries), p.now)
	p.seek()
	body(p)
	v.ADDQ(operand.I32(v.bytes()), p.at)
	v.SUBQ(operand.I32(v.lanes()), left)
	v.JG(operand.LabelRef(name + "Vector"))
	for _, f := range []struct{ field, step int }{{poolX, poolXStep}, {poolOut, poolXStep}, {poolY, poolYStep}, {poolZeta, poolYStep}} {
		v.ADDQ(v.arg(f.step), p.fields[f.field])
	}
	v.DECQ(v.arg(poolPlaces))
	v.JNZ(operand.LabelRef(name + "Place"))
	v.end()
}

// copyMask returns a copy of a mask.
func (v *vec) copyMask(mask operand.Op) operand.Op {
	if v.wide {
		k := v.K()
		v.KMOVW(mask, k)
		return k
	}
	r := v.reg()
	v.move(mask, r)
	return r
}

// maskIn returns the mask of all lanes or of none that a field has, −1 or 0.
func (v *vec) maskIn(field int) operand.Op {
	if v.wide {
		k := v.K()
		v.KMOVW(v.arg(field), k)
		return k
	}
	r := v.reg()
	v.VPBROADCASTD(v.arg(field), r)
	return r
}

// andMask returns the lanes of both masks.
func (v *vec) andMask(a, b operand.Op) operand.Op {
	if v.wide {
		k := v.K()
		v.KANDW(a, b, k)
		return k
	}
	return v.and(a, b)
}

// andNotMask takes the lanes of a mask from another.
func (v *vec) andNotMask(mask, from operand.Op) {
	if v.wide {
		v.KANDNW(from, mask, from)
		return
	}
	v.VANDNPS(from, mask, from)
}

// addWhere returns x + y where the mask is set, and x elsewhere.
func (v *vec) addWhere(mask, x, y operand.Op) reg.VecVirtual {
	return v.choose(mask, v.add(x, y), x)
}
