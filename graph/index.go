package graph

// An index finds entries of a list by their hash: nodes of ops, or signatures. It is a table by hash, in
// which an entry whose place is taken is in the next one that is free. A map would hold again what the
// list has. The zero index is an empty one.
type index struct {
	places []place // a power of two of them, or none
	used   int
}

// A place has the hash of an entry of the list and its number, counted from 1, or zeros.
type place struct{ hash, number uint32 }

// mixed returns a hash into which a number is mixed, of which the upper bits are the best.
func mixed(hash, number uint64) uint64 {
	return (hash ^ number) * 0x9e3779b97f4a7c15 // 2⁶⁴ over the golden ratio
}

// find returns the number of the entry of this hash that is the one sought, or −1.
func (ix *index) find(hash uint32, sought func(i int) bool) int {
	if len(ix.places) == 0 {
		return -1
	}
	for i := hash; ; i++ {
		switch p := ix.at(i); {
		case p.number == 0:
			return -1
		case p.hash == hash && sought(int(p.number)-1):
			return int(p.number) - 1
		}
	}
}

// add adds entry i of the list, which has this hash.
func (ix *index) add(hash uint32, i int) {
	if ix.used++; 4*ix.used > 3*len(ix.places) {
		old := ix.places
		ix.places = make([]place, max(16, 2*len(old)))
		for _, p := range old {
			if p.number != 0 {
				ix.put(p)
			}
		}
	}
	ix.put(place{hash, uint32(i + 1)})
}

func (ix *index) put(p place) {
	i := p.hash
	for ix.at(i).number != 0 {
		i++
	}
	*ix.at(i) = p
}

// at returns place i, counted round and round the table.
func (ix *index) at(i uint32) *place { return &ix.places[i&uint32(len(ix.places)-1)] }
