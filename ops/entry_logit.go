package ops

import "math"

func init() {
	register("Logit", 1, member{logit{}})
}

// Logit is log(p/(1−p)), the log-odds of a probability p and the inverse of Sigmoid,
// entry by entry: −Inf at 0, +Inf at 1, NaN outside. Near p = ½ it is computed as
// log1p((2p−1)/(1−p)), which keeps its digits.
//
//	logit'(p) = 1/(p(1−p))
//
// Where p is σ(z), it is computed and differentiated as z.
func Logit(p *Node) *Node { return Entrywise(logit{}, p) }

type logit struct{}

func (logit) Pointwise() *Pointwise { return theLogit }

var theLogit = &Pointwise{
	Name:   "logit",
	Is:     named("Logit"),
	G:      logitOf,
	Prime:  func(p, _ *Node) *Node { return Reciprocal(Mul(p, OneMinus(p))) },
	stable: logitsOf,
}

func logitOf(p float64) float64 {
	if math.Abs(p-0.5) < 0.2 {
		return math.Log1p((2*p - 1) / (1 - p))
	}
	return ln(p) - math.Log1p(-p)
}

// logitsOf returns z where a is σ(z) or 1−σ(−z), in the same places or others, or nil.
func logitsOf(a *Node) *Node {
	switch op := a.Op().(type) {
	case member:
		switch op.Family {
		case sigmoid{}:
			return a.In(0)
		case sigmoidComplement{}:
			return opposite(a.In(0))
		}
	case mover:
		return maybe(logitsOf(a.In(0)), func(z *Node) *Node { return moved(op, z, a) })
	}
	return nil
}
