package graph

import "slices"

// A judgement is of values that a kernel reads, by an op that refuses some of them: the op
// of the kernel, or one whose reverse derivative made the node. So a derivative is refused
// what its function is refused, also where nobody asks for the function.
type judgement struct {
	op Validator
	of *Node   // a value of op, by which an error names it
	in []*Node // by input of op, nil where it looks at the shape only
}

// judge finds what ops have to be asked before a kernel runs. A function that is computed
// itself judges what it reads, so that its derivative need not.
func (l *lowered) judge() error {
	for _, n := range l.live {
		by := l.by(n)
		if op, ok := by.op.(Validator); ok {
			l.addJudgement(n, judgement{op, by, by.in})
		}
		for of := n.reverseOf; of != nil; of = of.reverseOf {
			op, ok := of.op.(Validator)
			if !ok || l.computes(of) {
				continue
			}
			in := make([]*Node, len(of.in))
			for _, i := range op.Judges() {
				in[i] = l.g.copied.copyOf(of.in[i])
			}
			if l.readsJudged(n, op, in) {
				l.addJudgement(n, judgement{op, of, in})
			}
		}
	}
	return nil
}

func (l *lowered) addJudgement(n *Node, j judgement) {
	if len(j.op.Judges()) == 0 {
		return
	}
	if l.judgements == nil {
		l.judgements = map[*Node][]judgement{}
	}
	l.judgements[n] = append(l.judgements[n], j)
	for _, i := range j.op.Judges() {
		*l.inOrder.at(j.in[i]) = true
	}
}

// readsJudged reports whether the kernel of n reads all that op judges among in, as it is,
// and nobody judges it yet before n is computed.
func (l *lowered) readsJudged(n *Node, op Validator, in []*Node) bool {
	judged := l.judged(n)
	for _, i := range op.Judges() {
		x := in[i]
		if x == nil || !slices.Contains(l.reads.get(n), operand{x, x}) || slices.Contains(judged, x) {
			return false
		}
	}
	return true
}

// computes reports whether y, a node of either graph, is computed.
func (l *lowered) computes(y *Node) bool {
	y = l.g.copied.copyOf(y)
	return y != nil && l.reads.get(y) != nil
}

// judged returns the nodes for whose values n may be refused.
func (l *lowered) judged(n *Node) []*Node {
	var nodes []*Node
	for _, j := range l.judgements[n] {
		for _, i := range j.op.Judges() {
			nodes = append(nodes, j.in[i])
		}
	}
	return nodes
}
