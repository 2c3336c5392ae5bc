package ops

import "math"

func init() {
	register("LogCosh", 1, member{logCosh{}})
}

// LogCosh is log cosh(z), entry by entry: z²/2 near 0 and |z| − log 2 far from it,
// accurate in relative terms everywhere. log(1−tanh²(z)), the logarithm of the
// derivative of a tanh, is −2·log cosh(z), and is computed so.
//
//	logcosh' = tanh
func LogCosh(z *Node) *Node { return Entrywise(logCosh{}, z) }

type logCosh struct{}

func (logCosh) Pointwise() *Pointwise { return theLogCosh }

var theLogCosh = &Pointwise{
	Name:  "log∘cosh",
	Is:    named("LogCosh"),
	G:     logCoshOf,
	Prime: func(z, _ *Node) *Node { return Tanh(z) },
}

// logCoshOf is log(1+2sinh²(z/2)) near 0, and |z| + log(1+e^−2|z|) − log 2.
func logCoshOf(z float64) float64 {
	if z = math.Abs(z); z < 1 {
		s := math.Sinh(z / 2)
		return math.Log1p(2 * s * s)
	}
	return z + (math.Log1p(math.Exp(-2*z)) - math.Ln2)
}
