package graph

import (
	"math"
	"math/bits"
	"slices"
)

// A volume is a number of entries, count·Nᵖᵒʷᵉʳ, for any N. Values of one volume
// can share a slot.
type volume struct{ count, power int }

func volumeOf(s Shape) volume {
	v := volume{count: 1}
	for _, d := range s.dims(&few{}) {
		if d == Batch {
			v.power++
		} else {
			v.count *= d
		}
	}
	return v
}

// at returns the number of entries for n examples.
func (v volume) at(n int) int {
	size := v.count
	for range v.power {
		size *= n
	}
	return size
}

// bytes returns the size for n examples of entries of the given size, or the largest
// uint64 if it is larger.
func (v volume) bytes(n int, entry uintptr) uint64 {
	size := product(uint64(v.count), uint64(entry))
	for range v.power {
		size = product(size, uint64(n))
	}
	return size
}

// product returns a·b, or the largest uint64.
func product(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	if high != 0 {
		return math.MaxUint64
	}
	return low
}

// sum returns a + b, or the largest uint64.
func sum(a, b uint64) uint64 {
	low, carry := bits.Add64(a, b, 0)
	if carry != 0 {
		return math.MaxUint64
	}
	return low
}

// place gives every value a slot. The slot of a value that Run computes is free
// again after its last reader; a pointwise op may take the slot of an input that
// it is the last to read. Outputs and folded values keep theirs.
func (p *placed) place() error {
	var readers perNode[int32]
	for _, n := range p.run {
		for _, x := range *p.reads.at(n) {
			*readers.at(x.n)++
		}
	}
	for _, n := range slices.Concat(p.roots, p.once, p.leaves) {
		*readers.at(n)++ // nobody's last reader
	}
	free := map[volume]*[]int32{}
	freeFor := func(n *Node) (volume, *[]int32) {
		v := volumeOf(n.shape)
		f := free[v]
		if f == nil {
			f = new([]int32)
			free[v] = f
		}
		return v, f
	}
	take := func(n *Node) {
		v, f := freeFor(n)
		slot := int32(len(p.slots))
		if last := len(*f) - 1; last >= 0 {
			slot, *f = (*f)[last], (*f)[:last]
		} else {
			p.slots = append(p.slots, v)
		}
		*p.slotOf.at(n) = slot
	}
	release := func(n *Node) {
		for _, x := range *p.reads.at(n) {
			left := readers.at(x.n)
			if *left--; *left == 0 {
				_, f := freeFor(x.n)
				*f = append(*f, *p.slotOf.at(x.n))
			}
		}
	}
	for _, n := range p.once {
		take(n)
	}
	for _, n := range p.run {
		if p.entrywise(n) {
			release(n)
			take(n)
		} else {
			take(n)
			release(n)
		}
	}
	return nil
}
