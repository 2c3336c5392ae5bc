package onnx

import (
	"slices"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
)

// shaped are the rules of products of matrices, of ops that move entries, and of
// constants.
var shaped = map[string]rule{
	"MatMul":      matMul,
	"Bias":        native("Add"),
	"Einsum":      func(c *call) value { return c.node("Einsum", c.x, attribute("equation", c.args[0].(string))) },
	"Transpose":   func(c *call) value { return c.node("Transpose", c.x, attribute("perm", c.axes())) },
	"Reshape":     func(c *call) value { return c.do("Reshape", c.x[0], c.newShape()) },
	"BroadcastTo": func(c *call) value { return c.do("Expand", c.x[0], c.shape(c.n.Shape())) },
	"Concat":      func(c *call) value { return c.node("Concat", c.x, attribute("axis", int64(c.int(0)))) },
	"Slice": func(c *call) value {
		axis, from, to := c.int(0), c.int(1), c.int(2)
		end := c.integers(to)
		if from >= 0 {
			end = c.size(to)
		}
		return c.do("Slice", c.x[0], c.integers(from), end, c.integers(axis))
	},
	"Pad": pad,
	"Gather": func(c *call) value {
		return c.node("Gather", []value{c.x[0], c.cast(c.x[1], proto.Int64)}, attribute("axis", int64(c.int(0))))
	},
	"ScatterAdd": scatterAdd,
	"GatherAlong": func(c *call) value {
		return c.node("GatherElements", []value{c.x[0], c.cast(c.x[1], proto.Int64)}, attribute("axis", int64(c.int(0))))
	},
	"ScatterAlong": func(c *call) value {
		in := []value{c.filled(0, c.n.Shape()), c.cast(c.x[1], proto.Int64), c.x[0]}
		return c.node("ScatterElements", in, attribute("axis", int64(c.int(0))), attribute("reduction", "add"))
	},
	"Range": func(c *call) value {
		to := c.do("Squeeze", c.size(c.int(0)))
		return c.sum(c.x[0], c.cast(c.do("Range", c.integer(0), to, c.integer(1)), c.element))
	},
	"CumSum": func(c *call) value {
		in := []value{c.x[0], c.integer(c.int(0))}
		return c.node("CumSum", in, attribute("exclusive", int64(c.int(1))), attribute("reverse", int64(c.int(2))))
	},
	"TopIndices": topIndices,
	"OneHot": func(c *call) value {
		classes := c.int(0)
		numbers := make([]float64, classes)
		for i := range numbers {
			numbers[i] = float64(i)
		}
		return c.cast(c.do("Equal", c.x[0], c.array([]int{classes, 1}, numbers)), c.element)
	},
	"Held":       func(c *call) value { return c.do("Identity", c.x[0]) },
	"Recomputed": func(c *call) value { return c.do("Identity", c.x[0]) },
	"Basis": func(c *call) value {
		dims := c.n.Shape().Dims()
		size := 1
		for _, d := range dims {
			size *= d
		}
		e := make([]float64, size)
		e[c.int(0)] = 1
		return c.array(dims, e)
	},
}

// matMul is the product of matrices, or of stacks of them. A transpose of one is a
// part of the product. (ONNX Runtime would make one node of a Transpose and a MatMul,
// for which it has no kernel in float64; nor has it one for Gemm with what follows.)
func matMul(c *call) value {
	in, turned := slices.Clone(c.x), [2]int{}
	for i, t := range c.turned {
		if t != "" {
			in[i], turned[i] = t, 1
		}
	}
	switch {
	case turned == [2]int{}:
		return c.do("MatMul", in...)
	case c.element == proto.Float32 && c.n.Shape().Rank() == 2:
		return c.node("Gemm", in, attribute("transA", int64(turned[0])), attribute("transB", int64(turned[1])))
	}
	left, right := [2]string{"ij", "ji"}[turned[0]], [2]string{"jk", "kj"}[turned[1]]
	return c.node("Einsum", in, attribute("equation", "..."+left+",..."+right+"->...ik"))
}

// exchanges reports whether perm exchanges the last two axes.
func exchanges(perm []int) bool {
	k := len(perm)
	return k >= 2 && perm[k-2] == k-1 && perm[k-1] == k-2 && slices.IsSorted(perm[:k-2])
}

// array adds a constant of the formula's type.
func (c *call) array(dims []int, entries []float64) value {
	return c.tensor(c.part(), c.element, dims, entriesOf(c.element, entries...))
}

// newShape returns the shape of the result for Reshape, to which −1 is the extent
// that is left.
func (c *call) newShape() value {
	d := c.n.Shape().Dims()
	n := slices.IndexFunc(d, graph.Symbolic)
	if n < 0 {
		return c.integers(d...)
	}
	if slices.ContainsFunc(d[n+1:], graph.Symbolic) {
		return c.shape(c.n.Shape())
	}
	d[n] = -1
	return c.integers(d...)
}

// pad is the operand among zeros. How many come before it, and after it, may depend on
// extents that are no numbers.
func pad(c *call) value {
	axis, from, n := c.int(0), c.int(1), c.int(2)
	rank, entries := c.n.Shape().Rank(), c.dims(0)[axis]
	if rest, ok := graph.Difference(n, entries); ok && from >= 0 {
		pads := make([]int, 2*rank)
		pads[axis], pads[rank+axis] = from, rest-from
		return c.do("Pad", c.x[0], c.integers(pads...))
	}
	before, after := c.integers(max(from, 0)), c.integers(-from-entries)
	if from < 0 {
		before = c.do("Add", c.size(n), c.integers(from))
	} else {
		after = c.do("Sub", c.do("Sub", c.size(n), c.size(entries)), before)
	}
	var pads []value
	zeros := func(k int) {
		if k > 0 {
			pads = append(pads, c.integers(make([]int, k)...))
		}
	}
	zeros(axis)
	pads = append(pads, before)
	zeros(rank - 1)
	pads = append(pads, after)
	zeros(rank - 1 - axis)
	return c.do("Pad", c.x[0], c.node("Concat", pads, attribute("axis", int64(0))))
}

// scatterAdd adds up what Gather would take from the places that an index names on
// an axis. ONNX does so on the first axis.
func scatterAdd(c *call) value {
	axis, n := c.int(0), c.int(1)
	rank, indexed := len(c.dims(0)), len(c.dims(1))
	perm := permutation(rank, axis, indexed)
	updates := c.transpose(c.x[0], perm)
	index := c.do("Unsqueeze", c.cast(c.x[1], proto.Int64), c.integers(-1))

	rest := slices.Delete(c.n.Shape().Dims(), axis, axis+1)
	zeros := c.filled(0, graph.ShapeOf(append([]int{n}, rest...)...))
	y := c.node("ScatterND", []value{zeros, index, updates}, attribute("reduction", "add"))
	return c.transpose(y, inverse(permutation(len(rest)+1, axis, 1)))
}

// permutation brings some axes, of so many, to the front.
func permutation(rank, first, count int) []int {
	var perm []int
	for a := first; a < first+count; a++ {
		perm = append(perm, a)
	}
	for a := range rank {
		if a < first || a >= first+count {
			perm = append(perm, a)
		}
	}
	return perm
}

func inverse(perm []int) []int {
	inv := make([]int, len(perm))
	for i, a := range perm {
		inv[a] = i
	}
	return inv
}

// transpose is x with its axes in another order.
func (c *call) transpose(x value, perm []int) value {
	if slices.IsSorted(perm) {
		return x
	}
	return c.node("Transpose", []value{x}, attribute("perm", perm))
}

// topIndices are the second result of TopK; of one place ArgMax, which finds the first of
// several.
func topIndices(c *call) value {
	axis, k := int64(c.int(0)), c.int(1)
	if k == 1 {
		return c.cast(c.node("ArgMax", c.x, attribute("axis", axis), attribute("keepdims", int64(1))), c.element)
	}
	index := c.part()
	c.file.Nodes = append(c.file.Nodes, proto.Node{
		Name: string(index), Op: "TopK", In: []value{c.x[0], c.integers(k)}, Out: []value{index, c.part()},
		Attributes: []proto.Attribute{attribute("axis", axis)},
	})
	return c.cast(c.file.Nodes[len(c.file.Nodes)-1].Out[1], c.element)
}
