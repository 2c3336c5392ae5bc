package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// dotArgs are the offsets of the fields of the struct of that name.
const (
	dotA = 8 * iota
	dotARow
	dotB
	dotBCol
	dotC
	dotCRow
	dotCCol
	dotCin
	dotCinRow
	dotCinCol
	dotK
	dotTile
	dotPanels
	dotBMoved
	dotCMoved
	dotCinMoved
)

// A block is a number of rows and of columns of C whose sums stay in registers.
type block struct{ rows, cols int }

// blocks lists the tiles of dot; their index is how the caller names them.
func blocks() []block {
	var t []block
	for i, most := range []int{8, 6, 4} {
		for cols := 1; cols <= most; cols++ {
			t = append(t, block{i + 1, cols})
		}
	}
	return t
}

// dot emits C = Cin + A·B where the rows of A and the columns of B are contiguous:
// the lanes of a sum are along k, and are added up in the end. It does the rows of
// one tile and any number of tiles of columns.
func dot(v *vec) {
	v.begin("dot", "func(t *dotArgs)")
	v.Load(v.Param("t"), args)
	v.MOVQ(v.arg(dotTile), left)
	for i := range blocks() {
		v.CMPQ(left, operand.I8(i))
		v.JEQ(operand.LabelRef(label("tile", i)))
	}
	v.RET()
	for i, t := range blocks() {
		v.Label(label("tile", i))
		v.dotTile(label("tile", i), t)
		v.VZEROUPPER()
		v.RET()
	}
}

// The general registers of dot, beside those of outer.
var (
	aNow  = reg.RBX
	bCols = [...]reg.GPPhysical{reg.RCX, reg.RDX, reg.R9} // columns 0, 3 and 6 of B
	bCol  = reg.R8
	// after the sums
	cinNow, cinRow = reg.R14, reg.R15
	cAt, cCol      = reg.R10, reg.RCX
	cinAt, cinCol  = reg.R11, reg.RDX
)

func (v *vec) dotTile(name string, t block) {
	sum := func(i, j int) reg.VecPhysical { return v.vector(i*t.cols + j) }
	sums := t.rows * t.cols
	a := func(i int) reg.VecPhysical { return v.vector(sums + i) }
	b := v.vector(sums + t.rows)

	v.MOVQ(v.arg(dotARow), aRow)
	v.MOVQ(v.arg(dotBCol), bCol)
	v.Label(name + "Panel")
	v.MOVQ(v.arg(dotA), aNow)
	v.MOVQ(v.arg(dotB), bCols[0])
	v.ADDQ(v.arg(dotBMoved), bCols[0])
	for i := 1; 3*i < t.cols; i++ {
		v.LEAQ(operand.Mem{Base: bCols[i-1], Index: bCol, Scale: 2}, bCols[i])
		v.ADDQ(bCol, bCols[i])
	}
	v.MOVQ(v.arg(dotK), left)
	for i := range sums {
		v.zeroInto(v.vector(i))
	}
	step := func(load func(from, to operand.Op)) {
		for i := range t.rows {
			load(strided(aNow, aRow, i), a(i))
		}
		for j := range t.cols {
			load(strided(bCols[j/3], bCol, j%3), b)
			for i := range t.rows {
				v.addMul(sum(i, j), a(i), b)
			}
		}
	}
	v.SUBQ(operand.I32(v.lanes()), left)
	v.JLT(operand.LabelRef(name + "Last"))
	v.Label(name + "Loop")
	step(v.move)
	v.ADDQ(operand.I32(v.bytes()), aNow)
	for i := 0; 3*i < t.cols; i++ {
		v.ADDQ(operand.I32(v.bytes()), bCols[i])
	}
	v.SUBQ(operand.I32(v.lanes()), left)
	v.JGE(operand.LabelRef(name + "Loop"))
	v.Label(name + "Last")
	v.ADDQ(operand.I32(v.lanes()), left)
	v.JZ(operand.LabelRef(name + "Fold"))
	if v.wide {
		v.tailMaskInto(left, cAt, reg.K1)
		step(func(from, to operand.Op) { v.loadTailInto(from, reg.K1, to) })
	} else { // no register is free: the mask goes where the entries will
		mask := v.maskAddress(left, cAt)
		step(func(from, to operand.Op) {
			v.move(mask, to)
			v.loadTailInto(from, to, to)
		})
	}

	v.Label(name + "Fold")
	v.dotEnd(name, t, b)
	v.Label(name + "Next")
	for _, move := range []struct{ by, what int }{{dotCCol, dotCMoved}, {dotCinCol, dotCinMoved}, {dotBCol, dotBMoved}} {
		v.IMUL3Q(operand.I8(t.cols), v.arg(move.by), left)
		v.ADDQ(left, v.arg(move.what))
	}
	v.DECQ(v.arg(dotPanels))
	v.JNZ(operand.LabelRef(name + "Panel"))
}

// dotEnd adds up each sum of a tile, in a lane of its own for every product, and stores it, or it
// and the entry of cin. It goes on at the label Next behind it. b is a register to work in.
func (v *vec) dotEnd(name string, t block, b reg.VecPhysical) {
	for i := range t.rows {
		for j := 0; j < t.cols; j += v.group() {
			v.foldTogether(v.sums(i*t.cols+j, min(v.group(), t.cols-j)), b)
		}
	}
	v.MOVQ(v.arg(dotC), cNow)
	v.ADDQ(v.arg(dotCMoved), cNow)
	v.MOVQ(v.arg(dotCRow), cRow)
	v.MOVQ(v.arg(dotCCol), cCol)
	v.MOVQ(v.arg(dotCin), cinNow)
	v.MOVQ(v.arg(dotCinRow), cinRow)
	v.MOVQ(v.arg(dotCinCol), cinCol)
	v.TESTQ(cinNow, cinNow)
	v.JZ(operand.LabelRef(name + "Store"))
	v.ADDQ(v.arg(dotCinMoved), cinNow)
	v.dotStore(t, b, true)
	v.JMP(operand.LabelRef(name + "Next"))
	v.Label(name + "Store")
	v.dotStore(t, b, false)
}

// dotStore writes the sums of a tile to C, with or without an addend.
func (v *vec) dotStore(t block, temp reg.VecPhysical, addend bool) {
	for i := range t.rows {
		v.MOVQ(cNow, cAt)
		v.MOVQ(cinNow, cinAt)
		for j := range t.cols {
			x := v.vector(i*t.cols + j - j%v.group()).AsX()
			if j > 0 {
				v.ADDQ(cCol, cAt)
				v.ADDQ(cinCol, cinAt)
			}
			if j%v.group() > 0 {
				v.rotate(x)
			}
			y := reg.Register(x)
			if addend {
				y = temp.AsX()
				v.either(v.VADDSS, v.VADDSD, operand.Mem{Base: cinAt}, x, y)
			}
			v.either(v.VMOVSS, v.VMOVSD, y, operand.Mem{Base: cAt})
		}
		v.ADDQ(cRow, cNow)
		v.ADDQ(cinRow, cinNow)
	}
}

// rotate moves every lane of x one down.
func (v *vec) rotate(x operand.Op) {
	if v.f64 {
		v.VPERMILPD(operand.U8(1), x, x)
	} else {
		v.VPERMILPS(operand.U8(0x39), x, x)
	}
}

// group is the number of sums that are folded together: as many as there are lanes
// in 16 bytes.
func (v *vec) group() int { return 16 / v.size() }

// sums lists registers.
func (v *vec) sums(first, n int) []reg.VecPhysical {
	s := make([]reg.VecPhysical, n)
	for i := range s {
		s[i] = v.vector(first + i)
	}
	return s
}

// foldTogether adds up the lanes of every s[i] and leaves the results in the lowest
// lanes of s[0]. Neighbours are added first, the halves of a vector last; of 64
// bytes the halves are added before all else.
func (v *vec) foldTogether(s []reg.VecPhysical, temp reg.VecPhysical) {
	if v.wide {
		for _, x := range s {
			v.VEXTRACTF64X4(operand.U8(1), x, temp.AsY())
			v.either(v.VADDPS, v.VADDPD, temp.AsY(), x.AsY(), x.AsY())
		}
	}
	for n := v.group(); n > 1; n /= 2 {
		for i := 0; i < n && i/2 < len(s); i += 2 {
			x, y := s[min(i, len(s)-1)].AsY(), s[min(i+1, len(s)-1)].AsY()
			if v.f64 {
				v.VHADDPD(y, x, s[i/2].AsY())
			} else {
				v.VHADDPS(y, x, s[i/2].AsY())
			}
		}
	}
	v.VEXTRACTF128(operand.U8(1), s[0].AsY(), temp.AsX())
	v.either(v.VADDPS, v.VADDPD, temp.AsX(), s[0].AsX(), s[0].AsX())
}

// strided is the i-th of three addresses a stride apart.
func strided(base, stride reg.GPPhysical, i int) operand.Mem {
	m := operand.Mem{Base: base}
	if i > 0 {
		m = m.Idx(stride, uint8(i))
	}
	return m
}
