package ops

import (
	"fmt"
	"math"

	"adjoint/graph"
)

func init() {
	register("Floor", 1, member{jump{"Floor"}})
	register("Ceil", 1, member{jump{"Ceil"}})
	register("Round", 1, member{jump{"Round"}})
	register("Trunc", 1, member{jump{"Trunc"}})
	graph.Register("Narrow", 1, func(a *graph.Args) graph.Op { return member{narrow{a.Text()}} })
}

// Floor is ⌊z⌋, the largest whole number that is not above z, entry by entry.
//
//	floor' = 0, also at whole numbers
func Floor(z *Node) *Node { return Entrywise(jump{"Floor"}, z) }

// Ceil is ⌈z⌉, the least whole number that is not below z, entry by entry.
//
//	ceil' = 0, also at whole numbers
func Ceil(z *Node) *Node { return Entrywise(jump{"Ceil"}, z) }

// Round is the whole number nearest to z, the even one of two, entry by entry.
//
//	round' = 0, also where it jumps
func Round(z *Node) *Node { return Entrywise(jump{"Round"}, z) }

// Trunc is z without what comes after the point, entry by entry.
//
//	trunc' = 0, also where it jumps
func Trunc(z *Node) *Node { return Entrywise(jump{"Trunc"}, z) }

// A jump is one of the functions that are constant but for jumps.
type jump struct{ name string }

func (s jump) Pointwise() *Pointwise { return jumps[s.name] }

var jumps = map[string]*Pointwise{
	"Floor": {Name: "floor", Is: named("Floor"), G: math.Floor, Prime: noSlope},
	"Ceil":  {Name: "ceil", Is: named("Ceil"), G: math.Ceil, Prime: noSlope},
	"Round": {Name: "round", Is: named("Round"), G: math.RoundToEven, Prime: noSlope},
	"Trunc": {Name: "trunc", Is: named("Trunc"), G: math.Trunc, Prime: noSlope},
}

// The floating-point formats that Narrow knows: their names, the digits of their fractions,
// and the exponents of the least and the largest number that has all of them.
const (
	Float16  = "float16"  // IEEE 754 binary16
	BFloat16 = "bfloat16" // float32 with 7 digits
	Float32  = "float32"  // IEEE 754 binary32
)

// Narrow is the number of a floating-point format nearest to z, of two the one whose last
// digit is 0, entry by entry; what the format does not reach is infinite. The error of a
// format that is none of those above wraps graph.ErrValue.
//
//	narrow' = 1: that of the identity, which it is but for rounding
func Narrow(z *Node, format string) *Node { return Entrywise(narrow{format}, z) }

type narrow struct{ format string }

func (f narrow) Pointwise() *Pointwise {
	p := &Pointwise{
		Name:  f.format,
		Is:    named("Narrow", f.format),
		Prime: func(z, _ *Node) *Node { return z.Graph().Const(1, z.Shape().Dims()...) },
	}
	switch f.format {
	case Float16:
		p.G = func(z float64) float64 { return rounded(z, 10, -14, 15) }
	case BFloat16:
		p.G = func(z float64) float64 { return rounded(z, 7, -126, 127) }
	case Float32:
		p.G = func(z float64) float64 { return float64(float32(z)) }
	default:
		p.G = func(z float64) float64 { return z }
		p.Err = fmt.Errorf("%w: format %q, want %s, %s or %s", graph.ErrValue, f.format, Float16, BFloat16, Float32)
	}
	return p
}

// rounded is z with so many digits after its first one, which has an exponent from least to
// most; below that there are fewer.
func rounded(z float64, digits, least, most int) float64 {
	if z == 0 || math.IsInf(z, 0) || z != z {
		return z
	}
	_, e := math.Frexp(z) // z is in [½, 1)·2ᵉ
	unit := max(e-1, least) - digits
	y := math.Ldexp(math.RoundToEven(math.Ldexp(z, -unit)), unit)
	if math.Abs(y) >= math.Ldexp(1, most+1) {
		return math.Copysign(math.Inf(1), z)
	}
	return y
}
