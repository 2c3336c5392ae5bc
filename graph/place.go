package graph

import (
	"math"
	"math/bits"
	"slices"
)

// A volume is a number of entries: a number times symbols and quotients, in order. Values of
// one volume can share a slot.
type volume struct {
	count   int
	symbols Ints
}

func volumeOf(s Shape) volume {
	v := volume{count: 1}
	var room few
	symbols := room[:0]
	for _, d := range s.dims(&few{}) {
		switch {
		case d >= 0:
			v.count *= d
		case d == Batch:
			symbols = append(symbols, d)
		default:
			for _, f := range Factors(d) {
				if f < 0 {
					symbols = append(symbols, f)
				} else {
					v.count *= f
				}
			}
		}
	}
	if len(symbols) > 0 {
		slices.Sort(symbols)
		v.symbols = IntsOf(symbols...)
	}
	return v
}

// at returns the number of entries where symbols are these numbers.
func (v volume) at(at sizes) int {
	size := v.count
	for _, f := range v.symbols.appendTo(make([]int, 0, maxFactors)) {
		size *= at.number(f)
	}
	return size
}

// bytes returns the size of entries of the given size where symbols are these numbers, or
// the largest uint64 if it is larger.
func (v volume) bytes(at sizes, entry uintptr) uint64 {
	size := product(uint64(v.count), uint64(entry))
	for _, f := range v.symbols.appendTo(make([]int, 0, maxFactors)) {
		size = product(size, uint64(at.number(f)))
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
// it is the last to read, which is as large as its value. Others may take one that is
// twice as large. Outputs and folded values keep theirs.
func (p *placed) place() error {
	readers, slotOf := make([]int32, p.top+1), make([]int32, p.top+1) // by id
	p.slotOf, p.slots = perNode[int32]{slotOf}, make([]int32, 0, len(p.once)+len(p.run))
	for _, n := range p.run {
		for _, x := range p.ids(n) {
			readers[x]++
		}
	}
	for _, list := range [...][]*Node{p.roots, p.once, p.leaves} {
		for _, n := range list {
			readers[n.id]++ // nobody's last reader
		}
	}
	free := freeSlots{byShape: map[Shape]*freeList{}, byVolume: map[volume]*freeList{}}
	loose := make([]bool, 0, cap(p.slots)) // by slot: it is larger than what is in it
	take := func(n *Node, f *freeList, larger bool) {
		slot := int32(len(p.slots))
		if last := len(f.slots) - 1; last >= 0 {
			slot, f.slots = f.slots[last], f.slots[:last]
			loose[slot] = larger
		} else {
			p.slots, loose = append(p.slots, f.id), append(loose, larger)
		}
		slotOf[n.id] = slot
	}
	var later []int32 // slots that are larger than what was in them, and free after the group
	release := func(n *Node) {
		for _, x := range p.ids(n) {
			if readers[x]--; readers[x] > 0 {
				continue
			}
			if slot := slotOf[x]; loose[slot] {
				later = append(later, slot)
			} else {
				free.put(p.slots[slot], slot)
			}
		}
	}
	between := func() {
		for _, slot := range later {
			free.put(p.slots[slot], slot)
		}
		later = later[:0]
	}
	for _, n := range p.once {
		take(n, free.of(n.shape), false)
	}
	for _, group := range p.groups() {
		if p.entrywise(group[0]) && !p.inBlock(group) {
			for _, n := range group {
				release(n)
				take(n, free.of(n.shape), false)
			}
			between()
			continue
		}
		for _, n := range group {
			f, larger := free.large(n.shape)
			take(n, f, larger)
		}
		for _, n := range group {
			release(n)
		}
		between()
	}
	for _, f := range free.lists {
		p.volumes = append(p.volumes, f.volume)
	}
	return nil
}

// freeSlots are the slots that are free, by their volume, which is looked up by shape.
type freeSlots struct {
	byShape  map[Shape]*freeList
	byVolume map[volume]*freeList
	lists    []*freeList // all of them
	last     [4]struct { // that were asked for
		shape Shape
		list  *freeList
	}
}

type freeList struct {
	id     int32 // among lists
	volume volume
	slots  []int32
}

// put makes a slot free that has the volume of a list.
func (f *freeSlots) put(list, slot int32) {
	l := f.lists[list]
	l.slots = append(l.slots, slot)
}

// of returns the list of slots for a shape.
func (f *freeSlots) of(s Shape) *freeList {
	for i := range f.last {
		if l := &f.last[i]; l.list != nil && l.shape == s {
			return l.list
		}
	}
	list := f.byShape[s]
	if list == nil {
		v := volumeOf(s)
		if list = f.byVolume[v]; list == nil {
			list = &freeList{id: int32(len(f.lists)), volume: v}
			f.byVolume[v], f.lists = list, append(f.lists, list)
		}
		f.byShape[s] = list
	}
	copy(f.last[1:], f.last[:])
	f.last[0].shape, f.last[0].list = s, list
	return list
}

// large returns the list of slots for a shape or, if none of them is free, of those of more entries,
// up to twice as many, of which the fewest.
func (f *freeSlots) large(s Shape) (best *freeList, larger bool) {
	list := f.of(s)
	if len(list.slots) > 0 {
		return list, false
	}
	best, most := list, 2*list.volume.count
	for _, l := range f.lists {
		if v := &l.volume; len(l.slots) > 0 && v.symbols == list.volume.symbols && v.count > list.volume.count && v.count <= most {
			best, most = l, v.count
		}
	}
	return best, best != list
}
