package optest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"adjoint/graph"
)

// A sweep is backpropagation from j to w in numbers, by Proposition 2.3, one edge
// at a time: what a derivation by hand does, so that it can be done with one
// mistake.
type sweep struct {
	*literal
	w        *graph.Node
	names    graph.Notation
	edges    []*edge // from j down
	gradient []float64
}

// An edge leads from a node y to its input i, on the way from j to w.
type edge struct {
	y      *graph.Node
	i      int
	r      *function     // rᵢF as a function of ζ and of the inputs of y
	inputs []*graph.Node // of y, each once
	ζ, out []float64     // the cotangent of y, and what it makes of it
}

func (e *edge) x() *graph.Node { return e.y.In(e.i) }

// newSweep returns the sweep from j to w. It appends cotangents to the graph.
func (l *literal) newSweep(j, w *graph.Node) (*sweep, error) {
	s := &sweep{literal: l, w: w, names: graph.NotationOf(j, w)}
	for _, y := range slices.Backward(graph.Cone(j)) {
		if y == w || !s.names.DependsOn(y) {
			continue
		}
		ζ := y.Graph().Input("ζ", y.Shape().Dims()...)
		inputs := distinct(y.Inputs())
		for i, r := range y.Op().Reverse(y, ζ) {
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
			s.edges = append(s.edges, &edge{y: y, i: i, r: f, inputs: inputs})
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
			value, err := s.value(x)
			if err != nil {
				return nil, err
			}
			v = value.Float64s()
		}
		at = append(at, v)
	}
	r, err := e.r.at(at...)
	return slices.Clone(r), err
}

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
		F, err := s.function(e.y, e.x())
		if err != nil {
			return ""
		}
		x, err := s.value(e.x())
		if err != nil {
			return ""
		}
		start := numbers(x)
		ξ, ζ := normals(rng, len(start)), normals(rng, len(e.ζ))
		r, err := s.apply(e, ζ, nil)
		if err != nil || slices.Contains(distinct(e.y.Inputs()), e.x()) && len(distinct(e.y.Inputs())) < len(e.y.Inputs()) {
			continue // of an input that is given twice r is in parts
		}
		d, err := differences(func(step float64) ([]float64, error) {
			y, err := F.at(sumOf(start, times(step, ξ)))
			if err != nil {
				return nil, err
			}
			return []float64{dot([][]float64{ζ}, [][]float64{y})}, nil
		}, 0x1p-10)
		left, right := dot([][]float64{r}, [][]float64{ξ}), d.value
		if err == nil && d.err[0] < 1e-6*math.Abs(right[0]) && math.Abs(left-right[0]) > 1e-4*math.Abs(right[0]) {
			return fmt.Sprintf(" %s is at fault: ⟨rF(ζ), ξ⟩ = %.6g and ⟨ζ, dF(ξ)⟩ = %.6g (optest.Check says more).",
				s.names.Reverse(e.y, e.i), left, right[0])
		}
	}
	return ""
}

func normals(rng *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	return v
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
