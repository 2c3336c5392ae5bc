package importer

import (
	"math"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
)

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
	return n, a == 0 || n/a == b && int64(max(a, -a)) < 1<<40
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
		return entry{n: intOf(f(float64(x[0].n)))}, x[0].symbol == 0 && int64(max(x[0].n, -x[0].n)) < 1<<53
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
		x = entry{n: intOf(x.v)}
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
