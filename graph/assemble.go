package graph

import (
	"cmp"
	"slices"

	"adjoint/compute"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// A sum of values among zeros, as the reverse of slices of one value gives, is computed at
// once: what would be zero is written once, and the rest copied to its place.

// Fuse makes one op of a sum of values that are their inputs among zeros, and of one other at
// most.
func (add) Fuse(y *Node, alone func(x *Node) bool) *Node {
	var in []*Node
	var ops []Op
	pads := 0
	var collect func(y *Node)
	collect = func(y *Node) {
		for _, x := range y.in {
			switch {
			case isPad(x):
				in, ops, pads = append(in, x.in[0]), append(ops, x.op), pads+1
			case x.op == (add{}) && alone(x) && slices.ContainsFunc(x.in, isPad):
				collect(x)
			default:
				in, ops = append(in, x), append(ops, nil)
			}
		}
	}
	if !slices.ContainsFunc(y.in, isPad) {
		return nil
	}
	if collect(y); len(in)-pads > 1 || !sameAxis(ops) {
		return nil
	}
	return Apply(assembled{y.shape, &ops}, in...)
}

// isPad reports whether a value is its input among zeros.
func isPad(x *Node) bool {
	if x.op == nil || len(x.in) != 1 || x.shape == x.in[0].shape {
		return false
	}
	_, _, ok := x.op.Kernel().Pad()
	return ok
}

// sameAxis reports whether the zeros are along one axis.
func sameAxis(pads []Op) bool {
	axis := -1
	for _, op := range pads {
		if op == nil {
			continue
		}
		a, _, _ := op.Kernel().Pad()
		if axis >= 0 && a != axis {
			return false
		}
		axis = a
	}
	return true
}

// assembled is the sum of its inputs, each put among zeros by an op, or, where that is nil, as
// it is.
type assembled struct {
	shape Shape
	pads  *[]Op
}

func (assembled) String() string                   { return "Σpad" }
func (op assembled) Shape(...Shape) (Shape, error) { return op.shape, nil }

// Expand is the definition.
func (op assembled) Expand(x ...*Node) *Node {
	var sum *Node
	for i, x := range x {
		if pad := (*op.pads)[i]; pad != nil {
			x = Apply(pad, x)
		}
		sum = plus(sum, x)
	}
	return sum
}

func (op assembled) Reverse(y, ζ *Node) []*Node { return Through(op, y, ζ) }

// Examples are apart if they are in each term.
func (op assembled) Examples(symbol int, x ...Shape) Treatment {
	for i, x := range x {
		if pad, ok := (*op.pads)[i].(Examplewise); ok && pad.Examples(symbol, x) != Independent {
			return Mixed
		}
	}
	return Independent
}

func (op assembled) Kernel() compute.Kernel {
	return compute.Bound(op, assemble[float32], assemble[float64])
}

// A piece is where an input is added, in rows that are apart entries apart.
type piece[T compute.Float] struct {
	in        []T
	from, run int
	adds      bool // to what is there; else it is all that is
}

// assemble writes the pieces and the zeros between them, if no two meet. If one is the whole it
// comes first, else zeros do, and the others are added.
func assemble[T compute.Float](op assembled, y *tensor.Dense, x ...*tensor.Dense) func() {
	out, dims := compute.Data[T](y), y.Shape()
	axis, after := 0, 1
	for _, pad := range *op.pads {
		if pad != nil {
			axis, _, _ = pad.Kernel().Pad()
		}
	}
	for _, d := range dims[axis+1:] {
		after *= d
	}
	apart := dims[axis] * after
	pieces := make([]piece[T], len(x))
	for i, x := range x {
		pieces[i] = piece[T]{in: compute.Data[T](x), run: x.Shape()[axis] * after}
		if pad := (*op.pads)[i]; pad != nil {
			_, start, _ := pad.Kernel().Pad()
			pieces[i].from = start(dims[axis]) * after
		}
	}
	slices.SortStableFunc(pieces, func(a, b piece[T]) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.run, a.run)) })
	end, meet := 0, false
	var zeros []piece[T]
	for i, p := range pieces {
		if meet = meet || i > 0 && p.from < end; p.from > end {
			zeros = append(zeros, piece[T]{from: end, run: p.from - end})
		}
		end = max(end, p.from+p.run)
	}
	if end < apart {
		zeros = append(zeros, piece[T]{from: end, run: apart - end})
	}
	if meet && pieces[0].run < apart {
		zeros = []piece[T]{{run: apart}}
	}
	for i := range pieces {
		pieces[i].adds = meet && (i > 0 || pieces[0].run < apart)
	}
	return func() {
		for at := 0; at < len(out); at += apart {
			for _, z := range zeros {
				clear(out[at+z.from:][:z.run])
			}
		}
		for _, p := range pieces {
			for at, in := p.from, p.in; len(in) > 0; at, in = at+apart, in[p.run:] {
				to := out[at : at+p.run]
				if p.adds {
					kernel.Add(to, to, in[:p.run])
				} else {
					copy(to, in)
				}
			}
		}
	}
}
