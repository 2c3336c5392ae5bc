package optest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"adjoint/graph"
)

// A sweep is backpropagation from j to w in numbers, by Proposition 2.3, one edge
// at a time: what a derivation by hand does, so that it can be done with one
// mistake.
type sweep struct {
	*literal
	w        *graph.Node
	names    graph.Notation
	nodes    []*graph.Node // from which j is computed
	edges    []*edge       // from j down
	gradient []float64
}

// An edge leads from a node y to its input i, on the way from j to w.
type edge struct {
	y      *graph.Node
	i      int
	r      *function     // rᵢF as a function of ζ and of the inputs of y
	inputs []*graph.Node // of y, each once
	smooth []*graph.Node // those by which y has a derivative
	ζ, out []float64     // the cotangent of y, and what it makes of it
}

func (e *edge) x() *graph.Node { return e.y.In(e.i) }

// newSweep returns the sweep from j to w. It appends cotangents to the graph.
func (l *literal) newSweep(j, w *graph.Node) (*sweep, error) {
	s := &sweep{literal: l, w: w, names: graph.NotationOf(j, w), nodes: graph.Cone(j)}
	if _, err := l.value(j); err != nil {
		return nil, err
	}
	for _, y := range slices.Backward(s.nodes) {
		if y == w || !s.names.DependsOn(y) {
			continue
		}
		ζ := y.Graph().Input("ζ", y.Shape().Dims()...)
		cotangents, inputs := y.Op().Reverse(y, ζ), distinct(y.Inputs())
		smooth := slices.DeleteFunc(slices.Clone(inputs), func(x *graph.Node) bool {
			return cotangents == nil || cotangents[slices.Index(y.Inputs(), x)] == nil
		})
		for i, r := range cotangents {
			if r == nil || !s.names.DependsOn(y.In(i)) {
				continue
			}
			if err := r.Err(); err != nil {
				return nil, err
			}
			f, err := l.function(r, append([]*graph.Node{ζ}, inputs...)...)
			if err != nil {
				return nil, err
			}
			s.edges = append(s.edges, &edge{y: y, i: i, r: f, inputs: inputs, smooth: smooth})
		}
	}
	var err error
	s.gradient, err = s.push(j, []float64{1}, func(e *edge, ζ, out []float64) { e.ζ, e.out = ζ, out })
	return s, err
}

func distinct(nodes []*graph.Node) []*graph.Node {
	var d []*graph.Node
	for _, n := range nodes {
		if !slices.Contains(d, n) {
			d = append(d, n)
		}
	}
	return d
}

// apply returns rᵢF(ζ), at the values of the inputs of y but for those that are
// given others.
func (s *sweep) apply(e *edge, ζ []float64, others map[*graph.Node][]float64) ([]float64, error) {
	at := [][]float64{ζ}
	for _, x := range e.inputs {
		v := others[x]
		if v == nil {
			v = s.at(x)
		}
		at = append(at, v)
	}
	r, err := e.r.at(at...)
	return slices.Clone(r), err
}

// at returns the value of a node from which j is computed.
func (s *sweep) at(n *graph.Node) []float64 { return s.values[n].Float64s() }

// push carries a cotangent from a node down to w. It tells visit, which may be nil,
// what passes along each edge.
func (s *sweep) push(from *graph.Node, ζ []float64, visit func(e *edge, ζ, out []float64)) ([]float64, error) {
	cotangent := map[*graph.Node][]float64{from: ζ}
	for _, e := range s.edges {
		ζ := cotangent[e.y]
		if ζ == nil {
			continue
		}
		out, err := s.apply(e, ζ, nil)
		if err != nil {
			return nil, err
		}
		if visit != nil {
			visit(e, ζ, out)
		}
		cotangent[e.x()] = sumOf(cotangent[e.x()], out)
	}
	if r := cotangent[s.w]; r != nil {
		return r, nil
	}
	return make([]float64, entries(s.w, s.n)), nil
}

// sumOf is a + b where nil is zero.
func sumOf(a, b []float64) []float64 {
	if a == nil {
		return b
	}
	sum := slices.Clone(a)
	for i, v := range b {
		sum[i] += v
	}
	return sum
}

// differenceOf is a − b.
func differenceOf(a, b []float64) []float64 { return sumOf(a, times(-1, b)) }

// suspect names the first op on the way from j to w whose r is not the adjoint of
// its differential, by differences of its own value.
func (s *sweep) suspect() string {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, e := range s.edges {
		if len(e.inputs) < len(e.y.Inputs()) {
			continue // r of an input that is given twice is in parts
		}
		at := normal(rng, []*graph.Node{e.y, e.x()}, s.n)
		left, right, err := s.adjoint(e, at[0], at[1])
		if err == nil && !right.kink && right.uncertain < 1e-6*math.Abs(right.value) && math.Abs(left-right.value) > 1e-4*math.Abs(right.value) {
			return fmt.Sprintf(" %s is at fault: ⟨rF(ζ), ξ⟩ = %.6g and ⟨ζ, dF(ξ)⟩ = %.6g (optest.Check says more).",
				s.names.Reverse(e.y, e.i), left, right.value)
		}
	}
	return ""
}

// adjoint returns both sides of the definition of r at an edge, ⟨rF(ζ), ξ⟩ and
// ⟨ζ, dF(ξ)⟩, the latter by differences.
func (s *sweep) adjoint(e *edge, ζ, ξ []float64) (left float64, right partial, err error) {
	r, err := s.apply(e, ζ, nil)
	if err != nil {
		return 0, partial{}, err
	}
	F, err := s.function(e.y, e.inputs...)
	if err != nil {
		return 0, partial{}, err
	}
	at := make([][]float64, len(e.inputs))
	for k, x := range e.inputs {
		at[k] = s.at(x)
	}
	moving, start := slices.Index(e.inputs, e.x()), s.at(e.x())
	pairing := cost{at: func(t []float64) (float64, error) {
		at[moving] = sumOf(start, times(t[0], ξ))
		y, err := F.at(at...)
		if err != nil {
			return 0, err
		}
		return dot([][]float64{ζ}, [][]float64{y}), nil
	}, noise: func([]float64) (float64, error) { return 0, nil }}
	right, err = pairing.slope([]float64{0}, 0, 0, func(d float64) float64 { return 1e-8 * math.Abs(d) })
	return dot([][]float64{r}, [][]float64{ξ}), right, err
}

// suspect says which op is at fault where the engine's gradient is wrong, if one
// is.
func (c *gradients) suspect() string {
	s, err := c.newSweep(c.j, c.w)
	if err != nil {
		return ""
	}
	return s.suspect()
}

// short is the formula of x, with as much of it as fits into a sentence.
func (s *sweep) short(x *graph.Node) string {
	const most = 40
	if x.Name() != "" {
		return x.Name()
	}
	text := ""
	for depth := 1; depth < 10; depth++ {
		deeper := s.formula(x, depth)
		if depth > 1 && len([]rune(deeper)) > most {
			break
		}
		text = deeper
	}
	return text
}

// formula prints x down to some depth.
func (s *sweep) formula(x *graph.Node, depth int) string {
	switch {
	case x.Op() == nil || len(x.Inputs()) == 0:
		return nameOf(x)
	case depth == 0:
		return "…"
	}
	var args []string
	for _, in := range x.Inputs() {
		args = append(args, s.formula(in, depth-1))
	}
	return fmt.Sprintf("%s(%s)", s.names.Op(x), strings.Join(args, ", "))
}
