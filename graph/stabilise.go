package graph

import (
	"cmp"
	"iter"
	"slices"
)

// Stabilising rewrites a formula so that it keeps its accuracy, before VJP, JVP
// and Compile work on it. The literal log(σ(z)), or L(σ(z), y), is infinite or
// NaN as soon as σ(z) rounds to 0 or 1; as a function of z it is neither, and
// neither is any of its derivatives. Which forms are better is for the ops to
// say (Stabler); this pass knows none. It leaves nothing behind in the graph but
// the nodes that it makes, so that the stable form of a formula depends on nothing
// but the formula.

// StableForm returns the node by which Compile computes y: a formula in which the forms
// that lose accuracy are replaced by those that the ops know, or y itself.
func StableForm(y *Node) *Node {
	if y.Err() != nil || y.g.literal {
		return y
	}
	forms, _ := stabilise(slices.Values(Cone(y)), []*Node{y})
	return forms[0]
}

// stabilise returns the nodes that compute those of y, of which these are the cone, in the
// stable form, a node itself if nothing is to be gained, and the order in which they are
// best computed, nil for that of the graph: what was made in the place of a node comes where that does.
func stabilise(cone iter.Seq[*Node], y []*Node) (forms []*Node, order func(a, b *Node) int) {
	s := stabiliser{all: true}
	if s.visit(cone); s.forms == nil {
		return y, nil
	}
	return s.formsOf(y), func(a, b *Node) int { return cmp.Or(s.placeOf(a)-s.placeOf(b), a.id-b.id) }
}

// stableIn is stabilise of y as a function of roots, which leaves alone what does not
// depend on them. The barriers, roots that are values of ops, are taken for leaves:
// no form looks past them, and where one computes the same anew it has a node of its own.
func stableIn(roots, barriers, y []*Node) []*Node {
	s := stabiliser{low: y[0].g.Len()}
	for _, x := range roots {
		s.low = min(s.low, x.id)
	}
	for _, x := range roots {
		s.at(x).moves = true
	}
	for _, x := range barriers {
		s.at(x).known = true
	}
	g := y[0].g
	before := g.held
	g.held = slices.Concat(before, barriers)
	s.visit(g.those(g.needed(y, s.low, s.known), s.low))
	forms := s.formsOf(y)
	g.held = before
	return forms
}

// A stabiliser remembers the stable forms of the nodes that it has visited. It rewrites
// those that move: all of them, or those that depend on certain roots.
type stabiliser struct {
	all   bool
	low   int     // nodes with a smaller id do not move
	seen  []visit // by id − low
	forms []form  // by id − low; nil while every node is its own form, in its own place
	place int     // id of the node that is being visited, or made anew
	depth int     // of forms of forms
}

// A visit says of a node whether its form is known, and whether it moves.
type visit struct{ known, moves bool }

// A form is the node that computes a node, and the id of the node in whose place it was visited
// first. The zero form is the node itself, in its own place.
type form struct {
	n     *Node
	place int32
}

// at returns what is known of n, a node with an id of at least low.
func (s *stabiliser) at(n *Node) *visit {
	if n.id-s.low >= len(s.seen) {
		s.seen = reaching(s.seen, n, s.low)
	}
	return &s.seen[n.id-s.low]
}

// reaching returns a table by id − low with a place for n, and some for nodes that come.
func reaching[T any](table []T, n *Node, low int) []T {
	size := n.g.here().Len() - low
	return slices.Grow(table, size+size/8-len(table))[:size]
}

// known reports whether the form of n is.
func (s *stabiliser) known(n *Node) bool { return n.id < s.low || s.at(n).known }

// formOf returns the form of n, which is n itself where that does not move.
func (s *stabiliser) formOf(n *Node) *Node {
	if i := n.id - s.low; i >= 0 && i < len(s.forms) && s.forms[i].n != nil {
		return s.forms[i].n
	}
	return n
}

// placeOf returns the id of the node in whose place n was visited.
func (s *stabiliser) placeOf(n *Node) int {
	if i := n.id - s.low; i < len(s.forms) && s.forms[i].n != nil {
		return int(s.forms[i].place)
	}
	return n.id
}

// find returns the forms of y, and finds them first.
func (s *stabiliser) find(y []*Node) []*Node {
	s.visit(slices.Values(cone(y, s.known)))
	return s.formsOf(y)
}

// formsOf returns the forms of nodes that were visited.
func (s *stabiliser) formsOf(y []*Node) []*Node {
	forms := make([]*Node, len(y))
	for i, n := range y {
		forms[i] = s.formOf(n)
	}
	return forms
}

// visit finds the forms of nodes, inputs first.
func (s *stabiliser) visit(nodes iter.Seq[*Node]) {
	for n := range nodes {
		if s.depth == 0 {
			s.place = n.id
		}
		m, moves := n, s.moves(n)
		if moves {
			if s.forms != nil {
				m = n.with(s.formOf)
			}
			if m = s.rewrite(m); m != n {
				s.know(m, m, true)
			}
		}
		s.know(n, m, moves)
	}
}

// rewrite returns the form of a node whose inputs are in stable form.
func (s *stabiliser) rewrite(m *Node) *Node {
	op, ok := m.op.(Stabler)
	if !ok || m.err != nil {
		return m
	}
	g := m.g.here()
	before := g.Len()
	better := op.Stable(m)
	if better == nil {
		return m
	}
	better.replaces(m, before)
	for made := range g.from(before, g.Len()) {
		if made.reverseOf == nil && made.original() == made {
			made.reverseOf = m.reverseOf
		}
	}
	s.depth++
	defer func() { s.depth-- }()
	return s.find([]*Node{better})[0]
}

// know remembers m as the form of n, in the place where n was visited first.
func (s *stabiliser) know(n, m *Node, moves bool) {
	if n.id < s.low {
		return
	}
	at := s.at(n)
	if at.known {
		return
	}
	*at = visit{true, moves}
	if m != n || n.id != s.place {
		if n.id-s.low >= len(s.forms) {
			s.forms = reaching(s.forms, n, s.low)
		}
		s.forms[n.id-s.low] = form{m, int32(s.place)}
	}
}

// moves reports whether n is a root or depends on one.
func (s *stabiliser) moves(n *Node) bool {
	return s.all || s.at(n).moves || slices.ContainsFunc(n.in, func(x *Node) bool { return x.id >= s.low && s.at(x).moves })
}

// eachForm calls f for the ways of reading y as a function of wrt, with the positions
// in wrt of the nodes concerned. Most are read in the stable form of y, those together.
// A value of an op that this form goes past, as the a of L(a, y), or computes otherwise,
// is read by itself, in the stable form of y as a function of it.
func eachForm(y, wrt []*Node, f func(y, wrt []*Node, at []int)) {
	common, values := y, []*Node(nil)
	if !y[0].g.literal {
		common = stableIn(wrt, nil, y)
		for _, x := range wrt {
			if x.op != nil {
				values = append(values, x)
			}
		}
	}
	alike := len(values) == 0 || slices.Equal(stableIn(wrt, values, y), common)
	together, at := make([]*Node, 0, len(wrt)), make([]int, 0, len(wrt))
	for i, x := range wrt {
		if !alike && x.op != nil {
			if own := stableIn(wrt, []*Node{x}, y); !slices.Equal(own, common) {
				f(own, []*Node{x}, []int{i})
				continue
			}
		}
		together, at = append(together, x), append(at, i)
	}
	if len(together) > 0 {
		f(common, together, at)
	}
}
