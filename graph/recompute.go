package graph

import (
	"fmt"
	"slices"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

func init() {
	Register("Held", Any, func(*Args) Op { return held{} })
	Register("Recomputed", Any, func(a *Args) Op { return recomputed{k: a.Int()} })
}

// Recompute is f(x…), of which nothing but the value is kept for its derivative: r computes what
// f does again, from x, when the cotangent is known. It takes f's time once more and saves the
// memory of what lies between, which is that of several layers or of a stretch of a sequence. f may
// use other nodes of the graph, such as weights. A step of a loop whose value it is keeps the states
// only.
//
//	y = f(x)     dy(ξ) = df_x(ξ)     ry(ζ) = rf_x(ζ)
//
// Derivatives look for forms that keep their accuracy on either side of y and of x, but not across
// them; values look everywhere.
//
// Source: Griewank and Walther, Algorithm 799: Revolve, 2000; for networks, Chen et al. 2016.
func Recompute(f func(x ...*Node) *Node, x ...*Node) *Node {
	if len(x) == 0 {
		return f()
	}
	inside := make([]*Node, len(x))
	for i, n := range x {
		inside[i] = Apply(held{}, n)
	}
	y := f(inside...)
	if err := firstError(append(slices.Clone(inside), y)); err != nil {
		return failed(y.Graph(), err)
	}
	y, others := holdOthers(y, inside)
	return Apply(recomputed{k: len(x)}, slices.Concat([]*Node{y}, inside, others)...)
}

// holdOthers returns y with all that it is computed from beside x, and from what x does not
// influence, held; and those nodes.
func holdOthers(y *Node, x []*Node) (*Node, []*Node) {
	var depends perNode[bool]
	sub := map[*Node]*Node{}
	var others []*Node
	for _, n := range cone([]*Node{y}, func(n *Node) bool { return slices.Contains(x, n) }) {
		for _, in := range n.in {
			*depends.at(n) = *depends.at(n) || *depends.at(in) || slices.Contains(x, in)
		}
		for _, in := range n.in {
			_, constant := ConstOf(in)
			if !*depends.at(n) || *depends.at(in) || slices.Contains(x, in) || sub[in] != nil || constant || in.kind == Const || in.kind == Examples {
				continue
			}
			sub[in] = in
			if in.op != nil { // no form looks past a leaf
				sub[in] = Apply(held{}, in)
			}
			others = append(others, sub[in])
		}
	}
	return substitute([]*Node{y}, 0, sub)[0], others
}

// shown is n, or the input that it is but for derivatives.
func (n *Node) shown() *Node {
	switch n.op.(type) {
	case recomputed:
		return n.in[0]
	case held:
		if len(n.in) == 1 {
			return n.in[0]
		}
	}
	return n
}

// kept is n as it was before Recompute: what it is but for derivatives.
func (n *Node) kept() *Node {
	of := map[*Node]*Node{}
	for _, m := range cone([]*Node{n}, nil) {
		of[m] = m.with(func(x *Node) *Node { return of[x] }).shown()
	}
	return of[n]
}

// recomputed is (y, x…, others…) ↦ y, where y is computed of the first k nodes x and of others. It is
// a function of these, not of y.
type recomputed struct {
	first
	k int
}

var (
	_ Differentialer = recomputed{}
	_ Describer      = recomputed{}
	_ Differentialer = held{}
	_ Describer      = held{}
)

func (recomputed) String() string { return "again" }

func (op recomputed) Describe() Description { return Description{"Recomputed", []any{op.k}} }

func (op recomputed) Shape(x ...Shape) (Shape, error) {
	if op.k < 1 || op.k >= len(x) {
		return Shape{}, fmt.Errorf("%w: a value and %d inputs that it is computed from again, of %d", ErrShape, op.k, len(x))
	}
	return x[0], nil
}

func (op recomputed) Differential(y *Node, ξ ...*Node) *Node {
	f := op.apart(y)
	return f.at(y.in[1:], push([]*Node{f.y}, f.args, ξ[1:]))[0]
}

func (op recomputed) Reverse(y, ζ *Node) []*Node {
	f, at := op.apart(y), slices.Clone(y.in[1:])
	for i, x := range at[:op.k] {
		at[i] = Apply(held{}, x, ζ) // a node of its own, later than ζ: what is computed of it is computed anew
	}
	return append([]*Node{nil}, f.at(at, pull(f.y, ζ, f.args))...)
}

// An independent map is a node as a function of stand-ins.
type independent struct {
	y    *Node
	args []*Node
}

// apart returns what y is computed from, where that is independent: see Through.
func (op recomputed) apart(y *Node) independent {
	args, sub := make([]*Node, len(y.in)-1), map[*Node]*Node{}
	for i, x := range y.in[1:] {
		args[i] = y.g.standIn(x.Label(), x.shape)
		sub[x] = args[i]
	}
	return independent{substitute(y.in[:1], 0, sub)[0], args}
}

// at returns nodes that are computed of the arguments with others in their place.
func (f independent) at(x, nodes []*Node) []*Node {
	sub := map[*Node]*Node{}
	for i, arg := range f.args {
		sub[arg] = x[i]
	}
	return substitute(nodes, f.args[0].id, sub)
}

// held is (x, others…) ↦ x: a node of its own, which no form looks past and which is not computed
// before the others.
//
//	d(ξ) = ξ     r(ζ) = ζ
type held struct{ first }

func (held) String() string                         { return "held" }
func (held) Shape(x ...Shape) (Shape, error)        { return x[0], nil }
func (held) Describe() Description                  { return Description{Name: "Held"} }
func (held) Differential(_ *Node, ξ ...*Node) *Node { return ξ[0] }
func (held) Reverse(y, ζ *Node) []*Node {
	r := make([]*Node, len(y.in))
	r[0] = ζ
	return r
}

// first has what ops whose value is their first input have in common.
type first struct{}

func (first) Kernel() compute.Kernel { return compute.Loop(firstOf[float32], firstOf[float64]) }

func firstOf[T compute.Float](y *tensor.Dense, x ...*tensor.Dense) {
	copy(compute.Data[T](y), compute.Data[T](x[0]))
}

func (first) Examples(symbol int, x ...Shape) Treatment {
	if x[0].Holds(symbol) {
		return Independent
	}
	return Mixed
}
