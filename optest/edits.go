package optest

import (
	"fmt"
	"iter"
	"slices"

	"adjoint/graph"
)

// edited yields, for each edge and each mistake in its r, the gradient that comes of
// it: the usual mistakes first, then every other node of its shape in the place of an
// operand. Of a large formula only so many are tried.
func (m mistakes) edited() iter.Seq2[string, []float64] {
	const most = 5000
	return func(yield func(string, []float64) bool) {
		tries := 0
		for _, mistakes := range []func(*edge) iter.Seq2[string, []float64]{m.wrong, m.misplaced} {
			for _, e := range m.edges {
				for text, out := range mistakes(e) {
					if tries++; tries > most {
						return
					}
					change, err := m.push(e.x(), differenceOf(out, e.out), nil)
					if err == nil && !yield(text, sumOf(m.gradient, change)) {
						return
					}
				}
			}
		}
	}
}

// misplaced yields what an edge makes of its cotangent where another node is taken
// for an operand.
func (m mistakes) misplaced(e *edge) iter.Seq2[string, []float64] {
	return func(yield func(string, []float64) bool) {
		for _, operand := range e.smooth {
			for _, other := range m.nodes {
				if other == operand || other.Shape() != operand.Shape() || m.values[other] == nil {
					continue
				}
				out, err := m.apply(e, e.ζ, map[*graph.Node][]float64{operand: m.at(other)})
				if err == nil && !yield(fmt.Sprintf("%s takes %s for %s", m.names.Reverse(e.y, e.i), m.short(other), m.short(operand)), out) {
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
				if !try(e.ζ, map[*graph.Node][]float64{x: m.at(e.y)}, "the derivative of %s is taken at its value a in place of its argument z = %s: a for z", op, m.short(x)) {
					return
				}
				if v := byArgument(e, m.at(x)); v != nil &&
					!yield(fmt.Sprintf("the derivative of %s is written by its value a, but is given its argument z = %s: z for a", op, m.short(x)), v) {
					return
				}
			}
		}
		for _, operand := range e.smooth {
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
		value, dims := m.at(x), x.Shape().At(m.n).Dims()
		if len(dims) == 2 && dims[0] == dims[1] && dims[0] > 1 &&
			!yield(fmt.Sprintf("%s for its transpose, or the other way round", m.short(x)), transposedArray(Array{dims, value}).Data) {
			return
		}
		if in := x.Op(); in != nil && len(x.Inputs()) == 1 && x.In(0).Shape() == x.Shape() {
			yield(fmt.Sprintf("%s, which goes into %s, for what comes out of it: z for a", m.short(x.In(0)), m.names.Op(x)), m.at(x.In(0)))
		}
	}
}

// exchanged yields what comes of the operands of a product in the wrong order.
func (m mistakes) exchanged(e *edge, yield func(string, []float64) bool) {
	if len(e.y.Inputs()) != 2 || len(e.smooth) != 2 {
		return
	}
	a, b := e.y.In(0), e.y.In(1)
	text := "the operands of " + m.names.Op(e.y) + " are swapped in " + m.names.Reverse(e.y, e.i)
	if a.Shape() == b.Shape() {
		out, err := m.apply(e, e.ζ, map[*graph.Node][]float64{a: m.at(b), b: m.at(a)})
		if err == nil && !yield(text, out) {
			return
		}
	}
	left, right := a.Shape().At(m.n).Dims(), b.Shape().At(m.n).Dims()
	if d, ok := e.y.Op().(graph.Describer); !ok || d.Describe().Name != "MatMul" || !slices.Equal(left, right) || len(left) != 2 || left[0] != left[1] {
		return
	}
	ζ, w, x := Array{left, e.ζ}, Array{left, m.at(a)}, Array{left, m.at(b)}
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
