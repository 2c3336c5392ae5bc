package ops

import (
	"math"

	"adjoint/graph"
	"adjoint/internal/kernel"
)

func init() {
	register("Log", 1, member{log{}})
	register("Log1p", 1, member{log1p{}})
}

// Log is the natural logarithm, entry by entry: −Inf at 0, NaN below.
//
//	log'(z) = 1/z
//
// Where z is itself a value of an op whose logarithm is known in a better form,
// the formula is computed and differentiated in that form: log σ(z) as
// −softplus(−z), log(1−σ(z)) as −softplus(z), log(1+eᶻ) as softplus(z), the log
// of a softmax as LogSoftmax; also where the values were reshaped, transposed,
// sliced, gathered or broadcast in between.
func Log(z *Node) *Node { return Entrywise(log{}, z) }

type log struct{}

func (log) Pointwise() *Pointwise { return theLog }

var theLog = &Pointwise{
	Name:   "log",
	Is:     named("Log"),
	G:      ln,
	Prime:  func(z, _ *Node) *Node { return Reciprocal(z) },
	Fast:   unary(kernel.Log[float32], kernel.Log[float64]),
	stable: func(z *Node) *Node { return logAffine(z, 0) },
}

// Log1p is log(1 + z), accurate near 0, entry by entry: −Inf at −1, NaN below.
// What is said of better forms at Log holds here too.
//
//	log1p'(z) = 1/(1+z)
func Log1p(z *Node) *Node { return Entrywise(log1p{}, z) }

type log1p struct{}

func (log1p) Pointwise() *Pointwise { return theLog1p }

var theLog1p = &Pointwise{
	Name:   "log1p",
	Is:     named("Log1p"),
	G:      math.Log1p,
	Prime:  func(z, _ *Node) *Node { return Reciprocal(Shift(z, 1)) },
	stable: func(z *Node) *Node { return logAffine(z, 1) },
}

// A logger is an op F whose logarithm is known in a better form: logOf returns
// log(αy+β) for y = F(x) in a form that keeps its accuracy, or nil.
type logger interface {
	graph.Op
	logOf(y *Node, α, β float64) *Node
}

// A mover is an op whose entries are those of its first input in other places, so
// that its logarithm is that of its input, moved.
type mover interface {
	graph.Op
	moves()
}

// logAffine returns log(z+c) in a form that keeps its accuracy, or nil.
func logAffine(z *Node, c float64) *Node { return logs{}.of(z, c).log }

// A logForm is what is known of the logarithm of a value.
type logForm struct {
	log   *Node // in a form that keeps its accuracy, nil if none is known
	whole bool  // that of each factor is known, and so none is negative anywhere
}

// logs remembers those of products: one that is a factor in many places is looked at once.
type logs map[*Node]logForm

// of returns what is known of log(z+c).
func (l logs) of(z *Node, c float64) logForm {
	y, α, β := affineOf(z)
	β += c
	if power := powersOf(y); power != nil {
		if α != 1 || β != 0 {
			return logForm{}
		}
		known, ok := l[y]
		if !ok {
			known = l.ofProduct(y, power)
			l[y] = known
		}
		return known
	}
	switch op := y.Op().(type) {
	case logger:
		log := op.logOf(y, α, β)
		return logForm{log, log != nil}
	case mover:
		x := l.of(Affine(y.In(0), α, β), 0)
		x.log = maybe(x.log, func(log *Node) *Node { return moved(op, log, y) })
		return x
	}
	return logForm{}
}

// powersOf returns the p for which y is the product of the powers xᵖ of its inputs, nil for another value.
func powersOf(y *Node) []float64 {
	switch op := y.Op().(type) {
	case mul:
		if y.In(0) == y.In(1) {
			return []float64{2}
		}
		return []float64{1, 1}
	case div:
		return []float64{1, -1}
	case member:
		if p := op.Pointwise().power; p != 0 {
			return []float64{p}
		}
	}
	return nil
}

// ofProduct is log ∏xᵖ = Σp·log x, where one factor at least is negative nowhere: others may be negative together.
func (l logs) ofProduct(y *Node, power []float64) logForm {
	x, whole, some := make([]logForm, len(power)), true, false
	for i := range x {
		x[i] = l.of(y.In(i), 0)
		whole, some = whole && x[i].whole, some || x[i].whole
	}
	if !some {
		return logForm{}
	}
	var sum *Node
	for i, p := range power {
		log := x[i].log
		if log == nil {
			log = Log(y.In(i))
		}
		if p == -1 {
			sum = minus(sum, log)
		} else {
			sum = plus(sum, Scale(p, log))
		}
	}
	return logForm{sum, whole}
}

// logOfExp is log eᶻ = z and log(1+eᶻ) = softplus(z).
func logOfExp(z *Node, α, β float64) *Node {
	switch {
	case α == 1 && β == 0:
		return z
	case α == 1 && β == 1:
		return Softplus(z)
	}
	return nil
}

// logOfSigmoid is log σ(z) = −softplus(−z) and log(1−σ(z)) = −softplus(z).
func logOfSigmoid(z *Node, α, β float64) *Node {
	switch {
	case α == 1 && β == 0:
		return Neg(Softplus(opposite(z)))
	case α == -1 && β == 1:
		return Neg(Softplus(z))
	}
	return nil
}

// sigmoidAsQuotient is 1/(1+e⁻ᶻ) = σ(z), the document's σ written out; q is its
// denominator.
func sigmoidAsQuotient(q *Node) *Node {
	y, α, β := affineOf(q)
	if m, _ := y.Op().(member); m.Family != (exp{}) || α != 1 || β != 1 {
		return nil
	}
	return Sigmoid(opposite(y.In(0)))
}

// logOfSigmoidPrime is log σ'(z) = log σ(z) + log σ(−z).
func logOfSigmoidPrime(z *Node, α, β float64) *Node {
	if α != 1 || β != 0 {
		return nil
	}
	return Neg(Add(Softplus(z), Softplus(opposite(z))))
}

// logOfTanhPrime is log(1−tanh²(z)) = −2·log cosh(z).
func logOfTanhPrime(z *Node, α, β float64) *Node {
	if α != 1 || β != 0 {
		return nil
	}
	return Scale(-2, LogCosh(z))
}

// opposite is −z, without a node where z is −x itself.
func opposite(z *Node) *Node { return scaled(-1, z) }

// scaled is cz, as one multiple of x where z is a multiple of x itself.
func scaled(c float64, z *Node) *Node {
	m, _ := z.Op().(member)
	if f, ok := m.Family.(affine); ok && f.intercept.float() == 0 {
		return Scale(c*f.slope.float(), z.In(0))
	}
	return Scale(c, z)
}
