package graph

import "slices"

// Through is the reverse derivative of an op by way of its definition: it
// expands op, applies VJP, and is meant for the Reverse of an Expander:
//
//	func (op) Reverse(y, ζ *Node) []*Node { return graph.Through(op, y, ζ) }
//
// Inside a rule the inputs of an op are independent, even where one depends on
// another or is given twice. So op is expanded at stand-ins for its inputs, and
// the inputs then take their places.
func Through(op Expander, y, ζ *Node) []*Node {
	def, args, sub := standsFor(op, y)
	if err := checkVJP(def, ζ, args); err != nil {
		return failedAll(y, err, len(args))
	}
	return substitute(pull(def, ζ, args), args[0].id, sub)
}

// ThroughForward is the differential of an op by way of its definition, and is meant for the
// Differential of an Expander. See Through.
func ThroughForward(op Expander, y *Node, ξ ...*Node) *Node {
	def, args, sub := standsFor(op, y)
	if err := def.Err(); err != nil {
		return failed(y.g, err)
	}
	var wrt, tangents []*Node
	for i, ξ := range ξ {
		if ξ != nil {
			wrt, tangents = append(wrt, args[i]), append(tangents, ξ)
		}
	}
	return substitute(push([]*Node{def}, wrt, tangents), args[0].id, sub)[0]
}

// standsFor returns the definition of y at stand-ins for its inputs, and what these stand for.
func standsFor(op Expander, y *Node) (def *Node, args []*Node, sub map[*Node]*Node) {
	args, sub = make([]*Node, len(y.in)), map[*Node]*Node{}
	for i, x := range y.in {
		args[i] = y.g.standIn(x.Label(), x.shape)
		sub[args[i]] = x
	}
	return op.Expand(args...), args, sub
}

// substitute rebuilds nodes with other nodes in place of some of those they are
// computed from. Only nodes with an id of at least low can depend on those.
func substitute(nodes []*Node, low int, sub map[*Node]*Node) []*Node {
	var made []*Node
	for _, n := range nodes {
		if n != nil {
			made = append(made, n)
		}
	}
	for _, n := range cone(made, func(n *Node) bool { return n.id < low || sub[n] != nil }) {
		sub[n] = n.with(func(x *Node) *Node {
			if s := sub[x]; s != nil {
				return s
			}
			return x
		})
	}
	result := make([]*Node, len(nodes))
	for i, n := range nodes {
		if result[i] = n; n != nil && sub[n] != nil {
			result[i] = sub[n]
		}
	}
	return result
}

// with returns n with other inputs: n itself if they are the same.
func (n *Node) with(replace func(*Node) *Node) *Node {
	if n.op == nil || len(n.in) == 0 {
		return n
	}
	if !slices.ContainsFunc(n.in, func(x *Node) bool { return replace(x) != x }) {
		return n
	}
	in := make([]*Node, len(n.in))
	for i, x := range n.in {
		in[i] = replace(x)
	}
	before := n.g.here().Len()
	return Apply(n.op, in...).replaces(n, before)
}

// replaces gives m the name and the origin of n, whose place it takes, if it is new: the
// graph had fewer nodes before. It returns m.
func (m *Node) replaces(n *Node, before int) *Node {
	if m.id >= before && m.original() == m {
		m.particulars, m.reverseOf = n.particulars, n.reverseOf
	}
	return m
}
