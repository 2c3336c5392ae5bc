package graph

// loops compiles the bodies of loops.
func (l *lowered) loops() error {
	made, values := map[*Body]*code{}, l.valuesAsked()
	for _, n := range l.live {
		loop := l.loopAt(n)
		if loop == nil {
			continue
		}
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
func (l *lowered) valuesAsked() map[*Body][]int {
	values := map[*Body][]int{}
	var loops []*Node
	for _, n := range l.live {
		loop := l.loopAt(n)
		if loop == nil {
			continue
		}
		loops = append(loops, n)
		for _, m := range loops {
			if m == n || l.beside(m, n) {
				values[loop.Body] = append(values[loop.Body], l.loopAt(m).Value)
			}
		}
	}
	return values
}
