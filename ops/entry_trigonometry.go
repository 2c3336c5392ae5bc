package ops

import (
	"math"

	"gorgonia.org/tensor"
)

func init() {
	register("Tan", 1, member{tan{}})
	register("Asin", 1, member{asin{}})
	register("Acos", 1, member{acos{}})
	register("Atan", 1, member{atan{}})
	register("Sinh", 1, member{sinh{}})
	register("Cosh", 1, member{cosh{}})
	register("Asinh", 1, member{asinh{}})
	register("Acosh", 1, member{acosh{}})
	register("Atanh", 1, member{atanh{}})
}

// Tan is tan z, entry by entry.
//
//	a = tan z     tan'(z) = 1 + a²
func Tan(z *Node) *Node { return Entrywise(tan{}, z) }

type tan struct{}

func (tan) Pointwise() *Pointwise { return theTan }

var theTan = &Pointwise{
	Name:  "tan",
	Is:    named("Tan"),
	G:     math.Tan,
	Prime: func(_, a *Node) *Node { return Shift(Square(a), 1) },
}

// Asin is arcsin z, entry by entry: NaN for |z| > 1.
//
//	asin'(z) = 1/√((1−z)(1+z))
func Asin(z *Node) *Node { return Entrywise(asin{}, z) }

type asin struct{}

func (asin) Pointwise() *Pointwise { return theAsin }

var theAsin = &Pointwise{
	Name:  "asin",
	Is:    named("Asin"),
	G:     math.Asin,
	Prime: func(z, _ *Node) *Node { return inverseRoot(Mul(OneMinus(z), Shift(z, 1))) },
}

// Acos is arccos z, entry by entry: NaN for |z| > 1.
//
//	acos'(z) = −1/√((1−z)(1+z))
func Acos(z *Node) *Node { return Entrywise(acos{}, z) }

type acos struct{}

func (acos) Pointwise() *Pointwise { return theAcos }

var theAcos = &Pointwise{
	Name:  "acos",
	Is:    named("Acos"),
	G:     math.Acos,
	Prime: func(z, _ *Node) *Node { return Neg(inverseRoot(Mul(OneMinus(z), Shift(z, 1)))) },
}

// Atan is arctan z, entry by entry.
//
//	atan'(z) = 1/(1+z²)
func Atan(z *Node) *Node { return Entrywise(atan{}, z) }

type atan struct{}

func (atan) Pointwise() *Pointwise { return theAtan }

var theAtan = &Pointwise{
	Name:  "atan",
	Is:    named("Atan"),
	G:     math.Atan,
	Prime: func(z, _ *Node) *Node { return Reciprocal(Shift(Square(within(z, squareOverflows(z))), 1)) },
}

// squareOverflows returns a number whose square is infinite.
func squareOverflows(z *Node) float64 {
	if z.Graph().Dtype() == tensor.Float32 {
		return 0x1p70
	}
	return 0x1p600
}

// Sinh is sinh z, entry by entry.
//
//	sinh' = cosh
func Sinh(z *Node) *Node { return Entrywise(sinh{}, z) }

type sinh struct{}

func (sinh) Pointwise() *Pointwise { return theSinh }

var theSinh = &Pointwise{
	Name:  "sinh",
	Is:    named("Sinh"),
	G:     math.Sinh,
	Prime: func(z, _ *Node) *Node { return Cosh(z) },
}

// Cosh is cosh z, entry by entry.
//
//	cosh' = sinh
func Cosh(z *Node) *Node { return Entrywise(cosh{}, z) }

type cosh struct{}

func (cosh) Pointwise() *Pointwise { return theCosh }

var theCosh = &Pointwise{
	Name:  "cosh",
	Is:    named("Cosh"),
	G:     math.Cosh,
	Prime: func(z, _ *Node) *Node { return Sinh(z) },
}

// Asinh is arsinh z, entry by entry.
//
//	a = arsinh z     asinh'(z) = 1/cosh a = e^−log cosh a
func Asinh(z *Node) *Node { return Entrywise(asinh{}, z) }

type asinh struct{}

func (asinh) Pointwise() *Pointwise { return theAsinh }

var theAsinh = &Pointwise{
	Name:  "asinh",
	Is:    named("Asinh"),
	G:     math.Asinh,
	Prime: func(_, a *Node) *Node { return Exp(Neg(LogCosh(a))) },
}

// Acosh is arcosh z, entry by entry: NaN for z < 1.
//
//	a = arcosh z     acosh'(z) = 1/sinh a = 1/(cosh a · tanh a), +Inf at 1
func Acosh(z *Node) *Node { return Entrywise(acosh{}, z) }

type acosh struct{}

func (acosh) Pointwise() *Pointwise { return theAcosh }

var theAcosh = &Pointwise{
	Name:  "acosh",
	Is:    named("Acosh"),
	G:     math.Acosh,
	Prime: func(_, a *Node) *Node { return Div(Exp(Neg(LogCosh(a))), Tanh(a)) },
}

// Atanh is artanh z, entry by entry: NaN for |z| > 1.
//
//	atanh'(z) = 1/((1−z)(1+z))
func Atanh(z *Node) *Node { return Entrywise(atanh{}, z) }

type atanh struct{}

func (atanh) Pointwise() *Pointwise { return theAtanh }

var theAtanh = &Pointwise{
	Name:  "atanh",
	Is:    named("Atanh"),
	G:     math.Atanh,
	Prime: func(z, _ *Node) *Node { return Reciprocal(Mul(OneMinus(z), Shift(z, 1))) },
}

// inverseRoot is 1/√z.
func inverseRoot(z *Node) *Node { return Reciprocal(Sqrt(z)) }
