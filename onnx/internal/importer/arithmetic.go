package importer

import (
	"math"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
)

// arithmeticRules are those of arithmetic and elementary functions, entry by entry.
var arithmeticRules = map[string]rule{
	"Add": pairwise(sum),
	"Sub": pairwise(ops.Sub),
	"Mul": pairwise(ops.Mul),
	"Div": func(c *call) []*Value {
		if c.x(0).Type.Float() {
			return pairwise(ops.Div)(c)
		}
		return pairwise(func(a, b *graph.Node) *graph.Node { return ops.Trunc(ops.Div(a, b)) })(c)
	},
	"Mod":      modulo,
	"Pow":      power,
	"Min":      folding(ops.Minimum),
	"Max":      folding(ops.Maximum),
	"Sum":      folding(ops.Add),
	"Mean":     mean,
	"BitShift": bitShift,

	"Neg":        unary(ops.Neg),
	"Abs":        unary(ops.Abs),
	"Sign":       unary(ops.Sign),
	"Reciprocal": unary(ops.Reciprocal),
	"Sqrt":       unary(ops.Sqrt),
	"Exp":        unary(ops.Exp),
	"Log":        unary(ops.Log),
	"Erf":        unary(ops.Erf),
	"Sin":        unary(ops.Sin),
	"Cos":        unary(ops.Cos),
	"Tan":        unary(ops.Tan),
	"Sinh":       unary(ops.Sinh),
	"Cosh":       unary(ops.Cosh),
	"Tanh":       unary(ops.Tanh),
	"Asin":       unary(ops.Asin),
	"Acos":       unary(ops.Acos),
	"Atan":       unary(ops.Atan),
	"Asinh":      unary(ops.Asinh),
	"Acosh":      unary(ops.Acosh),
	"Atanh":      unary(ops.Atanh),
	"Floor":      unary(ops.Floor),
	"Ceil":       unary(ops.Ceil),
	"Round":      unary(ops.Round),
	"Clip":       clip,
	"CumSum":     cumSum,
}

// growing are the operators whose results may be integers that their type has not.
var growing = map[string]bool{
	"Add": true, "Sub": true, "Mul": true, "Div": true, "Pow": true, "Sum": true, "Neg": true, "Abs": true, "BitShift": true,
	"ReduceSum": true, "ReduceProd": true, "ReduceSumSquare": true, "ReduceL1": true, "CumSum": true, "MatMul": true,
	"Gemm": true, "Einsum": true, "Cast": true, "CastLike": true,
}

// pairwise is the rule of a function of two tensors that broadcast.
func pairwise(f func(a, b *graph.Node) *graph.Node) rule {
	return func(c *call) []*Value { return c.pair(c.x(0).Type, f) }
}

// pair applies a function of the two inputs, which broadcast.
func (c *call) pair(t proto.Element, f func(a, b *graph.Node) *graph.Node) []*Value {
	c.sameTypes(0, 1)
	return c.mapped(t, func(x ...*graph.Node) *graph.Node { return f(x[0], x[1]) }, c.x(0), c.x(1))
}

// sameTypes refuses inputs of different types, which ONNX does not know.
func (c *call) sameTypes(i, j int) {
	if a, b := c.x(i).Type, c.x(j).Type; a != b {
		refuse("its inputs are of %v and %v", a, b)
	}
}

// folding is the rule of a function of two tensors for any number of them.
func folding(f func(a, b *graph.Node) *graph.Node) rule {
	return func(c *call) []*Value {
		for i := range c.in {
			c.sameTypes(0, i)
		}
		return c.mapped(c.x(0).Type, func(x ...*graph.Node) *graph.Node {
			y := x[0]
			for _, b := range x[1:] {
				y = f(y, b)
			}
			return y
		}, c.in...)
	}
}

func mean(c *call) []*Value {
	y := folding(ops.Add)(c)[0]
	l := y.layout()
	return []*Value{valueOf(y.Type, l, ops.Scale(1/float64(len(c.in)), c.reader.node(y, l)))}
}

// modulo is a − b⌊a/b⌋, of the sign of b, or with fmod of that of a.
func modulo(c *call) []*Value {
	if c.flag("fmod", 0) {
		return pairwise(ops.Mod)(c)
	}
	return pairwise(func(a, b *graph.Node) *graph.Node {
		m := ops.Mod(a, b)
		other := ops.Less(ops.Mul(m, b), c.number(0))
		return ops.Add(m, ops.Mul(other, b))
	})(c)
}

// power is a power of a known number, or one of two tensors. The result has the type of the base.
func power(c *call) []*Value {
	base := c.x(0).Type
	var f func(a, b *graph.Node) *graph.Node = ops.Power
	if k := c.foldable(c.x(1)); k != nil && len(k.entries) == 1 && !k.symbolic() && c.rank(1) <= c.rank(0) {
		f = func(a, _ *graph.Node) *graph.Node { return powerOf(a, k.number(0)) }
	}
	if !base.Float() && c.x(1).Type.Float() {
		g := f
		f = func(a, b *graph.Node) *graph.Node { return ops.Trunc(g(a, b)) }
	}
	return c.mapped(base, func(x ...*graph.Node) *graph.Node { return f(x[0], x[1]) }, c.x(0), c.x(1))
}

func powerOf(a *graph.Node, p float64) *graph.Node {
	switch p {
	case 1:
		return a
	case 2:
		return ops.Square(a)
	case 0.5:
		return ops.Sqrt(a)
	}
	return ops.Pow(a, p)
}

func bitShift(c *call) []*Value {
	two := c.number(2)
	if c.text("direction", "") == "RIGHT" {
		return pairwise(func(a, b *graph.Node) *graph.Node { return ops.Floor(ops.Div(a, ops.Power(two, b))) })(c)
	}
	return pairwise(func(a, b *graph.Node) *graph.Node { return ops.Mul(a, ops.Power(two, b)) })(c)
}

// clip has bounds that are attributes up to opset 10, and inputs later, which need not be known.
func clip(c *call) []*Value {
	lo, hi := c.float("min", math.Inf(-1)), c.float("max", math.Inf(1))
	var bounds [2]*Value
	for i := range bounds {
		if c.version < 11 || !c.has(i+1) {
			continue
		}
		k := c.foldable(c.x(i + 1))
		switch {
		case k == nil || len(k.entries) != 1 || k.symbolic():
			bounds[i] = c.x(i + 1)
		case i == 0:
			lo = k.number(0)
		default:
			hi = k.number(0)
		}
	}
	v := unary(func(x *graph.Node) *graph.Node { return clipped(x, lo, hi) })(c)[0]
	if bounds[0] != nil {
		v = c.mapped(v.Type, func(x ...*graph.Node) *graph.Node { return ops.Maximum(x[0], x[1]) }, v, bounds[0])[0]
	}
	if bounds[1] != nil {
		v = c.mapped(v.Type, func(x ...*graph.Node) *graph.Node { return ops.Minimum(x[0], x[1]) }, v, bounds[1])[0]
	}
	return []*Value{v}
}

func clipped(x *graph.Node, lo, hi float64) *graph.Node {
	switch {
	case math.IsInf(lo, -1) && math.IsInf(hi, 1):
		return x
	case lo == 0 && math.IsInf(hi, 1):
		return ops.ReLU(x)
	case lo > hi: // every number is hi
		return ops.Clip(x, hi, hi)
	}
	return ops.Clip(x, lo, hi)
}

func cumSum(c *call) []*Value {
	axis := axisOf(c.integer(1), c.rank(0))
	l := c.x(0).layout()
	x := c.reader.node(c.x(0), l)
	return []*Value{valueOf(c.x(0).Type, l, ops.CumSum(x, l.axis(axis, c.rank(0)), c.flag("exclusive", 0), c.flag("reverse", 0)))}
}

// sum is a + b: of a column, or numbers for channels, and columns, ψ; of a number and αx, the
// affine function.
func sum(a, b *graph.Node) *graph.Node {
	for _, x := range [2][2]*graph.Node{{a, b}, {b, a}} {
		c, constant := graph.ConstOf(x[0])
		if !constant && isColumn(x[0].Shape(), x[1].Shape()) {
			return ops.Bias(x[0], x[1])
		}
		if α, scaled := scaleOf(x[1]); constant && scaled && stretches(x[0].Shape(), x[1].Shape()) {
			return ops.Affine(x[1].In(0), α, c)
		}
	}
	return ops.Add(a, b)
}

// scaleOf returns α of a node αx.
func scaleOf(n *graph.Node) (α float64, ok bool) {
	op, ok := n.Op().(graph.Describer)
	if !ok {
		return 0, false
	}
	d := op.Describe()
	if d.Name != "Affine" || d.Args[1] != 0.0 {
		return 0, false
	}
	α, ok = d.Args[0].(float64)
	return α, ok
}

// stretches reports whether what has shape a, broadcast with what has shape b, has shape b.
func stretches(a, b graph.Shape) bool {
	s, err := graph.BroadcastShapes(a, b)
	return err == nil && s == b
}

// isColumn reports whether b has the rows of u, and 1 for every other extent, unlike u.
func isColumn(b, u graph.Shape) bool {
	d, ones := b.Dims(), u.Dims()
	if len(d) < 2 || len(d) != len(ones) || b == u {
		return false
	}
	for i := 1; i < len(ones); i++ {
		ones[i] = 1
	}
	return b == graph.ShapeOf(ones...)
}
