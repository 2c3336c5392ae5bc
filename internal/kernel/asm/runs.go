package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// runDotsArgs are the offsets of the fields of the struct of that name.
const (
	runA = 8 * iota
	runARow
	runB
	runCols
	runC
	runCRow
	runFirst
	runLength
	runTile
	runPanels
	runEnd
)

const (
	runRows    = 4
	runFetched = 1024 // bytes ahead
)

// runBlocks lists the tiles of runDots; their index is how the caller names them.
func (v *vec) runBlocks() (t []block) {
	width := 2
	if v.wide {
		width = 6
	}
	for i := range runRows * width {
		t = append(t, block{i/width + 1, i%width + 1})
	}
	return t
}

// runDots emits C += A·Bᵀ where the rows of A and B lie in runs: a run has a length, and
// begins at distances of its own from a and b. Rows of A are a stride apart, those of B
// begin where a list says. It does the rows of one tile and any number of tiles of columns.
func runDots(v *vec) {
	v.begin("runDots", "func(t *runDotsArgs)")
	v.Load(v.Param("t"), args)
	v.MOVQ(v.arg(runTile), left)
	blocks := v.runBlocks()
	for i := range blocks {
		v.CMPQ(left, operand.I8(i))
		v.JEQ(operand.LabelRef(label("tile", i)))
	}
	v.RET()
	for i, t := range blocks {
		v.Label(label("tile", i))
		v.runDotsTile(label("tile", i), t)
		v.VZEROUPPER()
		v.RET()
	}
}

// The general registers of runDots, beside those of outer and dot.
var (
	runAt                  = [...]reg.GPPhysical{reg.RBX, reg.RCX, reg.RDX, reg.R8, reg.R9, reg.R10} // rows of B
	runBNow, runANow       = reg.R11, reg.R12
	aRow3, runNow, runMask = reg.R13, reg.R14, reg.R15
)

func (v *vec) runDotsTile(name string, t block) {
	// The lower registers are free after the sums, for instructions that know no others.
	a := func(i int) reg.VecPhysical { return v.vector(i) }
	b := v.vector(runRows)
	sum := func(i, j int) reg.VecPhysical { return v.vector(runRows + 1 + i*t.cols + j) }

	v.Label(name + "Panel")
	v.MOVQ(v.arg(runARow), aRow)
	v.LEAQ(operand.Mem{Base: aRow, Index: aRow, Scale: 2}, aRow3)
	v.MOVQ(v.arg(runCols), left)
	for j := range t.cols {
		v.MOVQ(operand.Mem{Base: left, Disp: 16 * j}, runAt[j])
	}
	v.MOVQ(v.arg(runFirst), runNow)
	v.MOVQ(v.arg(runLength), left)
	v.ADDQ(runNow, left)
	v.MOVQ(left, v.arg(runEnd))
	for i := range t.rows * t.cols {
		v.zeroInto(sum(0, i))
	}
	step := func(load func(from, to operand.Op)) {
		for i := range t.rows {
			m := strided(runANow, aRow, i%3)
			if i == 3 {
				m = operand.Mem{Base: runANow}.Idx(aRow3, 1)
			}
			load(m, a(i))
		}
		for j := range t.cols {
			load(operand.Mem{Base: runBNow, Index: runAt[j], Scale: 1}, b)
			for i := range t.rows {
				v.addMul(sum(i, j), a(i), b)
			}
		}
	}
	v.Label(name + "Run")
	v.MOVQ(v.arg(runA), runANow)
	v.ADDQ(operand.Mem{Base: runNow}, runANow)
	v.MOVQ(v.arg(runB), runBNow)
	v.ADDQ(operand.Mem{Base: runNow, Disp: 8}, runBNow)
	v.MOVQ(operand.Mem{Base: runNow, Disp: 16}, left)
	v.SUBQ(operand.I32(v.lanes()), left)
	v.JLT(operand.LabelRef(name + "Last"))
	v.Label(name + "Loop")
	if t.rows == 1 { // which computes little of what it reads
		v.PREFETCHT0(operand.Mem{Base: runANow, Disp: runFetched})
		v.PREFETCHT0(operand.Mem{Base: runBNow, Index: runAt[t.cols-1], Scale: 1, Disp: runFetched})
	}
	step(v.move)
	v.ADDQ(operand.I32(v.bytes()), runANow)
	v.ADDQ(operand.I32(v.bytes()), runBNow)
	v.SUBQ(operand.I32(v.lanes()), left)
	v.JGE(operand.LabelRef(name + "Loop"))
	v.Label(name + "Last")
	v.ADDQ(operand.I32(v.lanes()), left)
	v.JZ(operand.LabelRef(name + "Next"))
	if v.wide {
		v.tailMaskInto(left, runMask, reg.K1)
		step(func(from, to operand.Op) { v.loadTailInto(from, reg.K1, to) })
	} else { // the mask goes where the entries will
		m := v.maskAddress(left, runMask)
		step(func(from, to operand.Op) {
			v.move(m, to)
			v.loadTailInto(from, to, to)
		})
	}
	v.Label(name + "Next")
	v.ADDQ(operand.I8(24), runNow)
	v.CMPQ(runNow, v.arg(runEnd))
	v.JNE(operand.LabelRef(name + "Run"))
	v.runDotsStore(t, sum, b)

	v.ADDQ(operand.I8(16*t.cols), v.arg(runCols))
	v.DECQ(v.arg(runPanels))
	v.JNZ(operand.LabelRef(name + "Panel"))
}

// runDotsStore adds the sums of a tile to C.
func (v *vec) runDotsStore(t block, sum func(i, j int) reg.VecPhysical, temp reg.VecPhysical) {
	cols, to := reg.RCX, reg.R10
	v.MOVQ(v.arg(runC), cNow)
	v.MOVQ(v.arg(runCols), cols)
	for i := range t.rows {
		for j := 0; j < t.cols; j += v.group() {
			n := min(v.group(), t.cols-j)
			for k := range n {
				v.move(sum(i, j+k), v.vector(k))
			}
			v.foldTogether(v.sums(0, n), temp)
			for k := range n {
				if k > 0 {
					v.rotate(v.vector(0).AsX())
				}
				v.MOVQ(operand.Mem{Base: cols, Disp: 16*(j+k) + 8}, to)
				entry := operand.Mem{Base: cNow, Index: to, Scale: 1}
				v.either(v.VADDSS, v.VADDSD, entry, v.vector(0).AsX(), v.vector(1).AsX())
				v.either(v.VMOVSS, v.VMOVSD, v.vector(1).AsX(), entry)
			}
		}
		v.ADDQ(v.arg(runCRow), cNow)
	}
}
