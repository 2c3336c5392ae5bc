package graph

import (
	"gorgonia.org/tensor"
)

// State returns a leaf that moves without a gradient, such as the running mean of a
// normalisation. It starts as a copy of value, a plain row-major tensor of the graph's
// float type, and moves as [Node.Becomes] says. It is no parameter: no rule moves it and
// no penalty acts on it.
func (g *Graph) State(name string, value *tensor.Dense) *Node { return g.tensor(State, name, value) }

// Becomes says how the state s moves in training: to the value of next, of its shape, once
// with each step that is taken. All states, and the parameters that next depends on, have
// their old values in it. Becomes returns s. Where s is no state, next is of another shape or
// it was said before, the error is that of [States].
func (s *Node) Becomes(next *Node) *Node {
	if s.Err() != nil {
		return s
	}
	g := s.g
	switch {
	case next.Err() != nil:
	case s.kind != State:
		next = fail(g, "%s, of the kind %v, cannot move: %w", s.Label(), s.kind, ErrState)
	case next.g != g:
		next = fail(g, "state %s moves: %w", s.Label(), ErrGraph)
	case next.shape != s.shape:
		next = fail(g, "state %s of shape %v moves to a value of shape %v: %w", s.Label(), s.shape, next.shape, ErrShape)
	case s.Update() != nil:
		next = fail(g, "state %s moves in two ways: %w", s.Label(), ErrState)
	}
	g.updates = append(g.updates, update{s, next})
	return s
}

// An update is a state and the value that it moves to.
type update struct{ state, next *Node }

// Update returns the node whose value the state s moves to with each step, or nil if it
// does not move.
func (s *Node) Update() *Node {
	if s.Err() != nil {
		return nil
	}
	for _, m := range s.g.updates {
		if m.state == s {
			return m.next
		}
	}
	return nil
}

// States returns the states that y depends on, in training or in prediction, and those
// that they depend on where they move, oldest first. The error is that of a node, or of
// how a state moves.
func States(y ...*Node) ([]*Node, error) {
	if err := firstError(y); err != nil || len(y) == 0 {
		return nil, err
	}
	for _, m := range y[0].g.updates {
		if err := m.next.Err(); err != nil {
			return nil, err
		}
	}
	var states []*Node
	for known := -1; known < len(states); {
		known = len(states)
		for _, s := range states {
			if next := s.Update(); next != nil {
				y = append(y[:len(y):len(y)], next)
			}
		}
		states = ofKind(State, y)
	}
	return states, nil
}

// Random returns a leaf of numbers that are uniform in [0, 1). Training draws them anew for
// each step; an example has the same ones whichever others are in its batch. In a formula
// that is not trained it is fed, as an input is, and [Phase] keeps it out of prediction.
func (g *Graph) Random(name string, shape ...int) *Node {
	return g.leaf(Random, ShapeOf(shape...), particulars{name: name})
}

// isFed reports whether n has the value that it is fed.
func (n *Node) isFed() bool { return n.kind == Input || n.kind == Random }
