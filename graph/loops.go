package graph

// compileLoops compiles the bodies of the nodes that are loops, with what these alone read. Loops over
// one Body share its code.
func (l *lowered) compileLoops() error {
	if err := l.sink(); err != nil {
		return err
	}
	made, values := map[*Body]*code{}, l.valuesAsked()
	for _, n := range l.loops {
		c := l.loopOf.get(n)
		c.values = valuesOf(values[c.Body])
		for _, x := range l.by(n).in {
			c.in = append(c.in, x.shape)
		}
		if made[c.Body] == nil {
			inner, err := l.inner(c.outputs()...)
			if err != nil {
				return err
			}
			made[c.Body] = inner
		}
		c.code = made[c.Body]
	}
	return nil
}

// valuesAsked returns, for the Body of each loop, the values that nodes are, or that are computed
// beside a node.
func (l *lowered) valuesAsked() map[*Body][]int {
	values := map[*Body][]int{}
	for _, n := range l.loops {
		b := l.loopOf.get(n).Body
		for _, m := range l.loops {
			if m == n || l.beside(m, n) {
				values[b] = append(values[b], l.loopOf.get(m).Value)
			}
		}
	}
	return values
}
