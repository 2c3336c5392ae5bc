package ops

import (
	"fmt"
	"math"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"
)

func init() {
	register("Exp", 1, member{exp{}})
	register("Expm1", 1, member{expm1{}})
	register("Sqrt", 1, member{sqrt{}})
	register("Reciprocal", 1, member{reciprocal{}})
	register("Square", 1, member{square{}})
	register("Sin", 1, member{sin{}})
	register("Cos", 1, member{cos{}})
	graph.Register("Pow", 1, func(a *graph.Args) graph.Op { return member{pow{a.Float()}} })
}

// Exp is eᶻ, entry by entry.
//
//	exp' = exp
func Exp(z *Node) *Node { return Entrywise(exp{}, z) }

type exp struct{}

func (exp) Pointwise() *Pointwise { return theExp }

var theExp = &Pointwise{
	Name:  "exp",
	Is:    named("Exp"),
	G:     math.Exp,
	Prime: func(_, a *Node) *Node { return a },
	Fast:  unary(kernel.Exp[float32], kernel.Exp[float64]),
	log:   logOfExp,

	stable: expOfLogSoftmax,
}

// Expm1 is eᶻ − 1, accurate near 0, entry by entry.
//
//	expm1' = exp
func Expm1(z *Node) *Node { return Entrywise(expm1{}, z) }

type expm1 struct{}

func (expm1) Pointwise() *Pointwise { return theExpm1 }

var theExpm1 = &Pointwise{
	Name:  "expm1",
	Is:    named("Expm1"),
	G:     math.Expm1,
	Prime: func(z, _ *Node) *Node { return Exp(z) },
}

// Sqrt is √z, entry by entry: NaN for z < 0.
//
//	sqrt'(z) = 1/(2√z), +Inf at 0
//
// The root of a square or of a sum of squares is read as Abs or Norm2, whose derivative
// at 0 is 0.
func Sqrt(z *Node) *Node { return Entrywise(sqrt{}, z) }

type sqrt struct{}

func (sqrt) Pointwise() *Pointwise { return theSqrt }

var theSqrt = &Pointwise{
	Name:  "sqrt",
	Is:    named("Sqrt"),
	G:     math.Sqrt,
	Prime: func(_, a *Node) *Node { return Scale(0.5, Reciprocal(a)) },
	Fast:  unary(kernel.Sqrt[float32], kernel.Sqrt[float64]),

	stable: func(z *Node) *Node { return powForm(z, 0.5) },
}

// Reciprocal is 1/z, entry by entry.
//
//	y = 1/z     reciprocal'(z) = −y²
func Reciprocal(z *Node) *Node { return Entrywise(reciprocal{}, z) }

type reciprocal struct{}

func (reciprocal) Pointwise() *Pointwise { return theReciprocal }

var theReciprocal = &Pointwise{
	Name:   "1/",
	Is:     named("Reciprocal"),
	G:      func(z float64) float64 { return 1 / z },
	Prime:  func(_, a *Node) *Node { return Neg(Square(a)) },
	Fast:   unary(reciprocals[float32], reciprocals[float64]),
	power:  -1,
	stable: sigmoidAsQuotient,
}

func reciprocals[T compute.Float](a, z []T) {
	for i, z := range z {
		a[i] = 1 / z
	}
}

// Square is z², entry by entry.
//
//	square'(z) = 2z
func Square(z *Node) *Node { return Entrywise(square{}, z) }

type square struct{}

func (square) Pointwise() *Pointwise { return theSquare }

var theSquare = &Pointwise{
	Name:  "square",
	Is:    named("Square"),
	G:     func(z float64) float64 { return z * z },
	Prime: func(z, _ *Node) *Node { return Scale(2, z) },
	Fast:  unary(squares[float32], squares[float64]),

	power:    2,
	stable:   squareOf,
	oneMinus: oneMinusSquare,
}

func squares[T compute.Float](a, z []T) { kernel.Mul(a, z, z) }

// Sin is sin z, entry by entry.
//
//	sin' = cos
func Sin(z *Node) *Node { return Entrywise(sin{}, z) }

type sin struct{}

func (sin) Pointwise() *Pointwise { return theSin }

var theSin = &Pointwise{
	Name:  "sin",
	Is:    named("Sin"),
	G:     math.Sin,
	Prime: func(z, _ *Node) *Node { return Cos(z) },
}

// Cos is cos z, entry by entry.
//
//	cos' = −sin
func Cos(z *Node) *Node { return Entrywise(cos{}, z) }

type cos struct{}

func (cos) Pointwise() *Pointwise { return theCos }

var theCos = &Pointwise{
	Name:  "cos",
	Is:    named("Cos"),
	G:     math.Cos,
	Prime: func(z, _ *Node) *Node { return Neg(Sin(z)) },

	stable: cosOfAbs,
}

// Pow is zᵖ with a number p, entry by entry, by the rules of math.Pow: z⁰ is 1
// for every z, and zᵖ is NaN where z < 0 and p is no integer. The error of a p
// that is not finite wraps ErrValue.
//
//	pow'(z) = p·zᵖ⁻¹, zero for p = 0
func Pow(z *Node, p float64) *Node { return Entrywise(pow{p}, z) }

type pow struct{ p float64 }

func (f pow) Pointwise() *Pointwise {
	return &Pointwise{
		Name:  fmt.Sprintf("pow(%g)", f.p),
		Is:    named("Pow", f.p),
		G:     func(z float64) float64 { return kernel.Pow(z, f.p) },
		Prime: f.prime,
		Err:   finite("p", f.p),

		power:    f.p,
		stable:   func(z *Node) *Node { return powForm(z, f.p) },
		oneMinus: f.oneMinus,
	}
}

func (f pow) oneMinus(z *Node) *Node {
	if f.p != 2 {
		return nil
	}
	return oneMinusSquare(z)
}

// powForm is zᵖ as a power of z² where z has a kink, see evenPower; and e^(p·log z) where
// log z is known in a form that keeps its accuracy, and p is negative or no whole number, so
// that zᵖ or some derivative of it is infinite where z rounds to 0.
func powForm(z *Node, p float64) *Node {
	if s := evenPower(z, p); s != nil {
		return s
	}
	if p >= 0 && p == math.Trunc(p) {
		return nil
	}
	if l := logAffine(z, 0); l != nil {
		return Exp(Scale(p, l))
	}
	return nil
}

// expOfLogSoftmax is e^(log softmax(z)) = softmax(z).
func expOfLogSoftmax(l *Node) *Node {
	if op, ok := l.Op().(logSoftmax); ok {
		return Softmax(l.In(0), op.axis)
	}
	return nil
}

func (f pow) prime(z, _ *Node) *Node {
	if f.p == 0 {
		return nil
	}
	return Scale(f.p, Pow(z, f.p-1))
}

// finite reports a parameter that is NaN or infinite.
func finite(name string, v float64) error {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Errorf("%w: %s = %g, want a finite number", graph.ErrValue, name, v)
	}
	return nil
}
