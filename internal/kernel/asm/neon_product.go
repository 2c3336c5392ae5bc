package main

import "fmt"

// A tile of arm64 has so many rows, and columns in so many vectors.
const (
	neonRows    = 4
	neonVectors = 4
)

// arguments begins a function whose parameters are pointers and then whole numbers, and
// loads them into R0, R1, and so on.
func (n *neon) arguments(kernel string, pointers, ints []string) {
	signature := "("
	for _, name := range pointers {
		signature += name + " unsafe.Pointer, "
	}
	for i, name := range ints {
		if i > 0 {
			signature += ", "
		}
		signature += name + " int"
	}
	n.begin(kernel, signature+")", 8*(len(pointers)+len(ints)))
	for i, name := range append(pointers, ints...) {
		n.raw("MOVD %s+%d(FP), R%d", name, 8*i, i)
	}
}

// zero returns a kept value that is 0.
func (n *neon) zero() value {
	r := n.keep(n.value())
	n.emit(0x6f00e400, "movi %s.2d, #0", r)
	return r
}

// pass returns the vector, or the two, that a register points to, and moves it on.
func (n *neon) pass(register int) value {
	r := n.value()
	n.emit(0x3cc00400|16<<12|uint32(register)<<5, fmt.Sprintf("ldr %%Q, [x%d], #16", register), r)
	return r
}

func (n *neon) passTwo(register int) [2]value {
	r, s := n.value(), n.value()
	n.emit(0xacc00000|2<<15|uint32(register)<<5, fmt.Sprintf("ldp %%Q, %%Q, [x%d], #32", register), r, s)
	n.lines[len(n.lines)-1].bits = [3]int{0, 10}
	return [2]value{r, s}
}

// vector returns the i-th vector from a register on; setVector stores it.
func (n *neon) vector(register, i int) value {
	r := n.value()
	n.emit(0x3dc00000|uint32(i)<<10|uint32(register)<<5, fmt.Sprintf("ldr %%Q, [x%d, #%d]", register, 16*i), r)
	return r
}

func (n *neon) setVector(register, i int, x value) {
	n.emit(0x3d800000|uint32(i)<<10|uint32(register)<<5, fmt.Sprintf("str %%Q, [x%d, #%d]", register, 16*i), x)
}

// addMulLane sets s += x·y[lane].
func (n *neon) addMulLane(s, x, y value, lane int) {
	word := uint32(0x4f801000) | uint32(lane&1)<<21 | uint32(lane>>1)<<11
	if n.f64 {
		word = 0x4fc01000 | uint32(lane)<<11
	}
	a := n.arrangement()
	n.emit(word, fmt.Sprintf("fmla %%s.%s, %%s.%s, %%s.%s[%d]", a, a, a[1:], lane), s, x, y)
}

// countDown repeats a body while a register, not 0 at first, is not 0.
func (n *neon) countDown(register int, body func()) {
	n.raw("loop:")
	body()
	n.raw("SUBS $1, R%d", register)
	n.raw("BNE loop")
}

// neonProducts emits tile, which adds k > 0 products to each entry of a tile of C whose
// rows are ldc bytes apart, from panels of A and B that are as wide as the tile, and
// dots, which sets sums to the products of four vectors and x, all of so many blocks of
// two vectors.
func neonProducts(n *neon) {
	n.arguments("tile", []string{"a", "b", "c"}, []string{"ldc", "k"})
	var s [neonRows][neonVectors]value
	for i := range s {
		for j := range s[i] {
			s[i][j] = n.zero()
		}
	}
	n.countDown(4, func() {
		b01, b23 := n.passTwo(1), n.passTwo(1)
		b := [neonVectors]value{b01[0], b01[1], b23[0], b23[1]}
		var a [2]value // 4 entries
		if n.f64 {
			a = n.passTwo(0)
		} else {
			a[0] = n.pass(0)
		}
		for i := range s {
			for j := range b {
				n.addMulLane(s[i][j], b[j], a[i/n.lanes()], i%n.lanes())
			}
		}
	})
	for i := range s {
		for j := range s[i] {
			n.setVector(2, j, n.add(n.vector(2, j), s[i][j]))
		}
		n.raw("ADD R3, R2")
	}
	n.raw("RET")
	n.end()

	n.arguments("dots", []string{"a0", "a1", "a2", "a3", "x", "sums"}, []string{"blocks"})
	var t [4][2]value
	for i := range t {
		t[i] = [2]value{n.zero(), n.zero()}
	}
	n.countDown(6, func() {
		x := n.passTwo(4)
		for i := range t {
			a := n.passTwo(i)
			n.addMul(t[i][0], a[0], x[0])
			n.addMul(t[i][1], a[1], x[1])
		}
	})
	pairs := func(x, y value) value { return n.new3(0x6e20d400, "faddp", x, y) }
	var sums [4]value
	for i := range t {
		sums[i] = n.add(t[i][0], t[i][1])
	}
	low, high := pairs(sums[0], sums[1]), pairs(sums[2], sums[3])
	if n.f64 {
		n.setVector(5, 0, low)
		n.setVector(5, 1, high)
	} else {
		n.setVector(5, 0, pairs(low, high))
	}
	n.raw("RET")
	n.end()
}

// neonReductions emits loops over blocks of 256 bytes, which add to as many lanes, and
// over vectors, of which they take the largest entry in every lane.
func neonReductions(n *neon) {
	const vectors = 16
	lanes := func(kernel string, pointers []string, add func(s value)) {
		n.arguments(kernel, pointers, []string{"blocks"})
		var s [vectors]value
		for i := range s {
			s[i] = n.keep(n.vector(0, i))
		}
		n.countDown(len(pointers), func() {
			for i := range s {
				add(s[i])
			}
		})
		for i := range s {
			n.setVector(0, i, s[i])
		}
		n.raw("RET")
		n.end()
	}
	lanes("sumLanes", []string{"s", "x"}, func(s value) { n.lanewise(0x4e20d400, "fadd", s, s, n.pass(1)) })
	lanes("dotLanes", []string{"s", "x", "y"}, func(s value) { n.addMul(s, n.pass(1), n.pass(2)) })

	n.addRows()

	n.arguments("maxLanes", []string{"s", "x"}, []string{"vectors"})
	s := n.keep(n.vector(0, 0))
	n.countDown(2, func() { n.lanewise(0x4e20f400, "fmax", s, s, n.pass(1)) })
	n.setVector(0, 0, s)
	n.raw("RET")
	n.end()
}

// addRows emits the kernel that adds the sums of columns to dst: those of four vectors
// of columns at a time, then of one, then of single ones.
func (n *neon) addRows() {
	n.kernels = append(n.kernels, "addRows")
	n.begin("addRows", "(dst, x []"+n.typeName()+", m, ld int)", 64)
	for i, name := range []string{"dst_base+0", "x_base+24", "m+48", "ld+56", "dst_len+8"} {
		n.raw("MOVD %s(FP), R%d", name, i)
	}
	n.raw("CBZ R2, end")
	n.raw("MOVD $%d, R5", n.size())
	n.raw("MUL R5, R3")
	p := &neonPlace{n: n, at: map[string]int{"dst": 0, "row": 6}}
	for _, step := range []struct {
		name             string
		vectors, columns int
	}{{"four", 4, 4 * n.lanes()}, {"one", 1, n.lanes()}, {"single", 1, 1}} {
		p.single = step.columns == 1
		n.raw("%s:", step.name)
		n.raw("CMP $%d, R4", step.columns)
		n.raw("BLT %sDone", step.name)
		sums := make([]value, step.vectors)
		for i := range sums {
			sums[i] = n.value()
			n.emit(0x6f00e400, "movi %s.2d, #0", sums[i])
		}
		n.raw("MOVD R1, R6")
		n.raw("MOVD R2, R7")
		n.raw("%sRow:", step.name)
		for i, s := range sums {
			var x value
			if p.single {
				x = p.load("row")
			} else {
				x = n.vector(6, i)
			}
			n.lanewise(0x4e20d400, "fadd", s, s, x)
		}
		n.raw("ADD R3, R6")
		n.raw("SUBS $1, R7")
		n.raw("BNE %sRow", step.name)
		for _, s := range sums {
			p.store("dst", n.add(p.load("dst"), s))
		}
		n.raw("ADD $%d, R1", step.columns*n.size())
		n.raw("SUB $%d, R4", step.columns)
		n.raw("B %s", step.name)
		n.raw("%sDone:", step.name)
	}
	n.raw("end:")
	n.raw("RET")
	n.end()
}
