package graph

// compileLoops compiles the bodies of the nodes that are loops, with what these alone read.
func (l *lowered) compileLoops() error {
	if err := l.sink(); err != nil {
		return err
	}
	made, values := map[*Body]*code{}, l.valuesAsked(l.loops)
	for _, n := range l.loops {
		loop := l.loopAt(n)
		c := newLoopCode(*loop, values[loop.Body])
		for _, x := range l.by(n).in {
			c.in = append(c.in, x.shape)
		}
		if made[loop.Body] == nil {
			inner, err := l.inner(c.outputs()...)
			if err != nil {
				return err
			}
			made[loop.Body] = inner
		}
		c.code = made[loop.Body]
		*l.loopOf.at(n) = c
	}
	return nil
}

// loopAt returns the loop that computes n, nil if there is none.
func (l *lowered) loopAt(n *Node) *Loop {
	if l.by(n).op != nil {
		if loop, ok := l.kernel(n).Loop().(Loop); ok {
			return &loop
		}
	}
	return nil
}

// valuesAsked returns, for the Body of each loop, the values that nodes are, or that are computed
// beside a node.
func (l *lowered) valuesAsked(loops []*Node) map[*Body][]int {
	values := map[*Body][]int{}
	for _, n := range loops {
		for _, m := range loops {
			if b := l.loopAt(n).Body; m == n || l.beside(m, n) {
				values[b] = append(values[b], l.loopAt(m).Value)
			}
		}
	}
	return values
}
