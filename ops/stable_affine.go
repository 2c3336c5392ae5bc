package ops

import (
	"math"

	"adjoint/graph"
)

// A complementer is an op F for which 1−F(x) is known in a better form: oneMinus
// returns that for y = F(x), or nil.
type complementer interface {
	graph.Op
	oneMinus(y *Node) *Node
}

// affineForm returns αz+β in a form that keeps its accuracy, or nil: multiples of 1−y
// for a complementer, and of 1±tanh(u) = 2σ(±2u). Half of the latter is σ itself.
func affineForm(z *Node, α, β float64) *Node {
	y, slope, intercept := affineOf(z)
	α, β = α*slope, α*intercept+β
	if α == 1 && β == 0 {
		return y
	}
	if β == 0 || math.Abs(α) != math.Abs(β) {
		return nil
	}
	if m, _ := y.Op().(member); m.Family == (tanh{}) {
		return Scale(2*β, Sigmoid(scaled(2*α/β, y.In(0))))
	}
	switch op := y.Op().(type) {
	case mover:
		if f := affineForm(y.In(0), α, β); f != nil {
			return moved(op, f, y)
		}
	case complementer:
		if c := op.oneMinus(y); c != nil && α == -β {
			return Scale(β, c)
		}
	}
	return nil
}

// moved returns the node that moves x as y moves its own input.
func moved(op mover, x, y *Node) *Node {
	return graph.Apply(op, append([]*Node{x}, y.Inputs()[1:]...)...)
}

// oneMinusSquare is 1 − t² = tanh'(z) where t is tanh(z).
func oneMinusSquare(t *Node) *Node {
	if m, _ := t.Op().(member); m.Family == (tanh{}) {
		return Entrywise(tanhPrime{}, t.In(0))
	}
	return nil
}
