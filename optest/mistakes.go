package optest

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"adjoint/graph"
)

// A hint is a hypothesis that was tested: the gradient with one mistake in its
// derivation is the one that was derived by hand.

// hints returns what explains the hand-derived gradient, the engine's being right.
func (c *gradients) hints() []string {
	hand, right := c.hand.entries, c.engine.entries
	if slices.ContainsFunc(hand, func(v float64) bool { return !isFinite(v) }) {
		return []string{"the hand-derived gradient is not finite: a division by 0 or a logarithm of 0?"}
	}
	factors := c.factors()
	switch ratio, ok := ratio(hand, right); {
	case allZero(hand):
		return []string{"the hand-derived gradient is 0, but " + costName(c.j) + " depends on " + nameOf(c.w)}
	case ok && factors.name(ratio) != "":
		return []string{fmt.Sprintf("hand is %.6g times what it should be: %s", ratio, factors.name(ratio))}
	case c.isTransposed():
		return []string{"hand is the transpose of what it should be: are the operands of a product swapped, δxᵀ for xδᵀ?"}
	}
	if s, err := c.newSweep(c.j, c.w); err == nil && alike(s.gradient, right) {
		m := mistakes{s, hand, differenceOf(hand, s.gradient), factors}
		if hint := m.scaled(); hint != "" {
			return []string{hint}
		}
		for text, gradient := range m.edited() {
			if m.explained(gradient) {
				return []string{text}
			}
		}
	}
	return c.patterns()
}

// patterns are hints that no derivation gives, for what is left.
func (c *gradients) patterns() []string {
	hand, right := c.hand.entries, c.engine.entries
	switch ratio, ok := ratio(hand, right); {
	case ok && len(hand) > 1:
		return []string{fmt.Sprintf("hand is %.6g times what it should be, everywhere", ratio)}
	case someZero(hand, right):
		return []string{"hand is right where it is not 0: are terms of a sum missing?"}
	}
	worst := 0.
	for i := range hand {
		worst = math.Max(worst, math.Abs(hand[i]-right[i])/c.size(right[i]))
	}
	if worst < 1e-2 {
		return []string{fmt.Sprintf("hand agrees to a relative %.0e: are its numbers rounded? Tolerance says how far", worst)}
	}
	return nil
}

func (c *gradients) isTransposed() bool {
	return transposed(c.hand.entries, c.engine.entries, c.w.Shape().At(c.n).Dims(), 1)
}

// mistakes are derivations of a gradient with one mistake in each.
type mistakes struct {
	*sweep
	hand, off []float64 // the hand-derived gradient, and how far it is off
	factors   factors
}

// explained reports whether a wrong gradient is the hand-derived one.
func (m mistakes) explained(gradient []float64) bool {
	return largest(differenceOf(m.hand, gradient)) <= 1e-3*largest(m.off) && alike(m.hand, gradient)
}

// scaled looks for an edge whose part of the gradient has a factor too many: 0 is a
// path that is lost.
func (m mistakes) scaled() string {
	for _, e := range m.edges {
		part, err := m.push(e.x(), e.out, nil)
		if err != nil {
			return ""
		}
		c, ok := ratio(m.off, part)
		if !ok {
			continue
		}
		c++
		name := m.factors.name(c)
		if math.Abs(c) < 1e-6 {
			name = "lost"
		} else if name == "" {
			continue
		}
		gradient := sumOf(m.gradient, times(c-1, part))
		if !m.explained(gradient) {
			continue
		}
		switch through := short(e.x()); {
		case m.penalises(e.x()) && name == "lost":
			return fmt.Sprintf("the penalty is forgotten: the term %s of the cost has a gradient too", through)
		case m.penalises(e.x()):
			return fmt.Sprintf("in the gradient of the penalty %s, %s", through, name)
		case name == "lost":
			return fmt.Sprintf("a path is lost: %s acts on the cost through argument %d of %s too, which is %s", nameOf(m.w), e.i+1, m.names.Op(e.y), through)
		default:
			return fmt.Sprintf("in the path through argument %d of %s, which is %s, %s", e.i+1, m.names.Op(e.y), through, name)
		}
	}
	return ""
}

// penalises reports whether x is a term that acts on w alone, up to a sum of such.
func (m mistakes) penalises(x *graph.Node) bool {
	if x.Shape() != (graph.Shape{}) {
		return false
	}
	for _, n := range graph.Cone(x) {
		if n == m.w || !m.names.DependsOn(n) || n.Op().String() == "+" {
			continue
		}
		for _, leaf := range graph.Cone(n) {
			if leaf != m.w && (leaf.Kind() == graph.Input || leaf.Kind() == graph.Param) {
				return false
			}
		}
	}
	return true
}

// edited yields, for each edge and each mistake in its r, the gradient that comes of
// it.
func (m mistakes) edited() iter.Seq2[string, []float64] {
	return func(yield func(string, []float64) bool) {
		for _, e := range m.edges {
			for text, out := range m.wrong(e) {
				change, err := m.push(e.x(), differenceOf(out, e.out), nil)
				if err == nil && !yield(text, sumOf(m.gradient, change)) {
					return
				}
			}
		}
	}
}

// wrong yields what an edge makes of its cotangent by mistake.
func (m mistakes) wrong(e *edge) iter.Seq2[string, []float64] {
	return func(yield func(string, []float64) bool) {
		x, r, op := e.x(), m.names.Reverse(e.y, e.i), m.names.Op(e.y)
		try := func(ζ []float64, others map[*graph.Node][]float64, format string, args ...any) bool {
			out, err := m.apply(e, ζ, others)
			return err != nil || yield(fmt.Sprintf(format, args...), out)
		}
		if x.Shape() == e.y.Shape() {
			if !yield(fmt.Sprintf("the derivative of %s is lost: %s does not act", op, r), e.ζ) ||
				!try(e.out, nil, "the derivative of %s is there twice", op) {
				return
			}
			if len(e.y.Inputs()) == 1 {
				y := m.values[e.y].Float64s()
				if !try(e.ζ, map[*graph.Node][]float64{x: y}, "the derivative of %s is taken at its value, %s, in place of its argument, %s: a for z", op, short(e.y), short(x)) {
					return
				}
				if v := byArgument(e, m.values[x].Float64s()); v != nil &&
					!yield(fmt.Sprintf("the derivative of %s, written by its value, is given its argument, %s: z for a", op, short(x)), v) {
					return
				}
			}
		}
		for _, operand := range e.inputs {
			for text, v := range m.mistaken(operand) {
				if !try(e.ζ, map[*graph.Node][]float64{operand: v}, "%s takes %s", r, text) {
					return
				}
			}
		}
		m.exchanged(e, yield)
	}
}

// mistaken yields what may be taken for an operand.
func (m mistakes) mistaken(x *graph.Node) iter.Seq2[string, []float64] {
	return func(yield func(string, []float64) bool) {
		value, dims := m.values[x].Float64s(), x.Shape().At(m.n).Dims()
		if len(dims) == 2 && dims[0] == dims[1] && dims[0] > 1 &&
			!yield(fmt.Sprintf("%s transposed where it should not be, or not where it should", short(x)), transposedArray(Array{dims, value}).Data) {
			return
		}
		if in := x.Op(); in != nil && len(x.Inputs()) == 1 && x.In(0).Shape() == x.Shape() {
			yield(fmt.Sprintf("%s, what goes into %s, for what comes out of it: z for a", short(x.In(0)), m.names.Op(x)), m.values[x.In(0)].Float64s())
		}
	}
}

// exchanged yields what comes of the operands of a product in the wrong order.
func (m mistakes) exchanged(e *edge, yield func(string, []float64) bool) {
	if len(e.y.Inputs()) != 2 {
		return
	}
	text := "the operands of " + m.names.Op(e.y) + " are swapped in " + m.names.Reverse(e.y, e.i)
	for _, other := range m.edges {
		if other.y == e.y && other.i != e.i && other.x().Shape() == e.x().Shape() && !yield(text, other.out) {
			return
		}
	}
	left, right := e.y.In(0).Shape().At(m.n).Dims(), e.y.In(1).Shape().At(m.n).Dims()
	if d, ok := e.y.Op().(graph.Describer); !ok || d.Describe().Name != "MatMul" || !slices.Equal(left, right) || len(left) != 2 || left[0] != left[1] {
		return
	}
	ζ, w, x := Array{left, e.ζ}, Array{left, m.values[e.y.In(0)].Float64s()}, Array{left, m.values[e.y.In(1)].Float64s()}
	if e.i == 0 {
		yield(text, matrixProduct(transposedArray(x), ζ).Data)
	} else {
		yield(text, matrixProduct(ζ, transposedArray(w)).Data)
	}
}

// byArgument is rG(ζ) where G' as a function of a = G(z) is given z, or nil for a G
// that is not known.
func byArgument(e *edge, z []float64) []float64 {
	d, ok := e.y.Op().(graph.Describer)
	if !ok {
		return nil
	}
	prime := map[string]func(a float64) float64{
		"Sigmoid": func(a float64) float64 { return a * (1 - a) },
		"Tanh":    func(a float64) float64 { return 1 - a*a },
	}[d.Describe().Name]
	if prime == nil {
		return nil
	}
	v := slices.Clone(e.ζ)
	for i := range v {
		v[i] *= prime(z[i])
	}
	return v
}

// short is a formula that fits into a sentence.
func short(x *graph.Node) string {
	const most = 40
	s := x.String()
	if x.Name() != "" {
		s = x.Name()
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return strings.TrimSpace(s)
}
