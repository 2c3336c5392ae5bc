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

// sumOfPads makes one op of a sum of values that are their inputs among zeros, and of one other at
// most; or returns nil.
func sumOfPads(y *Node, alone func(x *Node) bool) *Node {
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

var (
	_ Expander    = assembled{}
	_ Examplewise = assembled{}
)

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

// axis is that of the zeros.
func (op assembled) axis() int {
	i := slices.IndexFunc(*op.pads, func(pad Op) bool { return pad != nil })
	axis, _, _ := (*op.pads)[i].Kernel().Pad()
	return axis
}

func (op assembled) Kernel() compute.Kernel {
	k := compute.Bound(op, assemble[float32], assemble[float64])
	if op.axis() < op.shape.Rank()-1 {
		k = k.AsPlaced()
	}
	return k
}

// A piece is an input, or nil for zeros, and the entries of a sum where it comes.
type piece[T compute.Float] struct {
	in        []T
	from, run int  // among those of a row of the axis and what is after it
	adds      bool // to what is there; else it is all that is
	at        int  // where it begins in memory
	lies      kernel.Pieces
}

// assemble writes the pieces and the zeros between them, if no two meet. If one is the whole it
// comes first, else zeros do, and the others are added.
func assemble[T compute.Float](op assembled, y *tensor.Dense, x ...*tensor.Dense) func() {
	out, dims, axis, after := compute.Data[T](y), y.Shape(), op.axis(), 1
	for _, d := range dims[axis+1:] {
		after *= d
	}
	whole := dims[axis] * after
	var pieces []piece[T]
	for i, x := range x {
		p := piece[T]{in: compute.Data[T](x), run: x.Shape()[axis] * after}
		if pad := (*op.pads)[i]; pad != nil {
			_, start, _ := pad.Kernel().Pad()
			p.from = start(dims[axis]) * after
		}
		pieces = append(pieces, p)
	}
	pieces = withZeros(pieces, whole)
	together, apart := whole, whole // entries in one piece of y, and from one of these to the next
	if last := len(dims) - 1; axis < last && y.Strides()[last-1] > dims[last] {
		together, apart = dims[last], y.Strides()[last-1]
	}
	for i := range pieces {
		p := &pieces[i]
		n := min(together, p.run)
		p.at = p.from/together*apart + p.from%together
		p.lies = kernel.Pieces{Rows: dims.TotalSize() / whole, Row: p.run, ToRow: whole / together * apart, Parts: p.run / n, Part: n, ToPart: apart, Len: n}
	}
	return func() {
		for i := range pieces {
			pieces[i].write(out)
		}
	}
}

// withZeros adds pieces of zeros, of so many entries that a row has, and puts all in order.
func withZeros[T compute.Float](pieces []piece[T], whole int) []piece[T] {
	slices.SortStableFunc(pieces, func(a, b piece[T]) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.run, a.run)) })
	end, meet := 0, false
	var zeros []piece[T]
	for i, p := range pieces {
		if meet = meet || i > 0 && p.from < end; p.from > end {
			zeros = append(zeros, piece[T]{from: end, run: p.from - end})
		}
		end = max(end, p.from+p.run)
	}
	if end < whole {
		zeros = append(zeros, piece[T]{from: end, run: whole - end})
	}
	if meet && pieces[0].run < whole {
		zeros = []piece[T]{{run: whole}}
	}
	for i := range pieces {
		pieces[i].adds = meet && (i > 0 || pieces[0].run < whole)
	}
	return append(zeros, pieces...)
}

// write writes a piece to its place, or adds it to what is there.
func (p *piece[T]) write(out []T) {
	if p.in != nil && !p.adds {
		kernel.CopyPieces(out, p.at, p.in, 0, p.lies)
		return
	}
	for row := range p.lies.Rows {
		for part := range p.lies.Parts {
			to := out[p.at+row*p.lies.ToRow+part*p.lies.ToPart:][:p.lies.Len]
			if p.in == nil {
				clear(to)
			} else {
				kernel.Add(to, to, p.in[row*p.lies.Row+part*p.lies.Part:][:p.lies.Len])
			}
		}
	}
}
