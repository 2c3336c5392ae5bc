package ops

import "math"

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
	is:     named("Logit"),
	G:      logitOf,
	Prime:  func(p, _ *Node) *Node { return Reciprocal(Mul(p, OneMinus(p))) },
	stable: logitOfSigmoid,
}

func logitOf(p float64) float64 {
	if math.Abs(p-0.5) < 0.2 {
		return math.Log1p((2*p - 1) / (1 - p))
	}
	return math.Log(p) - math.Log1p(-p)
}

// logitOfSigmoid is logit(σ(z)) = z and logit(1−σ(z)) = −z.
func logitOfSigmoid(p *Node) *Node {
	switch m, _ := p.Op().(member); m.Family {
	case sigmoid{}:
		return p.In(0)
	case sigmoidComplement{}:
		return Neg(p.In(0))
	}
	return nil
}
