package graph

import "adjoint/compute"

// Traits are what the compiler asks of a kernel.
type traits struct {
	entrywise, strided, takes bool // as those of package compute are
	loops                     bool // it is a loop that the compiler can read
	pairs                     bool // it may compute another value beside its own
	view                      bool // of its only input, with axes in another order
	part                      bool // the value lies in its only input in one piece
	rows                      bool // not in one piece, but its rows do, and have entries enough to be read there
}

// traits returns those of the kernel of an op. Whoever asks first finds them: goroutines that ask at once
// find the same.
func (s *signature) traits() *traits {
	if t := s.asked.Load(); t != nil {
		return t
	}
	t := traitsOf(s)
	s.asked.Store(t)
	return t
}

func traitsOf(s *signature) *traits {
	k := s.op.Kernel()
	_, loops := k.Loop().(Loop)
	_, pairs := s.op.(Pairer)
	t := &traits{entrywise: k.IsEntrywise(), strided: k.IsStrided(), takes: k.Takes(), loops: loops, pairs: pairs || loops}
	if len(s.of) == 1 {
		t.view, t.part = k.Axes() != nil, liesIn(k, s.of[0])
		t.rows = k.HasRows() && !t.part && s.shape != s.of[0] && s.shape.wide()
	}
	return t
}

// liesIn reports whether the value of a kernel lies in an input of this shape in one piece.
func liesIn(k compute.Kernel, in Shape) bool {
	if !k.HasPart() {
		return false
	}
	_, part := k.Part(in.dims(&few{}))
	return part
}
