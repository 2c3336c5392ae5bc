package importer

import (
	"slices"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"

	"gorgonia.org/tensor"
)

// A spelling is the op that a node and those before it are, and its inputs, which have the names of values.
type spelling struct {
	in []*graph.Node
	y  *graph.Node
}

// spell finds the ops of a file that are several nodes. Those that nothing else needs are late: they are read
// when something asks for them.
func (r *reader) spell(g *proto.Graph) {
	if r.Spelled == nil {
		return
	}
	for i := range g.Nodes {
		if n := &g.Nodes[i]; n.Doc != "" {
			if in, y := r.Spelled(n); y != nil && y.Graph().Dtype() == r.g.Dtype() {
				r.spellings[n] = spelling{in, y}
			}
		}
	}
	if len(r.spellings) == 0 {
		return
	}
	some, needed := map[proto.Name]bool{}, map[proto.Name]bool{} // by what is in the file, and by what is read
	for _, out := range g.Outputs {
		some[out.Name], needed[out.Name] = true, true
	}
	for i := range slices.Backward(g.Nodes) {
		n := &g.Nodes[i]
		if !makes(n, some) {
			continue
		}
		n.Reads(func(x proto.Name) { some[x] = true })
		switch whole, ok := r.spellings[n]; {
		case !makes(n, needed):
			for _, name := range n.Out {
				if name != "" {
					r.late[name] = n
				}
			}
		case ok:
			for _, x := range whole.in {
				needed[proto.Name(x.Name())] = true
			}
		default:
			n.Reads(func(x proto.Name) { needed[x] = true })
		}
	}
}

// isLate reports whether a node is read only if something asks for it.
func (r *reader) isLate(n *proto.Node) bool {
	return slices.ContainsFunc(n.Out, func(name proto.Name) bool { return r.late[name] == n })
}

// value returns what a name is in a scope, nil if no node before has computed it. What is late is read now.
func (r *reader) value(name proto.Name, s *scope) (*Value, error) {
	n := r.late[name]
	if v := s.find(name); v != nil || n == nil || s.outermost() != r.top {
		return v, nil
	}
	for _, name := range n.Out {
		delete(r.late, name)
	}
	if err := r.apply(n, r.top, nil); err != nil {
		return nil, err
	}
	return r.top.values[name], nil
}

// spelled returns the value of the op that a node and those before it are, nil if that is not known.
func (r *reader) spelled(n *proto.Node, s *scope) *Value {
	whole, ok := r.spellings[n]
	if !ok {
		return nil
	}
	of := map[*graph.Node]*graph.Node{}
	for _, x := range whole.in {
		v, err := r.value(proto.Name(x.Name()), s)
		if err != nil || v == nil || v.Shape != x.Shape() || !v.Type.Float() {
			return nil
		}
		if of[x], err = r.asInFile(v); err != nil {
			return nil
		}
	}
	made := r.rebuilt(whole.y, of)
	if made.Err() != nil {
		return nil
	}
	if r.g.Dtype() == tensor.Float32 {
		return valueOf(proto.Float32, asInFile, made)
	}
	return valueOf(proto.Float64, asInFile, made)
}

// asInFile is node for a value that may be refused.
func (r *reader) asInFile(v *Value) (n *graph.Node, err error) {
	defer refused(&err)
	return r.node(v, asInFile), nil
}

// rebuilt is y with its inputs replaced.
func (r *reader) rebuilt(y *graph.Node, of map[*graph.Node]*graph.Node) *graph.Node {
	if n := of[y]; n != nil {
		return n
	}
	in := y.Inputs()
	for i, x := range in {
		in[i] = r.rebuilt(x, of)
	}
	of[y] = r.g.Restore(y.Op(), in...)
	return of[y]
}
