package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A panel is as many columns as a tile of outer has. With a mask, that covers the last vector.
//
// The sums are in the first registers, row by row. After them are entries of A, as many as there
// are registers to spare, then the vectors of B, then the mask.
type panel struct {
	*vec
	tile
	name  string
	mask  operand.Op
	spare int
}

// outerPanel emits one panel.
func (v *vec) outerPanel(name string, t tile, mask operand.Op) {
	spare := v.vectors() - (t.rows+1)*t.vectors
	if mask != nil {
		spare--
	}
	p := panel{v, t, name, mask, min(4, spare)}
	if t.rows == 1 {
		p.spare = 1
	}
	if v.paired(t) {
		p.apartInC("Fetch")
		p.fetchC()
		p.apartInB()
	}
	for i := range t.rows * t.vectors {
		v.zeroInto(v.vector(i))
	}
	p.addTaps()
	p.addAddends()
	p.store()
}

func (p *panel) sum(i, j int) reg.VecPhysical { return p.vector(i*p.tile.vectors + j) }
func (p *panel) a(i int) reg.VecPhysical      { return p.vector(p.rows*p.tile.vectors + i%p.spare) }
func (p *panel) b(j int) reg.VecPhysical      { return p.vector(p.rows*p.tile.vectors + p.spare + j) }

// at is vector j from a base on.
func (p *panel) at(base reg.Register, j int) operand.Mem {
	return operand.Mem{Base: base, Disp: j * p.bytes()}
}

// apartAt is vector j of a row of B, or of C, whose vectors may be apart.
func (p *panel) apartAt(row reg.Register, j int) operand.Mem {
	if j > 0 && p.paired(p.tile) {
		return operand.Mem{Base: row}.Idx(apart[j-1], 1)
	}
	return p.at(row, j)
}

// apartInB loads how far vectors of B are apart: as the list says, or two in each panel.
func (p *panel) apartInB() {
	p.apartBy("B", listBApart, func() {
		p.MOVQ(operand.I32(p.bytes()), apart[0])
		p.MOVQ(p.arg(outerBPair), apart[1])
		p.LEAQ(operand.Mem{Base: apart[1], Disp: p.bytes()}, apart[2])
	})
}

// apartInC loads how far vectors of C are apart: as the list says, or not at all.
func (p *panel) apartInC(when string) {
	p.apartBy(when, listCApart, func() {
		for j, r := range apart {
			p.MOVQ(operand.I32((j+1)*p.bytes()), r)
		}
	})
}

func (p *panel) apartBy(name string, inList int, without func()) {
	p.MOVQ(p.arg(outerList), apart[0])
	p.TESTQ(apart[0], apart[0])
	p.JZ(operand.LabelRef(p.name + name + "InRows"))
	p.ADDQ(p.arg(outerListed), apart[0])
	for _, j := range []int{2, 1, 0} {
		p.MOVQ(operand.Mem{Base: apart[0], Disp: inList + 8*j}, apart[j])
	}
	p.JMP(operand.LabelRef(p.name + name + "Apart"))
	p.Label(p.name + name + "InRows")
	without()
	p.Label(p.name + name + "Apart")
}

// masked reports whether vector j is the one that the mask covers.
func (p *panel) masked(j int) bool { return p.mask != nil && j == p.tile.vectors-1 }

func (p *panel) load(m operand.Mem, j int, r operand.Op) {
	if p.masked(j) {
		p.loadTailInto(m, p.mask, r)
	} else {
		p.move(m, r)
	}
}

// addTaps adds the products of every tap to the sums.
func (p *panel) addTaps() {
	p.MOVQ(p.arg(outerA), aRows[0])
	p.MOVQ(p.arg(outerB), bNow)
	p.ADDQ(p.arg(outerMoved), bNow)
	if p.fetchesNextTap(p.tile) {
		p.LEAQ(operand.Mem{Base: bNow, Index: bRow, Scale: 8}, nextTap)
	}
	p.XORQ(tap, tap)
	p.CMPQ(p.arg(outerTapBytes), operand.I8(0))
	p.JEQ(operand.LabelRef(p.name + "Only"))

	p.Label(p.name + "Tap")
	p.MOVQ(p.arg(outerTaps), aRows[0])
	p.ADDQ(tap, aRows[0])
	b := []reg.Register{bNow}
	if p.fetchesNextTap(p.tile) {
		b = append(b, nextTap)
	}
	for i, b := range b {
		p.MOVQ(operand.Mem{Base: aRows[0], Disp: 16*i + 8}, b)
		p.ADDQ(p.arg(outerB), b)
		p.ADDQ(p.arg(outerMoved), b)
	}
	p.MOVQ(operand.Mem{Base: aRows[0]}, aRows[0])
	p.ADDQ(p.arg(outerA), aRows[0])

	p.Label(p.name + "Only")
	for i := 1; 3*i < p.rows; i++ {
		p.LEAQ(operand.Mem{Base: aRows[i-1], Index: aRow, Scale: 2}, aRows[i])
		p.ADDQ(aRow, aRows[i])
	}
	if p.paired(p.tile) {
		p.MOVQ(aRows[0], ahead)
		p.CMPQ(p.arg(outerAheadOfB), operand.I8(0))
		p.CMOVQNE(bNow, ahead)
		p.ADDQ(p.arg(outerAhead), ahead)
	}
	p.MOVQ(p.arg(outerK), left)

	p.Label(p.name)
	p.addProducts()
	p.DECQ(left)
	p.JNZ(operand.LabelRef(p.name))
	p.ADDQ(operand.I8(16), tap)
	p.CMPQ(tap, p.arg(outerTapBytes))
	p.JLT(operand.LabelRef(p.name + "Tap"))
}

// addProducts adds a row of B times a column of A to the sums.
func (p *panel) addProducts() {
	factor := func(j int) operand.Op { return p.b(j) }
	if p.rows == 1 && p.mask == nil { // used once: from memory
		factor = func(j int) operand.Op { return p.apartAt(bNow, j) }
	} else {
		for j := range p.tile.vectors {
			p.load(p.apartAt(bNow, j), j, p.b(j))
		}
	}
	for i := range p.rows {
		p.either(p.VBROADCASTSS, p.VBROADCASTSD, strided(aRows[i/3], aRow, i%3), p.a(i))
		for j := range p.tile.vectors {
			p.addMul(p.sum(i, j), p.a(i), factor(j))
		}
	}
	if p.fetchesNextTap(p.tile) {
		for j := range p.tile.vectors {
			p.PREFETCHT0(p.apartAt(nextTap, j))
		}
		p.ADDQ(bRow, nextTap)
	}
	p.ADDQ(bRow, bNow)
	if p.paired(p.tile) {
		p.PREFETCHT1(operand.Mem{Base: ahead})
		p.ADDQ(p.arg(outerAheadStep), ahead)
	}
	for i := 0; 3*i < p.rows; i++ {
		p.ADDQ(aCol, aRows[i])
	}
}

// addAddends adds what Cin has: an entry for each sum, or one for each row.
func (p *panel) addAddends() {
	if p.paired(p.tile) {
		p.apartInC("Add")
	}
	p.MOVQ(p.arg(outerCin), temp)
	p.TESTQ(temp, temp)
	p.JZ(operand.LabelRef(p.name + "Store"))
	p.ADDQ(p.arg(outerCinMoved), temp)
	p.CMPQ(p.arg(outerCinPanel), operand.I8(0))
	p.JEQ(operand.LabelRef(p.name + "PerRow"))
	for i := range p.rows {
		for j := range p.tile.vectors {
			p.load(p.apartAt(temp, j), j, p.a(j))
			p.addTo(p.sum(i, j), p.a(j))
		}
		p.ADDQ(p.arg(outerCinRow), temp)
	}
	p.JMP(operand.LabelRef(p.name + "Store"))
	p.Label(p.name + "PerRow")
	for i := range p.rows {
		p.either(p.VBROADCASTSS, p.VBROADCASTSD, operand.Mem{Base: temp}, p.a(i))
		for j := range p.tile.vectors {
			p.addTo(p.sum(i, j), p.a(i))
		}
		p.ADDQ(p.arg(outerCinRow), temp)
	}
}

// store writes the sums to C.
func (p *panel) store() {
	p.Label(p.name + "Store")
	p.CMPQ(p.arg(outerFloor), operand.I8(0))
	p.JEQ(operand.LabelRef(p.name + "Write"))
	p.zeroInto(p.a(0))
	for i := range p.rows * p.tile.vectors { // NaN stays, and −0
		p.either(p.VMAXPS, p.VMAXPD, p.vector(i), p.a(0), p.vector(i))
	}

	p.Label(p.name + "Write")
	if p.fetchesNextTap(p.tile) {
		p.MOVQ(p.arg(outerCRow), cRow)
	}
	p.MOVQ(cNow, rowOfC)
	for i := range p.rows {
		for j := range p.tile.vectors {
			if m := p.apartAt(rowOfC, j); p.masked(j) {
				p.storeTailTo(p.sum(i, j), p.mask, m)
			} else {
				p.move(p.sum(i, j), m)
			}
		}
		if i < p.rows-1 {
			p.ADDQ(cRow, rowOfC)
		}
	}
}

// fetchC asks for the entries of C, which are needed when the sums are done.
func (p *panel) fetchC() {
	p.MOVQ(cNow, temp)
	for i := range p.rows {
		if i > 0 {
			p.ADDQ(cRow, temp)
		}
		for j := range p.tile.vectors {
			p.PREFETCHT0(p.apartAt(temp, j))
		}
	}
}
