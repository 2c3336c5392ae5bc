package graph

// compileLoops compiles the bodies of the nodes that are loops.
func (l *lowered) compileLoops(loops []*Node) error {
	made, values := map[*Body]*code{}, l.valuesAsked(loops)
	for _, n := range loops {
		c := l.loopOf.get(n)
		loop := c.Loop
		*c = *newLoopCode(loop, values[loop.Body])
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
	}
	return nil
}

// valuesAsked returns, for the Body of each loop, the values that nodes are, or that are computed
// beside a node.
func (l *lowered) valuesAsked(loops []*Node) map[*Body][]int {
	values := map[*Body][]int{}
	for _, n := range loops {
		for _, m := range loops {
			if b := l.loopOf.get(n).Body; m == n || l.beside(m, n) {
				values[b] = append(values[b], l.loopOf.get(m).Value)
			}
		}
	}
	return values
}
