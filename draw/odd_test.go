package draw_test

import (
	"fmt"
	"strings"

	"adjoint/draw"
	"adjoint/graph"
	"adjoint/ops"
)

// dense is act(wx + b) with parameters of these names.
func dense(x *graph.Node, name string, units int, act func(*graph.Node) *graph.Node) *graph.Node {
	g := x.Graph()
	w, b := g.Param("w"+name, zeros(units, x.Shape().Dim(0))), g.Param("b"+name, zeros(units, 1))
	return act(ops.Bias(b, ops.MatMul(w, x)))
}

func id(x *graph.Node) *graph.Node { return x }

// odd are formulas that are no row of layers, or hard to draw for other reasons.
var odd = map[string]func(x, y *graph.Node) *graph.Node{
	"leaf":        func(x, y *graph.Node) *graph.Node { return x },
	"one map":     func(x, y *graph.Node) *graph.Node { return ops.Sum(x) },
	"row":         func(x, y *graph.Node) *graph.Node { return loss(dense(x, "", 1, ops.Sigmoid), y) },
	"skip":        skip,
	"long skips":  func(x, y *graph.Node) *graph.Node { return loss(dense(ladder(x, 3), "o", 1, ops.Sigmoid), y) },
	"shared":      shared,
	"towers":      towers,
	"bilinear":    bilinear,
	"penalties":   func(x, y *graph.Node) *graph.Node { return penalised(x, y, ops.L2Penalty) },
	"written out": func(x, y *graph.Node) *graph.Node { return penalised(x, y, squares) },
	"long names":  longNames,
	"twice": func(x, y *graph.Node) *graph.Node {
		w := x.Graph().Param("w", zeros(2, 2))
		a := ops.MatMul(w, x)
		return ops.Sum(ops.Mul(a, a))
	},
	"gates": gates,
	"fan":   fan,
	"two costs": func(x, y *graph.Node) *graph.Node {
		return ops.Add(loss(dense(x, "1", 1, ops.Sigmoid), y), ops.Mean(ops.SquaredError(dense(x, "2", 1, id), y)))
	},
	"gradient": func(x, y *graph.Node) *graph.Node {
		j := loss(dense(x, "", 1, ops.Sigmoid), y)
		return ops.Sum(ops.Square(graph.Gradient(j, graph.Params(j)[0])[0]))
	},
	"HVP":       hvp,
	"attention": attention,
	"einsum": func(x, y *graph.Node) *graph.Node {
		w := x.Graph().Param("w", zeros(2, 2))
		return ops.Mean(ops.Einsum("ij,jn->in", w, x))
	},
	"inner node": func(x, y *graph.Node) *graph.Node {
		return loss(dense(dense(x, "1", 3, ops.Tanh).Named("h"), "2", 1, ops.Sigmoid).Named("a"), y).Named("E")
	},
	"wide":      wide,
	"deep skip": func(x, y *graph.Node) *graph.Node { return loss(dense(ladder(x, 12), "o", 1, ops.Sigmoid), y) },
	"deep wide": func(x, y *graph.Node) *graph.Node {
		return ops.Add(loss(dense(ladder(x, 9), "o", 1, ops.Sigmoid), y), wide(x, y))
	},
	"unnamed": func(x, y *graph.Node) *graph.Node {
		return ops.Sum(ops.Mul(x.Graph().Param("", zeros(2, 1)), ops.Mean(x, 1)))
	},
	"recurrence": recurrence,
	"scan":       func(x, y *graph.Node) *graph.Node { return loss(dense(last(elman(x, "")), "o", 1, ops.Sigmoid), y) },
	"scan's gradient": func(x, y *graph.Node) *graph.Node {
		j := ops.Sum(ops.Square(elman(x, "").Named("h")))
		return ops.Sum(ops.Square(graph.Gradient(j, graph.Params(j)[0])[0]))
	},
	"scan of scans": words,
	"many scans": func(x, y *graph.Node) *graph.Node {
		h := elman(x, "1")
		for i := range 5 {
			h = elman(h, fmt.Sprint(i+2))
		}
		return ops.Sum(h)
	},
	"markup": func(x, y *graph.Node) *graph.Node { return ops.Sum(dense(x, "<x> & \"y\"", 2, ops.Tanh).Named("<&>")) },
}

func loss(a, y *graph.Node) *graph.Node { return ops.Mean(ops.LogLoss(a, y)) }

func skip(x, y *graph.Node) *graph.Node {
	h := dense(x, "1", 2, ops.Tanh)
	return loss(dense(ops.Add(h, dense(h, "2", 2, ops.ReLU)), "3", 1, ops.Sigmoid), y)
}

// ladder adds to the value after each layer that of the layer before it, and x.
func ladder(x *graph.Node, layers int) *graph.Node {
	h := x
	for l := range layers {
		h = ops.Add(h, dense(h, fmt.Sprint("[", l, "]"), 2, ops.Tanh))
	}
	return ops.Add(h, x)
}

func shared(x, y *graph.Node) *graph.Node {
	w := x.Graph().Param("w", zeros(2, 2))
	h := ops.Tanh(ops.MatMul(w, ops.Tanh(ops.MatMul(w, ops.Tanh(ops.MatMul(w, x))))))
	return ops.Add(ops.Mean(ops.SquaredError(h, x)), ops.L2Penalty(0.1, 10, w))
}

func towers(x, y *graph.Node) *graph.Node {
	left := dense(dense(x, "left1", 4, ops.ReLU), "left2", 3, ops.ReLU)
	right := dense(x.Graph().Input("image", 5, graph.Batch), "right", 3, ops.Tanh)
	return loss(dense(ops.Concat(0, left, right), "top", 1, ops.Sigmoid), y)
}

func bilinear(x, y *graph.Node) *graph.Node {
	w, v := x.Graph().Param("w", zeros(2, 2)), x.Graph().Param("v", zeros(2, 2))
	a := ops.MatMul(w, x)
	return ops.Sum(ops.Mul(ops.Tanh(a), ops.MatMul(v, ops.Sigmoid(a))))
}

func squares(λ, n float64, w ...*graph.Node) *graph.Node {
	return ops.Scale(λ/n, ops.Sum(ops.Square(w[0])))
}

func penalised(x, y *graph.Node, penalty func(λ, n float64, w ...*graph.Node) *graph.Node) *graph.Node {
	j := loss(dense(dense(x, "[1]", 3, ops.Tanh), "[2]", 1, ops.Sigmoid), y)
	return ops.Add(j, penalty(0.5, 1437, graph.Params(j)[0], graph.Params(j)[2]))
}

func longNames(x, y *graph.Node) *graph.Node {
	h := dense(x, "_of_the_first_hidden_layer_of_the_encoder", 3, ops.Tanh).Named("representation_of_the_encoder")
	return loss(dense(h, "ölçüm değeri 重み行列", 1, ops.Sigmoid).Named("probability"), y)
}

func gates(x, y *graph.Node) *graph.Node {
	i, f, o := dense(x, "i", 2, ops.Sigmoid), dense(x, "f", 2, ops.Sigmoid), dense(x, "o", 2, ops.Sigmoid)
	c := ops.Add(ops.Mul(f, x.Graph().Input("c", 2, graph.Batch)), ops.Mul(i, dense(x, "c", 2, ops.Tanh)))
	return ops.Sum(ops.Mul(o, ops.Tanh(c)))
}

func fan(x, y *graph.Node) *graph.Node {
	h := dense(x, "", 2, ops.Tanh)
	s := ops.Sum(h)
	for _, f := range []func(*graph.Node) *graph.Node{ops.Exp, ops.Sin, ops.Cos, ops.Square, ops.Abs, ops.Softplus} {
		s = ops.Add(s, ops.Sum(f(h)))
	}
	return s
}

func hvp(x, y *graph.Node) *graph.Node {
	j := loss(dense(x, "", 1, ops.Sigmoid), y)
	w := graph.Params(j)[0]
	return ops.Sum(graph.HVP(j, []*graph.Node{w}, []*graph.Node{x.Graph().Input("v", 1, 2)})[0])
}

func attention(x, y *graph.Node) *graph.Node {
	g := x.Graph()
	z := g.Input("z", 2, 5)
	q, k, v := ops.MatMul(g.Param("Q", zeros(3, 2)), z), ops.MatMul(g.Param("K", zeros(3, 2)), z), ops.MatMul(g.Param("V", zeros(2, 2)), z)
	return ops.Sum(ops.Square(ops.Sub(ops.Add(z, ops.MatMul(v, ops.Softmax(ops.MatMul(ops.T(k), q), 0))), g.Input("t", 2, 5))))
}

func wide(x, y *graph.Node) *graph.Node {
	var heads []*graph.Node
	for i := range 7 {
		heads = append(heads, dense(x, fmt.Sprint(i), 1, ops.Tanh))
	}
	return loss(dense(ops.Concat(0, heads...), "", 1, ops.Sigmoid), y)
}

func recurrence(x, y *graph.Node) *graph.Node {
	g := x.Graph()
	w, u, b := g.Param("w", zeros(2, 2)), g.Param("u", zeros(2, 2)), g.Param("b", zeros(2, 1))
	h := g.Input("h[0]", 2, graph.Batch)
	for t := 1; t <= 3; t++ {
		h = ops.Tanh(ops.Bias(b, ops.Add(ops.MatMul(w, h), ops.MatMul(u, g.Input(fmt.Sprintf("x[%d]", t), 2, graph.Batch))))).Named(fmt.Sprintf("h[%d]", t))
	}
	return loss(dense(h, "o", 1, ops.Sigmoid), y)
}

// elman is a recurrence h′ = tanh(wx + uh) over a sequence or, of values of one time, over three of them.
func elman(x *graph.Node, name string) *graph.Node {
	g := x.Graph()
	return elmanOf(x, g.Param("w"+name, zeros(2, 2)), g.Param("u"+name, zeros(2, 2)))
}

func elmanOf(x, w, u *graph.Node) *graph.Node {
	if x.Shape().Rank() == 2 {
		x = ops.Stack(1, x, x, x)
	}
	return ops.Scan(func(h *graph.Node, x ...*graph.Node) *graph.Node {
		return ops.Tanh(ops.Add(ops.MatMul(w, x[0]), ops.MatMul(u, h)))
	}, x.Graph().Const(0, 2, graph.Batch), x)
}

func last(s *graph.Node) *graph.Node { return ops.Index(s, 1, -1) }

// words is a recurrence over words, whose step is one over their letters.
func words(x, y *graph.Node) *graph.Node {
	w, u := x.Graph().Param("w", zeros(2, 2)), x.Graph().Param("u", zeros(2, 2))
	return ops.Sum(ops.Scan(func(s *graph.Node, x ...*graph.Node) *graph.Node {
		return ops.Tanh(ops.Add(s, last(elmanOf(x[0], w, u))))
	}, x.Graph().Const(0, 2, graph.Batch), ops.Stack(1, x, x)))
}

// build returns the formula of a name, of inputs of its own.
func build(name string) *graph.Node {
	g := graph.New()
	return odd[name](g.Input("x", 2, graph.Batch), g.Input("y", 1, graph.Batch))
}

// numbers stand under everything, in brackets.
var numbers = draw.Options{
	Detail:    func(n *graph.Node) string { return "⎡ 1.0000 -2.0000⎤\n⎣-0.2500 12.0000⎦" },
	Cotangent: func(n *graph.Node, k int) string { return strings.Repeat("[ 0.5000]\n", 1+n.ID()%3) },
}
