package graph

import "slices"

// fuse finds the nodes that an op which does several at once can compute, as the
// ops know it, from the inputs of their inputs.
func (l *lowered) fuse() error {
	if l.separate {
		return nil
	}
	var readers perNode[int32]
	live := cone(l.roots, nil)
	for _, n := range live {
		for _, x := range n.in {
			*readers.at(x)++
		}
	}
	var needed perNode[bool] // since a fusion of those before it does not compute it
	for _, n := range l.roots {
		*readers.at(n)++
		*needed.at(n) = true
	}
	alone := func(x *Node) bool { return *readers.at(x) == 1 }
	for _, n := range slices.Backward(live) {
		if !needed.get(n) {
			continue
		}
		if op, ok := n.op.(Fuser); ok {
			if f := op.Fuse(n, alone); f != nil && f.err == nil && f.readsBefore(n) {
				*l.fused.at(n) = f
			}
		}
		for _, x := range l.by(n).in {
			*needed.at(x) = true
		}
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
