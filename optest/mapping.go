package optest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"adjoint/graph"
)

// A mapping is a map from leaves to outputs in a graph, together with its
// derivatives at further leaves: r at cotangents ζ, d at tangents ξ. An op gives
// one, x ↦ F(x), and so does its reverse derivative, (x, ζ) ↦ rF_x(ζ).
type mapping struct {
	in, out []*graph.Node
	ζ       []*graph.Node // one for each output
	ξ, r    []*graph.Node // one for each input; nil where the input is not differentiated
	d       []*graph.Node // one for each output

	plain *machine // computes out
	whole *machine // computes out, r and d
	kept  *mapping // what a file of it gives back; nil until that is asked for
}

// A result is what a mapping computes at one place.
type result struct{ out, r, d [][]float64 }

// differentiate appends the derivatives of out to the graph. smooth tells which
// inputs to differentiate by.
func differentiate(in, out []*graph.Node, smooth []bool) (*mapping, error) {
	m := &mapping{in: in, out: out, ξ: make([]*graph.Node, len(in)), r: make([]*graph.Node, len(in))}
	var wrt, tangents []*graph.Node
	var at []int
	for i, x := range in {
		if smooth[i] {
			m.ξ[i] = x.Graph().Input(fmt.Sprintf("ξ%d", i), x.Shape().Dims()...)
			wrt, tangents, at = append(wrt, x), append(tangents, m.ξ[i]), append(at, i)
		}
	}
	for i, y := range out {
		m.ζ = append(m.ζ, y.Graph().Input(fmt.Sprintf("ζ%d", i), y.Shape().Dims()...))
		if len(wrt) == 0 {
			continue
		}
		for k, r := range graph.VJP(y, m.ζ[i], wrt...) {
			if m.r[at[k]] != nil {
				r = graph.Add(m.r[at[k]], r)
			}
			m.r[at[k]] = r
		}
		m.d = append(m.d, graph.JVP(y, wrt, tangents))
	}
	return m, m.compile()
}

func (m *mapping) compile() (err error) {
	if m.plain, err = compile(m.out...); err == nil {
		m.whole, err = compile(m.all()...)
	}
	return err
}

// all returns the outputs and derivatives.
func (m *mapping) all() []*graph.Node {
	all := append(append([]*graph.Node(nil), m.out...), m.d...)
	for _, r := range m.r {
		if r != nil {
			all = append(all, r)
		}
	}
	return all
}

// eval returns the outputs at x, flattened into one list.
func (m *mapping) eval(n int, x [][]float64) ([]float64, error) {
	if err := m.plain.feed(n, m.in, x); err != nil {
		return nil, err
	}
	if err := m.plain.prog.Run(); err != nil {
		return nil, err
	}
	out, err := m.plain.values(m.out)
	return flatten(out), err
}

// run returns the outputs and derivatives at x.
func (m *mapping) run(n int, x, ζ, ξ [][]float64) (result, error) {
	for _, f := range []struct {
		leaves []*graph.Node
		v      [][]float64
	}{{m.in, x}, {m.ζ, ζ}, {m.ξ, ξ}} {
		if err := m.whole.feed(n, f.leaves, f.v); err != nil {
			return result{}, err
		}
	}
	if err := m.whole.prog.Run(); err != nil {
		return result{}, err
	}
	return m.read()
}

// read returns what the last run computed.
func (m *mapping) read() (res result, err error) {
	for _, f := range []struct {
		nodes []*graph.Node
		v     *[][]float64
	}{{m.out, &res.out}, {m.r, &res.r}, {m.d, &res.d}} {
		if *f.v, err = m.whole.values(f.nodes); err != nil {
			return result{}, err
		}
	}
	return res, nil
}

// sizes returns for every entry of a result the size of the terms that it is
// the sum of, which is what rounding errors are relative to. Terms may cancel,
// so the signs of ζ and ξ are drawn several times, and the largest sum is taken;
// to it comes what relative errors of x would do.
func (m *mapping) sizes(rng *rand.Rand, n int, x, ζ, ξ [][]float64) (result, error) {
	const draws, δ = 5, 1. / (1 << 17)
	at, err := m.run(n, x, ζ, ξ)
	if err != nil {
		return result{}, err
	}
	terms, moved := zeros(at), zeros(at)
	raise(terms, at)
	for range draws {
		flip, err := m.run(n, x, flipped(rng, ζ), flipped(rng, ξ))
		if err != nil {
			return result{}, err
		}
		raise(terms, flip)
		near, err := m.run(n, m.jittered(rng, δ, x), ζ, ξ)
		if err != nil {
			return result{}, err
		}
		raise(moved, combine(1/δ, near, -1/δ, at))
	}
	return combine(1, terms, 1, moved), nil
}

// jittered returns x with relative errors of ±δ in the inputs that are
// differentiated.
func (m *mapping) jittered(rng *rand.Rand, δ float64, x [][]float64) [][]float64 {
	y := clone(x)
	for i := range y {
		if m.ξ[i] == nil {
			continue
		}
		for j := range y[i] {
			y[i][j] *= 1 + δ*float64(1-2*rng.IntN(2))
		}
	}
	return y
}

// inactive returns tangents or cotangents of the right sizes that are 0.
func inactive(leaves []*graph.Node, n int) [][]float64 {
	v := make([][]float64, len(leaves))
	for i, x := range leaves {
		if x != nil {
			v[i] = make([]float64, entries(x, n))
		}
	}
	return v
}

// normal returns entries of normal distribution for leaves.
func normal(rng *rand.Rand, leaves []*graph.Node, n int) [][]float64 {
	v := inactive(leaves, n)
	for _, v := range v {
		for i := range v {
			v[i] = rng.NormFloat64()
		}
	}
	return v
}

func flipped(rng *rand.Rand, v [][]float64) [][]float64 {
	w := make([][]float64, len(v))
	for i := range v {
		w[i] = make([]float64, len(v[i]))
		for j := range v[i] {
			w[i][j] = v[i][j] * float64(1-2*rng.IntN(2))
		}
	}
	return w
}

func abs(v [][]float64) [][]float64 {
	for _, v := range v {
		for i := range v {
			v[i] = math.Abs(v[i])
		}
	}
	return v
}

func zeros(like result) result { return combine(0, like, 0, like) }

// combine returns αa + βb.
func combine(α float64, a result, β float64, b result) result {
	return result{mix(α, a.out, β, b.out), mix(α, a.r, β, b.r), mix(α, a.d, β, b.d)}
}

// mix returns αv + βw, except that 0 times anything is 0.
func mix(α float64, v [][]float64, β float64, w [][]float64) [][]float64 {
	s := make([][]float64, len(v))
	for i := range v {
		if v[i] == nil {
			continue
		}
		s[i] = make([]float64, len(v[i]))
		for j := range s[i] {
			s[i][j] = scaled(α, v[i][j]) + scaled(β, w[i][j])
		}
	}
	return s
}

func scaled(α, v float64) float64 {
	if α == 0 {
		return 0
	}
	return α * v
}

// raise makes every entry of a at least the absolute value of that of b.
func raise(a, b result) {
	for _, part := range [][2][][]float64{{a.out, b.out}, {a.r, b.r}, {a.d, b.d}} {
		for i := range part[0] {
			for j, v := range part[1][i] {
				part[0][i][j] = math.Max(part[0][i][j], math.Abs(v))
			}
		}
	}
}

func flatten(v [][]float64) []float64 {
	var flat []float64
	for _, v := range v {
		flat = append(flat, v...)
	}
	return flat
}

func clone(v [][]float64) [][]float64 {
	w := make([][]float64, len(v))
	for i := range v {
		w[i] = append([]float64(nil), v[i]...)
	}
	return w
}
