package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A tile of a product is a number of rows and of vectors of columns of C whose sums
// stay in registers.
type tile struct{ rows, vectors int }

// tiles lists the tiles of outer; their index is how the caller names them. Thin
// ones are wide, so that as many sums are under way as the processor can overlap.
// With AVX-512 those of six rows are too: they load 10 times for 24 vectors of
// products, tiles of two vectors 14 times.
func (v *vec) tiles() []tile {
	t, rows := []tile{{1, 8}, {2, 4}, {3, 3}}, 6
	if v.wide {
		t, rows = []tile{{1, 8}, {1, 4}, {2, 4}, {3, 4}, {4, 4}, {5, 4}, {6, 4}}, 12
	}
	for m := 1; m <= rows; m++ {
		t = append(t, tile{m, 2})
	}
	return t
}

// paired reports whether a tile covers two panels, and has general registers left
// for what that needs and for fetching ahead.
func (v *vec) paired(t tile) bool { return v.wide && t.vectors == 4 }

// outerArgs are the offsets of the fields of the struct of that name.
const (
	outerA = 8 * iota
	outerARow
	outerACol
	outerB
	outerBRow
	outerBPanel
	outerBPair
	outerC
	outerCRow
	outerCin
	outerCinRow
	outerCinPanel
	outerK
	outerTile
	outerPanels
	outerRest
	outerMoved
	outerAhead
	outerTaps
	outerTapBytes
	outerFloor
)

// The general registers of outer.
var (
	args         = reg.RDI
	left         = reg.RAX                                                // steps of k that are left
	aRows        = [...]reg.GPPhysical{reg.RBX, reg.RCX, reg.RDX, reg.R9} // rows 0, 3, 6 and 9
	aRow, aCol   = reg.RSI, reg.R8
	bNow, bRow   = reg.R10, reg.R11
	cNow, cRow   = reg.R12, reg.R13
	cinNow, tap  = reg.R14, reg.R15
	rowOfC, temp = reg.RAX, reg.RBX // after the sums
	bPair, ahead = reg.R9, reg.RDX  // where there are fewer than seven rows
)

func (v *vec) arg(offset int) operand.Mem { return operand.Mem{Base: args, Disp: offset} }

// outer emits C = Cin + Σₜ Aₜ·Bₜ for the rows of one tile and any number of columns,
// panel by panel: at every step of k a vector of Bₜ is multiplied by entries of Aₜ. The
// matrices of a tap t begin at distances of its own from a and b. A product has one tap,
// none in memory, a convolution one for each entry of its window. With floor, what is
// negative becomes 0.
func outer(v *vec) {
	v.begin("outer", "func(t *outerArgs)")
	v.Load(v.Param("t"), args)
	v.MOVQ(v.arg(outerTile), left)
	for i := range v.tiles() {
		v.CMPQ(left, operand.I8(i))
		v.JEQ(operand.LabelRef(label("tile", i)))
	}
	v.RET()
	for i, t := range v.tiles() {
		v.Label(label("tile", i))
		v.outerTile(label("tile", i), t)
	}
}

func (v *vec) outerTile(name string, t tile) {
	for _, l := range []struct {
		offset int
		r      reg.Register
	}{
		{outerARow, aRow}, {outerACol, aCol}, {outerBRow, bRow},
		{outerC, cNow}, {outerCRow, cRow}, {outerCin, cinNow},
	} {
		v.MOVQ(v.arg(l.offset), l.r)
	}
	if v.paired(t) {
		v.MOVQ(v.arg(outerBPair), bPair)
		v.IMUL3Q(operand.I8(t.rows), aRow, temp)
		v.MOVQ(temp, v.arg(outerAhead))
	}
	v.CMPQ(v.arg(outerPanels), operand.I8(0))
	v.JEQ(operand.LabelRef(name + "Rest"))
	v.Label(name + "Panel")
	v.outerPanel(name+"Whole", t, nil)
	v.ADDQ(operand.I32(t.vectors*v.bytes()), cNow)
	v.ADDQ(v.arg(outerCinPanel), cinNow)
	v.MOVQ(v.arg(outerBPanel), temp)
	v.ADDQ(temp, v.arg(outerMoved))
	if v.paired(t) {
		v.ADDQ(aRow, v.arg(outerAhead))
	}
	v.DECQ(v.arg(outerPanels))
	v.JNZ(operand.LabelRef(name + "Panel"))

	v.Label(name + "Rest")
	if t.vectors != 2 { // the caller leaves the rest to another tile
		v.VZEROUPPER()
		v.RET()
		return
	}
	v.MOVQ(v.arg(outerRest), left)
	v.TESTQ(left, left)
	v.JZ(operand.LabelRef(name + "End"))
	mask := operand.Op(reg.Y15)
	if v.wide {
		mask = reg.K1
	}
	v.CMPQ(left, operand.I8(v.lanes()))
	v.JGT(operand.LabelRef(name + "Two"))
	v.tailMaskInto(left, temp, mask)
	v.outerPanel(name+"RestOne", tile{t.rows, 1}, mask)
	v.JMP(operand.LabelRef(name + "End"))
	v.Label(name + "Two")
	v.SUBQ(operand.I8(v.lanes()), left)
	v.tailMaskInto(left, temp, mask)
	v.outerPanel(name+"RestTwo", t, mask)
	v.Label(name + "End")
	v.VZEROUPPER()
	v.RET()
}

// outerPanel emits one panel. With a mask, it covers the last vector.
func (v *vec) outerPanel(name string, t tile, mask operand.Op) {
	sum := func(i, j int) reg.VecPhysical { return v.vector(i*t.vectors + j) }
	// After the sums: registers for entries of A, then the vectors of B, then the mask.
	sums := t.rows * t.vectors
	spare := v.vectors() - sums - t.vectors
	if t.rows == 1 {
		spare = 1
	} else if mask != nil {
		spare--
	}
	spare = min(4, spare)
	a := func(i int) reg.VecPhysical { return v.vector(sums + i%spare) }
	b := func(j int) reg.VecPhysical { return v.vector(sums + spare + j) }
	at := func(base reg.Register, j int) operand.Mem { return operand.Mem{Base: base, Disp: j * v.bytes()} }
	bAt := func(j int) operand.Mem {
		if j >= 2 && v.paired(t) {
			return at(bNow, j-2).Idx(bPair, 1)
		}
		return at(bNow, j)
	}
	load := func(m operand.Mem, j int, r operand.Op) {
		if mask != nil && j == t.vectors-1 {
			v.loadTailInto(m, mask, r)
		} else {
			v.move(m, r)
		}
	}

	if v.paired(t) {
		v.fetchC(t)
	}
	for i := range sums {
		v.zeroInto(v.vector(i))
	}
	v.MOVQ(v.arg(outerA), aRows[0])
	v.MOVQ(v.arg(outerB), bNow)
	v.ADDQ(v.arg(outerMoved), bNow)
	v.XORQ(tap, tap)
	v.CMPQ(v.arg(outerTapBytes), operand.I8(0))
	v.JEQ(operand.LabelRef(name + "Only"))

	v.Label(name + "Tap")
	v.MOVQ(v.arg(outerTaps), aRows[0])
	v.ADDQ(tap, aRows[0])
	v.MOVQ(operand.Mem{Base: aRows[0], Disp: 8}, bNow)
	v.MOVQ(operand.Mem{Base: aRows[0]}, aRows[0])
	v.ADDQ(v.arg(outerA), aRows[0])
	v.ADDQ(v.arg(outerB), bNow)
	v.ADDQ(v.arg(outerMoved), bNow)

	v.Label(name + "Only")
	for i := 1; 3*i < t.rows; i++ {
		v.LEAQ(operand.Mem{Base: aRows[i-1], Index: aRow, Scale: 2}, aRows[i])
		v.ADDQ(aRow, aRows[i])
	}
	if v.paired(t) {
		v.MOVQ(v.arg(outerAhead), ahead)
		v.ADDQ(aRows[0], ahead)
	}
	v.MOVQ(v.arg(outerK), left)

	v.Label(name)
	factor := func(j int) operand.Op { return b(j) }
	if t.rows == 1 && mask == nil { // used once: from memory
		factor = func(j int) operand.Op { return bAt(j) }
	} else {
		for j := range t.vectors {
			load(bAt(j), j, b(j))
		}
	}
	for i := range t.rows {
		v.either(v.VBROADCASTSS, v.VBROADCASTSD, strided(aRows[i/3], aRow, i%3), a(i))
		for j := range t.vectors {
			v.addMul(sum(i, j), a(i), factor(j))
		}
	}
	v.ADDQ(bRow, bNow)
	if v.paired(t) {
		v.PREFETCHT1(operand.Mem{Base: ahead})
		v.ADDQ(aCol, ahead)
	}
	for i := 0; 3*i < t.rows; i++ {
		v.ADDQ(aCol, aRows[i])
	}
	v.DECQ(left)
	v.JNZ(operand.LabelRef(name))
	v.ADDQ(operand.I8(16), tap)
	v.CMPQ(tap, v.arg(outerTapBytes))
	v.JLT(operand.LabelRef(name + "Tap"))

	v.TESTQ(cinNow, cinNow)
	v.JZ(operand.LabelRef(name + "Store"))
	v.MOVQ(cinNow, temp)
	v.CMPQ(v.arg(outerCinPanel), operand.I8(0))
	v.JEQ(operand.LabelRef(name + "PerRow"))
	for i := range t.rows {
		for j := range t.vectors {
			load(at(temp, j), j, a(j))
			v.addTo(sum(i, j), a(j))
		}
		v.ADDQ(v.arg(outerCinRow), temp)
	}
	v.JMP(operand.LabelRef(name + "Store"))
	v.Label(name + "PerRow")
	for i := range t.rows {
		v.either(v.VBROADCASTSS, v.VBROADCASTSD, operand.Mem{Base: temp}, a(i))
		for j := range t.vectors {
			v.addTo(sum(i, j), a(i))
		}
		v.ADDQ(v.arg(outerCinRow), temp)
	}

	v.Label(name + "Store")
	v.CMPQ(v.arg(outerFloor), operand.I8(0))
	v.JEQ(operand.LabelRef(name + "Write"))
	v.zeroInto(a(0))
	for i := range sums { // NaN stays, and −0
		v.either(v.VMAXPS, v.VMAXPD, v.vector(i), a(0), v.vector(i))
	}

	v.Label(name + "Write")
	v.MOVQ(cNow, rowOfC)
	for i := range t.rows {
		for j := range t.vectors {
			m := at(rowOfC, j)
			if mask != nil && j == t.vectors-1 {
				v.storeTailTo(sum(i, j), mask, m)
			} else {
				v.move(sum(i, j), m)
			}
		}
		if i < t.rows-1 {
			v.ADDQ(cRow, rowOfC)
		}
	}
}

// fetchC asks for the entries of C, which are needed when the sums are done.
func (v *vec) fetchC(t tile) {
	v.MOVQ(cNow, temp)
	for i := range t.rows {
		if i > 0 {
			v.ADDQ(cRow, temp)
		}
		for j := range t.vectors {
			v.PREFETCHT0(operand.Mem{Base: temp, Disp: j * v.bytes()})
		}
	}
}

// vectors is the number of vector registers.
func (v *vec) vectors() int {
	if v.wide {
		return 32
	}
	return 16
}

// vector is the i-th vector register.
func (v *vec) vector(i int) reg.VecPhysical {
	if v.wide {
		return zmm[i]
	}
	return ymm[i]
}

var (
	ymm = [...]reg.VecPhysical{
		reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7,
		reg.Y8, reg.Y9, reg.Y10, reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15,
	}
	zmm = [...]reg.VecPhysical{
		reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7,
		reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15,
		reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23,
		reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31,
	}
)
