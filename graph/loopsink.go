package graph

import (
	"fmt"
	"slices"

	"adjoint/compute"
)

// sink moves what a loop alone reads, and what keeps times apart, into its Body: then a stretch of it is
// in memory, or one time, not all times. So the cotangents of a trajectory, which are often a simple map of
// it, are computed when the adjoint of the loop comes to them.
func (l *lowered) sink() error {
	if len(l.loops) == 0 || l.separate {
		return nil
	}
	shut, err := l.open()
	if err != nil {
		return err
	}
	defer shut()
	by := map[*Node]*Node{}
	for _, group := range l.loopsTogether() {
		s := l.newSinking(group)
		if s == nil || !s.choose() {
			continue
		}
		body, in, err := s.body()
		if err != nil {
			return err
		}
		for _, n := range group {
			loop := l.loopOf.get(n).Loop
			loop.Body = body
			f := Apply(sunk{n.op, n, loop}, in...)
			if f.err != nil {
				return f.err
			}
			by[n] = f
		}
	}
	if len(by) == 0 {
		return nil
	}
	for n, f := range by {
		l.how.at(n).fusion = int32(f.id)
	}
	return l.absorb()
}

// loopsTogether returns the loops, those that are values of one together.
func (l *lowered) loopsTogether() [][]*Node {
	var groups [][]*Node
	for _, n := range l.loops {
		if l.by(n) != n {
			continue
		}
		k := slices.IndexFunc(groups, func(g []*Node) bool {
			return l.loopOf.get(g[0]).valueOf(l.loopOf.get(n).Loop) && slices.Equal(g[0].in, n.in)
		})
		if k < 0 {
			k, groups = len(groups), append(groups, nil)
		}
		groups[k] = append(groups[k], n)
	}
	return groups
}

// A sunk op is a loop that computes some of what the node of reads in its stretches.
type sunk struct {
	Op
	of   *Node
	loop Loop
}

var _ Examplewise = sunk{}

func (op sunk) Kernel() compute.Kernel        { return op.loop.Kernel() }
func (op sunk) Shape(...Shape) (Shape, error) { return op.of.shape, nil }

// Examples are those of the node: what was moved keeps them apart.
func (op sunk) Examples(symbol int, _ ...Shape) Treatment {
	return treatment(symbol, op.of, false)
}

// A sinking is what of the values that a loop reads becomes part of its Body.
type sinking struct {
	*lowered
	loop            Loop
	in              []*Node // of the loop
	times, examples int     // T and N
	readers         map[*Node][]*Node
	within          map[*Node]bool // the loop, and what is moved into it
}

// newSinking returns that of some values of one loop, nil if it reads nothing of all times.
func (l *lowered) newSinking(group []*Node) *sinking {
	s := &sinking{lowered: l, loop: l.loopOf.get(group[0]).Loop, in: group[0].in, within: map[*Node]bool{}}
	for i := range s.loop.Body.in {
		if x := s.outside(i); x != nil {
			d := x.shape.Dims()
			s.times, s.examples = d[len(d)-2], d[len(d)-1]
		}
	}
	if s.times == 0 || s.loop.Times == 0 && !Symbolic(s.times) {
		return nil
	}
	for _, n := range group {
		s.within[n] = true
	}
	s.readers = map[*Node][]*Node{}
	for _, n := range l.live {
		for _, o := range l.reads(n) {
			for ; ; o = o.within() {
				s.readers[o.input] = append(s.readers[o.input], n)
				if o.input == o.n {
					break
				}
			}
		}
	}
	return s
}

// outside returns what input i of the Body is of, if that is read of the times of a stretch; or nil.
func (s *sinking) outside(i int) *Node {
	if !s.loop.timed(i) || i == 1 && s.loop.Ahead {
		return nil
	}
	return s.in[s.loop.place(i)]
}

// choose finds what is moved, the last values first, and reports whether there is some.
func (s *sinking) choose() (some bool) {
	var next []*Node
	for i := range s.loop.Body.in {
		if x := s.outside(i); x != nil {
			next = append(next, x)
		}
	}
	for len(next) > 0 {
		n := slices.MaxFunc(next, func(a, b *Node) int { return a.id - b.id })
		next = slices.DeleteFunc(next, func(x *Node) bool { return x == n })
		if s.sinks(n) {
			s.within[n] = true
			next, some = append(next, n.in...), some || !n.isPart()
		}
	}
	return some
}

// sinks reports whether n may be computed in the loop: if it keeps times apart, nobody else reads it,
// and what it is computed of takes no more memory than it does. In steps, where a kernel is a call for
// each time, it has to be computed of less. A constant may be anywhere.
func (s *sinking) sinks(n *Node) bool {
	shape, timed := s.inside(n.shape)
	if !timed || n.op == nil || slices.Contains(s.roots, n) || mayRefuse(n, n) || !s.keepsApart(n, shape) {
		return false
	}
	steps, read := s.loop.Times == 0, 0
	for i, x := range n.in {
		switch shape, timed := s.inside(x.shape); {
		case steps && !timed && shape.Holds(Batch):
			return false // the loop would take it for one of all times
		case timed && !slices.Contains(n.in[:i], x) && (steps || !s.isThere(x)):
			read += perExample(shape)
		}
	}
	entries := perExample(shape)
	return len(n.in) == 0 || s.alone(n) && (read < entries || read == entries && !steps)
}

// perExample returns how many entries a value of the Body has for one time and one example, where other
// symbols are 1.
func perExample(x Shape) int { return volumeOf(x).count }

// alone reports whether nothing but the loop, with what is moved into it, reads x.
func (s *sinking) alone(x *Node) bool {
	return !slices.ContainsFunc(s.readers[x], func(r *Node) bool { return !s.within[r] })
}

// isThere reports whether x is in memory for all times whatever is moved: an input, an output, or what
// others read or the loop itself.
func (s *sinking) isThere(x *Node) bool {
	for x.isPart() {
		x = x.in[0]
	}
	return x.op == nil || slices.Contains(s.roots, x) || slices.Contains(s.in, x) || !s.alone(x)
}

// moves reports whether x is computed in the loop. A part of what is not stays where that is.
func (s *sinking) moves(x *Node) bool {
	return s.within[x] && (!x.isPart() || s.moves(x.in[0]))
}

// inside returns the shape, at the times of a stretch or at one time, of what has a shape at all times; and
// false if that has none.
func (s *sinking) inside(x Shape) (Shape, bool) {
	d := x.Dims()
	switch k := len(d); {
	case s.loop.Times == 0:
		if k > 1 && d[k-2] == s.times && d[k-1] == s.examples {
			return ShapeOf(append(d[:k-2], Batch)...), true
		}
	case k > 1 && d[k-2] == s.times && d[k-1] == s.examples:
		return ShapeOf(append(d[:k-2], s.loop.Times, Batch)...), true
	case k > 0 && d[k-1] == Times(s.times, s.examples):
		return ShapeOf(append(d[:k-1], Times(s.loop.Times, Batch))...), true
	}
	return x, false
}

// at applies the op of n to what its inputs are in a stretch.
func (s *sinking) at(g *Graph, n *Node, in []*Node) *Node {
	return g.appliedTo(resize(n.op, len(n.in), func(x Shape) Shape { x, _ = s.inside(x); return x }), in)
}

// keepsApart reports whether the op of n, in a stretch, has a value of this shape, in which times and
// examples are apart.
func (s *sinking) keepsApart(n *Node, shape Shape) bool {
	g, in := NewOf(s.g.dtype), make([]*Node, len(n.in))
	for i, x := range n.in {
		x, _ := s.inside(x.shape)
		in[i] = g.Input("x", x.Dims()...)
	}
	y := s.at(g, n, in)
	if y.err != nil || y.shape != shape || y.op == nil {
		return false
	}
	apart := func(symbol int, y *Node) bool {
		return treatment(symbol, y, y.op.Kernel().IsEntrywise()) == Independent
	}
	if s.loop.Times == 0 {
		return len(in) == 0 || apart(s.times, n) && apart(Batch, y)
	}
	return len(in) == 0 || apart(s.loop.Times, y) && apart(Batch, y)
}

// body returns the Body with what is moved in it, and what the loop reads then.
func (s *sinking) body() (b *Body, reads []*Node, err error) {
	g, of := NewOf(s.g.dtype), map[*Node]*Node{}
	g.literal = s.literal
	args := make([]*Node, len(s.loop.Body.in))
	var in []*Node
	input := func(shape Shape, from ...*Node) *Node {
		reads, in = append(reads, from...), append(in, g.Input(fmt.Sprintf("x%d", len(in)), shape.Dims()...))
		return in[len(in)-1]
	}
	for i, x := range s.loop.Body.in {
		switch o := s.outside(i); {
		case o != nil && s.moves(o):
		case i == 1 && s.loop.Ahead:
			args[i] = input(x.shape, s.in[1:3]...)
		default:
			args[i] = input(x.shape, s.in[s.loop.place(i)])
			if shape, _ := s.inside(reads[len(reads)-1].shape); i > 0 && shape == x.shape {
				of[reads[len(reads)-1]] = args[i]
			}
		}
	}
	var value func(n *Node) *Node
	value = func(n *Node) *Node {
		if of[n] == nil && s.moves(n) {
			args := make([]*Node, len(n.in))
			for i, x := range n.in {
				args[i] = value(x)
			}
			of[n] = s.at(g, n, args)
		} else if of[n] == nil {
			shape, _ := s.inside(n.shape)
			of[n] = input(shape, n)
		}
		return of[n]
	}
	for i := range args {
		if args[i] == nil {
			args[i] = value(s.outside(i))
		}
	}
	b, err = NewBody(in, withoutPads(s.loop.Body.At(Batch, args, nil)))
	return b, reads, err
}
