package ops

import (
	"math"

	"adjoint/graph"
)

var (
	_ labelled   = logLoss{}
	_ stabilised = logLoss{}
	_ labelled   = crossEntropy{}
	_ stabilised = crossEntropy{}
	_ labelled   = kl{}
	_ stabilised = kl{}
	_ labelled   = klOfLog{}
)

func init() {
	register("LogLoss", 2, loss{logLoss{}})
	register("CrossEntropy", 2, loss{crossEntropy{}})
	register("KL", 2, loss{kl{}})
	register("KLFromLog", 2, loss{klOfLog{}})
}

// LogLoss is the document's L(a, y) = −[y log a + (1−y) log(1−a)], summed over the
// components of each example (1): a and y have shape (m, N), L has shape (1, N).
// a is a probability, y a label, 0 or 1 or between; 0·log 0 = 0. The error of Run for
// any other label, such as a class counted from 1, names it and wraps graph.ErrValue.
//
//	dL(ξ, η) = Σᵢ (−y/a + (1−y)/(1−a))ξ + (log(1−a) − log a)η
//	rL(ζ) = ((−y/a + (1−y)/(1−a))ζ, (log(1−a) − log a)ζ)     0/0 = 0
//
// So where a is exactly its label, derivatives in a of every order are finite. Where
// a is σ(z), L is computed and differentiated as LogLossFromLogits(z, y), and rσ∘rL
// is (a − y)ζ.
func LogLoss(a, y *Node) *Node { return lossOf(logLoss{}, a, y) }

type logLoss struct{}

func (logLoss) String() string                       { return "L" }
func (logLoss) Describe() graph.Description          { return named("LogLoss") }
func (logLoss) labels() (i int, least, most float64) { return 1, 0, 1 }

func (logLoss) each(l, a, y []float64) {
	eachPair(l, a, y, func(a, y float64) float64 {
		return -(weighed(y, ln(a)) + weighed(1-y, math.Log1p(-a)))
	})
}

func (logLoss) partials(a, y *Node) (da, dy *Node) {
	da = Sub(quotient(OneMinus(y), OneMinus(a), 1), quotient(y, a, 1))
	return da, Sub(Log(OneMinus(a)), Log(a))
}

func (logLoss) stable(a, y *Node) *Node {
	if z := logitsOf(a); z != nil {
		return LogLossFromLogits(z, y)
	}
	p, q := logAffine(a, 0), logAffine(OneMinus(a), 0)
	if p == nil || q == nil {
		return nil
	}
	y = checked(y, logLoss{})
	return sumAlong(0, Neg(Add(weigh(y, p), weigh(OneMinus(y), q))))
}

// CrossEntropy is L(a, y) = −Σᵢ yⁱ log aⁱ for each example: a and y have shape
// (m, N), one class a row and one example a column, L has shape (1, N). a is a
// distribution over the classes, y another or a one-hot label, and may carry weights;
// 0·log 0 = 0. The error of Run for a y that is negative, infinite or NaN wraps
// graph.ErrValue.
// For one-hot labels it is PyTorch's and Keras's categorical cross-entropy.
//
//	dL(ξ, η) = −Σᵢ (y/a)ξ + (log a)η     rL(ζ) = (−(y/a)ζ, −(log a)ζ)     0/0 = 0
//
// Where a is Softmax(z, 0), L is computed and differentiated as
// CrossEntropyFromLogits(z, y), and rS∘rL is ((Σᵢyⁱ)a − y)ζ.
func CrossEntropy(a, y *Node) *Node { return lossOf(crossEntropy{}, a, y) }

type crossEntropy struct{}

func (crossEntropy) String() string                       { return "crossEntropy" }
func (crossEntropy) Describe() graph.Description          { return named("CrossEntropy") }
func (crossEntropy) labels() (i int, least, most float64) { return 1, 0, math.MaxFloat64 }

func (crossEntropy) each(l, a, y []float64) {
	eachPair(l, a, y, func(a, y float64) float64 { return -weighed(y, ln(a)) })
}

func (crossEntropy) partials(a, y *Node) (da, dy *Node) {
	return Neg(quotient(y, a, 1)), Neg(Log(a))
}

func (crossEntropy) stable(a, y *Node) *Node {
	if a.Op() == (softmax{axis: 0}) {
		return CrossEntropyFromLogits(a.In(0), y)
	}
	if p := logAffine(a, 0); p != nil {
		return sumAlong(0, Neg(weigh(checked(y, crossEntropy{}), p)))
	}
	return nil
}

// KL is the divergence D(p‖q) = Σᵢ pⁱ log(pⁱ/qⁱ) of Kullback and Leibler for each
// example: the target p and the prediction q have shape (m, N), one distribution
// a column, D has shape (1, N). 0·log 0 = 0 and 0·log(0/0) = 0, as in SciPy's
// rel_entr. The target comes first, as in the formula; PyTorch takes it second. The error
// of Run for a p that is negative, infinite or NaN wraps graph.ErrValue.
//
//	dD(ξ, η) = Σᵢ (log p − log q + 1)ξ − (p/q)η
//	rD(ζ) = ((log p − log q + 1)ζ, −(p/q)ζ)     0/0 = 0
//
// Where q is a softmax or σ(z), log q is taken from z.
func KL(p, q *Node) *Node { return lossOf(kl{}, p, q) }

type kl struct{}

func (kl) String() string                       { return "KL" }
func (kl) Describe() graph.Description          { return named("KL") }
func (kl) labels() (i int, least, most float64) { return 0, 0, math.MaxFloat64 }

// each is p log(p/q) = p log1p((p−q)/q), where p−q is exact if p/q is near 1.
func (kl) each(l, p, q []float64) {
	eachPair(l, p, q, func(p, q float64) float64 {
		switch d := (p - q) / q; {
		case p == 0 && q >= 0:
			return 0
		case math.Abs(d) < 0.5:
			return p * math.Log1p(d)
		}
		return p * (ln(p) - ln(q))
	})
}

func (kl) partials(p, q *Node) (dp, dq *Node) {
	return Shift(Sub(Log(p), Log(q)), 1), Neg(quotient(p, q, 1))
}

func (kl) stable(p, q *Node) *Node {
	if u := logAffine(q, 0); u != nil {
		return lossOf(klOfLog{}, p, u)
	}
	return nil
}

// klOfLog is KL(p, eᵘ) as a function of u = log q, Σᵢ pⁱ(log pⁱ − uⁱ).
//
//	rD(ζ) = ((log p − u + 1)ζ, −pζ)
type klOfLog struct{}

func (klOfLog) String() string                       { return "KL∘exp" }
func (klOfLog) Describe() graph.Description          { return named("KLFromLog") }
func (klOfLog) labels() (i int, least, most float64) { return 0, 0, math.MaxFloat64 }

func (klOfLog) each(l, p, u []float64) {
	eachPair(l, p, u, func(p, u float64) float64 {
		if p == 0 && !math.IsNaN(u) {
			return 0
		}
		return p * (ln(p) - u)
	})
}

func (klOfLog) partials(p, u *Node) (dp, du *Node) {
	return Shift(Sub(Log(p), u), 1), Neg(p)
}
