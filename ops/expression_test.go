package ops_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// An expression is a formula of one column z of three logits and a column y of labels,
// which can be built as a graph and computed by math/big.
type expression struct {
	op   string
	p    float64 // the power, or the factor
	a, b *expression
}

func (e *expression) String() string {
	switch {
	case e.a == nil:
		return e.op
	case e.b == nil && (e.op == "pow" || e.op == "·"):
		return fmt.Sprintf("%s(%g, %v)", e.op, e.p, e.a)
	case e.b == nil:
		return fmt.Sprintf("%s(%v)", e.op, e.a)
	}
	return fmt.Sprintf("%s(%v, %v)", e.op, e.a, e.b)
}

// build returns the node of e.
func (e *expression) build(z, y *node) *node {
	var a, b *node
	if e.a != nil {
		a = e.a.build(z, y)
	}
	if e.b != nil {
		b = e.b.build(z, y)
	}
	switch e.op {
	case "z":
		return z
	case "y":
		return y
	case "·":
		return ops.Scale(e.p, a)
	case "σ":
		return ops.Sigmoid(a)
	case "tanh":
		return ops.Tanh(a)
	case "softmax":
		return ops.Softmax(a, 0)
	case "log":
		return ops.Log(a)
	case "pow":
		return ops.Pow(a, e.p)
	case "1−":
		return ops.OneMinus(a)
	case "×":
		return ops.Mul(a, b)
	case "÷":
		return ops.Div(a, b)
	case "−":
		return ops.Sub(a, b)
	case "L":
		return ops.LogLoss(a, b)
	case "crossEntropy":
		return ops.CrossEntropy(a, b)
	case "KL":
		return ops.KL(a, b)
	case "entropy":
		return ops.Entropy(a, 0)
	case "focal":
		return ops.FocalLoss(a, b, e.p)
	}
	panic(e.op)
}

// outside is what exact panics with where e has no value, or one that no float holds.
type outside struct{}

// exact returns the entries of e.
func (e *expression) exact(z, y []hyper) []hyper {
	var a, b []hyper
	if e.a != nil {
		a = e.a.exact(z, y)
	}
	if e.b != nil {
		b = e.b.exact(z, y)
	}
	switch e.op {
	case "z":
		return z
	case "y":
		return y
	case "·":
		return eachEntry(a, func(a hyper) hyper { return a.scaled(e.p) })
	case "σ":
		return eachEntry(a, func(a hyper) hyper { return moderate(a).sigmoid() })
	case "tanh":
		return eachEntry(a, func(a hyper) hyper { return moderate(a).tanh() })
	case "softmax":
		exps := eachEntry(a, func(a hyper) hyper { return moderate(a).exp() })
		sum := sumAll(exps)[0].inverse()
		for i := range exps {
			exps[i] = exps[i].times(sum)
		}
		return exps
	case "log":
		return eachEntry(a, func(a hyper) hyper { return above0(a).log() })
	case "pow":
		return eachEntry(a, func(a hyper) hyper {
			switch e.p {
			case 2:
				return a.times(a)
			case 3:
				return a.times(a).times(a)
			}
			return above0(a).pow(e.p)
		})
	case "1−":
		return eachEntry(a, hyper.oneMinus)
	case "×":
		return eachPair(a, b, hyper.times)
	case "−":
		return eachPair(a, b, hyper.minus)
	case "÷":
		return eachPair(a, b, func(a, b hyper) hyper {
			if b.v.Sign() == 0 {
				panic(outside{})
			}
			return a.times(b.inverse())
		})
	}
	return e.exactLoss(a, b)
}

// exactLoss is exact of a loss of these entries.
func (e *expression) exactLoss(a, b []hyper) []hyper {
	switch e.op {
	case "L":
		return sumAll(eachPair(a, b, func(a, y hyper) hyper {
			return weighedLog(y, a).plus(weighedLog(y.oneMinus(), a.oneMinus())).scaled(-1)
		}))
	case "crossEntropy":
		return sumAll(eachPair(a, b, func(a, y hyper) hyper { return weighedLog(y, a).scaled(-1) }))
	case "KL":
		return sumAll(eachPair(a, b, func(p, q hyper) hyper { return weighedLog(p, p).minus(weighedLog(p, q)) }))
	case "entropy":
		return sumAll(eachEntry(a, func(p hyper) hyper { return weighedLog(p, p).scaled(-1) }))
	case "focal":
		of := func(p hyper) hyper { return above0(p.oneMinus()).pow(e.p).times(above0(p).log()).scaled(-1) }
		return sumAll(eachPair(a, b, func(a, y hyper) hyper {
			if y.v.Sign() == 0 {
				return of(a.oneMinus())
			}
			return of(a)
		}))
	}
	panic(e.op)
}

// above0 is v, whose logarithm there has to be.
func above0(v hyper) hyper {
	if v.v.Sign() <= 0 {
		panic(outside{})
	}
	return v
}

// moderate is v, whose exponential has to be finite.
func moderate(v hyper) hyper {
	if v.v.MantExp(nil) > 20 {
		panic(outside{})
	}
	return v
}

func eachEntry(a []hyper, f func(a hyper) hyper) []hyper {
	r := make([]hyper, len(a))
	for i := range a {
		r[i] = f(a[i])
	}
	return r
}

// eachPair goes through the shorter list again and again.
func eachPair(a, b []hyper, f func(a, b hyper) hyper) []hyper {
	r := make([]hyper, max(len(a), len(b)))
	for i := range r {
		r[i] = f(a[i%len(a)], b[i%len(b)])
	}
	return r
}

func sumAll(v []hyper) []hyper {
	sum := constant(0)
	for _, v := range v {
		sum = sum.plus(v)
	}
	return []hyper{sum}
}

// weighedLog is p·log q, without the log where p is 0.
func weighedLog(p, q hyper) hyper {
	if p.v.Sign() == 0 && p.x.Sign() == 0 && p.y.Sign() == 0 {
		return constant(0)
	}
	return p.times(above0(q).log())
}

// orders are the value of the sum of e's entries, its gradient and its Hessian·v, at z,
// one after the other; ok is false where e has no value there.
func (e *expression) orders(z, y, v []float64) (all []real, ok bool) {
	defer func() {
		if p := recover(); p != nil {
			if _, is := p.(outside); !is {
				panic(p)
			}
		}
	}()
	labels := make([]hyper, len(y))
	for i := range y {
		labels[i] = constant(y[i])
	}
	var gradient, hv []real
	for i := range z {
		logits := make([]hyper, len(z))
		for k := range z {
			logits[k] = constant(z[k])
			logits[k].y = short(num(v[k]))
		}
		logits[i].x = short(num(1))
		sum := constant(0)
		for _, h := range e.exact(logits, labels) {
			sum = sum.plus(h)
		}
		if i == 0 {
			all = append(all, sum.v)
		}
		gradient, hv = append(gradient, sum.x), append(hv, sum.xy)
	}
	return append(append(all, gradient...), hv...), true
}

// computed returns what orders does, by the engine.
func (e *expression) computed(t *testing.T, dtype tensor.Dtype, stable bool, z, y, v []float64) []float64 {
	t.Helper()
	g := graph.NewOf(dtype)
	if !stable {
		g.NoStable()
	}
	column := func(x []float64) *tensor.Dense { return dense(dtype, x, len(x), 1) }
	zs, ys, vs := g.Param("z", column(z)), g.Constant("y", column(y)), g.Constant("v", column(v))
	j := ops.Sum(e.build(zs, ys))
	gradient, hv := graph.Gradient(j, zs)[0], graph.HVP(j, []*node{zs}, []*node{vs})[0]
	p, err := graph.Compile(j, gradient, hv)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	var all []float64
	for _, n := range []*node{j, gradient, hv} {
		v, _ := p.Value(n)
		all = append(all, entries(v)...)
	}
	return all
}

// drawLogits draws logits in eighths, so that float32 has them exactly.
func drawLogits(r *rand.Rand, limit float64) []float64 {
	z := make([]float64, 3)
	for i := range z {
		switch r.IntN(3) {
		case 0:
			z[i] = math.Round(8 * (2*r.Float64() - 1) * limit)
		case 1:
			z[i] = math.Round(8 * 3 * r.NormFloat64())
		default:
			z[i] = 8 * []float64{-limit, -37, -20, 20, 37, limit}[r.IntN(6)]
		}
		z[i] = max(-limit, min(limit, z[i]/8))
	}
	return z
}

// parse reads the prefix form that String writes, without spaces after names.
func parse(s string) *expression {
	e, rest := parsePrefix(s)
	if rest != "" {
		panic("left over: " + rest)
	}
	return e
}

func parsePrefix(s string) (*expression, string) {
	end := strings.IndexAny(s, "(,)")
	if end < 0 {
		return &expression{op: s}, ""
	}
	e := &expression{op: s[:end]}
	if s[end] != '(' {
		return e, s[end:]
	}
	s = s[end+1:]
	if e.op == "pow" || e.op == "·" || e.op == "focal" {
		comma := strings.Index(s, ", ")
		fmt.Sscan(s[:comma], &e.p)
		s = s[comma+2:]
	}
	e.a, s = parsePrefix(s)
	if s[0] == ',' {
		e.b, s = parsePrefix(s[2:])
	}
	return e, s[1:]
}
