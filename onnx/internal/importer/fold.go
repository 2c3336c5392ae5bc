package importer

import (
	"errors"
	"math"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"

	"gorgonia.org/tensor"
)

// Arithmetic of shapes is done while a file is read: in whole numbers and extents, or, where a
// file casts them, in floating-point numbers.

// movers are the operators that move entries. What they do with known ones is what their rule
// does with their positions.
var movers = map[string]bool{
	"Identity": true, "Gather": true, "Slice": true, "Squeeze": true, "Unsqueeze": true, "Concat": true,
	"Reshape": true, "Transpose": true, "Flatten": true, "Expand": true, "Tile": true, "GatherElements": true,
}

// folded returns the value of an operator whose inputs are known, if it is one that is computed
// while reading, else nil.
func (c *call) folded(name string, translate rule) *Value {
	move := movers[name]
	f, number := folds[name]
	if !move && !number || len(c.in) == 0 {
		return nil
	}
	in := make([]*known, len(c.in))
	for i, v := range c.in {
		if in[i] = c.foldable(v); in[i] == nil {
			return nil
		}
	}
	if move {
		return c.moved(in, translate)
	}
	return c.computedEntries(in, f)
}

// computedEntries applies a function of entries. It returns nil if that cannot tell.
func (c *call) computedEntries(in []*known, f fold) *Value {
	shape := graph.Shape{}
	var err error
	for _, k := range in {
		if shape, err = graph.BroadcastShapes(shape, graph.ShapeOf(k.dims...)); err != nil {
			refuse("%w", err)
		}
	}
	if entriesOf(shape) > mostKnown {
		return nil
	}
	out, t := &known{dims: shape.Dims()}, c.foldType()
	args := make([]entry, len(in))
	for i := range int(entriesOf(shape)) {
		for j, k := range in {
			args[j] = k.entries[stretched(i, out.dims, k.dims)]
		}
		e, ok := f(c, in[len(in)-1].floats, args)
		if !ok {
			return nil
		}
		if t == proto.Float32 {
			e.v = float64(float32(e.v))
		}
		out.entries = append(out.entries, e)
	}
	return valueOfKnown(t, out)
}

// stretched returns which entry of a tensor is entry i of the one that it is broadcast to.
func stretched(i int, to, from []int) int {
	at, step := 0, 1
	for a := len(to) - 1; a >= 0; a-- {
		k := i % to[a]
		i /= to[a]
		if b := a - len(to) + len(from); b >= 0 {
			if from[b] > 1 {
				at += k * step
			}
			step *= from[b]
		}
	}
	return at
}

// foldType is the type of what is computed of entries.
func (c *call) foldType() proto.Element {
	switch c.is.Op {
	case "Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual", "Not", "And", "Or", "Xor":
		return proto.Bool
	case "Cast":
		return proto.Element(c.int("to", 0))
	case "Where":
		return c.x(1).Type
	}
	return c.x(0).Type
}

// moved applies a rule to the positions of known entries, in a formula of their own, and takes
// what is there. An input beyond those that have entries to move is what
// it is.
func (c *call) moved(in []*known, translate rule) *Value {
	for _, k := range in {
		if len(k.entries) == 0 && c.is.Op != "Concat" {
			return nil
		}
	}
	r := *c.reader
	r.g, r.params = graph.NewOf(tensor.Float64), nil
	d := *c
	d.reader, d.in = &r, append([]*Value(nil), c.in...)
	var pool []entry
	for i, k := range in {
		if i > 0 && c.is.Op != "Concat" {
			d.in[i] = valueOfKnown(c.in[i].Type, k)
			continue
		}
		positions := &known{dims: k.dims, floats: true}
		for j := range k.entries {
			positions.entries = append(positions.entries, entry{v: float64(len(pool) + j)})
		}
		pool = append(pool, k.entries...)
		d.in[i] = valueOfKnown(proto.Float64, positions)
	}
	if len(pool) == 0 {
		return nil
	}
	y := translate(&d)[0]
	switch err := r.node(y, asInFile).Err(); {
	case errors.Is(err, graph.ErrEmpty) && len(in[0].dims) == 1: // nothing of a vector
		return valueOfKnown(c.x(0).Type, knownVector())
	case err != nil || y.Shape.Symbolic() || entriesOf(y.Shape) > mostKnown:
		return nil
	}
	places := r.known(y)
	if places == nil {
		return nil
	}
	out := &known{dims: places.dims}
	for _, p := range places.entries {
		out.entries = append(out.entries, pool[int(p.v)])
	}
	return valueOfKnown(c.x(0).Type, out)
}

// A fold computes an entry from entries, of floating-point numbers or of whole ones; ok is
// false if it cannot tell.
type fold func(c *call, floats bool, x []entry) (y entry, ok bool)

var folds = map[string]fold{
	"Add": arithmetic(func(a, b float64) float64 { return a + b }, func(a, b int) (int, bool) { return a + b, (a+b > a) == (b > 0) }, addExtents),
	"Sub": arithmetic(func(a, b float64) float64 { return a - b }, func(a, b int) (int, bool) { return a - b, (a-b < a) == (b > 0) }, subExtents),
	"Mul": arithmetic(func(a, b float64) float64 { return a * b }, mulInts, mulExtents),
	"Div": arithmetic(func(a, b float64) float64 { return a / b }, func(a, b int) (int, bool) {
		if b == 0 || b == -1 {
			return -a, b == -1
		}
		return a / b, true
	}, divExtents),
	"Mod": arithmetic(math.Mod, func(a, b int) (int, bool) {
		if b == 0 {
			return 0, false
		}
		return ((a % b) + b) % b, a >= 0 && b > 0
	}, nil),
	"Min":            arithmetic(math.Min, func(a, b int) (int, bool) { return min(a, b), true }, nil),
	"Max":            arithmetic(math.Max, func(a, b int) (int, bool) { return max(a, b), true }, nil),
	"Neg":            single(func(v float64) float64 { return -v }),
	"Abs":            single(math.Abs),
	"Floor":          single(math.Floor),
	"Ceil":           single(math.Ceil),
	"Sqrt":           single(math.Sqrt),
	"Equal":          comparing(func(sign int) bool { return sign == 0 }),
	"Greater":        comparing(func(sign int) bool { return sign > 0 }),
	"GreaterOrEqual": comparing(func(sign int) bool { return sign >= 0 }),
	"Less":           comparing(func(sign int) bool { return sign < 0 }),
	"LessOrEqual":    comparing(func(sign int) bool { return sign <= 0 }),
	"Not":            logical(func(a, _ bool) bool { return !a }),
	"And":            logical(func(a, b bool) bool { return a && b }),
	"Or":             logical(func(a, b bool) bool { return a || b }),
	"Xor":            logical(func(a, b bool) bool { return a != b }),
	"Where": func(_ *call, _ bool, x []entry) (entry, bool) {
		if x[0].n != 0 {
			return x[1], true
		}
		return x[2], true
	},
	"Cast": func(c *call, floats bool, x []entry) (entry, bool) { return castEntry(c, floats, x[0]) },
}

func arithmetic(f func(a, b float64) float64, whole func(a, b int) (int, bool), extents func(a, b entry) (int, bool)) fold {
	return func(_ *call, floats bool, x []entry) (entry, bool) {
		switch {
		case len(x) != 2:
			return entry{}, false
		case x[0].symbol != 0 || x[1].symbol != 0:
			if extents == nil {
				return entry{}, false
			}
			d, ok := extents(x[0], x[1])
			return extentEntry(d), ok && d != math.MinInt
		case floats:
			return entry{v: f(x[0].v, x[1].v)}, true
		}
		n, ok := whole(x[0].n, x[1].n)
		return entry{n: n}, ok
	}
}

func mulInts(a, b int) (int, bool) {
	n := a * b
	return n, a == 0 || n/a == b && max(a, -a) < 1<<40
}

func addExtents(a, b entry) (int, bool) {
	if a.symbol == 0 {
		a, b = b, a
	}
	return graph.Shift(a.symbol, b.n), b.symbol == 0
}

func subExtents(a, b entry) (int, bool) {
	if a.symbol != 0 && b.symbol == 0 {
		return graph.Shift(a.symbol, -b.n), true
	}
	d, ok := graph.Difference(a.extent(), b.extent())
	return d, ok && d >= 0
}

func mulExtents(a, b entry) (int, bool) {
	if a.symbol == 0 && a.n < 1 || b.symbol == 0 && b.n < 1 {
		return 0, false
	}
	return graph.Times(a.extent(), b.extent()), true
}

func divExtents(a, b entry) (int, bool) {
	switch {
	case a.symbol == b.symbol:
		return 1, true
	case b.symbol != 0 || b.n < 1:
		return 0, false
	}
	if f := graph.Factors(a.symbol); len(f) > 1 && f[len(f)-1] >= 0 && f[len(f)-1]%b.n == 0 { // N·12/3
		return graph.Times(append(f[:len(f)-1], f[len(f)-1]/b.n)...), true
	}
	return graph.Quotient(a.symbol, 1, 0, b.n), true
}

// extent is the entry as an extent.
func (e entry) extent() int {
	if e.symbol != 0 {
		return e.symbol
	}
	return e.n
}

func single(f func(v float64) float64) fold {
	return func(_ *call, floats bool, x []entry) (entry, bool) {
		if floats {
			return entry{v: f(x[0].v)}, true
		}
		return entry{n: int(f(float64(x[0].n)))}, x[0].symbol == 0 && max(x[0].n, -x[0].n) < 1<<53
	}
}

// comparing compares. An extent that is a symbol is at least 1.
func comparing(holds func(sign int) bool) fold {
	return func(_ *call, floats bool, x []entry) (entry, bool) {
		sign, ok := 0, true
		switch a, b := x[0], x[1]; {
		case a.symbol != 0 && a.symbol == b.symbol:
		case a.symbol != 0 && b.symbol == 0:
			sign, ok = 1, b.n < 1
		case b.symbol != 0 && a.symbol == 0:
			sign, ok = -1, a.n < 1
		case a.symbol != 0:
			ok = false
		case floats:
			sign, ok = compare(a.v, b.v), a.v == a.v && b.v == b.v
		default:
			sign = compare(a.n, b.n)
		}
		y := entry{}
		if holds(sign) {
			y.n = 1
		}
		return y, ok
	}
}

func compare[T int | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func logical(f func(a, b bool) bool) fold {
	return func(_ *call, _ bool, x []entry) (entry, bool) {
		y := entry{}
		if f(x[0].n != 0, x[len(x)-1].n != 0) {
			y.n = 1
		}
		return y, true
	}
}

// castEntry casts. An extent that is a symbol stays one among integers.
func castEntry(c *call, floats bool, x entry) (entry, bool) {
	to := proto.Element(c.int("to", 0))
	switch {
	case x.symbol != 0:
		return x, !to.Float() && to != proto.Bool
	case to.Float() && floats:
		return x, to == proto.Float32 || to == proto.Float64
	case to.Float():
		return entry{v: float64(x.n)}, max(x.n, -x.n) < 1<<24
	case floats && to == proto.Bool:
		return entry{n: compare(math.Abs(x.v), 0)}, x.v == x.v
	case floats && math.Abs(x.v) < 1<<53:
		x = entry{n: int(x.v)}
	case floats:
		return x, false
	}
	if to == proto.Bool {
		if x.n != 0 {
			x.n = 1
		}
		return x, true
	}
	least, most, ok := to.Range()
	return x, ok && float64(x.n) >= least && float64(x.n) <= most
}
