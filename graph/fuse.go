package graph

// fuse finds the nodes that an op which does several at once can compute, as the
// ops know it, from the inputs of their inputs.
func (l *lowered) fuse() error {
	l.how.fit(l.g)
	if l.separate {
		return nil
	}
	shut, err := l.open()
	if err != nil {
		return err
	}
	defer shut()
	readers := make([]int32, l.g.Len()) // by id, of values that the outputs are computed from
	for _, n := range l.roots {
		readers[n.id]++
	}
	for n := range l.backward() {
		for _, x := range n.in {
			if readers[n.id] > 0 {
				readers[x.id]++
			}
		}
	}
	alone := func(x *Node) bool { return x.id < len(readers) && readers[x.id] == 1 }
	needed := make([]bool, len(readers)) // since a fusion of those before it does not compute it
	for _, n := range l.roots {
		needed[n.id] = true
	}
	for n := range l.backward() {
		if !needed[n.id] {
			continue
		}
		if f := fusionOf(n, alone); f != nil && f.err == nil && f.readsBefore(n) {
			l.how.at(n).fusion = int32(f.id)
		}
		for _, x := range l.by(n).in {
			needed[x.id] = true
		}
	}
	return nil
}

// fusionOf asks the op of n for what computes it at once with what is alone.
func fusionOf(n *Node, alone func(x *Node) bool) *Node {
	if op, ok := n.op.(Fuser); ok {
		return op.Fuse(n, alone)
	}
	return nil
}

// readsBefore reports whether the inputs of f come before n, so that f can be computed
// in its place.
func (f *Node) readsBefore(n *Node) bool {
	for _, x := range f.in {
		if x.id >= n.id || x.number() >= n.number() {
			return false
		}
	}
	return true
}
