package graph

import "slices"

// A judgement is of values that a kernel reads, by an op that refuses some of them: the op
// of the kernel, or one whose reverse derivative made the node. So a derivative is refused
// what its function is refused, also where nobody asks for the function.
type judgement struct {
	op Validator
	of *Node     // a value of op, by which an error names it
	in []operand // by input of op, none where it looks at the shape only
}

// judge finds what ops have to be asked before a kernel runs. A function that is computed
// itself judges what it reads, so that its derivative need not.
func (l *lowered) judge() error {
	for _, n := range l.live {
		if !l.howOf(n).refuses {
			continue
		}
		by := l.by(n)
		if op, ok := by.op.(Validator); ok {
			l.addJudgement(n, judgement{op, by, l.operands(n)})
		}
		for of := n.reverseOf; of != nil; of = of.reverseOf {
			op, ok := of.op.(Validator)
			if !ok || l.computes(of) {
				continue
			}
			if in := l.readsJudged(n, of, op); in != nil {
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
		l.how.at(j.in[i].n).inOrder = true
	}
}

// readsJudged returns what op judges of the inputs of its value of, if the kernel of n reads all
// of it, as it is, and nobody judges it yet before n is computed; or nil.
func (l *lowered) readsJudged(n, of *Node, op Validator) []operand {
	judged, reads, in := l.judged(n), l.operands(n), make([]operand, len(of.in))
	for _, i := range op.Judges() {
		x := l.g.draft.standIn(of.in[i])
		k := slices.IndexFunc(reads, func(o operand) bool { return o.input == x && o.inOnePiece() })
		if x == nil || k < 0 {
			return nil
		}
		if in[i] = reads[k]; slices.Contains(judged, in[i]) {
			return nil
		}
	}
	return in
}

// mayRefuse reports whether values that the kernel of n reads, by the op of by, may be refused:
// they are judged whole.
func mayRefuse(by, n *Node) bool {
	_, refuses := by.op.(Validator)
	for of := n.reverseOf; of != nil && !refuses; of = of.reverseOf {
		_, refuses = of.op.(Validator)
	}
	return refuses
}

// computes reports whether y, a node of either graph, is computed.
func (l *lowered) computes(y *Node) bool {
	y = l.g.draft.standIn(y)
	return y != nil && l.computed(y)
}

// judged returns that for whose values n may be refused.
func (l *lowered) judged(n *Node) []operand {
	var list []operand
	for _, j := range l.judgements[n] {
		for _, i := range j.op.Judges() {
			list = append(list, j.in[i])
		}
	}
	return list
}
