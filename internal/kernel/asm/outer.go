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

// paired reports whether a tile covers two panels, or four vectors of a list, and has general
// registers left for what that needs and for fetching ahead.
func (v *vec) paired(t tile) bool { return v.wide && t.vectors == 4 }

// fetchesNextTap reports whether a tile has time to fetch what the next tap reads of B: it adds
// longer than it loads.
func (v *vec) fetchesNextTap(t tile) bool { return v.paired(t) && t.rows >= 4 }

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
	outerAheadPanel
	outerAheadStep
	outerAheadOfB
	outerTaps
	outerTapBytes
	outerFloor
	outerCinMoved
	outerList
	outerListed
)

// The fields of an entry of a list, a tapTile, by their offsets. The distances are of the second to
// fourth vector.
const (
	listB = 8 * iota
	listC
	listBApart
	_
	_
	listCApart
	_
	_
	listBytes
)

// The general registers of outer.
var (
	args         = reg.RDI
	left         = reg.RAX                                                // steps of k that are left
	aRows        = [...]reg.GPPhysical{reg.RBX, reg.RCX, reg.RDX, reg.R9} // rows 0, 3, 6 and 9
	aRow, aCol   = reg.RSI, reg.R8
	bNow, bRow   = reg.R10, reg.R11
	cNow, cRow   = reg.R12, reg.R13
	tap          = reg.R15
	rowOfC, temp = reg.RAX, reg.RBX // after the sums
	ahead        = reg.RDX          // where there are fewer than seven rows
	nextTap      = cRow             // until the sums are done, where B of the next tap is fetched

	// How far the second to fourth vector of a row of B, or of C, are from the first, where they may be apart.
	apart = [...]reg.GPPhysical{reg.R14, reg.R9, reg.RBP}
)

// count adds one field to another.
func (v *vec) count(step, field int) {
	v.MOVQ(v.arg(step), temp)
	v.ADDQ(temp, v.arg(field))
}

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
		{outerC, cNow}, {outerCRow, cRow},
	} {
		v.MOVQ(v.arg(l.offset), l.r)
	}
	v.CMPQ(v.arg(outerPanels), operand.I8(0))
	v.JEQ(operand.LabelRef(name + "Rest"))
	v.Label(name + "Panel")
	if v.paired(t) {
		v.nextOfList(name)
	}
	v.outerPanel(name+"Whole", t, nil)
	v.ADDQ(operand.I32(t.vectors*v.bytes()), cNow)
	v.count(outerBPanel, outerMoved)
	v.count(outerCinPanel, outerCinMoved)
	if v.paired(t) {
		v.count(outerAheadPanel, outerAhead)
		v.ADDQ(operand.I8(listBytes), v.arg(outerListed))
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

// nextOfList has the next panel be where the list says, if there is one. What is added to C is what C
// has, if it is not one addend a row.
func (v *vec) nextOfList(name string) {
	v.MOVQ(v.arg(outerList), temp)
	v.TESTQ(temp, temp)
	v.JZ(operand.LabelRef(name + "InRows"))
	v.ADDQ(v.arg(outerListed), temp)
	v.MOVQ(operand.Mem{Base: temp, Disp: listB}, left)
	v.MOVQ(left, v.arg(outerMoved))
	v.MOVQ(operand.Mem{Base: temp, Disp: listC}, left)
	v.MOVQ(v.arg(outerC), cNow)
	v.ADDQ(left, cNow)
	v.CMPQ(v.arg(outerCinPanel), operand.I8(0))
	v.JEQ(operand.LabelRef(name + "InRows"))
	v.MOVQ(left, v.arg(outerCinMoved))
	v.Label(name + "InRows")
}
