package optim

import (
	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// states are what moves without a gradient, see graph.Node.Becomes: those that move, and
// where to. The values are those of the last evaluation.
type states struct {
	nodes  []*graph.Node // also those that do not move
	moving []*graph.Node
	next   []*graph.Node
	values []*tensor.Dense
}

// statesOf returns the states that j depends on.
func statesOf(j *graph.Node) (s states, err error) {
	if s.nodes, err = graph.States(j); err != nil {
		return s, err
	}
	for _, n := range s.nodes {
		if next := n.Update(); next != nil {
			s.moving, s.next = append(s.moving, n), append(s.next, next)
		}
	}
	return s, nil
}

// nextOf returns the nodes at the end of an evaluation that say where states move.
func (o *Objective) nextOf(which evaluation) []*graph.Node {
	if which == ofLoss {
		return nil
	}
	return o.states.next
}

// finite reports whether no state would move to NaN or infinity.
func (s *states) finite() bool {
	for _, v := range s.values {
		if !isFinite(sumOf(v)) {
			return false
		}
	}
	return true
}

// move moves the states to the values. Each is a copy if it is the tensor of a state.
func (s *states) move() {
	for i, n := range s.moving {
		compute.Copy(n.Value(), s.values[i])
	}
}
