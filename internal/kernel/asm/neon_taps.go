package main

import "fmt"

// indexed returns the entry at the sum of two registers in lane 0, the others 0.
func (n *neon) indexed(base, index int) value {
	r, word, kind := n.value(), uint32(0xbc606800), "S"
	if n.f64 {
		word, kind = 0xfc606800, "D"
	}
	n.emit(word|uint32(index)<<16|uint32(base)<<5, fmt.Sprintf("ldr %%%s, [x%d, x%d]", kind, base, index), r)
	return r
}

// neonTaps emits taps, which sets sums, the entries of a tile row by row, to the products of
// count steps: of the entries of four rows of A and the columns of B that lie so far, each a
// pair of distances in bytes, from where the pointers point to.
func neonTaps(n *neon) {
	n.arguments("taps", []string{"a0", "a1", "a2", "a3", "b", "steps", "sums"}, []string{"count"})
	var s [neonRows][neonVectors]value
	for i := range s {
		for j := range s[i] {
			s[i][j] = n.zero()
		}
	}
	n.countDown(7, func() {
		n.raw("LDP.P 16(R5), (R8, R9)")
		n.raw("ADD R4, R9")
		b01, b23 := n.passTwo(9), n.passTwo(9)
		b := [neonVectors]value{b01[0], b01[1], b23[0], b23[1]}
		for i := range s {
			a := n.indexed(i, 8)
			for j := range b {
				n.addMulLane(s[i][j], b[j], a, 0)
			}
		}
	})
	for i := range s {
		for j := range s[i] {
			n.setVector(6, i*neonVectors+j, s[i][j])
		}
	}
	n.raw("RET")
	n.end()
}
